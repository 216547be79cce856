"""The version that a printed convention bears, told again by who attests a signature made on it.

Somebody signs what they read: a paper printed before a change is no signature of the new text.
"""

import re

from domain.errors import FieldError, InvalidInputError

_NUMBER = re.compile(r"(?:v(?:ersion)?\.?)?\s*([0-9]{1,9})", re.IGNORECASE)


def check_printed(typed: str, version: int) -> None:
    """Refuse a paper of another version than the present one: raises `InvalidInputError` on `version`."""
    if fault := _fault(typed, version):
        raise InvalidInputError((fault,))


def _fault(typed: str, version: int) -> FieldError | None:
    found = _NUMBER.fullmatch(typed.strip())
    if found is None:
        said = (
            "Recopiez le numéro de version, en bas de chaque page du papier. S’il n’y en a pas, imprimez la "
            f"convention de nouveau et faites signer la version {version}."
        )
        return FieldError("version", said, "required")
    if int(found[1]) != version:
        said = (
            f"Ce papier n’est pas celui de la version {version}, la seule à signer maintenant : imprimez la "
            f"convention de nouveau et faites signer la version {version}."
        )
        return FieldError("version", said, "other")
    return None

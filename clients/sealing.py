"""What is encrypted at rest: Fernet (AES-128-CBC and HMAC-SHA256), with keys that rotate.

The first key seals, all of them open: a new one is put first, `escale keys rotate` seals everything
again, then the old one is removed. What is sealed names what it belongs to, so that a value moved to
another row opens nothing.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from domain.errors import UnavailableError

_UNREADABLE = (
    "Ces informations ne peuvent pas être lues pour le moment. Réessayez plus tard, ou écrivez-nous."
)


class Sealer:
    """One for a process. `keys` as `ENCRYPTION_KEYS` lists them; without any, one of `secret_key`'s own.

    Raises `ValueError` for a key that is not 32 bytes in URL-safe base 64.
    """

    def __init__(self, keys: str, secret_key: str) -> None:
        listed = [one.strip() for one in keys.split(",") if one.strip()] or [_derived(secret_key)]
        self._keys = MultiFernet([Fernet(key) for key in listed])

    def seal(self, owner: str, value: Mapping[str, Any]) -> bytes:
        """Encrypt what belongs to `owner`."""
        return self._keys.encrypt(json.dumps({"owner": owner, "value": value}).encode())

    def open(self, owner: str, sealed: bytes) -> dict[str, Any]:
        """What was sealed for `owner`; raises `UnavailableError` when no key opens it, or it is another's."""
        try:
            held = json.loads(self._keys.decrypt(sealed))
        except InvalidToken as error:
            raise UnavailableError(_UNREADABLE) from error
        if held["owner"] != owner:
            raise UnavailableError(_UNREADABLE)
        value: dict[str, Any] = held["value"]
        return value

    def renew(self, sealed: bytes) -> bytes:
        """The same under the first key; raises `UnavailableError` when no key opens it."""
        try:
            return self._keys.rotate(sealed)
        except InvalidToken as error:
            raise UnavailableError(_UNREADABLE) from error


def new_key() -> str:
    """A key made at random, as `ENCRYPTION_KEYS` lists them."""
    return Fernet.generate_key().decode()


def _derived(secret_key: str) -> str:
    """A developer's key: production gives its own."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"sealing:{secret_key}".encode()).digest()).decode()

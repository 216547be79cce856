"""What can go wrong, said once in French for the person it happens to.

No HTTP word here: `api/errors.py` maps each class to a status, a page or a problem document.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that cannot be accepted.

    `field` is the path in the input (`places.0.postal_code`), `message` a French sentence that says
    what to do, `code` a stable English identifier.
    """

    field: str
    message: str
    code: str = "invalid"


class DomainError(Exception):
    """Base of every refusal; `message` is shown to the person."""

    code = "error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidInputError(DomainError):
    """One or several fields cannot be accepted; nothing was changed."""

    code = "invalid"

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        count = len(errors)
        super().__init__(
            "Un champ est à corriger." if count == 1 else f"{count} champs sont à corriger.",
        )
        self.errors = errors


class NotFoundError(DomainError):
    """The object does not exist, or the person may not know that it does."""

    code = "not_found"


class SignInError(DomainError):
    """The person has to sign in first."""

    code = "sign_in"


class ForbiddenError(DomainError):
    """The person sees the object but may not do this; the message says why."""

    code = "forbidden"


class ArchivedError(ForbiddenError):
    """It is restricted by its age: whoever may read it says why first."""

    def __init__(self, message: str, convention: str) -> None:
        super().__init__(message)
        self.convention = convention


class ConflictError(DomainError):
    """The state of things does not allow it any more, or not twice."""

    code = "conflict"


class TwinError(ConflictError):
    """It exists already: `existing` is its id, for those who may see it."""

    code = "twin"

    def __init__(self, message: str, existing: str) -> None:
        super().__init__(message)
        self.existing = existing


class RegisteredError(ConflictError):
    """The company is registered already: its people may let this one join."""

    code = "registered"


class ClosedError(ConflictError):
    """The back office closed it for a time; nothing was written, it will open again."""

    code = "closed"


class StaleError(ConflictError):
    """Somebody else changed it meanwhile; nothing was overwritten, the change is to be made anew."""

    code = "stale"


class ExpiredError(DomainError):
    """A link that was good once; the message says how to have a new one."""

    code = "expired"


class TooManyError(DomainError):
    """Too many requests; `retry_after_s` seconds from now it may be tried again."""

    code = "too_many"

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class UnavailableError(DomainError):
    """A service this needs does not answer; nothing was written; try again later."""

    code = "unavailable"

    def __init__(self, message: str, retry_after_s: int = 5) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class BadFileError(DomainError):
    """A file to import cannot be accepted; nothing was changed.

    `file` is its name without its folder, `line` counts from 1 with the header (0: the whole file).
    """

    code = "bad_file"

    def __init__(self, file: str, line: int, reason: str) -> None:
        where = f"{file}, ligne {line}" if line else file
        super().__init__(f"{where} : {reason}")
        self.file = file
        self.line = line
        self.reason = reason

"""Accounts: how an address is written, where a sign-in may lead, what a person says of themselves."""

from dataclasses import dataclass
from datetime import timedelta

from domain.contacts import is_email, phone_fault, tidy_email, tidy_phone
from domain.errors import FieldError, InvalidInputError
from domain.values import clean_line

SESSION_LIFE = timedelta(hours=12)
"""A working day: an account is never left open for the next person (domain.md, §1)."""
HOME = "/compte"
"""Where a sign-in leads when nothing else was asked."""
MAX_NAME = 100
_MAX_PATH = 500
_NOT_AN_EMAIL = "Écrivez une adresse e-mail complète, par exemple lea.martin@exemple.fr."


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a person says of themselves; each may be empty. `phone` is in E.164 once checked."""

    first_name: str = ""
    last_name: str = ""
    phone: str = ""


def account_email(text: str) -> str:
    """The address as accounts keep it, in lower case; raises `InvalidInputError` on `email`."""
    email = tidy_email(text).lower()
    if not is_email(email):
        raise InvalidInputError((FieldError("email", _NOT_AN_EMAIL, "email"),))
    return email


def local_path(text: str) -> str:
    """The path of our site to go to, `HOME` when the text is no such path.

    Browsers read two slashes, or a slash and a backslash, as another site.
    """
    local = text.startswith("/") and text[1:2] not in {"/", "\\"} and len(text) <= _MAX_PATH
    return text if local and text.isascii() and text.isprintable() and " " not in text else HOME


def tidy_profile(profile: Profile) -> Profile:
    """The profile as it is kept; raises `InvalidInputError` on `first_name`, `last_name` or `phone`."""
    tidied = Profile(
        first_name=clean_line(profile.first_name),
        last_name=clean_line(profile.last_name),
        phone=tidy_phone(profile.phone),
    )
    errors = [
        FieldError(name, f"Raccourcissez à {MAX_NAME} caractères au plus.", "too_long")
        for name in ("first_name", "last_name")
        if len(getattr(tidied, name)) > MAX_NAME
    ]
    fault = phone_fault(tidied.phone) if tidied.phone else None
    if fault:
        errors.append(FieldError("phone", fault, "phone"))
    if errors:
        raise InvalidInputError(tuple(errors))
    return tidied

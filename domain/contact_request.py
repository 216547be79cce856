"""What a candidate writes to ask for an immersion, and what is checked before anything is kept."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from domain.contacts import is_email, phone_fault, tidy_email, tidy_phone
from domain.discussion import MAX_MESSAGE
from domain.errors import FieldError, InvalidInputError
from domain.mail_domains import is_disposable
from domain.search import Objective
from domain.values import clean_line, clean_text

MAX_NAME = 100
MIN_MESSAGE = 20
"""Below this, a message tells an employer nothing."""
MAX_AHEAD = timedelta(days=366)


class HalfDay(StrEnum):
    """When in the week the person is free."""

    MON_AM = "mon_am"
    MON_PM = "mon_pm"
    TUE_AM = "tue_am"
    TUE_PM = "tue_pm"
    WED_AM = "wed_am"
    WED_PM = "wed_pm"
    THU_AM = "thu_am"
    THU_PM = "thu_pm"
    FRI_AM = "fri_am"
    FRI_PM = "fri_pm"
    SAT_AM = "sat_am"
    SAT_PM = "sat_pm"


_DAYS = {
    "mon": "lundi",
    "tue": "mardi",
    "wed": "mercredi",
    "thu": "jeudi",
    "fri": "vendredi",
    "sat": "samedi",
}
_PARTS = {"am": "matin", "pm": "après-midi"}
HALF_DAY_LABELS = {one: f"{_DAYS[one.value[:3]]} {_PARTS[one.value[4:]]}" for one in HalfDay}


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """From when, until when (none: as long as needed), and the half-days; none chosen: the whole week."""

    start: date | None = None
    end: date | None = None
    half_days: tuple[HalfDay, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRequest:
    """The request as written. `email` is asked of those without an account only."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    objective: Objective | None = None
    availability: Availability = Availability()
    message: str = ""
    share_passport: bool = False
    place: int | None = None
    """Which of the company's places; None: any, or its only one."""


def tidied(request: ContactRequest) -> ContactRequest:
    """Spaces, invisible characters and the forms of addresses put right; nothing refused."""
    return replace(
        request,
        first_name=clean_line(request.first_name),
        last_name=clean_line(request.last_name),
        email=tidy_email(request.email).lower(),
        phone=tidy_phone(request.phone),
        message=clean_text(request.message),
    )


def check_request(request: ContactRequest, today: date, *, known: bool) -> ContactRequest:
    """The request tidied; raises `InvalidInputError` with every field to correct.

    `known`: an account or an agent makes it, so that no e-mail address is asked.
    """
    tidy = tidied(request)
    errors = [*_names(tidy), *_reach(tidy, known=known), *_dates(tidy.availability, today)]
    if tidy.objective is None:
        errors.append(FieldError("objective", "Dites ce que vous attendez de cette immersion.", "required"))
    if len(tidy.message) < MIN_MESSAGE:
        said = "Écrivez deux ou trois phrases : pourquoi ce métier, pourquoi cette entreprise."
        errors.append(FieldError("message", said, "required"))
    if len(tidy.message) > MAX_MESSAGE:
        said = f"Raccourcissez votre message à {MAX_MESSAGE} caractères au plus."
        errors.append(FieldError("message", said, "too_long"))
    if errors:
        raise InvalidInputError(tuple(errors))
    return tidy


def _names(tidy: ContactRequest) -> list[FieldError]:
    errors = []
    for name, value, what in (
        ("first_name", tidy.first_name, "le prénom"),
        ("last_name", tidy.last_name, "le nom"),
    ):
        if not value:
            errors.append(FieldError(name, f"Écrivez {what}.", "required"))
        elif len(value) > MAX_NAME:
            errors.append(FieldError(name, f"Raccourcissez à {MAX_NAME} caractères au plus.", "too_long"))
    return errors


def _reach(tidy: ContactRequest, *, known: bool) -> list[FieldError]:
    errors = []
    if not known and not is_email(tidy.email):
        said = "Écrivez votre adresse e-mail, par exemple prenom.nom@exemple.fr."
        errors.append(FieldError("email", said, "email"))
    elif not known and is_disposable(tidy.email):
        said = "Cette adresse ne dure pas : la réponse se perdrait. Donnez une adresse que vous gardez."
        errors.append(FieldError("email", said, "disposable"))
    fault = phone_fault(tidy.phone) if tidy.phone else None
    if fault is not None:
        errors.append(FieldError("phone", fault, "phone"))
    return errors


def _dates(free: Availability, today: date) -> list[FieldError]:
    errors = []
    if free.start is not None and free.start < today:
        errors.append(FieldError("start", "Choisissez une date à partir d’aujourd’hui.", "past"))
    if free.start is not None and free.start - today > MAX_AHEAD:
        errors.append(FieldError("start", "Choisissez une date dans l’année qui vient.", "too_far"))
    if free.end is not None and free.end < (free.start or today):
        errors.append(FieldError("end", "Choisissez une date de fin après la date de début.", "order"))
    return errors


_COORDINATES = (
    re.compile(r"[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+\s?(?:\.|\(dot\))\s?\w{2,}", re.IGNORECASE),
    re.compile(r"(?<!\d)(?:\+33|0033|0)\s?[1-9](?:[\s.\-]?\d{2}){4}(?!\d)"),
    re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE),
)


def coordinates_in(text: str) -> tuple[str, ...]:
    """Addresses, numbers and links typed in a message, in their order: pointed out before it is sent."""
    found = [match for pattern in _COORDINATES for match in pattern.finditer(text)]
    return tuple(match.group().strip() for match in sorted(found, key=lambda match: match.start()))

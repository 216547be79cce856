"""The form of a request as it is posted, and what tells a person from a machine before any puzzle.

A field that nobody sees, and the moment the page was opened, signed: a machine fills the first, or the
whole form faster than anybody reads it. It is answered like a success, and nothing is sent.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from api.pages.forms import day_of, text
from domain.contact_request import Availability, ContactRequest, HalfDay
from domain.errors import FieldError
from domain.search import Objective

UNSEEN = "autre_message"
OPENED = "ouvert"
LEAST = timedelta(seconds=3)
"""To read the page and type a name, an address and two sentences; people take minutes."""
_DIGITS = 18
"""More are no number of ours."""
_NOT_A_DAY = "Écrivez la date comme 21/11/2026."
Values = Mapping[str, str | list[str]]


def _many(values: Values, name: str) -> list[str]:
    value = values.get(name, [])
    return [value] if isinstance(value, str) else value


def read(values: Values) -> tuple[ContactRequest, tuple[FieldError, ...]]:
    """The request as typed, and the days that are none."""
    days = {name: _day(values, name) for name in ("start", "end")}
    chosen = set(_many(values, "half_days"))
    request = ContactRequest(
        first_name=text(values, "first_name"),
        last_name=text(values, "last_name"),
        email=text(values, "email"),
        phone=text(values, "phone"),
        objective=next((one for one in Objective if one == text(values, "objective")), None),
        availability=Availability(
            start=days["start"],
            end=days["end"],
            half_days=tuple(one for one in HalfDay if one in chosen),
        ),
        message=text(values, "message"),
        share_passport=bool(text(values, "share_passport")),
        place=place_in(text(values, "place")),
    )
    wrong = [name for name, day in days.items() if day is None and text(values, name).strip()]
    return request, tuple(FieldError(name, _NOT_A_DAY, "date") for name in wrong)


def place_in(typed: str) -> int | None:
    """The number of a place; None for any."""
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= _DIGITS else None


def _day(values: Values, name: str) -> date | None:
    return day_of(text(values, name))


def opened_mark(secret_key: str, offer_id: int, opened_at: datetime) -> str:
    """When the page was opened, as its form carries it: nobody but this service writes one."""
    moment = int(opened_at.timestamp())
    return f"{moment}.{_seal(secret_key, offer_id, moment)}"


def _seal(secret_key: str, offer_id: int, moment: int) -> str:
    words = f"request-opened:{offer_id}:{moment}".encode()
    return hmac.new(secret_key.encode(), words, hashlib.sha256).hexdigest()[:32]


def is_machine(values: Values, secret_key: str, offer_id: int, now: datetime) -> bool:
    """Whether the unseen field is filled, or the form was without its mark or sent too soon after it."""
    if text(values, UNSEEN):
        return True
    moment, _, seal = text(values, OPENED).partition(".")
    if not (moment.isascii() and moment.isdecimal() and len(moment) < 12):  # noqa: PLR2004 - seconds
        return True
    if not hmac.compare_digest(seal.encode(), _seal(secret_key, offer_id, int(moment)).encode()):
        return True
    return now - datetime.fromtimestamp(int(moment), UTC) < LEAST

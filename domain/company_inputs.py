"""The inputs of the pages' form, read into the form's shapes.

Inputs are named by the path of their errors: `name`, `places.0.city`, `contact.email`. Values are the
strings of a form (lists of strings for repeated inputs), or the plain values of a JSON document.
Nothing is refused here: what is missing or of another type becomes empty, and `check` says so.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar

from domain.company import DEFAULT_QUOTA, MAX_PLACES, Contact, Identity, PlaceForm, Step
from domain.offer import MAX_OFFERS, OfferForm
from domain.search import ContactMode, DisabledFit, RemoteMode

Values = Mapping[str, object]
StepValues = Identity | tuple[PlaceForm, ...] | tuple[OfferForm, ...] | Contact
E = TypeVar("E", bound=StrEnum)

_TRUE = {"1", "on", "true", "yes", "oui"}
_MAX_DIGITS = 6
_BEYOND_ANY_LIMIT = 2 * max(MAX_PLACES, MAX_OFFERS)
"""Lines read of a list: enough for the checks to see that there are too many."""


def _text(values: Values, name: str) -> str:
    value = values.get(name)
    if isinstance(value, list | tuple):
        value = value[-1] if value else ""
    return str(value) if isinstance(value, str | int | float) else ""


def _flag(values: Values, name: str) -> bool:
    value = values.get(name)
    return value if isinstance(value, bool) else _text(values, name).strip().lower() in _TRUE


def _texts(values: Values, name: str) -> tuple[str, ...]:
    value = values.get(name)
    listed = value if isinstance(value, list | tuple) else [value]
    return tuple(part for item in listed if isinstance(item, str) for part in item.split(",") if part.strip())


def _number(text: str) -> int:
    """A positive number of a few digits; -1 when it is not one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else -1


def _choice(values: Values, name: str, kind: type[E], fallback: E) -> E:
    try:
        return kind(_text(values, name).strip())
    except ValueError:
        return fallback


def _lines(values: Values, name: str) -> list[Values]:
    """The lines of a list: `places.0.city` and its like by position, or a list of objects under `places`."""
    listed = values.get(name)
    if isinstance(listed, list | tuple):
        return [item for item in listed[:_BEYOND_ANY_LIMIT] if isinstance(item, Mapping)]
    lines: dict[int, dict[str, object]] = {}
    for key, value in values.items():
        head, _, rest = key.partition(".")
        position, _, field = rest.partition(".")
        if head == name and field and _number(position) >= 0:
            lines.setdefault(_number(position), {})[field] = value
    return [lines[position] for position in sorted(lines)[:_BEYOND_ANY_LIMIT]]


def identity_of(values: Values) -> Identity:
    """The identity typed."""
    return Identity(
        siret=_text(values, "siret"),
        name=_text(values, "name"),
        custom_name=_text(values, "custom_name"),
        naf=_text(values, "naf"),
        headcount=_text(values, "headcount"),
        website=_text(values, "website"),
        additional_information=_text(values, "additional_information"),
        engaged=_flag(values, "engaged"),
    )


def places_of(values: Values) -> tuple[PlaceForm, ...]:
    """The places typed, lines left empty aside. Pages send no point: one would outlive its address."""
    places = (
        PlaceForm(
            address=_text(line, "address"),
            postal_code=_text(line, "postal_code"),
            city=_text(line, "city"),
            insee=_text(line, "insee"),
        )
        for line in _lines(values, "places")
    )
    return tuple(place for place in places if place.address or place.postal_code or place.city)


def offers_of(values: Values) -> tuple[OfferForm, ...]:
    """The jobs chosen, lines left empty aside."""
    offers = (
        OfferForm(
            rome=_text(line, "rome"),
            appellation=_text(line, "appellation"),
            label=_text(line, "label"),
            remote_mode=_choice(line, "remote_mode", RemoteMode, RemoteMode.ON_SITE),
            skills=_texts(line, "skills"),
            text=_text(line, "text"),
        )
        for line in _lines(values, "offers")
    )
    return tuple(offer for offer in offers if offer.rome or offer.label or offer.text or offer.skills)


def contact_of(values: Values) -> Contact:
    """The contact typed; a mode that is not one becomes `none`, which the checks refuse."""
    named = {key.removeprefix("contact."): value for key, value in values.items()}
    quota = _text(named, "max_contacts_per_month").strip() or str(DEFAULT_QUOTA)
    return Contact(
        mode=_choice(named, "mode", ContactMode, ContactMode.NONE),
        name=_text(named, "name"),
        job=_text(named, "job"),
        email=_text(named, "email"),
        phone=_text(named, "phone"),
        for_job_seekers=_flag(named, "for_job_seekers"),
        for_pupils=_flag(named, "for_pupils"),
        max_contacts_per_month=_number(quota),
        fit_for_disabled_workers=_choice(named, "fit_for_disabled_workers", DisabledFit, DisabledFit.NO),
    )


def step_of(step: Step, values: Values) -> StepValues:
    """What one step of the form holds; the summary holds nothing of its own."""
    readers: dict[Step, Callable[[Values], StepValues]] = {
        Step.IDENTITY: identity_of,
        Step.PLACES: places_of,
        Step.OFFERS: offers_of,
        Step.CONTACT: contact_of,
    }
    if step not in readers:
        raise ValueError(f"step {step} has no inputs")
    return readers[step](values)

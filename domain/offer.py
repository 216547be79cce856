"""The jobs a company offers to discover: their shape, how they are tidied, what is accepted."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from domain.errors import FieldError
from domain.search import RemoteMode
from domain.values import ROME_PATTERN, SKILL_PATTERN, clean_line, clean_text, fold

MAX_OFFERS = 30
"""More than any establishment seen in the public files offers; a longer list hides what matters."""
MAX_OFFER_SKILLS = 10
MAX_LABEL = 300
MAX_TEXT = 2000
APPELLATION_PATTERN = r"^[0-9]{1,9}$"
"""An OGR code of the ROME."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferForm:
    """One job: a ROME occupation, said by one of its appellations or by the company's own words."""

    rome: str = ""
    appellation: str = ""
    """OGR code; empty when none was chosen (the starter referential has none)."""
    label: str = ""
    """Shown to people; empty: the appellation's, else the occupation's."""
    remote_mode: RemoteMode = RemoteMode.ON_SITE
    skills: tuple[str, ...] = ()
    """Skills the company would like, by code; wanted, never demanded."""
    text: str = ""


def tidy_offer(offer: OfferForm) -> OfferForm:
    """The offer without invisible characters, codes in capitals, skills without repeats."""
    skills = (clean_line(code).upper() for code in offer.skills)
    return replace(
        offer,
        rome=clean_line(offer.rome).upper(),
        appellation=clean_line(offer.appellation),
        label=clean_line(offer.label),
        skills=tuple(dict.fromkeys(code for code in skills if code)),
        text=clean_text(offer.text),
    )


def _check_offer(offer: OfferForm, path: str) -> Iterable[FieldError]:
    if not re.fullmatch(ROME_PATTERN, offer.rome):
        yield FieldError(f"{path}.rome", "Choisissez un métier dans la liste proposée.", "rome")
    if offer.appellation and not re.fullmatch(APPELLATION_PATTERN, offer.appellation):
        yield FieldError(f"{path}.appellation", "Choisissez un métier dans la liste proposée.", "appellation")
    if len(offer.label) > MAX_LABEL:
        yield FieldError(f"{path}.label", f"Raccourcissez à {MAX_LABEL} caractères au plus.", "too_long")
    if len(offer.skills) > MAX_OFFER_SKILLS:
        message = f"Gardez {MAX_OFFER_SKILLS} compétences au plus : les plus utiles."
        yield FieldError(f"{path}.skills", message, "too_many")
    if not all(re.fullmatch(SKILL_PATTERN, code) for code in offer.skills):
        yield FieldError(f"{path}.skills", "Choisissez les compétences dans la liste proposée.", "skill")
    if len(offer.text) > MAX_TEXT:
        yield FieldError(f"{path}.text", f"Raccourcissez à {MAX_TEXT} caractères au plus.", "too_long")


def check_offers(offers: tuple[OfferForm, ...]) -> tuple[FieldError, ...]:
    """What cannot be accepted in tidied offers; whether the codes exist is the service's to say."""
    if not offers:
        return (FieldError("offers", "Ajoutez au moins un métier à découvrir chez vous.", "required"),)
    if len(offers) > MAX_OFFERS:
        return (FieldError("offers", f"Gardez {MAX_OFFERS} métiers au plus.", "too_many"),)
    errors: list[FieldError] = []
    seen: set[tuple[str, str, str]] = set()
    for position, offer in enumerate(offers):
        errors.extend(_check_offer(offer, f"offers.{position}"))
        key = (offer.rome, offer.appellation, fold(offer.label))
        if offer.rome and key in seen:
            message = "Ce métier est déjà dans la liste. Retirez-le ou changez son intitulé."
            errors.append(FieldError(f"offers.{position}.rome", message, "repeated"))
        seen.add(key)
    return tuple(errors)

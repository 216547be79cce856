"""Companies: the form they register with, what it may hold, and when they are found by search.

`tidy` puts a form in its canonical writing, `check` says what cannot be accepted in a tidied form and
changes nothing. Paths of errors are the names of the inputs: `siret`, `places.0.city`, `contact.email`.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from domain.contacts import (
    is_email,
    is_website,
    phone_fault,
    tidy_email,
    tidy_phone,
    tidy_website,
    website_host,
)
from domain.errors import FieldError
from domain.mail_domains import domain_of, is_free_mail, registrable
from domain.offer import OfferForm, check_offers, tidy_offer
from domain.search import ContactMode, DisabledFit
from domain.values import (
    HEADCOUNTS,
    INSEE_PATTERN,
    NAF_PATTERN,
    POSTAL_CODE_PATTERN,
    Point,
    clean_line,
    clean_text,
    compact_siret,
    dotted_naf,
    is_siret,
)

MAX_PLACES = 20
"""Places of one establishment and its annexes; a network registers one SIRET for each establishment."""
MAX_NAME = 200
MAX_ADDRESS = 300
MAX_CITY = 100
MAX_PERSON = 100
MAX_INFORMATION = 3000
DEFAULT_QUOTA = 6
"""Requests a month a company is ready to receive unless it says otherwise."""
MAX_QUOTA = 1000


class Step(StrEnum):
    """The steps of the registration form, in order; the values are those of its addresses."""

    IDENTITY = "identite"
    PLACES = "lieux"
    OFFERS = "metiers"
    CONTACT = "contact"
    SUMMARY = "resume"


class RegistrationStatus(StrEnum):
    """Where a registration stands; `to_check` waits for a person of the back office."""

    DRAFT = "draft"
    TO_PROVE = "to_prove"
    TO_CHECK = "to_check"
    PUBLISHED = "published"
    REFUSED = "refused"


class CheckReason(StrEnum):
    """Why a person looks at a registration before it is shown."""

    FREE_MAIL = "free_mail"
    OTHER_DOMAIN = "other_domain"


CHECK_LABELS = {
    CheckReason.FREE_MAIL: "L’adresse est chez un fournisseur ouvert à tous.",
    CheckReason.OTHER_DOMAIN: "L’adresse n’est pas celle du site de l’entreprise.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the company is. `naf` is dotted (`56.10A`) or empty, `headcount` a code of `HEADCOUNTS`."""

    siret: str = ""
    name: str = ""
    custom_name: str = ""
    """The name people know it by (sign, brand), when it is another one."""
    naf: str = ""
    headcount: str = "NN"
    website: str = ""
    additional_information: str = ""
    engaged: bool = False
    """Says it belongs to « Les entreprises s’engagent »."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceForm:
    """Where people are welcomed. Without a point the commune's is used, then the address's."""

    address: str = ""
    """Number and street, without postal code and city."""
    postal_code: str = ""
    city: str = ""
    insee: str = ""
    """Commune code, when the commune was picked from a list."""
    point: Point | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Who answers, how, and for whom. The e-mail is asked in every mode: it is what gets proved."""

    mode: ContactMode = ContactMode.EMAIL
    name: str = ""
    job: str = ""
    email: str = ""
    phone: str = ""
    """E.164 once tidied."""
    for_job_seekers: bool = True
    for_pupils: bool = False
    max_contacts_per_month: int = DEFAULT_QUOTA
    """0: not contactable for now."""
    fit_for_disabled_workers: DisabledFit = DisabledFit.NO


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyForm:
    """The whole form, as one request of the API or four steps of the pages."""

    identity: Identity = field(default_factory=Identity)
    places: tuple[PlaceForm, ...] = ()
    offers: tuple[OfferForm, ...] = ()
    contact: Contact = field(default_factory=Contact)


def tidy_identity(identity: Identity) -> Identity:
    """The identity in its canonical writing: digits only, dotted NAF, one line, `https`."""
    return replace(
        identity,
        siret=compact_siret(identity.siret),
        name=clean_line(identity.name),
        custom_name=clean_line(identity.custom_name),
        naf=dotted_naf(identity.naf) or clean_line(identity.naf),
        headcount=clean_line(identity.headcount) or "NN",
        website=tidy_website(identity.website),
        additional_information=clean_text(identity.additional_information),
    )


def tidy_places(places: tuple[PlaceForm, ...]) -> tuple[PlaceForm, ...]:
    """Each place on single lines, postal codes without spaces."""
    return tuple(
        replace(
            place,
            address=clean_line(place.address),
            postal_code=clean_line(place.postal_code).replace(" ", ""),
            city=clean_line(place.city),
            insee=clean_line(place.insee).upper(),
        )
        for place in places
    )


def tidy_contact(contact: Contact, postal_code: str = "") -> Contact:
    """The contact with its number as E.164; `postal_code` tells an overseas number's region."""
    return replace(
        contact,
        name=clean_line(contact.name),
        job=clean_line(contact.job),
        email=tidy_email(contact.email),
        phone=tidy_phone(contact.phone, postal_code),
    )


def tidy(form: CompanyForm) -> CompanyForm:
    """The form as it is kept."""
    places = tidy_places(form.places)
    return CompanyForm(
        identity=tidy_identity(form.identity),
        places=places,
        offers=tuple(tidy_offer(offer) for offer in form.offers),
        contact=tidy_contact(form.contact, places[0].postal_code if places else ""),
    )


def _too_long(path: str, text: str, limit: int) -> Iterable[FieldError]:
    if len(text) > limit:
        yield FieldError(path, f"Raccourcissez à {limit} caractères au plus.", "too_long")


def siret_fault(siret: str) -> FieldError | None:
    """Why a SIRET, separators removed, cannot be one."""
    if not siret:
        return FieldError("siret", "Écrivez le SIRET de l’établissement : 14 chiffres.", "required")
    if not is_siret(siret):
        message = (
            "Ce SIRET n’existe pas. Vérifiez les 14 chiffres : ils sont sur vos fiches de paie et factures."
        )
        return FieldError("siret", message, "siret")
    return None


def check_identity(identity: Identity) -> tuple[FieldError, ...]:
    """What cannot be accepted in a tidied identity."""
    errors: list[FieldError] = []
    if fault := siret_fault(identity.siret):
        errors.append(fault)
    if not identity.name:
        errors.append(FieldError("name", "Écrivez le nom de l’entreprise.", "required"))
    errors.extend(_too_long("name", identity.name, MAX_NAME))
    errors.extend(_too_long("custom_name", identity.custom_name, MAX_NAME))
    if identity.naf and not re.fullmatch(NAF_PATTERN, identity.naf):
        message = "Écrivez le code NAF (ou APE) comme 56.10A, ou laissez la case vide."
        errors.append(FieldError("naf", message, "naf"))
    if identity.headcount not in HEADCOUNTS:
        errors.append(FieldError("headcount", "Choisissez une tranche d’effectif dans la liste.", "choice"))
    if identity.website and not is_website(identity.website):
        message = "Écrivez une adresse comme https://www.exemple.fr, ou laissez la case vide."
        errors.append(FieldError("website", message, "website"))
    errors.extend(_too_long("additional_information", identity.additional_information, MAX_INFORMATION))
    return tuple(errors)


def _check_place(place: PlaceForm, path: str) -> Iterable[FieldError]:
    if not re.fullmatch(POSTAL_CODE_PATTERN, place.postal_code):
        message = "Écrivez le code postal : 5 chiffres, par exemple 57000."
        yield FieldError(f"{path}.postal_code", message, "postal_code")
    if not place.city:
        yield FieldError(f"{path}.city", "Écrivez le nom de la commune.", "required")
    if place.insee and not re.fullmatch(INSEE_PATTERN, place.insee):
        yield FieldError(f"{path}.insee", "Choisissez la commune dans la liste proposée.", "insee")
    yield from _too_long(f"{path}.city", place.city, MAX_CITY)
    yield from _too_long(f"{path}.address", place.address, MAX_ADDRESS)
    if place.point and not is_on_earth(place.point):
        message = "Ce point n’est pas sur Terre. Laissez l’adresse seule."
        yield FieldError(f"{path}.point", message, "point")


def is_on_earth(point: Point) -> bool:
    """Whether both coordinates are finite degrees in their range."""
    return -90 <= point.lat <= 90 and -180 <= point.lon <= 180  # noqa: PLR2004 - degrees


def check_places(places: tuple[PlaceForm, ...]) -> tuple[FieldError, ...]:
    """What cannot be accepted in tidied places."""
    if not places:
        return (FieldError("places", "Ajoutez au moins un lieu où vous accueillez.", "required"),)
    if len(places) > MAX_PLACES:
        return (FieldError("places", f"Gardez {MAX_PLACES} lieux au plus.", "too_many"),)
    return tuple(
        error for position, place in enumerate(places) for error in _check_place(place, f"places.{position}")
    )


def _check_reach(contact: Contact) -> Iterable[FieldError]:
    if contact.mode not in {ContactMode.EMAIL, ContactMode.PHONE, ContactMode.IN_PERSON}:
        yield FieldError("contact.mode", "Choisissez comment les candidats vous joignent.", "choice")
    if not contact.email:
        message = "Écrivez une adresse e-mail : nous y envoyons le lien qui confirme l’inscription."
        yield FieldError("contact.email", message, "required")
    elif not is_email(contact.email):
        message = "Écrivez une adresse e-mail complète, par exemple nom@exemple.fr."
        yield FieldError("contact.email", message, "email")
    if contact.mode is ContactMode.PHONE and not contact.phone:
        message = "Écrivez le numéro où les candidats vous appellent, ou choisissez un autre moyen."
        yield FieldError("contact.phone", message, "required")
    elif contact.phone and (fault := phone_fault(contact.phone)):
        yield FieldError("contact.phone", fault, "phone")


def check_contact(contact: Contact) -> tuple[FieldError, ...]:
    """What cannot be accepted in a tidied contact."""
    errors = list(_check_reach(contact))
    if not contact.name:
        message = "Écrivez le nom de la personne qui répond aux candidats."
        errors.append(FieldError("contact.name", message, "required"))
    errors.extend(_too_long("contact.name", contact.name, MAX_PERSON))
    errors.extend(_too_long("contact.job", contact.job, MAX_PERSON))
    if not (contact.for_job_seekers or contact.for_pupils):
        message = "Cochez au moins un public : demandeurs d’emploi ou élèves."
        errors.append(FieldError("contact.for_job_seekers", message, "required"))
    if not 0 <= contact.max_contacts_per_month <= MAX_QUOTA:
        message = f"Écrivez un nombre de demandes par mois entre 0 et {MAX_QUOTA}."
        errors.append(FieldError("contact.max_contacts_per_month", message, "range"))
    return tuple(errors)


def check(form: CompanyForm) -> tuple[FieldError, ...]:
    """What cannot be accepted in a tidied form; that codes and communes exist is checked with them."""
    return (
        *check_identity(form.identity),
        *check_places(form.places),
        *check_offers(form.offers),
        *check_contact(form.contact),
    )


def needs_check(form: CompanyForm) -> CheckReason | None:
    """Why a person must look at a tidied form first, once its e-mail is proved; None when nobody must.

    People and minors are sent there: an address that anyone can open, or one that does not match the
    company's own site, does not show that the registrant belongs to the company.
    """
    if is_free_mail(form.contact.email):
        return CheckReason.FREE_MAIL
    host = website_host(form.identity.website)
    if host and registrable(host) != registrable(domain_of(form.contact.email)):
        return CheckReason.OTHER_DOMAIN
    return None


def quota_left(max_per_month: int, last_28_days: int, last_7_days: int) -> bool:
    """Whether one more request may reach the company; 0 a month means that none may."""
    return last_28_days < max_per_month and last_7_days < math.ceil(max_per_month / 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What decides whether a company is found. Contacts are the requests it received."""

    open: bool = True
    """Neither closed, banned, nor opted out."""
    next_availability_date: date | None = None
    max_contacts_per_month: int = DEFAULT_QUOTA
    contacts_28_days: int = 0
    contacts_7_days: int = 0
    potentiel: bool = False
    unresponsive: bool = False
    """It left too many requests without an answer, and has not come back since."""
    placed: bool
    """At least one place has a point."""
    has_job: bool
    """At least one offer; for a « potentiel », a NAF division instead."""


class Hidden(StrEnum):
    """Why search does not find a company, the first thing to put right coming first."""

    GONE = "gone"
    UNPLACED = "unplaced"
    WITHOUT_JOB = "without_job"
    UNRESPONSIVE = "unresponsive"
    PAUSED = "paused"
    TAKES_NONE = "takes_none"
    FULL = "full"


def hidden_by(standing: Standing, today: date) -> Hidden | None:
    """Why a company is not found, None when it is; nobody writes to a « potentiel », so it has no quota."""
    until, month = standing.next_availability_date, standing.max_contacts_per_month
    asked = not standing.potentiel
    left = quota_left(month, standing.contacts_28_days, standing.contacts_7_days)
    reasons = {
        Hidden.GONE: not standing.open,
        Hidden.UNPLACED: not standing.placed,
        Hidden.WITHOUT_JOB: not standing.has_job,
        Hidden.UNRESPONSIVE: standing.unresponsive,
        Hidden.PAUSED: until is not None and until > today,
        Hidden.TAKES_NONE: asked and month == 0,
        Hidden.FULL: asked and not left,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def is_searchable(standing: Standing, today: date) -> bool:
    """Whether search finds a company."""
    return hidden_by(standing, today) is None


MAX_PAUSE = timedelta(days=366)


def check_pause(until: date | None, today: date) -> FieldError | None:
    """Why a company cannot pause until that day (the first on which it is found again)."""
    if until is None:
        return FieldError("until", "Choisissez le jour où vous accueillez de nouveau.", "required")
    if until <= today:
        return FieldError("until", "Choisissez un jour à venir.", "past")
    if until - today > MAX_PAUSE:
        return FieldError("until", "Choisissez un jour dans l’année qui vient.", "too_far")
    return None

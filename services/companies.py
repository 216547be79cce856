"""Companies: found in the register, published, shown, and gone at their word."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from clients.sirene import Establishment, Sirene
from data.queries import companies, company_page, company_rights
from data.queries.company_page import CompanyPage
from data.session import ReadSession, Session
from domain.company import CompanyForm, Identity, PlaceForm, siret_fault
from domain.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    RegisteredError,
    UnavailableError,
)
from domain.values import compact_siret, fold
from services import placing
from services.followups import Event, follow

KNOWN = (
    "Cette entreprise est déjà inscrite. Pour modifier sa fiche, demandez le lien de modification : "
    "il est envoyé à l’adresse e-mail de l’entreprise."
)
BANNED = "Cette entreprise ne peut pas être inscrite. Écrivez-nous si vous pensez que c’est une erreur."


class LookupOutcome(StrEnum):
    """What the register answered about a SIRET."""

    FOUND = "found"
    CLOSED = "closed"
    UNKNOWN = "unknown"
    UNAVAILABLE = "unavailable"


LOOKUP_MESSAGES = {
    LookupOutcome.FOUND: "Nous avons rempli la fiche. Vérifiez-la.",
    LookupOutcome.CLOSED: "D’après l’Insee, cet établissement est fermé. Vérifiez le numéro SIRET.",
    LookupOutcome.UNKNOWN: "L’annuaire des entreprises n’a pas ce SIRET. Remplissez la fiche vous-même.",
    LookupOutcome.UNAVAILABLE: "L’annuaire des entreprises ne répond pas. Remplissez la fiche vous-même.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyDraft:
    """What the register fills in; everything can be changed by the person."""

    identity: Identity
    place: PlaceForm | None
    diffusible: bool


@dataclass(frozen=True, slots=True)
class Lookup:
    """The register's answer; a draft only when it was `found`."""

    outcome: LookupOutcome
    draft: CompanyDraft | None = None

    @property
    def message(self) -> str:
        """What to tell the person."""
        return LOOKUP_MESSAGES[self.outcome]


async def lookup(sirene: Sirene, siret: str) -> Lookup:
    """Ask the register about a SIRET; never fails for a register that is slow or down.

    Raises `InvalidInputError` on `siret` when it cannot be one.
    """
    compact = compact_siret(siret)
    if fault := siret_fault(compact):
        raise InvalidInputError((fault,))
    try:
        found = await sirene.find(compact)
    except UnavailableError:
        return Lookup(LookupOutcome.UNAVAILABLE)
    if found is None:
        return Lookup(LookupOutcome.UNKNOWN)
    if not found.open:
        return Lookup(LookupOutcome.CLOSED)
    return Lookup(LookupOutcome.FOUND, _draft(found))


def _draft(found: Establishment) -> CompanyDraft:
    identity = Identity(
        siret=found.siret,
        name=found.name,
        custom_name="" if fold(found.sign) == fold(found.name) else found.sign,
        naf=found.naf,
        headcount=found.headcount,
    )
    place = PlaceForm(
        address=found.address,
        postal_code=found.postal_code,
        city=found.city,
        insee=found.insee,
        point=found.point,
    )
    known = bool(found.postal_code and found.city)
    return CompanyDraft(identity=identity, place=place if known else None, diffusible=found.diffusible)


async def public_company(session: ReadSession, siret: str) -> CompanyPage | None:
    """The page of a company anybody may see; None when there is none, or it left, closed or is banned."""
    compact = compact_siret(siret)
    return None if siret_fault(compact) else await company_page.company_page(session, compact)


async def opt_out(session: Session, siret: str, now: datetime) -> None:
    """A « potentiel » is shown no more, for good: only its registration brings it back.

    Raises `NotFoundError` when there is no such company, `ConflictError` when it registered itself.
    """
    compact = compact_siret(siret)
    company = None if siret_fault(compact) else await companies.lock_by_siret(session, compact)
    if company is None or company.banned:
        raise NotFoundError("Cette entreprise n’est pas dans l’annuaire.")
    if company.proof == "proved":
        raise ConflictError(KNOWN)
    if not company.opted_out:
        await companies.opt_out(session, company.id, now)


async def publish(session: Session, form: CompanyForm, now: datetime, *, diffusible: bool) -> int:
    """Make a proved form the company's: found by search as soon as this is committed. Gives its id.

    Raises `RegisteredError` when the SIRET is proved already, `ConflictError` when it is banned: then
    nothing is changed.
    """
    company_id = await companies.claim(session, form.identity, form.contact, now, diffusible=diffusible)
    if company_id is None:
        known = await companies.by_siret(session, form.identity.siret)
        raise ConflictError(BANNED) if known and known.banned else RegisteredError(KNOWN)
    await placing.replace_places(session, company_id, form.places)
    await companies.replace_offers(session, company_id, form.offers)
    await company_rights.grant_contact(session, company_id, now)
    await follow(session, Event.COMPANY_PUBLISHED, company=company_id)
    return company_id


async def republish(session: Session, company_id: int, form: CompanyForm, now: datetime) -> None:
    """Write what its owner changed, seen as soon as this is committed."""
    await companies.change(session, company_id, form.identity, form.contact, now)
    await placing.replace_places(session, company_id, form.places)
    await companies.replace_offers(session, company_id, form.offers)

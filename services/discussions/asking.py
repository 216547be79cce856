"""A request is made: checked against those made before, the company's room and who validates first.

What reaches the company is told by mail, counted in its quota, and seen by who accompanies the person.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from data.queries import (
    activity,
    companies,
    company_space,
    contacts,
    discussions,
    people,
    places,
    referents,
)
from data.queries.contacts import OfferAsked
from data.queries.referents import Referent
from data.session import ReadSession, Session
from domain.agency import Situation
from domain.audit import AuditAction
from domain.company import Hidden, hidden_by
from domain.contact_request import ContactRequest, check_request
from domain.discussion import TWICE_WITHIN, Side, Status
from domain.errors import ConflictError, FieldError, InvalidInputError, NotFoundError, TwinError
from domain.roles import Actor
from domain.search import ContactMode, Standing
from services.audit import record
from services.followups import Event, follow

ADDRESS_BYTES = 15
GONE = "Cette offre n’est plus proposée. Lancez une nouvelle recherche : d’autres entreprises accueillent."
_POTENTIEL = (
    "Cette entreprise n’est pas inscrite : elle ne reçoit pas de demande par ce service. "
    "Sa page dit comment la contacter vous-même."
)
_TWICE = "Vous avez déjà fait une demande à cette entreprise pour ce métier. Retrouvez-la dans vos demandes."
_FULL = (
    "Cette entreprise a déjà reçu assez de demandes pour le moment. Revenez la semaine prochaine, "
    "ou choisissez une autre entreprise."
)
_NOT_NOW = "Cette entreprise n’accueille pas en ce moment. Choisissez une autre entreprise."
_NO_PLACE = "L’entreprise n’accueille plus à cette adresse. Choisissez-en une autre."
_REFUSED = {
    Hidden.FULL: _FULL,
    Hidden.PAUSED: _NOT_NOW,
    Hidden.TAKES_NONE: _NOT_NOW,
    Hidden.UNRESPONSIVE: _NOT_NOW,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """For whom a request is made: their file, and the agent who makes it in their name, if one does.

    `situation` is what the person told of themselves, if they did: some agencies validate first.
    """

    actor: Actor
    beneficiary: UUID
    agency: int | None = None
    situation: Situation | None = None

    @property
    def agent(self) -> UUID | None:
        """The account of the agent who asks in the person's name."""
        return self.actor.user if self.agency is not None else None


async def ask(
    session: Session,
    asker: Asker,
    offer_id: int,
    request: ContactRequest,
    now: datetime,
    *,
    standing: Standing | None = None,
) -> UUID:
    """Make a request; its id. `standing` is where the company stood in the search it was asked from.

    Raises `InvalidInputError` with fields, `NotFoundError` (offer gone), `TwinError` (made already within
    7 days), `ConflictError` (the company takes none now).
    """
    tidy = check_request(request, now.date(), known=True)
    await discussions.lock_person(session, asker.beneficiary)
    offer = await _open_offer(session, asker.beneficiary, offer_id, now)
    await people.fill(session, asker.beneficiary, tidy.first_name, tidy.last_name, now)
    where = await place_asked(session, offer, tidy.place)
    around = await referents.referents(session, asker.beneficiary)
    waits = asker.agency is None and any(_validates(one, asker.situation) for one in around)
    discussion = await _write(session, asker, offer, tidy, where, now, waits=waits)
    if standing is not None:
        shown = {"shown_terms": dict(standing.terms), "shown_position": standing.position}
        await discussions.change(session, discussion, shown, now)
    if tidy.share_passport:
        await people.share_passport(session, asker.beneficiary, offer.company_id, now)
    action = AuditAction.DISCUSSION_ASKED
    agency, of = asker.agency, asker.beneficiary
    await record(session, asker.actor, action, "discussion", discussion, now, agency=agency, beneficiary=of)
    for one in around:
        if one.user != asker.agent:
            event = Event.DISCUSSION_TO_VALIDATE if waits else Event.DISCUSSION_TOLD
            await follow(session, event, discussion=str(discussion), referral=one.referral)
    if not waits:
        await reach(session, discussion, offer.company_id, now)
    return discussion


async def reach(session: Session, discussion: UUID, company_id: int, now: datetime) -> None:
    """The company may read a request from now on: it is told, and its quota counts it."""
    await discussions.change(session, discussion, {"reached_at": now}, now)
    await activity.record_request(session, company_id, now)
    await follow(session, Event.DISCUSSION_ASKED, discussion=str(discussion))


async def offer_asked(session: ReadSession, offer_id: int) -> OfferAsked:
    """The offer a request is made to; raises `NotFoundError` (gone) or `ConflictError` (a « potentiel »)."""
    offer = await contacts.offer(session, offer_id)
    if offer is None:
        raise NotFoundError(GONE)
    if offer.contact_mode is ContactMode.NONE:
        raise ConflictError(_POTENTIEL)
    return offer


async def check_takes(session: ReadSession, offer: OfferAsked, now: datetime) -> None:
    """Raise `ConflictError` or `NotFoundError` when the company takes no request now, saying why."""
    space = await company_space.space(session, offer.company_id)
    hidden = hidden_by(space.standing, now.date()) if space else Hidden.GONE
    if hidden in _REFUSED:
        raise ConflictError(_REFUSED[hidden])
    if hidden is Hidden.GONE:
        raise NotFoundError(GONE)


async def place_asked(session: ReadSession, offer: OfferAsked, place: int | None) -> str:
    """The place asked as both sides read it; empty for any of several.

    Raises `InvalidInputError` on `place` when the company has it no more.
    """
    listed = {one.id: one.place for one in await places.places_of(session, offer.company_id)}
    if place is not None and place not in listed:
        raise InvalidInputError((FieldError("place", _NO_PLACE, "unknown"),))
    chosen = next(iter(listed.values())) if len(listed) == 1 else listed.get(place or 0)
    if chosen is None:
        return ""
    address = chosen.address if offer.diffusible else ""
    return ", ".join(part for part in (address, f"{chosen.postal_code} {chosen.city}".strip()) if part)


async def _open_offer(session: Session, person: UUID, offer_id: int, now: datetime) -> OfferAsked:
    """The offer, its company locked, when a request may be made; raises what says why not."""
    offer = await offer_asked(session, offer_id)
    twin = await discussions.twin(session, person, offer.company_id, offer.rome, now - TWICE_WITHIN)
    if twin is not None:
        raise TwinError(_TWICE, str(twin))
    await companies.lock(session, offer.company_id)
    await check_takes(session, offer, now)
    return offer


def _validates(one: Referent, situation: Situation | None) -> bool:
    return (situation or Situation.OTHER).value in one.validates_first


async def _write(  # noqa: PLR0913 - one row, what it is made of
    session: Session,
    asker: Asker,
    offer: OfferAsked,
    tidy: ContactRequest,
    where: str,
    now: datetime,
    *,
    waits: bool,
) -> UUID:
    status = Status.AWAITING_REFERENT if waits else Status.PENDING
    values = {
        "company_id": offer.company_id,
        "offer_id": offer.offer_id,
        "rome": offer.rome,
        "label": offer.label,
        "contact_mode": offer.contact_mode.value,
        "place": where,
        "beneficiary_id": asker.beneficiary,
        "agent_id": asker.agent,
        "agency_id": asker.agency,
        "status": status.value,
        "objective": tidy.objective.value if tidy.objective else "",
        "availability": msgspec.to_builtins(tidy.availability),
        "phone": tidy.phone,
        "candidate_address": _address(),
        "company_address": _address(),
    }
    discussion = await discussions.add(session, values, now)
    await discussions.write(session, discussion, Side.CANDIDATE, asker.actor.user, tidy.message, now)
    return discussion


def _address() -> str:
    """A local part that nobody guesses, in letters and digits that mail servers keep as they are."""
    return secrets.token_hex(ADDRESS_BYTES)

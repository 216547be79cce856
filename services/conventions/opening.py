"""A convention opened by the key of its address: the token of a link by mail, or its id for an account."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from data.queries import convention_sources, convention_story, conventions
from data.queries.conventions import ConventionRow
from data.session import ReadSession, Session
from domain.convention import As, Move, Status
from domain.errors import NotFoundError
from domain.roles import Actor
from domain.terms import Terms
from services import links
from services.conventions import parties
from services.conventions.draft_links import SIDES
from services.conventions.drafting import Origin, link
from services.conventions.parties import HIDDEN, Standing
from services.discussions.parties import Party
from services.links import Purpose

_OTHERS = frozenset({As.COMPANY, As.EMPLOYER, As.TUTOR})


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody before a draft. `key` is that of its address; `side`: whose part its link was sent for."""

    key: str
    standing: Standing
    side: As | None = None

    @property
    def company_reads(self) -> bool:
        """Whether the company reads: it has no right to know the person's situation."""
        return self.side is As.COMPANY or company_alone(self.standing)

    @property
    def is_draft(self) -> bool:
        """Whether it is still written."""
        return self.standing.row.status is Status.DRAFT


def company_alone(standing: Standing) -> bool:
    """Whether somebody stands on the side of a company only; a draft of theirs, as their account works."""
    actor, known = standing.actor, standing.whom - {As.HOLDER}
    return known <= _OTHERS if known else bool(actor.companies) and not actor.agent


async def version_of(session: ReadSession, convention: UUID, version: int) -> Terms | None:
    """The document of a version that was sent, None when there is none or it was anonymised."""
    kept = await convention_story.version_text(session, convention, version)
    return conventions.read_terms(json.loads(kept)) if kept else None


async def open_by(session: Session, actor: Actor, key: str, now: datetime, *, locked: bool = False) -> Opened:
    """The convention of an address; raises `NotFoundError` or `ExpiredError`, which say what to do."""
    if convention := _id(key):
        before = parties.lock if locked else parties.read
        return Opened(key, await before(session, actor, convention))
    found = await links.read(session, key, Purpose.CONVENTION_DRAFT, now)
    about, _, said = found.subject_id.partition(":")
    row = await (conventions.lock if locked else conventions.by_id)(session, UUID(about))
    if row is None or row.anonymised_at is not None:
        raise NotFoundError(HIDDEN)
    if locked:  # who had the row before may have taken the link back
        await links.read(session, key, Purpose.CONVENTION_DRAFT, now)
    side = next((one for one in SIDES if one.value == said), None)
    return Opened(key, parties.as_named(actor, row, As.HOLDER), side)


def _id(key: str) -> UUID | None:
    try:
        return UUID(key) if len(key) == len(str(UUID(int=0))) else None
    except ValueError:
        return None


def duplicated(standing: Standing) -> tuple[Terms, Origin]:
    """The same document to be dated anew, its week kept; raises as every move."""
    standing.step(Move.DUPLICATE)
    row, terms = standing.row, standing.row.document
    activity = replace(terms.activity, hazards_checked=False)
    person = replace(terms.beneficiary, situation=None) if company_alone(standing) else terms.beneficiary
    again = replace(
        terms,
        beneficiary=person,
        activity=activity,
        starts_on=None,
        ends_on=None,
        renews="",
        renewal_reason="",
    )
    origin = Origin(
        agency_id=row.agency_id,
        company_id=row.company_id,
        beneficiary_id=row.beneficiary_id,
        counsellor_id=row.counsellor_id,
    )
    return again, origin


async def key_for(session: Session, actor: Actor, convention: UUID, now: datetime) -> str:
    """The key of a draft just begun: its id for an account, the token of a new link for anybody else."""
    return str(convention) if actor.signed_in else await link(session, convention, now)


async def begun_for(session: ReadSession, party: Party) -> ConventionRow | None:
    """The convention that a request of this company has already, None when it is with another company."""
    found = await convention_sources.of_discussion(session, party.row.id)
    row = await conventions.by_id(session, found) if found else None
    return row if row and row.company_id == party.row.company_id else None

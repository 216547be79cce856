"""What an accompaniment opens: the people of an agent, a person's file, their passport, their searches.

Each opening by an agent is a line of the audit, which the person sees.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from data.queries import audit as audit_lines
from data.queries import referrals, sessions
from data.queries.audit import AuditFound, AuditSearch
from data.queries.referrals import PersonSearch, ReferralRow
from data.session import ReadSession, Session
from domain.audit import AuditAction
from domain.errors import ForbiddenError, NotFoundError
from domain.french import french_date
from domain.referral import MAX_QUERY
from domain.roles import Actor, Permission, require
from services.referrals import HIDDEN, WAITS, note

LINES = 30
"""Latest lines of the audit shown in a file."""
UNANSWERED = timedelta(days=7)
ENDS_SOON = timedelta(days=92)
"""A delegation that ends within three months is to be renewed (domain.md, §7)."""


@dataclass(frozen=True, slots=True)
class PersonFile:
    """What an agent sees of a person they accompany, beside the passport."""

    referral: ReferralRow
    searches: tuple[PersonSearch, ...]
    history: tuple[AuditFound, ...]
    """Who read or changed the file, the latest first."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits for an agent, and the page where it is done."""

    text: str
    path: str


async def people(session: ReadSession, actor: Actor) -> tuple[ReferralRow, ...]:
    """People this agent accompanies or asked to, in the agencies where they may."""
    if actor.user is None:
        return ()
    allowed = [one for one in actor.agencies if actor.may(Permission.ACCOMPANY, agency=one)]
    return await referrals.of_agent(session, actor.user, allowed)


async def agencies(session: ReadSession, actor: Actor) -> tuple[tuple[int, str], ...]:
    """Agencies where this agent may accompany: id and name."""
    allowed = [one for one in actor.agencies if actor.may(Permission.ACCOMPANY, agency=one)]
    return await referrals.agency_names(session, allowed)


async def today(session: ReadSession, actor: Actor, now: datetime) -> tuple[Task, ...]:
    """What waits for this agent: colleagues to answer, people who have not answered, delegations."""
    tasks = []
    managed = [one for one in actor.agencies if actor.may(Permission.AGENCY_MEMBERS, agency=one)]
    for agency, name, waiting in await referrals.rights_waiting(session, managed):
        text = "Une personne demande" if waiting == 1 else f"{waiting} personnes demandent"
        tasks.append(Task(f"{text} à rejoindre {name}.", f"/structure/{agency}/membres#demandes"))
    for row in await people(session, actor):
        if not row.current and row.since < now - UNANSWERED:
            text = f"{row.name or row.email} n’a pas répondu à votre demande depuis plus d’une semaine."
            tasks.append(Task(text, "/accompagnement#demandes"))
    for agency, name, day in await referrals.delegations_ending(
        session, tuple(actor.agencies), (now + ENDS_SOON).date()
    ):
        ended = day < now.date()
        verb = "est terminée depuis le" if ended else "se termine le"
        tasks.append(Task(f"La délégation de {name} {verb} {french_date(day)}.", f"/structure/{agency}"))
    return tuple(tasks)


async def read_file(session: Session, actor: Actor, beneficiary: UUID, now: datetime) -> PersonFile:
    """The file of a person accompanied; the reading is written down. Raises rights."""
    row = await _current(session, actor, beneficiary)
    await note(session, actor, AuditAction.FILE_READ, row, now)
    lines = await audit_lines.search(session, AuditSearch(beneficiary_id=beneficiary), LINES)
    return PersonFile(row, await referrals.searches_of(session, beneficiary), lines)


async def work_with(session: Session, actor: Actor, beneficiary: UUID, now: datetime) -> None:
    """Open a person's passport in this session: pages and searches are theirs until it is left."""
    row = await _current(session, actor, beneficiary)
    if actor.session is None:
        raise NotFoundError(HIDDEN)
    await sessions.act_for(session, actor.session, beneficiary)
    await note(session, actor, AuditAction.PASSPORT_OPENED, row, now)


async def leave(session: Session, actor: Actor) -> None:
    """Close the person's passport in this session."""
    if actor.session is not None:
        await sessions.act_for(session, actor.session, None)


async def note_search(session: Session, actor: Actor, query: str, total: int, now: datetime) -> None:
    """Keep a search made with a person open, for both to find again; none is kept otherwise."""
    if actor.acting is None or not query or len(query) > MAX_QUERY:
        return
    await referrals.note_search(
        session, beneficiary=actor.acting.beneficiary, user=actor.user, query=query, total=total, now=now
    )


async def of_person(session: ReadSession, actor: Actor) -> tuple[ReferralRow, ...]:
    """Who accompanies the person of this account, who asks to, who did."""
    return await referrals.of_person(session, actor.beneficiary) if actor.beneficiary else ()


async def history(session: ReadSession, actor: Actor) -> tuple[AuditFound, ...]:
    """Who opened or changed the file of this account's person, the latest first."""
    mine = AuditSearch(beneficiary_id=actor.beneficiary, account=actor.user)
    return await audit_lines.search(session, mine, LINES)


async def my_searches(session: ReadSession, actor: Actor) -> tuple[PersonSearch, ...]:
    """Searches made for this account's person."""
    return await referrals.searches_of(session, actor.beneficiary) if actor.beneficiary else ()


async def _current(session: ReadSession, actor: Actor, beneficiary: UUID) -> ReferralRow:
    row = await referrals.current(session, beneficiary, actor.user) if actor.user else None
    if row is None:
        raise NotFoundError(HIDDEN)
    require(actor, Permission.ACCOMPANY, agency=row.agency_id)
    if not row.current:
        raise ForbiddenError(WAITS)
    return row

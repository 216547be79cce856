"""The requests of one person, or of all those an agent accompanies, with what comes next."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from data.queries import convention_sources, discussions, visits
from data.queries.discussions import DiscussionRow
from data.queries.referrals import ReferralRow
from data.queries.visits import VisitRow
from data.session import ReadSession
from domain.discussion import OPEN, STATUS_LABELS, Status
from domain.roles import Actor
from domain.visit import VisitStatus, no_show_rate
from services import person_files
from services.discussions.reading import next_step

SILENT_AFTER = timedelta(days=7)
"""A company that has not answered for so long is told of as silent: it had its two reminders."""
NOTHING_FOR = timedelta(days=92)
"""A person for whom nothing has moved for three months is at risk of giving up."""
REFUSED_TIMES = 2


@dataclass(frozen=True, slots=True)
class Mine:
    """One request in a list."""

    row: DiscussionRow
    label: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MyRequests:
    """Requests that live, and those that ended, the latest first."""

    name: str
    """Whose they are, when an agent reads them; empty for one's own."""
    live: tuple[Mine, ...]
    ended: tuple[Mine, ...]


@dataclass(frozen=True, slots=True)
class AtRisk:
    """A person to call, and why."""

    beneficiary: UUID
    name: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplesRequests:
    """What an agent follows: to validate, the silent companies, all that lives, the people at risk."""

    to_validate: tuple[Mine, ...]
    silent: tuple[Mine, ...]
    live: tuple[Mine, ...]
    ended: tuple[Mine, ...]
    at_risk: tuple[AtRisk, ...]
    no_show: float | None
    """No-shows ÷ closed visits of these people (RDV-Insertion's definition); None without any."""


async def my_requests(session: ReadSession, actor: Actor) -> MyRequests:
    """One's own requests; those of the person whose file is open, for an agent."""
    of = actor.acting.beneficiary if actor.acting else actor.beneficiary
    name = actor.acting.name if actor.acting else ""
    rows = await discussions.of_person(session, of) if of else ()
    listed = await _listed(session, rows)
    return MyRequests(
        name=name,
        live=tuple(one for one in listed if _lives(one.row)),
        ended=tuple(one for one in listed if not _lives(one.row)),
    )


async def of_my_people(session: ReadSession, actor: Actor, now: datetime) -> PeoplesRequests:
    """The requests of everybody this agent accompanies now."""
    people = [one for one in await person_files.people(session, actor) if one.current]
    rows = await discussions.of_people(session, [one.beneficiary_id for one in people])
    listed = await _listed(session, rows)
    counts = await visits.counts(session, [row.id for row in rows])
    kept = {status: counts.get(status, 0) for status in VisitStatus}
    return PeoplesRequests(
        to_validate=tuple(one for one in listed if one.row.status is Status.AWAITING_REFERENT),
        silent=tuple(one for one in listed if _is_silent(one.row, now)),
        live=tuple(one for one in listed if _lives(one.row)),
        ended=tuple(one for one in listed if not _lives(one.row)),
        at_risk=await _at_risk(session, people, rows, now),
        no_show=no_show_rate(
            done=kept[VisitStatus.DONE],
            no_show=kept[VisitStatus.NO_SHOW],
            cancelled=kept[VisitStatus.CANCELLED],
        ),
    )


def _lives(row: DiscussionRow) -> bool:
    return row.status in OPEN or row.status is Status.ACCEPTED


def _is_silent(row: DiscussionRow, now: datetime) -> bool:
    reached = row.reached_at
    return (
        row.status is Status.PENDING
        and row.answered_at is None
        and bool(reached and reached < now - SILENT_AFTER)
    )


async def _listed(session: ReadSession, rows: Sequence[DiscussionRow]) -> tuple[Mine, ...]:
    found = await visits.of_discussions(session, [row.id for row in rows])
    live: dict[UUID, VisitRow] = {one.discussion_id: one for one in found if one.live}
    accepted = [row.id for row in rows if row.status is Status.ACCEPTED]
    agreed = await convention_sources.statuses(session, accepted) if accepted else {}
    return tuple(
        Mine(row, STATUS_LABELS[row.status], next_step(row, live.get(row.id), agreed.get(row.id)))
        for row in rows
    )


async def _at_risk(
    session: ReadSession, people: Sequence[ReferralRow], rows: Sequence[DiscussionRow], now: datetime
) -> tuple[AtRisk, ...]:
    """Those for whom nothing moved in three months, refused twice, or who did not come to a visit."""
    refused = Counter(row.beneficiary_id for row in rows if row.status is Status.REJECTED)
    moved: dict[UUID, datetime] = {}
    for row in rows:
        moved[row.beneficiary_id] = max(moved.get(row.beneficiary_id, row.status_at), row.status_at)
    owner = {row.id: row.beneficiary_id for row in rows}
    planned = await visits.of_discussions(session, list(owner))
    missed = {owner[one.discussion_id] for one in planned if one.status is VisitStatus.NO_SHOW}
    found = []
    for one in people:
        reasons = []
        if max(moved.get(one.beneficiary_id, one.since), one.since) < now - NOTHING_FOR:
            reasons.append("rien depuis trois mois")
        if refused[one.beneficiary_id] >= REFUSED_TIMES:
            reasons.append(f"{refused[one.beneficiary_id]} refus")
        if one.beneficiary_id in missed:
            reasons.append("absence à une visite")
        if reasons:
            found.append(AtRisk(one.beneficiary_id, one.name or "Personne sans nom", tuple(reasons)))
    return tuple(found)

"""How requests ended, by the value of each term, and the weights that were learned from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, insert, literal, select, update

from data.session import ReadSession, Session
from data.tables import communes, company_places, discussions, ranking_outcomes, ranking_weights
from domain.discussion import Status

_o, _w, _d = ranking_outcomes.c, ranking_weights.c, discussions.c
_FOLLOWED = "companies"
"""The channel on which every API process reads again what it has not seen, weights included."""


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """The value of each term that applied, by code, and whether the request was accepted."""

    terms: Mapping[str, float]
    accepted: bool


async def note_outcome(session: Session, discussion: UUID, ended: Status, day: date) -> None:
    """Keep how a request ended, when it was asked from a search: numbers, and nobody's name."""
    accepted = ended is Status.ACCEPTED
    told = (literal(day), _d.shown_terms, literal(accepted), literal(ended.value), _d.shown_position)
    known = select(*told).where(_d.id == discussion, _d.shown_terms.is_not(None))
    columns = ("day", "terms", "accepted", "ended", "position")
    await session.execute(insert(ranking_outcomes).from_select(columns, known))


async def forget_standing(session: Session, discussion: UUID) -> None:
    """A request that has ended keeps nothing of the search it was asked from."""
    blank = {"shown_terms": None, "shown_position": None}
    await session.execute(update(discussions).where(_d.id == discussion).values(**blank))


async def outcomes_since(session: ReadSession, day: date) -> Sequence[OutcomeRow]:
    """Those of that day and after, oldest first."""
    query = select(_o.terms, _o.accepted).where(_o.day >= day).order_by(_o.day, _o.id)
    return [OutcomeRow(row.terms, row.accepted) for row in await session.execute(query)]


async def weights_in_force(session: ReadSession) -> Mapping[str, float] | None:
    """Weights by code, as learned; None before any."""
    query = select(_w.weights).order_by(_w.since.desc(), _w.id.desc()).limit(1)
    found: Mapping[str, float] | None = (await session.execute(query)).scalar_one_or_none()
    return found


async def put_in_force(
    session: Session,
    weights: Mapping[str, float],
    outcomes: int,
    exposure: Mapping[str, float],
    now: datetime,
) -> None:
    """These weights rank from the commit on, in every process."""
    row = {"weights": dict(weights), "outcomes": outcomes, "exposure": dict(exposure), "since": now}
    await session.execute(insert(ranking_weights).values(**row))
    await session.execute(select(func.pg_notify(_FOLLOWED, "")))


async def places_in_small_communes(session: ReadSession, people: int) -> frozenset[int]:
    """Ids of the places in communes of fewer inhabitants than that."""
    joined = company_places.join(communes, communes.c.insee == company_places.c.insee)
    query = select(company_places.c.id).select_from(joined).where(communes.c.population < people)
    return frozenset((await session.execute(query)).scalars())

"""How requests ended, by the value of each term, and the weights that were learned from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, insert, select

from data.session import ReadSession, Session
from data.tables import communes, company_places, ranking_outcomes, ranking_weights

_o, _w = ranking_outcomes.c, ranking_weights.c
_FOLLOWED = "companies"
"""The channel on which every API process reads again what it has not seen, weights included."""


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """The value of each term that applied, by code, and whether the request was accepted."""

    terms: Mapping[str, float]
    accepted: bool


async def note_outcome(session: Session, day: date, terms: Mapping[str, float], *, accepted: bool) -> None:
    """Keep how a request ended: numbers, and nobody's name."""
    await session.execute(insert(ranking_outcomes).values(day=day, terms=dict(terms), accepted=accepted))


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

"""The weights of the ranking: learned from how requests ended, checked, then in force everywhere."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.queries import ranking
from data.session import Session
from matching.exposure import compare
from matching.learning import Outcome, learn, within_bounds
from matching.terms import PRIORS
from services.indexing import load_engine

LEARNED_DAYS = 365
"""Older outcomes tell of companies that have changed."""
RURAL_PEOPLE = 2_000
"""A commune of fewer inhabitants is rural (INSEE's usual threshold)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What one learning did.

    `weights` are those found, by code; `exposure` that of each group against the priors', empty when the
    priors stay; `unfair` the groups that would lose too much; `written` whether the weights are now in
    force; `why` says it in French.
    """

    outcomes: int
    weights: Mapping[str, float]
    exposure: Mapping[str, float]
    unfair: tuple[str, ...]
    written: bool
    why: str


async def learn_weights(session: Session, now: datetime) -> Lesson:
    """Learn from a year of outcomes; put the weights in force unless they hide some companies.

    Without enough outcomes the priors are in force, again if other weights were.
    """
    rows = await ranking.outcomes_since(session, (now - timedelta(days=LEARNED_DAYS)).date())
    outcomes = [Outcome(row.terms, row.accepted) for row in rows]
    learned = await asyncio.to_thread(learn, outcomes)
    exposure: Mapping[str, float] = {}
    unfair: tuple[str, ...] = ()
    if learned.moved:
        engine = await load_engine(session)
        rural = await ranking.places_in_small_communes(session, RURAL_PEOPLE)
        found = await asyncio.to_thread(
            compare, learned.weights, engine.occupations, engine.index, rural, now.date()
        )
        exposure, unfair = found.parts, found.unfair
    before = within_bounds(await ranking.weights_in_force(session) or PRIORS)
    written = not unfair and learned.weights != before
    if written:
        await ranking.put_in_force(session, learned.weights, len(outcomes), exposure, now)
    return Lesson(
        outcomes=len(outcomes),
        weights=learned.weights,
        exposure=exposure,
        unfair=unfair,
        written=written,
        why=learned.why,
    )

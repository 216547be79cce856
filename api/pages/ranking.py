"""How companies are ranked, for everybody: written from the terms themselves, so that it stays true."""

from collections.abc import Mapping
from dataclasses import dataclass

from litestar import get
from litestar.datastructures import State
from litestar.response import Template

from api.pages.points import whole_parts
from domain.roles import Right
from matching.terms import PRIORS, TERMS, Term
from services.indexing import SearchEngine

PROOFS = (
    ("tests/matching/test_rank.py", "test_what_companies_say_of_disability_and_labels_never_moves_a_hit"),
    ("tests/api/test_pages_ranking.py", "test_nothing_about_the_person_reaches_the_ranking"),
    ("tests/api/test_pages_ranking.py", "test_asking_for_a_place_that_fits_changes_no_score"),
)
"""The tests that show what never counts: a file, and a name there."""


@dataclass(frozen=True, slots=True)
class CountedTerm:
    """A term, and what it weighs out of 100 when all of them count."""

    term: Term
    percent: int


def counted(weights: Mapping[str, float]) -> tuple[CountedTerm, ...]:
    """Every term with its weight by code brought back to 100 in all, the heaviest first."""
    total = sum(weights.values())
    percents = whole_parts([weights[term.code] / total * 100 for term in TERMS], 100)
    terms = (CountedTerm(term, percent) for term, percent in zip(TERMS, percents, strict=True))
    return tuple(sorted(terms, key=lambda one: -weights[one.term.code]))


@get("/classement", right=Right.ANYONE)
async def ranking_page(state: State) -> Template:
    """Each term of the score and its weight now, what never counts, ties, and whom to ask."""
    engine: SearchEngine | None = state.search
    weights = engine.parts.weights if engine else PRIORS
    context = {"terms": counted(weights), "learned": weights != PRIORS, "proofs": PROOFS}
    return Template("ranking/ranking.html", context=context)


HANDLERS = [ranking_page]

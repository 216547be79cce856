"""How companies are ranked, for everybody: written from the terms themselves, so that it stays true."""

from collections.abc import Mapping
from dataclasses import dataclass

from litestar import get
from litestar.response import Template

from api.pages.points import whole_parts
from domain.roles import Right
from matching.terms import PRIORS, TERMS, Term

PROOF = "tests/matching/test_rank.py", "test_what_companies_say_of_disability_and_labels_never_moves_a_hit"
"""The test that shows what never counts: its file, and its name there."""


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
async def ranking_page() -> Template:
    """Each term of the score and its weight, what never counts, ties, and whom to ask."""
    file, name = PROOF
    return Template("ranking/ranking.html", context={"terms": counted(PRIORS), "file": file, "test": name})


HANDLERS = [ranking_page]

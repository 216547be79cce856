"""Learning at the terminal: one transaction, and what it did in French."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from matching.exposure import LEAST_PART
from matching.terms import TERMS
from ops.transactions import now, transaction
from services.ranking import Lesson, learn_weights


async def ranking(database_url: str) -> Lesson:
    """Learn the weights of the ranking and put them in force when they may be."""
    async with transaction(database_url) as session:
        return await learn_weights(session, now())


def lines(lesson: Lesson) -> Iterator[str]:
    """What was learned, group by group and term by term, and whether it is in force."""
    yield lesson.why
    for term in TERMS:
        yield f"  {term.label} : {_french(lesson.weights[term.code])} (au départ {_french(term.weight)})"
    for group, part in lesson.exposure.items():
        yield f"  Exposition des entreprises {group} : {_percent(part)} de celle des poids de départ"
    if lesson.unfair:
        groups = ", ".join(lesson.unfair)
        yield f"Refusé : moins de {_percent(LEAST_PART)} pour {groups}. Les poids en vigueur restent."
    elif lesson.written:
        yield "En vigueur dès maintenant."
    else:
        yield "Rien ne change."


def as_json(lesson: Lesson) -> dict[str, Any]:
    """The same for a file."""
    return asdict(lesson)


def _french(value: float) -> str:
    return f"{value:.3f}".replace(".", ",")


def _percent(part: float) -> str:
    return f"{part:.0%}".replace("%", " %")

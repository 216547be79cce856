"""From a person's skills, or their own words, to occupations: what fits, what is had, what is missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from math import expm1

from services.indexing import SearchEngine
from services.search import Coded

DEFAULT_LIMIT = 10
MAX_LIMIT = 50
MAX_TEXT = 2000
"""Characters of a text that are read (as `matching.text` does)."""
_SURE_SCORE = 4.0
"""A text's affinity is 1 - e^(-score / this): about what one telling phrase scores."""


@dataclass(frozen=True, slots=True)
class OccupationFound:
    """An occupation that skills or words tell of.

    `affinity` is in [0, 1], best first, and no probability: from skills, about 0.8 or more if it uses nearly
    all of them, 0.3 if half; from words, 0.6 for one telling phrase, 0.9 when all agree. `matched` are the
    skills asked that it uses, `missing` its main skills that were not asked.
    """

    rome: str
    label: str
    affinity: float
    matched: tuple[Coded, ...]
    missing: tuple[Coded, ...]


@dataclass(frozen=True, slots=True)
class SkillRead:
    """A skill recognised in a text: characters [start, end) say it."""

    code: str
    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TextRead:
    """What a text tells: skills to confirm, and occupations."""

    skills: tuple[SkillRead, ...]
    occupations: tuple[OccupationFound, ...]


def occupations_for(
    engine: SearchEngine, skills: Sequence[str], limit: int = DEFAULT_LIMIT
) -> list[OccupationFound]:
    """The occupations that best explain the skills; those of which nothing is known are left out."""
    parts = engine.parts
    scores = parts.occupations.explained(skills)
    return _found(engine, scores.tolist(), skills, limit)


def _found(
    engine: SearchEngine, affinities: Sequence[float], skills: Sequence[str], limit: int
) -> list[OccupationFound]:
    """The occupations of highest affinity above 0; ties by ROME code."""
    occupations, labels = engine.parts.occupations, engine.parts.skill_labels
    asked = occupations.resolved(skills)
    told = (at for at, affinity in enumerate(affinities) if affinity > 0)
    best = nsmallest(limit, told, key=lambda at: (-affinities[at], occupations.codes[at]))

    def coded(codes: Iterable[str]) -> tuple[Coded, ...]:
        return tuple(Coded(code, labels.get(code, code)) for code in codes)

    return [
        OccupationFound(
            rome=occupations.codes[at],
            label=occupations.labels[occupations.codes[at]],
            affinity=affinities[at],
            matched=coded(occupations.matched(occupations.codes[at], asked)),
            missing=coded(occupations.to_learn(occupations.codes[at], asked)),
        )
        for at in best
    ]


def read_text(engine: SearchEngine, text: str, limit: int = DEFAULT_LIMIT) -> TextRead:
    """What a person says of themselves, read in their own words; nothing is kept."""
    parts = engine.parts
    labels = parts.skill_labels
    said, found_scores = parts.plain_words.read(text, limit)
    skills = tuple(SkillRead(one.skill, labels[one.skill], one.start, one.end) for one in said)
    affinities = [-expm1(-score / _SURE_SCORE) for score in found_scores.tolist()]
    found = _found(engine, affinities, [one.code for one in skills], limit)
    return TextRead(skills, tuple(found))

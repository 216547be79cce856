"""From the skills of a person to an affinity for every occupation, by the ROME's own tables.

Each skill s weighs idf(s) = ln(1 + (N - n + ½) / (n + ½)), as in BM25: N occupations have skills, n of
them use s, so that « tailler les haies » tells more than « travailler en équipe ». For an occupation
o and the skills Q of a person,

    x(o, Q) = Σ idf(s) for s in both / (K · (common(o) / mean common) ^ 0.12)
    affinity = 1 - e^(-3x)

where common(o) counts those of its skills that at least five occupations share and K is the mean weight of
an occupation's core: who covers a core is near 1. The exponent is small because occupations described
at length are not less likely, and what nobody else lists does not lengthen a description: drawn
passports find their source first more often so than with the weight of all its skills. The exponential
only spreads short passports, without changing any order. One more skill never lowers an affinity;
unknown skills count for nothing.

`explained` answers another question, which occupation a whole passport tells of (`matching.passport`):
there, what an occupation leaves unexplained counts against it.

A « job » is an occupation, or a NAF division: what a company of that division probably does, whose
affinity is the best of its occupations.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.corpus import Corpus, Referential
from matching.nearness import Near, Nearness
from matching.passport import LENGTH_EXPONENT, SHARED_BY, PassportMatcher

Floats = NDArray[np.float64]
Real = TypeVar("Real", np.float32, np.float64)
Ints = NDArray[np.int32]

SATURATION = 3.0
NEAR_WISH = 0.8
"""What the wish for an occupation is worth for its nearest neighbour, against 1 for itself."""
MAX_TO_LEARN = 5
_CHAIN = 4
"""A skill replaced more often than this in a row is a loop in the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OccupationRows:
    """Plain rows of the referential, retired codes included.

    `occupations` (code, label); `skills` (code, kind, replaced_by or None); `links` (occupation,
    skill, core); `mobilities` (occupation, target, rank); `divisions` (NAF division, occupation);
    `skill_texts` (code, label, macro or None, is_macro); `appellations` (occupation, label); `definitions`
    (occupation, text); `words` (everyday word, occupation).
    """

    occupations: Sequence[tuple[str, str]]
    skills: Sequence[tuple[str, str, str | None]] = ()
    links: Sequence[tuple[str, str, bool]] = ()
    mobilities: Sequence[tuple[str, str, int]] = ()
    divisions: Sequence[tuple[str, str]] = ()
    skill_texts: Sequence[tuple[str, str, str | None, bool]] = ()
    appellations: Sequence[tuple[str, str]] = ()
    definitions: Sequence[tuple[str, str]] = ()
    words: Sequence[tuple[str, str]] = ()


class Occupations:
    """Every occupation and what it asks. Immutable, shared by all requests of a process."""

    def __init__(self, rows: OccupationRows) -> None:
        ordered = sorted(rows.occupations)
        self.codes = tuple(code for code, _ in ordered)
        self.labels = dict(ordered)
        self.position = {code: at for at, code in enumerate(self.codes)}
        self._replaced = {code: new for code, _, new in rows.skills if new}
        self._kind = {code: kind for code, kind, _ in rows.skills}
        self._link(rows.links)
        self._divide(rows.divisions)
        self._mobilities = rows.mobilities
        self.referential = self._in_use(rows)
        self.corpus = Corpus(self.referential)
        self._matcher = PassportMatcher(self.corpus)

    @property
    def n_occupations(self) -> int:
        """How many occupations there are; their jobs are numbered first."""
        return len(self.codes)

    @property
    def n_jobs(self) -> int:
        """Occupations, then NAF divisions that have links."""
        return len(self.codes) + len(self.divisions)

    def job_codes(self) -> tuple[str, ...]:
        """Code of each job: a ROME code, or the two digits of a division."""
        return self.codes + self.divisions

    def knows(self, skill: str) -> bool:
        """Whether a skill's code is of the referential (it may be of no occupation)."""
        return skill in self._kind

    def resolve(self, skill: str) -> str:
        """The official code of a skill of the starter data, itself otherwise."""
        for _ in range(_CHAIN):
            if skill not in self._replaced:
                break
            skill = self._replaced[skill]
        return skill

    def affinity(self, skills: Iterable[str]) -> NDArray[np.float32]:
        """Affinity in [0, 1] of each job, shape (n_jobs,), for the codes of a person's skills."""
        return self.with_divisions(self.own_affinity(skills))

    def own_affinity(self, skills: Iterable[str]) -> NDArray[np.float32]:
        """The same of each occupation, shape (n_occupations,)."""
        asked = {self.resolve(skill) for skill in skills}
        columns = sorted(self._column[skill] for skill in asked if skill in self._column)
        if not columns:
            return np.zeros(self.n_occupations, np.float32)
        start = self._column_start
        using = np.concatenate([self._using[start[c] : start[c + 1]] for c in columns])
        weight = np.concatenate([self._share[start[c] : start[c + 1]] for c in columns])
        covered = np.bincount(using, weight, minlength=self.n_occupations)
        return np.asarray(-np.expm1(-SATURATION * covered), np.float32)

    def explained(self, skills: Iterable[str]) -> Floats:
        """How well each occupation explains a whole passport, in [0, 1), shape (n_occupations,)."""
        score = self._matcher.score(self.resolve(skill) for skill in skills)
        return np.asarray(-np.expm1(-np.cbrt(score)))

    def wish(self, codes: Iterable[str], *, near: bool) -> tuple[Floats, Ints]:
        """How far each occupation answers the wish for some of them, and for which.

        1 for those asked; with `near`, less for their neighbours; 0 for the others (source -1). Both
        have the shape (n_occupations,).
        """
        wished = np.zeros(self.n_occupations)
        source = np.full(self.n_occupations, -1, np.int32)
        positions = sorted({self.position[code] for code in codes if code in self.position})
        for at in positions if near else ():
            for neighbour in self.near(self.codes[at]):
                target, value = self.position[neighbour.rome], NEAR_WISH * neighbour.closeness
                if value > wished[target]:
                    wished[target], source[target] = value, at
        wished[positions] = 1.0
        source[positions] = positions
        return wished, source

    def with_divisions(self, values: NDArray[Real]) -> NDArray[Real]:
        """Values by occupation, followed by the best of each division: shape (n_jobs,)."""
        if not self.divisions:
            return values
        return np.concatenate([values, np.maximum.reduceat(values[self._member], self._member_start[:-1])])

    def members(self, job: int) -> Ints:
        """Positions of the occupations of a job: itself, or those of its division, in code order."""
        if job < self.n_occupations:
            return np.array([job], np.int32)
        division = job - self.n_occupations
        return self._member[self._member_start[division] : self._member_start[division + 1]]

    def near(self, rome: str) -> tuple[Near, ...]:
        """Occupations near one, nearest first; empty for an unknown code."""
        at = self.position.get(rome)
        return () if at is None else self._nearness.near(at)

    def resolved(self, skills: Iterable[str]) -> dict[str, str]:
        """Official code → code as asked, each once, in the order asked."""
        found: dict[str, str] = {}
        for skill in skills:
            found.setdefault(self.resolve(skill), skill)
        return found

    def matched(self, rome: str, asked: Mapping[str, str]) -> tuple[str, ...]:
        """The skills, as asked, that the occupation uses; `asked` comes from `resolved`."""
        used = self._skills_of(rome)
        return tuple(skill for code, skill in asked.items() if code in used)

    def to_learn(self, rome: str, asked: Collection[str], limit: int = MAX_TO_LEARN) -> tuple[str, ...]:
        """At most `limit` main skills of the occupation that were not asked, the most telling first."""
        missing = (skill for skill in self._skills_of(rome) if skill not in asked)
        return tuple(islice(missing, limit))

    def _skills_of(self, rome: str) -> dict[str, bool]:
        """Skills of an occupation: core first, savoir-faire first, then the most specific."""
        return self._asked_by.get(rome, {})

    @cached_property
    def _nearness(self) -> Nearness:
        return Nearness(self.corpus, self._pairs, self._idf, self._mobilities)

    def _link(self, links: Sequence[tuple[str, str, bool]]) -> None:
        """Build the skill → occupations slices, with each link's share of its occupation."""
        pairs: dict[tuple[int, str], bool] = {}
        for rome, skill, core in links:
            if rome in self.position:
                key = (self.position[rome], self.resolve(skill))
                pairs[key] = pairs.get(key, False) or core
        names = sorted({skill for _, skill in pairs})
        self._column = {skill: at for at, skill in enumerate(names)}
        entries = sorted((self._column[skill], at, core) for (at, skill), core in pairs.items())
        table = np.array(entries, np.int32).reshape(-1, 3)
        columns, using = table[:, 0].copy(), table[:, 1].copy()
        self._column_start = np.searchsorted(columns, np.arange(len(names) + 1))
        uses = np.diff(self._column_start)
        described = len(np.unique(using))
        self._idf = np.log1p((described - uses + 0.5) / (uses + 0.5))
        self._using, self._pairs = using, (using, columns)
        self._share = self._idf[columns] / self._scale(table, uses)[using]
        self._asked_by = self._order(entries)

    def _scale(self, table: Ints, uses: NDArray[np.int64]) -> Floats:
        """K · (common / mean common) ^ exponent of each occupation, 1 for one without skills."""
        n, columns, using, main = self.n_occupations, table[:, 0], table[:, 1], table[:, 2] > 0
        weight = self._idf[columns]
        mass = np.bincount(using, weight, minlength=n)
        cores = np.bincount(using[main], weight[main], minlength=n)
        common = np.maximum(np.bincount(using, uses[columns] >= SHARED_BY, minlength=n), 1.0)
        has = mass > 0
        if not has.any():
            return np.ones(n)
        typical = np.where(cores > 0, cores, mass)[has].mean()
        return np.where(has, typical * (common / common[has].mean()) ** LENGTH_EXPONENT, 1.0)

    def _in_use(self, rows: OccupationRows) -> Referential:
        """The rows as texts are compared: official codes only; a skill without a text is told by none."""
        told = {code: (label, macro, is_macro) for code, label, macro, is_macro in rows.skill_texts}
        links = [(rome, self.resolve(skill), core) for rome, skill, core in rows.links]
        used = {skill for _, skill, _ in links} | (set(self._kind) - set(self._replaced))
        return Referential(
            occupations=rows.occupations,
            skills=[
                (code, label, self._kind.get(code, ""), macro, is_macro)
                for code in sorted(used)
                for label, macro, is_macro in [told.get(code, ("", None, False))]
            ],
            links=links,
            mobilities=rows.mobilities,
            appellations=rows.appellations,
            definitions=rows.definitions,
            words=rows.words,
        )

    def _order(self, entries: Sequence[tuple[int, int, bool]]) -> dict[str, dict[str, bool]]:
        names = list(self._column)
        ranked = sorted(
            entries,
            key=lambda e: (
                not e[2],
                self._kind.get(names[e[0]]) != "savoir_faire",
                -self._idf[e[0]],
                names[e[0]],
            ),
        )
        asked_by: dict[str, dict[str, bool]] = {}
        for column, at, core in ranked:
            asked_by.setdefault(self.codes[at], {})[names[column]] = core
        return asked_by

    def _divide(self, divisions: Sequence[tuple[str, str]]) -> None:
        pairs = sorted(
            {(division, self.position[rome]) for division, rome in divisions if rome in self.position}
        )
        self.divisions = tuple(sorted({division for division, _ in pairs}))
        self.division_position = {division: at for at, division in enumerate(self.divisions)}
        self._member = np.array([at for _, at in pairs], np.int32)
        owners = np.array([self.division_position[division] for division, _ in pairs], np.int32)
        self._member_start = np.searchsorted(owners, np.arange(len(self.divisions) + 1))

"""What makes a score: terms in [0, 1], each with its weight and its French sentence.

A score is the weighted sum of the terms that apply to the search, their weights brought back to 1: no
skills asked, no skills term. The weights are priors, chosen so that what a person can do counts most,
then what they look for, then the way there. Nothing here knows who is searching.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from domain.search import Criteria, Objective, Reason
from matching.columns import Columns, Slots
from matching.occupations import NEAR_WISH, Occupations
from matching.records import GROUP_SHIFT, HEADCOUNT_GROUPS

Floats = NDArray[np.float64]

ACCEPTED_PART = 0.35
"""With skills and no occupation asked, jobs are found from this part of the best affinity on: a passport
of two skills or of forty keeps the occupations that stand out for it."""
HALF_FRESH_DAYS = 180
"""A record this old is worth half a new one."""
DECAY = 2.0
"""The distance term is one half at radius / DECAY, one fifth at the radius."""
HEADCOUNT_RECRUITS = np.array([0.3, 0.0, 0.4, 0.7, 0.9, 1.0])
"""By headcount group (`HEADCOUNT_GROUPS`): the larger, the more it hires."""
VARIETY = 4
"""So many more occupations at one place are all the variety that counts."""
_EPOCH = date(2000, 1, 1)
_MONTH_DAYS, _YEAR_DAYS = 31, 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One term of the score as the public reads it, in French.

    `code` never changes; `weight` is its prior in [0, 1]; `applies` says for which searches it counts.
    """

    code: str
    label: str
    explanation: str
    weight: float
    applies: str


def _percent(part: float) -> str:
    return f"{part:.0%}".replace("%", " %")


TERMS: tuple[Term, ...] = (
    Term(
        code="skills",
        label="Ce que vous savez faire",
        explanation=(
            "Plus vos compétences couvrent celles du métier, plus la part est grande. Une compétence que "
            "peu de métiers demandent compte davantage qu’une compétence très répandue. En ajouter une ne "
            "fait jamais baisser une entreprise."
        ),
        weight=0.45,
        applies="Quand vous donnez des compétences ou un passeport.",
    ),
    Term(
        code="wish",
        label="Le métier que vous cherchez",
        explanation=(
            "Le métier demandé donne toute la part. Un métier proche en donne "
            f"{_percent(NEAR_WISH)} au plus : ceux vers lesquels le ROME prévoit un passage, puis ceux de la "
            "même famille."
        ),
        weight=0.30,
        applies="Quand vous donnez un métier.",
    ),
    Term(
        code="distance",
        label="La distance",
        explanation=(
            "Sur place, la part est entière. Elle diminue ensuite peu à peu, sans marche : "
            f"{_percent(1 / (1 + (DECAY / 2) ** 2))} à la moitié du rayon, "
            f"{_percent(1 / (1 + DECAY**2))} au bout. "
            "Un travail fait à distance la reçoit entière."
        ),
        weight=0.20,
        applies="Quand vous donnez un lieu.",
    ),
    Term(
        code="freshness",
        label="La fraîcheur de la fiche",
        explanation=(
            "Une fiche mise à jour aujourd’hui reçoit toute la part, une fiche vieille de "
            f"{HALF_FRESH_DAYS} jours la moitié."
        ),
        weight=0.05,
        applies="Toujours.",
    ),
    Term(
        code="objective",
        label="Le but de l’immersion",
        explanation=(
            "Pour une embauche, plus l’entreprise a de salariés, plus la part est grande. Pour découvrir, "
            f"c’est le nombre de métiers au même endroit, jusqu’à {VARIETY + 1}."
        ),
        weight=0.05,
        applies="Quand votre but est de découvrir un métier ou de préparer une embauche.",
    ),
)
"""Every term there is, in the order in which reasons are given."""
PRIORS: Mapping[str, float] = {term.code: term.weight for term in TERMS}
"""Weights before anything is learned."""


def day_number(day: date) -> int:
    """Days since 2000-01-01, as the index counts them."""
    return (day - _EPOCH).days


@dataclass(frozen=True, slots=True)
class Shown:
    """One hit as its reasons need it: its place, the occupation shown, how it is reached."""

    columns: Columns
    slot: int
    occupation: int
    km: float | None
    remote: bool
    potentiel: bool
    matched: int


class Terms:
    """The terms of one search, over the jobs and places of an index."""

    def __init__(self, criteria: Criteria, occupations: Occupations) -> None:
        self._criteria, self._occupations = criteria, occupations
        self._today = day_number(criteria.today)
        self._decay = DECAY / max(criteria.radius_km, 1e-3)
        self.skills = occupations.resolved(skill for skill in criteria.skills if occupations.knows(skill))
        """Official code → code as asked."""
        self._affinity = occupations.affinity(self.skills)[: occupations.n_occupations].astype(np.float64)
        wishes = [code for code in criteria.rome if code in occupations.position]
        self._wish, self._source = occupations.wish(wishes, near=criteria.near)
        applies = {
            "skills": bool(self._affinity.any()),
            "wish": bool(wishes),
            "distance": criteria.place is not None,
            "freshness": True,
            "objective": criteria.objective in {Objective.RECRUIT, Objective.DISCOVER},
        }
        total = sum(weight for code, weight in PRIORS.items() if applies[code])
        self.weights = {code: weight / total * applies[code] for code, weight in PRIORS.items()}
        self.occupation_value = self._value()
        """What each occupation adds to a score, minus infinity when not accepted; None: all, for 0."""

    def _value(self) -> Floats | None:
        value = self.weights["skills"] * self._affinity + self.weights["wish"] * self._wish
        if self.weights["wish"]:
            return np.where(self._wish > 0, value, -np.inf)
        if self.weights["skills"]:
            return np.where(self._affinity >= ACCEPTED_PART * self._affinity.max(), value, -np.inf)
        return None

    def job_value(self) -> Floats | None:
        """The same by job, shape (n_jobs,): a division has the value of its best occupation."""
        value = self.occupation_value
        return None if value is None else self._occupations.with_divisions(value)

    def nearness(self, km: float) -> float:
        """Share of the distance term: a smooth decay against the radius, 0 km is the whole weight."""
        ratio = km * self._decay
        return self.weights["distance"] / (1.0 + ratio * ratio)

    def of_distance(self, km: Floats | None, count: int) -> Floats:
        """The same for `count` places, with one array for all the steps; 0 without a place."""
        if km is None:
            return np.zeros(count)
        share = km * self._decay
        share *= share
        share += 1.0
        return np.divide(self.weights["distance"], share, out=share)

    def of_places(self, columns: Columns, slots: Slots, volunteers: NDArray[np.bool_]) -> Floats:
        """Shares of the terms that depend on the place alone: freshness and objective.

        A « potentiel » has none of the first: nobody keeps it fresh.
        """
        share = (self._today - columns.updated[slots]).astype(np.float64)
        np.maximum(share, 0.0, out=share)
        share /= HALF_FRESH_DAYS
        share += 1.0
        np.divide(self.weights["freshness"], share, out=share)
        share *= volunteers
        return share + self.objective(columns, slots) if self.weights["objective"] else share

    def freshness(self, age_days: int) -> float:
        """Share of the age of a volunteer's record, in days."""
        return self.weights["freshness"] / (1.0 + max(age_days, 0) / HALF_FRESH_DAYS)

    def objective(self, columns: Columns, slots: Slots) -> Floats:
        """Share of what the objective asks: to be hired, headcount; to discover, variety."""
        if self._criteria.objective is Objective.RECRUIT:
            group = (columns.profile[slots] >> GROUP_SHIFT) & 7
            return np.asarray(self.weights["objective"] * HEADCOUNT_RECRUITS[group])
        more = np.minimum(columns.start[slots + 1] - columns.start[slots] - 1, VARIETY)
        return np.asarray(self.weights["objective"] * more / VARIETY)

    def reasons(self, hit: Shown) -> tuple[Reason, ...]:
        """Why a hit stands where it stands; the shares add up to its score."""
        return tuple(reason for reason in self._reasons(hit) if reason.share > 0)

    def _reasons(self, hit: Shown) -> Iterator[Reason]:
        at = hit.occupation
        if self.weights["wish"]:
            yield Reason("wish", self._wish_text(hit), float(self.weights["wish"] * self._wish[at]))
        if self.weights["skills"]:
            share = float(self.weights["skills"] * self._affinity[at])
            yield Reason("skills", _skills_text(hit.matched, len(self.skills)), share)
        if hit.remote:
            yield Reason("distance", "le travail se fait à distance", self.weights["distance"])
        elif hit.km is not None:
            yield Reason("distance", _km_text(hit.km), self.nearness(hit.km))
        if not hit.potentiel:
            age = self._today - int(hit.columns.updated[hit.slot])
            yield Reason("freshness", _age_text(age), self.freshness(age))
        if self.weights["objective"]:
            share = float(self.objective(hit.columns, np.array([hit.slot]))[0])
            yield Reason("objective", self._objective_text(hit), share)

    def _wish_text(self, hit: Shown) -> str:
        source = int(self._source[hit.occupation])
        if source in {-1, hit.occupation}:
            return (
                "son activité emploie souvent le métier que vous cherchez"
                if hit.potentiel
                else "c’est le métier que vous cherchez"
            )
        rome, wished = self._occupations.codes[hit.occupation], self._occupations.codes[source]
        why = next(near.why for near in self._occupations.near(wished) if near.rome == rome)
        return f"métier proche de « {self._occupations.labels[wished]} » : {why}"

    def _objective_text(self, hit: Shown) -> str:
        if self._criteria.objective is Objective.RECRUIT:
            group = (int(hit.columns.profile[hit.slot]) >> GROUP_SHIFT) & 7
            label = HEADCOUNT_GROUPS[group][0]
            return "effectif inconnu" if group == 0 else f"une entreprise de {label} peut recruter"
        rows = int(hit.columns.start[hit.slot + 1] - hit.columns.start[hit.slot])
        return f"{rows} métiers à découvrir au même endroit"


def _skills_text(matched: int, asked: int) -> str:
    if matched == asked:
        one = "votre compétence sert dans ce métier"
        return one if asked == 1 else f"vos {asked} compétences servent toutes dans ce métier"
    verb = "sert" if matched == 1 else "servent"
    return f"{matched} de vos {asked} compétences {verb} dans ce métier"


def _km_text(km: float) -> str:
    return "à moins d’un kilomètre" if km < 1 else f"à {round(km)} km"


def _age_text(days: int) -> str:
    if days <= _MONTH_DAYS:
        return "fiche mise à jour ce mois-ci"
    if days >= _YEAR_DAYS:
        return "fiche mise à jour il y a plus d’un an"
    return f"fiche mise à jour il y a {max(2, round(days / 30.4))} mois"

"""What makes a score: terms in [0, 1], each with its weight and its French sentence.

A score is the weighted sum of the terms that apply to the search, their weights brought back to 1: no
skills asked, no skills term. The weights are priors, chosen so that what a person can do counts most,
then what they look for, then the way there; `matching.learning` may move each by a factor of two.
`TERMS` states them once, for the score and for the public. Nothing here knows who is searching.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.search import Criteria, Objective, Reason
from matching import sentences
from matching.answers import (
    CODES,
    HALF_DELAY_DAYS,
    PRIOR_DELAY_DAYS,
    PRIOR_RATE,
    PRIOR_REQUESTS,
    answers_in,
    room_in,
)
from matching.columns import Columns, WideSlots
from matching.nearness import WHYS
from matching.occupations import NEAR_WISH, Occupations
from matching.records import GROUP_SHIFT, HEADCOUNT_GROUPS

Floats = NDArray[np.float64]

ACCEPTED_PART = 0.35
"""With skills and no occupation asked, jobs are found from this part of the best affinity on: a passport
of two skills or of forty keeps the occupations that stand out for it."""
HALF_FRESH_DAYS = 180
"""A record this old is worth half a new one."""
DECAY = 2.0
"""The distance term is one half at mobility / DECAY, one fifth at the mobility (else the radius)."""
HEADCOUNT_RECRUITS = np.array([0.3, 0.0, 0.4, 0.7, 0.9, 1.0])
"""By headcount group (`HEADCOUNT_GROUPS`): the larger, the more it hires."""
VARIETY = 4
"""So many more occupations at one place are all the variety that counts."""
_EPOCH = date(2000, 1, 1)
NEW_DAYS = 90
"""A company registered for less than this is said new."""
_VISIT_DAYS = 2
"""A visit lasts less."""


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
        code="wish",
        label="Le métier que vous cherchez",
        explanation=(
            "Le métier demandé donne toute la part. Un métier proche en donne "
            f"{_percent(NEAR_WISH)} au plus ; la raison est dite : {', '.join(WHYS[:-1])} ou {WHYS[-1]}. "
            "Sans métier demandé, ceux que votre passeport souhaite comptent, sans rien cacher."
        ),
        weight=0.25,
        applies="Quand vous demandez un métier, ou que votre passeport en souhaite un.",
    ),
    Term(
        code="skills",
        label="Ce que vous savez faire",
        explanation=(
            "Plus vos compétences couvrent celles du métier, plus la part est grande. Une compétence que "
            "peu de métiers demandent compte davantage qu’une compétence très répandue. En ajouter une ne "
            "fait jamais baisser une entreprise."
        ),
        weight=0.40,
        applies="Quand vous donnez des compétences ou un passeport.",
    ),
    Term(
        code="distance",
        label="La distance",
        explanation=(
            "Sur place, la part est entière. Elle diminue ensuite peu à peu : "
            f"{_percent(1 / (1 + (DECAY / 2) ** 2))} à la moitié des kilomètres que votre passeport dit "
            "pouvoir faire (à défaut, du rayon de la recherche), "
            f"{_percent(1 / (1 + DECAY**2))} au bout. Un travail fait à distance la reçoit entière."
        ),
        weight=0.15,
        applies="Quand vous donnez un lieu.",
    ),
    Term(
        code="answers",
        label="Les réponses de l’entreprise",
        explanation=(
            "C’est la part des demandes auxquelles l’entreprise répond, divisée par deux si elle met "
            f"{HALF_DELAY_DAYS:.0f} jours. Une nouvelle entreprise part de la moyenne, ni punie ni "
            f"favorisée : {PRIOR_REQUESTS} demandes imaginées, dont {_percent(PRIOR_RATE)} reçoivent une "
            f"réponse en {PRIOR_DELAY_DAYS:.0f} jours, s’ajoutent aux vraies demandes de chacune."
        ),
        weight=0.08,
        applies="Toujours, pour une entreprise qui reçoit des demandes par Escale.",
    ),
    Term(
        code="room",
        label="La place qui reste",
        explanation=(
            "C’est la part des demandes que l’entreprise accepte en 28 jours et qu’elle n’a pas encore "
            "reçues. Elle évite que tout le monde écrive aux mêmes."
        ),
        weight=0.04,
        applies="Toujours, pour une entreprise qui reçoit des demandes par Escale.",
    ),
    Term(
        code="freshness",
        label="La fraîcheur de la fiche",
        explanation=(
            "Une fiche mise à jour aujourd’hui reçoit toute la part, une fiche vieille de "
            f"{HALF_FRESH_DAYS} jours la moitié."
        ),
        weight=0.03,
        applies="Toujours, pour une entreprise qui tient sa fiche sur Escale.",
    ),
    Term(
        code="objective",
        label="Le but de l’immersion",
        explanation=(
            "Pour une embauche, la part est entière si l’entreprise a déjà embauché après une immersion ; "
            "sinon elle grandit avec le nombre de salariés. Pour découvrir, c’est le nombre de métiers au "
            f"même endroit, jusqu’à {VARIETY + 1}."
        ),
        weight=0.05,
        applies="Quand votre but est de découvrir un métier ou de préparer une embauche.",
    ),
)
"""Every term there is, in the order in which reasons are given."""
PRIORS: Mapping[str, float] = {term.code: term.weight for term in TERMS}
"""Weights before anything is learned (`matching.learning`)."""


def day_number(day: date) -> int:
    """Days since 2000-01-01, as the index counts them."""
    return (day - _EPOCH).days


class Shown(NamedTuple):
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

    def __init__(
        self, criteria: Criteria, occupations: Occupations, weights: Mapping[str, float] = PRIORS
    ) -> None:
        self._criteria, self._occupations = criteria, occupations
        self._today = _visit_day(criteria)
        scale = criteria.radius_km if criteria.mobility_km is None else criteria.mobility_km
        self._decay = DECAY / max(scale, 1e-3)
        self.skills = occupations.resolved(skill for skill in criteria.skills if occupations.knows(skill))
        """Official code → code as asked."""
        self._affinity = occupations.own_affinity(self.skills).astype(np.float64)
        typed = [code for code in criteria.rome if code in occupations.position]
        held = [] if typed else [code for code in criteria.wishes if code in occupations.position]
        self._typed = bool(typed)
        self._wish, self._source = occupations.wish(typed or held, near=criteria.near or bool(held))
        applies = {
            "skills": bool(self._affinity.any()),
            "wish": bool(typed or held),
            "distance": criteria.place is not None,
            "objective": criteria.objective in {Objective.RECRUIT, Objective.DISCOVER},
        }
        counted = {code: weight for code, weight in weights.items() if applies.get(code, True)}
        total = sum(counted.values())
        self.weights = {code: counted.get(code, 0.0) / total for code in PRIORS}
        self._fresh = _fresh_table(self._today, self.weights["freshness"])
        self._service = _service_table(self.weights["answers"], self.weights["room"])
        self._said: dict[tuple[int, bool], tuple[Reason, ...]] = {}
        self.occupation_value = self._value()
        """What each occupation adds to a score, minus infinity when not accepted; None: all, for 0."""

    def _value(self) -> Floats | None:
        value = self.weights["skills"] * self._affinity + self.weights["wish"] * self._wish
        if self._typed:
            return np.where(self._wish > 0, value, -np.inf)
        if self.weights["skills"]:
            likely = self._affinity >= ACCEPTED_PART * self._affinity.max()
            return np.where(likely | (self._wish >= 1), value, -np.inf)
        return value if self.weights["wish"] else None

    def job_value(self) -> Floats | None:
        """The same by job, shape (n_jobs,): a division has the value of its best occupation."""
        value = self.occupation_value
        return None if value is None else self._occupations.with_divisions(value)

    def nearness(self, km: float) -> float:
        """Share of the distance term: a smooth decay against the mobility, 0 km is the whole weight."""
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

    def of_places(self, columns: Columns, slots: WideSlots, volunteers: NDArray[np.bool_]) -> Floats:
        """Shares of the terms that depend on the place alone: freshness, answers, room, objective.

        A « potentiel » has none of the first three: nobody keeps it fresh, nobody answers.
        """
        share = self._fresh.take(np.minimum(columns.updated[slots], self._today))
        share *= volunteers
        share += self._service.take(columns.service[slots])
        return share + self.objective(columns, slots) if self.weights["objective"] else share

    def freshness(self, updated: int) -> float:
        """Share of a volunteer's record last changed on that day (`day_number`)."""
        return float(self._fresh[min(updated, self._today)])

    def objective(self, columns: Columns, slots: WideSlots) -> Floats:
        """Share of what the objective asks: to be hired, headcount and hires; to discover, variety."""
        if self._criteria.objective is Objective.RECRUIT:
            group = (columns.profile[slots] >> GROUP_SHIFT) & 7
            value = np.where(columns.hires[slots], 1.0, HEADCOUNT_RECRUITS[group])
            return np.asarray(self.weights["objective"] * value)
        more = np.minimum(columns.start[slots + 1] - columns.start[slots] - 1, VARIETY)
        return np.asarray(self.weights["objective"] * more / VARIETY)

    def reasons(self, hit: Shown) -> tuple[Reason, ...]:
        """Why a hit stands where it stands; the shares add up to its score."""
        found = [*self._of_occupation(hit)]
        if hit.remote:
            found.append(Reason("distance", "le travail se fait à distance", self.weights["distance"]))
        elif hit.km is not None:
            found.append(Reason("distance", sentences.of_distance(hit.km), self.nearness(hit.km)))
        if not hit.potentiel:
            found += self._of_volunteer(hit.columns, hit.slot)
        if self.weights["objective"]:
            share = float(self.objective(hit.columns, np.array([hit.slot]))[0])
            found.append(Reason("objective", self._objective_text(hit), share))
        return tuple([reason for reason in found if reason.share > 0])

    def _of_occupation(self, hit: Shown) -> tuple[Reason, ...]:
        """What the occupation itself brings, said once a page."""
        at, weights = hit.occupation, self.weights
        if (at, hit.potentiel) not in self._said:
            found = []
            if weights["wish"]:
                found.append(Reason("wish", self._wish_text(hit), float(weights["wish"] * self._wish[at])))
            if weights["skills"]:
                share = float(weights["skills"] * self._affinity[at])
                found.append(Reason("skills", sentences.of_skills(hit.matched, len(self.skills)), share))
            self._said[at, hit.potentiel] = tuple(found)
        return self._said[at, hit.potentiel]

    def _of_volunteer(self, columns: Columns, slot: int) -> tuple[Reason, ...]:
        """What a company that takes requests earned by itself."""
        code, weights = columns.service.item(slot), self.weights
        history = columns.asked.item(slot), columns.answered.item(slot), columns.delay.item(slot)
        new = self._today - columns.created.item(slot) < NEW_DAYS
        updated = columns.updated.item(slot)
        return (
            Reason("answers", sentences.of_answers(*history, new=new), weights["answers"] * answers_in(code)),
            Reason("room", sentences.of_room(columns.left.item(slot)), weights["room"] * room_in(code)),
            Reason("freshness", sentences.of_age(self._today - updated), self.freshness(updated)),
        )

    def _wish_text(self, hit: Shown) -> str:
        source = int(self._source[hit.occupation])
        if source in {-1, hit.occupation}:
            return sentences.of_wish(typed=self._typed, potentiel=hit.potentiel)
        rome, wished = self._occupations.codes[hit.occupation], self._occupations.codes[source]
        why = next(near.why for near in self._occupations.near(wished) if near.rome == rome)
        return f"métier proche de « {self._occupations.labels[wished]} » : {why}"

    def _objective_text(self, hit: Shown) -> str:
        if self._criteria.objective is Objective.DISCOVER:
            rows = int(hit.columns.start[hit.slot + 1] - hit.columns.start[hit.slot])
            return f"{rows} métiers à découvrir au même endroit"
        if hit.columns.hires[hit.slot]:
            return "a déjà embauché après une immersion"
        group = (int(hit.columns.profile[hit.slot]) >> GROUP_SHIFT) & 7
        label = HEADCOUNT_GROUPS[group][0]
        return "effectif inconnu" if group == 0 else f"une entreprise de {label} peut recruter"


def _visit_day(criteria: Criteria) -> int:
    """The day that ages are counted from: that of the visit's first page, when the seed is that day.

    A visit that passes midnight keeps its scores, so that its pages stay cuts of one order.
    """
    today = day_number(criteria.today)
    seed = today if criteria.seed is None else criteria.seed
    return seed if today - _VISIT_DAYS <= seed <= today else today


@lru_cache(maxsize=64)
def _fresh_table(today: int, weight: float) -> Floats:
    """Share of freshness by the day of the last change, from 2000-01-01 to `today`."""
    ages = np.arange(today, -1, -1) / HALF_FRESH_DAYS
    return np.asarray(weight / (1.0 + ages))


@lru_cache(maxsize=64)
def _service_table(answers: float, room: float) -> Floats:
    """Shares of answers and room together, by packed code."""
    return np.array([answers * answers_in(code) + room * room_in(code) for code in range(CODES)])

"""Recognise in an official skill the one that our starter data words in its own way.

A wrong match is worse than none: beyond equal labels, a candidate must be a skill of one of the
same occupations, start with the same verb, and share nearly all the words that carry meaning
(weighted by how rare they are). The sixteen professional attitudes of the ROME are few and distinct:
there, finding all our words in one of them is enough. Measured on ROME 4.0 version 60 with our 729
starter skills: 38 by their label, 58 more by their words, read one by one: none is wrong, three are
narrower than ours. Under `MIN_LIKENESS` the first wrong ones come.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.values import fold

MIN_LIKENESS = 0.65
_EMPTY_WORDS = frozenset(
    """
    a afin au aux avec base bon caracteristique ce connaissance d dans de des du en entre et etc l la le les
    leur leurs lors notion ou par pour principe sa se selon ses son sous specificite suivant sur technique
    un une
    """.split()  # noqa: SIM905 - forty quoted words read worse
)
"""Words that say nothing of the skill, « bases de » and « techniques de » included."""
_ATTITUDE = "savoir_etre"
_MANNERS = frozenset({"avoir", "esprit", "etre", "faire", "preuve", "sen", "travailler"})
"""« être autonome », « faire preuve d'autonomie »: what carries no meaning in an attitude."""
_SAME_WORDS = {
    word: group[0]
    for group in (
        ("faire", "effectuer", "realiser"),
        ("verifier", "controler"),
        ("concevoir", "elaborer"),
        ("client", "clientele"),
        ("modalite", "methode"),
        ("norme", "regle", "reglementation"),
        ("mesure", "mensuration"),
        ("retirer", "ecarter"),
        ("renseigner", "informer"),
        ("autonomie", "autonome"),
        ("perseverance", "perseverant"),
    )
    for word in group
}
_SHORT = 3


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill as far as matching needs it; `occupations` are the ROME codes that use it."""

    code: str
    label: str
    kind: str
    occupations: frozenset[str]


def meaning(label: str) -> tuple[str, ...]:
    """The words that carry meaning, in order, without plural and with near synonyms merged.

    >>> meaning("Effectuer des rondes de surveillance")
    ('faire', 'ronde', 'surveillance')
    """
    words = (_singular(word) for word in fold(label).split())
    return tuple(_SAME_WORDS.get(word, word) for word in words if word not in _EMPTY_WORDS)


def _where(skill: Skill) -> frozenset[str]:
    """Where to look for its like: its occupations, or anywhere for an attitude, which any may ask."""
    return frozenset({""}) if skill.kind == _ATTITUDE else skill.occupations


def _singular(word: str) -> str:
    return word[:-1] if len(word) > _SHORT and word[-1] in "sx" else word


class OfficialSkills:
    """The official skills, ready to be looked up by label and by likeness."""

    def __init__(self, skills: Sequence[Skill]) -> None:
        self._by_label: dict[tuple[str, str], Skill] = {}
        self._words = {skill.code: meaning(skill.label) for skill in skills}
        self._by_occupation: dict[tuple[str, str], list[Skill]] = {}
        for skill in sorted(skills, key=lambda skill: skill.code):
            self._by_label.setdefault((skill.kind, fold(skill.label)), skill)
            for rome in _where(skill):
                self._by_occupation.setdefault((skill.kind, rome), []).append(skill)
        counts = Counter(word for words in self._words.values() for word in set(words))
        self._weights = {word: math.log((len(skills) + 1) / (n + 1)) + 1 for word, n in counts.items()}
        self._rarest = math.log(len(skills) + 1) + 1

    def by_label(self, skill: Skill) -> str | None:
        """Code of the official skill of the same kind whose label is the same but for accents and case."""
        found = self._by_label.get((skill.kind, fold(skill.label)))
        return found.code if found else None

    def by_likeness(self, skill: Skill) -> str | None:
        """Code of the most alike skill of the same occupations, None when none is alike enough."""
        words = meaning(skill.label)
        candidates = {
            other.code for rome in _where(skill) for other in self._by_occupation.get((skill.kind, rome), ())
        }
        scored = [(self._likeness(words, self._words[code], skill.kind), code) for code in sorted(candidates)]
        best = max(scored, default=(0.0, ""), key=lambda pair: pair[0])
        return best[1] if best[0] >= MIN_LIKENESS else None

    def _likeness(self, ours: tuple[str, ...], theirs: tuple[str, ...], kind: str) -> float:
        if not ours or not theirs:
            return 0.0
        if kind == "savoir_faire" and (ours[0] not in theirs or theirs[0] not in ours):
            return 0.0  # « poser » is not « déposer », whatever follows
        if kind == _ATTITUDE:
            own = set(ours) - _MANNERS
            return self._weight(own & set(theirs)) / self._weight(own) if own else 0.0
        common, either = set(ours) & set(theirs), set(ours) | set(theirs)
        return self._weight(common) / self._weight(either)

    def _weight(self, words: Iterable[str]) -> float:
        return sum(self._weights.get(word, self._rarest) for word in words)


def equivalents(ours: Sequence[Skill], official: OfficialSkills) -> tuple[Mapping[str, str], int]:
    """Official code by our code, and how many of them have the very same label."""
    exact = {skill.code: code for skill in ours if (code := official.by_label(skill))}
    alike = {
        skill.code: code
        for skill in ours
        if skill.code not in exact and (code := official.by_likeness(skill))
    }
    return exact | alike, len(exact)

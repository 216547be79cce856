"""Skills, their links with occupations, everyday words."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.starter.text import load_json, plain, spelling, write_csv

KINDS = ("savoir_etre", "savoir_faire", "savoir")
SOURCE_KEYS = {"savoir_etre": "savoir_etre", "savoir_faire": "savoir_faire", "savoir": "savoirs"}


@dataclass(frozen=True, order=True)
class Skill:
    """A skill, as it is sorted and merged."""

    kind: int
    key: str
    label: str


def skills_of(occupation: Mapping[str, Any]) -> Iterator[Skill]:
    """Give the skills of an occupation."""
    for kind, name in enumerate(KINDS):
        for label in occupation[SOURCE_KEYS[name]]:
            text = " ".join(label.split())
            yield Skill(kind, plain(text), text)


def number_skills(occupations: Iterable[Mapping[str, Any]]) -> dict[tuple[int, str], list[str]]:
    """Return the code and label of each distinct skill, in the published order."""
    labels: dict[tuple[int, str], str] = {}
    for skill in sorted({skill for row in occupations for skill in skills_of(row)}):
        key = (skill.kind, skill.key)
        labels[key] = min(labels.get(key, skill.label), skill.label, key=spelling)
    ordered = sorted(labels.items())
    return {key: [f"E{n:04d}", label] for n, (key, label) in enumerate(ordered, start=1)}


def core_links(
    occupations: Iterable[Mapping[str, Any]], numbers: Mapping[tuple[int, str], list[str]]
) -> dict[tuple[str, str], int]:
    """Return the links between occupations and skills, 1 for those at the core of it."""
    links: dict[tuple[str, str], int] = {}
    for row in occupations:
        core = {plain(label) for label in row["core"]}
        for skill in skills_of(row):
            link = (row["rome"], numbers[skill.kind, skill.key][0])
            links[link] = max(links.get(link, 0), int(skill.key in core))
    return links


def read_words(path: Path) -> set[tuple[str, str]]:
    """Return the everyday words already written in ``words.csv``."""
    if not path.exists():
        return set()
    with path.open(encoding="utf-8", newline="") as stream:
        return {(row["word"], row["rome"]) for row in csv.DictReader(stream)}


def merge_words(words: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the words without those differing only by case, accents or punctuation."""
    kept: dict[tuple[str, str], str] = {}
    for word, rome in sorted(words, key=lambda pair: (pair[1], pair[0])):
        text = " ".join(word.split())
        key = (plain(text), rome)
        kept[key] = min(kept.get(key, text), text, key=spelling)
    pairs = ((word, rome) for (_, rome), word in kept.items())
    return sorted(pairs, key=lambda pair: (plain(pair[0]), pair))


def build_skills(sources: Sequence[Path], out: Path) -> None:
    """Write ``skills.csv``, ``occupation_skills.csv`` and ``words.csv``."""
    occupations = [row for source in sources for row in load_json(source)]
    numbers = number_skills(occupations)
    rows = [(code, KINDS[kind], label) for (kind, _), (code, label) in numbers.items()]
    links = core_links(occupations, numbers)
    pairs = {(word, row["rome"]) for row in occupations for word in row["words"]}
    words = merge_words(pairs | read_words(out / "words.csv"))
    write_csv(out / "skills.csv", ("code", "kind", "label"), rows)
    linked = [(*link, core) for link, core in sorted(links.items())]
    write_csv(out / "occupation_skills.csv", ("rome", "code", "core"), linked)
    write_csv(out / "words.csv", ("word", "rome"), words)

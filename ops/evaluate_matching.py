"""The quality of the ranking and of the look-up of occupations, on the official ROME or the starter data.

Reads files, not the database: what is measured is what the files say, whatever is imported. The
sentences that people say are those of the tests, where there are tests.
"""

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from data.queries.catalog import Catalog
from data.reference.rome_export import RomeExport
from data.reference.sources import open_source
from data.reference.starter import FOLDER as STARTER
from matching.corpus import Corpus, Referential
from matching.evaluate import evaluate_occupations
from matching.evaluate_passports import draw
from matching.evaluate_text import FITTED_OFFERS, FITTED_SENTENCES, Sentence, right_ones
from matching.evaluate_titles import evaluate_titles
from matching.neighbours import Neighbours
from matching.passport import PassportMatcher
from matching.text import FEATURES, PlainWords
from matching.train import fit_neighbours, fit_text
from matching.weights import PATH
from ops.bench.speeds import speeds_of
from services.lookups import build_lookups, find_appellations
from settings import Settings

SENTENCES = Path(__file__).resolve().parent.parent / "tests" / "matching"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Read:
    """What the files hold: the rows that rank, and (ogr, occupation, label, rare) of appellations."""

    version: str
    referential: Referential
    appellations: Sequence[tuple[str, str, str, bool]]


def occupations(settings: Settings, say: Say) -> dict[str, Any]:
    """Passports, masked skills, neighbours and plain words, beside plain methods."""
    read = read_files(settings)
    say(f"ROME {read.version} : {len(read.referential.occupations)} métiers")
    measured = evaluate_occupations(read.referential, sentences(), say)
    return {**_passport_speeds(read.referential), "rome": read.version, **measured}


def _passport_speeds(referential: Referential) -> dict[str, float]:
    """Of scoring every occupation for one passport of eight skills and two more by chance."""
    corpus = Corpus(referential)
    matcher = PassportMatcher(corpus)
    seconds = []
    for skills in draw(corpus, 8, 20).skills:
        began = perf_counter()
        matcher.score(skills)
        seconds.append(perf_counter() - began)
    return speeds_of(seconds)


def titles(settings: Settings, say: Say) -> dict[str, Any]:
    """The look-up of occupations, as pages and the API use it."""
    read = read_files(settings)
    say(f"ROME {read.version} : {len(read.appellations)} appellations")
    referential = read.referential
    lookups = build_lookups(_catalog(read))

    seconds: list[float] = []

    def search(query: str, limit: int) -> list[str]:
        began = perf_counter()
        found = find_appellations(lookups, query, 4 * limit)
        seconds.append(perf_counter() - began)
        return list(dict.fromkeys(one.rome for one in found))[:limit]

    names = [(label, rome) for rome, label in referential.occupations]
    names += [(label, rome) for _, rome, label, _ in read.appellations]
    measured = evaluate_titles(names, referential.words, search)
    for line in measured.lines():
        say(line)
    return {
        **speeds_of(seconds),
        "rome": read.version,
        **measured.ours,
        "baselines": measured.baselines,
        "details": measured.details,
    }


def learn(settings: Settings, say: Say) -> dict[str, Any]:
    """Fit the learned weights again and write them: all the official lists, the fitted lots."""
    referential = read_files(settings).referential
    corpus = Corpus(referential)
    neighbours = Neighbours(corpus, referential.mobilities)
    sources = neighbours.sources()
    even = dict.fromkeys(FEATURES, 1.0)
    plain = PlainWords(corpus, referential, even, even)

    def fitted(lots: frozenset[str]) -> Mapping[str, float]:
        told = [sentence for sentence in sentences() if sentence.lot in lots]
        return fit_text(plain, [sentence.text for sentence in told], right_ones(corpus, told))

    learned = {
        "neighbours": fit_neighbours(neighbours, sources),
        "text": fitted(FITTED_SENTENCES),
        "offer": fitted(FITTED_OFFERS),
    }
    rounded = {
        model: {name: round(value, 3) for name, value in values.items()} for model, values in learned.items()
    }
    PATH.write_text(json.dumps(rounded, indent=2) + "\n")
    say(f"{len(sources)} listes, phrases et offres réglées : {PATH.name} réécrit")
    return rounded


def sentences() -> list[Sentence]:
    """The sentences and the job offers of the tests, none where the tests are not."""
    return [
        Sentence(row["sentence"], tuple(row["romes"].split()), row["lot"])
        for path in (SENTENCES / "sentences.csv", SENTENCES / "offers.csv")
        if path.exists()
        for row in _rows(path)
    ]


def read_files(settings: Settings) -> Read:
    """The official export of ESCALE_REFERENCE, else the starter data. Raises `BadFileError`."""
    words = [(row["word"], row["rome"]) for row in _rows(STARTER / "words.csv")]
    if not settings.escale_reference:
        return _starter(words)
    path = Path(settings.escale_reference) / "rome"
    with open_source(path) as sources:
        return _official(RomeExport(path.name, sources), words)


def _official(export: RomeExport, words: list[tuple[str, str]]) -> Read:
    """Read in the order in which files refer to one another."""
    definitions = [(rome, text) for rome, kind, _, text in export.texts() if kind == "definition"]
    named = [(code, label) for code, label, *_ in export.occupations()]
    said = [(ogr, rome, short, rare) for ogr, rome, _, short, rare in export.appellations()]
    skills = [
        (code, label, kind, macro, is_macro) for code, label, kind, macro, is_macro, _ in export.skills()
    ]
    links = list(export.occupation_skills())
    mobilities = list(export.mobilities()) if export.has("rubrique_mobilite") else []
    known = {code for code, _ in named}
    referential = Referential(
        occupations=named,
        skills=skills,
        links=[(rome, skill, core) for rome, skill, core in links],
        mobilities=[(rome, target, rank) for rome, target, rank in mobilities],
        appellations=[(rome, label) for _, rome, label, _ in said],
        definitions=definitions,
        words=[(word, rome) for word, rome in words if rome in known],
    )
    return Read(export.version, referential, said)


def _starter(words: list[tuple[str, str]]) -> Read:
    links = [
        (row["rome"], row["code"], row["core"] == "1") for row in _rows(STARTER / "occupation_skills.csv")
    ]
    skills = [(row["code"], row["label"], row["kind"], None, False) for row in _rows(STARTER / "skills.csv")]
    named = [(row["rome"], row["label"]) for row in _rows(STARTER / "occupations.csv")]
    return Read("de départ", Referential(occupations=named, skills=skills, links=links, words=words), ())


def _catalog(read: Read) -> Catalog:
    """The rows that look-ups are built from, as the database would give them."""
    referential = read.referential
    return Catalog(
        occupations=[(code, label, False) for code, label in referential.occupations],
        skills=[],
        links=[],
        mobilities=[],
        divisions=[],
        appellations=[(ogr, rome, label, rare, False) for ogr, rome, label, rare in read.appellations],
        words=referential.words,
        places=[],
        definitions=[],
        versions={},
    )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)

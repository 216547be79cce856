import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from matching.corpus import Corpus, Referential
from matching.evaluate import evaluate_occupations
from matching.evaluate_masked import mask
from matching.evaluate_passports import draw
from matching.evaluate_text import LOTS, Sentence
from matching.evaluate_titles import evaluate_titles, queries
from matching.measured import Measured, ranks
from ops.evaluate_matching import occupations, read_files, sentences, titles
from settings import Settings
from tests.matching.small_rome import BREAD, GARDEN, SMALL, TILL

FLOORS = {
    **{
        f"passports_first_{size}_{noise}": floor
        for size, floor in ((5, 0.96), (8, 0.985), (15, 0.995))
        for noise in (20, 50)
    },
    "masked_top10": 0.64,
    "neighbours_ndcg10": 0.43,
    "text_first": 0.85,
    "text_top5": 0.95,
    "titles_first": 0.93,
    "titles_top5": 0.98,
}
"""Below what is measured, by the width of what other draws give."""


def test_equals_never_help_a_rank() -> None:
    scores = np.array([[1.0, 1.0, 0.0], [0.0, 2.0, 1.0], [3.0, 1.0, 2.0]])
    assert ranks(scores, np.array([0, 1, 1])).tolist() == [1, 0, 2]


def test_passports_are_drawn_among_shared_items_and_noise_is_added() -> None:
    wide = Corpus(
        Referential(
            occupations=[(f"A12{at:02}", f"métier {at}") for at in range(6)],
            skills=[(str(code), f"savoir {code}", "savoir_faire", None, False) for code in range(30)],
            links=[(f"A12{at:02}", str(code), False) for at in range(6) for code in range(8 if at else 3)],
        )
    )
    drawn = draw(wide, 5, 50, seed=1)
    assert drawn.skipped == 1
    assert drawn.source.tolist() == [1, 2, 3, 4, 5]
    for skills in drawn.skills:
        assert len(skills) == 5 + 2
        assert len(set(skills[:5]) & {str(code) for code in range(8)}) == 5
    assert drawn.skills == draw(wide, 5, 50, seed=1).skills
    assert drawn.skills != draw(wide, 5, 50, seed=2).skills


def test_masking_takes_five_competences_and_their_macros_from_that_fiche_only() -> None:
    masked = mask(SMALL)
    macros = {code: macro for code, _, _, macro, _ in SMALL.skills}
    before, after = set(SMALL.links), set(masked.referential.links)
    expected = {
        (rome, skill, False)
        for rome, taken in masked.taken.items()
        for each in taken
        for skill in (each, macros[each])
        if skill
    }
    assert before - after == expected & before
    assert after < before
    assert len(masked.taken[TILL]) == 1
    assert all("9" not in taken for taken in masked.taken.values())


def test_queries_are_those_of_their_seed_and_say_what_is_right() -> None:
    names, words = [("Jardinier / Jardinière", GARDEN)], [("faire du pain", BREAD), ("Jardinier", TILL)]
    drawn = queries(names, words, seed=3)
    assert drawn == queries(names, words, seed=3)
    assert {one.kind for one in drawn} == {
        "sans accents",
        "une faute",
        "deux fautes",
        "mots à moitié",
        "mots courants",
    }
    assert {one.text for one in drawn if one.kind == "mots à moitié"} == {"jardi"}
    right = {one.text: one.right for one in drawn if one.kind == "sans accents"}
    assert right == {"jardinier": frozenset({GARDEN, TILL}), "jardiniere": frozenset({GARDEN})}


def test_titles_of_a_look_up_that_knows_everything_and_of_one_that_knows_nothing() -> None:
    names = [("Jardinier", GARDEN), ("Boulanger", BREAD)]
    answers = {one.text: sorted(one.right) for one in queries(names, [])}
    knowing = evaluate_titles(names, [], lambda text, _: answers[text])
    assert (knowing.ours["titles_first"], knowing.ours["titles_top5"]) == (1.0, 1.0)
    ignorant = evaluate_titles(names, [], lambda _text, _limit: [])
    assert (ignorant.ours["titles_first"], ignorant.ours["titles_top5"]) == (0.0, 0.0)
    late = evaluate_titles(names, [], lambda text, _: ["Z0000", *answers[text]])
    assert (late.ours["titles_first"], late.ours["titles_top5"]) == (0.0, 1.0)


def test_measures_have_their_names_and_are_told_in_french() -> None:
    told: list[str] = []
    result = evaluate_occupations(SMALL, [Sentence("je tenais la caisse", (TILL,), "kept")], told.append)
    assert {"masked_top10", "neighbours_ndcg10", "text_first", "text_top5"} <= set(result)
    assert result["text_first"] == 1.0
    assert any(line.startswith("masked_top10 : ") and "identifiants " in line for line in told)


def test_a_measure_is_told_beside_its_baselines() -> None:
    measured = Measured({"found": 0.5}, {"plain": {"found": 0.25}, "other": {}}, {"graine": 1})
    assert measured.lines() == ["found : 0,500 (plain 0,250)", "  graine : 1"]


def test_our_sentences_are_many_distinct_and_name_occupations_that_exist() -> None:
    known = {code for code, _ in read_files(Settings()).referential.occupations}
    ours = sentences()
    assert len(ours) >= 120
    assert len({one.text for one in ours}) == len(ours)
    assert {code for one in ours for code in one.romes} <= known
    assert {one.lot for one in ours} <= set(LOTS)
    assert sum(not one.tuned for one in ours) >= 100
    assert all(350 <= len(one.text) <= 1500 for one in ours if "offers" in one.lot)


def test_plain_words_work_on_the_starter_data() -> None:
    result = occupations(Settings(), _quiet)
    assert result["text_top5"] >= 0.85


@pytest.fixture(scope="module")
def official(reference: Path) -> Settings:
    return Settings(escale_reference=str(reference))


@pytest.mark.reference
@pytest.mark.parametrize("measure", [occupations, titles], ids=["occupations", "titles"])
def test_the_full_rome_is_ranked_as_well_as_we_say(
    measure: Callable[[Settings, Callable[[str], None]], dict[str, object]], official: Settings
) -> None:
    result = measure(official, _quiet)
    floors = {name: floor for name, floor in FLOORS.items() if name in result}
    assert floors
    assert {name: result[name] for name, floor in floors.items() if not result[name] >= floor} == {}  # type: ignore[operator]


def _quiet(_line: str) -> None:
    """Take the place of `print`."""


def test_sentences_are_a_csv_with_their_header() -> None:
    with (Path(__file__).parent / "sentences.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == ["sentence", "romes", "lot"]

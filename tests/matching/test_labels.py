"""Look-ups: folding, forms, typing errors, ties."""

import random
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.values import fold
from matching.labels import Entries, LabelIndex, fold_all, spoken_forms

WORDS = ("boulanger", "patissier", "macon", "plombier", "infirmier", "carreleur", "fleuriste", "menuisier")
PLACES = ("ville", "atelier", "usine", "gare", "ferme", "ecole")


@given(st.lists(st.text(st.characters(max_codepoint=0x2FF), max_size=30), max_size=8))
def test_folding_all_at_once_is_folding_each(texts: list[str]) -> None:
    assert fold_all(texts) == [fold(text) for text in texts]


@pytest.mark.parametrize(
    ("label", "forms"),
    [
        ("Boulanger / Boulangère", ("Boulanger", "Boulangère")),
        ("Vendeur / Vendeuse en épicerie", ("Vendeur en épicerie", "Vendeuse en épicerie")),
        (
            "Assistant commercial / Assistante commerciale en import",
            ("Assistant commercial en import", "Assistante commerciale en import"),
        ),
        ("Fleuriste", ("Fleuriste",)),
    ],
)
def test_the_forms_of_a_label(label: str, forms: tuple[str, ...]) -> None:
    assert spoken_forms(label) == forms


def many() -> tuple[LabelIndex, list[str]]:
    texts = [f"{word} de {place}" for word in WORDS for place in PLACES]
    return LabelIndex(Entries(list(enumerate(texts)), [0.5] * len(texts))), texts


def test_one_wrong_letter_still_finds_the_right_text() -> None:
    index, texts = many()
    rng = random.Random(3)  # noqa: S311 - the same errors each time
    right = 0
    for at, text in enumerate(texts):
        where = rng.randrange(1, len(text.split()[0]))
        typed = text[:where] + rng.choice(ascii_lowercase) + text[where + 1 :]
        right += index.search(typed, 1) == [at]
    assert right >= 0.95 * len(texts)


def test_half_words_find_the_whole() -> None:
    index, texts = many()
    assert [texts[at] for at in index.search("boul gar", 1)] == ["boulanger de gare"]


def test_a_word_begun_asks_for_the_shortest_names_and_what_is_named_most() -> None:
    names = [
        ("mécanicien de ligne", "avion"),
        ("mécanicien de piste", "avion"),
        ("mécanicien", "auto"),
        ("mécanique", "auto"),
    ]
    texts = list(enumerate(name for name, _ in names))
    index = LabelIndex(Entries(texts, [0.5] * 4, groups=[group for _, group in names]))
    assert [names[at] for at in index.search("mecan", 2)] == [names[2], names[0]]


def test_the_usual_entry_comes_first_among_equals_then_the_first() -> None:
    index = LabelIndex(Entries([(0, "Saint-Denis"), (1, "Saint-Denis"), (2, "Saint-Denis")], [0.1, 0.9, 0.1]))
    assert index.search("saint denis") == [1, 0, 2]


def test_an_entry_said_in_several_ways_comes_once() -> None:
    index = LabelIndex(Entries([(0, "nounou"), (0, "nourrice"), (1, "nounours")], [0.5, 0.5]))
    assert index.search("nou") == [0, 1] or index.search("nou") == [1, 0]


def test_digits_begin_codes_and_a_name_with_them_chooses() -> None:
    entries = Entries(
        [(0, "Nantes"), (1, "Rezé"), (2, "Nantes-en-Ratier")],
        [0.9, 0.5, 0.1],
        [("44000", 0), ("44400", 1), ("38350", 2)],
    )
    index = LabelIndex(entries)
    assert index.search("44") == [0, 1]
    assert index.search("38350 nantes")[0] == 2
    assert index.search("nantes 99999")[0] == 0


def test_a_lone_digit_beside_a_name_is_part_of_it() -> None:
    texts = [(0, "Lyon"), (1, "Lyon 3e Arrondissement"), (2, "Lys")]
    index = LabelIndex(Entries(texts, [0.9, 0.8, 0.1], [("69001", 0), ("69003", 1), ("31600", 2)]))
    assert index.search("lyon 3")[0] == 1


def test_words_replaced_in_queries() -> None:
    index = LabelIndex(Entries([(0, "Saint-Malo"), (1, "Stella")], [0.5, 0.5], aliases={"st": "saint"}))
    assert index.search("st malo")[0] == 0


@given(st.text(max_size=40), st.integers(1, 20))
def test_anything_typed_gives_a_bounded_list_without_repeats(typed: str, limit: int) -> None:
    index, _ = many()
    found = index.search(typed, limit)
    assert len(found) == len(set(found)) <= limit
    assert found == index.search(typed, limit)

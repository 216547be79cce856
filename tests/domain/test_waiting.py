"""How a company answers, in words: nothing until there is enough to say."""

import pytest

from domain.waiting import answers_words, delay_words


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (0, "en moins d’un jour"),
        (23.9, "en moins d’un jour"),
        (24, "en un jour"),
        (35, "en un jour"),
        (48, "en 2 jours"),
        (240, "en 10 jours"),
    ],
)
def test_a_delay(hours: float, said: str) -> None:
    assert delay_words(hours) == said


@pytest.mark.parametrize(
    ("asked", "answered", "hours", "said"),
    [
        (0, 0, 0, ""),
        (10, 2, 30, ""),
        (3, 3, 150, "Répond en 2 jours en moyenne"),
        (10, 8, 100, "A répondu à 8 demandes sur 10, en moins d’un jour en moyenne"),
        (30, 3, 72, "A répondu à 3 demandes sur 30, en un jour en moyenne"),
    ],
)
def test_how_a_company_answers(asked: int, answered: int, hours: float, said: str) -> None:
    assert answers_words(asked, answered, hours) == said

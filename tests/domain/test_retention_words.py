"""The public table says every row of the one that is applied, and nothing else."""

from datetime import timedelta

import pytest

from domain.retention import Kept
from domain.retention_words import RETENTION_WORDS, length_words, retention_table


def test_every_row_is_said() -> None:
    assert ("Une recherche faite pour vous par un agent", "1 an après la dernière fois") in retention_table()
    assert set(RETENTION_WORDS) == set(Kept)
    assert len({what for what, _ in retention_table()}) == len(Kept)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "aussitôt"),
        (1, "1 jour"),
        (30, "30 jours"),
        (60, "60 jours"),
        (92, "92 jours"),
        (183, "183 jours"),
        (365, "1 an"),
        (366, "1 an"),
        (400, "400 jours"),
        (730, "2 ans"),
        (1826, "5 ans"),
    ],
)
def test_lengths(days: int, said: str) -> None:
    assert length_words(timedelta(days=days)) == said

"""Who may be sent a text message, and how many parts one is billed."""

import pytest

from domain.allowed import EVERYBODY, allowed
from domain.sms import is_mobile, parts, plain


@pytest.mark.parametrize(
    ("number", "mobile"),
    [
        ("+33612345678", True),
        ("+33755512345", True),
        ("+590690123456", True),
        ("+596696123456", True),
        ("+594694123456", True),
        ("+262692123456", True),
        ("+508551234", True),
        ("+687751234", True),
        ("+68987123456", True),
        ("+681821234", True),
        ("+33123456789", False),
        ("+33912345678", False),
        ("+33899123456", False),
        ("+32470123456", False),
        ("+447400123456", False),
        ("+3361234567", False),
        ("0612345678", False),
        ("", False),
    ],
)
def test_mobiles_of_france_only(number: str, mobile: bool) -> None:
    assert is_mobile(number) is mobile


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("C’est prêt, œuvrez", "C'est pret, oeuvrez"),
        ("« Été » à Nîmes", '" Été " à Nimes'),
        ("10\u202f€ – ça va…", "10 € - ca va..."),
        ("naïve Ÿ ô û ç", "naive Y o u c"),
        ("e\u0301te\u0301", "été"),
        ("日本", "??"),
    ],
)
def test_written_in_the_seven_bit_alphabet(text: str, said: str) -> None:
    assert plain(text) == said
    assert plain(said) == said


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2)],
)
def test_how_many_parts(text: str, count: int) -> None:
    assert parts(text) == count


def test_who_is_on_the_list() -> None:
    listed = allowed(" Mairie.example, bob@escale.example ,+33612345678,")
    assert "ana@MAIRIE.example" in listed
    assert "BOB@escale.example" in listed
    assert "+33612345678" in listed
    assert "ana@escale.example" not in listed
    assert "ana@notmairie.example" not in listed
    assert "+33612345679" not in listed
    assert "" not in listed


def test_everybody_and_nobody() -> None:
    assert "ana@x.example" in EVERYBODY
    assert "ana@x.example" in allowed("escale.example,*")
    assert "ana@x.example" not in allowed("")
    assert "" not in allowed(",")

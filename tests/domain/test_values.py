"""Places, codes and plain text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.values import (
    EARTH_RADIUS_KM,
    Point,
    clean_line,
    clean_text,
    compact_siret,
    department_of,
    department_of_postal_code,
    distance_km,
    dotted_naf,
    fold,
    is_siret,
)

POINTS = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))


def test_paris_to_lyon() -> None:
    assert distance_km(Point(48.8566, 2.3522), Point(45.764, 4.8357)) == pytest.approx(391.5, abs=0.5)


@given(POINTS, POINTS)
def test_distance_is_symmetric_and_bounded(a: Point, b: Point) -> None:
    assert distance_km(a, b) == pytest.approx(distance_km(b, a), abs=1e-6)
    assert 0 <= distance_km(a, b) <= EARTH_RADIUS_KM * 3.1416


@pytest.mark.parametrize(
    ("siret", "valid"),
    [
        ("73282932000074", True),
        ("73282932000075", False),
        ("35600000049837", True),  # La Poste: the digits add up to a multiple of five
        ("35600000000048", True),  # La Poste's head office passes Luhn
        ("7328293200007", False),
        ("7328293200007a", False),
        ("٧٣٢٨٢٩٣٢٠٠٠٠٧٤", False),  # Arabic digits are digits for Unicode, not for Sirene
    ],
)
def test_siret(siret: str, valid: bool) -> None:
    assert is_siret(siret) is valid


def test_siret_as_people_type_it() -> None:
    assert compact_siret(" 732 829 320 000\u00a074\u200b") == "73282932000074"


@pytest.mark.parametrize(
    ("typed", "official"),
    [("5610A", "56.10A"), ("56.10a", "56.10A"), ("56 10A", None), ("561A", None), ("", None)],
)
def test_naf(typed: str, official: str | None) -> None:
    assert dotted_naf(typed) == official


@pytest.mark.parametrize(
    ("code", "department"), [("97133", "977"), ("97150", "978"), ("97110", "971"), ("44000", "44")]
)
def test_department_of_a_postal_code(code: str, department: str) -> None:
    assert department_of_postal_code(code) == department


@pytest.mark.parametrize(("insee", "department"), [("57463", "57"), ("2A004", "2A"), ("97411", "974")])
def test_department(insee: str, department: str) -> None:
    assert department_of(insee) == department


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Hôtesse d’accueil", "hotesse d accueil"),
        ("Œuvre-là / ÉLEVÉE", "oeuvre la elevee"),
        ("  ", ""),
        ("C++ & C#", "c c"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean_line(clean_line(text)) == clean_line(text)
    assert clean_text(clean_text(text)) == clean_text(text)
    assert "\u202e" not in clean_text(text)


def test_paragraphs_are_kept() -> None:
    assert clean_text("Bonjour \u200b  à  tous\r\n\r\n\r\n\r\nVenez") == "Bonjour à tous\n\nVenez"
    assert clean_line("a\nb") == "a b"

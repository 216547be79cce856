"""Telephone numbers of the mainland and overseas, addresses as typed."""

import csv

import pytest

from domain.contacts import by_mail, is_email, phone_fault, show_phone, tidy_email, tidy_phone
from domain.mail_domains import registrable
from settings import ROOT

STARTER = ROOT / "data" / "starter"


@pytest.mark.parametrize(
    ("typed", "postal_code", "kept", "shown"),
    [
        ("06 12 34 56 78", "57000", "+33612345678", "06 12 34 56 78"),
        ("+33 (0)6 12 34 56 78", "", "+33612345678", "06 12 34 56 78"),
        ("0033612345678", "", "+33612345678", "06 12 34 56 78"),
        ("06 39 98 12 34", "57000", "+33639981234", "06 39 98 12 34"),
        ("01 99 00 12 34", "57000", "+33199001234", "01 99 00 12 34"),
        ("0692 12 34 56", "97400", "+262692123456", "0692 12 34 56"),
        ("0692 12 34 56", "57000", "+262692123456", "0692 12 34 56"),
        ("0590 81 12 34", "97100", "+590590811234", "0590 81 12 34"),
        ("0696 20 12 34", "97200", "+596696201234", "0696 20 12 34"),
        ("0594 30 12 34", "97300", "+594594301234", "0594 30 12 34"),
        ("0269 61 12 34", "97600", "+262269611234", "0269 61 12 34"),
        ("0508 41 12 34", "97500", "+508411234", "+508 41 12 34"),
        ("27 25 25", "98800", "+687272525", "+687 27.25.25"),
        ("40 50 12 34", "98714", "+68940501234", "+689 40 50 12 34"),
        ("+32 2 512 34 56", "57000", "+3225123456", "+32 2 512 34 56"),
    ],
)
def test_numbers_belong_to_their_region(typed: str, postal_code: str, kept: str, shown: str) -> None:
    number = tidy_phone(typed, postal_code)
    assert number == kept
    assert phone_fault(number) is None
    assert show_phone(number) == shown


def test_every_number_of_the_demonstration_can_be_kept_when_its_company_is_edited() -> None:
    with (STARTER / "companies.csv").open(encoding="utf-8") as file:
        numbers = {row["contact_phone"] for row in csv.DictReader(file)} - {""}
    assert len(numbers) > 100
    assert {number: phone_fault(number) for number in numbers if phone_fault(number)} == {}
    assert all(tidy_phone(show_phone(number)) == number for number in numbers)


@pytest.mark.parametrize(
    "typed", ["06 39 98 1", "06 39 98 12 345", "3949", "abc", "00", "+", "06 12 34", "27 25 25", "+33 0"]
)
def test_numbers_that_are_none(typed: str) -> None:
    assert phone_fault(tidy_phone(typed, "57000")) is not None
    assert tidy_phone(typed, "57000") == typed


def test_a_costly_number_says_why() -> None:
    assert "surtaxé" in (phone_fault(tidy_phone("0899 70 00 00")) or "")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Ana@DUPONT.Example ", "Ana@dupont.example"),
        ("ana@épicerie.example", "ana@xn--picerie-9xa.example"),
        ("ana\u200b@dupont.example", "ana@dupont.example"),
    ],
)
def test_addresses_tidied(typed: str, kept: str) -> None:
    assert tidy_email(typed) == kept
    assert is_email(kept)


@pytest.mark.parametrize(
    "typed",
    ["", "ana", "@dupont.example", "ana@", "ana@-x.fr", "a b@x.fr", "ana@x", "ana@" + "x" * 70 + ".fr"],
)
def test_addresses_that_are_none(typed: str) -> None:
    assert not is_email(tidy_email(typed))


@pytest.mark.parametrize(
    ("host", "kept"),
    [
        ("www.dupont.fr", "dupont.fr"),
        ("a.b.handball.asso.fr", "handball.asso.fr"),
        ("dupont.fr.", "dupont.fr"),
    ],
)
def test_registrable(host: str, kept: str) -> None:
    assert registrable(host) == kept


@pytest.mark.parametrize(
    ("reached", "mail"), [("lea@exemple.fr", True), ("+33612345678", False), ("", False)]
)
def test_an_address_is_told_from_a_mobile(reached: str, *, mail: bool) -> None:
    assert by_mail(reached) is mail

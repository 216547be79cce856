"""What a company's form may hold: one row a rule."""

from datetime import date
from typing import Any

import pytest

from domain.company import (
    DEFAULT_QUOTA,
    MAX_INFORMATION,
    MAX_NAME,
    MAX_PLACES,
    CheckReason,
    Contact,
    Hidden,
    Standing,
    check,
    check_contact,
    check_identity,
    check_pause,
    check_places,
    hidden_by,
    is_searchable,
    needs_check,
    quota_left,
    tidy,
    tidy_contact,
    tidy_identity,
    tidy_places,
)
from domain.errors import FieldError
from domain.offer import MAX_LABEL, MAX_OFFER_SKILLS, MAX_OFFERS, MAX_TEXT, check_offers, tidy_offer
from domain.search import ContactMode
from domain.values import Point
from tests.factories.forms import a_contact, a_form, a_place, an_identity, an_offer

TODAY = date(2026, 11, 21)
SOME_POSTE = "35600000012346"


def paths(errors: tuple[FieldError, ...]) -> set[tuple[str, str]]:
    return {(error.field, error.code) for error in errors}


def test_a_tidied_form_is_accepted() -> None:
    assert check(tidy(a_form())) == ()


def test_every_error_of_a_form_is_told_at_once() -> None:
    form = a_form(identity=an_identity(siret="1"), places=(), offers=(), contact=a_contact(email="", name=""))
    assert paths(check(tidy(form))) == {
        ("siret", "siret"),
        ("places", "required"),
        ("offers", "required"),
        ("contact.email", "required"),
        ("contact.name", "required"),
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"siret": ""}, ("siret", "required")),
        ({"siret": "12345678901234"}, ("siret", "siret")),
        ({"siret": "1234567890123"}, ("siret", "siret")),
        ({"siret": "３５６００００００１２３４５"}, ("siret", "siret")),
        ({"name": " \u200b "}, ("name", "required")),
        ({"name": "x" * (MAX_NAME + 1)}, ("name", "too_long")),
        ({"custom_name": "x" * (MAX_NAME + 1)}, ("custom_name", "too_long")),
        ({"naf": "boulangerie"}, ("naf", "naf")),
        ({"headcount": "99"}, ("headcount", "choice")),
        ({"website": "pas un site"}, ("website", "website")),
        ({"website": "javascript:alert(1)"}, ("website", "website")),
        ({"website": "http://localhost/"}, ("website", "website")),
        ({"website": "https://user:pw@dupont.example"}, ("website", "website")),
        ({"website": "https://dupont.example/" + "a" * 300}, ("website", "website")),
        ({"additional_information": "x" * (MAX_INFORMATION + 1)}, ("additional_information", "too_long")),
    ],
)
def test_identity_refused(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert paths(check_identity(tidy_identity(an_identity(**changes)))) == {expected}


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("siret", " 356 000 000 12346 ", SOME_POSTE),
        ("naf", "1071c", "10.71C"),
        ("naf", "", ""),
        ("headcount", "", "NN"),
        ("website", "dupont.example/nous", "https://dupont.example/nous"),
        ("website", "", ""),
        ("name", "Chez\u202e  Léa\n", "Chez Léa"),
        ("additional_information", "a\r\n\r\n\r\n\r\nb", "a\n\nb"),
    ],
)
def test_identity_tidied(field: str, typed: str, kept: str) -> None:
    identity = tidy_identity(an_identity(**{field: typed}))
    assert getattr(identity, field) == kept
    assert check_identity(identity) == ()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"postal_code": ""}, ("places.0.postal_code", "postal_code")),
        ({"postal_code": "4400"}, ("places.0.postal_code", "postal_code")),
        ({"postal_code": "٤٤٠٠٠"}, ("places.0.postal_code", "postal_code")),
        ({"city": ""}, ("places.0.city", "required")),
        ({"city": "x" * 101}, ("places.0.city", "too_long")),
        ({"address": "x" * 301}, ("places.0.address", "too_long")),
        ({"insee": "Nantes"}, ("places.0.insee", "insee")),
        ({"point": Point(91, 0)}, ("places.0.point", "point")),
        ({"point": Point(float("nan"), 0)}, ("places.0.point", "point")),
    ],
)
def test_place_refused(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert paths(check_places(tidy_places((a_place(**changes),)))) == {expected}


def test_places_are_counted() -> None:
    assert check_places((a_place(),) * MAX_PLACES) == ()
    assert paths(check_places((a_place(),) * (MAX_PLACES + 1))) == {("places", "too_many")}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"rome": ""}, ("offers.0.rome", "rome")),
        ({"rome": "Z9999"}, ("offers.0.rome", "rome")),
        ({"appellation": "dix"}, ("offers.0.appellation", "appellation")),
        ({"label": "x" * (MAX_LABEL + 1)}, ("offers.0.label", "too_long")),
        ({"text": "x" * (MAX_TEXT + 1)}, ("offers.0.text", "too_long")),
        ({"skills": ("tondre",)}, ("offers.0.skills", "skill")),
        (
            {"skills": tuple(str(100 + at) for at in range(MAX_OFFER_SKILLS + 1))},
            ("offers.0.skills", "too_many"),
        ),
    ],
)
def test_offer_refused(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert paths(check_offers((tidy_offer(an_offer(**changes)),))) == {expected}


def test_offers_are_counted_and_told_apart() -> None:
    many = tuple(an_offer(label=f"Offre {at}") for at in range(MAX_OFFERS))
    assert check_offers(many) == ()
    assert paths(check_offers((*many, an_offer()))) == {("offers", "too_many")}
    twice = (an_offer(label="Vendeur"), an_offer(label="VENDEUR"))
    assert paths(check_offers(twice)) == {("offers.1.rome", "repeated")}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"mode": ContactMode.NONE}, ("contact.mode", "choice")),
        ({"name": ""}, ("contact.name", "required")),
        ({"name": "x" * 101}, ("contact.name", "too_long")),
        ({"job": "x" * 101}, ("contact.job", "too_long")),
        ({"email": ""}, ("contact.email", "required")),
        ({"email": "ana@dupont"}, ("contact.email", "email")),
        ({"email": "ana..petit@dupont.example"}, ("contact.email", "email")),
        ({"email": "ana@dupont.example\nBcc: x@y.example"}, ("contact.email", "email")),
        ({"email": "a" * 65 + "@dupont.example"}, ("contact.email", "email")),
        ({"phone": "12"}, ("contact.phone", "phone")),
        ({"phone": "0899 70 00 00"}, ("contact.phone", "phone")),
        ({"mode": ContactMode.PHONE, "phone": ""}, ("contact.phone", "required")),
        ({"for_job_seekers": False}, ("contact.for_job_seekers", "required")),
        ({"max_contacts_per_month": -1}, ("contact.max_contacts_per_month", "range")),
        ({"max_contacts_per_month": 1001}, ("contact.max_contacts_per_month", "range")),
    ],
)
def test_contact_refused(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert paths(check_contact(tidy_contact(a_contact(**changes)))) == {expected}


@pytest.mark.parametrize(
    "changes",
    [
        {"phone": "", "mode": ContactMode.IN_PERSON},
        {"for_job_seekers": False, "for_pupils": True},
        {"max_contacts_per_month": 0},
        {"email": "Ana.Petit+escale@DUPONT.example"},
    ],
)
def test_contact_accepted(changes: dict[str, Any]) -> None:
    assert check_contact(tidy_contact(a_contact(**changes))) == ()


def test_the_quota_is_six_unless_said() -> None:
    assert Contact().max_contacts_per_month == DEFAULT_QUOTA == 6


@pytest.mark.parametrize(
    ("email", "website", "expected"),
    [
        ("ana@dupont.example", "https://www.dupont.example/contact", None),
        ("ana@magasin.dupont.example", "https://dupont.example", None),
        ("ana@dupont.example", "", None),
        ("ana@gmail.com", "", CheckReason.FREE_MAIL),
        ("ana@orange.fr", "https://www.orange.fr", CheckReason.FREE_MAIL),
        ("ana@sub.wanadoo.fr", "", CheckReason.FREE_MAIL),
        ("ana@yopmail.com", "https://dupont.example", CheckReason.FREE_MAIL),
        ("ana@autre.example", "https://dupont.example", CheckReason.OTHER_DOMAIN),
        ("ana@handball.asso.fr", "https://www.chorale.asso.fr", CheckReason.OTHER_DOMAIN),
        ("ana@handball.asso.fr", "https://www.handball.asso.fr", None),
        ("ana@xn--picerie-9xa.example", "https://épicerie.example", None),
    ],
)
def test_who_is_checked_by_a_person(email: str, website: str, expected: CheckReason | None) -> None:
    form = tidy(a_form(identity=an_identity(website=website), contact=a_contact(email=email)))
    assert needs_check(form) is expected


@pytest.mark.parametrize(
    ("most", "month", "week", "left"),
    [
        (6, 0, 0, True),
        (6, 5, 1, True),
        (6, 6, 0, False),
        (6, 2, 2, False),
        (1, 0, 0, True),
        (1, 1, 0, False),
        (0, 0, 0, False),
        (8, 3, 2, False),
        (9, 3, 2, True),
    ],
)
def test_quota(most: int, month: int, week: int, left: bool) -> None:
    assert quota_left(most, month, week) is left


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, True),
        ({"open": False}, False),
        ({"placed": False}, False),
        ({"has_job": False}, False),
        ({"next_availability_date": date(2026, 11, 22)}, False),
        ({"next_availability_date": TODAY}, True),
        ({"max_contacts_per_month": 0}, False),
        ({"contacts_28_days": 6}, False),
        ({"potentiel": True, "max_contacts_per_month": 0}, True),
        ({"potentiel": True, "open": False}, False),
    ],
)
def test_searchable(changes: dict[str, Any], found: bool) -> None:
    standing = Standing(**({"placed": True, "has_job": True} | changes))
    assert is_searchable(standing, TODAY) is found


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"open": False, "placed": False}, Hidden.GONE),
        ({"placed": False, "has_job": False}, Hidden.UNPLACED),
        ({"has_job": False}, Hidden.WITHOUT_JOB),
        ({"next_availability_date": date(2026, 11, 22), "contacts_28_days": 6}, Hidden.PAUSED),
        ({"max_contacts_per_month": 0}, Hidden.TAKES_NONE),
        ({"contacts_7_days": 2}, Hidden.FULL),
        ({"contacts_7_days": 1}, None),
    ],
)
def test_why_a_company_is_hidden(changes: dict[str, Any], why: Hidden | None) -> None:
    assert hidden_by(Standing(**({"placed": True, "has_job": True} | changes)), TODAY) is why


@pytest.mark.parametrize(
    ("until", "code"),
    [
        (None, "required"),
        (TODAY, "past"),
        (date(2026, 11, 22), None),
        (date(2027, 11, 22), None),
        (date(2027, 11, 23), "too_far"),
    ],
)
def test_a_pause_ends_within_a_year(until: date | None, code: str | None) -> None:
    fault = check_pause(until, TODAY)
    assert (fault.code if fault else None) == code

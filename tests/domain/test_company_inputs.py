"""The pages' inputs become the form's shapes, whatever they hold."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.company import DEFAULT_QUOTA, MAX_PLACES, Contact, Identity, PlaceForm, Step
from domain.company_inputs import step_of
from domain.offer import MAX_OFFERS, OfferForm
from domain.search import ContactMode, RemoteMode


def test_identity() -> None:
    inputs = {"siret": "1", "name": "Dupont", "engaged": "on", "inconnu": "x"}
    assert step_of(Step.IDENTITY, inputs) == Identity(siret="1", name="Dupont", headcount="", engaged=True)


def test_places_by_position_without_empty_lines() -> None:
    inputs = {
        "places.10.city": "Rezé",
        "places.2.city": "Nantes",
        "places.2.postal_code": "44000",
        "places.3.city": "",
        "places.3.insee": "44109",
        "places.x.city": "Perdue",
    }
    assert step_of(Step.PLACES, inputs) == (
        PlaceForm(postal_code="44000", city="Nantes"),
        PlaceForm(city="Rezé"),
    )


def test_offers_with_repeated_inputs() -> None:
    inputs = {"offers.0.rome": "D1106", "offers.0.skills": ["1", "2,3"], "offers.0.remote_mode": "hybrid"}
    assert step_of(Step.OFFERS, inputs) == (
        OfferForm(rome="D1106", skills=("1", "2", "3"), remote_mode=RemoteMode.HYBRID),
    )


def test_offers_as_a_document() -> None:
    inputs = {"offers": [{"rome": "D1106", "label": "Vendeur"}, {"rome": ""}, "x"]}
    assert step_of(Step.OFFERS, inputs) == (OfferForm(rome="D1106", label="Vendeur"),)


def test_contact_with_or_without_its_prefix() -> None:
    typed = {"contact.mode": "phone", "contact.for_pupils": "1", "contact.max_contacts_per_month": "12"}
    expected = Contact(
        mode=ContactMode.PHONE, for_job_seekers=False, for_pupils=True, max_contacts_per_month=12
    )
    assert step_of(Step.CONTACT, typed) == expected
    bare = {key.removeprefix("contact."): value for key, value in typed.items()}
    assert step_of(Step.CONTACT, bare) == expected


@pytest.mark.parametrize(
    ("typed", "number"),
    [("", DEFAULT_QUOTA), ("0", 0), ("six", -1), ("-3", -1), ("²", -1), ("9" * 5000, -1), ("1.5", -1)],
)
def test_a_quota_that_is_no_number_is_left_to_the_checks(typed: str, number: int) -> None:
    contact = step_of(Step.CONTACT, {"contact.max_contacts_per_month": typed})
    assert isinstance(contact, Contact)
    assert contact.max_contacts_per_month == number


def test_no_more_lines_are_read_than_the_checks_need() -> None:
    inputs = {f"places.{at}.city": "Nantes" for at in range(10_000)}
    lines = step_of(Step.PLACES, inputs)
    assert isinstance(lines, tuple)
    assert MAX_PLACES < len(lines) <= 2 * MAX_OFFERS


def test_the_summary_has_no_inputs() -> None:
    with pytest.raises(ValueError, match="resume"):
        step_of(Step.SUMMARY, {})


_leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
_values: st.SearchStrategy[Any] = st.recursive(
    _leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)
_names = st.sampled_from(["siret", "places", "places.0.city", "offers.1.skills", "contact.mode", "offers"])


@given(st.dictionaries(_names | st.text(), _values), st.sampled_from(list(Step)[:-1]))
def test_anything_is_read(inputs: dict[str, Any], step: Step) -> None:
    assert isinstance(step_of(step, inputs), Identity | tuple | Contact)

"""Registration forms as companies fill them, on the small referential."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from domain.company import CompanyForm, Contact, Identity, PlaceForm
from domain.offer import OfferForm
from tests.factories.companies import a_siret

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def a_contact(**changes: Any) -> Contact:  # noqa: ANN401 - fields of `Contact`
    contact = Contact(name="Ana Petit", job="Gérante", email="ana@dupont.example", phone="01 42 68 53 00")
    return replace(contact, **changes)


def an_identity(**changes: Any) -> Identity:  # noqa: ANN401 - fields of `Identity`
    identity = Identity(
        siret=a_siret(), name="Boulangerie Dupont", naf="10.71C", headcount="02", website="www.dupont.example"
    )
    return replace(identity, **changes)


def a_place(**changes: Any) -> PlaceForm:  # noqa: ANN401 - fields of `PlaceForm`
    return replace(PlaceForm(address="3 rue du Pont", postal_code="44000", city="Nantes"), **changes)


def an_offer(**changes: Any) -> OfferForm:  # noqa: ANN401 - fields of `OfferForm`
    return replace(OfferForm(rome="D1106", label="Vendeuse en boulangerie"), **changes)


def a_form(**changes: Any) -> CompanyForm:  # noqa: ANN401 - fields of `CompanyForm`
    form = CompanyForm(identity=an_identity(), places=(a_place(),), offers=(an_offer(),), contact=a_contact())
    return replace(form, **changes)

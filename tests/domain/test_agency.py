"""Agencies: who may validate when, who is recalled what, what their form may hold."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.agency import (
    KIND_LABELS,
    KINDS_FOR,
    REMINDERS,
    SITUATION_LABELS,
    STATUS_LABELS,
    AgencyKind,
    AgencyStatus,
    Member,
    Situation,
    Standing,
    can_validate,
    lacks,
    reminder_due,
    said_missing,
)
from domain.agency_form import AgencyForm, check, check_roles, refusal_fault, tidy
from domain.roles import Role

DAY = date(2026, 11, 21)
MONTH, QUARTER = REMINDERS
FORM = AgencyForm(
    kind=AgencyKind.MISSION_LOCALE,
    name=" Mission  locale de Nantes ",
    siret="732 829 320 00074",
    address="3 rue du Pont",
    postal_code="44 000",
    city="Nantes",
    contact_email="Accueil@Exemple.FR",
    contact_phone="01 99 00 12 34",
)


def test_everything_is_said_in_french() -> None:
    assert set(KIND_LABELS) == set(AgencyKind)
    assert set(STATUS_LABELS) == set(AgencyStatus)
    assert set(SITUATION_LABELS) == set(KINDS_FOR) == set(Situation)


@pytest.mark.parametrize(
    ("status", "ends", "referred", "may"),
    [
        (AgencyStatus.ACTIVE, None, None, True),
        (AgencyStatus.ACTIVE, DAY, None, True),
        (AgencyStatus.ACTIVE, DAY - timedelta(days=1), None, False),
        (AgencyStatus.TO_REVIEW, None, None, False),
        (AgencyStatus.REJECTED, None, None, False),
        (AgencyStatus.CLOSED, None, None, False),
        (AgencyStatus.ACTIVE, DAY - timedelta(days=1), Standing(status=AgencyStatus.ACTIVE), True),
        (AgencyStatus.ACTIVE, None, Standing(status=AgencyStatus.CLOSED), False),
        (AgencyStatus.CLOSED, None, Standing(status=AgencyStatus.ACTIVE), False),
        (
            AgencyStatus.ACTIVE,
            None,
            Standing(status=AgencyStatus.ACTIVE, delegation_ends_on=DAY - timedelta(days=1)),
            False,
        ),
    ],
)
def test_who_can_validate(
    status: AgencyStatus, ends: date | None, referred: Standing | None, *, may: bool
) -> None:
    assert can_validate(Standing(status=status, delegation_ends_on=ends), DAY, referred=referred) is may


@pytest.mark.parametrize(
    ("left", "last", "due"),
    [
        (92, None, None),
        (91, None, QUARTER),
        (91, QUARTER, None),
        (31, QUARTER, None),
        (30, QUARTER, MONTH),
        (30, None, MONTH),
        (30, MONTH, None),
        (0, QUARTER, MONTH),
        (-1, None, None),
    ],
)
def test_reminders_come_once_each(left: int, last: timedelta | None, due: timedelta | None) -> None:
    assert reminder_due(DAY + timedelta(days=left), DAY, last) == due


def test_what_is_missing_is_said() -> None:
    nobody = lacks(())
    assert said_missing(nobody, refers=False) == (
        "une personne qui l’administre ; une personne qui valide les conventions et reçoit les messages"
    )
    silent = Member(frozenset({Role.AGENCY_ADMIN, Role.COUNSELLOR}), notified=False)
    missing = lacks((silent,), referred=())
    assert missing == (Role.COUNSELLOR, Role.VALIDATOR)
    assert said_missing(missing, refers=True).endswith("dans la structure qui valide pour elle")


def test_the_form_is_tidied() -> None:
    tidied = tidy(FORM)
    assert (tidied.name, tidied.siret, tidied.postal_code) == (
        "Mission locale de Nantes",
        "73282932000074",
        "44000",
    )
    assert tidied.departments == ("44",), "without anything said, its own department"
    assert (tidied.contact_email, tidied.contact_phone) == ("Accueil@exemple.fr", "+33199001234")
    assert check(tidied, DAY) == ()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": None}, "kind"),
        ({"name": "x"}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"siret": "12345678912345"}, "siret"),
        ({"postal_code": "44", "departments": ("44",)}, "postal_code"),
        ({"city": ""}, "city"),
        ({"departments": ("Nantes",)}, "departments"),
        ({"postal_code": "20000"}, "departments"),
        ({"communes": tuple(str(n) for n in range(1001))}, "communes"),
        ({"unread": ("Quimpère",)}, "communes"),
        ({"contact_email": "accueil"}, "contact_email"),
        ({"contact_phone": "12"}, "contact_phone"),
        ({"signature": "x" * 501}, "signature"),
        ({"delegation": True}, "delegation_ends_on"),
        ({"delegation": True, "delegation_ends_on": DAY - timedelta(days=1)}, "delegation_ends_on"),
    ],
)
def test_what_a_form_may_not_hold(changed: dict[str, Any], field: str) -> None:
    faulty = tidy(replace(FORM, **changed))
    assert {error.field for error in check(faulty, DAY)} == {field}


def test_a_siret_is_not_demanded_and_a_date_without_its_box_is_dropped() -> None:
    tidied = tidy(replace(FORM, siret="", delegation_ends_on=DAY - timedelta(days=1)))
    assert tidied.delegation_ends_on is None
    assert check(tidied, DAY) == ()


@pytest.mark.parametrize(
    ("roles", "refers", "taken"),
    [
        ((), False, False),
        ((Role.COUNSELLOR,), False, False),
        ((Role.VALIDATOR,), False, True),
        ((Role.VALIDATOR,), True, False),
        ((Role.COUNSELLOR,), True, True),
    ],
)
def test_a_registrant_is_also_who_the_agency_needs(
    roles: tuple[Role, ...], *, refers: bool, taken: bool
) -> None:
    assert (check_roles(roles, refers=refers) == ()) is taken


def test_a_refusal_says_why() -> None:
    assert refusal_fault("Le SIRET est celui d’une autre structure.") is None
    assert refusal_fault("") is not None
    assert refusal_fault("x" * 1001) is not None

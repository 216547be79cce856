"""Conditions a company writes, and the admin it always keeps."""

from uuid import UUID

import pytest

from domain.company_team import keep_an_admin
from domain.conditions import (
    CONDITION_LABELS,
    CONDITION_NAMES,
    MAX_CONDITION,
    Conditions,
    check_conditions,
    conditions_of,
)
from domain.errors import ConflictError
from domain.roles import Role

ADMIN, CONTACT = Role.COMPANY_ADMIN, Role.COMPANY_CONTACT
ANA, LEO = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("roles", "changed", "role", "refused"),
    [
        ({ANA: ADMIN}, ANA, None, True),
        ({ANA: ADMIN}, ANA, CONTACT, True),
        ({ANA: ADMIN}, ANA, ADMIN, False),
        ({ANA: ADMIN, LEO: CONTACT}, ANA, None, True),
        ({ANA: ADMIN, LEO: CONTACT}, LEO, None, False),
        ({ANA: ADMIN, LEO: ADMIN}, ANA, None, False),
        ({ANA: ADMIN, LEO: ADMIN}, LEO, CONTACT, False),
        ({ANA: CONTACT}, ANA, None, False),
        ({}, ANA, None, False),
    ],
)
def test_a_company_keeps_an_admin(
    roles: dict[UUID, Role], changed: UUID, role: Role | None, refused: bool
) -> None:
    if refused:
        with pytest.raises(ConflictError, match="au moins une personne"):
            keep_an_admin(roles, changed, role)
    else:
        keep_an_admin(roles, changed, role)


def test_conditions_are_tidied_and_said_in_order() -> None:
    conditions = conditions_of(
        {"meals": " Cantine \r\n", "dress": "Chaussures fermées", "hours": 3, "x": "y"}
    )
    assert conditions == Conditions(dress="Chaussures fermées", meals="Cantine")
    assert conditions.said() == (("Tenue", "Chaussures fermées"), ("Repas", "Cantine"))


def test_every_condition_has_a_label() -> None:
    assert tuple(CONDITION_LABELS) == CONDITION_NAMES


@pytest.mark.parametrize("name", CONDITION_NAMES)
def test_conditions_are_short(name: str) -> None:
    assert check_conditions(Conditions(**{name: "x" * MAX_CONDITION})) == ()
    (error,) = check_conditions(Conditions(**{name: "x" * (MAX_CONDITION + 1)}))
    assert (error.field, error.code) == (name, "too_long")

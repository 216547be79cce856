"""Every role and every permission, against one literal table; strangers learn nothing."""

import itertools
from uuid import UUID

import pytest

from domain.agency import Member, is_two_step, lacks
from domain.errors import ForbiddenError, NotFoundError
from domain.roles import NOBODY, PERMISSIONS, Actor, Permission, Right, Role, require

USER = UUID(int=1)
GRANTED = {
    (Role.COUNSELLOR, Permission.AGENCY_READ),
    (Role.COUNSELLOR, Permission.ACCOMPANY),
    (Role.COUNSELLOR, Permission.PRE_APPROVE),
    (Role.VALIDATOR, Permission.AGENCY_READ),
    (Role.VALIDATOR, Permission.ACCOMPANY),
    (Role.VALIDATOR, Permission.VALIDATE),
    (Role.AGENCY_ADMIN, Permission.AGENCY_READ),
    (Role.AGENCY_ADMIN, Permission.AGENCY_EDIT),
    (Role.AGENCY_ADMIN, Permission.AGENCY_MEMBERS),
    (Role.AGENCY_VIEWER, Permission.AGENCY_READ),
    (Role.COMPANY_ADMIN, Permission.COMPANY_READ),
    (Role.COMPANY_ADMIN, Permission.COMPANY_ANSWER),
    (Role.COMPANY_ADMIN, Permission.COMPANY_EDIT),
    (Role.COMPANY_ADMIN, Permission.COMPANY_MEMBERS),
    (Role.COMPANY_CONTACT, Permission.COMPANY_READ),
    (Role.COMPANY_CONTACT, Permission.COMPANY_ANSWER),
    (Role.BACK_OFFICE, Permission.PLATFORM),
}
COMPANY = {Role.COMPANY_ADMIN, Role.COMPANY_CONTACT}


def actor_of(role: Role) -> Actor:
    if role is Role.BACK_OFFICE:
        return Actor(user=USER, back_office=True)
    if role in COMPANY:
        return Actor(user=USER, companies={1: role})
    return Actor(user=USER, agencies={1: frozenset({role})})


@pytest.mark.parametrize(("role", "permission"), list(itertools.product(Role, Permission)))
def test_a_role_may_what_the_table_says(role: Role, permission: Permission) -> None:
    actor = actor_of(role)
    agency, company = (1, None) if actor.agencies else (None, 1) if actor.companies else (None, None)
    assert actor.may(permission, agency=agency, company=company) is ((role, permission) in GRANTED)
    elsewhere = {"agency": 2} if actor.agencies else {"company": 2}
    assert not actor.may(permission, **elsewhere)


def test_every_role_stands_in_the_table() -> None:
    assert set(PERMISSIONS) == set(Role)


def test_a_stranger_finds_nothing_and_a_member_is_told_why() -> None:
    counsellor = actor_of(Role.COUNSELLOR)
    with pytest.raises(NotFoundError):
        require(counsellor, Permission.AGENCY_EDIT, agency=2)
    with pytest.raises(ForbiddenError, match="administration"):
        require(counsellor, Permission.AGENCY_EDIT, agency=1)
    with pytest.raises(NotFoundError):
        require(actor_of(Role.TO_REVIEW), Permission.AGENCY_READ, agency=1)
    with pytest.raises(ForbiddenError):
        require(actor_of(Role.COMPANY_CONTACT), Permission.COMPANY_EDIT, company=1)
    with pytest.raises(NotFoundError):
        require(NOBODY, Permission.PLATFORM)
    require(counsellor, Permission.ACCOMPANY, agency=1)


@pytest.mark.parametrize(
    ("actor", "rights"),
    [
        (NOBODY, set()),
        (Actor(user=USER), {Right.SIGNED_IN}),
        (actor_of(Role.TO_REVIEW), {Right.SIGNED_IN}),
        (actor_of(Role.AGENCY_VIEWER), {Right.SIGNED_IN, Right.AGENT}),
        (actor_of(Role.COMPANY_CONTACT), {Right.SIGNED_IN, Right.COMPANY}),
        (actor_of(Role.BACK_OFFICE), {Right.SIGNED_IN, Right.BACK_OFFICE}),
    ],
)
def test_what_a_route_may_ask(actor: Actor, rights: set[Right]) -> None:
    assert {right for right in Right if actor.has(right)} == {Right.ANYONE} | rights


def members(*roles: Role, notified: bool = True) -> list[Member]:
    return [Member(frozenset(roles), notified)]


@pytest.mark.parametrize(
    ("own", "referred", "missing"),
    [
        (members(Role.AGENCY_ADMIN, Role.VALIDATOR), None, ()),
        (members(Role.AGENCY_ADMIN, Role.VALIDATOR, notified=False), None, (Role.VALIDATOR,)),
        (members(Role.VALIDATOR), None, (Role.AGENCY_ADMIN,)),
        (members(Role.TO_REVIEW), None, (Role.AGENCY_ADMIN, Role.VALIDATOR)),
        (members(Role.AGENCY_ADMIN, Role.COUNSELLOR), members(Role.VALIDATOR), ()),
        (members(Role.AGENCY_ADMIN, Role.VALIDATOR), members(Role.VALIDATOR), (Role.COUNSELLOR,)),
        (members(Role.AGENCY_ADMIN, Role.COUNSELLOR), members(Role.COUNSELLOR), (Role.VALIDATOR,)),
    ],
)
def test_what_an_active_agency_lacks(
    own: list[Member], referred: list[Member] | None, missing: tuple[Role, ...]
) -> None:
    assert lacks(own, referred=referred) == missing


def test_a_notified_counsellor_makes_two_steps() -> None:
    assert is_two_step(members(Role.COUNSELLOR))
    assert not is_two_step(members(Role.COUNSELLOR, notified=False))
    assert not is_two_step(members(Role.VALIDATOR))

"""Colleagues invited by e-mail: an account of that address joins by the link, once."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import company_rights as rights
from data.queries import invitations
from data.tables import companies
from domain.company_team import MAX_INVITED
from domain.errors import (
    ConflictError,
    ExpiredError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    SignInError,
)
from domain.roles import NOBODY, Actor, Role
from services.company_invitations import accept, invite, read, withdraw
from services.links import Purpose
from tests.factories.companies import add_company
from tests.factories.forms import NOW
from tests.factories.people import add_company_right, add_user
from tests.services.company_helpers import job_names, jobs, mail_link

ADMIN, CONTACT = Role.COMPANY_ADMIN, Role.COMPANY_CONTACT
NINA = "nina@pain.example"


async def an_admin(session: AsyncSession) -> tuple[Actor, int]:
    company_id = await add_company(session)
    user = await add_user(session)
    await add_company_right(session, company_id, user, ADMIN)
    return Actor(user=user, companies={company_id: ADMIN}), company_id


async def invited(session: AsyncSession, actor: Actor, company_id: int, role: Role = CONTACT) -> UUID:
    return await invite(session, actor, company_id, NINA, role, NOW)


async def test_an_invitation_lets_its_address_in_once(reference: AsyncSession) -> None:
    admin, company_id = await an_admin(reference)
    invitation = await invited(reference, admin, company_id)
    assert await jobs(reference) == [("company.invitation_mail", {"invitation": str(invitation)})]
    link = await mail_link(reference, invitation, Purpose.JOIN)
    seen = await read(reference, link, NOW)
    assert (seen.by, seen.role, seen.email) == ("Léa Martin", CONTACT, NINA)
    nina = Actor(user=await add_user(reference, NINA))
    assert await accept(reference, nina, link, NOW) == company_id
    assert nina.user
    found = await rights.member(reference, company_id, nina.user)
    assert found
    assert (found.role, found.accepted) == (CONTACT, True)
    with pytest.raises(NotFoundError):
        await accept(reference, nina, link, NOW)


async def test_the_link_is_of_no_use_to_others(reference: AsyncSession) -> None:
    admin, company_id = await an_admin(reference)
    link = await mail_link(reference, await invited(reference, admin, company_id), Purpose.JOIN)
    with pytest.raises(SignInError):
        await accept(reference, NOBODY, link, NOW)
    stranger = Actor(user=await add_user(reference, "sam@exemple.fr"))
    with pytest.raises(ForbiddenError, match="autre adresse"):
        await accept(reference, stranger, link, NOW)
    with pytest.raises(ExpiredError, match="nouvelle invitation"):
        await read(reference, link, NOW + timedelta(days=800))


async def test_who_asked_before_is_let_in_with_the_role_of_the_invitation(reference: AsyncSession) -> None:
    admin, company_id = await an_admin(reference)
    user = await add_user(reference, NINA)
    await add_company_right(reference, company_id, user, CONTACT, accepted=False)
    link = await mail_link(reference, await invited(reference, admin, company_id, ADMIN), Purpose.JOIN)
    await accept(reference, Actor(user=user), link, NOW)
    found = await rights.member(reference, company_id, user)
    assert found
    assert (found.role, found.accepted) == (ADMIN, True)


async def test_inviting_again_changes_the_role_and_kills_the_first_link(reference: AsyncSession) -> None:
    admin, company_id = await an_admin(reference)
    first = await invited(reference, admin, company_id)
    link = await mail_link(reference, first, Purpose.JOIN)
    assert await invited(reference, admin, company_id, ADMIN) == first
    with pytest.raises(NotFoundError):
        await read(reference, link, NOW)
    (waiting,) = await invitations.of_company(reference, company_id)
    assert waiting.role is ADMIN
    assert await job_names(reference) == ["company.invitation_mail"] * 2


async def test_a_withdrawn_invitation_opens_nothing(reference: AsyncSession) -> None:
    admin, company_id = await an_admin(reference)
    invitation = await invited(reference, admin, company_id)
    link = await mail_link(reference, invitation, Purpose.JOIN)
    other, other_company = await an_other_admin(reference)
    await withdraw(reference, other, other_company, invitation)
    assert await invitations.by_id(reference, invitation), "of another company: left alone"
    await withdraw(reference, admin, company_id, invitation)
    await withdraw(reference, admin, company_id, invitation)
    with pytest.raises(NotFoundError):
        await read(reference, link, NOW)


async def an_other_admin(session: AsyncSession) -> tuple[Actor, int]:
    company_id = await add_company(session)
    user = await add_user(session, "autre@exemple.fr")
    return Actor(user=user, companies={company_id: ADMIN}), company_id


async def test_what_cannot_be_invited(reference: AsyncSession) -> None:
    admin, company_id = await an_admin(reference)
    for email, role, field in (
        ("nina", CONTACT, "email"),
        (NINA, Role.VALIDATOR, "role"),
        ("LEA.martin@exemple.fr", CONTACT, "email"),
    ):
        with pytest.raises(InvalidInputError) as refused:
            await invite(reference, admin, company_id, email, role, NOW)
        assert refused.value.errors[0].field == field
    contact = Actor(user=admin.user, companies={company_id: CONTACT})
    with pytest.raises(ForbiddenError):
        await invited(reference, contact, company_id)
    with pytest.raises(NotFoundError):
        await invited(reference, Actor(user=admin.user), company_id)
    for number in range(MAX_INVITED):
        await invite(reference, admin, company_id, f"n{number}@pain.example", CONTACT, NOW)
    with pytest.raises(ConflictError, match="attendent déjà"):
        await invited(reference, admin, company_id)
    await invite(reference, admin, company_id, "n0@pain.example", ADMIN, NOW)


async def test_a_banned_company_is_not_joined(reference: AsyncSession) -> None:
    admin, company_id = await an_admin(reference)
    link = await mail_link(reference, await invited(reference, admin, company_id), Purpose.JOIN)
    await reference.execute(update(companies).where(companies.c.id == company_id).values(banned_at=NOW))
    nina = Actor(user=await add_user(reference, NINA))
    with pytest.raises(ConflictError, match="suspendue"):
        await accept(reference, nina, link, NOW)

"""Colleagues of a company: asked, accepted, refused, changed, taken off; never without an admin."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import company_rights as rights
from data.queries.audit import AuditSearch, search
from data.tables import company_rights as table
from domain.audit import AuditAction
from domain.company_team import MAX_ASKED
from domain.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError, SignInError
from domain.roles import NOBODY, Actor, Role
from services import company_rights
from services.registrations import prove
from tests.factories.companies import a_siret, add_company, add_potentiel
from tests.factories.forms import NOW, a_contact, a_form, an_identity
from tests.factories.people import add_company_right, add_user
from tests.services.company_helpers import company, job_names, jobs, registered

ADMIN, CONTACT = Role.COMPANY_ADMIN, Role.COMPANY_CONTACT


class Served:
    """A company with an admin, a contact, and somebody who asks."""

    id: int
    siret: str
    admin: Actor
    contact: Actor
    asker: Actor

    def user(self, actor: Actor) -> UUID:
        assert actor.user
        return actor.user


@pytest.fixture
async def served(reference: AsyncSession) -> Served:
    one = Served()
    one.siret = a_siret()
    one.id = await add_company(reference, siret=one.siret, contact_email="accueil@pain.example")
    users = [await add_user(reference, f"{name}@pain.example") for name in ("admin", "contact", "asker")]
    await add_company_right(reference, one.id, users[0], ADMIN)
    await add_company_right(reference, one.id, users[1], CONTACT)
    one.admin = Actor(user=users[0], companies={one.id: ADMIN})
    one.contact = Actor(user=users[1], companies={one.id: CONTACT})
    one.asker = Actor(user=users[2])
    return one


async def right(session: AsyncSession, served: Served, actor: Actor) -> Any:  # noqa: ANN401 - a row
    query = select(table).where(table.c.company_id == served.id, table.c.user_id == actor.user)
    return (await session.execute(query)).one_or_none()


async def test_asking_waits_for_an_admin_who_is_told(reference: AsyncSession, served: Served) -> None:
    asked = await company_rights.ask(reference, served.asker, served.siret, NOW)
    assert (asked.company_id, asked.accepted) == (served.id, False)
    assert (await right(reference, served, served.asker)).status == "pending"
    ids = {"company": served.id, "user": str(served.asker.user), "to": str(served.admin.user)}
    assert await jobs(reference) == [("company.right_asked_mail", ids)]
    await company_rights.ask(reference, served.asker, served.siret, NOW)
    assert len(await jobs(reference)) == 1, "asking twice is the same"


async def test_without_an_admin_the_address_on_file_is_told(reference: AsyncSession) -> None:
    siret = a_siret()
    await add_company(reference, siret=siret, contact_email="accueil@pain.example")
    asker = Actor(user=await add_user(reference))
    await company_rights.ask(reference, asker, siret, NOW)
    ((_, payload),) = await jobs(reference)
    assert payload["to"] == ""


async def test_whoever_holds_the_address_on_file_administers_at_once(reference: AsyncSession) -> None:
    siret = a_siret()
    await add_company(reference, siret=siret, contact_email="Lea.Martin@exemple.fr")
    asked = await company_rights.ask(reference, Actor(user=await add_user(reference)), siret, NOW)
    assert asked.accepted
    assert await jobs(reference) == []


async def test_whoever_is_signed_in_when_their_company_is_published_administers_it(
    reference: AsyncSession,
) -> None:
    user = await add_user(reference, "ana@dupont.example")
    form = a_form(contact=a_contact(email="Ana@dupont.example"))
    await prove(reference, await registered(reference, form), NOW)
    found = await rights.member(reference, (await company(reference, form.identity.siret)).id, user)
    assert found
    assert (found.role, found.accepted) == (ADMIN, True)


async def test_only_registered_companies_are_joined(reference: AsyncSession, served: Served) -> None:
    potentiel, banned = a_siret(), a_siret()
    await add_potentiel(reference, siret=potentiel)
    await add_company(reference, siret=banned, banned_at=NOW)
    for siret, code in (
        (potentiel, "unregistered"),
        (an_identity().siret, "unregistered"),
        (banned, "banned"),
        ("12", "siret"),
    ):
        with pytest.raises(InvalidInputError) as refused:
            await company_rights.ask(reference, served.asker, siret, NOW)
        assert refused.value.errors[0].code == code
    with pytest.raises(ConflictError, match="déjà partie"):
        await company_rights.ask(reference, served.contact, served.siret, NOW)
    with pytest.raises(SignInError):
        await company_rights.ask(reference, NOBODY, served.siret, NOW)


async def test_an_account_does_not_ask_everywhere(reference: AsyncSession, served: Served) -> None:
    for _ in range(MAX_ASKED):
        other = await add_company(reference)
        await add_company_right(reference, other, served.user(served.asker), CONTACT, accepted=False)
    with pytest.raises(ConflictError, match="Vous attendez déjà"):
        await company_rights.ask(reference, served.asker, served.siret, NOW)


async def test_an_admin_accepts_with_a_role(reference: AsyncSession, served: Served) -> None:
    await company_rights.ask(reference, served.asker, served.siret, NOW)
    user = served.user(served.asker)
    await company_rights.accept(reference, served.admin, served.id, user, ADMIN, NOW)
    row = await right(reference, served, served.asker)
    assert (row.role, row.status, row.decided_by) == ("company_admin", "accepted", served.admin.user)
    assert (await job_names(reference))[-1] == "company.right_accepted_mail"
    (line,) = await search(reference, AuditSearch(action=AuditAction.COMPANY_RIGHT_GRANTED))
    assert (line.line.actor_id, line.line.role) == (served.admin.user, "company_admin")
    assert str(user) in line.line.detail
    with pytest.raises(ConflictError, match="n’existe plus"):
        await company_rights.accept(reference, served.admin, served.id, user, CONTACT, NOW)


async def test_an_admin_refuses(reference: AsyncSession, served: Served) -> None:
    await company_rights.ask(reference, served.asker, served.siret, NOW)
    user = served.user(served.asker)
    await company_rights.refuse(reference, served.admin, served.id, user, NOW)
    assert await right(reference, served, served.asker) is None
    assert (await job_names(reference))[-1] == "company.right_refused_mail"
    with pytest.raises(ConflictError, match="n’existe plus"):
        await company_rights.refuse(reference, served.admin, served.id, user, NOW)


async def test_only_admins_decide_and_strangers_see_nothing(reference: AsyncSession, served: Served) -> None:
    await company_rights.ask(reference, served.asker, served.siret, NOW)
    user = served.user(served.asker)
    stranger = Actor(user=uuid4(), companies={served.id + 10_000: ADMIN})
    for actor, error in (
        (served.contact, ForbiddenError),
        (served.asker, NotFoundError),
        (stranger, NotFoundError),
        (NOBODY, NotFoundError),
    ):
        with pytest.raises(error):
            await company_rights.accept(reference, actor, served.id, user, CONTACT, NOW)
        with pytest.raises(error):
            await company_rights.refuse(reference, actor, served.id, user, NOW)
        with pytest.raises(error):
            await company_rights.change_role(reference, actor, served.id, user, ADMIN, NOW)
        with pytest.raises(error):
            await company_rights.remove(reference, actor, served.id, served.user(served.admin), NOW)


async def test_members_see_each_other_and_admins_see_who_waits(
    reference: AsyncSession, served: Served
) -> None:
    await company_rights.ask(reference, served.asker, served.siret, NOW)
    seen = await company_rights.team_of(reference, served.admin, served.id)
    assert {one.email for one in seen.members} == {"admin@pain.example", "contact@pain.example"}
    assert [one.email for one in seen.waiting] == ["asker@pain.example"]
    by_contact = await company_rights.team_of(reference, served.contact, served.id)
    assert (len(by_contact.members), by_contact.waiting, by_contact.may_manage) == (2, (), False)
    with pytest.raises(NotFoundError):
        await company_rights.team_of(reference, served.asker, served.id)


async def test_the_last_admin_neither_leaves_nor_steps_down(reference: AsyncSession, served: Served) -> None:
    me, other = served.user(served.admin), served.user(served.contact)
    with pytest.raises(ConflictError, match="au moins une personne"):
        await company_rights.remove(reference, served.admin, served.id, me, NOW)
    with pytest.raises(ConflictError, match="au moins une personne"):
        await company_rights.change_role(reference, served.admin, served.id, me, CONTACT, NOW)
    await company_rights.change_role(reference, served.admin, served.id, other, ADMIN, NOW)
    assert (await job_names(reference))[-1] == "company.right_changed_mail"
    await company_rights.change_role(reference, served.admin, served.id, other, ADMIN, NOW)
    assert len(await jobs(reference)) == 1, "the same role again is no change"
    await company_rights.remove(reference, served.admin, served.id, me, NOW)
    assert await right(reference, served, served.admin) is None
    assert (await job_names(reference))[-1] == "company.right_removed_mail"


async def test_a_contact_may_leave(reference: AsyncSession, served: Served) -> None:
    await company_rights.remove(reference, served.contact, served.id, served.user(served.contact), NOW)
    assert await right(reference, served, served.contact) is None


async def test_whoever_holds_the_address_on_file_is_not_taken_off(
    reference: AsyncSession, served: Served
) -> None:
    holder = await add_user(reference, "accueil@pain.example")
    await add_company_right(reference, served.id, holder, CONTACT)
    with pytest.raises(ConflictError, match="Changez d’abord l’adresse"):
        await company_rights.remove(reference, served.admin, served.id, holder, NOW)


@pytest.mark.parametrize("role", [Role.VALIDATOR, Role.BACK_OFFICE])
async def test_roles_of_agencies_are_none_of_a_company(
    reference: AsyncSession, served: Served, role: Role
) -> None:
    await company_rights.ask(reference, served.asker, served.siret, NOW)
    user = served.user(served.asker)
    with pytest.raises(InvalidInputError):
        await company_rights.accept(reference, served.admin, served.id, user, role, NOW)


async def test_nothing_changes_in_a_banned_company(reference: AsyncSession, served: Served) -> None:
    banned = await add_company(reference, banned_at=NOW)
    actor = Actor(user=served.admin.user, companies={banned: ADMIN})
    with pytest.raises(ConflictError, match="suspendue"):
        await company_rights.remove(reference, actor, banned, uuid4(), NOW)

"""The back office and companies: banned with a reason, let back, registrations decided on; each audited."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries.audit import AuditSearch, search
from data.tables import companies
from domain.audit import AuditAction
from domain.company import RegistrationStatus
from domain.errors import ConflictError, InvalidInputError, NotFoundError
from domain.roles import Actor, Role
from services import company_space_mails, moderation
from services.companies import public_company
from services.registrations import prove, start_registration, submit
from tests.factories.companies import a_siret, add_company, add_potentiel
from tests.factories.forms import NOW, a_contact, a_form, an_identity
from tests.factories.people import add_company_right, add_user
from tests.services.company_helpers import (
    company,
    filled,
    mail_link,
    registered,
    registration_row,
)
from tests.services.test_company_mails import Sent

REASON = "Demandes d’argent aux candidats."


async def staff(session: AsyncSession) -> Actor:
    return Actor(user=await add_user(session, "equipe@escale.exemple.fr", back_office=True), back_office=True)


async def published(session: AsyncSession) -> tuple[int, str]:
    form = a_form()
    await prove(session, await registered(session, form), NOW)
    return (await company(session, form.identity.siret)).id, form.identity.siret


async def test_a_banned_company_is_shown_no_more_and_comes_back_as_it_was(reference: AsyncSession) -> None:
    actor = await staff(reference)
    company_id, siret = await published(reference)
    assert await public_company(reference, siret)
    before = (await company(reference, siret)).stamp
    await moderation.ban(reference, actor, company_id, f" {REASON} ", NOW)
    row = await company(reference, siret)
    assert (row.banned_at, row.ban_reason) == (NOW, REASON)
    assert row.stamp >= before, "stamped: each process drops it from its index"
    assert await public_company(reference, siret) is None
    with pytest.raises(ConflictError, match="déjà bannie"):
        await moderation.ban(reference, actor, company_id, REASON, NOW)
    await moderation.unban(reference, actor, company_id, NOW)
    assert await public_company(reference, siret)
    assert (await company(reference, siret)).ban_reason == ""
    with pytest.raises(ConflictError, match="pas bannie"):
        await moderation.unban(reference, actor, company_id, NOW)
    actions = [one.line.action for one in await search(reference, AuditSearch(object_id=str(company_id)))]
    assert actions[:2] == [AuditAction.COMPANY_UNBANNED, AuditAction.COMPANY_BANNED]


async def test_its_people_are_told_why_each_once(reference: AsyncSession) -> None:
    actor = await staff(reference)
    company_id, _ = await published(reference)
    for email, role, accepted in (
        ("ana@dupont.example", Role.COMPANY_ADMIN, True),
        ("lea@dupont.example", Role.COMPANY_CONTACT, True),
        ("sam@dupont.example", Role.COMPANY_CONTACT, False),
    ):
        await add_company_right(
            reference, company_id, await add_user(reference, email), role, accepted=accepted
        )
    await moderation.ban(reference, actor, company_id, REASON, NOW)
    sent = await Sent.by(reference, company_space_mails.banned_mail, "company.banned_mail")
    assert sorted(sent.recipients) == ["ana@dupont.example", "lea@dupont.example"]
    assert all(REASON in text and "mentions-legales" in text for text in sent.texts)
    await moderation.unban(reference, actor, company_id, NOW)
    late = await Sent.by(reference, company_space_mails.banned_mail, "company.banned_mail", again=True)
    assert late.recipients == [], "let back since: nobody is told of the ban any more"
    sent = await Sent.by(reference, company_space_mails.unbanned_mail, "company.unbanned_mail")
    assert sorted(sent.recipients) == ["ana@dupont.example", "lea@dupont.example"]


async def test_a_potentiel_has_nobody_to_tell(reference: AsyncSession) -> None:
    actor = await staff(reference)
    company_id = await add_potentiel(reference)
    await moderation.ban(reference, actor, company_id, REASON, NOW)
    sent = await Sent.by(reference, company_space_mails.banned_mail, "company.banned_mail")
    assert sent.recipients == []


async def test_only_the_platform_moderates(reference: AsyncSession) -> None:
    company_id, _ = await published(reference)
    admin = Actor(user=await add_user(reference), companies={company_id: Role.COMPANY_ADMIN})
    nobody = Actor()
    for actor in (admin, nobody):
        with pytest.raises(NotFoundError):
            await moderation.ban(reference, actor, company_id, REASON, NOW)
        with pytest.raises(NotFoundError):
            await moderation.unban(reference, actor, company_id, NOW)
        with pytest.raises(NotFoundError):
            await moderation.to_check(reference, actor)
        with pytest.raises(NotFoundError):
            await moderation.find_companies(reference, actor, "")
        with pytest.raises(NotFoundError):
            await moderation.company_by_siret(reference, actor, a_siret())
    with pytest.raises(NotFoundError, match="numéro"):
        await moderation.ban(reference, await staff(reference), 999_999_999, REASON, NOW)


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 1001])
async def test_a_ban_says_why(reference: AsyncSession, reason: str) -> None:
    company_id, siret = await published(reference)
    with pytest.raises(InvalidInputError):
        await moderation.ban(reference, await staff(reference), company_id, reason, NOW)
    assert (await company(reference, siret)).banned_at is None


async def test_a_banned_company_does_not_come_back_by_the_form(reference: AsyncSession) -> None:
    actor = await staff(reference)
    form = a_form()
    draft = await filled(reference, form)
    sent_draft = await submit(reference, draft, NOW)
    company_id = await add_company(reference, siret=form.identity.siret)
    await moderation.ban(reference, actor, company_id, REASON, NOW)
    with pytest.raises(ConflictError, match="ne peut pas être inscrite"):
        await start_registration(reference, form.identity.siret, NOW)
    link = await mail_link(reference, sent_draft.id)
    with pytest.raises(ConflictError, match="ne peut pas être inscrite"):
        await prove(reference, link, NOW)
    potentiel = await add_potentiel(reference, siret=an_identity().siret)
    await moderation.ban(reference, actor, potentiel, REASON, NOW)
    query = select(companies.c.siret).where(companies.c.id == potentiel)
    with pytest.raises(ConflictError, match="ne peut pas être inscrite"):
        await start_registration(reference, (await reference.execute(query)).scalar_one(), NOW)


async def test_companies_are_found_by_siret_name_or_ban(reference: AsyncSession) -> None:
    actor = await staff(reference)
    siret = a_siret()
    first = await add_company(reference, siret=siret, name="Fournil 100 % bio", jobs=())
    second = await add_company(reference, name="Autre", custom_name="Le Fournil", jobs=())

    async def found(words: str, *, banned: bool = False) -> list[int]:
        return [one.id for one in await moderation.find_companies(reference, actor, words, banned=banned)]

    assert await found(" ".join((siret[:9], siret[9:]))) == [first]
    assert await found("fournil") == [second, first]
    assert await found("100 %") == [first], "a percent sign is no wildcard"
    assert await found("") == []
    await moderation.ban(reference, actor, first, REASON, NOW)
    assert await found("") == [first]
    assert await found("fournil", banned=True) == [first]
    assert (await moderation.company_by_siret(reference, actor, siret)).ban_reason == REASON
    with pytest.raises(NotFoundError):
        await moderation.company_by_siret(reference, actor, a_siret())


async def test_decisions_on_registrations_are_written_down(reference: AsyncSession) -> None:
    actor = await staff(reference)
    for decide in ("approve", "refuse"):
        form = a_form(contact=a_contact(email="ana@gmail.com"))
        await prove(reference, await registered(reference, form, f"link-{decide}"), NOW)
        (waiting,) = await moderation.to_check(reference, actor)
        with pytest.raises(NotFoundError):
            await moderation.approve(reference, Actor(), waiting.id, NOW)
        with pytest.raises(NotFoundError):
            await moderation.refuse(reference, Actor(), waiting.id, "Non.", NOW)
        if decide == "approve":
            await moderation.approve(reference, actor, waiting.id, NOW)
            assert await public_company(reference, form.identity.siret)
        else:
            await moderation.refuse(reference, actor, waiting.id, "Non.", NOW)
            status = (await registration_row(reference, waiting.id)).status
            assert status == RegistrationStatus.REFUSED
    lines = await search(reference, AuditSearch(object_kind="registration"))
    assert [one.line.action for one in lines] == ["registration.refused", "registration.approved"]
    assert {one.line.actor_id for one in lines} == {actor.user}

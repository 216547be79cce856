"""The end of an account: refused while somebody needs it, whole when nobody does, announced when unused."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Table, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import (
    agencies,
    audit,
    beneficiaries,
    companies,
    consents,
    convention_signatories,
    emails,
    links,
    outbox,
    passports,
    referrals,
    sessions,
    sign_ins,
    sms,
    users,
)
from domain.errors import ConflictError, InvalidInputError
from domain.retention import RETENTION, WARNED_BEFORE, Kept
from domain.roles import Actor, Role
from services.accounts.removal import delete_account, needs_of, unused_mail, warn_unused
from services.company_closing import close
from services.passports import create_passport
from services.retention import apply_retention
from services.work import Work
from tests.factories.companies import add_company
from tests.factories.convention_rows import add_convention
from tests.factories.conventions import office_at
from tests.factories.forms import NOW
from tests.factories.people import add_active_agency, add_agency, add_company_right, add_right, add_user
from tests.factories.reference import skill
from tests.services.account_helpers import EMAIL, actor, signed_in
from tests.services.post import Post, last_work, parts, tools

LIFE = RETENTION[Kept.UNUSED_ACCOUNTS].life


async def rows(session: AsyncSession, table: Table) -> int:
    return int(await session.scalar(select(func.count()).select_from(table)) or 0)


async def test_everything_goes_at_once(reference: AsyncSession) -> None:
    session = reference
    token, _ = await create_passport(session, [skill(3)], NOW)
    me = await actor(session, await signed_in(session, passport_token=token))
    await signed_in(session)
    await session.execute(update(users).values(phone="+33612345678"))
    agent = await add_user(session, "agent@exemple.fr")
    agency = await add_active_agency(session, agent)
    known = {"beneficiary_id": me.beneficiary, "since": NOW, "consent": "account", "consented_at": NOW}
    await session.execute(insert(referrals).values(agency_id=agency, user_id=agent, **known))
    given = {"beneficiary_id": me.beneficiary, "purpose": "private_lines", "target": "rqth"}
    await session.execute(insert(consents).values(**given, given_at=NOW))
    line = {"at": NOW, "action": "file.read", "object_kind": "referral", "object_id": "1"}
    await session.execute(insert(audit).values(**line, actor_id=agent, beneficiary_id=me.beneficiary))
    await session.execute(insert(audit).values(**line, actor_id=me.user))
    written = {"template": "t", "subject_id": "1", "message_id": "m", "created_at": NOW}
    await session.execute(insert(emails).values(**written, recipient=EMAIL.title()))
    signs = {"whom": "beneficiary", "email": EMAIL.title(), "phone": "+33698765432"}
    convention = await add_convention(session, agency_id=agency)
    await session.execute(insert(convention_signatories).values(convention_id=convention, **signs))
    text = {"kind": "k", "subject_id": str(convention), "reason": "r", "parts": 1}
    for number in ("+33698765432", "+33612345678"):
        await session.execute(insert(sms).values(**text, recipient=number, created_at=NOW))

    with pytest.raises(InvalidInputError):
        await delete_account(office_at(session, NOW), me, sure=False)
    assert await rows(session, sessions) == len(["here", "there"])
    await delete_account(office_at(session, NOW), me, sure=True)
    for table in (sessions, beneficiaries, passports, referrals, consents, emails, sign_ins, links):
        assert await rows(session, table) == 0, table.name
    # The number of the profile is typed, not proved: what another person was sent stays.
    assert (await session.scalars(select(sms.c.recipient))).all() == ["+33612345678"]
    assert await rows(session, users) == len(["agent"])
    assert [(row.actor_id, row.beneficiary_id) for row in await session.execute(select(audit))] == [
        (None, None)
    ]


@pytest.mark.parametrize("role", [Role.AGENCY_ADMIN, Role.VALIDATOR])
async def test_the_last_of_an_agency_hands_over_first(session: AsyncSession, role: Role) -> None:
    user, colleague = await add_user(session), await add_user(session, "collegue@exemple.fr")
    agency = await add_active_agency(session, user)
    other = Role.VALIDATOR if role is Role.AGENCY_ADMIN else Role.AGENCY_ADMIN
    await add_right(session, agency, colleague, (other,))
    me = Actor(user=user)
    assert (await needs_of(session, me)).agencies == ("Mission locale de Nantes",)
    with pytest.raises(ConflictError, match="Mission locale de Nantes"):
        await delete_account(office_at(session, NOW), me, sure=True)
    third = await add_user(session, "autre@exemple.fr")
    await add_right(session, agency, third, (role,))
    await delete_account(office_at(session, NOW), me, sure=True)
    await session.execute(select(users))


async def test_one_who_is_not_told_does_not_count(session: AsyncSession) -> None:
    user, colleague = await add_user(session), await add_user(session, "collegue@exemple.fr")
    agency = await add_active_agency(session, user)
    await add_right(session, agency, colleague, (Role.AGENCY_ADMIN, Role.VALIDATOR), notified=False)
    assert (await needs_of(session, Actor(user=user))).agencies
    assert not (await needs_of(session, Actor(user=colleague))).agencies


async def test_an_agency_that_refers_needs_its_counsellor(session: AsyncSession) -> None:
    validator, counsellor = await add_user(session), await add_user(session, "conseil@exemple.fr")
    serving = await add_active_agency(session, validator)
    active = {"status": "active", "activated_at": NOW, "refers_to": serving, "name": "Petite structure"}
    small = await add_agency(session, **active)
    await add_right(session, small, counsellor, (Role.AGENCY_ADMIN, Role.COUNSELLOR))
    assert (await needs_of(session, Actor(user=counsellor))).agencies == ("Petite structure",)
    assert (await needs_of(session, Actor(user=validator))).agencies == ("Mission locale de Nantes",)
    await session.execute(update(agencies).values(status="closed", closed_at=NOW))
    assert not (await needs_of(session, Actor(user=counsellor))).agencies


async def test_the_last_admin_of_a_company_hands_over_first(reference: AsyncSession) -> None:
    user, colleague = await add_user(reference), await add_user(reference, "collegue@exemple.fr")
    company = await add_company(reference, name="Fournil")
    await add_company_right(reference, company, user, Role.COMPANY_ADMIN)
    await add_company_right(reference, company, colleague, Role.COMPANY_ADMIN, accepted=False)
    assert "Fournil" in (await needs_of(reference, Actor(user=user))).refusal
    assert (await needs_of(reference, Actor(user=colleague))).refusal == ""
    third = await add_user(reference, "autre@exemple.fr")
    await add_company_right(reference, company, third, Role.COMPANY_ADMIN)
    await delete_account(office_at(reference, NOW), Actor(user=user), sure=True)


async def test_a_company_that_closed_holds_nobody_back(reference: AsyncSession) -> None:
    """And it keeps nobody's address."""
    user = await add_user(reference, EMAIL)
    company = await add_company(reference, contact_mode="email", contact_email=EMAIL)
    await add_company_right(reference, company, user, Role.COMPANY_ADMIN)
    assert (await needs_of(reference, Actor(user=user))).companies
    await close(reference, Actor(user=user, companies={company: Role.COMPANY_ADMIN}), company, NOW)
    await delete_account(office_at(reference, NOW), Actor(user=user), sure=True)
    row = (await reference.execute(select(companies).where(companies.c.id == company))).one()
    assert (row.contact_email, row.contact_name, row.contact_mode) == ("", "", "in_person")
    assert row.closed_at == NOW


async def test_an_unused_account_is_told_once_then_goes(session: AsyncSession) -> None:
    user = await add_user(session, seen_at=NOW)
    post = Post()

    async def night(at: Any) -> int:  # noqa: ANN401 - a moment
        work = Work(id=1, payload={}, created_at=at, now=at)
        await apply_retention(office_at(session, at))
        return await warn_unused(session, tools(post), work)

    told_at = NOW + LIFE - WARNED_BEFORE + timedelta(hours=1)
    assert await night(told_at - timedelta(hours=2)) == 0
    assert await night(told_at) == 1
    assert await night(told_at + timedelta(days=1)) == 0
    work = await last_work(session, "account.unused_mail")
    assert work.payload == {"user": str(user)}
    await unused_mail(session, tools(post), work)
    assert post.sent[0]["To"] == EMAIL
    assert "30 jours" in parts(post.sent[0])[0]
    assert "/connexion?suite=/compte" in parts(post.sent[0])[0]
    await night(NOW + LIFE)
    assert await rows(session, users) == 1
    await night(NOW + LIFE + timedelta(hours=2))
    assert await rows(session, users) == 0
    await unused_mail(session, tools(post), work)
    assert len(post.sent) == 1


async def test_who_comes_back_keeps_the_account(session: AsyncSession) -> None:
    await add_user(session, EMAIL, seen_at=NOW - LIFE, warned_at=NOW - WARNED_BEFORE)
    await signed_in(session)
    row = (await session.execute(select(users))).one()
    assert (row.seen_at, row.warned_at) == (NOW, None)
    await session.execute(insert(outbox).values(job="account.unused_mail", payload={"user": str(row.id)}))
    post = Post()
    await unused_mail(session, tools(post), await last_work(session, "account.unused_mail"))
    assert post.sent == []

"""The mails of a company's space: to whom, what they say, and when there is nothing left to say."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries.audit import AuditSearch, search
from data.tables import companies, emails, outbox
from domain.audit import AuditAction
from domain.company import RegistrationStatus, Step
from domain.errors import ConflictError, ExpiredError, NotFoundError
from domain.roles import NOBODY, Actor, Role
from domain.values import siret_groups
from services import company_invitations, company_mails, company_rights, company_space
from services import company_space_mails as mails
from services.edits import keep_address, open_from_space
from services.links import Purpose
from services.registrations import prove, save_step, submit
from services.work import Tools, Work
from tests.factories.companies import add_company, add_potentiel
from tests.factories.forms import NOW, a_contact, a_form
from tests.factories.people import add_company_right, add_user
from tests.services.company_helpers import (
    company,
    jobs,
    mail_link,
    registered,
    registration_row,
)
from tests.services.post import Post, parts, path_in, tools

ADMIN, CONTACT = Role.COMPANY_ADMIN, Role.COMPANY_CONTACT
JobFunction = Callable[[AsyncSession, Tools, Work], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Sent:
    """What the jobs of one name sent."""

    recipients: list[str]
    texts: list[str]
    paths: list[str]

    @classmethod
    async def by(
        cls, session: AsyncSession, function: JobFunction, job: str, *, again: bool = False
    ) -> "Sent":
        """Run every job of that name that waits; `again`: as if none had been run."""
        if again:
            await session.execute(delete(emails))
        post = Post()
        for row in (await session.execute(select(outbox).where(outbox.c.job == job))).all():
            await function(session, tools(post), Work(row.id, row.payload, row.created_at, NOW))
        texts = [parts(one)[0] for one in post.sent]
        return cls([str(one["To"]) for one in post.sent], texts, [path_in(one) for one in post.sent])


@dataclass(frozen=True, slots=True)
class Pair:
    """A company, its admin, and somebody who asks."""

    id: int
    siret: str
    admin: Actor
    asker: Actor

    @property
    def asking(self) -> UUID:
        """The account that asks."""
        assert self.asker.user
        return self.asker.user


@pytest.fixture
async def pair(reference: AsyncSession) -> Pair:
    form = a_form()
    await prove(reference, await registered(reference, form), NOW)
    company_id = (await company(reference, form.identity.siret)).id
    user = await add_user(reference, "admin@dupont.example")
    await add_company_right(reference, company_id, user, ADMIN)
    asker = Actor(user=await add_user(reference, "sam@dupont.example", first_name="Sam", last_name="Roy"))
    admin = Actor(user=user, companies={company_id: ADMIN})
    return Pair(company_id, form.identity.siret, admin, asker)


async def test_an_admin_is_told_who_asks(reference: AsyncSession, pair: Pair) -> None:
    await company_rights.ask(reference, pair.asker, pair.siret, NOW)
    sent = await Sent.by(reference, mails.asked_mail, "company.right_asked_mail")
    assert sent.recipients == ["admin@dupont.example"]
    assert "Sam Roy (sam@dupont.example)" in sent.texts[0]
    assert sent.paths == [f"/entreprise/{pair.id}/equipe"]
    await company_rights.refuse(reference, pair.admin, pair.id, pair.asking, NOW)
    late = await Sent.by(reference, mails.asked_mail, "company.right_asked_mail", again=True)
    assert late.recipients == [], "answered since"


async def test_the_address_on_file_is_told_when_there_is_no_admin(reference: AsyncSession) -> None:
    form = a_form()
    await prove(reference, await registered(reference, form), NOW)
    asker = Actor(user=await add_user(reference))
    await company_rights.ask(reference, asker, form.identity.siret, NOW)
    sent = await Sent.by(reference, mails.asked_mail, "company.right_asked_mail")
    assert sent.recipients == ["ana@dupont.example"]


async def test_each_decision_is_one_mail(reference: AsyncSession, pair: Pair) -> None:
    await company_rights.ask(reference, pair.asker, pair.siret, NOW)
    await company_rights.accept(reference, pair.admin, pair.id, pair.asking, CONTACT, NOW)
    accepted = await Sent.by(reference, mails.accepted_mail, "company.right_accepted_mail")
    assert accepted.recipients == ["sam@dupont.example"]
    assert "répond aux demandes" in accepted.texts[0]
    assert accepted.paths == [f"/entreprise/{pair.id}"]
    await company_rights.change_role(reference, pair.admin, pair.id, pair.asking, ADMIN, NOW)
    changed = await Sent.by(reference, mails.changed_mail, "company.right_changed_mail")
    assert "gère l’entreprise" in changed.texts[0]
    await company_rights.remove(reference, pair.admin, pair.id, pair.asking, NOW)
    removed = await Sent.by(reference, mails.removed_mail, "company.right_removed_mail")
    assert removed.recipients == ["sam@dupont.example"]
    late = await Sent.by(reference, mails.accepted_mail, "company.right_accepted_mail", again=True)
    assert late.recipients == []


async def test_a_refusal_is_told_unless_the_person_is_in_since(reference: AsyncSession, pair: Pair) -> None:
    await company_rights.ask(reference, pair.asker, pair.siret, NOW)
    await company_rights.refuse(reference, pair.admin, pair.id, pair.asking, NOW)
    sent = await Sent.by(reference, mails.refused_mail, "company.right_refused_mail")
    assert sent.recipients == ["sam@dupont.example"]
    await company_rights.ask(reference, pair.asker, pair.siret, NOW)
    late = await Sent.by(reference, mails.refused_mail, "company.right_refused_mail", again=True)
    assert late.recipients == []


async def test_a_refusal_does_not_tell_a_name_that_may_not_be_shown(
    reference: AsyncSession, pair: Pair
) -> None:
    await reference.execute(update(companies).where(companies.c.id == pair.id).values(diffusible=False))
    await company_rights.ask(reference, pair.asker, pair.siret, NOW)
    mine = await company_space.my_spaces(reference, pair.asker, NOW)
    assert mine.waiting == ((pair.siret, ""),)
    await company_rights.refuse(reference, pair.admin, pair.id, pair.asking, NOW)
    sent = await Sent.by(reference, mails.refused_mail, "company.right_refused_mail")
    assert "Dupont" not in sent.texts[0]
    assert siret_groups(pair.siret) in sent.texts[0]


async def test_an_invitation_leads_to_the_company(reference: AsyncSession, pair: Pair) -> None:
    await company_invitations.invite(reference, pair.admin, pair.id, "Nina@dupont.example", CONTACT, NOW)
    sent = await Sent.by(reference, mails.invitation_mail, "company.invitation_mail")
    assert sent.recipients == ["nina@dupont.example"]
    assert all(text in sent.texts[0] for text in ("Léa Martin", "Boulangerie Dupont", "14 jours"))
    nina = Actor(user=await add_user(reference, "nina@dupont.example"))
    token = sent.paths[0].removeprefix("/entreprise/invitation/")
    assert await company_invitations.accept(reference, nina, token, NOW) == pair.id
    late = await Sent.by(reference, mails.invitation_mail, "company.invitation_mail", again=True)
    assert late.recipients == []


async def test_payloads_hold_ids_only(reference: AsyncSession, pair: Pair) -> None:
    await company_rights.ask(reference, pair.asker, pair.siret, NOW)
    await company_invitations.invite(reference, pair.admin, pair.id, "nina@dupont.example", CONTACT, NOW)
    for _, payload in await jobs(reference):
        assert set(payload) <= {"registration", "company", "place", "user", "to", "invitation"}
        assert "@" not in str(payload)


async def a_change(session: AsyncSession, pair: Pair, email: str = "lea@dupont.example") -> UUID:
    token, _ = await open_from_space(session, pair.admin, pair.id, NOW)
    await save_step(session, token, Step.CONTACT, a_contact(email=email), NOW)
    return (await submit(session, token, NOW, pair.admin)).id


async def keep_link(session: AsyncSession) -> str:
    sent = await Sent.by(session, company_mails.address_notice_mail, "company.address_notice_mail")
    assert sent.recipients == ["ana@dupont.example"]
    return sent.paths[0].removeprefix("/entreprises/adresse/")


async def test_the_address_on_file_blocks_its_change(reference: AsyncSession, pair: Pair) -> None:
    registration = await a_change(reference, pair)
    proof = await mail_link(reference, registration, token="proof-of-the-new")
    link = await keep_link(reference)
    await keep_address(reference, link, NOW)
    assert (await registration_row(reference, registration)).status == RegistrationStatus.REFUSED
    with pytest.raises(NotFoundError):
        await prove(reference, proof, NOW)
    assert (await company(reference, pair.siret)).contact_email == "ana@dupont.example"
    told = await Sent.by(reference, company_mails.refused_mail, "company.refused_mail")
    assert told.recipients == ["lea@dupont.example"]
    assert "ne pas avoir demandé" in told.texts[0]
    (line,) = await search(reference, AuditSearch(action=AuditAction.COMPANY_ADDRESS_KEPT))
    assert line.line.object_id == str(pair.id)
    with pytest.raises(ExpiredError):
        await keep_address(reference, link, NOW)


async def test_a_change_that_a_person_checks_is_blocked_too(reference: AsyncSession, pair: Pair) -> None:
    registration = await a_change(reference, pair, "ana@gmail.com")
    await prove(reference, await mail_link(reference, registration, token="proof-of-the-new"), NOW)
    await keep_address(reference, await keep_link(reference), NOW)
    assert (await registration_row(reference, registration)).status == RegistrationStatus.REFUSED


async def test_a_change_already_made_is_not_undone(reference: AsyncSession, pair: Pair) -> None:
    registration = await a_change(reference, pair)
    link = await keep_link(reference)
    await prove(reference, await mail_link(reference, registration, token="proof-of-the-new"), NOW)
    with pytest.raises(ConflictError, match="déjà confirmée"):
        await keep_address(reference, link, NOW)
    assert (await company(reference, pair.siret)).contact_email == "lea@dupont.example"


HALF = company_space.NUDGE_AFTER


async def test_six_months_without_a_change_are_asked_about_once(reference: AsyncSession, pair: Pair) -> None:
    assert await company_space.nudge(reference, NOW + HALF) == 0
    later = NOW + HALF + timedelta(days=1)
    assert await company_space.nudge(reference, later) == 1
    assert await company_space.nudge(reference, later + timedelta(days=1)) == 0
    sent = await Sent.by(reference, mails.nudge_mail, "company.nudge_mail")
    assert sent.recipients == ["ana@dupont.example"]
    assert sent.paths[0].startswith("/entreprises/a-jour/")
    assert await company_space.nudge(reference, later + HALF + timedelta(days=1)) == 1
    assert pair.id == (await jobs(reference))[-1][1]["company"]


async def test_one_link_says_that_the_file_holds(reference: AsyncSession, pair: Pair) -> None:
    later = NOW + HALF + timedelta(days=1)
    await company_space.nudge(reference, later)
    sent = await Sent.by(reference, mails.nudge_mail, "company.nudge_mail")
    token = sent.paths[0].rpartition("/")[2]
    soon = NOW + timedelta(days=3)
    assert await company_space.confirm(reference, NOBODY, token, soon) == pair.siret
    assert (await company(reference, pair.siret)).updated_at == soon
    with pytest.raises(ExpiredError, match="déjà servi"):
        await company_space.confirm(reference, NOBODY, token, soon)
    await reference.execute(update(companies).values(banned_at=NOW))
    other = await mail_link(reference, pair.id, Purpose.UP_TO_DATE, "other")
    with pytest.raises(NotFoundError):
        await company_space.confirm(reference, NOBODY, other, soon)


async def test_those_who_are_away_are_left_in_peace(reference: AsyncSession) -> None:
    long_ago = NOW - HALF - timedelta(days=1)
    old: dict[str, Any] = {
        "updated_at": long_ago,
        "created_at": long_ago,
        "contact_email": "a@b.example",
        "jobs": (),
    }
    asked = await add_company(reference, **old)
    paused_before = await add_company(reference, **old, next_availability_date=NOW.date())
    away = (
        {"banned_at": NOW},
        {"closed_at": NOW},
        {"next_availability_date": NOW.date() + timedelta(days=1)},
        {"contact_email": ""},
        {"updated_at": NOW},
        {"nudged_at": NOW - timedelta(days=100)},
    )
    for values in away:
        await add_company(reference, **(old | values))
    await add_potentiel(reference, **(old | {"contact_email": "a@b.example"}))
    assert await company_space.nudge(reference, NOW) == 2
    assert {payload["company"] for _, payload in await jobs(reference)} == {asked, paused_before}

"""The back office activates, refuses and closes; what a closed agency held goes somewhere, or ends."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import agencies, agency_rights, beneficiaries, referrals
from domain.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from domain.roles import Actor, Role
from services.agencies import activate, claim, close, register, reject, to_review
from services.agencies.registering import claimable
from tests.factories.people import SINCE, add_active_agency, add_agency, add_right, add_user
from tests.services.agency_helpers import FORM, NOW, STAFF, agency, audited, jobs, roles, settle

ADMIN, VALIDATOR, COUNSELLOR = Role.AGENCY_ADMIN, Role.VALIDATOR, Role.COUNSELLOR


@pytest.fixture
async def lea(reference: AsyncSession) -> Actor:
    return Actor(user=await add_user(reference))


async def accompanied(session: AsyncSession, agency_id: int, user: UUID) -> int:
    """Somebody this agent accompanies there; the referral's id."""
    person = insert(beneficiaries).values(created_at=SINCE, updated_at=SINCE).returning(beneficiaries.c.id)
    values = {"agency_id": agency_id, "user_id": user, "since": SINCE, "consent": "beside"}
    found = (await session.execute(person)).scalar_one()
    written = insert(referrals).values(beneficiary_id=found, consented_at=SINCE, **values)
    return int((await session.execute(written.returning(referrals.c.id))).scalar_one())


async def referral_rows(session: AsyncSession) -> Sequence[Any]:
    return (await session.execute(select(referrals).order_by(referrals.c.id))).all()


async def test_a_registration_is_reviewed_then_active(reference: AsyncSession, lea: Actor) -> None:
    known = await add_agency(reference, name="MISSION LOCALE DU SILLON", postal_code="44000")
    number = await register(reference, lea, FORM, [VALIDATOR], NOW, another=True)
    (waiting,) = await to_review(reference)
    assert waiting.agency.id == number
    assert [one.user_id for one in waiting.people] == [lea.user]
    assert [one.id for one in waiting.alike] == [known]
    assert (waiting.coverage, waiting.missing) == (("Loire-Atlantique (44)",), "")
    await activate(reference, STAFF, number, NOW)
    await settle(reference)
    row = await agency(reference, number)
    assert (row.status, row.activated_at) == ("active", NOW)
    right = (await reference.execute(select(agency_rights))).one()
    assert right.decided_at == NOW
    assert "agency.activated_mail" in await jobs(reference)
    assert (await audited(reference))[-1] == "agency.activated"
    assert await to_review(reference) == ()
    with pytest.raises(ConflictError, match="n’attend pas"):
        await activate(reference, STAFF, number, NOW)


async def test_only_the_back_office_decides(reference: AsyncSession, lea: Actor) -> None:
    number = await register(reference, lea, FORM, [VALIDATOR], NOW)
    for attempt in (
        activate(reference, lea, number, NOW),
        reject(reference, lea, number, "Non", NOW),
        close(reference, lea, number, None, NOW),
    ):
        with pytest.raises((NotFoundError, ForbiddenError)):
            await attempt
    assert (await agency(reference, number)).status == "to_review"


async def test_activation_says_what_is_missing(reference: AsyncSession) -> None:
    number = await add_agency(reference)
    with pytest.raises(ConflictError, match="Il lui manque : une personne qui l’administre ; une personne"):
        await activate(reference, STAFF, number, NOW)


async def test_an_agency_that_refers_needs_the_other_to_be_active(
    reference: AsyncSession, lea: Actor
) -> None:
    nina = await add_user(reference, "nina@exemple.fr")
    large = await add_active_agency(reference, nina)
    number = await register(reference, lea, replace(FORM, refers_to=large), [COUNSELLOR], NOW)
    closed = {"status": "closed", "closed_at": NOW}
    await reference.execute(update(agencies).where(agencies.c.id == large).values(**closed))
    with pytest.raises(ConflictError, match="n’est plus active"):
        await activate(reference, STAFF, number, NOW)


async def test_a_refusal_needs_a_reason_and_is_told(reference: AsyncSession, lea: Actor) -> None:
    number = await register(reference, lea, FORM, [VALIDATOR], NOW)
    with pytest.raises(InvalidInputError):
        await reject(reference, STAFF, number, "  ", NOW)
    await reject(reference, STAFF, number, "Cette adresse est celle d’un particulier.", NOW)
    row = await agency(reference, number)
    assert (row.status, row.status_reason) == ("rejected", "Cette adresse est celle d’un particulier.")
    assert (await jobs(reference))[-1] == "agency.rejected_mail"
    assert (await audited(reference))[-1] == "agency.rejected"


async def test_a_refused_claim_leaves_the_agency_to_others(reference: AsyncSession, lea: Actor) -> None:
    known = {"source": "prescripteurs", "source_key": "k", "contact_email": ""}
    number = await add_agency(reference, postal_code="44000", city="Nantes", **known)
    form = await claimable(reference, number, "lea@exemple.fr")
    await claim(reference, lea, number, form, [VALIDATOR], NOW)
    await reject(reference, STAFF, number, "Vous n’y travaillez pas.", NOW)
    row = await agency(reference, number)
    assert (row.status, row.contact_email, await roles(reference, number)) == ("to_review", "", {})
    assert await to_review(reference) == ()
    await claim(reference, lea, number, form, [VALIDATOR], NOW)


async def test_closing_hands_over_to_an_admin_of_the_other(reference: AsyncSession, lea: Actor) -> None:
    assert lea.user
    nina = await add_user(reference, "nina@exemple.fr")
    leaving = await add_active_agency(reference, lea.user)
    taking = await add_active_agency(reference, nina, name="Mission locale voisine")
    await add_right(reference, leaving, await add_user(reference, "tom@exemple.fr"), [Role.TO_REVIEW])
    await accompanied(reference, leaving, lea.user)
    await close(reference, STAFF, leaving, taking, NOW)
    await settle(reference)
    row = await agency(reference, leaving)
    assert (row.status, row.closed_at, row.transferred_to) == ("closed", NOW, taking)
    ended, begun = await referral_rows(reference)
    assert (ended.until, ended.end_reason) == (NOW, "handed_over")
    assert (begun.agency_id, begun.user_id, begun.consented_at) == (taking, nina, None), "asked again"
    assert set(await roles(reference, leaving)) == {lea.user}
    assert await jobs(reference) == ["referral.asked_mail", "agency.closed_mail"]
    assert await audited(reference) == ["agency.closed"]


async def test_closing_without_anybody_ends_what_it_held(reference: AsyncSession, lea: Actor) -> None:
    assert lea.user
    number = await add_active_agency(reference, lea.user)
    await accompanied(reference, number, lea.user)
    await close(reference, STAFF, number, None, NOW)
    (ended,) = await referral_rows(reference)
    assert ended.end_reason == "agency_closed"
    assert "referral.ended_person_mail" in await jobs(reference)


async def test_agencies_it_validates_for_follow_or_prevent_it(reference: AsyncSession, lea: Actor) -> None:
    assert lea.user
    large = await add_active_agency(reference, lea.user)
    other = await add_active_agency(reference, lea.user, name="Mission locale voisine")
    small = await add_agency(reference, name="Petite", status="active", activated_at=SINCE, refers_to=large)
    await add_right(reference, small, lea.user, [ADMIN, COUNSELLOR])
    with pytest.raises(ConflictError, match="valide pour 1 autre "):
        await close(reference, STAFF, large, None, NOW)
    with pytest.raises(ConflictError, match="s’appuie sur celle qui ferme"):
        await close(reference, STAFF, large, small, NOW)
    await close(reference, STAFF, large, other, NOW)
    await settle(reference)
    assert (await agency(reference, small)).refers_to == other


async def test_what_cannot_be_closed(reference: AsyncSession, lea: Actor) -> None:
    assert lea.user
    number = await add_active_agency(reference, lea.user)
    waiting = await add_agency(reference)
    for which, to in ((number, number), (number, waiting), (waiting, None)):
        with pytest.raises(ConflictError):
            await close(reference, STAFF, which, to, NOW)
    with pytest.raises(NotFoundError):
        await close(reference, STAFF, 10**9, None, NOW)
    with pytest.raises(NotFoundError):
        await close(reference, STAFF, number, 10**9, NOW)

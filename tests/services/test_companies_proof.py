"""A proof publishes in its transaction, or asks a person first; the back office decides."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import places as place_queries
from data.session import SessionMaker, create_engine, create_maker
from data.tables import companies
from domain.company import CheckReason, RegistrationStatus
from domain.errors import ConflictError, InvalidInputError, NotFoundError
from domain.search import ContactMode, RemoteMode
from domain.values import Point
from services.companies import opt_out, public_company
from services.registrations import load_registration, prove, register, start_registration, submit
from services.review import approve, refuse, to_check
from tests.factories.companies import add_company, add_potentiel
from tests.factories.forms import NOW, a_contact, a_form, a_place, an_identity, an_offer
from tests.factories.reference import add_reference, skill
from tests.services.company_helpers import (
    LINK,
    company,
    fields,
    filled,
    job_names,
    jobs,
    mail_link,
    offered,
    places,
    registered,
    registration_row,
)

PUBLISHED, TO_CHECK = RegistrationStatus.PUBLISHED, RegistrationStatus.TO_CHECK
FREE = a_contact(email="ana@gmail.com")


async def test_a_proof_publishes_the_company_whole(reference: AsyncSession) -> None:
    offer = an_offer(skills=(skill(12),), remote_mode=RemoteMode.HYBRID, text="Une journée en boutique.")
    form = a_form(offers=(offer, an_offer(rome="D1102", label="Boulanger")))
    proved = await prove(reference, await registered(reference, form), NOW)
    assert (proved.status, proved.siret) == (PUBLISHED, form.identity.siret)

    row = await company(reference, form.identity.siret)
    assert (row.proof, row.source, row.contact_mode) == ("proved", "form", ContactMode.EMAIL)
    assert (row.contact_phone, row.max_contacts_per_month, row.naf_division) == ("+33142685300", 6, "10")
    first, second = await offered(reference, row.id)
    assert (first.rome, first.skills, first.remote_mode) == ("D1106", [skill(12)], RemoteMode.HYBRID)
    assert second.label == "Boulanger"
    (place,) = await places(reference, row.id)
    assert (place.lat, place.lon, place.insee, place.approximate) == (47.2184, -1.5536, "44109", True)
    assert await jobs(reference) == [
        ("company.proof_mail", (await jobs(reference))[0][1]),
        ("place.geocode", {"place": place.id}),
        ("saved_search.match", {"company": row.id}),
        ("company.published_mail", {"company": row.id}),
    ]


async def test_what_was_typed_goes_from_the_registration(reference: AsyncSession) -> None:
    form = a_form()
    token, registration = await register(reference, form, NOW)
    await prove(reference, await mail_link(reference, registration.id), NOW)
    row = await registration_row(reference, registration.id)
    assert (row.status, row.email, row.data) == (PUBLISHED, "", {})
    assert (await load_registration(reference, token)).status is PUBLISHED


@pytest.mark.parametrize(
    ("point", "kept", "approximate"),
    [
        (Point(47.2100, -1.5600), (47.2100, -1.5600), False),
        (Point(48.8566, 2.3522), (47.2184, -1.5536), True),
        (None, (47.2184, -1.5536), True),
    ],
)
async def test_a_point_is_believed_near_its_commune(
    reference: AsyncSession, point: Point | None, kept: tuple[float, float], approximate: bool
) -> None:
    form = a_form(places=(a_place(point=point),))
    await prove(reference, await registered(reference, form), NOW)
    row = await company(reference, form.identity.siret)
    (place,) = await places(reference, row.id)
    assert ((place.lat, place.lon), place.approximate) == (kept, approximate)
    assert ("place.geocode" in await job_names(reference)) is approximate


async def test_without_a_street_there_is_nothing_to_geocode(reference: AsyncSession) -> None:
    form = a_form(places=(a_place(address=""),))
    await prove(reference, await registered(reference, form), NOW)
    assert "place.geocode" not in await job_names(reference)


async def test_the_same_link_tells_the_same_again(reference: AsyncSession) -> None:
    link = await registered(reference, a_form())
    first = await prove(reference, link, NOW)
    assert await prove(reference, link, NOW + timedelta(days=2)) == first
    assert (await job_names(reference)).count("company.published_mail") == 1


async def test_a_potentiel_is_claimed(reference: AsyncSession) -> None:
    form = a_form()
    company_id = await add_potentiel(reference, siret=form.identity.siret, name="Public SAS")
    before = await places(reference, company_id)
    await prove(reference, await registered(reference, form), NOW)
    row = await company(reference, form.identity.siret)
    assert (row.id, row.proof, row.name) == (company_id, "proved", "Boulangerie Dupont")
    assert {place.id for place in await places(reference, company_id)}.isdisjoint({one.id for one in before})


async def test_a_second_registrant_of_a_siret_is_refused(reference: AsyncSession) -> None:
    form = a_form()
    first = await registered(reference, form, "first-link")
    second = await registered(
        reference, replace(form, contact=a_contact(email="lea@dupont.example")), "second-link"
    )
    await prove(reference, first, NOW)
    with pytest.raises(ConflictError, match="lien de modification"):
        await prove(reference, second, NOW)
    assert (await company(reference, form.identity.siret)).contact_email == "ana@dupont.example"


async def test_a_banned_company_does_not_come_back(reference: AsyncSession) -> None:
    form = a_form()
    link = await registered(reference, form)
    await add_potentiel(reference, siret=form.identity.siret, banned_at=NOW)
    with pytest.raises(ConflictError, match="ne peut pas être inscrite"):
        await prove(reference, link, NOW)


@pytest.mark.parametrize(
    ("contact", "reason"),
    [(FREE, CheckReason.FREE_MAIL), (a_contact(email="ana@autre.example"), CheckReason.OTHER_DOMAIN)],
)
async def test_a_person_checks_first_then_approves(
    reference: AsyncSession, contact: object, reason: CheckReason
) -> None:
    form = a_form(contact=contact)
    link = await registered(reference, form)
    proved = await prove(reference, link, NOW)
    assert proved.status is TO_CHECK
    assert await company(reference, form.identity.siret) is None
    (waiting,) = await to_check(reference)
    assert (waiting.reason, waiting.siret, waiting.name) == (reason, proved.siret, "Boulangerie Dupont")
    assert (await job_names(reference))[-1] == "company.to_check_mail"
    assert await prove(reference, link, NOW) == proved

    assert (await approve(reference, waiting.id, NOW)).status is PUBLISHED
    assert await company(reference, form.identity.siret) is not None
    assert await to_check(reference) == []
    assert (await job_names(reference))[-1] == "company.published_mail"
    with pytest.raises(ConflictError, match="n’attend pas"):
        await approve(reference, waiting.id, NOW)


async def test_a_person_refuses_with_a_reason(reference: AsyncSession) -> None:
    form = a_form(contact=FREE)
    link = await registered(reference, form)
    await prove(reference, link, NOW)
    (waiting,) = await to_check(reference)
    for reason in (" \u200b ", "x" * 1001):
        with pytest.raises(InvalidInputError) as refused:
            await refuse(reference, waiting.id, reason, NOW)
        assert fields(refused.value) == {"reason"}
    await refuse(reference, waiting.id, "Le SIRET est celui d’une autre entreprise.", NOW)
    assert (await registration_row(reference, waiting.id)).status == RegistrationStatus.REFUSED
    assert (await job_names(reference))[-1] == "company.refused_mail"
    with pytest.raises(ConflictError, match="refusée"):
        await prove(reference, link, NOW)


async def test_the_back_office_names_a_registration_that_exists(reference: AsyncSession) -> None:
    _, draft = await start_registration(reference, an_identity().siret, NOW)
    with pytest.raises(ConflictError):
        await approve(reference, draft.id, NOW)
    with pytest.raises(NotFoundError):
        await refuse(reference, UUID(int=0), "Non.", NOW)


async def test_an_approval_meets_a_siret_proved_meanwhile(reference: AsyncSession) -> None:
    form = a_form(contact=FREE)
    await prove(reference, await registered(reference, form), NOW)
    (waiting,) = await to_check(reference)
    await add_company(reference, siret=form.identity.siret)
    with pytest.raises(ConflictError, match="lien de modification"):
        await approve(reference, waiting.id, NOW)


async def test_a_potentiel_leaves_for_good_until_claimed(reference: AsyncSession) -> None:
    form = a_form()
    siret = form.identity.siret
    company_id = await add_potentiel(reference, siret=siret)
    await opt_out(reference, siret, NOW)
    await opt_out(reference, siret, NOW + timedelta(days=1))
    assert (await company(reference, siret)).opted_out_at == NOW
    assert await public_company(reference, siret) is None

    await prove(reference, await registered(reference, form), NOW)
    row = await company(reference, siret)
    assert (row.id, row.opted_out_at) == (company_id, None)
    page = await public_company(reference, siret)
    assert page is not None
    assert page.volunteer
    with pytest.raises(ConflictError, match="lien de modification"):
        await opt_out(reference, siret, NOW)


async def test_nobody_unknown_leaves(reference: AsyncSession) -> None:
    with pytest.raises(NotFoundError):
        await opt_out(reference, an_identity().siret, NOW)


@asynccontextmanager
async def committed(database_url: str) -> AsyncIterator[SessionMaker]:
    """A maker of real transactions on a database that has the small referential."""
    engine = create_engine(database_url)
    maker = create_maker(engine)
    async with maker() as session, session.begin():
        await add_reference(session)
    yield maker
    await engine.dispose()


async def test_two_proofs_of_one_siret_at_once(fresh_database: str) -> None:
    """Two registrants of the same SIRET open their links together: one company, one refusal."""
    form = a_form()
    async with committed(fresh_database) as maker:
        async with maker() as session, session.begin():
            await registered(session, form, "first")
            await registered(session, replace(form, contact=a_contact(email="lea@dupont.example")), "second")

        async def one(link: str) -> object:
            async with maker() as session, session.begin():
                return await prove(session, link, NOW)

        outcomes = await asyncio.gather(one("first"), one("second"), return_exceptions=True)
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Proved", "RegisteredError"]
        async with maker() as session:
            row = await company(session, form.identity.siret)
            assert len(await place_queries.places_of(session, row.id)) == 1
            assert (await job_names(session)).count("company.published_mail") == 1


async def test_one_link_opened_twice_at_once(fresh_database: str) -> None:
    async with committed(fresh_database) as maker:
        async with maker() as session, session.begin():
            await registered(session, a_form())

        async def one() -> object:
            async with maker() as session, session.begin():
                return await prove(session, LINK, NOW)

        first, second = await asyncio.gather(one(), one())
        assert first == second
        async with maker() as session:
            assert (await job_names(session)).count("company.published_mail") == 1


async def test_one_draft_submitted_twice_at_once(fresh_database: str) -> None:
    async with committed(fresh_database) as maker:
        async with maker() as session, session.begin():
            token = await filled(session, a_form())

        async def one() -> RegistrationStatus:
            async with maker() as session, session.begin():
                return (await submit(session, token, NOW)).status

        assert set(await asyncio.gather(one(), one())) == {RegistrationStatus.TO_PROVE}
        async with maker() as session:
            assert await job_names(session) == ["company.proof_mail"]


async def test_a_claim_and_a_ban_at_once(fresh_database: str) -> None:
    """A claim that waits for a ban being written is refused once it is."""
    form = a_form()
    async with committed(fresh_database) as maker:
        async with maker() as session, session.begin():
            await registered(session, form)
            company_id = await add_potentiel(session, siret=form.identity.siret)

        async def one() -> object:
            async with maker() as session, session.begin():
                return await prove(session, LINK, NOW)

        async with maker() as session, session.begin():
            await session.execute(update(companies).where(companies.c.id == company_id).values(banned_at=NOW))
            claim = asyncio.create_task(one())
            await asyncio.sleep(0.2)
            assert not claim.done()
        with pytest.raises(ConflictError, match="ne peut pas être inscrite"):
            await claim

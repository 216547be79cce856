"""A proved company changes its file by a link; a new address is proved before it replaces the old one."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries.audit import AuditSearch, search
from data.tables import companies, company_places
from domain.audit import AuditAction
from domain.company import CompanyForm, RegistrationStatus, Step
from domain.errors import (
    ConflictError,
    ExpiredError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    SignInError,
    StaleError,
)
from domain.roles import NOBODY, Actor, Role
from services.edits import open_edit, open_from_space, request_edit
from services.links import Purpose
from services.registrations import load_registration, prove, save_step, submit
from services.review import approve, to_check
from tests.factories.companies import add_company, add_potentiel
from tests.factories.forms import NOW, a_contact, a_form, a_place, an_identity, an_offer
from tests.factories.people import add_user
from tests.services.company_helpers import (
    company,
    job_names,
    jobs,
    mail_link,
    offered,
    places,
    registered,
)

EDIT, PROVE = "edit-link", "prove-link"
NEW = "lea@dupont.example"


async def published(session: AsyncSession, form: CompanyForm) -> int:
    await prove(session, await registered(session, form, "first-proof"), NOW)
    row = await company(session, form.identity.siret)
    return int(row.id)


async def opened(session: AsyncSession, company_id: int) -> str:
    await mail_link(session, company_id, Purpose.EDIT, EDIT)
    token, _ = await open_edit(session, EDIT, NOW)
    return token


async def test_the_link_goes_to_the_address_on_file_only(reference: AsyncSession) -> None:
    company_id = await add_company(reference)
    potentiel = await add_potentiel(reference)
    banned = await add_company(reference, banned_at=NOW)
    for known in (company_id, potentiel, banned):
        query = companies.select().where(companies.c.id == known)
        await request_edit(reference, (await reference.execute(query)).one().siret, NOW)
    for unknown in (an_identity().siret, "not a siret"):
        await request_edit(reference, unknown, NOW)
    assert await jobs(reference) == [("company.edit_mail", {"company": company_id})]


async def test_an_impatient_second_click_sends_nothing_more(reference: AsyncSession) -> None:
    form = a_form()
    company_id = await published(reference, form)
    await mail_link(reference, company_id, Purpose.EDIT, EDIT)
    await request_edit(reference, form.identity.siret, NOW + timedelta(seconds=30))
    assert "company.edit_mail" not in await job_names(reference)
    await request_edit(reference, form.identity.siret, NOW + timedelta(minutes=2))
    assert (await job_names(reference))[-1] == "company.edit_mail"


async def test_the_file_opens_whole_and_once(reference: AsyncSession) -> None:
    form = a_form()
    company_id = await published(reference, form)
    await mail_link(reference, company_id, Purpose.EDIT, EDIT)
    _, draft = await open_edit(reference, EDIT, NOW)
    assert draft.editing
    assert draft.next_step is Step.SUMMARY
    assert draft.form.contact.email == "ana@dupont.example"
    assert draft.form.offers == form.offers
    assert draft.form.places == (replace(a_place(), insee="44109"),)
    with pytest.raises(ExpiredError, match="déjà servi"):
        await open_edit(reference, EDIT, NOW)


async def test_links_of_one_purpose_open_nothing_else(reference: AsyncSession) -> None:
    company_id = await published(reference, a_form())
    await mail_link(reference, company_id, Purpose.EDIT, EDIT)
    with pytest.raises(NotFoundError):
        await prove(reference, EDIT, NOW)
    with pytest.raises(NotFoundError):
        await open_edit(reference, "first-proof", NOW)


async def test_a_link_that_is_too_old_says_what_to_do(reference: AsyncSession) -> None:
    company_id = await published(reference, a_form())
    await mail_link(reference, company_id, Purpose.EDIT, EDIT)
    with pytest.raises(ExpiredError, match="Demandez-en un nouveau"):
        await open_edit(reference, EDIT, NOW + timedelta(days=400))


async def test_changes_are_published_at_once(reference: AsyncSession) -> None:
    form = a_form(
        places=(a_place(), a_place(address="9 rue Haute")),
        offers=(an_offer(), an_offer(label="Caissier", rome="D1505")),
    )
    company_id = await published(reference, form)
    first_place, _ = await places(reference, company_id)
    first_offer, _ = await offered(reference, company_id)
    token = await opened(reference, company_id)

    moved = (a_place(), a_place(postal_code="44400", city="Rezé"))
    await save_step(reference, token, Step.PLACES, moved, NOW)
    changed = (an_offer(text="Deux jours."), an_offer(rome="D1102", label="Boulanger"))
    await save_step(reference, token, Step.OFFERS, changed, NOW)
    later = NOW + timedelta(hours=1)
    assert (await submit(reference, token, later)).status is RegistrationStatus.PUBLISHED

    row = await company(reference, form.identity.siret)
    assert row.updated_at == later
    kept, new = await places(reference, company_id)
    assert (kept.id, new.city) == (first_place.id, "Rezé")
    one, two = await offered(reference, company_id)
    assert (one.id, one.text, two.label) == (first_offer.id, "Deux jours.", "Boulanger")
    assert (await job_names(reference)).count("company.published_mail") == 1
    assert (await job_names(reference))[-1] == "place.geocode"


async def test_a_refined_point_outlives_an_edit(reference: AsyncSession) -> None:
    company_id = await published(reference, a_form())
    exact = {"lat": 47.2101, "lon": -1.5502, "approximate": False}
    mine = company_places.c.company_id == company_id
    await reference.execute(update(company_places).where(mine).values(**exact))
    token = await opened(reference, company_id)
    await save_step(reference, token, Step.PLACES, (a_place(),), NOW)
    await submit(reference, token, NOW)
    (place,) = await places(reference, company_id)
    assert (place.lat, place.lon, place.approximate) == (47.2101, -1.5502, False)


async def test_the_siret_stays(reference: AsyncSession) -> None:
    company_id = await published(reference, a_form())
    token = await opened(reference, company_id)
    with pytest.raises(InvalidInputError) as refused:
        await save_step(reference, token, Step.IDENTITY, an_identity(), NOW)
    assert refused.value.errors[0].code == "fixed"


async def test_a_new_address_is_proved_before_it_replaces_the_old_one(reference: AsyncSession) -> None:
    form = a_form()
    company_id = await published(reference, form)
    token = await opened(reference, company_id)
    await save_step(reference, token, Step.CONTACT, a_contact(email=NEW, name="Léa Blanc"), NOW)
    sent = await submit(reference, token, NOW)
    assert sent.status is RegistrationStatus.TO_PROVE
    row = await company(reference, form.identity.siret)
    assert (row.contact_email, row.contact_name) == ("ana@dupont.example", "Léa Blanc")
    ids = {"registration": str(sent.id), "company": company_id}
    expected = [("company.new_address_mail", ids), ("company.address_notice_mail", ids)]
    assert (await jobs(reference))[-2:] == expected

    await mail_link(reference, sent.id, Purpose.PROVE, PROVE)
    assert (await prove(reference, PROVE, NOW)).status is RegistrationStatus.PUBLISHED
    assert (await company(reference, form.identity.siret)).contact_email == NEW


async def test_the_same_address_written_otherwise_is_not_a_new_one(reference: AsyncSession) -> None:
    company_id = await published(reference, a_form())
    token = await opened(reference, company_id)
    await save_step(reference, token, Step.CONTACT, a_contact(email="ANA@Dupont.example"), NOW)
    assert (await submit(reference, token, NOW)).status is RegistrationStatus.PUBLISHED


async def test_a_new_address_open_to_all_is_checked_by_a_person(reference: AsyncSession) -> None:
    form = a_form()
    company_id = await published(reference, form)
    token = await opened(reference, company_id)
    await save_step(reference, token, Step.CONTACT, a_contact(email="ana@gmail.com"), NOW)
    sent = await submit(reference, token, NOW)
    await mail_link(reference, sent.id, Purpose.PROVE, PROVE)
    assert (await prove(reference, PROVE, NOW)).status is RegistrationStatus.TO_CHECK
    (waiting,) = await to_check(reference)
    assert waiting.editing
    assert (await company(reference, form.identity.siret)).contact_email == "ana@dupont.example"
    await approve(reference, waiting.id, NOW)
    assert (await company(reference, form.identity.siret)).contact_email == "ana@gmail.com"
    assert (await jobs(reference))[-1] == ("company.published_mail", {"company": company_id})


async def test_a_company_banned_meanwhile_is_not_changed(reference: AsyncSession) -> None:
    company_id = await published(reference, a_form())
    token = await opened(reference, company_id)
    await reference.execute(update(companies).where(companies.c.id == company_id).values(banned_at=NOW))
    with pytest.raises(NotFoundError, match="n’est plus dans l’annuaire"):
        await submit(reference, token, NOW)


async def test_a_closed_edit_does_not_change_again(reference: AsyncSession) -> None:
    company_id = await published(reference, a_form())
    token = await opened(reference, company_id)
    await submit(reference, token, NOW)
    with pytest.raises(ConflictError, match="publiée"):
        await save_step(reference, token, Step.CONTACT, a_contact(), NOW)


async def test_whoever_saves_second_overwrites_nothing(reference: AsyncSession) -> None:
    form = a_form()
    company_id = await published(reference, form)
    first = await opened(reference, company_id)
    await mail_link(reference, company_id, Purpose.EDIT, "other-link")
    second, _ = await open_edit(reference, "other-link", NOW)
    await save_step(reference, first, Step.CONTACT, a_contact(name="Léa Blanc"), NOW)
    await save_step(reference, second, Step.CONTACT, a_contact(job="Cheffe"), NOW)
    await submit(reference, first, NOW + timedelta(minutes=1))
    with pytest.raises(StaleError, match="Rien n’a été écrasé"):
        await submit(reference, second, NOW + timedelta(minutes=2))
    row = await company(reference, form.identity.siret)
    assert (row.contact_name, row.contact_job) == ("Léa Blanc", "Gérante")


async def test_an_address_may_be_corrected_after_it_was_sent(reference: AsyncSession) -> None:
    company_id = await published(reference, a_form())
    token = await opened(reference, company_id)
    await save_step(reference, token, Step.CONTACT, a_contact(email="lea@dupnt.example"), NOW)
    await submit(reference, token, NOW + timedelta(minutes=1))
    await save_step(reference, token, Step.CONTACT, a_contact(email=NEW), NOW)
    sent = await submit(reference, token, NOW + timedelta(minutes=2))
    assert (sent.status, sent.form.contact.email) == (RegistrationStatus.TO_PROVE, NEW)


async def test_an_account_edits_from_its_space_and_nobody_else_saves_it(reference: AsyncSession) -> None:
    form = a_form()
    company_id = await published(reference, form)
    user = await add_user(reference)
    admin = Actor(user=user, companies={company_id: Role.COMPANY_ADMIN})
    contact = Actor(user=user, companies={company_id: Role.COMPANY_CONTACT})
    with pytest.raises(ForbiddenError):
        await open_from_space(reference, contact, company_id, NOW)
    with pytest.raises(NotFoundError):
        await open_from_space(reference, Actor(user=user), company_id, NOW)
    token, _ = await open_from_space(reference, admin, company_id, NOW)
    assert (await load_registration(reference, token, admin)).editor == user
    await save_step(reference, token, Step.CONTACT, a_contact(job="Cheffe"), NOW)
    for nobody in (NOBODY, Actor(user=uuid4(), companies={company_id: Role.COMPANY_ADMIN})):
        with pytest.raises(SignInError):
            await load_registration(reference, token, nobody)
        with pytest.raises(SignInError):
            await submit(reference, token, NOW, nobody)
    with pytest.raises(ForbiddenError):
        await submit(reference, token, NOW, contact)
    with pytest.raises(NotFoundError):
        await submit(reference, token, NOW, Actor(user=user))
    assert (await submit(reference, token, NOW, admin)).status is RegistrationStatus.PUBLISHED
    assert (await company(reference, form.identity.siret)).contact_job == "Cheffe"
    (line,) = await search(reference, AuditSearch(action=AuditAction.COMPANY_EDITED))
    assert (line.line.actor_id, line.line.role, line.line.object_id) == (
        user,
        "company_admin",
        str(company_id),
    )

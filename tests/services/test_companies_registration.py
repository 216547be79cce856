"""A registration, step by step: saved, refused next to its field, resumed, submitted."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import companies
from domain.company import RegistrationStatus, Step
from domain.company_inputs import StepValues
from domain.errors import ConflictError, ExpiredError, InvalidInputError, NotFoundError
from domain.values import Point
from services import registrations
from services.companies import CompanyDraft, Lookup, LookupOutcome
from services.registrations import (
    load_registration,
    prove,
    register,
    resend_proof,
    save_step,
    start_registration,
    submit,
)
from tests.factories.companies import add_company, add_potentiel
from tests.factories.forms import NOW, a_contact, a_form, a_place, an_identity, an_offer
from tests.services.company_helpers import (
    LINK,
    company,
    fields,
    filled,
    job_names,
    jobs,
    mail_link,
    registration_row,
)

DRAFT, TO_PROVE = RegistrationStatus.DRAFT, RegistrationStatus.TO_PROVE


async def test_each_step_is_kept_and_the_draft_resumes(reference: AsyncSession) -> None:
    form = a_form()
    token, draft = await start_registration(reference, form.identity.siret, NOW)
    assert (draft.status, draft.next_step, draft.done) == (DRAFT, Step.IDENTITY, ())

    await save_step(reference, token, Step.IDENTITY, form.identity, NOW)
    await save_step(reference, token, Step.CONTACT, form.contact, NOW)
    again = await load_registration(reference, token)
    assert again.done == (Step.IDENTITY, Step.CONTACT)
    assert again.next_step is Step.PLACES
    assert again.form.identity.website == "https://www.dupont.example"
    assert again.form.contact.phone == "+33142685300"
    assert await jobs(reference) == []


async def test_only_the_hash_of_the_token_is_kept(reference: AsyncSession) -> None:
    token, draft = await start_registration(reference, an_identity().siret, NOW)
    row = await registration_row(reference, draft.id)
    assert token.encode() not in row.token_hash
    assert len(row.token_hash) == 32
    with pytest.raises(NotFoundError, match="Recommencez"):
        await load_registration(reference, row.token_hash.hex())


async def test_a_step_is_given_as_the_inputs_of_its_page(reference: AsyncSession) -> None:
    token, _ = await start_registration(reference, an_identity().siret, NOW)
    inputs = {"places.0.city": "Nantes", "places.0.postal_code": "44000"}
    draft = await save_step(reference, token, Step.PLACES, inputs, NOW)
    assert draft.form.places[0].insee == "44109"
    draft = await save_step(reference, token, Step.IDENTITY, {"name": "Dupont", "naf": "1071C"}, NOW)
    assert draft.form.identity.siret == draft.siret


@pytest.mark.parametrize(
    ("step", "values", "field"),
    [
        (Step.IDENTITY, an_identity(name=""), "name"),
        (Step.IDENTITY, an_identity(naf="00.00Z"), "naf"),
        (Step.PLACES, (), "places"),
        (Step.PLACES, (a_place(postal_code="44999", city="Nulle-Part"),), "places.0.city"),
        (Step.PLACES, (a_place(), a_place(postal_code="99000", city="Ailleurs")), "places.1.city"),
        (Step.OFFERS, (), "offers"),
        (Step.OFFERS, (an_offer(rome="N9999"),), "offers.0.rome"),
        (Step.OFFERS, (an_offer(appellation="99999"),), "offers.0.appellation"),
        (Step.OFFERS, (an_offer(appellation="20002"),), "offers.0.appellation"),
        (Step.OFFERS, (an_offer(skills=("999999999",)),), "offers.0.skills"),
        (
            Step.OFFERS,
            (an_offer(label="Vendeur / Vendeuse en alimentation"), an_offer(label="")),
            "offers.1.rome",
        ),
        (Step.CONTACT, a_contact(email="ana@"), "contact.email"),
    ],
)
async def test_a_refused_step_changes_nothing(
    reference: AsyncSession, step: Step, values: StepValues, field: str
) -> None:
    token, before = await start_registration(reference, an_identity().siret, NOW)
    with pytest.raises(InvalidInputError) as refused:
        await save_step(reference, token, step, values, NOW)
    assert fields(refused.value) == {field}
    assert await load_registration(reference, token) == before


async def test_labels_come_from_the_referential(reference: AsyncSession) -> None:
    token, _ = await start_registration(reference, an_identity().siret, NOW)
    typed = (an_offer(label="", appellation="20004"), an_offer(rome="D1102", label=""))
    draft = await save_step(reference, token, Step.OFFERS, typed, NOW)
    assert [offer.label for offer in draft.form.offers] == [
        "Vendeur / Vendeuse en alimentation",
        "Boulanger / Boulangère",
    ]


@pytest.mark.parametrize("siret", ["", "123", "12345678901234", "x" * 5000])
async def test_a_siret_that_is_none(reference: AsyncSession, siret: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        await start_registration(reference, siret, NOW)
    assert fields(refused.value) == {"siret"}


async def test_the_register_fills_the_draft(reference: AsyncSession) -> None:
    identity = an_identity(name="SARL DUPONT")
    place = a_place(point=Point(47.21, -1.55))
    answer = Lookup(LookupOutcome.FOUND, CompanyDraft(identity=identity, place=place, diffusible=False))
    token, draft = await start_registration(reference, identity.siret, NOW, answer)
    assert (draft.form.identity, draft.form.places, draft.diffusible) == (identity, (place,), False)
    assert draft.done == ()

    same = await save_step(reference, token, Step.PLACES, (a_place(),), NOW)
    assert same.form.places[0].point == Point(47.21, -1.55)
    moved = await save_step(reference, token, Step.PLACES, (a_place(address="9 rue Haute"),), NOW)
    assert moved.form.places[0].point is None


async def test_a_closed_establishment_is_said(reference: AsyncSession) -> None:
    with pytest.raises(InvalidInputError) as refused:
        await start_registration(reference, an_identity().siret, NOW, Lookup(LookupOutcome.CLOSED))
    assert "fermé" in refused.value.errors[0].message


async def test_a_potentiel_fills_the_draft_of_its_people(reference: AsyncSession) -> None:
    identity = an_identity(name="Public SAS")
    await add_potentiel(reference, siret=identity.siret, name="Public SAS")
    _, draft = await start_registration(reference, identity.siret, NOW)
    assert draft.form.identity.name == "Public SAS"
    assert draft.form.places[0].city == "Nantes"


@pytest.mark.parametrize(
    ("values", "told"),
    [({}, "lien de modification"), ({"banned_at": NOW}, "ne peut pas être inscrite")],
)
async def test_a_known_company_is_told_what_to_do(
    reference: AsyncSession, values: dict[str, Any], told: str
) -> None:
    siret = an_identity().siret
    await add_company(reference, siret=siret, **values)
    with pytest.raises(ConflictError, match=told):
        await start_registration(reference, siret, NOW)


async def test_another_siret_may_be_typed_until_it_is_sent(reference: AsyncSession) -> None:
    token, _ = await start_registration(reference, an_identity().siret, NOW)
    other = an_identity()
    draft = await save_step(reference, token, Step.IDENTITY, other, NOW)
    assert draft.siret == other.siret
    taken = an_identity()
    await add_company(reference, siret=taken.siret)
    with pytest.raises(ConflictError):
        await save_step(reference, token, Step.IDENTITY, taken, NOW)


async def test_a_whole_draft_is_submitted_once(reference: AsyncSession) -> None:
    token = await filled(reference, a_form())
    sent = await submit(reference, token, NOW)
    assert sent.status is TO_PROVE
    assert await jobs(reference) == [("company.proof_mail", {"registration": str(sent.id)})]
    assert (await submit(reference, token, NOW)).status is TO_PROVE
    assert len(await jobs(reference)) == 1
    assert await company(reference, sent.siret) is None


async def test_a_draft_with_steps_missing_is_not_sent(reference: AsyncSession) -> None:
    token, _ = await start_registration(reference, an_identity().siret, NOW)
    with pytest.raises(InvalidInputError) as refused:
        await submit(reference, token, NOW)
    assert fields(refused.value) == {"name", "places", "offers", "contact.email", "contact.name"}


async def test_going_back_withdraws_the_link_sent(reference: AsyncSession) -> None:
    token = await filled(reference, a_form())
    sent = await submit(reference, token, NOW)
    await mail_link(reference, sent.id)
    draft = await save_step(reference, token, Step.CONTACT, a_contact(email="lea@dupont.example"), NOW)
    assert draft.status is DRAFT
    with pytest.raises(NotFoundError, match="demandez un nouveau lien"):
        await prove(reference, LINK, NOW)
    await submit(reference, token, NOW)
    assert (await registration_row(reference, sent.id)).email == "lea@dupont.example"
    assert await job_names(reference) == ["company.proof_mail"] * 2


async def test_the_mail_is_sent_again_on_demand(reference: AsyncSession) -> None:
    token = await filled(reference, a_form())
    with pytest.raises(ConflictError, match="Terminez"):
        await resend_proof(reference, token, NOW)
    await submit(reference, token, NOW)
    await resend_proof(reference, token, NOW)
    assert await job_names(reference) == ["company.proof_mail"] * 2


async def test_the_whole_form_at_once(reference: AsyncSession) -> None:
    form = a_form()
    token, registration = await register(reference, form, NOW)
    assert registration.status is TO_PROVE
    assert (await load_registration(reference, token)).form.offers == form.offers
    assert await job_names(reference) == ["company.proof_mail"]


async def test_the_whole_form_is_refused_whole(reference: AsyncSession) -> None:
    form = a_form(places=(a_place(postal_code="44999", city="Nulle-Part"),), offers=(an_offer(rome="N9999"),))
    with pytest.raises(InvalidInputError) as refused:
        await register(reference, form, NOW)
    assert fields(refused.value) == {"places.0.city", "offers.0.rome"}
    assert await jobs(reference) == []


async def test_what_is_published_or_refused_does_not_change(reference: AsyncSession) -> None:
    token = await filled(reference, a_form())
    sent = await submit(reference, token, NOW)
    await prove(reference, await mail_link(reference, sent.id), NOW)
    with pytest.raises(ConflictError, match="publiée"):
        await save_step(reference, token, Step.CONTACT, a_contact(), NOW)
    with pytest.raises(ConflictError, match="publiée"):
        await submit(reference, token, NOW)


async def test_a_registration_known_meanwhile_is_not_sent(reference: AsyncSession) -> None:
    form = a_form()
    token = await filled(reference, form)
    company_id = await add_potentiel(reference, siret=form.identity.siret)
    proved = {"proof": "proved", "contact_mode": "in_person"}
    await reference.execute(update(companies).where(companies.c.id == company_id).values(**proved))
    with pytest.raises(ConflictError):
        await submit(reference, token, NOW)


async def test_a_link_too_old_says_so(reference: AsyncSession) -> None:
    token = await filled(reference, a_form())
    sent = await submit(reference, token, NOW)
    await mail_link(reference, sent.id)
    with pytest.raises(ExpiredError, match="dépassé sa durée"):
        await prove(reference, LINK, NOW + timedelta(days=366))
    with pytest.raises(NotFoundError):
        await prove(reference, "another", NOW)


async def test_a_step_and_its_shape_go_together(reference: AsyncSession) -> None:
    token, _ = await start_registration(reference, an_identity().siret, NOW)
    with pytest.raises(ValueError, match="Contact"):
        await registrations.save_step(reference, token, Step.IDENTITY, replace(a_contact()), NOW)

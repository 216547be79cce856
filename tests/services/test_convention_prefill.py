"""A new convention says what is known already, to those who may read it; nothing is asked twice."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import convention_templates
from data.queries.convention_sources import naf_label
from data.queries.discussions import DiscussionRow
from data.queries.discussions import by_id as discussion_by_id
from data.tables import audit, beneficiaries, companies, company_places, discussions, offers, users
from domain.company import Identity, PlaceForm
from domain.convention import As
from domain.discussion import Side
from domain.errors import ConflictError, InvalidInputError, NotFoundError
from domain.roles import NOBODY, Acting
from domain.terms import Coverage, Terms
from domain.terms_changes import flat
from domain.terms_checks import check_terms
from services.companies import CompanyDraft
from services.conventions import templates
from services.conventions.drafting import start
from services.conventions.hosts import with_facts
from services.conventions.opening import duplicated, key_for, open_by
from services.conventions.prefill import Asker, Source, begin, begin_answered
from services.conventions.prescribers import Wanted, chosen, find
from services.discussions.parties import Party
from tests.factories.companies import add_place
from tests.factories.conventions import NOW, Conventions, a_document
from tests.factories.discussions import World, accompany, add_request, build_world

AVAILABLE = {"start": "2026-12-07", "end": "2026-12-18", "half_days": []}


@pytest.fixture
async def world(reference: AsyncSession) -> World:
    world = await build_world(reference)
    signs = {"contact_name": "Anne Martin Le Goff", "contact_job": "Gérante", "contact_phone": "+33240000000"}
    mine = companies.c.id == world.company
    await reference.execute(update(companies).where(mine).values(**signs, naf="10.71C"))
    await reference.execute(
        update(offers).where(offers.c.id == world.offer).values(text="Pétrir et cuire avec nous.")
    )
    here = company_places.c.company_id == world.company
    await reference.execute(update(company_places).where(here).values(address="3 rue du Port"))
    named = {"first_name": "Zoé", "last_name": "Durand"}
    own = beneficiaries.c.id == world.beneficiary
    await reference.execute(update(beneficiaries).where(own).values(**named))
    return world


async def accepted(world: World, **values: object) -> UUID:
    given = {"status": "accepted", "answered_at": NOW, "told": "here", "offer_id": world.offer}
    told = {"phone": "+33639981234", "availability": AVAILABLE, "rome": "D1102"}
    return await add_request(world, NOW, **{**given, **told, **values})


async def by_id(world: World, discussion: UUID) -> DiscussionRow:
    """A request as it is now."""
    row = await discussion_by_id(world.session, discussion)
    assert row is not None
    return row


def asker(world: World, actor: object) -> Asker:
    return Asker(world.session, actor, NOW)  # type: ignore[arg-type]


async def test_nothing_that_a_request_said_is_asked_again(world: World) -> None:
    discussion = await accepted(world)
    await accompany(world)
    begun = await begin(asker(world, await world.actor("person")), Source(discussion=discussion))
    row = await by_id(world, discussion)
    known = {
        "beneficiary.first_name": "Zoé",
        "beneficiary.last_name": "Durand",
        "beneficiary.email": row.person_email,
        "beneficiary.phone": "+33639981234",
        "host.siret": row.siret,
        "host.contact.first_name": "Anne",
        "host.contact.last_name": "Martin Le Goff",
        "host.contact.function": "Gérante",
        "host.contact.email": "contact@exemple.com",
        "host.contact.phone": "+33240000000",
        "activity.rome": "D1102",
        "activity.job": row.label,
        "activity.objective": "discover",
        "activity.tasks": "Pétrir et cuire avec nous.",
        "starts_on": "2026-12-07",
        "ends_on": "2026-12-18",
    }
    said = {path: str(value) for path, value in flat(begun.terms) if path in known}
    assert said == known
    for path in ("host.name", "host.address", "host.postal_code", "host.city", "host.naf", "host.activity"):
        assert dict(flat(begun.terms))[path], path
    asked_again = {one.field for one in check_terms(begun.terms, NOW.date())} & set(known)
    assert asked_again == set()
    origin = begun.origin
    assert (origin.agency_id, origin.counsellor_id) == (world.agency, world.ids["counsellor"])
    assert (origin.company_id, origin.discussion_id) == (world.company, discussion)
    assert origin.beneficiary_id == world.beneficiary


@pytest.mark.parametrize(
    ("name", "phone"), [("owner", ""), ("person", "+33611111111"), ("counsellor", "+33611111111")]
)
async def test_a_number_that_the_request_does_not_give_is_not_the_companys_to_read(
    world: World, name: str, phone: str
) -> None:
    mine = users.c.id == world.ids["person"]
    await world.session.execute(update(users).where(mine).values(phone="+33611111111"))
    await accompany(world)
    discussion = await accepted(world, phone="")
    actor = await world.actor(name)
    begun = await begin(asker(world, actor), Source(discussion=discussion))
    assert begun.terms.beneficiary.phone == phone
    party = Party(NOBODY, await by_id(world, discussion), frozenset({Side.COMPANY}))
    assert (await begin_answered(asker(world, NOBODY), party)).terms.beneficiary.phone == ""


async def test_the_place_of_the_request_is_where_the_work_is(world: World) -> None:
    second = await add_place(world.session, world.company, 47.2, -1.5)
    there = {"address": "9 quai de la Fosse", "postal_code": "44100", "city": "Nantes"}
    mine = company_places.c.id == second
    await world.session.execute(update(company_places).where(mine).values(**there))
    actor = await world.actor("person")
    for place, address in (("9 quai de la Fosse, 44100 Nantes", "9 quai de la Fosse"), ("", "")):
        discussion = await accepted(world, place=place)
        terms = (await begin(asker(world, actor), Source(discussion=discussion))).terms
        assert (terms.place.address, terms.host.address) == (address, "3 rue du Port")


async def test_what_is_left_to_ask_was_never_said(world: World) -> None:
    discussion = await accepted(world)
    begun = await begin(asker(world, await world.actor("owner")), Source(discussion=discussion))
    assert {one.field for one in check_terms(begun.terms, NOW.date())} == {
        *("beneficiary.birth_date", "beneficiary.situation"),
        *(f"host.tutor.{name}" for name in ("first_name", "last_name", "function", "email")),
        *("activity.aims", "activity.assessed_how", "activity.safety"),
        "schedule",
    }


@pytest.mark.parametrize("status", ["pending", "withdrawn", "expired"])
async def test_only_an_accepted_request_begins_a_convention(world: World, status: str) -> None:
    discussion = await accepted(world, status=status, told=None)
    with pytest.raises(ConflictError, match="pas acceptée"):
        await begin(asker(world, await world.actor("person")), Source(discussion=discussion))


async def test_a_request_is_hidden_from_strangers(world: World) -> None:
    discussion = await accepted(world)
    for actor in (NOBODY, await world.actor("stranger")):
        with pytest.raises(NotFoundError):
            await begin(asker(world, actor), Source(discussion=discussion))


@pytest.mark.parametrize(
    ("start", "end", "kept"),
    [
        ("2026-12-07", "2027-03-01", ("2026-12-07", None)),
        ("2026-11-01", "2026-11-30", (None, None)),
        (None, "2026-12-18", (None, None)),
    ],
)
async def test_dates_are_proposed_when_an_immersion_fits_in_them(
    world: World, start: str | None, end: str, kept: tuple[str | None, str | None]
) -> None:
    discussion = await accepted(world, availability={"start": start, "end": end, "half_days": []})
    terms = (await begin(asker(world, await world.actor("person")), Source(discussion=discussion))).terms
    dates = tuple(day.isoformat() if day else None for day in (terms.starts_on, terms.ends_on))
    assert dates == kept


async def test_a_company_is_shown_to_anybody_without_its_people(world: World) -> None:
    siret = await world.session.scalar(select(companies.c.siret).where(companies.c.id == world.company))
    host = (await begin(asker(world, NOBODY), Source(siret=str(siret)))).terms.host
    assert host.name
    assert host.city
    assert not host.contact
    owner = await begin(asker(world, await world.actor("owner")), Source(siret=str(siret)))
    assert owner.terms.host.contact.email == "contact@exemple.com"


async def test_a_candidate_finds_what_their_account_says(world: World) -> None:
    mine = users.c.id == world.ids["person"]
    await world.session.execute(update(users).where(mine).values(phone="+33639981234"))
    await accompany(world)
    begun = await begin(asker(world, await world.actor("person")), Source())
    person = begun.terms.beneficiary
    assert (person.name, person.email, person.phone) == ("Zoé Durand", "person@exemple.fr", "+33639981234")
    assert begun.origin.agency_id == world.agency
    assert person.situation is None


async def test_an_agent_prepares_for_a_person_and_the_reading_is_written(world: World) -> None:
    await accompany(world)
    actor = await world.actor("counsellor")
    lines = select(func.count()).where(audit.c.beneficiary_id == world.beneficiary)
    shown = await begin(asker(world, actor), Source(person=world.beneficiary))
    assert await world.session.scalar(lines) == 0
    assert shown.whose == "Zoé Durand"
    acting = replace(actor, acting=Acting(world.beneficiary, world.agency, None, "Zoé Durand"))
    assert (await begin(asker(world, acting), Source())).terms == shown.terms
    assert shown.origin.counsellor_id == world.ids["counsellor"]
    for name in ("stranger", "owner"):
        with pytest.raises(NotFoundError):
            await begin(asker(world, await world.actor(name)), Source(person=world.beneficiary))


async def test_people_at_work_find_their_own_company_or_agency(world: World) -> None:
    agent = await begin(asker(world, await world.actor("counsellor")), Source())
    assert agent.origin.agency_id == world.agency
    assert agent.terms == Terms()
    owner = await begin(asker(world, await world.actor("owner")), Source())
    assert owner.terms.host.contact.name == "Anne Martin Le Goff"
    assert owner.terms.beneficiary.name == ""


def test_a_template_of_an_employee_serves_for_who_has_no_employer() -> None:
    employed = replace(a_document(), employed=True, coverage=Coverage.EMPLOYER)
    kept = templates.without_person(employed)
    assert (kept.employed, kept.coverage) == (False, Coverage.PRESCRIBER)
    assert "coverage" not in {one.field for one in check_terms(kept, NOW.date())}


async def test_a_template_holds_no_person_and_serves_its_owners_alone(world: World) -> None:
    owner = await world.actor("owner")
    key = f"company-{world.company}"
    assert [one.key for one in await templates.owners(world.session, owner)] == [key]
    kept = await templates.save(world.session, owner, a_document(), key, " Boulangerie, 2 semaines ", NOW)
    row = await convention_templates.by_id(world.session, kept)
    assert row is not None
    assert row.label == "Boulangerie, 2 semaines"
    text = repr(row.terms)
    for word in ("Zoé", "Durand", "person@exemple.fr", "1995", "job_seeker"):
        assert word not in text
    begun = await begin(asker(world, owner), Source(template=kept))
    assert begun.terms.activity.tasks == a_document().activity.tasks
    assert begun.terms.schedule == a_document().schedule
    assert begun.terms.starts_on is None
    with pytest.raises(NotFoundError):
        await begin(asker(world, await world.actor("counsellor")), Source(template=kept))
    with pytest.raises(NotFoundError):
        await templates.remove(world.session, await world.actor("counsellor"), kept)
    await templates.remove(world.session, owner, kept)
    assert list(await templates.listed(world.session, owner)) == []


@pytest.mark.parametrize(("owner", "label", "field"), [("", "x", "owner"), ("company-1x", "x", "owner")])
async def test_a_template_has_a_name_and_an_owner(world: World, owner: str, label: str, field: str) -> None:
    actor = await world.actor("owner")
    with pytest.raises(InvalidInputError) as error:
        await templates.save(world.session, actor, a_document(), owner, label, NOW)
    assert [one.field for one in error.value.errors] == [field]
    with pytest.raises(InvalidInputError):
        await templates.save(world.session, actor, a_document(), f"company-{world.company}", " ", NOW)


async def test_a_copy_is_dated_anew(world: World) -> None:
    desk = Conventions(world)
    convention = await desk.submitted()
    terms, origin = duplicated(await desk.standing("person", convention))
    assert (terms.starts_on, terms.ends_on) == (None, None)
    assert terms.schedule == a_document().schedule
    made = await start(desk.office, await world.actor("person"), terms, origin)
    assert (made.agency_id, made.status) == (world.agency, "draft")


async def test_a_company_copies_and_drafts_without_the_situation(world: World) -> None:
    """Why somebody looks for work, or their disability, is not their host's business (decision 0020)."""
    desk = Conventions(world)
    document = a_document()
    host = replace(document.host, contact=replace(document.host.contact, email="owner@exemple.fr"))
    sent = await desk.submitted(replace(document, host=host))
    assert document.beneficiary.situation is not None
    owner = await world.actor("owner")
    copied, origin = duplicated(await desk.standing("owner", sent))
    assert copied.beneficiary.situation is None
    mine, _ = duplicated(await desk.standing("person", sent))
    assert mine.beneficiary.situation is document.beneficiary.situation
    for company in (world.company, None):
        made = await start(desk.office, owner, document, replace(origin, company_id=company))
        assert (await open_by(world.session, owner, str(made.id), NOW)).company_reads
    person = await world.actor("person")
    made = await start(desk.office, person, document, origin)
    assert not (await open_by(world.session, person, str(made.id), NOW)).company_reads


async def test_a_draft_opens_by_its_link_or_by_its_account(world: World) -> None:
    desk = Conventions(world)
    convention = await desk.draft()
    token = await key_for(world.session, NOBODY, convention, NOW)
    by_link = await open_by(world.session, NOBODY, token, NOW)
    assert by_link.standing.whom == {As.HOLDER}
    assert not by_link.company_reads
    by_account = await open_by(world.session, await world.actor("person"), str(convention), NOW)
    assert by_account.standing.row.id == convention
    for actor, key in (
        (NOBODY, str(convention)),
        (NOBODY, "inconnu"),
        (await world.actor("owner"), str(convention)),
    ):
        with pytest.raises(NotFoundError):
            await open_by(world.session, actor, key, NOW)


async def test_the_register_fills_the_company_and_leaves_its_people(world: World) -> None:
    host = a_document().host
    identity = Identity(siret="73282932000074", name="Fournil d’Été", naf="10.71C")
    place = PlaceForm(address="1 place Graslin", postal_code="44000", city="Nantes", insee="44109")
    found = CompanyDraft(identity=identity, place=place, diffusible=True)
    filled = await with_facts(world.session, host, found)
    label = await naf_label(world.session, "10.71C")
    assert label
    facts = (filled.siret, filled.name, filled.address, filled.insee, filled.activity)
    assert facts == ("73282932000074", "Fournil d’Été", "1 place Graslin", "44109", label)
    assert (filled.contact, filled.tutor, filled.agreement) == (host.contact, host.tutor, host.agreement)
    masked = await with_facts(world.session, host, replace(found, place=None, identity=Identity(siret="1")))
    assert (masked.name, masked.address, masked.activity) == (host.name, host.address, host.activity)


async def test_an_agency_is_found_by_name_department_and_commune(world: World) -> None:
    day = NOW.date()
    mine = await chosen(world.session, world.agency)
    assert mine is not None
    for wanted in (
        Wanted(words=mine.name),
        Wanted(words=mine.name, department="44"),
        Wanted(department="44"),
        Wanted(insee="44109"),
    ):
        assert mine in await find(world.session, wanted, day), wanted
    for wanted in (Wanted(words=mine.name, department="57"), Wanted(department="57"), Wanted()):
        assert mine not in await find(world.session, wanted, day), wanted


async def test_the_offer_is_read_only_when_the_request_names_it(world: World) -> None:
    discussion = await accepted(world, offer_id=None)
    terms = (await begin(asker(world, await world.actor("person")), Source(discussion=discussion))).terms
    assert (terms.activity.rome, terms.activity.tasks) == ("D1102", "")
    assert await world.session.scalar(select(func.count()).select_from(discussions)) == 1

"""Which agencies are proposed, and what their people see and change of them."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import agencies, agency_rights
from domain.agency import AgencyKind, Situation
from domain.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from domain.roles import Actor, Role
from services.agencies import propose
from services.agencies.coverage import coverage_words, read_communes
from services.agencies.settling import form_of
from services.agencies.space import edit, invited, overview, people, read, remind_delegations
from services.indexing import SearchEngine, load_engine
from tests.factories.people import SINCE, add_active_agency, add_agency, add_right, add_user
from tests.services.agency_helpers import NOW, actor, agency, audited, jobs, settle

DAY = date(2026, 11, 21)
NANTES, REZE, METZ = "44109", "44143", "57463"


@pytest.fixture
async def user(reference: AsyncSession) -> UUID:
    return await add_user(reference)


async def proposed(session: AsyncSession, situation: Situation, insee: str = NANTES) -> list[int]:
    return [one.agency.id for one in await propose(session, insee, situation, DAY)]


async def test_the_kind_follows_the_situation(reference: AsyncSession, user: UUID) -> None:
    made = {kind: await add_active_agency(reference, user, kind=kind, name=kind) for kind in AgencyKind}
    await settle(reference)
    first = {
        Situation.JOB_SEEKER: AgencyKind.FRANCE_TRAVAIL,
        Situation.YOUNG: AgencyKind.MISSION_LOCALE,
        Situation.RSA: AgencyKind.CONSEIL_DEPARTEMENTAL,
        Situation.RQTH: AgencyKind.CAP_EMPLOI,
        Situation.EMPLOYEE: AgencyKind.OPERATEUR_CEP,
        Situation.SIAE_EMPLOYEE: AgencyKind.STRUCTURE_IAE,
        Situation.PUPIL: AgencyKind.CCI,
        Situation.OTHER: AgencyKind.FRANCE_TRAVAIL,
    }
    for situation, kind in first.items():
        assert (await proposed(reference, situation))[0] == made[kind], situation
    assert made[AgencyKind.STRUCTURE_IAE] not in await proposed(reference, Situation.JOB_SEEKER)


async def test_the_commune_comes_before_the_department_then_the_nearest(
    reference: AsyncSession, user: UUID
) -> None:
    far = await add_active_agency(reference, user, lat=47.27, lon=-2.21)
    near = await add_active_agency(reference, user, lat=47.21, lon=-1.55)
    nowhere = await add_active_agency(reference, user)
    named = await add_active_agency(reference, user, departments=[], communes=[NANTES], lat=47.9, lon=-1.5)
    assert await proposed(reference, Situation.YOUNG) == [named, near, far, nowhere]
    assert await proposed(reference, Situation.YOUNG, REZE) == [near, far, nowhere]
    (one, *_) = await propose(reference, NANTES, Situation.YOUNG, DAY)
    assert one.distance_km
    assert 70 < one.distance_km < 80
    for insee in (METZ, "99999"):
        assert await proposed(reference, Situation.YOUNG, insee) == []


async def test_only_those_that_could_validate_are_proposed(reference: AsyncSession, user: UUID) -> None:
    await add_agency(reference)
    await add_agency(reference, status="closed", closed_at=SINCE)
    ended = await add_active_agency(reference, user, delegation_ends_on=DAY - timedelta(days=1))
    small = await add_agency(reference, status="active", activated_at=SINCE, refers_to=ended)
    await add_right(reference, small, user, [Role.AGENCY_ADMIN, Role.COUNSELLOR])
    assert await proposed(reference, Situation.YOUNG) == []
    await reference.execute(update(agencies).where(agencies.c.id == ended).values(delegation_ends_on=DAY))
    assert await proposed(reference, Situation.YOUNG) == [ended, small]


async def test_reminders_are_written_once_each(reference: AsyncSession, user: UUID) -> None:
    number = await add_active_agency(reference, user, delegation_ends_on=DAY + timedelta(days=80))
    await add_active_agency(reference, user, delegation_ends_on=DAY + timedelta(days=200))
    assert [await remind_delegations(reference, NOW) for _ in range(2)] == [1, 0]
    assert await remind_delegations(reference, NOW + timedelta(days=60)) == 1
    assert await remind_delegations(reference, NOW + timedelta(days=61)) == 0
    assert await jobs(reference) == ["agency.delegation_mail"] * 2
    admin = await actor(reference, user)
    row = await read(reference, admin, number)
    await edit(
        reference,
        admin,
        number,
        replace(
            form_of(row), delegation_ends_on=DAY + timedelta(days=90), postal_code="44000", city="Nantes"
        ),
        NOW,
    )
    assert await remind_delegations(reference, NOW) == 1, "a new date is recalled anew"


async def test_its_people_see_it_and_strangers_do_not(reference: AsyncSession, user: UUID) -> None:
    number = await add_active_agency(reference, user, delegation_ends_on=DAY + timedelta(days=10))
    nina, tom = await add_user(reference, "nina@exemple.fr"), await add_user(reference, "tom@exemple.fr")
    await add_right(reference, number, nina, [Role.AGENCY_VIEWER])
    await add_right(reference, number, tom, [Role.TO_REVIEW])
    admin, viewer = await actor(reference, user), await actor(reference, nina)
    seen = await overview(reference, viewer, number, DAY)
    assert (seen.members, seen.waiting, seen.can_validate, seen.delegation_days_left) == (2, 1, True, 10)
    assert seen.coverage == ("Loire-Atlantique (44)",)
    assert len(await people(reference, viewer, number)) == 2
    assert (await people(reference, admin, number))[0].user_id == tom, "who waits comes first"
    assert await invited(reference, viewer, number) == ()
    for stranger in (Actor(user=tom), Actor()):
        with pytest.raises(NotFoundError):
            await overview(reference, stranger, number, DAY)
    with pytest.raises(ForbiddenError):
        await edit(reference, viewer, number, form_of(seen.agency), NOW)


async def test_an_admin_edits_it(reference: AsyncSession, user: UUID) -> None:
    past = DAY - timedelta(days=3)
    where = {"address": "1 rue A", "postal_code": "44000", "city": "Nantes", "insee": NANTES}
    number = await add_active_agency(
        reference, user, **where, lat=47.2, lon=-1.5, delegation_ends_on=past, departments=["44", "57"]
    )
    admin = await actor(reference, user)
    form = form_of(await read(reference, admin, number))
    await edit(reference, admin, number, form, NOW)
    assert (await jobs(reference), await audited(reference)) == ([], []), "an ended delegation may stay"
    await edit(reference, admin, number, replace(form, contact_phone="01 99 00 12 34", communes=(REZE,)), NOW)
    row = await agency(reference, number)
    assert (row.contact_phone, row.communes, row.lat) == ("+33199001234", [REZE], 47.2)
    await edit(reference, admin, number, replace(form, address="2 rue B"), NOW)
    assert await jobs(reference) == ["agency.geocode"]
    assert await audited(reference) == ["agency.edited"] * 2
    earlier = replace(form, delegation_ends_on=past - timedelta(days=1))
    with pytest.raises(InvalidInputError):
        await edit(reference, admin, number, earlier, NOW)


async def test_who_validates_changes_with_the_people_for_it(reference: AsyncSession, user: UUID) -> None:
    where = {"postal_code": "44000", "city": "Nantes"}
    large = await add_active_agency(reference, user, name="Grande", **where)
    number = await add_active_agency(reference, user, **where)
    admin = await actor(reference, user)
    form = form_of(await read(reference, admin, number))
    with pytest.raises(InvalidInputError) as refused:
        await edit(reference, admin, number, replace(form, refers_to=large), NOW)
    assert "il manquerait : un conseiller" in refused.value.errors[0].message
    both = {"roles": ["agency_admin", "validator", "counsellor"]}
    await reference.execute(update(agency_rights).values(**both))
    await edit(reference, admin, number, replace(form, refers_to=large), NOW)
    await settle(reference)
    third = await add_active_agency(reference, user, name="Troisième", **where)
    admin = await actor(reference, user)
    own = form_of(await read(reference, admin, large))
    with pytest.raises(ConflictError, match="s’appuient sur la vôtre"):
        await edit(reference, admin, large, replace(own, refers_to=third), NOW)


@pytest.fixture
async def engine_of_search(reference: AsyncSession) -> SearchEngine:
    return await load_engine(reference)


async def test_communes_are_read_as_people_write_them(
    reference: AsyncSession, engine_of_search: SearchEngine
) -> None:
    read_ = read_communes(engine_of_search.lookups, "Nantes, Rezé (44)\n\nsaint denis (93)\n44600")
    assert read_.codes == (NANTES, REZE, "93066", "44184")
    assert read_.unread == ()
    doubtful = read_communes(engine_of_search.lookups, "Saint-Denis\nQuimper")
    assert doubtful.codes == ()
    assert doubtful.unread == ("Saint-Denis", "Quimper")
    words = await coverage_words(reference, ("57",), (NANTES, REZE))
    assert words == ("Moselle (57)", "Nantes", "Rezé")

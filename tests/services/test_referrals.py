"""Accompanying people: what opens their file, to whom, and that they see who did what."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import sessions
from data.tables import agencies, outbox, person_searches, referrals
from domain.errors import ConflictError, ExpiredError, ForbiddenError, InvalidInputError, NotFoundError
from domain.referral import NewPerson
from domain.roles import NOBODY, Actor, Role
from services import passports, person_files, taking_over
from services import referrals as service
from services.links import Purpose
from tests.factories.people import add_active_agency, add_right, add_user
from tests.services.company_helpers import mail_link

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ZOE = NewPerson(first_name=" Zoé ", last_name="Durand", email="zoe@exemple.fr", agreed=True)


@dataclass
class World:
    session: AsyncSession
    agency: int
    ids: dict[str, UUID]

    async def actor(self, name: str) -> Actor:
        found = await sessions.actor_of(self.session, name, NOW)
        assert found is not None
        return found

    async def jobs(self) -> list[str]:
        return list((await self.session.scalars(select(outbox.c.job).order_by(outbox.c.id))).all())


@pytest.fixture
async def world(session: AsyncSession) -> World:
    ids = {}
    for name in ("admin", "counsellor", "colleague", "viewer", "stranger", "person"):
        ids[name] = await add_user(session, f"{name}@exemple.fr", first_name=name.title())
        values = {"user_id": ids[name], "method": "mail", "created_at": NOW, "expires_at": NOW + timedelta(1)}
        await sessions.open_session(session, name, values)
    agency = await add_active_agency(session, ids["admin"])
    await add_right(session, agency, ids["counsellor"], (Role.COUNSELLOR,))
    await add_right(session, agency, ids["colleague"], (Role.COUNSELLOR,))
    await add_right(session, agency, ids["viewer"], (Role.AGENCY_VIEWER,))
    await add_active_agency(session, ids["stranger"], name="Autre structure")
    return World(session, agency, ids)


async def started(world: World) -> UUID:
    return await service.start_file(world.session, await world.actor("counsellor"), world.agency, ZOE, NOW)


async def test_a_file_started_with_the_person_is_open_to_its_agent_alone(world: World) -> None:
    person = await started(world)
    counsellor = await world.actor("counsellor")
    (row,) = await person_files.people(world.session, counsellor)
    assert (row.beneficiary_id, row.name, row.current, row.claimed) == (person, "Zoé Durand", True, False)
    assert (await person_files.read_file(world.session, counsellor, person, NOW)).referral.id == row.id
    for name in ("admin", "colleague", "viewer", "stranger", "person"):
        with pytest.raises(NotFoundError):
            await person_files.read_file(world.session, await world.actor(name), person, NOW)
    with pytest.raises(NotFoundError):
        await person_files.read_file(world.session, NOBODY, person, NOW)
    assert await world.jobs() == ["referral.file_mail"]


async def test_no_file_without_an_agreement_or_a_right(world: World) -> None:
    counsellor = await world.actor("counsellor")
    empty = NewPerson(first_name="", last_name=" ", email="zoe@", agreed=False)
    with pytest.raises(InvalidInputError) as error:
        await service.start_file(world.session, counsellor, world.agency, empty, NOW)
    assert [one.field for one in error.value.errors] == ["first_name", "last_name", "email", "agreed"]
    with pytest.raises(ForbiddenError):
        await service.start_file(world.session, await world.actor("viewer"), world.agency, ZOE, NOW)
    with pytest.raises(NotFoundError):
        await service.start_file(world.session, await world.actor("stranger"), world.agency, ZOE, NOW)


async def asked(world: World) -> int:
    counsellor = await world.actor("counsellor")
    await service.propose(world.session, counsellor, world.agency, "Person@exemple.fr", NOW)
    (row,) = await person_files.people(world.session, counsellor)
    return row.id


async def test_a_person_with_an_account_answers_first(world: World) -> None:
    referral = await asked(world)
    counsellor, person = await world.actor("counsellor"), await world.actor("person")
    assert person.beneficiary is not None
    with pytest.raises(ForbiddenError, match="pas encore répondu"):
        await person_files.read_file(world.session, counsellor, person.beneficiary, NOW)
    with pytest.raises(NotFoundError):
        await service.answer(world.session, counsellor, referral, NOW, accepts=True)
    await service.answer(world.session, person, referral, NOW, accepts=True)
    await person_files.read_file(world.session, counsellor, person.beneficiary, NOW)
    with pytest.raises(ConflictError):
        await service.answer(world.session, person, referral, NOW, accepts=False)
    assert await world.jobs() == ["referral.asked_mail", "referral.answered_mail"]


async def test_a_refusal_closes_and_may_be_asked_again(world: World) -> None:
    referral = await asked(world)
    await service.answer(world.session, await world.actor("person"), referral, NOW, accepts=False)
    assert await person_files.people(world.session, await world.actor("counsellor")) == ()
    assert await asked(world) != referral


async def test_asking_for_an_unknown_address_says_nothing_and_writes_nothing(world: World) -> None:
    counsellor = await world.actor("counsellor")
    await service.propose(world.session, counsellor, world.agency, "nobody@exemple.fr", NOW)
    await service.propose(world.session, counsellor, world.agency, "counsellor@exemple.fr", NOW)
    assert await world.jobs() == []
    assert await person_files.people(world.session, counsellor) == ()


async def test_asking_twice_is_asking_once(world: World) -> None:
    first = await asked(world)
    assert await asked(world) == first
    assert await world.jobs() == ["referral.asked_mail"]


@pytest.mark.parametrize("name", ["person", "counsellor"])
async def test_either_side_ends_it_and_the_file_closes(world: World, name: str) -> None:
    referral = await asked(world)
    person = await world.actor("person")
    await service.answer(world.session, person, referral, NOW, accepts=True)
    await person_files.work_with(world.session, await world.actor("counsellor"), _of(person), NOW)
    assert (await world.actor("counsellor")).acting is not None
    await service.stop(world.session, await world.actor(name), referral, NOW)
    counsellor = await world.actor("counsellor")
    assert counsellor.acting is None, "what was open in the session closes with it"
    with pytest.raises(NotFoundError):
        await person_files.read_file(world.session, counsellor, _of(person), NOW)
    with pytest.raises(ConflictError):
        await service.stop(world.session, await world.actor(name), referral, NOW)
    with pytest.raises(NotFoundError):
        await service.stop(world.session, await world.actor("stranger"), referral, NOW)


def _of(person: Actor) -> UUID:
    assert person.beneficiary is not None
    return person.beneficiary


async def test_a_person_is_entrusted_to_a_colleague_who_may(world: World) -> None:
    person = await started(world)
    counsellor = await world.actor("counsellor")
    (row,) = await person_files.people(world.session, counsellor)
    for name in ("stranger", "viewer", "counsellor"):
        with pytest.raises(ConflictError, match="même structure"):
            await service.hand_over(world.session, counsellor, row.id, world.ids[name], NOW)
    await service.hand_over(world.session, counsellor, row.id, world.ids["colleague"], NOW)
    await person_files.read_file(world.session, await world.actor("colleague"), person, NOW)
    with pytest.raises(NotFoundError):
        await person_files.read_file(world.session, counsellor, person, NOW)
    reasons = (await world.session.scalars(select(referrals.c.end_reason).order_by(referrals.c.id))).all()
    assert reasons == ["handed_over", ""]
    assert (await world.jobs())[1:] == ["referral.new_agent_person_mail", "referral.entrusted_mail"]


async def test_the_person_sees_who_opened_the_file(world: World) -> None:
    person = await started(world)
    counsellor = await world.actor("counsellor")
    await person_files.work_with(world.session, counsellor, person, NOW)
    seen = await person_files.read_file(world.session, counsellor, person, NOW)
    assert [one.line.action for one in seen.history] == ["file.read", "passport.opened", "file.started"]
    assert {one.line.beneficiary_id for one in seen.history} == {person}


async def test_searches_made_with_a_person_are_kept_once_each(world: World) -> None:
    person = await started(world)
    counsellor = await world.actor("counsellor")
    await person_files.note_search(world.session, counsellor, "metier=D1106", 3, NOW)
    await person_files.work_with(world.session, counsellor, person, NOW)
    counsellor = await world.actor("counsellor")
    assert counsellor.open_passport is not None
    for total in (3, 4):
        await person_files.note_search(world.session, counsellor, "metier=D1106", total, NOW)
    await person_files.note_search(world.session, counsellor, "x" * 2001, 1, NOW)
    seen = await person_files.read_file(world.session, counsellor, person, NOW)
    assert [(one.query, one.total) for one in seen.searches] == [("metier=D1106", 4)]
    await person_files.leave(world.session, counsellor)
    assert (await world.actor("counsellor")).open_passport is None
    assert len((await world.session.execute(select(person_searches))).all()) == 1


async def test_a_person_takes_over_the_file_by_its_name(world: World) -> None:
    file = await started(world)
    token = await mail_link(world.session, file, Purpose.TAKE_OVER)
    with pytest.raises(InvalidInputError) as error:
        await taking_over.take_over(world.session, await world.actor("person"), token, "Dupont", NOW)
    assert [one.field for one in error.value.errors] == ["last_name"]
    await taking_over.take_over(world.session, await world.actor("person"), token, " DURAND ", NOW)
    assert (await world.actor("person")).beneficiary == file
    (row,) = await person_files.people(world.session, await world.actor("counsellor"))
    assert row.claimed
    with pytest.raises(ExpiredError, match="déjà servi"):
        await taking_over.take_over(world.session, await world.actor("stranger"), token, "Durand", NOW)


async def test_a_file_taken_over_joins_the_one_the_person_has(world: World) -> None:
    await asked(world)
    own = _of(await world.actor("person"))
    await passports.passport_for(world.session, own, NOW)
    colleague = await world.actor("colleague")
    file = await service.start_file(world.session, colleague, world.agency, ZOE, NOW)
    await person_files.work_with(world.session, colleague, file, NOW)
    await person_files.note_search(world.session, await world.actor("colleague"), "lieu=Nantes", 2, NOW)
    token = await mail_link(world.session, file, Purpose.TAKE_OVER)
    await taking_over.take_over(world.session, await world.actor("person"), token, "durand", NOW)
    assert _of(await world.actor("person")) == own
    rows = await person_files.of_person(world.session, await world.actor("person"))
    assert [row.user_id for row in rows] == [world.ids["colleague"], world.ids["counsellor"]]
    (search,) = await person_files.my_searches(world.session, await world.actor("person"))
    assert search.query == "lieu=Nantes"
    with pytest.raises(NotFoundError):
        await person_files.read_file(world.session, await world.actor("colleague"), file, NOW)
    await person_files.read_file(world.session, await world.actor("colleague"), own, NOW)


async def test_what_waits_today_is_said(world: World) -> None:
    await asked(world)
    later = NOW + timedelta(days=8)
    assert await person_files.today(world.session, await world.actor("counsellor"), NOW) == ()
    (task,) = await person_files.today(world.session, await world.actor("counsellor"), later)
    assert "n’a pas répondu" in task.text
    await add_right(world.session, world.agency, world.ids["person"], (Role.TO_REVIEW,))
    ends = {"delegation_ends_on": (NOW + timedelta(days=30)).date()}
    await world.session.execute(update(agencies).where(agencies.c.id == world.agency).values(**ends))
    waiting, delegation = await person_files.today(world.session, await world.actor("admin"), NOW)
    assert waiting.text.startswith("Une personne demande à rejoindre")
    assert "21 décembre 2026" in delegation.text

"""Whose convention it is: a document that names somebody else leaves the file of the first person."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import beneficiaries
from domain.agency import Situation
from domain.convention import As
from domain.errors import NotFoundError
from domain.terms import Beneficiary, Terms
from domain.terms_checks import Part
from services.conventions.drafting import edit, keep, start, submit
from services.conventions.leaving import leave
from services.conventions.opening import Opened, duplicated
from services.conventions.sharing import share
from tests.factories.conventions import NOW, Conventions, a_document
from tests.factories.discussions import accompany, build_world

OTHER = Beneficiary(
    first_name="Nadia",
    last_name="Benali",
    birth_date=date(1990, 1, 1),
    email="nadia@exemple.fr",
    phone="+33698765432",
    situation=Situation.JOB_SEEKER,
)


@pytest.fixture
async def desk(reference: AsyncSession) -> Conventions:
    return Conventions(await build_world(reference))


def named(**changed: object) -> Terms:
    """The document with the person's details as given."""
    whole = a_document()
    return replace(whole, beneficiary=replace(whole.beneficiary, **changed))  # type: ignore[arg-type]


async def linked(desk: Conventions, convention: object) -> tuple[object, object, object]:
    row = await desk.row(convention)  # type: ignore[arg-type]
    return row.beneficiary_id, row.counsellor_id, row.discussion_id


async def test_a_copy_written_for_somebody_else_is_no_more_of_the_first(desk: Conventions) -> None:
    await accompany(desk.world)
    first = await desk.submitted()
    _, origin = duplicated(await desk.standing("counsellor", first))
    assert origin.beneficiary_id == desk.world.beneficiary
    agent = await desk.world.actor("counsellor")
    whole = a_document(date(2027, 1, 4), date(2027, 1, 15))
    copy = (await start(desk.office, agent, whole, origin)).id
    theirs = replace(whole, beneficiary=OTHER)
    row = await keep(desk.world.session, await desk.standing("counsellor", copy), Part.PERSON, theirs, NOW)
    assert await linked(desk, copy) == (None, None, None)
    await submit(desk.office, await desk.standing("counsellor", copy), row.version)
    with pytest.raises(NotFoundError):
        await desk.standing("person", copy)
    status = (await desk.row(copy)).status
    await leave(desk.office, desk.world.ids["person"], "person@exemple.fr")
    assert (await desk.row(copy)).status is status


async def test_a_person_changed_one_field_at_a_time_is_somebody_else(desk: Conventions) -> None:
    draft = await desk.draft(counsellor_id=desk.world.ids["counsellor"])
    agent = await desk.standing("counsellor", draft)
    names = named(first_name=OTHER.first_name, last_name=OTHER.last_name)
    await keep(desk.world.session, agent, Part.PERSON, names, NOW)
    assert (await linked(desk, draft))[0] == desk.world.beneficiary  # the address is still theirs
    agent = await desk.standing("counsellor", draft)
    await keep(desk.world.session, agent, Part.PERSON, replace(names, beneficiary=OTHER), NOW)
    assert await linked(desk, draft) == (None, None, None)


async def test_a_sent_convention_edited_for_somebody_else_is_no_more_of_the_first(desk: Conventions) -> None:
    sent = await desk.submitted()
    whole = replace(a_document(), beneficiary=OTHER)
    await edit(desk.office, await desk.standing("counsellor", sent), whole, 1)
    assert await linked(desk, sent) == (None, None, None)
    with pytest.raises(NotFoundError):
        await desk.standing("person", sent)


async def test_a_draft_shared_with_somebody_else_is_no_more_of_the_first(desk: Conventions) -> None:
    draft = await desk.draft(replace(a_document(), beneficiary=replace(OTHER, email="person@exemple.fr")))
    opened = Opened(str(draft), await desk.standing("counsellor", draft))
    await share(desk.world.session, opened, As.BENEFICIARY, OTHER.email, NOW)
    assert await linked(desk, draft) == (None, None, None)


async def test_a_name_corrected_keeps_who_has_the_address(desk: Conventions) -> None:
    draft = await desk.draft()
    typo = named(last_name="Durant", birth_date=date(1995, 4, 3))
    row = await keep(desk.world.session, await desk.standing("person", draft), Part.PERSON, typo, NOW)
    await submit(desk.office, await desk.standing("person", draft), row.version)
    await edit(desk.office, await desk.standing("person", draft), a_document(), row.version)
    assert (await linked(desk, draft))[0] == desk.world.beneficiary


async def a_file_without_address(desk: Conventions) -> UUID:
    """A person of the agency who has no address, whose last name was misspelled."""
    person = {"first_name": "Zoé", "last_name": "Durant", "created_at": NOW, "updated_at": NOW}
    made = insert(beneficiaries).values(**person).returning(beneficiaries.c.id)
    found: UUID = (await desk.world.session.execute(made)).scalar_one()
    return found


@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        ({"last_name": "Durand"}, True),
        ({"last_name": "Durand", "email": "zoe@exemple.net", "phone": ""}, True),
        ({"last_name": "Durand", "birth_date": date(1995, 4, 3)}, False),
        ({"last_name": "Durand", "birth_date": None}, False),
        ({"first_name": "Chloé"}, False),
        ({"last_name": "Benali"}, False),
    ],
)
async def test_a_last_name_corrected_keeps_a_file_without_address(
    desk: Conventions, changed: dict[str, object], *, kept: bool
) -> None:
    file = await a_file_without_address(desk)
    draft = await desk.draft(named(last_name="Durant"), beneficiary_id=file)
    typed = named(**{"last_name": "Durant", **changed})
    row = await keep(desk.world.session, await desk.standing("counsellor", draft), Part.PERSON, typed, NOW)
    assert (row.beneficiary_id == file) is kept
    assert kept or await linked(desk, draft) == (None, None, None)


async def test_a_name_corrected_before_the_rest_is_somebody_elses_in_the_end(desk: Conventions) -> None:
    file = await a_file_without_address(desk)
    draft = await desk.draft(named(last_name="Durant"), beneficiary_id=file)
    for typed in (named(), named(birth_date=OTHER.birth_date)):
        assert (await desk.row(draft)).beneficiary_id == file
        await keep(desk.world.session, await desk.standing("counsellor", draft), Part.PERSON, typed, NOW)
    assert await linked(desk, draft) == (None, None, None)


async def test_an_unknown_birth_date_tells_nobody_apart(desk: Conventions) -> None:
    file = await a_file_without_address(desk)
    draft = await desk.draft(named(last_name="Durant", birth_date=None), beneficiary_id=file)
    typed = named(birth_date=None)
    await keep(desk.world.session, await desk.standing("counsellor", draft), Part.PERSON, typed, NOW)
    assert await linked(desk, draft) == (None, None, None)


async def test_an_address_changed_keeps_who_has_the_names(desk: Conventions) -> None:
    file = update(beneficiaries).where(beneficiaries.c.id == desk.world.beneficiary)
    await desk.world.session.execute(file.values(first_name="Zoé", last_name="Durand"))
    draft = await desk.draft()
    moved = named(email="zoe.durand@exemple.net")
    await keep(desk.world.session, await desk.standing("person", draft), Part.PERSON, moved, NOW)
    assert (await linked(desk, draft))[0] == desk.world.beneficiary
    namesake = named(email="zoe.durand@exemple.net", birth_date=date(1999, 9, 9))
    await keep(desk.world.session, await desk.standing("person", draft), Part.PERSON, namesake, NOW)
    assert await linked(desk, draft) == (None, None, None)

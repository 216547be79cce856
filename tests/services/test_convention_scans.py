"""The scan of a signed paper on a real database: kept with the signature, opened by agents, gone in time."""

import hashlib
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from clients import pdf as pdf_client
from data.queries import convention_removals, convention_scans, convention_story
from data.tables import convention_scans as table
from domain.convention import As
from domain.cv import CvFault
from domain.errors import ForbiddenError, InvalidInputError, NotFoundError, UnavailableError
from domain.paper_scan import Scan, scan_of
from domain.roles import Role
from services.conventions import scans, signing
from services.conventions.drafting import edit
from services.conventions.reading import story_of
from tests.clients.test_pdf import pdf, script_at_opening
from tests.factories.conventions import NOW, Conventions
from tests.factories.discussions import build_world
from tests.factories.mails import JPEG, PNG
from tests.factories.people import add_right


@pytest.fixture
async def desk(reference: AsyncSession) -> Conventions:
    return Conventions(await build_world(reference))


async def attested(desk: Conventions, scan: Scan | None) -> UUID:
    convention = await desk.submitted()
    agent = await desk.standing("counsellor", convention)
    await signing.attest_paper(desk.office, agent, As.BENEFICIARY, scan)
    return convention


async def test_it_is_kept_with_the_signature_and_its_hash_is_told(desk: Conventions) -> None:
    convention = await attested(desk, scan_of(PNG))
    session, hashed = desk.world.session, hashlib.sha256(PNG)
    row = (await session.execute(select(table))).one()
    assert (row.convention_id, row.version, row.whom, row.media_type) == (
        convention,
        1,
        "beneficiary",
        "image/png",
    )
    assert (row.sha256, row.content, row.by_user) == (hashed.digest(), PNG, desk.world.ids["counsellor"])
    line = (await convention_story.entries(session, convention))[-1]
    assert (line.kind, line.facts["scan"]) == ("signed_on_paper", hashed.hexdigest())
    for name, seen in (("counsellor", {"Empreinte du papier signé": hashed.hexdigest()}), ("person", {})):
        told = (await story_of(session, await desk.standing(name, convention)))[-1]
        assert {label: said for label, said in told.evidence if "papier" in label} == seen


async def test_without_one_the_line_says_nothing_of_it(desk: Conventions) -> None:
    convention = await attested(desk, None)
    line = (await convention_story.entries(desk.world.session, convention))[-1]
    assert "scan" not in line.facts
    assert await scans.signed_papers(desk.world.session, await desk.standing("counsellor", convention)) == ()


async def test_a_refused_signature_keeps_none(desk: Conventions) -> None:
    convention = await attested(desk, scan_of(PNG))
    with pytest.raises(InvalidInputError):
        await signing.attest_paper(
            desk.office, await desk.standing("counsellor", convention), As.BENEFICIARY, scan_of(JPEG)
        )
    assert (await desk.world.session.scalars(select(table.c.media_type))).all() == ["image/png"]


async def test_agents_open_it_and_nobody_else(desk: Conventions) -> None:
    convention = await attested(desk, scan_of(PNG))
    session, world = desk.world.session, desk.world
    await add_right(session, world.agency, world.ids["contact"], (Role.AGENCY_VIEWER,))
    for name in ("counsellor", "stranger", "contact"):
        standing = await desk.standing(name, convention)
        (listed,) = await scans.signed_papers(session, standing)
        assert (listed.whom, listed.label, listed.former) == (As.BENEFICIARY, "la personne accueillie", False)
        found = await scans.open_paper(session, standing, As.BENEFICIARY)
        assert (found.media_type, found.content) == ("image/png", PNG)
        with pytest.raises(NotFoundError):
            await scans.open_paper(session, standing, As.COMPANY)
    person = await desk.standing("person", convention)
    assert await scans.signed_papers(session, person) == ()
    with pytest.raises(ForbiddenError, match="Seules la structure"):
        await scans.open_paper(session, person, As.BENEFICIARY)


async def test_the_latest_is_opened_and_a_former_one_is_called_so(desk: Conventions) -> None:
    convention = await attested(desk, scan_of(PNG))
    session = desk.world.session
    terms = (await desk.row(convention)).document
    terms = replace(terms, activity=replace(terms.activity, tasks="Vendre et ranger"))
    await edit(desk.office, await desk.standing("counsellor", convention), terms, 1)
    agent = await desk.standing("counsellor", convention)
    assert [one.former for one in await scans.signed_papers(session, agent)] == [True]
    await signing.attest_paper(desk.office, agent, As.BENEFICIARY, scan_of(JPEG))
    assert [one.former for one in await scans.signed_papers(session, agent)] == [False]
    assert (await scans.open_paper(session, agent, As.BENEFICIARY)).content == JPEG
    assert [one.version for one in await convention_scans.of_convention(session, convention)] == [1, 2]


async def test_one_person_has_one_a_version(desk: Conventions) -> None:
    convention = await attested(desk, scan_of(PNG))
    values = {"convention_id": convention, "version": 1, "whom": "beneficiary", "media_type": "image/png"}
    values |= {"sha256": bytes(32), "content": PNG, "by_user": None, "at": NOW}
    with pytest.raises(IntegrityError, match="uq_convention_scans"):
        await convention_scans.add(desk.world.session, values)


async def test_it_goes_with_the_names_and_with_the_convention(desk: Conventions) -> None:
    session = desk.world.session
    counted = select(func.count()).select_from(table)
    convention = await attested(desk, scan_of(PNG))
    assert await session.scalar(counted) == 1
    async with session.begin_nested() as undone:
        await convention_removals.anonymise(session, [convention], NOW)
        assert await session.scalar(counted) == 0
        await undone.rollback()
    await convention_removals.drop(session, [convention])
    assert await session.scalar(counted) == 0


async def test_a_pdf_is_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await scans.taken(pdf())).media_type == "application/pdf"
    with pytest.raises(InvalidInputError) as error:
        await scans.taken(pdf(script_at_opening))
    assert (error.value.errors[0].field, error.value.errors[0].code) == ("scan", CvFault.ACTIVE)
    monkeypatch.setattr(pdf_client, "_WHOLE_S", 0.0)
    with pytest.raises(UnavailableError, match="ajoutez une photo"):
        await scans.taken(pdf())

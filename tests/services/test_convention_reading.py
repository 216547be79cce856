"""The story of a convention as each of its people reads it."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.agency import Situation
from domain.contacts import masked
from domain.convention import As
from domain.roles import NOBODY
from domain.terms import Accompanying, Contact
from domain.terms_mentions import sheet
from services.conventions import reviewing, signing
from services.conventions.consulting import note_leafing, readings
from services.conventions.document_data import paper_data
from services.conventions.document_proof import paper_of
from services.conventions.drafting import Origin, edit, start
from services.conventions.parties import as_named
from services.conventions.reading import prescriber, story_of
from services.conventions.story import Line, faults
from tests.factories.conventions import DEVICE, KEYS, NOW, Conventions, a_document
from tests.factories.discussions import build_world


@pytest.fixture
async def desk(reference: AsyncSession) -> Conventions:
    return Conventions(await build_world(reference))


async def edited(desk: Conventions) -> UUID:
    """Signed by the company, then edited by the counsellor: two fields, one of which is private."""
    convention = await desk.submitted()
    await desk.sign(convention, As.COMPANY)
    row = await desk.row(convention)
    terms = row.document
    changed = replace(
        terms,
        beneficiary=replace(terms.beneficiary, situation=Situation.RQTH),
        activity=replace(terms.activity, tasks="Vendre"),
    )
    await edit(desk.office, await desk.standing("counsellor", convention), changed, row.version)
    return convention


async def test_it_says_who_did_what_and_what_changed(desk: Conventions) -> None:
    convention = await edited(desk)
    lines = await story_of(desk.world.session, await desk.standing("counsellor", convention))
    assert [one.kind for one in lines] == [
        Line.STARTED,
        Line.SUBMITTED,
        Line.CODE_SENT,
        Line.SIGNED,
        Line.EDITED,
    ]
    signed = lines[3]
    assert signed.who == "L’entreprise d’accueil : Anne Martin"
    assert signed.said == "par un code reçu par e-mail"
    assert dict(signed.evidence)["Adresse IP"] == DEVICE.ip
    assert dict(signed.evidence)["Code envoyé à"] == "g•••@exemple.com"
    tasks = next(one for one in lines[4].changes if one.label == "Activités confiées")
    assert (tasks.before[:5], tasks.after) == ("Peser", "Vendre")


async def test_who_sends_edits_and_changes_the_tutor_is_named(desk: Conventions) -> None:
    convention = await edited(desk)
    for whom in (As.COMPANY, As.BENEFICIARY):
        await desk.sign(convention, whom)
    await reviewing.pre_approve(desk.office, await desk.standing("counsellor", convention))
    await reviewing.validate(desk.office, await desk.standing("stranger", convention))
    tutor = Contact(first_name="Inès", last_name="Roy", function="Cheffe", email="ines@exemple.com")
    await reviewing.change_tutor(desk.office, await desk.standing("stranger", convention), tutor)
    lines = await story_of(desk.world.session, await desk.standing("counsellor", convention))
    said = {line.kind: line.who for line in lines}
    assert said[Line.SUBMITTED] == "La personne accueillie : Person"
    assert said[Line.EDITED] == "La structure prescriptrice (conseil) : Counsellor"
    assert said[Line.TUTOR_CHANGED] == "La structure prescriptrice (validation) : Stranger"


@pytest.mark.parametrize(
    ("name", "whom", "said"),
    [
        ("person", None, "La personne accueillie : Person"),
        ("owner", None, "L’entreprise d’accueil : Owner"),
        ("counsellor", None, "La structure prescriptrice (conseil) : Counsellor"),
        ("stranger", None, "La structure prescriptrice (validation) : Stranger"),
        ("", As.COMPANY, "L’entreprise d’accueil"),
        ("", None, ""),
    ],
)
async def test_who_began_it_is_said_when_it_is_known(
    desk: Conventions, name: str, whom: As | None, said: str
) -> None:
    session, world = desk.world.session, desk.world
    origin = Origin(agency_id=world.agency, beneficiary_id=world.beneficiary, company_id=world.company)
    actor = await world.actor(name) if name else NOBODY
    row = await start(desk.office, actor, a_document(), origin, whom)
    began = (await story_of(session, await desk.standing("person", row.id)))[0]
    assert (began.kind, began.who, began.evidence) == (Line.STARTED, said, ())
    assert await faults(session, await desk.row(row.id), KEYS) == ()


async def test_who_begins_one_for_an_agency_not_chosen_yet_prepares_it(desk: Conventions) -> None:
    agent = await desk.world.actor("counsellor")
    row = await start(desk.office, agent, a_document(), Origin())
    began = (await story_of(desk.world.session, await desk.standing("counsellor", row.id)))[0]
    assert began.who == "La personne qui prépare la convention : Counsellor"


@pytest.mark.parametrize(("whom", "count"), [(As.COMPANY, 1), (As.TUTOR, 1), (As.BENEFICIARY, 2)])
async def test_evidence_and_private_changes_are_hidden(desk: Conventions, whom: As, count: int) -> None:
    convention = await edited(desk)
    standing = as_named(NOBODY, await desk.row(convention), whom)
    lines = await story_of(desk.world.session, standing)
    assert {one.evidence for one in lines} == {()}
    assert len(lines[4].changes) == count


async def test_agents_are_named_and_reasons_told(desk: Conventions) -> None:
    convention = await desk.submitted()
    await signing.attest_paper(desk.office, await desk.standing("counsellor", convention), As.BENEFICIARY)
    await desk.sign(convention, As.COMPANY)
    await reviewing.reject(desk.office, await desk.standing("stranger", convention), "Dates impossibles")
    lines = await story_of(desk.world.session, await desk.standing("person", convention))
    paper, rejected = lines[2], lines[-1]
    assert paper.who == "La personne accueillie : Zoé Durand"
    assert paper.said == "sur papier, attestée par la structure prescriptrice (Counsellor)"
    assert (rejected.said, rejected.who.rpartition(" : ")[2]) == ("Dates impossibles", "Stranger")


async def test_the_prescriber_is_named_with_the_referent(desk: Conventions) -> None:
    convention = await desk.draft(counsellor_id=desk.world.ids["counsellor"])
    found = await prescriber(desk.world.session, await desk.row(convention))
    assert found is not None
    row = await desk.row(convention)
    assert (found.name, found.referent) == (row.agency, "Counsellor")
    assert await prescriber(desk.world.session, replace(await desk.row(convention), agency_id=None)) is None


@pytest.mark.parametrize("own", [a_document().accompanying, Accompanying()])
async def test_the_paper_names_the_same_referent_as_the_page(desk: Conventions, own: Accompanying) -> None:
    terms = replace(a_document(), accompanying=own)
    convention = await desk.draft(terms, counsellor_id=desk.world.ids["counsellor"])
    session, row = desk.world.session, await desk.row(convention)
    page = sheet(terms, await prescriber(session, row))
    paper = paper_data(terms, await paper_of(session, row, "https://escale.example"), 1, "", NOW)
    told = dict(paper["sections"][-1]["facts"])["Référent ou référente"]
    shown = {one.label: one.value for section in page.sections for one in section.mentions}
    assert told == ("Lila Moreau, Référente" if own.contact else "Counsellor, conseiller ou conseillère")
    assert shown["Référent ou référente"].startswith(told)


@pytest.mark.parametrize(
    ("reached", "shown"),
    [("lea@exemple.fr", "l•••@exemple.fr"), ("+33612345678", "•• •• •• •• 78"), ("", "")],
)
def test_an_address_is_masked(reached: str, shown: str) -> None:
    assert masked(reached) == shown


async def test_an_agent_who_leafs_through_a_draft_is_told_once_an_hour(desk: Conventions) -> None:
    convention = await desk.draft()
    session = desk.world.session
    agent = await desk.standing("counsellor", convention)
    person = await desk.standing("person", convention)
    for minutes in (0, 5, 59, 90):
        await note_leafing(session, agent, NOW + timedelta(minutes=minutes))
        await note_leafing(session, person, NOW + timedelta(minutes=minutes))
    told = [(one.line.actor_id, one.line.at) for one in await readings(session, person)]
    mine = desk.world.ids["counsellor"]
    assert told == [(mine, NOW + timedelta(minutes=90)), (mine, NOW)]

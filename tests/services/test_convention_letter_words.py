"""What the letters of a convention say: to whom, why, until when, and who is called."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import agencies
from domain.convention import As
from domain.terms import Contact
from services.conventions import reviewing
from services.conventions.drafting import edit
from services.conventions.opening import Opened
from services.conventions.sharing import share
from services.conventions.signing import attest_paper
from tests.factories.conventions import Conventions, a_document
from tests.factories.discussions import build_world
from tests.services.convention_round import COMPANY, PARENT, PERSON, Round, whole_cast
from tests.services.post import parts

COUNSELLOR = "counsellor@exemple.fr"
EARLY, STARTED = datetime(2026, 11, 30, 2, 49, tzinfo=UTC), datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
"""On the first day, which begins at 9 h in Nantes."""


@pytest.fixture
async def desk(reference: AsyncSession) -> Conventions:
    return Conventions(await build_world(reference))


async def read_by(post: Round, email: str) -> dict[str, str]:
    """Every mail of somebody, by its subject."""
    await post.run()
    return {one["Subject"]: parts(one)[0] for one in post.post.sent if one["To"] == email}


async def test_who_has_no_address_is_told_by_the_agency(desk: Conventions) -> None:
    whole = a_document()
    ines = replace(whole.beneficiary, first_name="Inès", email="", phone="")
    convention = await desk.submitted(replace(whole, beneficiary=ines))
    await attest_paper(desk.office, await desk.standing("counsellor", convention), As.BENEFICIARY)
    assert await desk.sign(convention, As.COMPANY)
    await reviewing.pre_approve(desk.office, await desk.standing("counsellor", convention))
    await reviewing.validate(desk.office, await desk.standing("stranger", convention))
    letters = await read_by(Round(desk), COUNSELLOR)
    text = next(letters[one] for one in letters if one.startswith("Validée"))
    assert "À prévenir vous-même, sans adresse e-mail ni mobile : Inès Durand" in " ".join(text.split())
    assert "l’immersion d’Inès Durand" in text


async def test_a_parent_reads_why_they_are_written_to(desk: Conventions) -> None:
    await desk.submitted(whole_cast())
    post = Round(desk)
    why = "représentante légale de Zoé Durand, qui a moins de 18 ans : sans votre signature"
    for email, told in ((PARENT, True), (PERSON, False)):
        (text,) = (await read_by(post, email)).values()
        assert (why in " ".join(text.split())) is told


async def test_who_signed_reads_whom_to_call(desk: Conventions) -> None:
    reach = {"contact_phone": "+33240000000", "contact_email": "ml@exemple.org"}
    await desk.world.session.execute(update(agencies).values(**reach))
    convention = await desk.submitted(whole_cast())
    assert await desk.sign(convention, As.COMPANY)
    letters = await read_by(Round(desk), COMPANY)
    signed = " ".join(next(letters[one] for one in letters if "avez signé" in one).split())
    assert "02 40 00 00 00, ml@exemple.org" in signed
    for whom in (As.BENEFICIARY, As.REPRESENTATIVE, As.EMPLOYER):
        assert await desk.sign(convention, whom)
    await reviewing.pre_approve(desk.office, await desk.standing("counsellor", convention))
    await reviewing.validate(desk.office, await desk.standing("stranger", convention))
    letters = await read_by(Round(desk), COMPANY)
    validated = " ".join(next(letters[one] for one in letters if one.startswith("Validée")).split())
    assert "(au 02 40 00 00 00, ml@exemple.org) dans les 24 heures" in validated


async def test_a_signatory_who_was_the_tutor_reads_it_with_their_link(desk: Conventions) -> None:
    whole = a_document()
    one = replace(whole, host=replace(whole.host, tutor=whole.host.contact))
    convention, post = await desk.validated(one), Round(desk)
    await post.run()
    new = Contact(first_name="Paul", last_name="Petit", function="Chef", email="petit@exemple.com")
    await reviewing.change_tutor(desk.office, await desk.standing("counsellor", convention), new)
    told = await post.run()
    assert (told[COMPANY], told[new.email]) == (["tutor_changed"], ["tutor_new"])
    (text,) = (await read_by(post, new.email)).values()
    assert "accueillez Zoé Durand le lundi 30 novembre 2026 à 9 h" in " ".join(text.split())
    assert "connectez-vous avec cette adresse e-mail" in " ".join(text.split())


async def test_a_draft_says_who_shares_it(desk: Conventions) -> None:
    draft, post = await desk.draft(), Round(desk)
    opened = Opened(str(draft), await desk.standing("counsellor", draft))
    await share(desk.world.session, opened, As.COMPANY, COMPANY, desk.now)
    (text,) = (await read_by(post, COMPANY)).values()
    assert f"{(await desk.row(draft)).agency} vous l’envoie." in " ".join(text.split())


@pytest.mark.parametrize(
    ("now", "task", "late"), [(EARLY, "aujourd’hui avant 9 h", False), (STARTED, "dates passées", True)]
)
async def test_it_is_validated_until_its_first_hour(
    desk: Conventions, now: datetime, task: str, late: bool
) -> None:
    await desk.signed()
    desk.now = now
    letters = await read_by(Round(desk), COUNSELLOR)
    subject = next(one for one in letters if "À pré-valider" in one)
    assert task in subject
    assert ("changez les dates" in letters[subject]) is late


async def test_it_is_corrected_until_its_first_hour(desk: Conventions) -> None:
    convention = await desk.signed()
    desk.now = EARLY
    row = await desk.row(convention)
    changed = replace(row.document, activity=replace(row.document.activity, tasks="Vendre"))
    await edit(desk.office, await desk.standing("counsellor", convention), changed, row.version)
    assert (await desk.row(convention)).document.activity.tasks == "Vendre"

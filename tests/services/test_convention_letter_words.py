"""What the letters of a convention say: to whom, why, until when, and who is called."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.convention import As
from services.conventions import reviewing
from services.conventions.drafting import edit
from services.conventions.signing import attest_paper
from tests.factories.conventions import Conventions, a_document
from tests.factories.discussions import build_world
from tests.services.convention_round import Round
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

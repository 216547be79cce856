"""What ended: a month later it is not cancelled; once assessed by both sides, its tutor does not change."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import assessments
from domain.convention import EXPIRES_AFTER_END, Move, Status
from domain.errors import ConflictError
from domain.terms import Contact
from services.conventions import reviewing
from tests.factories.conventions import LAST, NOW, Conventions
from tests.factories.discussions import build_world

LATEST = datetime.combine(LAST, time(12), UTC) + EXPIRES_AFTER_END
TUTOR = Contact(first_name="Inès", last_name="Roy", function="Cheffe", email="ines@exemple.com")
COMPANY = {"outcome": "completed", "minutes": 4200, "company_at": NOW}
ANSWER = {"person_at": NOW, "person_agrees": True}


@pytest.fixture
async def desk(reference: AsyncSession) -> Conventions:
    return Conventions(await build_world(reference))


async def test_it_is_cancelled_until_a_month_after_its_end(desk: Conventions) -> None:
    convention = await desk.validated()
    standing = await desk.standing("counsellor", convention)
    desk.now = LATEST + timedelta(days=1)
    with pytest.raises(ConflictError, match="depuis plus d’un mois"):
        await reviewing.cancel(desk.office, standing, "Personne n’est venu.")
    desk.now = LATEST
    await reviewing.cancel(desk.office, standing, "Personne n’est venu.")
    assert (await desk.row(convention)).status is Status.CANCELLED


async def test_the_tutor_changes_until_the_assessment_is_finished(desk: Conventions) -> None:
    convention, session = await desk.validated(), desk.world.session
    await assessments.put(session, convention, COMPANY, NOW)
    await reviewing.change_tutor(desk.office, await desk.standing("counsellor", convention), TUTOR)
    await assessments.put(session, convention, ANSWER, NOW)
    for name in ("counsellor", "stranger"):
        standing = await desk.standing(name, convention)
        assert Move.CHANGE_TUTOR not in standing.moves()
        with pytest.raises(ConflictError, match="ne change plus"):
            await reviewing.change_tutor(desk.office, standing, replace(TUTOR, first_name="Éva"))

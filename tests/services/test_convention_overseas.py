"""A convention in Martinique begins when its clocks say so: five hours after those of Paris, in winter."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.convention import As, Status
from domain.errors import ConflictError, InvalidInputError
from domain.terms import Place
from services.conventions import reviewing
from services.conventions.drafting import edit
from tests.factories.conventions import Conventions, a_document
from tests.factories.discussions import build_world

PARIS = Place()
MARTINIQUE = Place(address="1 rue du Port", postal_code="97200", city="Fort-de-France", insee="97209")
NINE_IN_PARIS = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
NINE_IN_MARTINIQUE = datetime(2026, 11, 30, 13, 0, tzinfo=UTC)


async def pre_approved(session: AsyncSession, place: Place) -> tuple[Conventions, UUID]:
    """To be validated, from 30 November 2026 at 9:00 by the clocks of that place."""
    desk = Conventions(await build_world(session))
    convention = await desk.submitted(replace(a_document(), place=place))
    for whom in (As.BENEFICIARY, As.COMPANY):
        assert await desk.sign(convention, whom)
    await reviewing.pre_approve(desk.office, await desk.standing("counsellor", convention))
    return desk, convention


@pytest.mark.parametrize(
    ("place", "now", "late"),
    [
        (PARIS, NINE_IN_PARIS, True),
        (MARTINIQUE, NINE_IN_PARIS, False),
        (MARTINIQUE, NINE_IN_MARTINIQUE.replace(hour=12, minute=59), False),
        (MARTINIQUE, NINE_IN_MARTINIQUE, True),
    ],
)
async def test_it_is_validated_until_it_begins_there(
    reference: AsyncSession, place: Place, now: datetime, late: bool
) -> None:
    desk, convention = await pre_approved(reference, place)
    desk.now = now
    standing = await desk.standing("stranger", convention)
    if late:
        with pytest.raises(ConflictError, match="devait déjà commencer"):
            await reviewing.validate(desk.office, standing)
    else:
        await reviewing.validate(desk.office, standing)
    assert ((await desk.row(convention)).status is Status.VALIDATED) is not late


@pytest.mark.parametrize(
    ("place", "now", "late"),
    [
        (PARIS, NINE_IN_PARIS.replace(hour=6), False),
        (PARIS, NINE_IN_PARIS, True),
        (MARTINIQUE, datetime(2026, 11, 30, 2, 0, tzinfo=UTC), False),
        (MARTINIQUE, NINE_IN_MARTINIQUE, True),
    ],
    ids=["two hours before", "begun", "the eve there, at ten in the evening", "begun there"],
)
async def test_anything_may_change_until_it_begins_there(
    reference: AsyncSession, place: Place, now: datetime, late: bool
) -> None:
    desk = Conventions(await build_world(reference))
    terms = replace(a_document(), place=place)
    convention = await desk.submitted(terms)
    desk.now = now
    other = replace(terms, activity=replace(terms.activity, tasks="Vendre et ranger"))
    standing = await desk.standing("counsellor", convention)
    if late:
        with pytest.raises(InvalidInputError) as error:
            await edit(desk.office, standing, other, 1)
        assert "activity.tasks" in {one.field for one in error.value.errors}
    else:
        await edit(desk.office, standing, other, 1)
    assert ((await desk.row(convention)).document == other) is not late

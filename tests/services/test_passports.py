"""A passport by its opaque token."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import passports
from domain.errors import InvalidInputError, NotFoundError
from domain.search import MAX_SKILLS
from services.passports import create_passport, delete_passport, read_passport, update_passport
from tests.factories.forms import NOW
from tests.factories.reference import SKILLS, skill

LATER = NOW.replace(day=30)


async def test_kept_read_changed_deleted(reference: AsyncSession) -> None:
    token, made = await create_passport(reference, [skill(3), "e0001", skill(3), "999", "<b>"], NOW)
    assert [one.code for one in made.skills] == [skill(3), "E0001"]
    assert made.skills[0].label == SKILLS[skill(3)]
    assert made.unknown == ("999", "<B>")

    assert (await read_passport(reference, token, LATER)).skills == made.skills
    changed = await update_passport(reference, token, [skill(1)], LATER)
    assert [one.code for one in changed.skills] == [skill(1)]
    row = (await reference.execute(select(passports))).one()
    assert (row.seen_at, row.created_at) == (LATER, NOW)
    assert token.encode() not in row.token_hash

    await delete_passport(reference, token)
    await delete_passport(reference, token)
    with pytest.raises(NotFoundError, match="60 jours"):
        await read_passport(reference, token, LATER)
    with pytest.raises(NotFoundError):
        await update_passport(reference, token, [], LATER)


async def test_too_many_skills(reference: AsyncSession) -> None:
    with pytest.raises(InvalidInputError) as refused:
        await create_passport(reference, [str(at) for at in range(MAX_SKILLS + 1)], NOW)
    assert refused.value.errors[0].field == "skills"
    with pytest.raises(InvalidInputError):
        await create_passport(reference, [str(at) for at in range(10_000)], NOW)

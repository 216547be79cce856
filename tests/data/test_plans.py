"""The statements of every page find their rows by an index, however many rows there are."""

from uuid import UUID

import pytest
from sqlalchemy import Select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import conventions

READ = {
    "by id": conventions._BY_ID.params(convention=UUID(int=0)),
    "by reference": conventions._BY_REFERENCE.params(reference="C-0"),
}


@pytest.mark.parametrize("named", READ)
async def test_a_convention_is_read_without_going_through_all_of_them(
    session: AsyncSession, named: str
) -> None:
    await session.execute(text("SET LOCAL enable_seqscan = off"))  # tables of tests are too small to show it
    plan = await session.execute(text(f"EXPLAIN {written(READ[named])}"))
    steps = [line for (line,) in plan]
    assert any("Index Scan" in step for step in steps)
    assert not [step for step in steps if "Seq Scan" in step], "\n".join(steps)


def written(query: Select[tuple[object, ...]]) -> str:
    """The statement with its values: `text` would read a colon as a parameter's."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    return str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True})).replace(":", r"\:")

"""What pages read of conventions, and accounts that go, is found by an index, however many there are."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import convention_removals, conventions

_READ: dict[str, Callable[[AsyncSession], Awaitable[object]]] = {
    "by id": lambda session: conventions.by_id(session, UUID(int=1)),
    "by reference": lambda session: conventions.by_reference(session, "C-0"),
    "of an account that goes": lambda session: convention_removals.of_person(
        session, UUID(int=1), "personne@exemple.fr"
    ),
}


@pytest.mark.parametrize("named", _READ)
async def test_a_convention_is_read_without_going_through_all_of_them(
    session: AsyncSession, named: str
) -> None:
    # The tables of tests are too small to show it: read whole, they cost nothing.
    for way in ("seqscan", "bitmapscan", "hashjoin", "mergejoin"):
        await session.execute(text(f"SET LOCAL enable_{way} = off"))
    connection: Connection = (await session.connection()).sync_connection  # type: ignore[assignment]
    said: list[tuple[str, Any]] = []

    def note(
        _connection: object, _cursor: object, statement: str, parameters: object, *_rest: object
    ) -> None:
        said.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    try:
        await _READ[named](session)
    finally:
        event.remove(connection, "before_cursor_execute", note)
    (statement, parameters), *_ = said
    plan = await (await session.connection()).exec_driver_sql(f"EXPLAIN {statement}", parameters)
    steps = [line for (line,) in plan]
    scans, bounded = (sum(word in step for step in steps) for word in (" Scan ", "Index Cond"))
    assert scans == bounded > 0, "\n".join(steps)

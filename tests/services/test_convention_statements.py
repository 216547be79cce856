"""What a move of a convention asks of PostgreSQL: each statement is paid by everybody who sends one."""

from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncSession

from domain.convention import As
from services.conventions.drafting import submit
from tests.factories.conventions import Conventions
from tests.factories.discussions import build_world

SENDING = 10
"""Locks, the ban of its host, other conventions, who accompanies (two), the document with its version,
who signs, one line of the story, what follows."""


async def test_sending_says_no_more_than_it_must(reference: AsyncSession) -> None:
    desk = Conventions(await build_world(reference))
    convention = await desk.draft()
    standing = await desk.standing("person", convention)
    connection: Connection = (await reference.connection()).sync_connection  # type: ignore[assignment]
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        await submit(desk.office, standing, 1)
    finally:
        event.remove(connection, "before_cursor_execute", note)
    assert (await desk.signatory(convention, As.COMPANY)).email == "gerante@exemple.com"
    assert len(said) == SENDING, "\n".join(said)

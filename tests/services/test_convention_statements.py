"""What the moves of a convention ask of PostgreSQL: each statement is paid by everybody who makes one."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncSession

from domain.convention import As
from services.conventions import sign_links, signing
from services.conventions.drafting import submit
from services.conventions.letters import letter_mail, spread
from services.conventions.sign_links import Opened
from services.followups import Event
from services.links import Purpose, mint
from services.work import Work
from tests.factories.conventions import DEVICE, NOW, SECRET, Conventions
from tests.factories.discussions import build_world
from tests.services.convention_round import Round

SENDING = 10
"""Locks, the ban of its host, other conventions, who accompanies (two), the document with its version,
who signs, one line of the story, what follows."""
LOCKING = 4
"""A signatory's link, the lock, the convention with who signs, the link again."""
ASKING = LOCKING + 4
"""The code's moment, one line of the story (two), what follows."""
SIGNING = LOCKING + 5
"""The signature, one line of the story (two), the convention's status, what follows."""
LETTER = 3
"""The convention, the link that it carries, the mail."""
TO_ALL = 4
"""The convention, the agency's people, one job for each reader (at once), their notification."""


@contextmanager
def counted(connection: Connection) -> Iterator[list[str]]:
    """The statements of the block, as they were sent."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(connection, "before_cursor_execute", note)


async def connection_of(session: AsyncSession) -> Connection:
    connection: Connection = (await session.connection()).sync_connection  # type: ignore[assignment]
    return connection


async def opened(desk: Conventions, token: str) -> Opened:
    found = await sign_links.lock(desk.world.session, token, NOW)
    assert isinstance(found, Opened)
    return found


async def a_link(desk: Conventions, convention: UUID) -> str:
    one = await desk.signatory(convention, As.COMPANY)
    work = Work(10**9, {}, NOW, NOW)
    path = await mint(desk.world.session, SECRET, work, Purpose.CONVENTION_SIGN, str(one.id))
    return path.rpartition("/")[2]


async def test_sending_says_no_more_than_it_must(reference: AsyncSession) -> None:
    desk = Conventions(await build_world(reference))
    convention = await desk.draft()
    standing = await desk.standing("person", convention)
    with counted(await connection_of(reference)) as said:
        await submit(desk.office, standing, 1)
    assert (await desk.signatory(convention, As.COMPANY)).email == "gerante@exemple.com"
    assert len(said) == SENDING, "\n".join(said)


async def test_signing_says_no_more_than_it_must(reference: AsyncSession) -> None:
    desk = Conventions(await build_world(reference))
    token = await a_link(desk, await desk.submitted())
    connection = await connection_of(reference)
    with counted(connection) as asking:
        found = await opened(desk, token)
        await signing.ask_code(desk.office, found.standing, found.signatory)
    assert len(asking) == ASKING, "\n".join(asking)
    with counted(connection) as said:
        found = await opened(desk, token)
        row = found.standing.row
        assert row.terms_sha256 is not None
        typed = signing.Typed(signing.code_of(SECRET, found.signatory, row.version), row.terms_sha256.hex())
        assert await signing.sign(desk.office, found.standing, found.signatory, typed, DEVICE)
    assert len(said) == SIGNING, "\n".join(said)


async def test_a_letter_says_no_more_than_it_must(reference: AsyncSession) -> None:
    desk = Conventions(await build_world(reference))
    await desk.submitted()
    post, connection = Round(desk), await connection_of(reference)
    ((job, work),) = await post.waiting()
    assert job == Event.CONVENTION_TO_SIGN
    with counted(connection) as spreading:
        await spread(Event.CONVENTION_TO_SIGN, reference, post.tools, work)
    assert len(spreading) == TO_ALL, "\n".join(spreading)
    told = [one for name, one in await post.waiting() if name == Event.CONVENTION_LETTER]
    with counted(connection) as said:
        await letter_mail(reference, post.tools, told[0])
    assert len(post.post.sent) == 1
    assert len(said) == LETTER, "\n".join(said)

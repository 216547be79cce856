"""Files of discussions: named here, read whole only when somebody opens one."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from data.session import ReadSession
from data.tables import discussion_files

_f = discussion_files.c


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """A file as a page names it; `size` in bytes, `message_id` None for a CV."""

    id: UUID
    kind: str
    name: str
    media_type: str
    size: int
    message_id: int | None


async def of_discussion(session: ReadSession, discussion: UUID) -> tuple[FileRow, ...]:
    """The files of a discussion, the CV first, then as they came."""
    size = func.octet_length(_f.content).label("size")
    query = select(_f.id, _f.kind, _f.name, _f.media_type, size, _f.message_id)
    query = query.where(_f.discussion_id == discussion).order_by(_f.kind.desc(), _f.added_at, _f.id)
    return tuple(FileRow(**row) for row in (await session.execute(query)).mappings())


async def content(session: ReadSession, discussion: UUID, file: UUID) -> tuple[str, str, bytes] | None:
    """A file of that discussion: its name, its type and its bytes."""
    query = select(_f.name, _f.media_type, _f.content).where(_f.id == file, _f.discussion_id == discussion)
    row = (await session.execute(query)).one_or_none()
    return (row.name, row.media_type, row.content) if row else None

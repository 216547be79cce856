"""Every sealed file looked at: right, lost, changed; made again when asked."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from clients.storage import LostFileError, Storage
from data.queries import convention_documents
from data.queries.convention_documents import DocumentRow
from data.session import ReadSession
from services.conventions.documents import OtherBytesError, made_again

_BATCH = 200
_FIRST = (UUID(int=0), 0)


class FileState(StrEnum):
    """How a sealed file is found, or left."""

    RIGHT = "right"
    MISSING = "missing"
    CHANGED = "changed"
    REBUILT = "rebuilt"
    LOST = "lost"
    """It was to be made again, and comes out otherwise: only a copy of the storage has it."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One sealed file, without a name in it."""

    document: DocumentRow
    state: FileState


async def look(session: ReadSession, storage: Storage, *, rebuild: bool) -> AsyncIterator[Looked]:
    """Every document that is kept whole, in turn; `rebuild`: what is not right is put back.

    Raises `UnavailableError` when the storage does not answer.
    """
    last = _FIRST
    while rows := await convention_documents.after(session, last, _BATCH):
        for one in rows:
            state = await _state(storage, one)
            wrong = state is not FileState.RIGHT
            yield Looked(one, await _rebuilt(storage, one) if wrong and rebuild else state)
        last = (rows[-1].convention_id, rows[-1].number)


async def _state(storage: Storage, one: DocumentRow) -> FileState:
    try:
        await storage.get(one.key)
    except LostFileError:
        return FileState.CHANGED if await storage.exists(one.key) else FileState.MISSING
    return FileState.RIGHT


async def _rebuilt(storage: Storage, one: DocumentRow) -> FileState:
    try:
        await storage.put(await made_again(one))
    except OtherBytesError:
        return FileState.LOST
    return FileState.REBUILT

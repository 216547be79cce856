"""The sealed PDF of a convention: made once validated, and again when its tutor changes (decision 0018).

Sealing writes the row, its tail and a line of the story in one transaction; the file follows, by a job of its
own. So a process that is killed leaves no file that nothing names, and a file is always one that can be made
again: `document of the data + tail`.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from clients.seal import DocumentSeal
from clients.storage import LostFileError, Storage
from data.queries import convention_documents, conventions
from data.queries.convention_documents import DocumentRow
from data.queries.conventions import ConventionRow
from data.session import Session
from domain.convention import Status
from domain.errors import UnavailableError
from domain.seal import Sealed
from services.conventions.document_data import final_data, written
from services.conventions.document_file import convention_pdf, tools
from services.conventions.document_proof import (
    paper_of,
    proof_of,
    signed_terms,
    validation_of,
    whole_story,
)
from services.conventions.story import Line, Office, Said, office_of, tell
from services.followups import Event, follow
from services.work import Tools, Work

log = structlog.get_logger()
_FORGOTTEN = "Ce document a été effacé : la durée de conservation de la convention est passée."
_LOST = (
    "Le fichier de cette convention doit être restauré par l’équipe du service, qui est prévenue. "
    "La convention reste valable. Réessayez demain, ou demandez le fichier à une personne qui l’a signée."
)
_A_DAY_S = 86_400
_JUST_SEALED = 16
"""Files, of some tens of kilobytes each."""
_just_sealed: OrderedDict[str, bytes] = OrderedDict()
"""What this process sealed and has not put away yet, by its hash: it is not typeset twice. Anything else is
made again from its row."""


class OtherBytesError(UnavailableError):
    """A lost file cannot be made again as it was: a copy of the storage has to be restored."""


async def seal_document(session: Session, tools_: Tools, work: Work) -> None:
    """Make and seal what the convention is now, unless that is done; the file is put by the next job.

    A convention cancelled meanwhile has no document. Raises `RewrittenError` when its story or its text is no
    longer what was sealed.
    """
    office = office_of(session, tools_, work)
    row = await conventions.lock(session, UUID(str(work.payload["convention"])))
    if row is None or row.status is not Status.VALIDATED or row.terms is None:
        return
    story = await whole_story(session, row, office.keys)
    signed_version = validation_of(story).version
    seals = [one for one in story if one.kind == Line.SEALED]
    made = bool(seals) and seals[-1].version == row.version
    number = len(seals) + (0 if made else 1)
    ids: dict[str, int | str] = {"convention": str(row.id), "number": number}
    if not made:
        terms = await signed_terms(session, row, signed_version)
        paper = await paper_of(session, row, tools_.public_url)
        text = written(final_data(terms, paper, await proof_of(session, row, story)))
        sealed = await sealed_of(tools_.seal, text, office.now)
        await _keep(office, row, number, text, sealed)
        if sealed.without_time:
            log.warning("document.without_time", convention=str(row.id), why=sealed.without_time)
            await follow(session, Event.DOCUMENT_TO_LOOK_AT, **ids)
    await follow(session, Event.CONVENTION_SEALED, **ids)


async def sealed_of(seal: DocumentSeal, text: str, now: datetime) -> Sealed:
    """The sealed file of a document's data."""
    return await seal.seal(await convention_pdf(text), now)


async def _keep(office: Office, row: ConventionRow, number: int, text: str, sealed: Sealed) -> None:
    file, made = _sha256(sealed.whole), _sha256(sealed.pdf)
    made_with = tools() | {"certificate": sealed.certificate}
    values: Mapping[str, Any] = {
        "number": number,
        "data": text,
        "made_with": made_with | ({"without_time": sealed.without_time} if sealed.without_time else {}),
        "unsealed_sha256": made,
        "sealed_sha256": file,
        "tail": sealed.tail,
        "at": office.now,
    }
    await convention_documents.add(office.session, row.id, values)
    _just_sealed[file.hex()] = sealed.whole
    if len(_just_sealed) > _JUST_SEALED:
        _just_sealed.popitem(last=False)
    facts = {"number": number, "file": file.hex(), "timestamped": sealed.timestamped}
    await tell(office, row, Said(Line.SEALED, facts | {"certificate": sealed.certificate}))


async def store_document(session: Session, tools_: Tools, work: Work) -> None:
    """Put a sealed file where files are, unless it is there already; just sealed here, it is at hand."""
    convention, number = UUID(str(work.payload["convention"])), int(work.payload["number"])
    found = await convention_documents.by_number(session, convention, number)
    if found is None or found.tail is None or await tools_.storage.exists(found.key):
        return
    at_hand = _just_sealed.pop(found.key, b"")
    await tools_.storage.put(at_hand or await made_again(found))


async def forget_file(_session: Session, tools_: Tools, work: Work) -> None:
    """Remove the file of a convention that was dropped or anonymised; its row no longer makes it."""
    await tools_.storage.delete(str(work.payload["file"]))


async def file_of(storage: Storage, found: DocumentRow) -> bytes:
    """The sealed file, made again and put back when it is lost or changed.

    A storage that does not answer keeps nobody from their convention. Raises `OtherBytesError`.
    """
    try:
        return await storage.get(found.key)
    except LostFileError:
        content = await made_again(found)
        log.warning("document.made_again", convention=str(found.convention_id), number=found.number)
        await _put_back(storage, content)
        return content
    except UnavailableError:
        return await made_again(found)


async def _put_back(storage: Storage, content: bytes) -> None:
    try:
        await storage.put(content)
    except UnavailableError:
        log.warning("document.not_put_back", key=hashlib.sha256(content).hexdigest())


async def made_again(found: DocumentRow) -> bytes:
    """The sealed file of a row, byte for byte; raises `OtherBytesError` when it comes out otherwise."""
    if found.data is None or found.tail is None:
        raise OtherBytesError(_FORGOTTEN, retry_after_s=_A_DAY_S)
    document = await convention_pdf(found.data)
    content = document + found.tail
    if _sha256(document) != found.unsealed_sha256 or _sha256(content) != found.sealed_sha256:
        log.error(
            "document.other_bytes",
            convention=str(found.convention_id),
            number=found.number,
            made_with=dict(found.made_with),
            now_with=tools(),
        )
        raise OtherBytesError(_LOST, retry_after_s=_A_DAY_S)
    return content


def _sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


JOBS = {
    "convention.document": seal_document,
    "convention.file": store_document,
    "convention.forget_file": forget_file,
}

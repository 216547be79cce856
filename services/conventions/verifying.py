"""Verifying a convention: its chain, texts, signatures, decisions, assessment, and its sealed files."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from clients.seal import DocumentSeal
from clients.storage import LostFileError, Storage
from data.queries import convention_documents, convention_proofs, conventions
from data.queries.convention_documents import DocumentRow
from data.queries.conventions import read_terms
from data.session import Session
from domain.chain import ChainKeys
from domain.convention import Status
from domain.convention_proof import Fault, Kept, faults
from domain.seal import SealReport
from services.assessments.filling import faults as assessment_faults
from services.conventions.documents import OtherBytesError, made_again
from services.conventions.drafting import facts_of

_BATCH = 500
_NOT_REMADE = "Ce qui permet de refaire ce document a été changé, ou l’outil qui le fait."


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was found of one convention, without a name in it. `faults` is empty when all is whole."""

    reference: str
    status: Status
    starts_on: date | None
    ends_on: date | None
    validated_at: datetime | None
    lines: int
    versions: int
    signatures: int
    files: tuple[str, ...]
    """SHA-256 of each sealed file, in hexadecimal, the first first."""
    faults: tuple[Fault, ...]

    @property
    def whole(self) -> bool:
        """Whether everything agrees."""
        return not self.faults


async def verify(session: Session, keys: ChainKeys, reference: str) -> Report | None:
    """What is to be said of a convention; None when no convention has that reference."""
    row = await conventions.by_reference(session, reference)
    kept = await convention_proofs.hold(session, row.id) if row else None
    if row is None or kept is None:
        return None
    report = _report(reference, kept, keys)
    said = tuple(Fault("assessments", why) for why in await assessment_faults(session, row))
    return replace(report, faults=(*report.faults, *said))


def _report(reference: str, kept: Kept, keys: ChainKeys) -> Report:
    row = kept.convention
    repeats = facts_of(read_terms(row.terms)) if row.terms is not None else {}
    repeats.pop("terms", None)
    return Report(
        reference=reference,
        status=row.status,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        validated_at=row.validated_at,
        lines=len(kept.entries),
        versions=len(kept.versions),
        signatures=sum(one.signed_at is not None for one in kept.signatures),
        files=tuple(one.sealed_sha256.hex() for one in kept.documents),
        faults=faults(kept, keys.by_id, repeats),
    )


async def references(session: Session) -> AsyncIterator[str]:
    """Every convention, a batch at a time."""
    after = ""
    while listed := await convention_proofs.sent(session, after, _BATCH):
        for one in listed:
            yield one
        after = listed[-1]


async def file_faults(
    session: Session, report: Report, files: Storage, seal: DocumentSeal
) -> tuple[Fault, ...]:
    """What is wrong with the sealed files: as they are kept, and as they would be made again.

    Raises `UnavailableError` when the storage does not answer.
    """
    found = []
    for key in report.files:
        document = await convention_documents.by_hash(session, bytes.fromhex(key))
        if document is None or document.data is None:
            continue
        if why := await _kept_fault(files, seal, key):
            found.append(Fault(f"fichier scellé n° {document.number}", why))
        if not await _remade(document):
            found.append(Fault(f"convention_documents, n° {document.number}", _NOT_REMADE))
    return tuple(found)


async def _kept_fault(files: Storage, seal: DocumentSeal, key: str) -> str:
    """What is wrong with the file that is kept; empty when nothing is."""
    try:
        seen = await seal.verify(await files.get(key))
    except LostFileError:
        return "Ce fichier est perdu ou abîmé. Il est refait quand quelqu’un l’ouvre."
    return "" if seen.valid else seen.why


async def _remade(document: DocumentRow) -> bool:
    try:
        await made_again(document)
    except OtherBytesError:
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What a file from anybody is. `report`: of the convention whose sealed file it is, if it is one.

    `latest`: no later file replaced it. `seal`: what its own seal tells, when it is none of ours.
    """

    report: Report | None
    latest: bool = False
    seal: SealReport | None = None


async def verify_file(session: Session, keys: ChainKeys, seal: DocumentSeal, content: bytes) -> FileReport:
    """Whether a file is, byte for byte, one that the service sealed; it is read, and kept nowhere."""
    found = await convention_documents.by_hash(session, hashlib.sha256(content).digest())
    report = await verify(session, keys, found.reference) if found else None
    if found is None or report is None:
        return FileReport(report=None, seal=await seal.verify(content))
    return FileReport(report=report, latest=found.key == report.files[-1])

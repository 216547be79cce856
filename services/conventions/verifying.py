"""Verifying a convention: its chain, texts, signatures, decisions, and the files that were sealed."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime

from clients.seal import DocumentSeal
from clients.storage import LostFileError, Storage
from data.queries import convention_proofs, conventions
from data.session import Session
from domain.chain import ChainKeys
from domain.convention import Status
from domain.convention_proof import Fault, Kept, faults
from domain.seal import SealReport

_BATCH = 500


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
    return _report(reference, kept, keys) if kept else None


def _report(reference: str, kept: Kept, keys: ChainKeys) -> Report:
    row = kept.convention
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
        faults=faults(kept, keys.by_id),
    )


async def references(session: Session) -> AsyncIterator[str]:
    """Every convention, a batch at a time."""
    after = ""
    while listed := await convention_proofs.sent(session, after, _BATCH):
        for one in listed:
            yield one
        after = listed[-1]


async def file_faults(report: Report, files: Storage, seal: DocumentSeal) -> tuple[Fault, ...]:
    """What is wrong with the sealed files as they are kept; raises as the storage does, but for lost ones."""
    found = []
    for number, key in enumerate(report.files, 1):
        name = f"fichier scellé n° {number} ({key[:8]}…)"
        try:
            content = await files.get(key)
        except LostFileError:
            found.append(Fault(name, "Ce fichier est perdu : il est à refaire depuis ce qui est gardé."))
            continue
        seen = await seal.verify(content)
        if not seen.valid:
            found.append(Fault(name, seen.why))
    return tuple(found)


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
    found = await convention_proofs.of_file(session, hashlib.sha256(content).digest())
    row = await conventions.by_id(session, found[0]) if found else None
    report = await verify(session, keys, row.reference) if row else None
    if found is None or report is None:
        return FileReport(report=None, seal=await seal.verify(content))
    return FileReport(report=report, latest=found[1] == len(report.files))

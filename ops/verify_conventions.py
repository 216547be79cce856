"""Verifies conventions one after the other, each as it is at one moment."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from clients.documents import document_seal, document_storage
from clients.seal import DocumentSeal
from clients.storage import Storage
from data.session import SessionMaker, create_engine, create_maker
from domain.chain import ChainKeys
from domain.errors import NotFoundError
from services.conventions.verifying import Report, file_faults, references, verify
from settings import Settings

ALL = "all"


async def run(settings: Settings, reference: str) -> list[Report]:
    """What is found of one convention, or of all; raises `NotFoundError` for an unknown reference."""
    engine = create_engine(settings.database_url, 1)
    look = _Look(
        create_maker(engine),
        ChainKeys(settings.chain_keys, settings.secret_key),
        document_storage(settings.storage_url),
        document_seal(settings),
    )
    try:
        if reference != ALL:
            return [await look.at(reference.strip().upper())]
        async with look.maker() as session:
            listed = [one async for one in references(session)]
        return [await look.at(one) for one in listed]
    finally:
        await engine.dispose()


@dataclass(frozen=True, slots=True)
class _Look:
    """What looking at a convention takes."""

    maker: SessionMaker
    keys: ChainKeys
    files: Storage
    seal: DocumentSeal

    async def at(self, reference: str) -> Report:
        """One convention, in a transaction of its own; its files, after it."""
        async with self.maker() as session, session.begin():
            report = await verify(session, self.keys, reference)
        if report is None:
            raise NotFoundError(f"Aucune convention ne porte la référence {reference}.")
        async with self.maker() as session:
            faults = await file_faults(session, report, self.files, self.seal) if report.files else ()
        return replace(report, faults=report.faults + faults)


def broken(found: Sequence[Report]) -> list[Report]:
    """Those that do not agree with their story."""
    return [one for one in found if not one.whole]


def described(found: Sequence[Report]) -> Iterator[str]:
    """What the command prints."""
    for one in found if len(found) == 1 else broken(found):
        state = "entière" if one.whole else "CHANGÉE APRÈS COUP"
        kept = f"lignes : {one.lines}, textes : {one.versions}, signatures : {one.signatures}"
        yield f"{one.reference} : {state} ({kept}, fichiers scellés : {len(one.files)})"
        for fault in one.faults:
            yield f"  {fault.row} : {fault.why}"
    if len(found) != 1:
        yield f"{len(found)} conventions vérifiées, {len(broken(found))} à regarder."


def as_json(found: Sequence[Report]) -> dict[str, Any]:
    """What the file of `--json` holds: those that do not agree, and how many were looked at."""
    return {"verified": len(found), "broken": [asdict(one) for one in broken(found)]}

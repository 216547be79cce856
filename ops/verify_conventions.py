"""Verifies conventions one after the other, each as it is at one moment."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any

from clients.documents import document_seal, document_storage
from domain.chain import ChainKeys
from domain.errors import NotFoundError
from ops.transactions import transaction
from services.conventions.verifying import Report, file_faults, references, verify
from settings import Settings

ALL = "all"


async def run(settings: Settings, reference: str) -> list[Report]:
    """What is found of one convention, or of all; raises `NotFoundError` for an unknown reference."""
    if reference != ALL:
        return [await _one(settings, reference.strip().upper())]
    async with transaction(settings.database_url) as session:
        listed = [one async for one in references(session)]
    return [await _one(settings, one) for one in listed]


async def _one(settings: Settings, reference: str) -> Report:
    keys = ChainKeys(settings.chain_keys, settings.secret_key)
    async with transaction(settings.database_url) as session:
        report = await verify(session, keys, reference)
    if report is None:
        raise NotFoundError(f"Aucune convention ne porte la référence {reference}.")
    if not report.files:
        return report
    files, seal = document_storage(settings.storage_url), document_seal(settings)
    async with transaction(settings.database_url) as session:
        return replace(report, faults=report.faults + await file_faults(session, report, files, seal))


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

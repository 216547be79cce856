"""Import agencies from a public file of prescribers: they wait, unclaimed, for their people.

The file is that of les emplois de l’inclusion (`type, nom, siret, adresse, code_postal, ville,
departement, lat, lon, habilitation`). Rows are named by what they say (`NAMED_BY`), so a file imported
again changes nothing; what somebody claimed, or a person decided on, is left alone.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from data.reference.agency_rows import COLUMNS, AgencyReader, AgencyRow
from data.reference.company_rows import RowError
from data.reference.csv_files import CsvFile, read_csv
from data.reference.gazetteer import load_gazetteer
from data.reference.imports import record
from data.reference.rejects import Rejects
from data.reference.report import Changes, ImportReport, Progress, silent
from data.reference.sources import open_source
from data.reference.staging import fill, import_transaction, rows_of, staging_table
from data.session import Session
from data.tables import agencies, agency_rights
from data.tables.base import Timestamp
from domain.errors import BadFileError

SOURCE = "prescripteurs"
REQUIRED = ("type", "nom", "code_postal", "ville")
OPTIONAL = ("siret", "adresse", "departement", "lat", "lon", "habilitation")
FILE = "emplois_prescripteurs.csv"
"""The file's name in a folder of reference files, under `companies/`."""
_MOST_LINES = 50
_STAGE = staging_table(agencies, *COLUMNS)


@dataclass(slots=True)
class _Read:
    """What reading the file counted."""

    rows: int = 0
    wrong_sirets: list[int] = field(default_factory=list)
    """Their lines."""
    refused: int = 0


async def import_agencies(
    session: Session,
    path: Path,
    now: datetime,
    report: Progress | None = None,
    rejects_path: Path | None = None,
) -> ImportReport:
    """Import a CSV (or a zip of one) of prescribers; each is `to_review`, with what the file has.

    Rejected rows are in the report (the first 1,000) and all in `rejects_path`; a SIRET that fails its
    check is left out and reported. Raises `BadFileError` when the file itself cannot be read; then nothing
    was changed.
    """
    say = report or silent
    with ExitStack() as stack:
        file = _only_file(path, stack)
        file.require(REQUIRED)
        async with import_transaction(session):
            rejects, read = Rejects(stack, rejects_path), _Read()
            reader = AgencyReader(await load_gazetteer(session))
            rows = [row.values for row in _good_rows(file, reader, rejects, read)]
            say("Lecture des structures", 1.0)
            await fill(session, _STAGE, rows)
            changes, left_alone = await _apply(session, now)
            outcome = ImportReport(
                kind="agencies",
                version=SOURCE,
                read=read.rows,
                changes={"agencies": changes},
                rejected=tuple(rejects.first),
                rejected_count=rejects.count,
                notes=_notes(read, len(rows), left_alone),
            )
            await record(session, outcome, now)
    say("Structures à jour", 1.0)
    return outcome


def _only_file(path: Path, stack: ExitStack) -> CsvFile:
    sources = stack.enter_context(open_source(path))
    if len(sources) != 1:
        raise BadFileError(path.name, 0, f"il faut un fichier CSV, il y en a {len(sources)}.")
    return read_csv(sources[0])


def _good_rows(file: CsvFile, reader: AgencyReader, rejects: Rejects, read: _Read) -> Iterator[AgencyRow]:
    """The rows that can be taken, each agency once; the others go to `rejects`."""
    seen: dict[str, int] = {}
    places = {name: file.header.index(name) for name in (*REQUIRED, *OPTIONAL) if name in file.header}
    for line, values in file.records():
        read.rows += 1
        try:
            row = _first(reader.read(_named(values, places, len(file.header))), seen)
        except RowError as error:
            rejects.add(line, str(error))
            continue
        seen[row.key] = line
        read.refused += bool(row.values[COLUMNS.index("status_reason")])
        if row.wrong_siret:
            read.wrong_sirets.append(line)
        yield row


def _first(row: AgencyRow, seen: dict[str, int]) -> AgencyRow:
    if row.key in seen:
        raise RowError(f"la même structure que ligne {seen[row.key]}.")
    return row


def _named(values: list[str] | None, places: dict[str, int], width: int) -> dict[str, str]:
    if values is None:
        raise RowError("les guillemets de cette ligne ne se referment pas.")
    if len(values) != width:
        raise RowError(f"{len(values)} valeurs au lieu de {width}.")
    return {name: values[place] for name, place in places.items()}


def _ours() -> ColumnElement[bool]:
    """The row of the table that a staged row names."""
    return (agencies.c.source == SOURCE) & (agencies.c.source_key == _STAGE.c.source_key)


def _untouched() -> ColumnElement[bool]:
    people = select(1).where(agency_rights.c.agency_id == agencies.c.id).exists()
    return (agencies.c.status == "to_review") & ~people


async def _apply(session: Session, now: datetime) -> tuple[Changes, int]:
    """Write what was staged; the changes, and how many were left to their people."""
    names = [name for name in COLUMNS if name != "source_key"]
    differs = or_(*(agencies.c[name].is_distinct_from(_STAGE.c[name]) for name in names))
    values: dict[str, object] = {name: _STAGE.c[name] for name in names}
    change = update(agencies).where(_ours(), _untouched(), differs).values(**values, updated_at=now)
    changed = await rows_of(session, change)
    moment = literal(now, Timestamp)
    new = select(*(_STAGE.c[name] for name in COLUMNS), literal(SOURCE), moment, moment).where(
        ~select(1).where(_ours()).exists()
    )
    target = [*COLUMNS, "source", "created_at", "updated_at"]
    added = await rows_of(session, insert(agencies).from_select(target, new, include_defaults=False))
    query = select(func.count(), func.count().filter(~_untouched())).select_from(agencies)
    total, left_alone = (await session.execute(query.join(_STAGE, _ours()))).one()
    unchanged = total - added - changed - left_alone
    return Changes(added=added, changed=changed, unchanged=unchanged), left_alone


def _notes(read: _Read, taken: int, left_alone: int) -> tuple[str, ...]:
    notes = [f"Structures dans le fichier : {taken}, à vérifier une fois que leurs agents les revendiquent."]
    if read.wrong_sirets:
        lines = ", ".join(map(str, read.wrong_sirets[:_MOST_LINES]))
        more = "…" if len(read.wrong_sirets) > _MOST_LINES else ""
        notes.append(f"SIRET faux laissés vides : {len(read.wrong_sirets)} (lignes {lines}{more}).")
    if read.refused:
        notes.append(f"Habilitation refusée dans le fichier, dite à qui vérifie : {read.refused}.")
    if left_alone:
        notes.append(f"Déjà revendiquées ou décidées : {left_alone}, laissées ainsi.")
    return tuple(notes)

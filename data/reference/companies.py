"""Import companies from a CSV: ours, or somebody else's through a mapping. Bad rows do not stop good ones.

Rows are read and checked one by one, staged by batches, then written by a few statements, in the
caller's transaction. With jobs and a way to be reached a company is a volunteer; else it is a
« potentiel », whose jobs follow from its NAF division.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from data.reference.company_rows import CompanyRow, RowError, RowReader
from data.reference.company_upserts import COMPANIES, OFFERS, PLACES, Applied, apply, create_stages
from data.reference.csv_files import CsvFile, read_csv
from data.reference.gazetteer import load_gazetteer
from data.reference.imports import record
from data.reference.jobs import load_jobs
from data.reference.mapping import COLUMNS, Mapping, converter, load_mapping, own_format
from data.reference.rejects import Rejects
from data.reference.report import ImportReport, Progress, silent
from data.reference.sources import open_source
from data.reference.staging import copy, import_transaction
from data.session import Session
from domain.company import MAX_PLACES
from domain.errors import BadFileError
from domain.offer import MAX_OFFERS

BATCH = 5000
DEFAULT_SOURCE = "import"
FORM = "form"
"""The source of companies that their own people registered or edited: no import may write as it."""


@dataclass(slots=True)
class _Seen:
    """What was already taken of one SIRET."""

    volunteer: bool
    places: int = 1
    jobs: set[tuple[str, str]] = field(default_factory=set)


async def import_companies(  # noqa: PLR0913 - one import, its options by name
    session: Session,
    path: Path,
    now: datetime,
    *,
    mapping: str | Path | None = None,
    source: str = DEFAULT_SOURCE,
    report: Progress | None = None,
    rejects_path: Path | None = None,
) -> ImportReport:
    """Import a CSV (or a zip of one) of companies; `mapping` names a shipped one or is a TOML file.

    Companies already brought by the same source are updated, others kept as they are; those that
    left or were banned stay out. A mapping gives its own source. Rejected rows are in the report
    (the first 1,000) and all in `rejects_path`. Raises `BadFileError` when the file itself cannot be
    read; then nothing was changed.
    """
    plan = load_mapping(mapping) if mapping else own_format(source)
    say = report or silent
    if plan.source == FORM:
        raise BadFileError(
            path.name, 0, f"« {FORM} » est le nom réservé aux formulaires : changez de source."
        )
    with ExitStack() as stack:
        file = _only_file(path, stack)
        notes = _check_header(file, plan)
        async with import_transaction(session):
            rejects = Rejects(stack, rejects_path)
            read, taken = await _stage(session, file, plan, rejects, say)
            say("Écriture des entreprises", 0.0)
            applied = await apply(session, plan.source, now)
            outcome = ImportReport(
                kind="companies",
                version=plan.source,
                read=read,
                changes=applied.changes,
                rejected=tuple(rejects.first),
                rejected_count=rejects.count,
                notes=(*notes, *_notes(applied, taken)),
            )
            await record(session, outcome, now)
    say("Entreprises à jour", 1.0)
    return outcome


def _only_file(path: Path, stack: ExitStack) -> CsvFile:
    sources = stack.enter_context(open_source(path))
    if len(sources) != 1:
        raise BadFileError(path.name, 0, f"il faut un fichier CSV, il y en a {len(sources)}.")
    return read_csv(sources[0])


def _check_header(file: CsvFile, plan: Mapping) -> tuple[str, ...]:
    """Refuse a file that lacks what everything needs; say which columns are not read."""
    if plan.name:
        file.require(plan.theirs)
        return ()
    file.require(("siret", "name"))
    if not {"postal_code", "insee"} & set(file.header):
        file.fail(1, "il faut la colonne « postal_code » ou la colonne « insee ».")
    unknown = [name for name in file.header if name and name not in COLUMNS]
    return (f"Colonnes ignorées : {', '.join(unknown)}.",) if unknown else ()


async def _stage(
    session: Session, file: CsvFile, plan: Mapping, rejects: Rejects, say: Progress
) -> tuple[int, int]:
    """Fill the temporary tables with the good rows; how many rows were read, how many companies taken."""
    await create_stages(session)
    reader = RowReader(await load_gazetteer(session), await load_jobs(session), plan.shorten)
    seen: dict[str, _Seen] = {}
    read = 0

    def good_rows() -> Iterator[tuple[CompanyRow, bool]]:
        nonlocal read
        convert, width = converter(plan, file.header), len(file.header)
        for line, values in file.records():
            read += 1
            try:
                yield _taken(reader.read(convert(_whole(values, width))), seen)
            except RowError as error:
                rejects.add(line, str(error))

    rows = good_rows()
    while batch := list(islice(rows, BATCH)):
        await copy(session, COMPANIES, (row.company for row, first in batch if first))
        await copy(session, PLACES, (_place(row) for row, _ in batch))
        await copy(session, OFFERS, (offer for row, _ in batch for offer in _offers(row)))
        say("Lecture des entreprises", min(1.0, read / max(1, file.lines)))
    return read, len(seen)


def _whole(values: list[str] | None, width: int) -> list[str]:
    if values is None:
        raise RowError("les guillemets de cette ligne ne se referment pas.")
    if len(values) != width:
        raise RowError(f"{len(values)} valeurs au lieu de {width}.")
    return values


def _taken(row: CompanyRow, seen: dict[str, _Seen]) -> tuple[CompanyRow, bool]:
    """The row and whether it is the first of its SIRET, which gives the company; others add a place."""
    known = seen.get(row.siret)
    jobs = {(job.rome, job.label) for job in row.jobs}
    if known is None:
        seen[row.siret] = _Seen(row.volunteer, 1, jobs)
        return row, True
    if row.jobs and not known.volunteer:
        raise RowError("des métiers, alors que la première ligne de ce SIRET n’en a pas.")
    if known.places >= MAX_PLACES:
        raise RowError(f"plus de {MAX_PLACES} lieux pour ce SIRET.")
    if len(known.jobs | jobs) > MAX_OFFERS:
        raise RowError(f"plus de {MAX_OFFERS} métiers pour ce SIRET.")
    known.places += 1
    known.jobs |= jobs
    return row, False


def _place(row: CompanyRow) -> tuple[object, ...]:
    place = row.place
    return (
        *(place.address, place.postal_code, place.city, place.insee),
        *(place.lat, place.lon, place.approximate, row.siret),
    )


def _offers(row: CompanyRow) -> Iterator[tuple[object, ...]]:
    for job in row.jobs:
        yield job.rome, job.appellation, job.label, job.remote_mode, row.siret


def _notes(applied: Applied, taken: int) -> tuple[str, ...]:
    notes = [f"Entreprises dans le fichier : {taken}."]
    if applied.left_out:
        notes.append(
            f"{applied.left_out} ont demandé à ne plus paraître ou ont été écartées : laissées ainsi."
        )
    if applied.left_others:
        notes.append(
            f"{applied.left_others} ont une fiche qui vient d’ailleurs ou d’elles-mêmes : laissée ainsi."
        )
    return tuple(notes)

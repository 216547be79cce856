"""Load referentials and companies into a database: the transactions, the progress, the report."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from data.reference.agencies import FILE, import_agencies
from data.reference.communes import import_communes
from data.reference.companies import DEFAULT_SOURCE, import_companies
from data.reference.imports import STARTER, imported_version
from data.reference.naf import import_naf
from data.reference.report import ImportReport
from data.reference.report import Progress as Told
from data.reference.rome import import_rome
from data.reference.starter import load_starter
from domain.errors import BadFileError
from ops.transactions import now, transaction
from settings import ROOT, Settings

_OFFICIAL = {"rome": ("rome", import_rome), "communes": ("geo", import_communes), "naf": ("naf", import_naf)}
"""Folder of `ESCALE_REFERENCE` and importer, by kind; the NAF refers to the ROME, so after it."""
_STARTER = ROOT / "data" / "starter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the command line asks to import; `mapping` and `source` are for companies only."""

    kind: str
    path: Path
    mapping: str = ""
    """Name of a shipped mapping, or path of a TOML file."""
    source: str = DEFAULT_SOURCE
    rejects: Path | None = None


def import_file(database_url: str, order: Order) -> ImportReport:
    """Import one file or folder in one transaction, with a progress bar; raises `BadFileError`."""
    with _bar() as told:
        return asyncio.run(run_order(database_url, order, told))


def load_when_empty(settings: Settings, say: Callable[[str], None]) -> None:
    """Give the database its referentials: the official ones of `ESCALE_REFERENCE`, else the starter's.

    What is there stays, except that official files replace the starter's.
    """
    asyncio.run(_load_when_empty(settings, _Lines(say)))


async def _load_when_empty(settings: Settings, lines: "_Lines") -> None:
    for kind, (folder, importer) in _OFFICIAL.items():
        path = _official(settings, folder)
        async with transaction(settings.database_url) as session:
            version = await imported_version(session, kind)
            if settings.escale_reference and version in {None, STARTER}:
                lines.title(f"Référentiel officiel « {kind} »")
                await importer(session, path, now(), lines)
    async with transaction(settings.database_url) as session:
        wanted = [kind for kind in (*_OFFICIAL, "companies") if not await imported_version(session, kind)]
        if wanted:
            lines.title("Données de départ")
            await load_starter(session, _STARTER, now(), lines)


def _official(settings: Settings, folder: str) -> Path:
    """The folder, or the zip of that name; raises `BadFileError` when neither is there."""
    path = Path(settings.escale_reference) / folder
    found = next((one for one in (path, path.with_suffix(".zip")) if one.exists()), None)
    if settings.escale_reference and found is None:
        raise BadFileError(str(path), 0, "dossier introuvable : vérifiez ESCALE_REFERENCE.")
    return found or path


def agencies_file(settings: Settings) -> Path:
    """The file of prescribers of `ESCALE_REFERENCE`; raises `BadFileError` when there is none."""
    path = Path(settings.escale_reference) / "companies" / FILE
    if not settings.escale_reference or not path.is_file():
        raise BadFileError(FILE, 0, "fichier introuvable : donnez son chemin, ou vérifiez ESCALE_REFERENCE.")
    return path


async def run_order(database_url: str, order: Order, told: Told) -> ImportReport:
    """Import in one transaction, committed when all went well; raises `BadFileError`."""
    async with transaction(database_url) as session:
        if order.kind == "companies":
            return await import_companies(
                session,
                order.path,
                now(),
                mapping=order.mapping or None,
                source=order.source,
                report=told,
                rejects_path=order.rejects,
            )
        if order.kind == "agencies":
            return await import_agencies(session, order.path, now(), told, order.rejects)
        importer = _OFFICIAL[order.kind][1]
        return await importer(session, order.path, now(), told)


class _Lines:
    """Progress as lines: a step is said once, when it begins."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._step = ""

    def title(self, text: str) -> None:
        self._say(text)
        self._step = ""

    def __call__(self, step: str, share: float) -> None:  # noqa: ARG002 - a line has no length
        if step != self._step:
            self._step = step
            self._say(f"  {step}")


@contextmanager
def _bar() -> Iterator[Told]:
    """Progress as one bar a step, on the terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    with Progress(*columns, TimeElapsedColumn()) as progress:
        tasks: dict[str, TaskID] = {}

        def tell(step: str, share: float) -> None:
            if step not in tasks:
                for task in tasks.values():
                    progress.update(task, completed=1)
                tasks[step] = progress.add_task(step, total=1)
            progress.update(tasks[step], completed=share)

        yield tell
        for task in tasks.values():
            progress.update(task, completed=1)


_TABLES = {
    "agencies": "structures",
    "communes": "communes",
    "companies": "entreprises",
    "company_places": "lieux",
    "departments": "départements",
    "naf_codes": "codes NAF",
    "naf_divisions": "divisions NAF",
    "naf_rome": "métiers des divisions",
    "offers": "offres",
    "rome_appellations": "appellations",
    "rome_mobilities": "métiers proches",
    "rome_occupation_skills": "compétences des métiers",
    "rome_occupations": "métiers",
    "rome_skills": "compétences",
    "rome_tags": "thèmes, secteurs, contextes",
    "rome_texts": "textes des métiers",
    "rome_words": "mots de tous les jours",
}


def show(report: ImportReport, say: Callable[[str], None] = print) -> None:
    """Print a report for the person who imports."""
    say(f"{report.kind} {report.version} : {_many(report.read, 'ligne lue', 'lignes lues')}.")
    for table, changes in report.changes.items():
        said = f"ajouts {changes.added}, modifications {changes.changed}, inchangés {changes.unchanged}"
        left = f", retraits {changes.retired}, suppressions {changes.removed}"
        say(f"  {_TABLES.get(table, table)} : {said}{left if changes.retired or changes.removed else ''}")
    for use in report.retired_in_use:
        where = ", ".join(f"{count} {name}" for name, count in use.uses.items())
        say(f"  code retiré mais encore utilisé : {use.code} {use.label} ({where})")
    for row in report.rejected:
        say(f"  ligne {row.line} écartée : {row.reason}")
    if report.rejected_count > len(report.rejected):
        say(f"  … et {report.rejected_count - len(report.rejected)} autres lignes écartées")
    for note in report.notes:
        say(f"  {note}")


def _many(count: int, one: str, many: str) -> str:
    return f"{count} {one if count < 2 else many}"  # noqa: PLR2004 - in French, two is the first plural

"""Import the NAF rév. 2 and its links to ROME codes: the official tables or ours.

Five levels are in one official table (INSEE); the links between divisions and occupations come
from France Travail. Each file is known by its header; a folder may hold both or one of them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Table, select

from data.reference.csv_files import CsvFile, read_csv
from data.reference.imports import STARTER, record
from data.reference.report import Changes, ImportReport, Progress, silent
from data.reference.sources import open_source
from data.reference.staging import fill, import_transaction, remove, staging_table, upsert
from data.session import Session
from data.tables import naf_codes, naf_divisions, naf_rome, rome_occupations
from domain.errors import BadFileError
from domain.values import DIVISION_PATTERN, clean_line, dotted_naf

OFFICIAL_VERSION = "rev2"
MAX_LABEL = 500
_LEVELS = ("code_naf", "libelle", "division", "libelle_division", "section", "libelle_section")
_OFFICIAL_LINKS = ("division_naf", "code_rome")
_STARTER_DIVISIONS = ("division", "label")
_STARTER_LINKS = ("division", "rome")
_DIVISION = re.compile(DIVISION_PATTERN)
_FILE_NAME = re.compile(r"naf", re.IGNORECASE)

Division = tuple[str, str, str, str]
"""Code, label, section's letter, section's label (both empty in the starter data)."""


async def import_naf(
    session: Session, path: Path, now: datetime, report: Progress | None = None
) -> ImportReport:
    """Import a file, a folder or a zip of NAF tables; the ROME must have been imported before links.

    Raises `BadFileError` with file, line and French reason; then nothing was changed.
    """
    say = report or silent
    say("Lecture de la NAF", 0.0)
    with open_source(path) as sources:
        named = sources if len(sources) == 1 else [item for item in sources if _FILE_NAME.search(item.name)]
        files = [read_csv(source) for source in named]
        levels, divisions, links = (
            _with(files, columns) for columns in (_LEVELS, _STARTER_DIVISIONS, _OFFICIAL_LINKS)
        )
        links = links or _with(files, _STARTER_LINKS)
        if not (levels or divisions or links):
            raise BadFileError(
                path.name, 1, "ce ne sont pas des tables NAF (colonnes code_naf, division_naf…)."
            )
        async with import_transaction(session):
            work = _Naf(session)
            if levels:
                await work.levels(levels)
            elif divisions:
                await work.divisions(_starter_divisions(divisions))
            if links:
                await work.links(links)
            outcome = ImportReport(
                kind="naf",
                version=OFFICIAL_VERSION
                if levels or "division_naf" in getattr(links, "header", ())
                else STARTER,
                read=work.read,
                changes=work.changes,
            )
            await record(session, outcome, now)
    say("NAF à jour", 1.0)
    return outcome


def _with(files: Sequence[CsvFile], columns: Sequence[str]) -> CsvFile | None:
    return next((file for file in files if set(columns) <= set(file.header)), None)


class _Naf:
    """One import under way."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.read = 0
        self.changes: dict[str, Changes] = {}

    async def levels(self, file: CsvFile) -> None:
        """Sections and divisions, then the sub-classes below them."""
        codes, divisions = _levels(file)
        await self.divisions(divisions)
        self.changes["naf_codes"] = await self._write(
            staging_table(naf_codes, "code", "label", "division"), naf_codes, codes
        )

    async def divisions(self, divisions: Sequence[Division]) -> None:
        """Divisions are lasting: one that a file lacks stays."""
        sections = any(section for _, _, section, _ in divisions)
        names = ("code", "label", "section", "section_label") if sections else ("code", "label")
        rows = [division[: len(names)] for division in divisions]
        self.changes["naf_divisions"] = await self._write(
            staging_table(naf_divisions, *names), naf_divisions, rows
        )

    async def links(self, file: CsvFile) -> None:
        """Which occupations a division's companies have: replaced whole."""
        known = set((await self._session.execute(select(rome_occupations.c.code))).scalars())
        places = set((await self._session.execute(select(naf_divisions.c.code))).scalars())
        stage = staging_table(naf_rome, "division", "rome")
        changes = await self._write(stage, naf_rome, list(_links(file, places, known)))
        removed = await remove(self._session, naf_rome, stage)
        self.changes["naf_rome"] = replace(changes, removed=removed)

    async def _write(self, stage: Table, table: Table, rows: Sequence[tuple[str, ...]]) -> Changes:
        self.read += await fill(self._session, stage, rows)
        return await upsert(self._session, table, stage)


def _levels(file: CsvFile) -> tuple[list[tuple[str, str, str]], list[Division]]:
    codes: dict[str, tuple[str, str, str]] = {}
    divisions: dict[str, Division] = {}
    for line, (code, label, division, its_label, section, section_label) in file.rows(_LEVELS):
        naf = dotted_naf(code)
        if naf is None or naf in codes:
            file.fail(line, f"« {code[:20]} » n’est pas un code NAF (comme 56.10A), ou est là deux fois.")
        if division != naf[:2]:
            file.fail(line, f"le code {naf} n’est pas dans la division « {division[:20]} ».")
        codes[naf] = (naf, _label(file, line, label), division)
        section_name = _sentence(_label(file, line, section_label))
        divisions[division] = (division, _label(file, line, its_label), section, section_name)
    return list(codes.values()), list(divisions.values())


def _starter_divisions(file: CsvFile) -> list[Division]:
    divisions: dict[str, Division] = {}
    for line, (division, label) in file.rows(_STARTER_DIVISIONS):
        if not _DIVISION.match(division) or division in divisions:
            file.fail(line, f"« {division[:20]} » n’est pas une division NAF, ou est là deux fois.")
        divisions[division] = (division, _label(file, line, label), "", "")
    return list(divisions.values())


def _links(file: CsvFile, divisions: set[str], occupations: set[str]) -> Iterator[tuple[str, str]]:
    columns = _OFFICIAL_LINKS if "division_naf" in file.header else _STARTER_LINKS
    seen: set[tuple[str, str]] = set()
    for line, (division, rome) in file.rows(columns):
        if division.zfill(2) not in divisions:
            file.fail(line, f"la division NAF « {division[:20]} » est inconnue.")
        if rome not in occupations:
            file.fail(line, f"le code ROME « {rome[:20]} » est inconnu : importez d’abord le ROME.")
        if (division, rome) in seen:
            file.fail(line, f"le lien {division} {rome} est là deux fois.")
        seen.add((division, rome))
        yield division.zfill(2), rome


def _label(file: CsvFile, line: int, label: str) -> str:
    cleaned = clean_line(label)
    if not 0 < len(cleaned) <= MAX_LABEL:
        file.fail(line, f"libellé vide ou de plus de {MAX_LABEL} caractères.")
    return cleaned


def _sentence(label: str) -> str:
    """INSEE writes sections in capitals; a page does not."""
    return label.capitalize() if label.isupper() else label

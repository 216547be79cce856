"""Import the official ROME 4.0 export, whole or not at all, in the caller's transaction.

What a newer version no longer has is retired, never deleted: offers, passports and words may refer
to it. The links, texts and tags of current occupations are replaced; those of a retired occupation
stay as they were, so that its offers can still be described.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Column, ColumnElement, Table, Text, false, func, select
from sqlalchemy.dialects.postgresql import insert

from data.reference import retired, starter_skills
from data.reference.imports import record
from data.reference.report import Changes, ImportReport, Progress, silent
from data.reference.rome_export import RomeExport
from data.reference.sources import open_source
from data.reference.staging import fill, import_transaction, remove, retire, staging_table, upsert
from data.session import Session
from data.tables import (
    naf_divisions,
    naf_rome,
    rome_appellations,
    rome_mobilities,
    rome_occupation_skills,
    rome_occupations,
    rome_skills,
    rome_tags,
    rome_texts,
)


@dataclass(slots=True)
class _Import:
    """One import under way: the export, what changed so far."""

    session: Session
    export: RomeExport
    report: Progress
    changes: dict[str, Changes] = field(default_factory=dict)
    mapped: starter_skills.Mapped = field(default_factory=starter_skills.Mapped)

    async def run(self) -> None:
        """Occupations and skills first: everything else refers to them."""
        texts = staging_table(rome_texts, "rome", "kind", "position", "text")
        self.report("Lecture des textes", 0.0)
        await fill(self.session, texts, self.export.texts())
        occupations = await self._occupations()
        await self._replace(rome_texts, texts, occupations)
        await self._appellations()
        await self._skills(occupations)
        await self._optional_tables(occupations)
        self.report("Référentiel ROME à jour", 1.0)

    async def _occupations(self) -> Table:
        self.report("Métiers et appellations", 0.1)
        stage = staging_table(rome_occupations, "code", "label", "definition", "parent")
        await fill(self.session, stage, self.export.occupations())
        await self._retire_and_upsert(rome_occupations, stage)
        return stage

    async def _appellations(self) -> None:
        stage = staging_table(rome_appellations, "ogr", "rome", "label", "short_label", "rare")
        await fill(self.session, stage, self.export.appellations())
        await self._retire_and_upsert(rome_appellations, stage)

    async def _skills(self, occupations: Table) -> None:
        self.report("Compétences et savoirs", 0.25)
        stage = staging_table(rome_skills, "code", "label", "kind", "macro", "is_macro", "category")
        await fill(self.session, stage, self.export.skills())
        await self._retire_and_upsert(rome_skills, stage)
        self.report("Compétences de chaque métier", 0.45)
        links = staging_table(rome_occupation_skills, "rome", "skill", "core")
        await fill(self.session, links, self.export.occupation_skills())
        self.report("Correspondance des compétences de départ", 0.6)
        self.mapped = await starter_skills.replace_starter(self.session, stage, links)
        self.report("Compétences de chaque métier", 0.7)
        await self._replace(rome_occupation_skills, links, occupations)

    async def _optional_tables(self, occupations: Table) -> None:
        self.report("Mobilités, thèmes, secteurs, contextes", 0.85)
        if self.export.has("rubrique_mobilite"):
            mobilities = staging_table(rome_mobilities, "rome", "target", "rank")
            await fill(self.session, mobilities, self.export.mobilities())
            await self._replace(rome_mobilities, mobilities, occupations)
        tags = staging_table(rome_tags, "kind", "code", "rome", "label")
        await fill(self.session, tags, self.export.tags())
        await self._replace(rome_tags, tags, occupations)
        if self.export.has("arborescence_secteur_naf"):
            await self._naf_links()

    async def _naf_links(self) -> None:
        """The links of NAF divisions come with each version, whose new codes they name."""
        stage = staging_table(naf_rome, "division", "rome", extra=[Column("label", Text)])
        rows = ((division, rome, label) for division, label, rome in self.export.naf_links())
        await fill(self.session, stage, rows)
        divisions = select(stage.c.division, func.min(stage.c.label)).group_by(stage.c.division)
        new = insert(naf_divisions).from_select(["code", "label"], divisions).on_conflict_do_nothing()
        await self.session.execute(new)
        changes = await upsert(self.session, naf_rome, stage)
        self.changes["naf_rome"] = replace(changes, removed=await remove(self.session, naf_rome, stage))

    async def _retire_and_upsert(self, table: Table, stage: Table) -> None:
        gone = await retire(self.session, table, stage)
        changes = await upsert(self.session, table, stage, {"retired": false()})
        self.changes[table.name] = replace(changes, retired=gone)

    async def _replace(self, table: Table, stage: Table, occupations: Table) -> None:
        ours: list[ColumnElement[bool]] = [table.c.rome.in_(select(occupations.c.code))]
        if table is rome_tags:
            ours.append(table.c.kind.in_(self.export.tag_kinds()))
        gone = await remove(self.session, table, stage, *ours)
        self.changes[table.name] = replace(await upsert(self.session, table, stage), removed=gone)

    def notes(self) -> tuple[str, ...]:
        """What the person who imports should know."""
        notes = []
        if self.mapped.found:
            notes.append(
                f"{self.mapped.found} compétences de départ sur {self.mapped.total} ont leur équivalent"
                f" officiel ({self.mapped.exact} par leur libellé exact)."
            )
        if self.export.dangling_macros:
            notes.append(f"{self.export.dangling_macros} compétences citent une macro-compétence absente.")
        if not self.export.has("rubrique_mobilite"):
            notes.append("Sans unix_rubrique_mobilite : les mobilités restent ce qu’elles étaient.")
        return tuple(notes)


async def import_rome(
    session: Session, path: Path, now: datetime, report: Progress | None = None
) -> ImportReport:
    """Import a folder or a zip of `unix_*_vNNN_utf8.csv` (4.0 or later), repeatable.

    Raises `BadFileError` with file, line and French reason; then nothing was changed. The caller
    commits; API processes are told by the commit.
    """
    with open_source(path) as sources:
        async with import_transaction(session):
            work = _Import(session, RomeExport(path.name, sources), report or silent)
            await work.run()
            uses, count = await retired.rome_uses(session)
            outcome = ImportReport(
                kind="rome",
                version=work.export.version,
                read=work.export.read,
                changes=work.changes,
                retired_in_use=uses,
                retired_in_use_count=count,
                notes=work.notes(),
            )
            await record(session, outcome, now)
    return outcome

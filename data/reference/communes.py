"""Import communes and departments: the official table (INSEE codes, postal codes, centres) or ours.

A commune that the new table lacks is retired, never deleted; one that comes without a point takes
its last known one, else its neighbours', and is flagged approximate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import false, select

from data.reference.commune_files import Commune, Tables, find_tables, read_communes, read_departments
from data.reference.imports import STARTER, record
from data.reference.report import Changes, ImportReport, Progress, silent
from data.reference.staging import fill, import_transaction, retire, staging_table, upsert
from data.session import Session
from data.tables import communes, departments
from domain.values import Point

OFFICIAL_VERSION = "officiel"
STARTER_FILE = Path(__file__).resolve().parent.parent / "starter" / "communes.csv"
"""Our table has a point for every commune; the official one lacks 94, all overseas."""


@dataclass(slots=True)
class _Neighbours:
    """Places the communes that come without a point."""

    known: Mapping[str, Point]
    """Points of the last import and of our own table, by INSEE code."""
    sums: dict[str, tuple[float, float, int]] = field(default_factory=dict)

    def learn(self, commune: Commune) -> None:
        """Let the neighbours of this commune be placed from it."""
        if commune.point:
            for key in (*commune.postal_codes, f"department {commune.department}"):
                lat, lon, count = self.sums.get(key, (0.0, 0.0, 0))
                self.sums[key] = (lat + commune.point.lat, lon + commune.point.lon, count + 1)

    def place(self, commune: Commune) -> Point | None:
        """Its last known point, else the mean of its postal code's, else of its department's."""
        if commune.insee in self.known:
            return self.known[commune.insee]
        for key in (*commune.postal_codes, f"department {commune.department}"):
            if key in self.sums:
                lat, lon, count = self.sums[key]
                return Point(lat / count, lon / count)
        return None


async def import_communes(
    session: Session, path: Path, now: datetime, report: Progress | None = None
) -> ImportReport:
    """Import a CSV of communes (with the departments' beside it), or a folder or zip of both.

    Raises `BadFileError` with file, line and French reason; then nothing was changed.
    """
    say = report or silent
    say("Lecture des communes", 0.0)
    with find_tables(path) as tables:
        async with import_transaction(session):
            read = list(read_communes(tables))
            say("Écriture des communes", 0.6)
            changes = {"departments": await _write_departments(session, tables)}
            placed = _placed(tables, read, await _known_points(session, read))
            changes["communes"] = await _write_communes(session, placed)
            outcome = ImportReport(
                kind="communes",
                version=STARTER if tables.starter else OFFICIAL_VERSION,
                read=len(read),
                changes=changes,
                notes=_notes(placed),
            )
            await record(session, outcome, now)
    say("Communes à jour", 1.0)
    return outcome


async def _known_points(session: Session, read: Sequence[tuple[int, Commune]]) -> dict[str, Point]:
    if all(commune.point for _, commune in read):
        return {}
    known: dict[str, Point] = {}
    if STARTER_FILE.exists():
        with find_tables(STARTER_FILE) as tables:
            known = {own.insee: own.point for _, own in read_communes(tables) if own.point}
    query = select(communes.c.insee, communes.c.lat, communes.c.lon)
    return known | {insee: Point(lat, lon) for insee, lat, lon in (await session.execute(query)).all()}


def _placed(
    tables: Tables, read: Sequence[tuple[int, Commune]], known: Mapping[str, Point]
) -> list[tuple[Commune, Point, bool]]:
    """Every commune with a point and whether it is approximate."""
    neighbours = _Neighbours(known)
    for _, commune in read:
        neighbours.learn(commune)
    placed = []
    for line, commune in read:
        point = commune.point or neighbours.place(commune)
        if point is None:
            tables.communes.fail(line, f"{commune.name} n’a pas de point, ni aucune de ses voisines.")
        placed.append((commune, point, commune.approximate or commune.point is None))
    return placed


async def _write_communes(session: Session, placed: Sequence[tuple[Commune, Point, bool]]) -> Changes:
    stage = staging_table(
        communes,
        *("insee", "name", "kind", "postal_codes", "department", "population", "lat", "lon", "approximate"),
    )
    rows = (
        (
            *(commune.insee, commune.name, commune.kind, list(commune.postal_codes), commune.department),
            *(commune.population, point.lat, point.lon, approximate),
        )
        for commune, point, approximate in placed
    )
    await fill(session, stage, rows)
    gone = await retire(session, communes, stage)
    return replace(await upsert(session, communes, stage, {"retired": false()}), retired=gone)


async def _write_departments(session: Session, tables: Tables) -> Changes:
    """Departments are few and lasting: those a file no longer has stay."""
    if tables.departments is None:
        return Changes()
    stage = staging_table(departments, "code", "name", "region")
    await fill(session, stage, read_departments(tables.departments))
    return await upsert(session, departments, stage)


def _notes(placed: Sequence[tuple[Commune, Point, bool]]) -> tuple[str, ...]:
    count = sum(commune.point is None for commune, _, _ in placed)
    return (f"{count} communes sans point ont pris leur dernier point connu.",) if count else ()

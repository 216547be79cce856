"""A migration runs while the previous version of the code serves: what that code uses stays as it was."""

import asyncio
from dataclasses import dataclass

import asyncpg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from ops import databases, migrate
from settings import ROOT
from tests.conftest import Servers

_COLUMNS = """
    SELECT table_name || '.' || column_name AS name, udt_name, is_nullable = 'YES' AS nullable,
           column_default IS NOT NULL OR is_identity = 'YES' OR is_generated = 'ALWAYS' AS filled
    FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name <> 'alembic_version'
"""
FIRST_SERVED = "0011"
"""The first state that a service may have run on: before it, nobody had anything to lose."""


@dataclass(frozen=True, slots=True)
class Column:
    """What an INSERT or a SELECT of the previous code depends on."""

    kind: str
    nullable: bool
    filled: bool


Schema = dict[str, Column]


def revisions() -> list[str]:
    """Every migration, oldest first."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][::-1]


async def schema_of(url: str) -> Schema:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(_COLUMNS)
    finally:
        await connection.close()
    return {row["name"]: Column(row["udt_name"], row["nullable"], row["filled"]) for row in rows}


def broken(before: Schema, after: Schema) -> list[str]:
    """What code written for `before` would stumble on in `after`."""
    tables = {name.split(".")[0] for name in before}
    found = [f"{name}: gone" for name in before if name not in after]
    for name, column in after.items():
        old = before.get(name)
        if old is None:
            if name.split(".")[0] in tables and not (column.nullable or column.filled):
                found.append(f"{name}: new, and demanded from those who do not know it")
        elif old.kind != column.kind:
            found.append(f"{name}: {old.kind} has become {column.kind}")
        elif (old.nullable or old.filled) and not (column.nullable or column.filled):
            found.append(f"{name}: now demanded")
    return sorted(found)


async def test_the_previous_code_finds_what_it_uses(servers: Servers) -> None:
    name = f"escale_test_{servers.run}_expand"
    url = await databases.create(servers.database_url, name)
    try:
        await asyncio.to_thread(migrate.upgrade, url, FIRST_SERVED)
        before = await schema_of(url)
        for revision in revisions():
            if revision > FIRST_SERVED:
                await asyncio.to_thread(migrate.upgrade, url, revision)
                after = await schema_of(url)
                assert broken(before, after) == [], revision
                before = after
    finally:
        await databases.drop(servers.database_url, name)
    assert "companies.siret" in before


KEPT = Column("text", nullable=False, filled=False)


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ({"a.x": KEPT}, ""),
        ({}, "a.x: gone"),
        ({"a.y": KEPT}, "a.x: gone"),
        ({"a.x": KEPT, "a.y": KEPT}, "a.y: new, and demanded from those who do not know it"),
        ({"a.x": KEPT, "a.y": Column("text", nullable=True, filled=False)}, ""),
        ({"a.x": KEPT, "b.y": KEPT}, ""),
        ({"a.x": Column("int4", nullable=False, filled=False)}, "a.x: text has become int4"),
    ],
)
def test_what_breaks_is_seen(after: Schema, said: str) -> None:
    assert (broken({"a.x": KEPT}, after) or [""])[0] == said

"""Bulk writes: COPY into a temporary table, then one statement that sets the real one right.

Everything happens on the session's own connection, in its transaction. The statements are written
so that a repeated import touches no row: what is equal is left alone, and counted as such.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast

import asyncpg
from sqlalchemy import (
    Column,
    ColumnElement,
    CursorResult,
    Executable,
    MetaData,
    Table,
    and_,
    delete,
    func,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.schema import CreateTable, DropTable

from data.reference.report import Changes
from data.session import Session

STATEMENT_TIMEOUT_MS = 300_000
"""An import's statements run longer than a page's."""
_ONE_AT_A_TIME = 0x494D504F  # "IMPO": two imports started at once run one after the other


@asynccontextmanager
async def import_transaction(session: Session) -> AsyncIterator[None]:
    """A savepoint around an import: on an error nothing of it stays and the session is usable."""
    async with session.begin_nested():
        await session.execute(text(f"SET LOCAL statement_timeout = {STATEMENT_TIMEOUT_MS}"))
        await session.execute(text(f"SET LOCAL lock_timeout = {STATEMENT_TIMEOUT_MS}"))
        # The planner's figures are those of before the import; a nested loop chosen for the 300 rows it
        # believes in took minutes on the 100,000 that were there. Every join here can be hashed.
        await session.execute(text("SET LOCAL enable_nestloop = off"))
        await session.execute(text(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})"))
        yield


async def driver(session: Session) -> asyncpg.Connection:
    """The asyncpg connection the session's transaction runs on."""
    connection = await session.connection()
    raw = await connection.get_raw_connection()
    return raw.driver_connection


def staging_table(target: Table, *names: str, extra: Iterable[Column[Any]] = ()) -> Table:
    """A temporary table with some of a table's columns (same types, no constraint) and others."""
    columns = [Column(name, target.c[name].type) for name in names]
    return temporary_table(f"import_{target.name}", *columns, *extra)


def temporary_table(name: str, *columns: Column[Any]) -> Table:
    """A table that lives in the transaction that creates it."""
    return Table(name, MetaData(), *columns, prefixes=["TEMPORARY"], postgresql_on_commit="DROP")


async def create(session: Session, stage: Table) -> None:
    """Create the temporary table, empty."""
    await session.execute(DropTable(stage, if_exists=True))
    await session.execute(CreateTable(stage))


async def copy(session: Session, stage: Table, records: Iterable[tuple[Any, ...]]) -> int:
    """Stream rows (values in the table's column order) into the temporary table; how many."""
    connection = await driver(session)
    names = [column.name for column in stage.columns]
    status = await connection.copy_records_to_table(stage.name, records=records, columns=names)
    return int(status.split()[-1])


async def fill(session: Session, stage: Table, records: Iterable[tuple[Any, ...]]) -> int:
    """Create the temporary table, stream rows into it and let the planner know their number."""
    await create(session, stage)
    count = await copy(session, stage, records)
    await session.execute(text(f"ANALYZE {stage.name}"))
    return count


async def upsert(
    session: Session, target: Table, stage: Table, also: Mapping[str, ColumnElement[Any]] | None = None
) -> Changes:
    """Insert or update by primary key what the stage has; `also` gives columns it does not carry."""
    also = also or {}
    keys = [column.name for column in target.primary_key]
    names = [column.name for column in stage.columns if column.name in target.c]
    rows = select(*(stage.c[name] for name in names), *also.values())
    query = insert(target).from_select([*names, *also], rows, include_defaults=False)
    values = {name: query.excluded[name] for name in (*names, *also) if name not in keys}
    if values:
        differs = or_(*(target.c[name].is_distinct_from(value) for name, value in values.items()))
        query = query.on_conflict_do_update(index_elements=keys, set_=values, where=differs)
    else:
        query = query.on_conflict_do_nothing(index_elements=keys)
    # A row just inserted was locked by nobody, hence xmax = 0; an updated one was, by its conflict.
    done = query.returning(literal_column("xmax = 0").label("added")).cte("done")
    counts = select(
        func.count().filter(done.c.added), func.count().filter(~done.c.added), _count(stage)
    ).select_from(done)
    added, changed, staged = (await session.execute(counts)).one()
    return Changes(added=added, changed=changed, unchanged=staged - added - changed)


async def rows_of(session: Session, statement: Executable) -> int:
    """Run a statement that writes; how many rows it wrote."""
    result = cast("CursorResult[Any]", await session.execute(statement))
    return result.rowcount


async def retire(session: Session, target: Table, stage: Table) -> int:
    """Mark as retired the rows whose key the stage lacks; how many."""
    absent = and_(~target.c.retired, ~_staged(target, stage))
    return await rows_of(session, update(target).where(absent).values(retired=True))


async def remove(session: Session, target: Table, stage: Table, *where: ColumnElement[bool]) -> int:
    """Delete the rows whose key the stage lacks, among those of `where`; how many."""
    return await rows_of(session, delete(target).where(~_staged(target, stage), *where))


def _staged(target: Table, stage: Table) -> ColumnElement[bool]:
    keys = [column.name for column in target.primary_key]
    return select(1).where(and_(*(stage.c[key] == target.c[key] for key in keys))).exists()


def _count(table: Table) -> ColumnElement[int]:
    return select(func.count()).select_from(table).scalar_subquery()

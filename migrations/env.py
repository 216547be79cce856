"""Alembic's environment: one connection, short locks, a bounded statement.

The database's address is handed over by `ops.migrate` in `config.attributes["url"]`.
"""

import asyncio

from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.ext.asyncio import create_async_engine

from data.session import async_url
from data.tables import metadata
from data.tables.base import Xid8

LOCK_TIMEOUT = "5s"
STATEMENT_TIMEOUT = "10min"
_ONE_AT_A_TIME = 0x45534341  # "ESCA": two migrations started at once run one after the other

ischema_names["xid8"] = Xid8  # reflection does not know it, and would warn


def _run(connection: Connection) -> None:
    connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.execute(text(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})"))
        context.run_migrations()


async def _main() -> None:
    url = async_url(context.config.attributes["url"])
    engine = create_async_engine(url, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(_run)
        await connection.commit()
    await engine.dispose()


asyncio.run(_main())

"""A database of the benchmarks' own, filled with invented companies, dropped at the end."""

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise, repeat

import asyncpg

from domain.search import DisabledFit, RemoteMode
from domain.values import HEADCOUNTS
from matching.records import CONTACTS
from ops import databases, migrate
from ops.bench.sample import TODAY, Sample, World
from ops.embedded import EmbeddedServers
from ops.references import load_when_empty
from settings import Settings

_COMPANY = (
    *("siret", "name", "naf", "headcount", "contact_mode", "contact_email", "contact_phone"),
    *("fit_for_disabled_workers", "engaged", "source", "proof", "created_at", "updated_at"),
)
_PLACE = ("company_id", "address", "postal_code", "city", "lat", "lon")
_ACTIVITY = ("company_id", "asked", "answered", "delay_hours", "contacts_28d", "updated_at")
_OFFER = ("company_id", "rome", "label", "remote_mode")
_MOMENT = datetime.combine(TODAY, datetime.min.time(), UTC)


@contextlib.contextmanager
def bench_database(settings: Settings, say: Callable[[str], None]) -> Iterator[Settings]:
    """Settings whose database is new, migrated and has its referentials; servers of our own if need be."""
    with contextlib.ExitStack() as stack:
        if not (settings.database_url and settings.valkey_url):
            servers = stack.enter_context(EmbeddedServers())
            settings = replace(settings, database_url=servers.database_url, valkey_url=servers.valkey_url)
        server, name = settings.database_url, f"escale_test_bench_{secrets.token_hex(4)}"
        settings = replace(settings, database_url=asyncio.run(databases.create(server, name)))
        stack.callback(lambda: asyncio.run(databases.drop(server, name)))
        migrate.upgrade(settings.database_url)
        load_when_empty(settings, say)
        yield settings


async def fill(database_url: str, world: World, sample: Sample) -> None:
    """Replace the companies by those of a sample."""
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute("TRUNCATE companies, company_removals CASCADE")
        ids = await _companies(connection, world, sample)
        await connection.copy_records_to_table(
            "company_places",
            columns=_PLACE,
            records=(
                (company, "1 rue des Essais", "75001", "Ville", float(lat), float(lon))
                for company, (lat, lon) in zip(ids, sample.points, strict=True)
            ),
        )
        modes = tuple(mode.value for mode in RemoteMode)
        pairs = zip(ids, pairwise(sample.start.tolist()), strict=True)
        rows = (
            (company, world.romes[sample.rome[row]], f"Offre {row}", modes[sample.mode[row]])
            for company, (low, high) in pairs
            for row in range(low, high)
        )
        await connection.copy_records_to_table("offers", columns=_OFFER, records=rows)
        activity = zip(
            ids,
            sample.asked.tolist(),
            sample.answered.tolist(),
            sample.delay_hours.tolist(),
            sample.contacts.tolist(),
            repeat(_MOMENT),
        )
        known = (row for row in activity if row[1])
        await connection.copy_records_to_table("company_activity", columns=_ACTIVITY, records=known)
        await connection.execute("VACUUM ANALYZE companies, company_places, company_activity, offers")
    finally:
        await connection.close()


async def _companies(connection: asyncpg.Connection, world: World, sample: Sample) -> list[int]:
    headcounts, fits = tuple(HEADCOUNTS), tuple(fit.value for fit in DisabledFit)
    records = (
        (
            f"{at:014d}",
            f"Entreprise {at}",
            f"{world.divisions[sample.division[at]]}.00Z",
            headcounts[sample.headcount[at]],
            CONTACTS[sample.contact[at]].value,
            f"contact{at}@essais.example",
            "+33100000000",
            fits[sample.disabled[at]],
            bool(sample.engaged[at]),
            "bench",
            "public_register" if sample.potentiel[at] else "proved",
            _MOMENT,
            _MOMENT - timedelta(days=int(sample.age_days[at])),
        )
        for at in range(len(sample.potentiel))
    )
    await connection.copy_records_to_table("companies", columns=_COMPANY, records=records)
    rows = await connection.fetch("SELECT id FROM companies ORDER BY siret")
    return [int(row["id"]) for row in rows]


async def skills_by_occupation(database_url: str) -> dict[str, list[str]]:
    """Skills of each occupation of the database, in code order."""
    connection = await asyncpg.connect(database_url)
    try:
        rows = await connection.fetch("SELECT rome, skill FROM rome_occupation_skills ORDER BY rome, skill")
    finally:
        await connection.close()
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["rome"], []).append(row["skill"])
    return found

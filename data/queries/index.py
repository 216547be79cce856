"""Rows of the search index, sent by PostgreSQL in its binary copy format, one fixed-width record an offer.

The records are bytes that `matching.records.parse` reads in one go: no Python object a row. A record is
(company, place, job): an offer at one of its company's places, or, for a « potentiel », its NAF
division. Only what may be found is sent (domain.md §2, « Searchable »); paused companies are sent with
their day, which the search compares with the day it is made.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import text

from data.session import ReadSession
from domain.search import ContactMode, DisabledFit, RemoteMode


def _position(column: str, values: Iterable[StrEnum]) -> str:
    """SQL: place of the column's value in the enumeration, from 1."""
    listed = " ".join(f"WHEN '{value}' THEN {at}" for at, value in enumerate(values, 1))
    return f"(CASE {column} {listed} END)::int2"


_ROWS = f"""
SELECT c.id, p.id, p.lat, p.lon, j.job, j.mode,
    {_position("c.contact_mode", ContactMode)},
    {_position("c.fit_for_disabled_workers", DisabledFit)},
    c.headcount::char(2), coalesce(c.naf_division, '')::char(2),
    c.engaged, c.for_job_seekers, c.for_pupils,
    (c.updated_at AT TIME ZONE 'UTC')::date, coalesce(c.next_availability_date, '-infinity'::date),
    (c.created_at AT TIME ZONE 'UTC')::date, c.max_contacts_per_month, coalesce(a.contacts_28d, 0),
    coalesce(a.asked, 0), coalesce(a.answered, 0), coalesce(a.delay_hours, 0), coalesce(a.hired, 0)
FROM companies c
LEFT JOIN company_activity a ON a.company_id = c.id
JOIN company_places p ON p.company_id = c.id AND p.lat IS NOT NULL
JOIN (
    SELECT o.company_id, o.rome::char(5) AS job, {_position("o.remote_mode", RemoteMode)} AS mode
    FROM offers o JOIN companies v ON v.id = o.company_id AND v.proof = 'proved'
    WHERE {{offers}}
    UNION ALL
    SELECT d.id, d.naf_division::char(5), 1::int2
    FROM companies d
    WHERE d.proof = 'public_register' AND {{potentiels}}
        AND EXISTS (SELECT FROM naf_rome n WHERE n.division = d.naf_division)
) j ON j.company_id = c.id
WHERE c.closed_at IS NULL AND c.banned_at IS NULL AND c.opted_out_at IS NULL
    AND c.unresponsive_at IS NULL AND c.max_contacts_per_month > 0
    AND (a.company_id IS NULL OR c.proof = 'public_register' OR (
        a.contacts_28d < c.max_contacts_per_month
        AND a.contacts_7d < ceil(c.max_contacts_per_month / 4.0)
    ))
"""  # noqa: S608 - made of constants


@dataclass(frozen=True, slots=True)
class Seen:
    """The transactions that a reading saw (`pg_snapshot`): all before `xmax` but those listed as running."""

    text: str

    @property
    def xmax(self) -> int:
        """The first transaction number that had not been given yet."""
        return int(self.text.split(":")[1])


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The searchable records at one moment, and what that moment saw."""

    records: bytes
    seen: Seen


@dataclass(frozen=True, slots=True)
class Changes:
    """Companies written or removed by transactions that an earlier reading had not seen.

    `companies` is None when there are more than `MOST_CHANGES` of them: read everything instead.
    """

    companies: tuple[int, ...] | None
    seen: Seen


MOST_CHANGES = 10_000

_CHANGES = text(
    """
    WITH since AS (SELECT CAST(CAST(:since AS text) AS pg_snapshot) AS seen)
    SELECT id FROM companies, since
    WHERE stamp >= (SELECT pg_snapshot_xmin(seen) FROM since) AND NOT pg_visible_in_snapshot(stamp, seen)
    UNION ALL
    SELECT company_id FROM company_removals, since
    WHERE stamp >= (SELECT pg_snapshot_xmin(seen) FROM since) AND NOT pg_visible_in_snapshot(stamp, seen)
    LIMIT :most
    """,
)


async def freeze(session: ReadSession) -> None:
    """Make the session's transaction one snapshot; to be the first thing it does."""
    await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))


async def snapshot(session: ReadSession) -> Snapshot:
    """Every searchable record."""
    seen = await _seen(session)
    await session.execute(text("SET LOCAL statement_timeout = '10min'"))
    return Snapshot(await _copy(session, _ROWS.format(offers="true", potentiels="true")), seen)


async def changes(session: ReadSession, since: Seen) -> Changes:
    """What changed since a reading. A transaction it did not see is found whenever it commits."""
    seen = await _seen(session)
    rows = await session.execute(_CHANGES, {"since": since.text, "most": MOST_CHANGES + 1})
    companies = tuple(sorted(set(rows.scalars())))
    return Changes(companies if len(companies) <= MOST_CHANGES else None, seen)


async def records_of(session: ReadSession, companies: Sequence[int]) -> bytes:
    """The searchable records of some companies."""
    listed = ",".join(str(int(company)) for company in companies)
    query = _ROWS.format(
        offers=f"o.company_id = ANY('{{{listed}}}'::bigint[])",
        potentiels=f"d.id = ANY('{{{listed}}}'::bigint[])",
    )
    return await _copy(session, query)


async def _seen(session: ReadSession) -> Seen:
    """To be read before the rows: what is then seen twice is read twice, and nothing is missed."""
    return Seen(str((await session.execute(text("SELECT pg_current_snapshot()::text"))).scalar_one()))


async def _copy(session: ReadSession, query: str) -> bytes:
    """The rows of a query in binary copy format, read within the session's transaction."""
    connection = await session.connection()
    raw: Any = await connection.get_raw_connection()
    output = io.BytesIO()
    await raw.driver_connection.copy_from_query(query, output=output, format="binary")
    return output.getvalue()

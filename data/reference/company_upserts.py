"""Set the companies of one source right from what an import staged, in a few statements.

Left alone: a company that opted out or was banned, one that another source brought, one that its
own people registered or edited (its source is then `form`). A « potentiel » of another source becomes
a volunteer when ours says it takes people.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Table,
    Text,
    TextClause,
    and_,
    func,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from data.reference.company_rows import COMPANY_COLUMNS
from data.reference.report import Changes
from data.reference.staging import create, rows_of, staging_table, temporary_table
from data.session import Session
from data.tables import companies, company_places, offers
from data.tables.base import Timestamp

COMPANIES = staging_table(companies, *COMPANY_COLUMNS)
PLACES = staging_table(
    company_places,
    *("address", "postal_code", "city", "insee", "lat", "lon", "approximate"),
    extra=[Column("siret", Text)],
)
OFFERS = staging_table(offers, "rome", "appellation", "label", "remote_mode", extra=[Column("siret", Text)])
_OURS = temporary_table("import_ours", Column("id", BigInteger), Column("siret", Text))
"""The companies this import may write."""
_TOUCHED = temporary_table("import_touched", Column("company_id", BigInteger))
"""The companies one of whose places or offers changed."""

_REMOVE_PLACES = text("""
    WITH gone AS (
        DELETE FROM company_places p USING import_ours o
        WHERE p.company_id = o.id AND NOT EXISTS (
            SELECT FROM import_company_places w
            WHERE (w.siret, w.address, w.postal_code, w.city) = (o.siret, p.address, p.postal_code, p.city))
        RETURNING p.company_id)
    INSERT INTO import_touched SELECT company_id FROM gone""")

# A point found since for the very address is better than the commune's, and stays.
_MOVE_PLACES = text("""
    WITH wanted AS (
        SELECT DISTINCT ON (o.id, w.address, w.postal_code, w.city) o.id, w.*
        FROM import_ours o JOIN import_company_places w USING (siret)
        ORDER BY o.id, w.address, w.postal_code, w.city, w.approximate),
    moved AS (
        UPDATE company_places p
        SET insee = w.insee, lat = w.lat, lon = w.lon, approximate = w.approximate
        FROM wanted w
        WHERE (p.company_id, p.address, p.postal_code, p.city) = (w.id, w.address, w.postal_code, w.city)
            AND (p.insee, p.lat, p.lon, p.approximate) IS DISTINCT FROM (w.insee, w.lat, w.lon, w.approximate)
            AND NOT (w.approximate AND NOT p.approximate AND p.insee IS NOT DISTINCT FROM w.insee)
        RETURNING p.company_id)
    INSERT INTO import_touched SELECT company_id FROM moved""")

_ADD_PLACES = text("""
    WITH wanted AS (
        SELECT DISTINCT ON (o.id, w.address, w.postal_code, w.city) o.id, w.*
        FROM import_ours o JOIN import_company_places w USING (siret)
        ORDER BY o.id, w.address, w.postal_code, w.city, w.approximate),
    added AS (
        INSERT INTO company_places (company_id, address, postal_code, city, insee, lat, lon, approximate)
        SELECT id, address, postal_code, city, insee, lat, lon, approximate FROM wanted w
        WHERE NOT EXISTS (
            SELECT FROM company_places p
            WHERE (p.company_id, p.address, p.postal_code, p.city) = (w.id, w.address, w.postal_code, w.city))
        RETURNING company_id)
    INSERT INTO import_touched SELECT company_id FROM added""")

_REMOVE_OFFERS = text("""
    WITH gone AS (
        DELETE FROM offers f USING import_ours o
        WHERE f.company_id = o.id AND NOT EXISTS (
            SELECT FROM import_offers w
            WHERE (w.siret, w.rome, w.label) = (o.siret, f.rome, f.label))
        RETURNING f.company_id)
    INSERT INTO import_touched SELECT company_id FROM gone""")

_CHANGE_OFFERS = text("""
    WITH wanted AS (
        SELECT DISTINCT ON (o.id, w.rome, w.label) o.id, w.*
        FROM import_ours o JOIN import_offers w USING (siret)
        ORDER BY o.id, w.rome, w.label, w.remote_mode),
    changed AS (
        UPDATE offers f SET appellation = w.appellation, remote_mode = w.remote_mode
        FROM wanted w
        WHERE (f.company_id, f.rome, f.label) = (w.id, w.rome, w.label)
            AND (f.appellation, f.remote_mode) IS DISTINCT FROM (w.appellation, w.remote_mode)
        RETURNING f.company_id)
    INSERT INTO import_touched SELECT company_id FROM changed""")

_ADD_OFFERS = text("""
    WITH wanted AS (
        SELECT DISTINCT ON (o.id, w.rome, w.label) o.id, w.*
        FROM import_ours o JOIN import_offers w USING (siret)
        ORDER BY o.id, w.rome, w.label, w.remote_mode),
    added AS (
        INSERT INTO offers (company_id, rome, appellation, label, remote_mode)
        SELECT id, rome, appellation, label, remote_mode FROM wanted w
        ON CONFLICT (company_id, rome, label) DO NOTHING
        RETURNING company_id)
    INSERT INTO import_touched SELECT company_id FROM added""")

_FRESHEN = text("""
    UPDATE companies SET updated_at = :now
    WHERE id IN (SELECT company_id FROM import_touched) AND updated_at <> :now
""")


@dataclass(frozen=True, slots=True)
class Applied:
    """What changed, and how many companies of the file were left alone."""

    changes: dict[str, Changes]
    left_out: int
    """Opted out or banned."""
    left_others: int
    """Held by another source or by their own people."""


async def create_stages(session: Session) -> None:
    """The temporary tables, empty."""
    for stage in (COMPANIES, PLACES, OFFERS, _OURS, _TOUCHED):
        await create(session, stage)


async def apply(session: Session, source: str, now: datetime) -> Applied:
    """Write what was staged under that source; the caller has filled the three stages."""
    for stage in (COMPANIES, PLACES, OFFERS):
        await session.execute(text(f"ANALYZE {stage.name}"))
    changed = await _update_companies(session, source, now)
    added = await _insert_companies(session, source, now)
    kept = await _list_ours(session, source)
    out, others = await _left_alone(session)
    changes = {
        "companies": Changes(added=added, changed=changed, unchanged=kept - added - changed),
        "company_places": await _parts(session, company_places, (_REMOVE_PLACES, _MOVE_PLACES, _ADD_PLACES)),
        "offers": await _parts(session, offers, (_REMOVE_OFFERS, _CHANGE_OFFERS, _ADD_OFFERS)),
    }
    await session.execute(_FRESHEN, {"now": now})
    return Applied(changes, out, others)


async def _update_companies(session: Session, source: str, now: datetime) -> int:
    values: dict[str, object] = {name: COMPANIES.c[name] for name in COMPANY_COLUMNS if name != "siret"}
    differs = or_(
        companies.c.source != source,
        *(companies.c[name].is_distinct_from(COMPANIES.c[name]) for name in values),
    )
    claims = and_(companies.c.proof == "public_register", COMPANIES.c.proof == "proved")
    statement = (
        update(companies)
        .where(companies.c.siret == COMPANIES.c.siret, ~_gone(), differs)
        .where(or_(companies.c.source == source, claims))
        .values(**values, source=source, updated_at=now)
    )
    return await rows_of(session, statement)


async def _insert_companies(session: Session, source: str, now: datetime) -> int:
    columns = [COMPANIES.c[name] for name in COMPANY_COLUMNS]
    moment = literal(now, Timestamp)
    rows = select(*columns, literal(source), moment, moment).where(
        ~select(1).where(companies.c.siret == COMPANIES.c.siret).exists()
    )
    names = [*COMPANY_COLUMNS, "source", "created_at", "updated_at"]
    statement = insert(companies).from_select(names, rows, include_defaults=False)
    return await rows_of(session, statement.on_conflict_do_nothing(index_elements=["siret"]))


async def _list_ours(session: Session, source: str) -> int:
    found = (
        select(companies.c.id, companies.c.siret)
        .join(COMPANIES, COMPANIES.c.siret == companies.c.siret)
        .where(companies.c.source == source, ~_gone())
    )
    count = await rows_of(session, insert(_OURS).from_select(["id", "siret"], found))
    await session.execute(text("ANALYZE import_ours"))
    return count


async def _left_alone(session: Session) -> tuple[int, int]:
    """Among the companies of the file: those that left for good, those somebody else holds."""
    query = (
        select(func.count().filter(_gone()), func.count().filter(~_gone()))
        .select_from(companies)
        .join(COMPANIES, COMPANIES.c.siret == companies.c.siret)
        .where(~select(1).where(_OURS.c.id == companies.c.id).exists())
    )
    out, others = (await session.execute(query)).one()
    return out, others


def _gone() -> ColumnElement[bool]:
    return or_(companies.c.opted_out_at.is_not(None), companies.c.banned_at.is_not(None))


async def _parts(
    session: Session, table: Table, statements: tuple[TextClause, TextClause, TextClause]
) -> Changes:
    """Run the statements that remove, change and add; the rest of our companies' rows stayed."""
    removed, changed, added = [await rows_of(session, statement) for statement in statements]
    ours = select(func.count()).select_from(table).join(_OURS, _OURS.c.id == table.c.company_id)
    total = (await session.execute(ours)).scalar_one()
    return Changes(added=added, changed=changed, removed=removed, unchanged=total - added - changed)

"""The domain's rule « searchable » and the SQL that fills the index say the same."""

from datetime import date, timedelta
from itertools import product
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import index
from domain.company import Standing, is_searchable
from matching.records import FIELDS, parse
from tests.factories.companies import NANTES, add_company, add_potentiel
from tests.factories.forms import NOW

TODAY = NOW.date()
EPOCH = date(2000, 1, 1)
GONE = ("banned_at", "closed_at", "opted_out_at", None)
PAUSES = (None, TODAY, TODAY + timedelta(days=1))


async def found_by_sql(session: AsyncSession) -> set[int]:
    records = (await index.snapshot(session)).records
    parsed = parse(records)
    assert {name for name, _ in FIELDS} <= set(parsed.dtype.names or ())
    today = (TODAY - EPOCH).days
    return {int(row["company"]) for row in parsed if row["paused"] <= today}


async def test_sql_and_domain_agree(reference: AsyncSession) -> None:
    expected: set[int] = set()
    for gone, pause, placed, has_job, quota in product(GONE, PAUSES, (True, False), (True, False), (0, 6)):
        values: dict[str, Any] = {gone: NOW} if gone else {}
        company_id = await add_company(
            reference,
            places=(NANTES,) if placed else (),
            jobs=("D1102",) if has_job else (),
            next_availability_date=pause,
            max_contacts_per_month=quota,
            **values,
        )
        standing = Standing(
            open=gone is None,
            next_availability_date=pause,
            max_contacts_per_month=quota,
            placed=placed,
            has_job=has_job,
        )
        if is_searchable(standing, TODAY):
            expected.add(company_id)
    await add_company(reference, unresponsive_at=NOW)
    assert not is_searchable(Standing(unresponsive=True, placed=True, has_job=True), TODAY)
    for gone, naf in product(GONE, ("56.10A", None)):
        values = {gone: NOW} if gone else {}
        company_id = await add_potentiel(reference, naf=naf, **values)
        standing = Standing(open=gone is None, potentiel=True, placed=True, has_job=naf is not None)
        if is_searchable(standing, TODAY):
            expected.add(company_id)
    assert len(expected) == 3
    assert await found_by_sql(reference) == expected

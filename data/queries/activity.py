"""What a company does with the requests it receives, as running counts that the ranking reads.

Each write stamps the company, and the index follows. The counts are exact between two nights when every
night counts again those of 28 and 7 days, and adds to `asked` the requests that have waited
`JUDGED_AFTER_HOURS` without an answer: a company is not judged on what arrived yesterday.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from data.session import Session
from data.tables import companies, company_activity

JUDGED_AFTER_HOURS = 7 * 24
"""A request that has waited so long counts, answered or not."""

_c = company_activity.c


async def _lock(session: Session, company_id: int) -> None:
    """Lock the company before its counts: the trigger that stamps it does so after, and others before."""
    await session.execute(
        select(companies.c.id).where(companies.c.id == company_id).with_for_update(key_share=True)
    )


async def record_request(session: Session, company_id: int, now: datetime) -> None:
    """One more request reached the company."""
    await _lock(session, company_id)
    written = insert(company_activity).values(
        company_id=company_id, contacts_28d=1, contacts_7d=1, updated_at=now
    )
    await session.execute(
        written.on_conflict_do_update(
            index_elements=[_c.company_id],
            set_={
                "contacts_28d": _c.contacts_28d + 1,
                "contacts_7d": _c.contacts_7d + 1,
                "updated_at": now,
            },
        )
    )


async def record_answer(session: Session, company_id: int, delay_hours: float, now: datetime) -> None:
    """The company answered a request, whatever the answer, that many hours (≥ 0) after it came.

    An answer after `JUDGED_AFTER_HOURS` is to a request that a night already counted as asked.
    """
    await _lock(session, company_id)
    asked = 1 if delay_hours < JUDGED_AFTER_HOURS else 0
    written = insert(company_activity).values(
        company_id=company_id, asked=1, answered=1, delay_hours=delay_hours, updated_at=now
    )
    await session.execute(
        written.on_conflict_do_update(
            index_elements=[_c.company_id],
            set_={
                "asked": func.greatest(_c.asked + asked, _c.answered + 1),
                "answered": _c.answered + 1,
                "delay_hours": _c.delay_hours + delay_hours,
                "updated_at": now,
            },
        )
    )


async def record_hire(session: Session, company_id: int, now: datetime) -> None:
    """An immersion in the company ended with a job."""
    await _lock(session, company_id)
    written = insert(company_activity).values(company_id=company_id, hired=1, updated_at=now)
    await session.execute(
        written.on_conflict_do_update(
            index_elements=[_c.company_id], set_={"hired": _c.hired + 1, "updated_at": now}
        )
    )


_COUNTED = """
    SELECT company_id,
        count(*) FILTER (WHERE reached_at > :month) AS contacts_28d,
        count(*) FILTER (WHERE reached_at > :week) AS contacts_7d,
        count(*) FILTER (
            WHERE answered_at IS NOT NULL
            OR CASE status WHEN 'pending' THEN :now ELSE status_at END >= reached_at + :judged
        ) AS asked,
        count(answered_at) AS answered,
        coalesce(sum(greatest(0, extract(epoch FROM answered_at - reached_at))) / 3600.0, 0)::float8 AS hours
    FROM discussions WHERE reached_at IS NOT NULL AND company_id = ANY({companies})
    GROUP BY company_id
"""
_COUNTS = ("contacts_28d", "contacts_7d", "asked", "answered")
_OLD, _NEW = (", ".join(f"coalesce({row}.{name}, 0)" for name in _COUNTS) for row in "an")
_KNOWN = "SELECT company_id FROM discussions UNION SELECT company_id FROM company_activity"
_CHANGED = text(
    f"""
    SELECT c.id FROM companies c
    LEFT JOIN company_activity a ON a.company_id = c.id
    LEFT JOIN ({_COUNTED.format(companies="ARRAY(" + _KNOWN + ")")}) n ON n.company_id = c.id
    WHERE c.id = ANY(ARRAY({_KNOWN}))
        AND (({_OLD}) IS DISTINCT FROM ({_NEW})
            OR abs(coalesce(a.delay_hours, 0) - coalesce(n.hours, 0)) > 0.01)
    ORDER BY c.id FOR NO KEY UPDATE OF c
    """  # noqa: S608 - made of constants
)
_WRITE = text(
    f"""
    INSERT INTO company_activity AS a
        (company_id, contacts_28d, contacts_7d, asked, answered, delay_hours, updated_at)
    SELECT c.id, {_NEW}, coalesce(n.hours, 0), :now
    FROM unnest(CAST(:ids AS bigint[])) AS c (id)
    LEFT JOIN ({_COUNTED.format(companies="CAST(:ids AS bigint[])")}) n ON n.company_id = c.id
    ON CONFLICT (company_id) DO UPDATE SET
        contacts_28d = excluded.contacts_28d, contacts_7d = excluded.contacts_7d, asked = excluded.asked,
        answered = excluded.answered, delay_hours = excluded.delay_hours, updated_at = excluded.updated_at
    """  # noqa: S608 - made of constants
)


async def recount(session: Session, now: datetime) -> int:
    """Count again what every company received and answered, from its requests; how many were wrong.

    Companies whose counts change are locked first, then counted: a request or an answer of that moment
    is in what is counted, or comes after it.
    """
    times = {
        "now": now,
        "month": now - timedelta(days=28),
        "week": now - timedelta(days=7),
        "judged": timedelta(hours=JUDGED_AFTER_HOURS),
    }
    ids = list((await session.execute(_CHANGED, times)).scalars())
    if ids:
        await session.execute(_WRITE, {**times, "ids": ids})
    return len(ids)

"""What a company does with the requests it receives, as running counts that the ranking reads.

Each write stamps the company, and the index follows. The counts are exact between two nights when every
night counts again those of 28 and 7 days, and adds to `asked` the requests that have waited
`JUDGED_AFTER_HOURS` without an answer: a company is not judged on what arrived yesterday.
"""

from datetime import datetime

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

from data.session import Session
from data.tables import company_activity

JUDGED_AFTER_HOURS = 7 * 24
"""A request that has waited so long counts, answered or not."""

_c = company_activity.c


async def record_request(session: Session, company_id: int, now: datetime) -> None:
    """One more request reached the company."""
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
    written = insert(company_activity).values(company_id=company_id, hired=1, updated_at=now)
    await session.execute(
        written.on_conflict_do_update(
            index_elements=[_c.company_id], set_={"hired": _c.hired + 1, "updated_at": now}
        )
    )

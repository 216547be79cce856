"""What every import ends with: the record of it, and the word to the processes that serve."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from data.reference.report import ImportReport
from data.session import Session
from data.tables import reference_imports

STARTER = "starter"
CHANNEL = "reference"


async def imported_version(session: Session, kind: str) -> str | None:
    """Version of the last import of that kind, None when there was none."""
    query = select(reference_imports.c.version).where(reference_imports.c.kind == kind)
    return (await session.execute(query)).scalar_one_or_none()


async def record(session: Session, report: ImportReport, now: datetime, *, keep: bool = True) -> None:
    """Keep the report; when something changed, tell the other processes once this commits.

    Without `keep` the record of the last import stands: what was loaded came beside it.
    """
    if keep:
        query = insert(reference_imports).values(
            kind=report.kind, version=report.version, imported_at=now, report=report.as_json()
        )
        values = {name: query.excluded[name] for name in ("version", "imported_at", "report")}
        await session.execute(query.on_conflict_do_update(index_elements=["kind"], set_=values))
    if report.changed:
        await session.execute(select(func.pg_notify(CHANNEL, "")))

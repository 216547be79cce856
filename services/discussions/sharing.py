"""A passport shown to a company with a request, until the person takes it back from any of these requests."""

from datetime import datetime

from data.queries import discussions, people
from data.session import ReadSession, Session
from domain.discussion import Side
from services.discussions.parties import Party


async def shares(session: ReadSession, party: Party) -> bool:
    """Whether the company may read the person's passport now."""
    return await discussions.shares_passport(session, party.row.beneficiary_id, party.row.company_id)


async def stop(session: Session, party: Party, now: datetime) -> None:
    """The company reads the passport no more; twice is the same. Raises `NotFoundError` to the company."""
    row = party.on(Side.CANDIDATE).row
    await people.stop_passport(session, row.beneficiary_id, row.company_id, now)

"""A person's account goes: what becomes of their conventions, each ended or kept, and who is told."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from data.queries import convention_removals, conventions
from data.session import ReadSession
from domain.convention import As
from domain.convention_leaving import Fate, fate
from domain.time_zones import today_in
from services.conventions.reviewing import withdraw
from services.conventions.story import Line, Office, Said, tell


async def fates(session: ReadSession, user: UUID, email: str, now: datetime) -> Mapping[Fate, int]:
    """How many conventions of the person would be dropped, cancelled, left open or restricted now."""
    listed = await convention_removals.of_person(session, user, email)
    return Counter(
        Fate.RESTRICTED if one.archived else fate(one.status, one.ends_on, today_in(one.department, now))
        for one in listed
    )


async def leave(office: Office, user: UUID, email: str) -> None:
    """End or keep each convention of the person; their agency still works on those not ended."""
    session, gone, kept = office.session, [], []
    for one in await convention_removals.of_person(session, user, email):
        row = await conventions.lock(session, one.id)  # as whoever decided meanwhile left it
        if row is None or row.archived_at is not None:
            continue
        becomes = fate(row.status, row.ends_on, today_in(one.department, office.now))
        if becomes is Fate.DROPPED:
            gone.append(row.id)
        elif becomes is Fate.CANCELLED:
            await withdraw(office, row)
        elif becomes is Fate.OPEN:
            await tell(office, row, Said(Line.LEFT, {"as": As.BENEFICIARY.value}))
        else:
            kept.append(row.id)
    await convention_removals.drop(session, gone)
    await convention_removals.restrict(session, kept, office.now)

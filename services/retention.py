"""The nightly application of `domain.retention`."""

from data.queries import retention
from domain.retention import RETENTION, Kept
from services.accounts.removal import remove_unused
from services.conventions import archives
from services.conventions.story import Office


async def apply_retention(office: Office) -> dict[Kept, int]:
    """Drop what is too old, each rule in turn; how many rows went for each."""
    session, now = office.session, office.now
    dropped: dict[Kept, int] = {}
    for kept, rule in RETENTION.items():
        before = now - rule.life
        if kept is Kept.UNUSED_ACCOUNTS:
            dropped[kept] = await remove_unused(office, before)
        else:
            old = archives.retain if kept in archives.CONVENTIONS else retention.drop
            dropped[kept] = await old(session, kept, before, now)
    return dropped

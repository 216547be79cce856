"""The nightly application of `domain.retention`."""

from datetime import datetime

from data.queries import retention
from data.session import Session
from domain.retention import RETENTION, Kept
from services.conventions import archives


async def apply_retention(session: Session, now: datetime) -> dict[Kept, int]:
    """Drop what is too old, each rule in turn; how many rows went for each."""
    dropped = {}
    for kept, rule in RETENTION.items():
        old = archives.retain if kept in archives.CONVENTIONS else retention.drop
        dropped[kept] = await old(session, kept, now - rule.life, now)
    return dropped

"""The links of a draft sent by mail: whose part each is for, and their end when its address is another."""

from datetime import datetime
from uuid import UUID

from data.queries import links
from data.session import Session
from domain.convention import DRAFT_LIFE, As
from domain.terms import Terms, contact_of
from services.links import Purpose, revoke

SIDES = {As.BENEFICIARY: "personne", As.COMPANY: "entreprise"}
"""To whom a draft is sent, and the page of their part."""


def subject(convention: UUID, side: As | None = None) -> str:
    """What a draft's link is about: the convention, and whose part it was sent for."""
    return f"{convention}:{side.value}" if side else str(convention)


async def take_back(
    session: Session, convention: UUID, before: Terms, after: Terms, writer: As | None
) -> None:
    """Revoke what was sent to an address that is no more that of its side.

    A side that corrects its own address by its own link (`writer`) goes on with it.
    """
    for side in SIDES:
        was, now = contact_of(before, side).email, contact_of(after, side).email
        if side is not writer and was != now:
            await revoke(session, Purpose.CONVENTION_DRAFT, subject(convention, side))


async def prolong(session: Session, convention: UUID, now: datetime) -> None:
    """A draft that was just changed lives anew, and so do its links: who has no account has no other key."""
    subjects = [subject(convention, side) for side in (None, *SIDES)]
    await links.prolong(session, Purpose.CONVENTION_DRAFT, subjects, now, now + DRAFT_LIFE)

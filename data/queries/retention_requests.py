"""What is too old among requests: drafts, files, bodies wiped in place, requests, kept searches."""

from datetime import datetime

from sqlalchemy import ColumnElement, Table, Update, update

from data.tables import contact_drafts, discussion_files, discussion_messages, discussions, saved_searches
from domain.discussion import CLOSED
from domain.retention import Kept

_d, _m = discussions.c, discussion_messages.c


def old_requests(before: datetime) -> dict[Kept, tuple[Table, tuple[ColumnElement[bool], ...]]]:
    """The rows that go whole, by what is kept."""
    files = discussion_files.c
    return {
        Kept.CONTACT_DRAFTS: (contact_drafts, (contact_drafts.c.updated_at < before,)),
        Kept.DISCUSSION_FILES: (
            discussion_files,
            (files.discussion_id.is_not(None), files.added_at < before),
        ),
        Kept.CLOSED_DISCUSSIONS: (discussions, (_d.status.in_(sorted(CLOSED)), _d.status_at < before)),
        Kept.DISCUSSIONS: (discussions, (_d.status_at < before,)),
        Kept.SAVED_SEARCHES: (saved_searches, (saved_searches.c.seen_at < before,)),
    }


def wipe_bodies(before: datetime, now: datetime) -> Update:
    """Empty the messages of that age: that they were sent remains."""
    old = (_m.sent_at < before, _m.wiped_at.is_(None))
    return update(discussion_messages).where(*old).values(body="", wiped_at=now).returning(_m.id)

"""A visit as a calendar file (RFC 5545): a stable UID, a sequence that grows, a cancellation that reaches."""

from datetime import UTC, timedelta

from data.queries.discussions import DiscussionRow
from data.queries.visits import VisitRow
from domain.french import PARIS
from domain.visit import VisitStatus

PRODUCT = "-//Escale//Visites//FR"


def calendar_of(row: DiscussionRow, visit: VisitRow, host: str) -> bytes:
    """The file of a visit that was confirmed, or cancelled since: no address of anybody is in it.

    `host` is the service's, which makes the UID unique. Raises `ValueError` without a picked slot.
    """
    from icalendar import Calendar, Event, Timezone, vText  # noqa: PLC0415 - 0.1 s, for few requests

    if visit.starts_at is None:
        raise ValueError("a visit without a picked slot has no calendar file")
    cancelled = visit.status is VisitStatus.CANCELLED
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    start = visit.starts_at.astimezone(PARIS)
    calendar.add_component(Timezone.from_tzinfo(PARIS, "Europe/Paris"))
    event = Event()
    event["uid"] = vText(f"visite-{visit.id}@{host}")
    event.add("sequence", visit.sequence)
    event.add("dtstamp", visit.updated_at.astimezone(UTC))
    event.add("dtstart", start)
    event.add("dtend", start + timedelta(minutes=visit.minutes))
    event.add("summary", f"Visite : {row.label}, {row.company}")
    event.add("location", visit.place)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written

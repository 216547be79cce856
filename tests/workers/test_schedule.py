"""The clock's table: sorted, of Paris, every job known; a missed night is the first thing of the day."""

from datetime import UTC, datetime, time

import pytest

from services import operator_mails
from services.emails import TEMPLATES
from services.followups import FOLLOWUPS, Event
from settings import ROOT
from workers.jobs import JOBS
from workers.schedule import PARIS, SCHEDULE, Planned
from workers.settings import BACKOFF_S, JITTER, MAX_TRIES

NIGHT = Planned(time(3, 10), "x")


@pytest.mark.parametrize(
    ("now", "last"),
    [
        (datetime(2026, 11, 21, 12, tzinfo=UTC), datetime(2026, 11, 21, 3, 10, tzinfo=PARIS)),
        (datetime(2026, 11, 21, 2, 10, tzinfo=UTC), datetime(2026, 11, 21, 3, 10, tzinfo=PARIS)),
        (datetime(2026, 11, 21, 2, 9, tzinfo=UTC), datetime(2026, 11, 20, 3, 10, tzinfo=PARIS)),
        (datetime(2026, 7, 1, 1, 9, tzinfo=UTC), datetime(2026, 6, 30, 3, 10, tzinfo=PARIS)),
        (datetime(2026, 7, 1, 1, 10, tzinfo=UTC), datetime(2026, 7, 1, 3, 10, tzinfo=PARIS)),
        (datetime(2026, 3, 29, 1, 10, tzinfo=UTC), datetime(2026, 3, 29, 3, 10, tzinfo=PARIS)),
        (datetime(2026, 10, 25, 2, 0, tzinfo=UTC), datetime(2026, 10, 24, 3, 10, tzinfo=PARIS)),
        (datetime(2026, 10, 25, 2, 10, tzinfo=UTC), datetime(2026, 10, 25, 3, 10, tzinfo=PARIS)),
    ],
)
def test_the_last_moment_planned(now: datetime, last: datetime) -> None:
    assert NIGHT.last(now) == last


def test_the_table_is_sorted_and_avoids_the_hour_that_is_skipped() -> None:
    assert list(SCHEDULE) == sorted(SCHEDULE)
    assert all(entry.at.hour != 2 for entry in SCHEDULE)


def test_every_job_that_is_promised_is_registered() -> None:
    promised = {job for jobs in FOLLOWUPS.values() for job in jobs} | {entry.job for entry in SCHEDULE}
    assert promised | {operator_mails.JOB} == set(JOBS)
    assert set(FOLLOWUPS) == set(Event)
    assert list(JOBS) == sorted(JOBS)


def test_every_template_is_sent_by_some_mail() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "services").rglob("*.py"))
    unused = [folder.name for folder in TEMPLATES.iterdir() if folder.is_dir()]
    assert [name for name in unused if f'"{name}"' not in sources] == []
    for folder in (folder for folder in TEMPLATES.iterdir() if folder.is_dir()):
        assert {path.name for path in folder.iterdir()} == {"subject.txt", "body.txt", "body.html"}


def test_waits_grow_from_a_minute_to_six_hours() -> None:
    assert len(BACKOFF_S) == MAX_TRIES - 1
    assert list(BACKOFF_S) == sorted(BACKOFF_S)
    assert (BACKOFF_S[0], BACKOFF_S[-1]) == (60, 6 * 3600)
    assert 0 < JITTER < 0.5

"""The worker's figures, and how it reaches its queue."""

from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import unquote, urlsplit

from arq.connections import RedisSettings

from clients.valkey import LOST, patient_retry

MAX_TRIES = 8
BACKOFF_S = (60, 180, 600, 1800, 3600, 3 * 3600, 6 * 3600)
"""Waits after the first failed try, the second…; after the eighth try the work is parked."""
JITTER = 0.2
"""Each wait is lengthened or shortened by up to this share, so that failures do not come back in step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a test may shorten."""

    job_s: float = 30.0
    """A job still running after this has failed; a message whose turn has come has as long again."""
    handed: timedelta = timedelta(minutes=5)
    """A row handed to the queue and not ended after this is handed again: the queue may have lost it."""
    sweep_s: float = 60.0
    """The relay looks at least this often, in case a notification was lost."""
    grace_s: float = 6.0
    """What running jobs are left when the worker is asked to stop; then they are put back in the queue."""
    batch: int = 5
    """Rows that one message of the queue carries, worked on at once: the queue costs as much as a mail."""
    batches: int = 3
    """Messages of the queue worked on at once. Each row has its connection to PostgreSQL."""
    poll_s: float = 0.02
    first_wait_s: float = 1.0
    """Before a part that failed is started again; doubles up to some seconds."""

    @property
    def rows(self) -> int:
        """Rows worked on at once."""
        return self.batch * self.batches


def queue_of(database_url: str) -> str:
    """The queue of one database: rows are named by their number, which another database may have too."""
    return "escale:queue:" + unquote(urlsplit(database_url).path).strip("/")


def redis_settings(url: str) -> RedisSettings:
    """The queue's address; a connection lost is tried again for some seconds before anything fails."""
    parsed = RedisSettings.from_dsn(url)
    return replace(
        parsed,
        unix_socket_path=unquote(parsed.unix_socket_path) if parsed.unix_socket_path else None,
        username=unquote(parsed.username) if parsed.username else None,
        password=unquote(parsed.password) if parsed.password else None,
        conn_retries=2,
        retry=patient_retry(),
        retry_on_error=LOST,
        retry_on_timeout=True,
    )

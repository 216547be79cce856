"""The worker process: relay and queue, each started again when it fails, stopped gently."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import structlog
from arq.worker import Worker

from clients.geocoding import Geocoder
from clients.smtp import Mailer
from data.session import create_engine, create_maker
from logs import configure_logs
from services.work import Tools
from settings import Settings
from workers.jobs import Context, describe, work
from workers.relay import relay
from workers.settings import QUEUE, Limits, redis_settings
from workers.wire import from_wire, to_wire

log = structlog.get_logger()
_LONGEST_WAIT_S = 5.0
_HEALTHY_S = 60.0
"""A part that lived this long starts its waits from the first again."""
_RECORD_S = 1.0
"""For a job that failed by its own limit to write it before the queue's."""
_SPARE_CONNECTIONS = 4
"""Beside one a job: the relay's, and failures being written."""
_QUEUE_TRIES = 1000
"""The row counts the tries; the queue only brings it back while PostgreSQL is away."""


@asynccontextmanager
async def opened(settings: Settings, limits: Limits) -> AsyncIterator[Context]:
    """What the process shares, closed at the end; nothing is connected yet."""
    engine = create_engine(settings.database_url, limits.max_jobs + _SPARE_CONNECTIONS)
    mailer = Mailer(settings.smtp_url)
    geocoder = Geocoder(settings.geocoding_url)
    tools = Tools(
        mailer=mailer,
        geocoder=geocoder,
        public_url=settings.public_url,
        mail_from=settings.mail_from,
        mail_reply_to=settings.mail_reply_to,
        secret_key=settings.secret_key,
    )
    try:
        yield Context(create_maker(engine), tools, limits)
    finally:
        await mailer.close()
        await geocoder.close()
        await engine.dispose()


def queue_worker(context: Context, settings: Settings) -> Worker:
    """The worker of arq on our queue, to be run in a loop that is already running."""
    limits = context.limits
    return Worker(
        functions=[work],
        queue_name=QUEUE,
        redis_settings=redis_settings(settings.valkey_url),
        handle_signals=False,
        max_jobs=limits.max_jobs,
        job_timeout=limits.job_s + _RECORD_S,
        keep_result=0,
        poll_delay=limits.poll_s,
        max_tries=_QUEUE_TRIES,
        ctx={"context": context},
        job_serializer=to_wire,
        job_deserializer=from_wire,
        log_results=False,
    )


async def consume(context: Context, settings: Settings) -> None:
    """Work on what the queue holds until cancelled; running jobs are then left a moment to end."""
    worker = queue_worker(context, settings)
    try:
        await worker.async_run()
    finally:
        if running := list(worker.tasks.values()):
            await asyncio.wait(running, timeout=context.limits.grace_s)
        with suppress(Exception, asyncio.CancelledError):
            await worker.close()


async def supervise(name: str, part: Callable[[], Awaitable[None]], first_wait_s: float) -> None:
    """Run a part for ever: whatever ends it, it starts again after a while."""
    wait = first_wait_s
    while True:
        began = time.monotonic()
        try:
            await part()
        except Exception as error:  # noqa: BLE001 - a part that dies must not take the other with it
            log.warning("worker.part_failed", part=name, error=_said(error))
        wait = first_wait_s if time.monotonic() - began > _HEALTHY_S else wait
        await asyncio.sleep(wait)
        wait = min(2 * wait, _LONGEST_WAIT_S)


def _said(error: BaseException) -> str:
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(_said(one) for one in error.exceptions)
    return describe(error)


async def serve(settings: Settings, limits: Limits, stop: asyncio.Event) -> None:
    """Relay and work until `stop` is set, then end what runs and close."""
    async with opened(settings, limits) as context:
        log.info("worker.started")
        parts = [
            asyncio.create_task(supervise(name, part, limits.first_wait_s))
            for name, part in (
                ("relay", lambda: relay(context, settings)),
                ("queue", lambda: consume(context, settings)),
            )
        ]
        await stop.wait()
        for part in parts:
            part.cancel()
        await asyncio.gather(*parts, return_exceptions=True)
    log.info("worker.stopped")


async def _serve_until_told(settings: Settings, limits: Limits) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await serve(settings, limits, stop)


def main(settings: Settings, limits: Limits | None = None) -> None:
    """Run the worker until SIGTERM or SIGINT."""
    configure_logs()
    asyncio.run(_serve_until_told(settings, limits or Limits()))

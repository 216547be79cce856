"""The worker process: relay and queue, each started again when it fails, stopped gently."""

import asyncio
import gc
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import structlog
import uvloop
from arq.worker import Worker

from clients.documents import document_seal, document_storage
from clients.geocoding import Geocoder
from clients.inbound_files import InboundFiles
from clients.sms import Brevo, NoSms, SmsFolder, SmsSender
from clients.smtp import Mailer
from data.session import create_engine, create_maker
from domain.allowed import EVERYBODY, Allowed, allowed
from logs import configure_logs
from services.tasks import end
from services.work import Tools
from settings import Settings
from workers.jobs import Context, describe, work
from workers.relay import relay
from workers.settings import Limits, queue_of, redis_settings
from workers.wire import from_wire, to_wire

log = structlog.get_logger()
_LONGEST_WAIT_S = 5.0
_AGAIN_S = 5.0
"""After their grace, parts that go on are told again to end."""
_HEALTHY_S = 60.0
"""A part that lived this long starts its waits from the first again."""
_RECORD_S = 1.0
"""For a job that failed by its own limit to write it before the queue's."""
_SPARE_CONNECTIONS = 4
"""Beside one a row: the relay's, and failures being written."""
_GC_THRESHOLDS = 10_000, 50, 50
"""Python's (700, 10, 10) looks again and again at all that the process holds."""
_QUEUE_TRIES = 1000
"""The row counts the tries; the queue only brings it back while PostgreSQL is away."""


def who_is_allowed(settings: Settings) -> Allowed:
    """Everybody in production, and where a sink takes it all; elsewhere the operator, and who is listed."""
    if settings.production or settings.mailbox_path:
        return EVERYBODY
    return allowed(f"{settings.mail_allow},{settings.operator_email}")


def sms_sender(settings: Settings) -> SmsSender:
    """The mailbox where there is one, else the provider, else nobody."""
    if settings.mailbox_path:
        return SmsFolder(Path(settings.mailbox_path))
    if settings.sms_api_key:
        return Brevo(settings.sms_url, settings.sms_api_key, settings.sms_sender)
    return NoSms()


@asynccontextmanager
async def opened(settings: Settings, limits: Limits) -> AsyncIterator[Context]:
    """What the process shares, closed at the end; nothing is connected yet."""
    engine = create_engine(settings.database_url, limits.rows + _SPARE_CONNECTIONS)
    mailer = Mailer(settings.smtp_url)
    geocoder = Geocoder(settings.geocoding_url)
    sms = sms_sender(settings)
    inbound_files = InboundFiles(settings.sms_url, settings.sms_api_key)
    tools = Tools(
        mailer=mailer,
        geocoder=geocoder,
        seal=document_seal(settings),
        storage=document_storage(settings.storage_url),
        sms=sms,
        public_url=settings.public_url,
        mail_from=settings.mail_from,
        mail_reply_to=settings.mail_reply_to,
        secret_key=settings.secret_key,
        chain_keys=settings.chain_keys,
        allowed=who_is_allowed(settings),
        relay_domain=settings.relay_domain,
        relay_authserv=settings.relay_authserv,
        inbound_files=inbound_files,
        operator_email=settings.operator_email,
    )
    try:
        yield Context(create_maker(engine), tools, limits)
    finally:
        await mailer.close()
        await geocoder.close()
        await sms.close()
        await inbound_files.close()
        await engine.dispose()


def queue_worker(context: Context, settings: Settings) -> Worker:
    """The worker of arq on our queue, to be run in a loop that is already running."""
    limits = context.limits
    return Worker(
        functions=[work],
        queue_name=queue_of(settings.database_url),
        redis_settings=redis_settings(settings.valkey_url),
        handle_signals=False,
        max_jobs=limits.batches,
        job_timeout=2 * limits.job_s + _RECORD_S,
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
        await end(parts, limits.grace_s + _AGAIN_S)
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
    gc.set_threshold(*_GC_THRESHOLDS)
    gc.freeze()  # what the imports made stays
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve_until_told(settings, limits or Limits()))

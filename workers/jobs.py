"""Jobs by name, and how one is run: one transaction, done or tried again later or parked.

Every job is safe to repeat. PostgreSQL remembers: a failed try is written in the row, which the relay
hands over again when its time has come; arq only carries the row's number.
"""

import asyncio
import random
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from arq import Retry

from clients.sms import SmsRefusedError
from clients.smtp import MailRefusedError
from data import outbox
from data.outbox import OutboxRow
from data.queries import runs
from data.queries.health import ping
from data.queries.runs import Outcome, Run
from data.session import Session, SessionMaker, check_alive, is_gone
from domain.errors import UnavailableError
from services import agency_mails, company_mails, company_space_mails, operator_mails, referral_mails, saved
from services.accounts import mail_links, removal
from services.agencies.settling import geocode as geocode_agency
from services.agencies.space import remind_delegations
from services.assessments import clock as assessment_clock
from services.assessments import letters as assessment_letters
from services.company_space import nudge
from services.conventions import clock as convention_clock
from services.conventions import document_alerts, documents
from services.conventions import letters as convention_letters
from services.conventions import texts as convention_texts
from services.conventions.story import office_of
from services.discussions import clock, letters, relay, requesting, set_aside, visit_letters
from services.discussions.visiting import remind
from services.placing import geocode
from services.retention import apply_retention
from services.work import Tools, Work
from workers.settings import BACKOFF_S, JITTER, MAX_TRIES, Limits
from workers.turn import Turn

Job = Callable[[Session, Tools, Work], Awaitable[int | None]]
"""What is done; a job that the clock starts gives how many rows it treated."""

log = structlog.get_logger()
_FOR_GOOD = (MailRefusedError, SmsRefusedError)
"""What another try would not change."""
_AGAIN_S = 5
"""When PostgreSQL is away nothing can be written: the queue brings the row back after this."""
_dice = random.SystemRandom()


async def _geocode(session: Session, tools: Tools, work: Work) -> None:
    placed = await geocode(session, tools.geocoder, int(work.payload["place"]))
    log.info("place.geocoded", placed=placed)


async def _geocode_agency(session: Session, tools: Tools, work: Work) -> None:
    placed = await geocode_agency(session, tools.geocoder, int(work.payload["agency"]))
    log.info("agency.geocoded", placed=placed)


async def _account_deleted(_session: Session, _tools: Tools, work: Work) -> None:
    """Say in the logs, which outlive a restored backup, that an account was deleted: its number alone."""
    log.info("account.deleted", user=work.payload["user"])


async def _delegations(session: Session, _tools: Tools, work: Work) -> int:
    return await remind_delegations(session, work.now)


async def _retention(session: Session, tools: Tools, work: Work) -> int:
    dropped = await apply_retention(office_of(session, tools, work))
    log.info("retention.applied", **dropped)
    return sum(dropped.values())


async def _nudge(session: Session, _tools: Tools, work: Work) -> int:
    return await nudge(session, work.now)


async def _remind_visits(session: Session, _tools: Tools, work: Work) -> int:
    return await remind(session, work.now)


async def _tell_due(session: Session, _tools: Tools, work: Work) -> int:
    return await saved.tell_due(session, work.now)


JOBS: dict[str, Job] = {
    "account.address_proved": mail_links.address_proved,
    "account.deleted": _account_deleted,
    "account.sign_in_mail": mail_links.sign_in_mail,
    "account.unused_mail": removal.unused_mail,
    "account.warn_unused": removal.warn_unused,
    "agency.activated_mail": agency_mails.activated_mail,
    "agency.closed_mail": agency_mails.closed_mail,
    "agency.delegation_mail": agency_mails.delegation_mail,
    "agency.delegations": _delegations,
    "agency.geocode": _geocode_agency,
    "agency.invitation_mail": agency_mails.invitation_mail,
    "agency.registered_mail": agency_mails.registered_mail,
    "agency.rejected_mail": agency_mails.rejected_mail,
    "agency.right_asked_mail": agency_mails.right_asked_mail,
    "agency.right_changed_mail": agency_mails.right_changed_mail,
    "agency.right_granted_mail": agency_mails.right_granted_mail,
    "agency.right_refused_mail": agency_mails.right_refused_mail,
    "agency.right_removed_mail": agency_mails.right_removed_mail,
    **assessment_letters.JOBS,
    **assessment_clock.JOBS,
    "company.address_notice_mail": company_mails.address_notice_mail,
    "company.banned_mail": company_space_mails.banned_mail,
    "company.edit_mail": company_mails.edit_mail,
    "company.invitation_mail": company_space_mails.invitation_mail,
    "company.new_address_mail": company_mails.new_address_mail,
    "company.nudge": _nudge,
    "company.nudge_mail": company_space_mails.nudge_mail,
    "company.proof_mail": company_mails.proof_mail,
    "company.published_mail": company_mails.published_mail,
    "company.refused_mail": company_mails.refused_mail,
    "company.right_accepted_mail": company_space_mails.accepted_mail,
    "company.right_asked_mail": company_space_mails.asked_mail,
    "company.right_changed_mail": company_space_mails.changed_mail,
    "company.right_refused_mail": company_space_mails.refused_mail,
    "company.right_removed_mail": company_space_mails.removed_mail,
    "company.set_aside_mail": set_aside.set_aside_mail,
    "company.to_check_mail": company_mails.to_check_mail,
    "company.unbanned_mail": company_space_mails.unbanned_mail,
    **dict(sorted({**convention_letters.JOBS, **convention_texts.JOBS, **documents.JOBS}.items())),
    **convention_clock.JOBS,
    **letters.JOBS,
    **clock.JOBS,
    relay.EXPLAIN: relay.explain_mail,
    relay.PROCESS: relay.process,
    **document_alerts.JOBS,
    operator_mails.JOB: operator_mails.parked_mail,
    "place.geocode": _geocode,
    "referral.answered_mail": referral_mails.answered_mail,
    "referral.asked_mail": referral_mails.asked_mail,
    "referral.ended_agent_mail": referral_mails.ended_agent_mail,
    "referral.ended_person_mail": referral_mails.ended_person_mail,
    "referral.entrusted_mail": referral_mails.entrusted_mail,
    "referral.file_mail": referral_mails.file_mail,
    "referral.new_agent_person_mail": referral_mails.new_agent_person_mail,
    "referral.unreachable_mail": referral_mails.unreachable_mail,
    "request.proof_mail": requesting.proof_mail,
    "retention.run": _retention,
    "saved_search.match": saved.match,
    "saved_search.news_mail": saved.news_mail,
    "saved_searches.due": _tell_due,
    **visit_letters.JOBS,
    "visits.remind": _remind_visits,
}


@dataclass(frozen=True, slots=True)
class Context:
    """What the worker's parts share."""

    maker: SessionMaker
    tools: Tools
    limits: Limits
    turn: Turn = field(default_factory=Turn)


def now() -> datetime:
    """The worker's clock."""
    return datetime.now(UTC)  # noqa: TID251 - a door has the clock


@asynccontextmanager
async def transaction(maker: SessionMaker) -> AsyncIterator[Session]:
    """One transaction: committed at the end of the block, rolled back when it raises."""
    async with maker() as session, session.begin():
        yield session


def describe(error: BaseException) -> str:
    """What failed and where, without the error's own words: they may hold personal data."""
    if isinstance(error, (*_FOR_GOOD, UnavailableError)):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}{place}"


def wait_after(failed_tries: int) -> timedelta:
    """How long to wait after that many failed tries (1 is the first), jitter included."""
    seconds = BACKOFF_S[min(failed_tries, len(BACKOFF_S)) - 1]
    return timedelta(seconds=seconds * _dice.uniform(1 - JITTER, 1 + JITTER))


async def run_row(context: Context, row_id: int) -> None:
    """Do the work of a row, unless it has ended; a failure is written in it.

    Raises only when PostgreSQL can neither do nor write: nothing is then changed.
    """
    row: OutboxRow | None = None
    began, started = time.monotonic(), now()
    try:
        async with (
            asyncio.timeout(context.limits.job_s) as limit,
            AsyncExitStack() as ended,
            transaction(context.maker) as session,
        ):
            row = await outbox.take(session, row_id, started)
            if row is None:
                return

            async def last_step() -> None:
                await ended.enter_async_context(context.turn.taken(lambda: ping(session)))
                await check_alive(session)
                # Cut short in this step, the message may have gone: its time starts with its turn.
                limit.reschedule(asyncio.get_running_loop().time() + context.limits.job_s)

            work = Work(row.id, row.payload, row.created_at, started, last_step)
            treated = await JOBS[row.job](session, context.tools, work)
            await _note_run(session, row, started, "done", treated)
    except Exception as error:
        if row is None or (is_gone(error) and not isinstance(error, TimeoutError)):
            raise
        await _failed(context, row, started, error)
    else:
        log.info("job.done", job=row.job, row=row.id, ms=round((time.monotonic() - began) * 1000))


async def _note_run(
    session: Session, row: OutboxRow, started: datetime, outcome: Outcome, treated: int | None = None
) -> None:
    """Write what became of a run of the clock; other work has no such record."""
    if planned := row.payload.get("planned_at"):
        run = Run(
            job=row.job,
            planned_for=datetime.fromisoformat(planned),
            started_at=started,
            ended_at=now(),
            treated=treated,
            outcome=outcome,
        )
        await runs.end(session, run)


async def _failed(context: Context, row: OutboxRow, started: datetime, error: Exception) -> None:
    reason, tries = describe(error), row.tries + 1
    parked = isinstance(error, _FOR_GOOD) or tries >= MAX_TRIES
    async with transaction(context.maker) as session:
        if parked:
            await outbox.park(session, row.id, reason, now())
            await operator_mails.alert(session, context.tools, row.job, now())
        else:
            await outbox.fail(session, row.id, reason, now() + wait_after(tries))
        await _note_run(session, row, started, "parked" if parked else "failed")
    tell = log.error if parked else log.warning
    tell("job.parked" if parked else "job.failed", job=row.job, row=row.id, tries=tries, error=reason)


async def work(ctx: dict[str, Any], row_ids: list[int]) -> None:
    """What the queue calls, with some rows; whatever went wrong, each row decides when it is tried again."""
    context: Context = ctx["context"]
    ends = await asyncio.gather(*(run_row(context, row_id) for row_id in row_ids), return_exceptions=True)
    unwritten = [end for end in ends if isinstance(end, Exception)]
    if unwritten:  # arq would forget a message whose job raises anything else
        log.warning("job.unwritten", rows=len(unwritten), error=describe(unwritten[0]))
        raise Retry(defer=_AGAIN_S)

"""The operator is told of the work that was given up: one mail for all of an hour."""

from datetime import datetime, timedelta

from data import outbox
from data.queries import emails
from data.queries import outbox as kept
from data.queries.outbox import Group
from data.session import Session
from services.emails import Mail, send
from services.work import Tools, Work

JOB = "operator.parked_mail"
PAUSE = timedelta(hours=1)
_TEMPLATE = "operator_parked"
_LISTED = 20


async def alert(session: Session, tools: Tools, job: str, now: datetime) -> None:
    """Promise the operator a mail about what was just parked, unless one is on its way.

    A mail to the operator that is itself parked promises nothing: it would go the same way.
    """
    if not tools.operator_email or job == JOB:
        return
    last = await emails.last_sent(session, _TEMPLATE)
    await outbox.add_once(session, JOB, max(now, last + PAUSE) if last else now)


async def parked_mail(session: Session, tools: Tools, work: Work) -> None:
    """How many, of which jobs, why, and how to try them again; what was told already is not told again."""
    groups = await kept.groups(session, await emails.last_sent(session, _TEMPLATE))
    if not groups or not tools.operator_email:
        return
    count = sum(group.count for group in groups)
    mail = Mail(
        template=_TEMPLATE,
        subject_id=str(work.id),
        recipient=tools.operator_email,
        context={"what": _what(count), "lines": "\n".join(_line(group) for group in groups[:_LISTED])},
    )
    await send(session, tools, work, mail)


def _what(count: int) -> str:
    return f"{count} tâches ont été mises de côté" if count > 1 else "Une tâche a été mise de côté"


def _line(group: Group) -> str:
    return f"{group.count} × {group.job} : {group.error}"

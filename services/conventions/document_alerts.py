"""The operator is told of a document that lacks its time, or its file when that cannot be made again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from data.queries import convention_documents, emails
from data.queries.convention_documents import DocumentRow, Untimed
from data.session import ReadSession, Session
from domain.roles import Actor, Permission, require
from services.conventions.document_file import tools
from services.conventions.documents import OtherBytesError, file_of
from services.emails import Mail, send
from services.work import Tools, Work

PAUSE = timedelta(hours=1)
"""Between two mails: one cause touches many documents, and `escale documents check` lists them."""
LATELY = timedelta(days=7)
"""How long a document without its time waits for the staff's eye."""
_TEMPLATE = "operator_document"
_LISTED = 50


@dataclass(frozen=True, slots=True)
class WithoutTime:
    """The documents sealed without a certified time: how many in all, the latest of them."""

    count: int
    latest: tuple[Untimed, ...]


async def without_time(session: ReadSession, actor: Actor) -> WithoutTime:
    """Those that the staff is shown."""
    require(actor, Permission.PLATFORM)
    count = await convention_documents.count_without_time(session)
    return WithoutTime(count, tuple(await convention_documents.without_time(session, _LISTED)))


async def lately_without_time(session: ReadSession, actor: Actor, now: datetime) -> int:
    """How many of the last days: the authority may not be answering still."""
    require(actor, Permission.PLATFORM)
    return await convention_documents.count_without_time(session, now - LATELY)


async def document_mail(session: Session, tools_: Tools, work: Work) -> None:
    """What is wrong with it now; nothing is sent when it was restored meanwhile, or another was just told."""
    convention, number = UUID(str(work.payload["convention"])), int(work.payload["number"])
    found = await convention_documents.by_number(session, convention, number)
    last = await emails.last_sent(session, _TEMPLATE)
    if found is None or not tools_.operator_email or (last and work.now - last < PAUSE):
        return
    lines = [*_without_time(found), *(await _lost(tools_, found))]
    if not lines:
        return
    mail = Mail(
        template=_TEMPLATE,
        subject_id=str(work.id),
        recipient=tools_.operator_email,
        context={"what": f"Convention {found.reference}, document n° {number}", "lines": "\n".join(lines)},
    )
    await send(session, tools_, work, mail)


def _without_time(found: DocumentRow) -> list[str]:
    why = found.made_with.get("without_time")
    if not why:
        return []
    return [f"Scellé sans heure certifiée (TIMESTAMP_URL) : {why}. Le document est valable ainsi."]


async def _lost(tools_: Tools, found: DocumentRow) -> list[str]:
    try:
        await file_of(tools_.storage, found)
    except OtherBytesError:
        made, now = (", ".join(f"{k} {v[:12]}" for k, v in sorted(one.items())) for one in _made(found))
        why = f"Fichier perdu, que cette version ne refait pas à l’identique (fait avec {made} ; ici {now})."
        return [f"{why} Restaurez {found.key} depuis une copie de STORAGE_URL, ou remettez cette version."]
    return []


def _made(found: DocumentRow) -> tuple[dict[str, str], dict[str, str]]:
    now = tools()
    return {name: str(found.made_with.get(name, "?")) for name in now}, now


JOBS = {"operator.document_mail": document_mail}

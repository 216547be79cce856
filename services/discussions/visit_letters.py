"""The mails and the text message of a visit, each read anew when it is sent: they say how it stands then."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from data.queries import discussions, visits
from data.queries.discussions import DiscussionRow
from data.queries.visits import VisitRow
from data.session import Session
from domain.discussion import Side
from domain.french import french_moment
from domain.visit import VisitStatus
from services.discussions.letters import Reader, reply_to
from services.discussions.parties import company_email
from services.emails import Action, Mail, send
from services.links import Purpose, mint
from services.sms import TextMessage
from services.sms import send as send_text
from services.work import Tools, Work

ANCHOR = "#visite"
_KIND = "visit_tomorrow"


@dataclass(frozen=True, slots=True)
class Said:
    """The title, the sentence and the button of a mail."""

    title: str
    what: str
    action: str


def said(row: DiscussionRow, visit: VisitRow, reader: Side) -> Said:
    """What a side reads of a visit as it stands."""
    other = row.company if reader is Side.CANDIDATE else row.name or "La personne"
    when = french_moment(visit.starts_at) if visit.starts_at else ""
    if visit.status is VisitStatus.PROPOSED:
        what = f"{other} vous propose une visite pour le métier « {row.label} ». Choisissez une date :"
        return Said(f"{other} vous propose une visite", what, "Choisir une date")
    if visit.status is VisitStatus.CANCELLED:
        which = f" du {when}" if when else ""
        what = f"La visite{which} avec {other} est annulée. Vous pouvez en proposer une autre."
        return Said(f"Visite annulée avec {other}", what, "Proposer une autre date")
    what = f"Votre visite avec {other} pour le métier « {row.label} » est prévue le {when}."
    return Said(f"Visite confirmée avec {other}", what, "Voir la visite")


async def _found(session: Session, work: Work) -> tuple[DiscussionRow, VisitRow] | None:
    row = await discussions.by_id(session, UUID(work.payload["discussion"]))
    visit = await visits.by_id(session, UUID(work.payload["visit"]))
    return (row, visit) if row and visit else None


async def _news_mail(reader: Side, session: Session, tools: Tools, work: Work) -> None:
    """A side is told how the visit stands."""
    found = await _found(session, work)
    if found is not None:
        await _mail(session, tools, work, found, reader, said(*found, reader))


async def _tomorrow_mail(reader: Side, session: Session, tools: Tools, work: Work) -> None:
    """A side is reminded the day before, unless it was cancelled."""
    found = await _found(session, work)
    if found is None or found[1].status is not VisitStatus.CONFIRMED:
        return
    words = said(*found, reader)
    await _mail(session, tools, work, found, reader, Said("Demain : votre visite", words.what, words.action))


async def _tomorrow_sms(session: Session, tools: Tools, work: Work) -> None:
    """The candidate is reminded by a text message, where they gave a mobile number."""
    found = await _found(session, work)
    if found is None or found[1].status is not VisitStatus.CONFIRMED or not found[0].phone:
        return
    row, visit = found
    when = french_moment(visit.starts_at) if visit.starts_at else ""
    text = f"Escale : rappel, visite chez {row.company} le {when}, {visit.place}."
    await send_text(
        session,
        tools,
        work,
        TextMessage(
            kind=_KIND,
            subject_id=str(visit.id),
            recipient=row.phone,
            text=text,
        ),
    )


async def _untold_mail(session: Session, tools: Tools, work: Work) -> None:
    """The company is asked whether the visit took place."""
    found = await _found(session, work)
    if found is None or found[1].status is not VisitStatus.CONFIRMED:
        return
    who = found[0].name
    asked = f"La visite de {who} a-t-elle eu lieu ?" if found[0].name else "La visite a-t-elle eu lieu ?"
    what = "Dites-le en un clic : la suite en dépend, pour vous et pour la personne."
    words = Said(asked, what, "Répondre")
    await _mail(session, tools, work, found, Side.COMPANY, words)


async def _mail(
    session: Session,
    tools: Tools,
    work: Work,
    found: tuple[DiscussionRow, VisitRow],
    reader: Side,
    words: Said,
) -> None:
    row, visit = found
    company = reader is Side.COMPANY
    recipient = await company_email(session, row) if company else row.candidate_email
    if not recipient:
        return
    path = f"/demandes/{row.id}"
    if company:
        path = await mint(session, tools.secret_key, work, Purpose.ANSWER, str(row.id))
    slots = [french_moment(slot) for slot in visit.slots] if visit.status is VisitStatus.PROPOSED else []
    context = {
        "title": words.title,
        "what": words.what,
        "slots": "\n".join(slots),
        "where": f"Lieu : {visit.place}. Durée : {visit.minutes} minutes.",
    }
    action = Action(words.action, path + ANCHOR)
    mail = Mail(
        template="visit_news",
        subject_id=str(visit.id),
        recipient=recipient,
        context=context,
        action=action,
        reply_to=reply_to(tools, row, Reader(reader)),
        thread=str(row.id),
    )
    await send(session, tools, work, mail)


JOBS: dict[str, Callable[[Session, Tools, Work], Awaitable[None]]] = {
    "visit.candidate_mail": partial(_news_mail, Side.CANDIDATE),
    "visit.company_mail": partial(_news_mail, Side.COMPANY),
    "visit.tomorrow_candidate_mail": partial(_tomorrow_mail, Side.CANDIDATE),
    "visit.tomorrow_candidate_sms": _tomorrow_sms,
    "visit.tomorrow_company_mail": partial(_tomorrow_mail, Side.COMPANY),
    "visit.untold_mail": _untold_mail,
}

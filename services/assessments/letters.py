"""The mails of an assessment, each read anew when it is sent: nobody is asked what they have said.

Who has a mobile and no address reads the same in one text message.
"""

from collections.abc import Awaitable, Callable
from uuid import UUID

from data.queries import assessments, conventions
from data.queries.assessments import AssessmentRow
from data.queries.conventions import ConventionRow
from data.session import Session
from domain.assessment import Outcome, Side
from domain.contacts import by_mail
from domain.convention import Status
from domain.french import french_date
from domain.time_zones import today_in
from services.assessments.opening import FOLLOW, reached, subject
from services.conventions.limits import department_at
from services.conventions.readers import Reader, people
from services.emails import Action, Mail, send
from services.followups import Event, follow
from services.links import Purpose, mint
from services.sms import TextMessage, can_reach
from services.sms import send as send_text
from services.work import Tools, Work

_ASKING = {Side.COMPANY: "assessment_company", Side.PERSON: "assessment_person"}
_TEXTS = {
    "assessment_person": "Escale : votre avis sur votre immersion, en deux questions : {url}",
    "assessment_answer": "Escale : bilan de votre immersion rempli. Lisez-le, dites si c’est vrai : {url}",
    "assessment_follow_up": "Escale : six mois après votre immersion, où en êtes-vous ? Une question : {url}",
}
"""What is asked of the person, without a name: the message is read on a locked screen."""


async def _found(session: Session, work: Work) -> tuple[ConventionRow, AssessmentRow] | None:
    """The convention while it is in force and has names, and what was said."""
    row = await conventions.by_id(session, UUID(work.payload["convention"]))
    if row is None or row.terms is None or row.status is not Status.VALIDATED:
        return None
    return row, await assessments.of_convention(session, row.id)


def _context(row: ConventionRow) -> dict[str, str]:
    terms = row.document
    return {
        "name": terms.beneficiary.name,
        "company": terms.host.name,
        "start": french_date(row.starts_on) if row.starts_on else "",
        "end": french_date(row.ends_on) if row.ends_on else "",
    }


async def asked_mail(session: Session, tools: Tools, work: Work) -> None:
    """A side is asked for its part, unless it has written it."""
    found = await _found(session, work)
    if found is None:
        return
    row, said = found
    side = Side(work.payload["side"])
    if (said.company_at if side is Side.COMPANY else said.person_at) is not None:
        return
    here = today_in(department_at(row.document.work_place), work.now)
    late = row.ends_on is not None and here > row.ends_on
    context = _context(row) | {"late": "1" if late else "", "tutor": row.document.host.tutor.name}
    mail = Mail(
        template=_ASKING[side],
        subject_id=str(row.id),
        recipient=reached(row, side),
        context=context,
        action=Action("Remplir le bilan", await _page(session, tools, work, row, side)),
    )
    await _send(session, tools, work, mail)


async def answer_mail(session: Session, tools: Tools, work: Work) -> None:
    """The person reads what the company said, and answers it."""
    found = await _found(session, work)
    if found is None or found[1].company_at is None or found[1].person_agrees is not None:
        return
    row, said = found
    mail = Mail(
        template="assessment_answer",
        subject_id=str(row.id),
        recipient=reached(row, Side.PERSON),
        context=_context(row) | {"absent": "1" if said.outcome is Outcome.DID_NOT_SHOW else ""},
        action=Action("Lire et répondre", await _page(session, tools, work, row, Side.PERSON)),
    )
    await _send(session, tools, work, mail)


async def tell_agency(session: Session, _tools: Tools, work: Work) -> None:
    """Write a job for each of the agency who follows this convention."""
    found = await _found(session, work)
    if found is None:
        return
    row, _ = found
    for one in await people(session, row, Reader.FOLLOWERS, {}):
        if one.user is not None:
            await follow(session, Event.ASSESSMENT_NEWS, convention=str(row.id), user=str(one.user))


def _news(said: AssessmentRow, name: str, company: str) -> tuple[str, str]:
    """The title and the sentence of what an agency is told."""
    if said.person_agrees is False:
        return (
            f"{name} n’est pas d’accord avec le bilan",
            f"{name} a répondu au bilan de {company}, et n’est pas d’accord. Appelez chacun des deux.",
        )
    if said.outcome is Outcome.DID_NOT_SHOW:
        return (
            f"Absence : {name} n’a pas fait son immersion",
            f"{company} dit que personne ne s’est présenté. Prenez contact avec {name}.",
        )
    if said.outcome is Outcome.PARTLY_COMPLETED:
        return (
            f"L’immersion de {name} s’est arrêtée, ou des heures manquent",
            f"{company} a rempli le bilan : elle n’a pas été faite en entier. Prenez contact avec {name}.",
        )
    return f"Bilan de l’immersion de {name}", f"{company} a rempli le bilan de l’immersion de {name}."


async def agency_mail(session: Session, tools: Tools, work: Work) -> None:
    """One of the agency reads how it went: an absence and an early end are in the title."""
    found = await _found(session, work)
    if found is None:
        return
    row, said = found
    readers = await people(session, row, Reader.FOLLOWERS, {})
    email = next((one.email for one in readers if str(one.user) == work.payload["user"]), "")
    context = _context(row)
    title, what = _news(said, context["name"], context["company"])
    mail = Mail(
        template="assessment_news",
        subject_id=str(row.id),
        recipient=email,
        context=context | {"title": title, "what": what, "hired": "1" if said.hired else ""},
        action=Action("Lire le bilan", f"/conventions/{row.id}#bilan"),
    )
    await _send(session, tools, work, mail)


async def follow_up_mail(session: Session, tools: Tools, work: Work) -> None:
    """One question, six months later; the page has a button for each answer."""
    found = await _found(session, work)
    if found is None or found[1].follow_up is not None:
        return
    row, _ = found
    path = await _page(session, tools, work, row, FOLLOW)
    mail = Mail(
        template="assessment_follow_up",
        subject_id=str(row.id),
        recipient=reached(row, Side.PERSON),
        context=_context(row),
        action=Action("Répondre à la question", path),
    )
    await _send(session, tools, work, mail)


async def link_mail(session: Session, tools: Tools, work: Work) -> None:
    """What a side was asked, once more: its former link was too old."""
    found = await _found(session, work)
    if found is None:
        return
    side = work.payload["side"]
    if side == FOLLOW:
        await follow_up_mail(session, tools, work)
    elif side == Side.PERSON and found[1].company_at is not None:
        await answer_mail(session, tools, work)
    else:
        await asked_mail(session, tools, work)


async def _page(session: Session, tools: Tools, work: Work, row: ConventionRow, side: str) -> str:
    return await mint(session, tools.secret_key, work, Purpose.ASSESSMENT, subject(row.id, side))


async def _send(session: Session, tools: Tools, work: Work, mail: Mail) -> None:
    if by_mail(mail.recipient):
        await send(session, tools, work, mail)
    elif mail.action is not None and can_reach(tools, mail.recipient):
        message = TextMessage(
            kind=mail.template,
            subject_id=mail.subject_id,
            recipient=mail.recipient,
            text=_TEXTS[mail.template].format(url=f"{tools.public_url}{mail.action.path}"),
        )
        await send_text(session, tools, work, message)


JOBS: dict[str, Callable[[Session, Tools, Work], Awaitable[None]]] = {
    "assessment.agency_mail": agency_mail,
    "assessment.answer_mail": answer_mail,
    "assessment.asked_mail": asked_mail,
    "assessment.follow_up_mail": follow_up_mail,
    "assessment.link_mail": link_mail,
    "assessment.tell_agency": tell_agency,
}

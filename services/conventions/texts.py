"""What a convention's signatories get on their mobile, and the code they sign by, which nothing keeps.

A text message is one message of 160 letters: who reads it on a small phone reads it whole. A code is
computed when it is sent, and stands in no row, no log and no subject.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC
from uuid import UUID

from clients.sms import SmsRefusedError
from data.queries import convention_signatories, conventions
from data.queries.convention_signatories import SignatoryRow
from data.queries.conventions import ConventionRow
from data.session import Session
from domain.contacts import show_phone
from domain.convention import SIGNABLE
from services.conventions.letter_words import Case, immersion
from services.conventions.letters import case_of, page
from services.conventions.readers import FORMER, Reader
from services.conventions.signing import CODE_LIFE, code_of
from services.emails import Mail, send
from services.followups import Event, follow
from services.sms import TextMessage, can_reach
from services.sms import send as send_text
from services.work import Tools, Work

_CODE = "convention_code"
_MINUTES = int(CODE_LIFE.total_seconds()) // 60
TEXTS = {
    Event.CONVENTION_TO_SIGN: "Escale : convention d’immersion à signer avant le {start}. À lire ici : {url}",
    Event.CONVENTION_EDITED: "Escale : convention d’immersion modifiée, à signer de nouveau : {url}",
    Event.CONVENTION_REMINDED: "Escale : rappel, convention à signer avant le {start}. À lire ici : {url}",
    Event.CONVENTION_VALIDATED: "Escale : immersion validée. Venez le {start}. Heure et adresse : {url}",
    Event.CONVENTION_REJECTED: "Escale : immersion refusée, n’y allez pas. La raison et la suite : {url}",
    Event.CONVENTION_CANCELLED: "Escale : immersion annulée. N’y allez pas, ou plus. La raison : {url}",
    Event.CONVENTION_EXPIRED: "Escale : immersion jamais validée. Convention close, rien à faire : {url}",
    Event.CONVENTION_STARTING: "Escale : immersion pas encore validée. N’y allez pas avant notre SMS : {url}",
    Event.CONVENTION_LINK_ASKED: "Escale : voici votre nouveau lien pour ouvrir la convention : {url}",
    Event.CONVENTION_TUTOR_CHANGED: "Escale : la personne qui vous accueille en immersion change : {url}",
}
"""Without a name: the message is read on a locked screen."""
_TO_PARENT = {
    Event.CONVENTION_VALIDATED: "Escale : immersion validée, elle commence le {start}. Lieu, heures : {url}",
    Event.CONVENTION_REJECTED: "Escale : immersion refusée, elle n’a pas lieu. La raison et la suite : {url}",
    Event.CONVENTION_CANCELLED: "Escale : immersion annulée, elle n’a plus lieu. La raison : {url}",
    Event.CONVENTION_STARTING: "Escale : immersion pas encore validée. Elle ne peut pas commencer : {url}",
    Event.CONVENTION_TUTOR_CHANGED: "Escale : la personne qui accueille l’immersion change : {url}",
}
"""What differs for the representative of a minor: somebody else goes there."""
_FORMER = "Escale : ce numéro a été retiré d’une convention d’immersion à signer. Une erreur ? {call}."


async def signer_text(session: Session, tools: Tools, work: Work) -> None:
    """Tell a signatory on their mobile, unless the convention has moved on."""
    found = await case_of(session, tools, work)
    if found is None or not can_reach(tools, found[1].person.phone):
        return
    case = found[1]
    text = _former(case) if case.reader in FORMER else await _with_link(session, tools, work, case)
    message = TextMessage(
        kind=case.event.value.replace(".", "_"),
        subject_id=str(case.row.id),
        recipient=case.person.phone,
        text=text,
    )
    await send_text(session, tools, work, message)


async def _with_link(session: Session, tools: Tools, work: Work, case: Case) -> str:
    starts = case.terms.starts_on
    url = f"{tools.public_url}{await page(session, tools, work, case)}"
    own = _TO_PARENT if case.reader is Reader.REPRESENTATIVE else {}
    text = own.get(case.event, TEXTS[case.event])
    return text.format(start=f"{starts:%d/%m}" if starts else "", url=url)


def _former(case: Case) -> str:
    """To a number that an edit took away: whom to call, and no link."""
    phone = show_phone(case.row.agency_phone)
    return _FORMER.format(call=f"Appelez le {phone}" if phone else "Appelez la structure qui valide")


async def code(session: Session, tools: Tools, work: Work) -> None:
    """Send the code to the mobile; where that cannot be, another job sends it to the address."""
    found = await _asked(session, work)
    if found is None:
        return
    signatory, row = found
    if signatory.code_channel == "sms" and can_reach(tools, signatory.phone):
        text = (
            f"Escale : votre code de signature est {code_of(tools.secret_key, signatory, row.version)}. "
            f"Il vaut {_MINUTES} minutes. Ne le donnez à personne."
        )
        message = TextMessage(kind=_CODE, subject_id=str(row.id), recipient=signatory.phone, text=text)
        try:
            async with session.begin_nested():
                await send_text(session, tools, work, message)
        except SmsRefusedError:
            if not signatory.email:
                raise
        else:
            return
    if signatory.email:
        await follow(session, Event.CONVENTION_CODE_BY_MAIL, **work.payload)


async def code_by_mail(session: Session, tools: Tools, work: Work) -> None:
    """Send the code by mail; the signature will say that it came by this channel."""
    found = await _asked(session, work)
    if found is None:
        return
    signatory, row = found
    if signatory.code_channel != "email":
        await convention_signatories.change(session, signatory.id, {"code_channel": "email"})
    mail = Mail(
        template=_CODE,
        subject_id=str(row.id),
        recipient=signatory.email,
        context={
            "code": code_of(tools.secret_key, signatory, row.version),
            "immersion": immersion(row.document, Reader(signatory.whom.value)),
            "minutes": str(_MINUTES),
        },
        thread=str(row.id),
    )
    await send(session, tools, work, mail)


async def _asked(session: Session, work: Work) -> tuple[SignatoryRow, ConventionRow] | None:
    """Who asked, unless they asked for another code since, signed, or could no longer use this one."""
    asking = UUID(work.payload["signatory"])
    row = await conventions.by_signatory(session, asking)
    signatory = next((one for one in row.signatories if one.id == asking), None) if row else None
    if signatory is None or row is None or row.terms is None or signatory.code_sent_at is None:
        return None
    asked = signatory.code_sent_at
    latest = asked.astimezone(UTC).isoformat() == work.payload["at"]
    usable = row.status in SIGNABLE and work.now - asked <= CODE_LIFE
    return (signatory, row) if latest and usable else None


JOBS: dict[str, Callable[[Session, Tools, Work], Awaitable[None]]] = {
    Event.CONVENTION_CODE_ASKED.value: code,
    Event.CONVENTION_CODE_BY_MAIL.value: code_by_mail,
    Event.CONVENTION_TEXT.value: signer_text,
}

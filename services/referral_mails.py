"""The mails about accompanying a person, each read anew when it is sent."""

from uuid import UUID

from data.queries import referrals
from data.queries.referrals import Addresses, ReferralRow
from data.session import Session
from services.emails import Action, Mail, send
from services.links import KINDS, Purpose, mint
from services.work import Tools, Work

MINE = "/compte/accompagnement"
THEIRS = "/accompagnement"


async def _found(session: Session, work: Work) -> tuple[ReferralRow, Addresses] | None:
    row = await referrals.by_id(session, int(work.payload["referral"]))
    return (row, await referrals.addresses(session, row)) if row else None


def _mail(template: str, row: ReferralRow, recipient: str, action: Action) -> Mail:
    words = {"agent": row.agent, "agency": row.agency, "person": row.name or "La personne"}
    return Mail(template=template, subject_id=str(row.id), recipient=recipient, context=words, action=action)


async def asked_mail(session: Session, tools: Tools, work: Work) -> None:
    """The person is asked, unless it has been answered meanwhile."""
    found = await _found(session, work)
    if found is None or found[0].until is not None or found[0].consented_at is not None:
        return
    row, addresses = found
    if addresses.person:
        mail = _mail("referral_asked", row, addresses.person, Action("Répondre", MINE))
        await send(session, tools, work, mail)


async def answered_mail(session: Session, tools: Tools, work: Work) -> None:
    """The agent is told what the person answered."""
    found = await _found(session, work)
    if found is None:
        return
    row, addresses = found
    template = "referral_agreed" if row.consented_at is not None else "referral_refused"
    mail = _mail(template, row, addresses.agent, Action("Voir les personnes accompagnées", THEIRS))
    await send(session, tools, work, mail)


async def ended_person_mail(session: Session, tools: Tools, work: Work) -> None:
    """The person is told that it ended, whoever ended it."""
    found = await _found(session, work)
    if found is None or not found[1].person:
        return
    row, addresses = found
    mail = _mail("referral_ended_person", row, addresses.person, Action("Voir qui m’accompagne", MINE))
    await send(session, tools, work, mail)


async def ended_agent_mail(session: Session, tools: Tools, work: Work) -> None:
    """The agent is told that it ended, whoever ended it."""
    found = await _found(session, work)
    if found is None:
        return
    row, addresses = found
    action = Action("Voir les personnes accompagnées", THEIRS)
    await send(session, tools, work, _mail("referral_ended_agent", row, addresses.agent, action))


async def new_agent_person_mail(session: Session, tools: Tools, work: Work) -> None:
    """The person is told who accompanies them from now on."""
    found = await _found(session, work)
    if found is None or not found[1].person:
        return
    row, addresses = found
    mail = _mail("referral_new_agent", row, addresses.person, Action("Voir qui m’accompagne", MINE))
    await send(session, tools, work, mail)


async def entrusted_mail(session: Session, tools: Tools, work: Work) -> None:
    """The colleague is told whom they accompany from now on."""
    found = await _found(session, work)
    if found is None:
        return
    row, addresses = found
    action = Action("Ouvrir son dossier", f"{THEIRS}/{row.beneficiary_id}")
    await send(session, tools, work, _mail("referral_entrusted", row, addresses.agent, action))


async def unreachable_mail(session: Session, tools: Tools, work: Work) -> None:
    """The agent is told that what is written to the person comes back, while the referral lasts."""
    found = await _found(session, work)
    if found is None or not found[0].current:
        return
    row, addresses = found
    action = Action("Ouvrir son dossier", f"{THEIRS}/{row.beneficiary_id}")
    await send(session, tools, work, _mail("referral_unreachable", row, addresses.agent, action))


async def file_mail(session: Session, tools: Tools, work: Work) -> None:
    """The link by which a person takes over the file an agent started with them."""
    found = await _found(session, work)
    if found is None or found[0].claimed or not found[1].person:
        return
    row, addresses = found
    path = await mint(session, tools.secret_key, work, Purpose.TAKE_OVER, str(UUID(str(row.beneficiary_id))))
    words = {"agent": row.agent, "agency": row.agency, "life": KINDS[Purpose.TAKE_OVER].said}
    mail = Mail(
        template="referral_file",
        subject_id=str(row.id),
        recipient=addresses.person,
        context=words,
        action=Action("Reprendre mon dossier", path),
    )
    await send(session, tools, work, mail)

"""An account ends: at its owner's word, or after two years without a visit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from data.queries import removals, sms, users
from data.queries.users import User
from data.session import ReadSession, Session
from domain.account import HOME
from domain.audit import AuditAction
from domain.convention_leaving import Fate
from domain.errors import ConflictError, FieldError, InvalidInputError, NotFoundError, SignInError
from domain.retention import RETENTION, WARNED_BEFORE, Kept
from domain.roles import Actor, require_account
from services.audit import record
from services.conventions import leaving
from services.conventions.story import Office
from services.discussions.answering import readdress
from services.emails import Action, Mail, send
from services.followups import Event, follow
from services.work import Tools, Work

_A_NIGHT = 200
"""Accounts removed at once, so that a night ends in time; the next one goes on."""
_NOT_SURE = "Cochez la case pour confirmer."
_GONE = "Ce compte n’existe plus."
_UNKNOWN = "Aucun compte n’a ce numéro : il est déjà effacé, ou le numéro est faux."


@dataclass(frozen=True, slots=True)
class Needs:
    """What holds an account back: agencies and companies that would have nobody without it, by name."""

    agencies: tuple[str, ...]
    companies: tuple[str, ...]

    @property
    def refusal(self) -> str:
        """Why the account cannot be deleted and what to do first, in French; empty when it can."""
        said = []
        if self.agencies:
            said.append(
                f"Vous êtes la dernière personne à administrer ou à valider pour {_listed(self.agencies)}. "
                "Donnez d’abord ce rôle à un ou une collègue, ou fermez la structure."
            )
        if self.companies:
            said.append(
                f"Vous êtes la dernière personne à administrer {_listed(self.companies)}. "
                "Donnez d’abord ce rôle à un ou une collègue, ou fermez la fiche."
            )
        return " ".join(said)


def _listed(names: tuple[str, ...]) -> str:
    return " et ".join(f"« {name} »" for name in names)


async def needs_of(session: ReadSession, actor: Actor) -> Needs:
    """What holds the account of whoever asks back; raises `SignInError`."""
    return Needs(*await removals.still_needed(session, require_account(actor)))


async def left_conventions(session: ReadSession, actor: Actor, now: datetime) -> Mapping[Fate, int]:
    """What the end of the account of whoever asks would make of their conventions; raises `SignInError`."""
    row = await users.by_id(session, require_account(actor))
    return await leaving.fates(session, row.id, row.email, now) if row else {}


async def delete_account(office: Office, actor: Actor, *, sure: bool) -> None:
    """Delete the account and all that is held about its person, at once; every session ends.

    Raises `InvalidInputError` on `sure`, and `ConflictError` while somebody needs it.
    """
    user = require_account(actor)
    if not sure:
        raise InvalidInputError((FieldError("sure", _NOT_SURE, "required"),))
    if refusal := (await needs_of(office.session, actor)).refusal:
        raise ConflictError(refusal)
    row = await users.by_id(office.session, user)
    if row is None:
        raise SignInError(_GONE)
    await _give_up(office, actor, row)


async def erase_again(office: Office, user: UUID) -> None:
    """Delete an account that a restored backup brought back, as its owner had asked.

    Raises `NotFoundError` when it is not there.
    """
    row = await users.by_id(office.session, user)
    if row is None:
        raise NotFoundError(_UNKNOWN)
    await _give_up(office, Actor(user=user), row)


async def remove_unused(office: Office, before: datetime) -> int:
    """Remove the accounts unused since then whose owners were told, with all that is about them; how many.

    An address at which a company or an agency is written to stays theirs: answering by mail needs no visit.
    """
    told = before + RETENTION[Kept.UNUSED_ACCOUNTS].life - WARNED_BEFORE
    gone = await removals.unused(office.session, before, told, _A_NIGHT)
    for user, email in gone:
        await _erase(office, user, email)
    return len(gone)


async def _give_up(office: Office, actor: Actor, row: User) -> None:
    """What somebody who asks leaves to others, then all the rest."""
    session, now = office.session, office.now
    for company in await removals.leave_contacts(session, row.id, row.email, now):
        changed = AuditAction.COMPANY_EDITED
        await record(session, actor, changed, "company", company, now, company=company, detail="contact")
        await readdress(session, company)
    await _erase(office, row.id, row.email)


async def _erase(office: Office, user: UUID, email: str) -> None:
    """The one way out of every account, asked for or unused."""
    await sms.forget(office.session, user, email)  # before the conventions that say whose number it was
    await leaving.leave(office, user, email)
    await removals.erase(office.session, user, email)
    await follow(office.session, Event.ACCOUNT_DELETED, user=str(user))


async def warn_unused(session: Session, _tools: Tools, work: Work) -> int:
    """Tell the owners of accounts unused for 23 months that they will be removed; how many."""
    life = RETENTION[Kept.UNUSED_ACCOUNTS].life
    warned = await removals.warn_unused(session, work.now - life + WARNED_BEFORE, work.now)
    for user in warned:
        await follow(session, Event.ACCOUNT_UNUSED, user=str(user))
    return len(list(warned))


async def unused_mail(session: Session, tools: Tools, work: Work) -> None:
    """One click keeps the account; nothing is written to who came back meanwhile."""
    row = await users.by_id(session, UUID(work.payload["user"]))
    if row is None or row.warned_at is None:
        return
    mail = Mail(
        template="account_unused",
        subject_id=str(row.id),
        recipient=row.email,
        context={"days": str(WARNED_BEFORE.days)},
        action=Action("Garder mon compte", f"/connexion?suite={HOME}"),
    )
    await send(session, tools, work, mail)

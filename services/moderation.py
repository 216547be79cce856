"""The back office and companies: registrations to look at, companies banned with a reason, and let back.

A banned company leaves search when this is committed, and its people are told why and how to contest.
Its form does not bring it back: `services.companies.publish` refuses its SIRET.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from data.queries import company_rights, discussions, moderation
from data.queries.moderation import Moderated
from data.session import ReadSession, Session
from domain.audit import AuditAction
from domain.errors import ConflictError, FieldError, InvalidInputError, NotFoundError
from domain.roles import Actor, Permission, require
from domain.values import clean_line, clean_text, compact_siret
from services import review
from services.audit import record
from services.discussions.deciding import close_all
from services.followups import Event, follow
from services.registrations import Proved
from services.review import ToCheck

MAX_REASON = 1000
_UNKNOWN = "Aucune entreprise n’a ce numéro."


async def to_check(session: ReadSession, actor: Actor) -> Sequence[ToCheck]:
    """Registrations that wait for a person, oldest first."""
    require(actor, Permission.PLATFORM)
    return await review.to_check(session)


async def approve(session: Session, actor: Actor, registration_id: UUID, now: datetime) -> Proved:
    """Publish a registration looked at; raises as `review.approve`."""
    require(actor, Permission.PLATFORM)
    proved = await review.approve(session, registration_id, now)
    action = AuditAction.REGISTRATION_APPROVED
    await record(session, actor, action, "registration", registration_id, now, detail=f"SIRET {proved.siret}")
    return proved


async def refuse(session: Session, actor: Actor, registration_id: UUID, reason: str, now: datetime) -> None:
    """Refuse a registration looked at, with a reason its registrant reads; raises as `review.refuse`."""
    require(actor, Permission.PLATFORM)
    await review.refuse(session, registration_id, reason, now)
    await record(session, actor, AuditAction.REGISTRATION_REFUSED, "registration", registration_id, now)


async def find_companies(
    session: ReadSession, actor: Actor, words: str, *, banned: bool = False, limit: int = 50
) -> tuple[Moderated, ...]:
    """Companies of that SIRET, or whose name holds these words; the banned ones only, if asked.

    Without words, the latest banned. At most `limit`.
    """
    require(actor, Permission.PLATFORM)
    siret, name = compact_siret(words), clean_line(words)
    return await moderation.find(session, siret, name, banned=banned or not name, limit=limit)


async def company_by_siret(session: ReadSession, actor: Actor, siret: str) -> Moderated:
    """The company of that SIRET; raises `NotFoundError`."""
    require(actor, Permission.PLATFORM)
    found = await moderation.find(session, compact_siret(siret), "", banned=False, limit=1)
    if not found:
        raise NotFoundError(_UNKNOWN)
    return found[0]


async def ban(session: Session, actor: Actor, company_id: int, reason: str, now: datetime) -> None:
    """Ban a company: out of search at once, its people told the reason and how to contest.

    The requests that waited for it are closed; each person is told, with other companies.

    Raises `NotFoundError`, `InvalidInputError` on `reason`, `ConflictError` when it is banned already.
    """
    require(actor, Permission.PLATFORM)
    said = clean_text(reason)
    if not 0 < len(said) <= MAX_REASON:
        message = f"Écrivez pourquoi, en {MAX_REASON} caractères au plus : l’entreprise le lira."
        raise InvalidInputError((FieldError("reason", message, "required"),))
    await discussions.lock_open_of_company(session, company_id)
    if (await _locked(session, company_id)).banned_at is not None:
        raise ConflictError("Cette entreprise est déjà bannie.")
    await moderation.ban(session, company_id, said, now)
    await record(session, actor, AuditAction.COMPANY_BANNED, "company", company_id, now)
    await close_all(session, actor, company_id, now)
    await _tell(session, Event.COMPANY_BANNED, company_id)


async def unban(session: Session, actor: Actor, company_id: int, now: datetime) -> None:
    """Let a banned company back as it was; its people are told. Raises as `ban`."""
    require(actor, Permission.PLATFORM)
    if (await _locked(session, company_id)).banned_at is None:
        raise ConflictError("Cette entreprise n’est pas bannie.")
    await moderation.unban(session, company_id)
    await record(session, actor, AuditAction.COMPANY_UNBANNED, "company", company_id, now)
    await _tell(session, Event.COMPANY_UNBANNED, company_id)


async def _locked(session: Session, company_id: int) -> Moderated:
    found = await moderation.lock(session, company_id)
    if found is None:
        raise NotFoundError(_UNKNOWN)
    return found


async def _tell(session: Session, event: Event, company_id: int) -> None:
    """One mail to the address on file, and one to each member who has another."""
    team = await company_rights.team(session, company_id)
    for to in ("", *(str(one.user) for one in team if one.accepted)):
        await follow(session, event, company=company_id, to=to)

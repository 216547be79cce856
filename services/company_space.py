"""A company's space: what its people see of it, and what they change without opening the whole form."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from data.queries import companies, company_rights, company_space
from data.queries.companies import CompanyRow
from data.queries.company_space import Applied, Space
from data.session import ReadSession, Session
from domain.audit import AuditAction
from domain.company import MAX_QUOTA, Hidden, check_pause, hidden_by
from domain.conditions import Conditions, check_conditions
from domain.errors import ConflictError, FieldError, InvalidInputError, NotFoundError, StaleError
from domain.roles import Actor, Permission, Role, require, require_account
from services import links
from services.audit import record
from services.company_rights import SUSPENDED
from services.followups import Event, follow
from services.links import Purpose

PARIS = ZoneInfo("Europe/Paris")
STALE = (
    "Quelqu’un d’autre a modifié la fiche pendant que vous écriviez. Rien n’est enregistré : relisez ce "
    "qu’elle dit maintenant, puis enregistrez de nouveau si vos changements tiennent toujours."
)
_GONE = "Cette entreprise n’est plus dans l’annuaire. Écrivez-nous si c’est une erreur."
NUDGE_AFTER = timedelta(days=183)
"""Six months without a change (domain.md, §2): the file is then asked about, once per six months."""
NUDGED_A_DAY = 500
"""So that a large import of one day is not asked about in one morning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceSeen:
    """A company before one of its people; `hidden` says why search does not find it, None when it does."""

    space: Space
    role: Role
    hidden: Hidden | None
    may_edit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MySpaces:
    """What an account has to do with companies."""

    spaces: tuple[SpaceSeen, ...]
    waiting: tuple[tuple[str, str], ...]
    """SIRET and name of the companies it asked to join."""
    applied: tuple[Applied, ...]


def _seen(actor: Actor, space: Space, today: date) -> SpaceSeen:
    return SpaceSeen(
        space=space,
        role=actor.companies[space.id],
        hidden=hidden_by(space.standing, today),
        may_edit=actor.may(Permission.COMPANY_EDIT, company=space.id) and not space.banned,
    )


def _today(now: datetime) -> date:
    return now.astimezone(PARIS).date()


async def my_spaces(session: ReadSession, actor: Actor, now: datetime) -> MySpaces:
    """The account's companies, those it waits to join, and those it is registering; raises `SignInError`."""
    user = require_account(actor)
    account = await company_rights.account(session, user)
    spaces = await company_space.spaces_of(session, user)
    return MySpaces(
        spaces=tuple(_seen(actor, one, _today(now)) for one in spaces if one.id in actor.companies),
        waiting=await company_space.waiting_companies(session, user),
        applied=await company_space.applied_by(session, account.email) if account else (),
    )


async def space_of(session: ReadSession, actor: Actor, company_id: int, now: datetime) -> SpaceSeen:
    """One company, for its people; raises `NotFoundError` to others."""
    require(actor, Permission.COMPANY_READ, company=company_id)
    space = await company_space.space(session, company_id)
    if space is None:
        raise NotFoundError(_GONE)
    return _seen(actor, space, _today(now))


async def _editable(session: Session, actor: Actor, company_id: int) -> CompanyRow:
    """The company, locked, for an admin; raises as `require`, or `ConflictError` when it is banned."""
    require(actor, Permission.COMPANY_EDIT, company=company_id)
    company = await companies.lock(session, company_id)
    if company is None:
        raise NotFoundError(_GONE)
    if company.banned:
        raise ConflictError(SUSPENDED)
    return company


async def pause(session: Session, actor: Actor, company_id: int, until: date | None, now: datetime) -> None:
    """Out of search until that day, when it comes back by itself.

    Raises `InvalidInputError` on `until`, and as `require`.
    """
    await _editable(session, actor, company_id)
    if fault := check_pause(until, _today(now)):
        raise InvalidInputError((fault,))
    await company_space.pause(session, company_id, until)
    detail = f"jusqu’au {until}"
    action = AuditAction.COMPANY_PAUSED
    await record(session, actor, action, "company", company_id, now, company=company_id, detail=detail)


async def resume(session: Session, actor: Actor, company_id: int, now: datetime) -> None:
    """Back in search at once; the same when it was not paused."""
    await _editable(session, actor, company_id)
    await company_space.pause(session, company_id, None)
    await record(session, actor, AuditAction.COMPANY_RESUMED, "company", company_id, now, company=company_id)


def _check_version(company: CompanyRow, version: datetime) -> None:
    if company.updated_at != version:
        raise StaleError(STALE)


async def set_quota(
    session: Session, actor: Actor, company_id: int, quota: int | None, version: datetime, now: datetime
) -> None:
    """How many requests a month the company takes; 0: none for now.

    Raises `InvalidInputError` on `quota`, `StaleError` when the company is not of that version any more.
    """
    company = await _editable(session, actor, company_id)
    if quota is None or not 0 <= quota <= MAX_QUOTA:
        message = f"Écrivez un nombre de demandes par mois entre 0 et {MAX_QUOTA}."
        raise InvalidInputError((FieldError("quota", message, "range"),))
    _check_version(company, version)
    await company_space.set_quota(session, company_id, quota, now)
    await _edited(session, actor, company_id, now, f"{quota} demandes par mois")


async def set_conditions(
    session: Session,
    actor: Actor,
    company_id: int,
    conditions: Conditions,
    version: datetime,
    now: datetime,
) -> None:
    """What newcomers need to know, tidied. Raises `InvalidInputError` on each text, and as `set_quota`."""
    company = await _editable(session, actor, company_id)
    if errors := check_conditions(conditions):
        raise InvalidInputError(errors)
    _check_version(company, version)
    kept = {name: text for name, text in asdict(conditions).items() if text}
    await company_space.set_conditions(session, company_id, kept, now)
    await _edited(session, actor, company_id, now, "conditions pratiques")


async def _edited(session: Session, actor: Actor, company_id: int, now: datetime, detail: str) -> None:
    action = AuditAction.COMPANY_EDITED
    await record(session, actor, action, "company", company_id, now, company=company_id, detail=detail)


async def nudge(session: Session, now: datetime) -> int:
    """Ask the companies whose file is six months old whether it still holds; how many were asked."""
    before = now - NUDGE_AFTER
    asked = await company_space.to_nudge(session, before, _today(now), NUDGED_A_DAY)
    if asked:
        await company_space.nudged(session, asked, now)
    for company_id in asked:
        await follow(session, Event.COMPANY_NUDGED, company=company_id)
    return len(asked)


async def confirm(session: Session, actor: Actor, link_token: str, now: datetime) -> str:
    """« Ma fiche est à jour », by the link of the mail that asks; gives its SIRET.

    The link serves once. Raises `NotFoundError` or `ExpiredError`.
    """
    link = await links.find(session, link_token, Purpose.UP_TO_DATE, now)
    await links.use(session, Purpose.UP_TO_DATE, link, now)
    company = await companies.lock(session, int(link.subject_id))
    if company is None or company.banned or company.proof != "proved":
        raise NotFoundError(_GONE)
    await company_space.confirm(session, company.id, now)
    await record(session, actor, AuditAction.COMPANY_CONFIRMED, "company", company.id, now)
    return company.identity.siret

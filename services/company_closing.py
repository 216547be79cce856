"""A company that stops: closed by those who administer it, and opened again by them."""

from datetime import datetime

from data.queries import companies, company_space, discussions
from data.session import Session
from domain.audit import AuditAction
from domain.errors import ConflictError, NotFoundError
from domain.roles import Actor, Permission, require
from services.audit import record
from services.company_rights import SUSPENDED
from services.discussions.deciding import close_all

_GONE = "Cette entreprise n’est plus dans l’annuaire. Écrivez-nous si c’est une erreur."


async def close(session: Session, actor: Actor, company_id: int, now: datetime) -> int:
    """Out of search and of sight at once; each person who waited is told, with other companies: how many.

    Closed already: nothing. Raises as `require`, or `ConflictError` when it is banned.
    """
    require(actor, Permission.COMPANY_EDIT, company=company_id)
    await discussions.lock_open_of_company(session, company_id)
    await _check(session, company_id)
    if not await company_space.close(session, company_id, now):
        return 0
    await record(session, actor, AuditAction.COMPANY_CLOSED, "company", company_id, now, company=company_id)
    return await close_all(session, actor, company_id, now)


async def reopen(session: Session, actor: Actor, company_id: int, now: datetime) -> None:
    """Back as it was; the requests that were closed stay so. Raises as `close`."""
    require(actor, Permission.COMPANY_EDIT, company=company_id)
    await _check(session, company_id)
    if await company_space.reopen(session, company_id, now):
        action = AuditAction.COMPANY_REOPENED
        await record(session, actor, action, "company", company_id, now, company=company_id)


async def _check(session: Session, company_id: int) -> None:
    company = await companies.lock(session, company_id)
    if company is None:
        raise NotFoundError(_GONE)
    if company.banned:
        raise ConflictError(SUSPENDED)

"""What decisions on agencies share: the agency found and locked, the people it must keep, the refusals."""

from collections.abc import Iterable

from data.queries import agencies, agency_rights
from data.queries.agencies import AgencyRow
from data.queries.agency_rights import MemberRow
from data.session import ReadSession, Session
from domain.agency import AgencyStatus, Member, lacks, said_missing
from domain.errors import ConflictError, NotFoundError
from domain.roles import Role

GONE = "Cette structure n’existe pas, ou n’est pas ouverte à votre compte."
NOT_ACTIVE = "Cette structure n’est pas active : attendez que notre équipe l’ait vérifiée."


async def locked(session: Session, agency_id: int) -> AgencyRow:
    """The agency, locked: decisions on its people wait for one another. Raises `NotFoundError`."""
    agency = await agencies.lock(session, agency_id)
    if agency is None:
        raise NotFoundError(GONE)
    return agency


async def active(session: Session, agency_id: int) -> AgencyRow:
    """The same, active; raises `NotFoundError`, or `ConflictError` when it is not."""
    agency = await locked(session, agency_id)
    if agency.status is not AgencyStatus.ACTIVE:
        raise ConflictError(NOT_ACTIVE)
    return agency


def granted(rows: Iterable[MemberRow]) -> tuple[MemberRow, ...]:
    """The members, those who only ask aside."""
    return tuple(row for row in rows if not row.waiting)


async def missing_words(session: ReadSession, members: Iterable[Member], refers_to: int | None) -> str:
    """What an active agency with these people would lack, in French; empty when nothing."""
    referred = None
    if refers_to is not None:
        rows = await agency_rights.members(session, refers_to)
        referred = [row.member for row in granted(rows)]
    return said_missing(lacks(tuple(members), referred=referred), refers=refers_to is not None)


async def keep_served(session: ReadSession, agency: AgencyRow, members: Iterable[Member]) -> None:
    """Let a change of people through, or raise `ConflictError` with who would be missing."""
    if agency.status is not AgencyStatus.ACTIVE:
        return
    if words := await missing_words(session, members, agency.refers_to):
        raise ConflictError(f"La structure doit garder {words}. Donnez d’abord ce rôle à quelqu’un d’autre.")


def admins(rows: Iterable[MemberRow]) -> tuple[MemberRow, ...]:
    """Who administers: those who are sent messages, else all of them."""
    all_admins = tuple(row for row in rows if Role.AGENCY_ADMIN in row.roles)
    return tuple(row for row in all_admins if row.notified) or all_admins

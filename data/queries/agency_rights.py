"""Who works in an agency, who asks to, who is invited."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, delete, func, select, true, update
from sqlalchemy.dialects.postgresql import insert

from data.session import ReadSession, Session
from data.tables import agencies, agency_invitations, agency_rights, referrals, users
from domain.agency import AgencyStatus, Member
from domain.roles import Role

_r, _u, _i, _f = agency_rights.c, users.c, agency_invitations.c, referrals.c


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """One account's right on an agency; `roles` is `to_review` alone while it is asked."""

    user_id: UUID
    email: str
    first_name: str
    last_name: str
    roles: frozenset[Role]
    notified: bool
    asked_at: datetime
    decided_at: datetime | None

    @property
    def name(self) -> str:
        """How the person is called: their name, else their address."""
        return f"{self.first_name} {self.last_name}".strip() or self.email

    @property
    def waiting(self) -> bool:
        """Whether an admin has still to grant it."""
        return Role.TO_REVIEW in self.roles

    @property
    def member(self) -> Member:
        """What the domain's rules ask of it."""
        return Member(self.roles, self.notified)


@dataclass(frozen=True, slots=True, kw_only=True)
class MineRow:
    """An agency that an account has a right on, or asked one."""

    agency_id: int
    name: str
    city: str
    status: AgencyStatus
    status_reason: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationRow:
    """A colleague invited, until they accept."""

    id: UUID
    agency_id: int
    agency: str
    agency_status: AgencyStatus
    email: str
    roles: frozenset[Role]
    inviter: str
    invited_at: datetime


def _members() -> Select[Any]:
    return select(
        *(_r.user_id, _u.email, _u.first_name, _u.last_name),
        *(_r.roles, _r.notified, _r.asked_at, _r.decided_at),
    ).join(users, _u.id == _r.user_id)


_OF_AGENCY = (
    _members()
    .where(_r.agency_id == bindparam("agency"))
    .order_by(_r.decided_at.is_not(None), func.lower(_u.last_name), func.lower(_u.first_name), _u.email)
)


def _member(row: Any) -> MemberRow:  # noqa: ANN401 - a row of _members
    return MemberRow(**{**row, "roles": frozenset(map(Role, row["roles"]))})


async def members(session: ReadSession, agency_id: int) -> tuple[MemberRow, ...]:
    """Everybody with a right there, granted or asked: who asks first, then by name."""
    rows = (await session.execute(_OF_AGENCY, {"agency": agency_id})).mappings()
    return tuple(_member(row) for row in rows)


async def member(session: ReadSession, agency_id: int, user: UUID) -> MemberRow | None:
    """One account's right there."""
    query = _members().where(_r.agency_id == agency_id, _r.user_id == user)
    row = (await session.execute(query)).mappings().one_or_none()
    return _member(row) if row else None


async def with_admin(session: ReadSession, agency_ids: Sequence[int]) -> frozenset[int]:
    """Those of these agencies that somebody administers, or will once they are active."""
    query = select(_r.agency_id).where(_r.agency_id.in_(agency_ids), _r.roles.contains(["agency_admin"]))
    return frozenset(await session.scalars(query))


async def of_user(session: ReadSession, user: UUID) -> tuple[MineRow, ...]:
    """The agencies of an account, active ones first."""
    a = agencies.c
    query = (
        select(a.id.label("agency_id"), a.name, a.city, a.status, a.status_reason, _r.roles)
        .join(agencies, a.id == _r.agency_id)
        .where(_r.user_id == user)
        .order_by(a.status != AgencyStatus.ACTIVE, func.lower(a.name), a.id)
    )
    return tuple(
        MineRow(**{**row, "roles": frozenset(map(Role, row["roles"])), "status": AgencyStatus(row["status"])})
        for row in (await session.execute(query)).mappings()
    )


async def ask(session: Session, agency_id: int, user: UUID, roles: Iterable[Role], now: datetime) -> bool:
    """Write a right that waits for its decision, unless there is one already; whether it was written."""
    values = {"agency_id": agency_id, "user_id": user, "roles": sorted(roles), "asked_at": now}
    statement = insert(agency_rights).values(**values).on_conflict_do_nothing().returning(_r.user_id)
    return (await session.execute(statement)).first() is not None


async def grant(  # noqa: PLR0913 - one right, its parts by name
    session: Session,
    agency_id: int,
    user: UUID,
    roles: Iterable[Role],
    by: UUID | None,
    now: datetime,
    *,
    notified: bool = True,
) -> None:
    """Give these roles and no other."""
    given = {"roles": sorted(roles), "notified": notified, "decided_at": now, "decided_by": by}
    statement = insert(agency_rights).values(agency_id=agency_id, user_id=user, asked_at=now, **given)
    await session.execute(
        statement.on_conflict_do_update(index_elements=[_r.agency_id, _r.user_id], set_=given)
    )


async def confirm(session: Session, agency_id: int, by: UUID | None, now: datetime) -> None:
    """The roles asked with the agency's registration are granted with it."""
    asked = (_r.agency_id == agency_id, _r.decided_at.is_(None), ~_r.roles.contains(["to_review"]))
    await session.execute(update(agency_rights).where(*asked).values(decided_at=now, decided_by=by))


async def remove(session: Session, agency_id: int, user: UUID) -> None:
    """The account has no right there any more."""
    await session.execute(delete(agency_rights).where(_r.agency_id == agency_id, _r.user_id == user))


async def remove_all(session: Session, agency_id: int, *, waiting_only: bool = False) -> None:
    """Nobody has a right there any more; or nobody asks for one."""
    chosen = (_r.agency_id == agency_id, _r.roles.contains(["to_review"]) if waiting_only else true())
    await session.execute(delete(agency_rights).where(*chosen))


def _invitations() -> Select[Any]:
    inviter = func.coalesce(
        func.nullif(func.trim(func.concat(_u.first_name, " ", _u.last_name)), ""), _u.email, ""
    )
    return (
        select(
            *(_i.id, _i.agency_id, _i.email, _i.roles, _i.invited_at, inviter.label("inviter")),
            *(agencies.c.name.label("agency"), agencies.c.status.label("agency_status")),
        )
        .join(agencies, agencies.c.id == _i.agency_id)
        .outerjoin(users, _u.id == _i.invited_by)
    )


def _invitation(row: Any) -> InvitationRow:  # noqa: ANN401 - a row of _invitations
    known = {"roles": frozenset(map(Role, row["roles"])), "agency_status": AgencyStatus(row["agency_status"])}
    return InvitationRow(**{**row, **known})


async def invitations(session: ReadSession, agency_id: int) -> tuple[InvitationRow, ...]:
    """Colleagues invited who have not accepted, the latest first."""
    query = _invitations().where(_i.agency_id == agency_id).order_by(_i.invited_at.desc(), _i.email)
    return tuple(_invitation(row) for row in (await session.execute(query)).mappings())


async def invitation(session: ReadSession, invitation_id: UUID) -> InvitationRow | None:
    """One invitation that still waits."""
    row = (await session.execute(_invitations().where(_i.id == invitation_id))).mappings().one_or_none()
    return _invitation(row) if row else None


async def invite(
    session: Session, agency_id: int, email: str, roles: Iterable[Role], by: UUID | None, now: datetime
) -> UUID:
    """Invite an address, once: the roles and the day are those of the latest invitation. Gives its id."""
    values = {"roles": sorted(roles), "invited_by": by, "invited_at": now}
    statement = insert(agency_invitations).values(agency_id=agency_id, email=email, **values)
    statement = statement.on_conflict_do_update(index_elements=[_i.agency_id, _i.email], set_=values)
    found: UUID = (await session.execute(statement.returning(_i.id))).scalar_one()
    return found


async def uninvite(session: Session, invitation_id: UUID) -> None:
    """The invitation is over: accepted, or taken back."""
    await session.execute(delete(agency_invitations).where(_i.id == invitation_id))


async def uninvite_all(session: Session, agency_id: int) -> None:
    """Nobody is invited there any more."""
    await session.execute(delete(agency_invitations).where(_i.agency_id == agency_id))


async def end_referrals(
    session: Session, agency_id: int, reason: str, now: datetime, user: UUID | None = None
) -> tuple[int, ...]:
    """End who is accompanied there (by one agent only when given), with its reason; the referrals ended."""
    mine = (_f.agency_id == agency_id, _f.until.is_(None), _f.user_id == user if user else true())
    statement = update(referrals).where(*mine).values(until=now, end_reason=reason)
    return tuple(sorted((await session.scalars(statement.returning(_f.id))).all()))


async def hand_over(session: Session, agency_id: int, to: int, user: UUID, now: datetime) -> tuple[int, ...]:
    """Give who is accompanied there to an agent of another agency; the new referrals.

    The person agreed to somebody else: each new one waits for their consent. A person that this agent
    accompanies already is not asked again.
    """
    current = select(_f.beneficiary_id, _f.consent).where(_f.agency_id == agency_id, _f.until.is_(None))
    people = {row.beneficiary_id: row.consent for row in await session.execute(current)}
    await end_referrals(session, agency_id, "handed_over", now)
    if not people:
        return ()
    known = {"agency_id": to, "user_id": user, "since": now}
    rows = [{"beneficiary_id": person, "consent": consent, **known} for person, consent in people.items()]
    asked = insert(referrals).values(rows)
    asked = asked.on_conflict_do_nothing(
        index_elements=[_f.beneficiary_id, _f.user_id], index_where=_f.until.is_(None)
    )
    return tuple(sorted((await session.scalars(asked.returning(_f.id))).all()))

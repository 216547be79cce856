"""Sessions of accounts, by the hash of what their browser holds."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, delete, func, insert, select, update
from sqlalchemy import true as sa_true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from data.queries.links import hash_token
from data.session import ReadSession, Session
from data.tables import (
    agencies,
    agency_rights,
    beneficiaries,
    company_rights,
    passports,
    referrals,
    sessions,
    users,
)
from domain.roles import Acting, Actor, Permission, Role

_s = sessions.c


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """One place where an account is signed in, as its owner may be shown it."""

    id: UUID
    method: str
    device: str
    created_at: datetime
    expires_at: datetime


def _agency_roles() -> Select[Any, Any]:
    """Ids of active agencies and the roles granted there, joined by commas, in the same order."""
    roles = func.array_to_string(agency_rights.c.roles, ",")
    by_agency = agency_rights.c.agency_id
    return (
        select(
            func.array_agg(aggregate_order_by(by_agency, by_agency)).label("ids"),
            func.array_agg(aggregate_order_by(roles, by_agency)).label("roles"),
        )
        .join(agencies, and_(agencies.c.id == by_agency, agencies.c.status == "active"))
        .where(agency_rights.c.user_id == _s.user_id)
    )


def _company_roles() -> Select[Any, Any]:
    by_company = company_rights.c.company_id
    return select(
        func.array_agg(aggregate_order_by(by_company, by_company)).label("ids"),
        func.array_agg(aggregate_order_by(company_rights.c.role, by_company)).label("roles"),
    ).where(company_rights.c.user_id == _s.user_id, company_rights.c.status == "accepted")


def _actor() -> Select[Any]:
    at_agencies = _agency_roles().lateral("at_agencies")
    at_companies = _company_roles().lateral("at_companies")
    return (
        select(
            _s.id,
            users.c.id.label("user_id"),
            users.c.back_office,
            _s.acting_for,
            beneficiaries.c.id.label("beneficiary_id"),
            passports.c.id.label("passport_id"),
            at_agencies.c.ids.label("agencies"),
            at_agencies.c.roles.label("agency_roles"),
            at_companies.c.ids.label("companies"),
            at_companies.c.roles.label("company_roles"),
        )
        .select_from(sessions)
        .join(users, users.c.id == _s.user_id)
        .outerjoin(beneficiaries, beneficiaries.c.user_id == users.c.id)
        .outerjoin(passports, passports.c.beneficiary_id == beneficiaries.c.id)
        .join(at_agencies, sa_true())
        .join(at_companies, sa_true())
        .where(_s.token_hash == bindparam("token_hash"), _s.expires_at > bindparam("now"))
    )


_ACTOR = _actor()
"""Built once: each request of an account executes it."""


async def actor_of(session: ReadSession, token: str, now: datetime) -> Actor | None:
    """Who holds the session of that token, with the rights granted at this moment; None when it is over."""
    asked = {"token_hash": hash_token(token), "now": now}
    row = (await session.execute(_ACTOR, asked)).one_or_none()
    if row is None:
        return None
    granted = zip(row.agencies or (), row.agency_roles or (), strict=True)
    actor = Actor(
        user=row.user_id,
        session=row.id,
        beneficiary=row.beneficiary_id,
        passport=row.passport_id,
        agencies={agency: frozenset(map(Role, roles.split(","))) for agency, roles in granted},
        companies={
            company: Role(role)
            for company, role in zip(row.companies or (), row.company_roles or (), strict=True)
        },
        back_office=row.back_office,
    )
    return actor if row.acting_for is None else await _acting(session, actor, row.acting_for)


async def _acting(session: ReadSession, actor: Actor, beneficiary: UUID) -> Actor:
    """The same, working with that person, if a referral they agreed to still lets this account."""
    query = (
        select(referrals.c.agency_id, passports.c.id, beneficiaries.c.first_name, beneficiaries.c.last_name)
        .join(beneficiaries, beneficiaries.c.id == referrals.c.beneficiary_id)
        .outerjoin(passports, passports.c.beneficiary_id == beneficiaries.c.id)
        .where(
            referrals.c.beneficiary_id == beneficiary,
            referrals.c.user_id == actor.user,
            referrals.c.until.is_(None),
            referrals.c.consented_at.is_not(None),
        )
    )
    row = (await session.execute(query)).one_or_none()
    if row is None or not actor.may(Permission.ACCOMPANY, agency=row.agency_id):
        return actor
    name = f"{row.first_name} {row.last_name}".strip()
    return replace(actor, acting=Acting(beneficiary, row.agency_id, row.id, name))


async def act_for(session: Session, session_id: UUID, beneficiary: UUID | None) -> None:
    """Work with that person in this session, or with nobody any more."""
    await session.execute(update(sessions).where(_s.id == session_id).values(acting_for=beneficiary))


async def open_session(session: Session, token: str, values: dict[str, object]) -> UUID:
    """Open a session: `user_id`, `method`, `device`, `id_token`, `created_at`, `expires_at`; gives its id."""
    statement = insert(sessions).values(token_hash=hash_token(token), **values).returning(_s.id)
    opened: UUID = (await session.execute(statement)).scalar_one()
    return opened


async def of_user(session: ReadSession, user: UUID, now: datetime) -> tuple[SessionRow, ...]:
    """Where an account is signed in, the latest first."""
    columns = select(_s.id, _s.method, _s.device, _s.created_at, _s.expires_at)
    query = columns.where(_s.user_id == user, _s.expires_at > now).order_by(_s.created_at.desc(), _s.id)
    return tuple(SessionRow(**row) for row in (await session.execute(query)).mappings())


async def end(session: Session, token: str) -> str | None:
    """End the session of that token; its ProConnect token (empty: none), None when it was over already."""
    statement = delete(sessions).where(_s.token_hash == hash_token(token)).returning(_s.id_token)
    id_token: str | None = (await session.execute(statement)).scalar_one_or_none()
    return id_token


async def close(session: Session, user: UUID, session_id: UUID) -> str | None:
    """End one session of that account; its ProConnect token (empty: none), None when there is no such one."""
    statement = delete(sessions).where(_s.id == session_id, _s.user_id == user).returning(_s.id_token)
    id_token: str | None = (await session.execute(statement)).scalar_one_or_none()
    return id_token


async def close_others(session: Session, user: UUID, kept: UUID) -> int:
    """End every session of that account but one; how many."""
    statement = delete(sessions).where(_s.user_id == user, _s.id != kept).returning(_s.id)
    return len((await session.execute(statement)).all())

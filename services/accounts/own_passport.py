"""The passport of an account: claimed from a browser, made at its first line, deleted by its owner alone."""

from datetime import datetime
from uuid import UUID

from data.queries import referrals, users
from data.queries.passports import PassportKey
from data.session import Session
from domain.errors import ForbiddenError, SignInError
from domain.roles import Actor, require_account
from services.passports import claim_passport, delete_passport, passport_for

_GONE = "Ce compte n’existe plus. Connectez-vous."
_NOT_YOURS = "Seule la personne que vous accompagnez peut effacer son passeport, depuis son compte."


async def file_of(session: Session, user: UUID, now: datetime) -> UUID:
    """The account's own file as a candidate, made when it has none; raises `SignInError`."""
    row = await users.by_id(session, user)
    if row is None:
        raise SignInError(_GONE)
    names: dict[str, object] = {"first_name": row.first_name, "last_name": row.last_name}
    return await referrals.ensure_person(session, user, names, now)


async def claim_for(session: Session, user: UUID, token: str, now: datetime) -> bool:
    """Put a browser's passport in an account, merged with its own if any; whether there was one.

    The browser's token opens nothing any more.
    """
    return await claim_passport(session, token, await file_of(session, user, now), now)


async def open_own(session: Session, actor: Actor, now: datetime) -> UUID:
    """The passport this account writes in, made if need be: that of the person accompanied, else its own."""
    if actor.open_passport:
        return actor.open_passport
    if actor.acting:
        return await passport_for(session, actor.acting.beneficiary, now)
    return await passport_for(session, await file_of(session, require_account(actor), now), now)


async def forget(session: Session, actor: Actor, key: PassportKey) -> None:
    """Delete a passport at its holder's word; twice is the same. Raises `ForbiddenError` to an agent."""
    if actor.acting:
        raise ForbiddenError(_NOT_YOURS)
    await delete_passport(session, key)

"""Who a person is here, in their own words."""

from dataclasses import asdict, dataclass
from datetime import datetime

from data.queries import users
from data.session import ReadSession, Session
from domain.account import Profile, tidy_profile
from domain.errors import SignInError
from domain.roles import Actor, require_account

_GONE = "Ce compte n’existe plus. Connectez-vous."


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account as its owner sees it; `siret` is the establishment that ProConnect told, if any."""

    email: str
    profile: Profile
    siret: str | None
    proconnect: bool
    created_at: datetime


async def read_account(session: ReadSession, actor: Actor) -> Account:
    """The account of whoever asks; raises `SignInError`."""
    row = await users.by_id(session, require_account(actor))
    if row is None:
        raise SignInError(_GONE)
    return Account(
        email=row.email,
        profile=Profile(first_name=row.first_name, last_name=row.last_name, phone=row.phone),
        siret=row.siret,
        proconnect=row.proconnect,
        created_at=row.created_at,
    )


async def change_profile(session: Session, actor: Actor, profile: Profile) -> None:
    """Write names and telephone; raises `InvalidInputError`."""
    await users.change(session, require_account(actor), asdict(tidy_profile(profile)))

"""Addresses that lead nowhere: learnt from bounces, never written to again until proved anew."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from data.queries import addresses, referrals
from data.queries.addresses import Kind
from data.session import Session
from services.followups import Event, follow


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """One report of a bounce, as a provider tells it. `at` tells two reports of one mail apart."""

    kind: Kind
    address: str
    message_id: str
    at: int


def _hash(secret_key: str, what: str, text: str) -> bytes:
    return hmac.new(secret_key.encode(), f"{what}:{text}".encode(), hashlib.sha256).digest()


def address_hash(secret_key: str, address: str) -> bytes:
    """What is kept of an address."""
    return _hash(secret_key, "address", address.strip().lower())


async def proved(session: Session, secret_key: str, address: str) -> None:
    """Its holder opened a link sent there, or an identity provider vouches for it: it starts anew."""
    await addresses.forget(session, address_hash(secret_key, address))


async def died(session: Session, secret_key: str, address: str, now: datetime) -> None:
    """The address leads nowhere: who accompanies its holder is told, once."""
    if not await addresses.mark_dead(session, address_hash(secret_key, address), now):
        return
    for referral in await referrals.current_at(session, address):
        await follow(session, Event.PERSON_UNREACHABLE, referral=referral)


async def reported(session: Session, secret_key: str, bounce: Bounce, now: datetime) -> bool:
    """Act on a report, once however often it is told; whether it is new."""
    hashed = address_hash(secret_key, bounce.address)
    event = _hash(secret_key, "bounce", f"{bounce.kind}:{bounce.at}:{bounce.message_id}:{hashed.hex()}")
    if not await addresses.report(session, event, hashed, bounce.kind, now):
        return False
    if bounce.kind == "soft":
        await addresses.count_soft(session, hashed, now)
    else:
        await died(session, secret_key, bounce.address, now)
    return True

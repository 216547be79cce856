"""A person takes over the file that an agent started with them: by a link, their name, and an account.

The address the link went to was typed by the agent: the name must be said too, so that a letter that
went astray opens nothing.
"""

from datetime import datetime
from uuid import UUID

from data.queries import passports, referrals
from data.session import Session
from domain.audit import AuditAction
from domain.errors import ConflictError, FieldError, InvalidInputError, NotFoundError
from domain.roles import Actor
from domain.values import fold
from services import links
from services.audit import record
from services.links import UNKNOWN, Purpose
from services.passports import claim_passport

_TAKEN = "Ce dossier a déjà été repris. Connectez-vous avec le compte qui l’a repris."
_NAME = (
    "Ce n’est pas le nom de ce dossier. Vérifiez-le, ou demandez de l’aide à la personne qui vous accompagne."
)


async def check_link(session: Session, token: str, now: datetime) -> None:
    """Let a link through that could serve; raises `NotFoundError` or `ExpiredError`. Nothing is burnt."""
    link = await links.find(session, token, Purpose.TAKE_OVER, now)
    links.check_unused(Purpose.TAKE_OVER, link)


async def take_over(session: Session, actor: Actor, token: str, last_name: str, now: datetime) -> None:
    """Make the file the account's own; what the account had already is kept beside.

    Raises `InvalidInputError` on `last_name`, `NotFoundError`, `ExpiredError`, `ConflictError`.
    """
    link = await links.find(session, token, Purpose.TAKE_OVER, now)
    links.check_unused(Purpose.TAKE_OVER, link)
    beneficiary = UUID(link.subject_id)
    found = await referrals.lock_person(session, beneficiary)
    if found is None or actor.user is None:
        raise NotFoundError(UNKNOWN)
    if found[1] is not None:
        raise ConflictError(_TAKEN)
    if fold(last_name) != fold(found[0]):
        raise InvalidInputError((FieldError("last_name", _NAME, "name"),))
    await links.use(session, Purpose.TAKE_OVER, link, now)
    if actor.beneficiary is None:
        await referrals.claim(session, beneficiary, actor.user, now)
        mine = beneficiary
    else:
        mine = actor.beneficiary
        await _merge(session, mine, beneficiary, now)
    await record(session, actor, AuditAction.FILE_TAKEN_OVER, "beneficiary", mine, now, beneficiary=mine)


async def _merge(session: Session, mine: UUID, other: UUID, now: datetime) -> None:
    """Two files of one person become one: their own, with what the other holds beside."""
    passport = await passports.lock_owner(session, other)
    if passport is not None:
        await claim_passport(session, passport, mine, now)
    await referrals.move_person(session, mine, other)

"""A skills passport kept for a browser: made, read and changed by the opaque token in its cookie."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data.queries import codes, passports
from data.session import ReadSession, Session
from domain.errors import FieldError, InvalidInputError, NotFoundError
from domain.search import MAX_SKILLS
from domain.values import SKILL_PATTERN

TOKEN_BYTES = 32
GONE = "Votre passeport n’est plus là : il est effacé après 60 jours sans visite. Choisissez vos compétences."


@dataclass(frozen=True, slots=True)
class PassportSkill:
    """A skill of the ROME (or of the starter data) that the person can show."""

    code: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passport:
    """The skills kept, in the order given; `unknown` are the codes given that no referential has."""

    skills: tuple[PassportSkill, ...]
    unknown: tuple[str, ...] = ()
    created_at: datetime


async def _known(session: ReadSession, given: Sequence[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    listed = tuple(dict.fromkeys(code.strip().upper() for code in given))
    if len(listed) > MAX_SKILLS:
        message = f"Gardez {MAX_SKILLS} compétences au plus."
        raise InvalidInputError((FieldError("skills", message, "too_many"),))
    labels = await codes.skills(session, [code for code in listed if re.fullmatch(SKILL_PATTERN, code)])
    kept = {code: labels[code] for code in listed if code in labels}
    return kept, tuple(code for code in listed if code not in labels)


def _skills(labels: dict[str, str], kept: Sequence[str]) -> tuple[PassportSkill, ...]:
    return tuple(PassportSkill(code, labels[code]) for code in kept if code in labels)


async def create_passport(session: Session, given: Sequence[str], now: datetime) -> tuple[str, Passport]:
    """A new passport: its token (only the hash is kept) and what it holds.

    Raises `InvalidInputError` on `skills` when there are too many.
    """
    labels, unknown = await _known(session, given)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = await passports.create(session, token, list(labels), now)
    return token, Passport(skills=_skills(labels, row.skills), unknown=unknown, created_at=row.created_at)


async def read_passport(session: Session, token: str, now: datetime) -> Passport:
    """The passport of that token; it was seen now. Raises `NotFoundError`."""
    row = await passports.see(session, token, now)
    if row is None:
        raise NotFoundError(GONE)
    labels = await codes.skills(session, row.skills)
    return Passport(skills=_skills(labels, row.skills), created_at=row.created_at)


async def update_passport(session: Session, token: str, given: Sequence[str], now: datetime) -> Passport:
    """Replace its skills; raises `NotFoundError`, `InvalidInputError`."""
    labels, unknown = await _known(session, given)
    row = await passports.change(session, token, list(labels), now)
    if row is None:
        raise NotFoundError(GONE)
    return Passport(skills=_skills(labels, row.skills), unknown=unknown, created_at=row.created_at)


async def delete_passport(session: Session, token: str) -> None:
    """Forget it at its holder's word; deleting it twice is the same."""
    await passports.forget(session, token)

"""A skills passport: made, read and changed by the opaque token of a browser, or by its id for a person.

A change locks the row, applies a rule of `domain.passport` to what is there now, and saves: two tabs
at once each keep what the other did.
"""

import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import msgspec

from data.queries import codes, passports
from data.queries.passports import PassportKey, PassportRow
from data.session import ReadSession, Session
from domain.errors import FieldError, InvalidInputError, NotFoundError
from domain.passport import Home, Job, Line, Mobility, Passport, Said, declare, keep_only, with_job, with_wish
from domain.passport_merge import merge
from domain.search import MAX_SKILLS, Objective
from domain.values import SKILL_PATTERN

TOKEN_BYTES = 32
GONE = "Votre passeport n’est plus là : il est effacé après 60 jours sans visite. Choisissez vos compétences."
_NOT_LISTED = "Choisissez le métier dans la liste proposée."

Change = Callable[[Passport], Passport]


@dataclass(frozen=True, slots=True)
class PassportSkill:
    """A skill of the ROME (or of the starter data) that the person can show."""

    code: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPassport:
    """What is kept, with the labels of its codes; `unknown` are the codes given that no referential has."""

    held: Passport
    skill_labels: Mapping[str, str]
    occupation_labels: Mapping[str, str]
    unknown: tuple[str, ...] = ()
    created_at: datetime

    @property
    def skills(self) -> tuple[PassportSkill, ...]:
        """The skills kept, in the order given."""
        labels = self.skill_labels
        return tuple(PassportSkill(code, labels[code]) for code in self.held.skills if code in labels)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Data:
    """What the row's `data` holds: everything but the codes of the skills, which have their own column."""

    lines: tuple[Line, ...] = ()
    jobs: tuple[Job, ...] = ()
    wishes: tuple[str, ...] = ()
    objective: Objective | None = None
    home: Home | None = None
    mobility: Mobility | None = None
    said: tuple[Said, ...] = ()


def _held(row: PassportRow) -> Passport:
    data = msgspec.convert(dict(row.data), _Data)
    known = {line.skill: line for line in data.lines}
    return Passport(
        lines=tuple(known.get(code, Line(skill=code)) for code in row.skills),
        jobs=data.jobs,
        wishes=data.wishes,
        objective=data.objective,
        home=data.home,
        mobility=data.mobility,
        said=data.said,
    )


async def _save(session: Session, key: PassportKey, held: Passport, now: datetime) -> None:
    data: dict[str, Any] = msgspec.to_builtins(held)
    await passports.save(session, key, held.skills, data, now)


async def _labelled(
    session: ReadSession, held: Passport, created_at: datetime, unknown: tuple[str, ...] = ()
) -> KeptPassport:
    said = {one.skill for sentence in held.said for one in sentence.meant}
    rome = {*held.wishes, *(job.rome for job in held.jobs)}
    return KeptPassport(
        held=held,
        skill_labels=await codes.skills(session, {*held.skills, *said}),
        occupation_labels=await codes.occupations(session, rome) if rome else {},
        unknown=unknown,
        created_at=created_at,
    )


async def _known(session: ReadSession, given: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The codes that a referential has, and the others, in the order given."""
    listed = tuple(dict.fromkeys(code.strip().upper() for code in given))
    if len(listed) > MAX_SKILLS:
        message = f"Gardez {MAX_SKILLS} compétences au plus."
        raise InvalidInputError((FieldError("skills", message, "too_many"),))
    labels = await codes.skills(session, [code for code in listed if re.fullmatch(SKILL_PATTERN, code)])
    known = tuple(code for code in listed if code in labels)
    return known, tuple(code for code in listed if code not in labels)


async def create_passport(session: Session, given: Sequence[str], now: datetime) -> tuple[str, KeptPassport]:
    """A new passport: its token (only the hash is kept) and what it holds.

    Raises `InvalidInputError` on `skills` when there are too many.
    """
    known, unknown = await _known(session, given)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = await passports.create(session, token, known, now)
    return token, await _labelled(session, _held(row), row.created_at, unknown)


async def passport_for(session: Session, beneficiary: UUID, now: datetime) -> UUID:
    """The id of the passport of a person's file, made when there is none."""
    return await passports.create_for(session, beneficiary, now)


async def claim_passport(session: Session, key: PassportKey, beneficiary: UUID, now: datetime) -> bool:
    """Give a passport (a browser's, another file's) to a person, merged with theirs; was there one?"""
    row = await passports.lock(session, key)
    if row is None:
        return False
    own = await passports.lock_owner(session, beneficiary)
    kept = await passports.lock(session, own) if own else None
    if own is None or kept is None:
        await passports.claim(session, key, beneficiary)
        return True
    await _save(session, own, merge(_held(kept), _held(row)), now)
    await passports.forget(session, key)
    return True


async def read_passport(session: Session, key: PassportKey, now: datetime) -> KeptPassport:
    """The passport opened by that key; it was seen now. Raises `NotFoundError`."""
    row = await passports.see(session, key, now)
    if row is None:
        raise NotFoundError(GONE)
    return await _labelled(session, _held(row), row.created_at)


async def show_passport(session: ReadSession, key: PassportKey) -> KeptPassport | None:
    """The same, None without one, for who only takes a copy: it is not a visit."""
    row = await passports.read(session, key)
    return await _labelled(session, _held(row), row.created_at) if row else None


async def passport_skills(session: ReadSession, key: PassportKey) -> tuple[str, ...]:
    """Codes of the skills of that passport, empty without one; for searches, which write nothing."""
    row = await passports.read(session, key)
    return row.skills if row else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a search reads of a passport, and nothing else: skills, wishes, aim, how far the person goes."""

    skills: tuple[str, ...] = ()
    wishes: tuple[str, ...] = ()
    objective: Objective | None = None
    mobility: Mobility | None = None


async def passport_stated(session: ReadSession, key: PassportKey) -> Stated:
    """What that passport states for a search, which writes nothing; blank without one."""
    row = await passports.read(session, key)
    return replace(msgspec.convert(dict(row.data), Stated), skills=row.skills) if row else Stated()


async def change_passport(session: Session, key: PassportKey, change: Change, now: datetime) -> Passport:
    """Apply a rule to what is kept now; raises `NotFoundError` and what the rule refuses."""
    row = await passports.lock(session, key)
    if row is None:
        raise NotFoundError(GONE)
    held = change(_held(row))
    await _save(session, key, held, now)
    return held


async def update_passport(
    session: Session, key: PassportKey, given: Sequence[str], now: datetime
) -> KeptPassport:
    """Replace its skills; what was known of those kept stays. Raises `NotFoundError`, `InvalidInputError`."""
    known, unknown = await _known(session, given)
    row = await passports.lock(session, key)
    if row is None:
        raise NotFoundError(GONE)
    held = keep_only(_held(row), known)
    await _save(session, key, held, now)
    return await _labelled(session, held, row.created_at, unknown)


async def declare_skills(
    session: Session, key: PassportKey, given: Iterable[str], now: datetime, *, field: str = "skills"
) -> Passport:
    """Add skills ticked in a list; codes that no referential has are left out.

    Raises `InvalidInputError` on `field`, `NotFoundError`.
    """
    known, _ = await _known(session, tuple(given))
    return await change_passport(session, key, partial(declare, skills=known, field=field), now)


async def add_job(session: Session, key: PassportKey, job: Job, now: datetime) -> Passport:
    """Add a past job, none of its skills: they are for the person to tick.

    Raises `InvalidInputError` on `job` or `job.months`, `NotFoundError`.
    """
    labels = await codes.occupations(session, {job.rome})
    if job.rome not in labels:
        raise InvalidInputError((FieldError("job", _NOT_LISTED, "rome"),))
    said = replace(job, label=job.label or labels[job.rome])
    return await change_passport(session, key, partial(with_job, job=said), now)


async def add_wish(session: Session, key: PassportKey, rome: str, now: datetime) -> Passport:
    """Add an occupation looked for; raises `InvalidInputError` on `wish`, `NotFoundError`."""
    if rome not in await codes.occupations(session, {rome}):
        raise InvalidInputError((FieldError("wish", _NOT_LISTED, "rome"),))
    return await change_passport(session, key, partial(with_wish, rome=rome), now)


async def delete_passport(session: Session, key: PassportKey) -> None:
    """Forget it at its holder's word; deleting it twice is the same."""
    await passports.forget(session, key)

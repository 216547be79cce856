"""What was observed goes to the person's passport, with their consent; taken back, it goes."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import msgspec

from data.queries import assessments, codes
from data.queries.assessments import AssessmentRow, SkillRow
from data.queries.conventions import ConventionRow
from data.session import Session
from domain.french import french_date
from domain.passport import Level, Line, Passport
from domain.passport_observed import Seen, with_observed, without_observed
from domain.roles import Actor
from services.passports import change_passport, passport_for


def owner_of(row: ConventionRow, actor: Actor) -> UUID | None:
    """Whose passport it is: the convention's person, or whoever signed in as them."""
    return row.beneficiary_id or actor.beneficiary


def seen_of(said: AssessmentRow) -> tuple[Seen, ...]:
    """What the company saw."""
    return tuple(Seen(one.ogr, Level(one.level)) for one in said.skills)


def attester(row: ConventionRow) -> str:
    """Who vouches for it, and when: what the passport shows beside each skill."""
    when = f", le {french_date(row.ends_on)}" if row.ends_on else ""
    return f"{row.document.host.name}{when}"


async def share(
    session: Session, row: ConventionRow, owner: UUID, lower: Iterable[str], now: datetime
) -> None:
    """Write what was observed in the passport of the person, who agreed."""
    said = await assessments.of_convention(session, row.id)
    known = await codes.skills(session, {one.ogr for one in said.skills})
    seen = tuple(one for one in seen_of(said) if one.skill in known)
    before: dict[str, Line | None] = {}

    def change(held: Passport) -> Passport:
        changed, was = with_observed(held, seen, attester(row), frozenset(lower))
        before.update(was)
        return changed

    await change_passport(session, await passport_for(session, owner, now), change, now)
    skills = (replace(one, before=_kept(before, one.ogr)) for one in said.skills)
    await assessments.put(session, row.id, {"skills": assessments.skills_json(skills)}, now)


def _kept(before: dict[str, Line | None], skill: str) -> dict[str, object] | None:
    """What stood there: nothing at all is an empty mapping; None when the line was not written."""
    if skill not in before:
        return None
    line = before[skill]
    return msgspec.to_builtins(line) if line else {}


async def take_back(session: Session, row: ConventionRow, owner: UUID, now: datetime) -> None:
    """The passport as it was before: the person no longer agrees."""
    said = await assessments.of_convention(session, row.id)
    before = {one.ogr: _line(one) for one in said.skills if one.before is not None}
    key = await passport_for(session, owner, now)
    await change_passport(session, key, lambda held: without_observed(held, attester(row), before), now)
    skills = (replace(one, before=None) for one in said.skills)
    await assessments.put(session, row.id, {"skills": assessments.skills_json(skills)}, now)


def _line(one: SkillRow) -> Line | None:
    return msgspec.convert(one.before, Line) if one.before else None

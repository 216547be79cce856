"""What was observed in an immersion, in a passport: written with consent, taken back at one word."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from domain.passport import Evidence, Level, Line, Passport
from domain.search import MAX_SKILLS


@dataclass(frozen=True, slots=True)
class Seen:
    """A skill that somebody saw practised, and how well."""

    skill: str
    level: Level


def with_observed(
    passport: Passport, seen: Iterable[Seen], by: str, lower: frozenset[str] = frozenset()
) -> tuple[Passport, Mapping[str, Line | None]]:
    """The passport with what `by` attests, and each line that was written with what stood there before.

    A skill that its holder puts higher stays as they said, unless it is among `lower`; so does one that
    somebody else attests at a higher level. Beyond `MAX_SKILLS`, new skills are left out.
    """
    lines = {line.skill: line for line in passport.lines}
    before: dict[str, Line | None] = {}
    for one in seen:
        held = lines.get(one.skill)
        if held is None and len(lines) >= MAX_SKILLS:
            continue
        if held is not None and _higher(held, one.level) and one.skill not in lower:
            continue
        known = held or Line(skill=one.skill)
        lines[one.skill] = replace(known, level=one.level, evidence=Evidence.OBSERVED, attested_by=by)
        before[one.skill] = held
    return replace(passport, lines=tuple(lines.values())), before


def _higher(held: Line, level: Level) -> bool:
    return held.level is not None and held.level > level


def without_observed(passport: Passport, by: str, before: Mapping[str, Line | None]) -> Passport:
    """The passport as it was before `by` attested these skills; what changed since stays."""
    lines = []
    for line in passport.lines:
        if line.attested_by != by or line.skill not in before:
            lines.append(line)
        elif (old := before[line.skill]) is not None:
            lines.append(old)
    return replace(passport, lines=tuple(lines))


def higher_than(passport: Passport, seen: Iterable[Seen]) -> tuple[Seen, ...]:
    """What was seen at a lower level than the passport says: its holder chooses which one stays."""
    held = {line.skill: line for line in passport.lines}
    return tuple(one for one in seen if one.skill in held and _higher(held[one.skill], one.level))

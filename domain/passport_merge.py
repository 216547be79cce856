"""Two passports of one person become one: nothing is lost but what the limits leave out.

The account's own comes first; what the other says more strongly is taken from it.
"""

from dataclasses import replace

from domain.passport import MAX_JOBS, MAX_SAID, MAX_WISHES, Evidence, Job, Line, Passport, Said
from domain.search import MAX_SKILLS

_STRENGTH = (Evidence.DECLARED, Evidence.BADGE, Evidence.OBSERVED, Evidence.CERTIFIED)
"""From the weakest. What somebody attests is stronger than all that only the person says."""


def merge(own: Passport, other: Passport) -> Passport:
    """Everything of both; aim, home and mobility are one's own when both say them."""
    lines = _lines(own.lines, other.lines)
    held = {line.skill for line in lines}
    return Passport(
        lines=lines,
        jobs=_jobs(own.jobs, other.jobs),
        wishes=tuple(dict.fromkeys((*own.wishes, *other.wishes)))[:MAX_WISHES],
        objective=own.objective or other.objective,
        home=own.home or other.home,
        mobility=own.mobility or other.mobility,
        said=_said((*own.said, *other.said), held),
    )


def _lines(own: tuple[Line, ...], other: tuple[Line, ...]) -> tuple[Line, ...]:
    theirs = {line.skill: line for line in other}
    kept = [_stronger(line, theirs.pop(line.skill)) if line.skill in theirs else line for line in own]
    added = sorted(theirs.values(), key=lambda line: not line.attested_by)
    return (*kept, *added)[:MAX_SKILLS]


def _stronger(own: Line, other: Line) -> Line:
    """The better supported of two lines; what the person alone says takes the higher level."""
    best, least = (other, own) if _strength(other) > _strength(own) else (own, other)
    if best.attested_by:
        return best
    levels = [line.level for line in (best, least) if line.level]
    return replace(best, level=max(levels, default=None), sentence=best.sentence or least.sentence)


def _strength(line: Line) -> tuple[bool, int]:
    return bool(line.attested_by), _STRENGTH.index(line.evidence)


def _jobs(own: tuple[Job, ...], other: tuple[Job, ...]) -> tuple[Job, ...]:
    merged: dict[tuple[str, str], Job] = {}
    for job in (*own, *other):
        known = merged.get((job.rome, job.label))
        longest = replace(known, months=max(known.months, job.months)) if known else job
        merged[job.rome, job.label] = longest
    return tuple(merged.values())[:MAX_JOBS]


def _said(sentences: tuple[Said, ...], held: set[str]) -> tuple[Said, ...]:
    """Sentences that still wait for an answer, once each, numbered anew."""
    waiting: dict[str, Said] = {}
    for one in sentences:
        meant = tuple(each for each in one.meant if each.skill not in held)
        if meant:
            waiting.setdefault(one.text, replace(one, meant=meant))
    last = tuple(waiting.values())[-MAX_SAID:]
    return tuple(replace(one, number=number) for number, one in enumerate(last, start=1))

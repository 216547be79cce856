"""The skills passport: what a person can show and looks for, its limits, and how each line changes.

Its holder writes it: what they can do, and what shows it in their own eyes. What somebody else attests
(`attested_by`) is written by what happens (an immersion, a certificate, a badge): it can be removed, never
reworded.
Nothing about health, disability, age, sex or origin is asked here.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

from domain.errors import FieldError, InvalidInputError
from domain.search import MAX_RADIUS_KM, MAX_SKILLS, Objective
from domain.values import ROME_PATTERN, SKILL_PATTERN, Point, clean_line

MAX_JOBS = 20
MAX_MONTHS = 720
"""Sixty years: longer is a slip of the keyboard."""
MAX_WISHES = 10
MAX_SENTENCE = 500
"""Characters of one sentence, kept with the skills it says."""
MAX_SAID = 10
"""Sentences that wait for an answer; the oldest goes when another comes."""
MAX_LABEL = 300


class Level(IntEnum):
    """How well, in the person's own eyes."""

    BEGINS = 1
    MANAGES = 2
    MASTERS = 3
    SHOWS = 4


class Evidence(StrEnum):
    """What shows that the person can do it."""

    DECLARED = "declared"
    OBSERVED = "observed"
    CERTIFIED = "certified"
    BADGE = "badge"


class Travel(StrEnum):
    """How the person goes about."""

    WALK = "walk"
    BIKE = "bike"
    TRANSIT = "transit"
    CAR = "car"


LEVEL_LABELS = {
    Level.BEGINS: "Je débute",
    Level.MANAGES: "Je me débrouille",
    Level.MASTERS: "Je maîtrise",
    Level.SHOWS: "Je peux montrer aux autres",
}
EVIDENCE_LABELS = {
    Evidence.DECLARED: "Vous le dites",
    Evidence.OBSERVED: "Vu pendant une immersion",
    Evidence.CERTIFIED: "Certifié",
    Evidence.BADGE: "Badge",
}
TOLD_LABELS = {
    Evidence.DECLARED: "Je le dis",
    Evidence.OBSERVED: "Je l’ai fait en stage ou en immersion",
    Evidence.CERTIFIED: "J’ai un diplôme ou un certificat",
    Evidence.BADGE: "J’ai un badge numérique",
}
"""The same in the holder's own words, where nobody attests it."""
TRAVEL_LABELS = {
    Travel.WALK: "À pied",
    Travel.BIKE: "À vélo",
    Travel.TRANSIT: "En transports en commun",
    Travel.CAR: "En voiture, ou avec quelqu’un",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A skill (OGR code, or a code of the starter data) with what supports it.

    `level` is None until the person says it. `sentence` is what they said, empty when they ticked a list.
    `attested_by` is who vouches for the evidence, empty when only the person says it.
    """

    skill: str
    level: Level | None = None
    evidence: Evidence = Evidence.DECLARED
    sentence: str = ""
    attested_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A past job: its ROME code, the appellation chosen (OGR code, or empty), how it is said, how long."""

    rome: str
    appellation: str = ""
    label: str = ""
    months: int = 0
    """0 when the person did not say."""


@dataclass(frozen=True, slots=True)
class Meant:
    """A skill that a sentence may mean, and the characters [start, end) that say it."""

    skill: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence whose proposals wait for the person's answer; `number` names it for good."""

    number: int
    text: str
    meant: tuple[Meant, ...]


@dataclass(frozen=True, slots=True)
class Home:
    """The commune the person starts from; `label` tells namesakes apart by their department."""

    insee: str
    label: str
    point: Point


@dataclass(frozen=True, slots=True)
class Mobility:
    """How the person travels, and how far at most (kilometres as the crow flies)."""

    travel: Travel
    max_km: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Passport:
    """Everything the person wrote, in their order. `wishes` are ROME codes."""

    lines: tuple[Line, ...] = ()
    jobs: tuple[Job, ...] = ()
    wishes: tuple[str, ...] = ()
    objective: Objective | None = None
    home: Home | None = None
    mobility: Mobility | None = None
    said: tuple[Said, ...] = ()

    @property
    def skills(self) -> tuple[str, ...]:
        """Codes of the skills."""
        return tuple(line.skill for line in self.lines)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it yet."""
        return self == Passport()


def evidence_words(line: Line) -> str:
    """What shows a skill, in French; in its holder's own words where nobody attests it."""
    told = not line.attested_by and line.evidence is not Evidence.DECLARED
    return (TOLD_LABELS if told else EVIDENCE_LABELS)[line.evidence]


def _refuse(field: str, message: str, code: str) -> InvalidInputError:
    return InvalidInputError((FieldError(field, message, code),))


def declare(
    passport: Passport, skills: Iterable[str], sentence: str = "", *, field: str = "skills"
) -> Passport:
    """The passport with these skills, declared by its holder; those already there stay as they are.

    Raises `InvalidInputError` on `field`: none, a code of another shape, too many.
    """
    codes = tuple(dict.fromkeys(skills))
    if not codes:
        raise _refuse(field, "Cochez au moins un savoir-faire, ou passez cette étape.", "required")
    if not all(re.fullmatch(SKILL_PATTERN, code) for code in codes):
        raise _refuse(field, "Choisissez les savoir-faire dans la liste proposée.", "skill")
    held = set(passport.skills)
    added = tuple(Line(skill=code, sentence=sentence) for code in codes if code not in held)
    if len(passport.lines) + len(added) > MAX_SKILLS:
        message = f"Gardez {MAX_SKILLS} compétences au plus : retirez-en avant d’en ajouter."
        raise _refuse(field, message, "too_many")
    return replace(passport, lines=(*passport.lines, *added))


def keep_only(passport: Passport, skills: Iterable[str]) -> Passport:
    """The passport with exactly these skills, in this order; what was known of those kept stays."""
    held = {line.skill: line for line in passport.lines}
    lines = tuple(held.get(code, Line(skill=code)) for code in dict.fromkeys(skills))
    if len(lines) > MAX_SKILLS:
        raise _refuse("skills", f"Gardez {MAX_SKILLS} compétences au plus.", "too_many")
    return replace(passport, lines=lines)


def without_skill(passport: Passport, skill: str) -> Passport:
    """The passport without that skill, whatever supports it: it is the person's."""
    return replace(passport, lines=tuple(line for line in passport.lines if line.skill != skill))


def with_levels(passport: Passport, levels: Mapping[str, Level | None]) -> Passport:
    """The levels of skills as their holder sees them, by code; skills no longer there are left out.

    Raises `InvalidInputError` on `levels` where someone else attests the skill.
    """
    return _reworded(passport, levels, lambda line: replace(line, level=levels[line.skill]))


def with_evidence(passport: Passport, evidence: Mapping[str, Evidence]) -> Passport:
    """What shows the skills in their holder's own eyes, by code; skills no longer there are left out.

    Raises `InvalidInputError` on `levels` where someone else attests the skill.
    """
    return _reworded(passport, evidence, lambda line: replace(line, evidence=evidence[line.skill]))


def _reworded(passport: Passport, skills: Collection[str], change: Callable[[Line], Line]) -> Passport:
    if any(line.attested_by for line in passport.lines if line.skill in skills):
        message = "Cette ligne a été constatée par quelqu’un : vous pouvez la retirer, pas la changer."
        raise _refuse("levels", message, "evidence")
    lines = (change(line) if line.skill in skills else line for line in passport.lines)
    return replace(passport, lines=tuple(lines))


def with_job(passport: Passport, job: Job) -> Passport:
    """The passport with one more past job, the last one first; told again, a job only changes its length.

    Raises `InvalidInputError` on `job` or `job.months`.
    """
    job = replace(job, label=clean_line(job.label))
    if not re.fullmatch(ROME_PATTERN, job.rome):
        raise _refuse("job", "Choisissez le métier dans la liste proposée.", "rome")
    if len(job.label) > MAX_LABEL:
        raise _refuse("job", f"Raccourcissez à {MAX_LABEL} caractères au plus.", "too_long")
    if not 0 <= job.months <= MAX_MONTHS:
        raise _refuse("job.months", "Vérifiez la durée : 60 ans au plus.", "out_of_range")
    if any(_same(one, job) for one in passport.jobs):
        known = (
            replace(one, months=job.months or one.months) if _same(one, job) else one for one in passport.jobs
        )
        return replace(passport, jobs=tuple(known))
    if len(passport.jobs) >= MAX_JOBS:
        raise _refuse("job", f"Gardez {MAX_JOBS} expériences au plus : les plus parlantes.", "too_many")
    return replace(passport, jobs=(job, *passport.jobs))


def _same(one: Job, other: Job) -> bool:
    return (one.rome, one.label) == (other.rome, other.label)


def without_job(passport: Passport, rome: str, label: str) -> Passport:
    """The passport without that past job; the skills that came with it stay."""
    kept = tuple(job for job in passport.jobs if (job.rome, job.label) != (rome, label))
    return replace(passport, jobs=kept)


def tidy_sentence(text: str) -> str:
    """The sentence on one line; raises `InvalidInputError` on `sentence` when empty or too long."""
    sentence = clean_line(text)
    if not sentence:
        raise _refuse("sentence", "Écrivez une phrase : ce que vous faites, au travail ou ailleurs.", "empty")
    if len(sentence) > MAX_SENTENCE:
        message = f"Raccourcissez à {MAX_SENTENCE} caractères, puis ajoutez une autre phrase ensuite."
        raise _refuse("sentence", message, "too_long")
    return sentence


def with_sentence(passport: Passport, sentence: str, meant: Iterable[Meant]) -> Passport:
    """The passport with a tidied sentence and the skills it may mean, to be confirmed.

    Raises `InvalidInputError` on `sentence` when it means nothing that is not there already.
    """
    held = set(passport.skills)
    found = tuple(meant)
    new = tuple(one for one in found if one.skill not in held)
    if not found:
        message = (
            "Nous n’avons pas reconnu de savoir-faire. Essayez un verbe et un objet : « servir un repas »."
        )
        raise _refuse("sentence", message, "not_understood")
    if not new:
        raise _refuse("sentence", "Ces savoir-faire sont déjà dans votre passeport.", "repeated")
    number = max((one.number for one in passport.said), default=0) + 1
    others = tuple(one for one in passport.said if one.text != sentence)
    return replace(passport, said=(*others, Said(number, sentence, new))[-MAX_SAID:])


def confirm(passport: Passport, number: int, skills: Collection[str]) -> Passport:
    """The passport once the person ticked what a sentence means; it is answered, whatever is left.

    The same answer given twice changes nothing.

    Raises `InvalidInputError` on `said.<number>` when nothing is ticked, or something it did not say.
    """
    field = f"said.{number}"
    asked = next((one for one in passport.said if one.number == number), None)
    if asked is None and skills and set(skills) <= set(passport.skills):
        return passport
    if asked is None:
        message = "Cette phrase a déjà reçu une réponse. Écrivez-la de nouveau s’il manque quelque chose."
        raise _refuse("sentence", message, "answered")
    if not set(skills) <= {one.skill for one in asked.meant}:
        raise _refuse(field, "Choisissez les savoir-faire dans la liste proposée.", "skill")
    return dismiss(declare(passport, skills, asked.text, field=field), number)


def dismiss(passport: Passport, number: int) -> Passport:
    """The passport without that sentence: none of its proposals is right."""
    return replace(passport, said=tuple(one for one in passport.said if one.number != number))


def with_wish(passport: Passport, rome: str) -> Passport:
    """The passport with one more occupation looked for, once; raises `InvalidInputError` on `wish`."""
    if not re.fullmatch(ROME_PATTERN, rome):
        raise _refuse("wish", "Choisissez le métier dans la liste proposée.", "rome")
    if rome in passport.wishes:
        return passport
    if len(passport.wishes) >= MAX_WISHES:
        raise _refuse("wish", f"Gardez {MAX_WISHES} métiers au plus : retirez-en un d’abord.", "too_many")
    return replace(passport, wishes=(*passport.wishes, rome))


def without_wish(passport: Passport, rome: str) -> Passport:
    """The passport without that occupation looked for."""
    return replace(passport, wishes=tuple(code for code in passport.wishes if code != rome))


def with_objective(passport: Passport, objective: Objective | None) -> Passport:
    """What the immersion is for; None until the person knows."""
    return replace(passport, objective=objective)


def with_travel(passport: Passport, home: Home | None, mobility: Mobility | None) -> Passport:
    """Where the person starts from and how far they go; raises `InvalidInputError` on `mobility.max_km`."""
    if mobility is not None and not 1 <= mobility.max_km <= MAX_RADIUS_KM:
        message = f"Donnez un nombre de kilomètres entre 1 et {MAX_RADIUS_KM}."
        raise _refuse("mobility.max_km", message, "out_of_range")
    return replace(passport, home=home, mobility=mobility)

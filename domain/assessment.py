"""The assessment of an immersion (domain.md, §6): what each side says, from when, and what it must hold.

The company (its tutor) says how it went and what it saw done; the beneficiary says what they think of it,
and whether they agree. Once they answered, what the company said does not change any more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.convention import As
from domain.errors import ConflictError, FieldError, InvalidInputError
from domain.french import french_date
from domain.passport import Level
from domain.schedule import MIDNIGHT, Schedule, french_time
from domain.search import MAX_SKILLS
from domain.terms import Terms
from domain.values import clean_text

MAX_WORDS = 2000
MAX_REASON = 1000
REMIND_AFTER = (timedelta(days=3), timedelta(days=10))
"""After the last day, each side alone while it has said nothing."""
ASKED_UNTIL = timedelta(days=30)
FOLLOWED_AFTER = timedelta(days=183)
"""Six months after the last day, one question."""
HIRED_WITHIN = timedelta(days=366)
"""A contract that starts later is a slip of the keyboard."""


class Side(StrEnum):
    """Who says it."""

    COMPANY = "company"
    PERSON = "person"


SIDES = {As.TUTOR: Side.COMPANY, As.COMPANY: Side.COMPANY, As.BENEFICIARY: Side.PERSON}
"""As whom somebody speaks for a side."""


class Outcome(StrEnum):
    """Whether the immersion took place."""

    COMPLETED = "completed"
    PARTLY_COMPLETED = "partly_completed"
    DID_NOT_SHOW = "did_not_show"


OUTCOME_LABELS = {
    Outcome.COMPLETED: "Oui, jusqu’au bout",
    Outcome.PARTLY_COMPLETED: "En partie : elle s’est arrêtée avant la fin, ou des heures manquent",
    Outcome.DID_NOT_SHOW: "Non, la personne n’est pas venue",
}


class Contract(StrEnum):
    """The work contract that followed."""

    PERMANENT = "permanent"
    FIXED_LONG = "fixed_long"
    FIXED_SHORT = "fixed_short"
    AGENCY_WORK = "agency_work"
    APPRENTICESHIP = "apprenticeship"
    INTEGRATION = "integration"
    OTHER = "other"


CONTRACT_LABELS = {
    Contract.PERMANENT: "CDI",
    Contract.FIXED_LONG: "CDD de 6 mois ou plus",
    Contract.FIXED_SHORT: "CDD de moins de 6 mois",
    Contract.AGENCY_WORK: "Intérim",
    Contract.APPRENTICESHIP: "Alternance (apprentissage, professionnalisation)",
    Contract.INTEGRATION: "Contrat d’insertion",
    Contract.OTHER: "Autre contrat",
}


class Next(StrEnum):
    """What comes next, in the eyes of one side."""

    CONTRACT = "contract"
    TRAINING = "training"
    APPRENTICESHIP = "apprenticeship"
    IMMERSION = "immersion"
    SEARCH = "search"
    OTHER_JOB = "other_job"
    UNKNOWN = "unknown"


NEXT_LABELS = {
    Next.CONTRACT: "Un contrat de travail",
    Next.TRAINING: "Une formation",
    Next.APPRENTICESHIP: "Une alternance",
    Next.IMMERSION: "Une autre immersion",
    Next.SEARCH: "Chercher un emploi dans ce métier",
    Next.OTHER_JOB: "Chercher un autre métier",
    Next.UNKNOWN: "On ne sait pas encore",
}


class FollowUp(StrEnum):
    """Where the person is six months later."""

    JOB_THERE = "job_there"
    JOB_ELSEWHERE = "job_elsewhere"
    TRAINING = "training"
    IMMERSION = "immersion"
    SEARCHING = "searching"
    OTHER = "other"


FOLLOW_UP_LABELS = {
    FollowUp.JOB_THERE: "Je travaille dans cette entreprise",
    FollowUp.JOB_ELSEWHERE: "Je travaille ailleurs",
    FollowUp.TRAINING: "Je suis en formation ou en alternance",
    FollowUp.IMMERSION: "Je fais une autre immersion",
    FollowUp.SEARCHING: "Je cherche du travail",
    FollowUp.OTHER: "Autre chose",
}
OBSERVED_LABELS = {
    Level.BEGINS: "Débute : avec de l’aide",
    Level.MANAGES: "Se débrouille : les cas simples, sans aide",
    Level.MASTERS: "Maîtrise : sans aide",
    Level.SHOWS: "Peut montrer aux autres",
}
"""How well, in the eyes of who watched."""


@dataclass(frozen=True, slots=True)
class Observed:
    """A skill that was practised: its OGR code, its label, how well."""

    ogr: str
    label: str
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanySays:
    """The company's part. `minutes`: really done; `last_day`: of an immersion that ended early."""

    outcome: Outcome | None = None
    last_day: date | None = None
    minutes: int | None = None
    no_show_reason: str = ""
    hired: bool | None = None
    contract: Contract | None = None
    hired_on: date | None = None
    next_step: Next | None = None
    feedback: str = ""
    advice: str = ""
    skills: tuple[Observed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSays:
    """The beneficiary's part. `agrees`: with what the company said, None until it said it.

    `shares`: observed skills go to their passport. `lower`: those where they take the company's level
    although they had said a higher one.
    """

    feedback: str = ""
    next_step: Next | None = None
    agrees: bool | None = None
    shares: bool = False
    lower: frozenset[str] = frozenset()


def opens_on(terms: Terms) -> date:
    """The last day but one of presence (the only one of a single day), in the calendar of the place."""
    return opening_of(terms.schedule)


def opening_of(schedule: Schedule) -> date:
    """The same, of a schedule."""
    days = schedule.days
    return days[-2] if len(days) > 1 else days[0]


def may_tell(terms: Terms, here: datetime, outcome: Outcome | None = None) -> bool:
    """Whether an assessment is written already: from the last day but one, and once it has begun.

    An absence or an early end is told from the first hour: nobody waits for the end of what stopped.
    `here`: the moment, by the clocks of the place.
    """
    return here.replace(tzinfo=None) >= _opening(terms, outcome)


def _opening(terms: Terms, outcome: Outcome | None = None) -> datetime:
    """By the clocks of the place."""
    first = terms.schedule.periods[0]
    begins = datetime.combine(first.day, first.start)
    if outcome in {Outcome.DID_NOT_SHOW, Outcome.PARTLY_COMPLETED}:
        return begins
    return max(begins, datetime.combine(opens_on(terms), MIDNIGHT))


def opening_said(terms: Terms, outcome: Outcome | None = None) -> str:
    """When it opens, in words: `1er décembre 2026`, `30 novembre 2026 à 9 h`."""
    opening = _opening(terms, outcome)
    day, at = french_date(opening.date()), opening.time()
    return day if at == MIDNIGHT else f"{day} à {french_time(at)}"


def check_open(terms: Terms, here: datetime, outcome: Outcome | None = None) -> None:
    """Raise `ConflictError` when it is too early."""
    if not may_tell(terms, here, outcome):
        when = opening_said(terms, outcome)
        raise ConflictError(f"Le bilan s’ouvre le {when}. Revenez à ce moment : ce lien marchera encore.")


def reminders_due(schedule: Schedule, today: date, side: Side, told: frozenset[str]) -> tuple[str, ...]:
    """Names of the reminders of a side that are due and were not sent: one message stands for all.

    Asked from the last day but one, then 3 and 10 days after the end; after a month nobody is asked.
    """
    last = schedule.days[-1]
    planned = [(opening_of(schedule), f"assessment_{side}")]
    planned += [(last + after, f"assessment_{side}_{after.days}") for after in REMIND_AFTER]
    if today > last + ASKED_UNTIL:
        return ()
    names = tuple(name for day, name in planned if day <= today)
    return names if names and names[-1] not in told else ()


def _required(name: str, message: str) -> FieldError:
    return FieldError(name, message, "required")


def check_company(said: CompanySays, terms: Terms, today: date) -> CompanySays:
    """What the company said, tidied: an answer that its outcome does not ask for is dropped.

    Raises `InvalidInputError`, every error with its field.
    """
    if said.outcome is None:
        raise InvalidInputError((_required("outcome", "Dites si l’immersion a eu lieu."),))
    errors: list[FieldError] = []
    if said.outcome is Outcome.DID_NOT_SHOW:
        reason = clean_text(said.no_show_reason)
        if not 0 < len(reason) <= MAX_REASON:
            errors.append(_required("no_show_reason", "Dites ce que vous savez de la raison, en une phrase."))
        _raise(errors)
        return CompanySays(outcome=said.outcome, no_show_reason=reason, minutes=0, hired=False)
    errors += _presence(said, terms, today)
    errors += _after(said, terms)
    errors += _words(("feedback", said.feedback), ("advice", said.advice))
    errors += _skills(said.skills)
    _raise(errors)
    whole = said.outcome is Outcome.COMPLETED
    return CompanySays(
        outcome=said.outcome,
        last_day=None if whole else said.last_day,
        minutes=terms.schedule.minutes if whole else said.minutes,
        hired=said.hired,
        contract=said.contract if said.hired else None,
        hired_on=said.hired_on if said.hired else None,
        next_step=said.next_step,
        feedback=clean_text(said.feedback),
        advice=clean_text(said.advice),
        skills=said.skills,
    )


def _presence(said: CompanySays, terms: Terms, today: date) -> Iterable[FieldError]:
    if said.outcome is Outcome.COMPLETED:
        return
    days, planned = terms.schedule.days, terms.schedule.minutes
    if said.last_day is None or not min(days) <= said.last_day <= min(max(days), today):
        first, last = french_date(min(days)), french_date(max(days))
        message = f"Donnez le dernier jour de présence, entre le {first} et le {last}, déjà passé."
        yield FieldError("last_day", message, "out_of_range")
    if said.minutes is None or not 0 <= said.minutes <= planned:
        message = f"Donnez les heures vraiment faites, {planned // 60} au plus."
        yield FieldError("minutes", message, "out_of_range")


def _after(said: CompanySays, terms: Terms) -> Iterable[FieldError]:
    if said.hired is None:
        yield _required("hired", "Dites si un contrat suit cette immersion.")
    if said.hired and said.contract is None:
        yield _required("contract", "Choisissez le contrat.")
    first = min(terms.schedule.days)
    if said.hired and (said.hired_on is None or not first <= said.hired_on <= first + HIRED_WITHIN):
        yield FieldError("hired_on", "Donnez la date de début du contrat.", "out_of_range")
    if said.next_step is None:
        yield _required("next_step", "Choisissez ce qui vous semble utile ensuite.")


def _words(*given: tuple[str, str]) -> Iterable[FieldError]:
    for name, text in given:
        if len(clean_text(text)) > MAX_WORDS:
            yield FieldError(name, f"Raccourcissez à {MAX_WORDS} caractères au plus.", "too_long")


def _skills(skills: tuple[Observed, ...]) -> Iterable[FieldError]:
    if len({one.ogr for one in skills}) != len(skills) or len(skills) > MAX_SKILLS:
        yield FieldError("skills", f"Gardez {MAX_SKILLS} savoir-faire au plus, chacun une fois.", "skills")


def check_person(said: PersonSays, *, company_said: bool) -> PersonSays:
    """What the person said, tidied; raises `InvalidInputError`, every error with its field.

    They answer the company once it has spoken; who does not agree says why.
    """
    feedback = clean_text(said.feedback)
    errors: list[FieldError] = []  # in the order of the page
    if company_said and said.agrees is None:
        errors.append(_required("agrees", "Dites si vous êtes d’accord avec ce que dit l’entreprise."))
    if company_said and said.agrees is False and not feedback:
        errors.append(_required("feedback", "Dites en quelques mots ce qui ne va pas."))
    errors += _words(("feedback", said.feedback))
    if said.next_step is None:
        errors.append(_required("next_step", "Choisissez ce que vous voulez faire ensuite."))
    _raise(errors)
    agrees = said.agrees if company_said else None
    shares = bool(said.shares and agrees is not None)
    return PersonSays(
        feedback=feedback,
        next_step=said.next_step,
        agrees=agrees,
        shares=shares,
        lower=said.lower if shares else frozenset(),
    )


def _raise(errors: list[FieldError]) -> None:
    if errors:
        raise InvalidInputError(tuple(errors))

"""What an assessment says, in words: for its sides, and for the agency."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from data.queries import assessments
from data.queries.assessments import AssessmentRow
from data.queries.conventions import ConventionRow
from data.session import ReadSession
from domain.assessment import (
    CONTRACT_LABELS,
    FOLLOW_UP_LABELS,
    NEXT_LABELS,
    OBSERVED_LABELS,
    Outcome,
)
from domain.convention import As, Status
from domain.french import french_date
from domain.passport import Level
from domain.schedule import french_hours

_OUTCOMES = {
    Outcome.COMPLETED: "Faite jusqu’au bout",
    Outcome.PARTLY_COMPLETED: "Faite en partie",
    Outcome.DID_NOT_SHOW: "Pas faite : personne ne s’est présenté",
}
_NEXT = "Souhait pour la suite"
_WHOLE = frozenset(
    {As.BENEFICIARY, As.REPRESENTATIVE, As.COUNSELLOR, As.VALIDATOR, As.READER, As.BACK_OFFICE}
)
_COMPANY = frozenset({As.COMPANY, As.TUTOR})
Fact = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Both sides, in words; empty where a side has said nothing. `disputed`: the person does not agree."""

    company: tuple[Fact, ...]
    skills: tuple[Fact, ...]
    company_at: datetime | None
    person: tuple[Fact, ...]
    person_at: datetime | None
    disputed: bool
    shared: bool
    later: str


async def read(session: ReadSession, row: ConventionRow, whom: Collection[As]) -> Told | None:
    """What was said of one immersion, as these may read it; None before it is validated, and for others.

    A current employer never learns what followed; the company does not read where the person goes next.
    """
    if row.status is not Status.VALIDATED or not set(whom) & (_WHOLE | _COMPANY):
        return None
    told = told_of(await assessments.of_convention(session, row.id))
    if set(whom) & _WHOLE:
        return told
    return replace(told, person=tuple(one for one in told.person if one[0] != _NEXT), later="")


def told_of(said: AssessmentRow) -> Told:
    """The same, of what was read already."""
    return Told(
        company=_company(said) if said.company_at else (),
        skills=tuple((one.label, OBSERVED_LABELS[Level(one.level)]) for one in said.skills),
        company_at=said.company_at,
        person=_person(said) if said.person_at else (),
        person_at=said.person_at,
        disputed=said.person_agrees is False,
        shared=bool(said.person_shares),
        later=FOLLOW_UP_LABELS[said.follow_up] if said.follow_up else "",
    )


def _company(said: AssessmentRow) -> tuple[Fact, ...]:
    job = CONTRACT_LABELS[said.contract] if said.contract else ""
    start = f", à partir du {french_date(said.hired_on)}" if said.hired_on else ""
    present = said.outcome is not Outcome.DID_NOT_SHOW
    facts = (
        ("Immersion", _OUTCOMES[said.outcome] if said.outcome else ""),
        ("Raison connue", said.no_show_reason),
        ("Dernier jour", french_date(said.last_day) if said.last_day else ""),
        ("Heures faites", french_hours(said.minutes) if present and said.minutes is not None else ""),
        ("Contrat ensuite", f"{job}{start}" if said.hired else "Non" if present else ""),
        ("Utile ensuite", NEXT_LABELS[said.next_step] if said.next_step else ""),
        ("Avis", said.feedback),
        ("Conseils", said.advice),
    )
    return tuple(one for one in facts if one[1])


def _person(said: AssessmentRow) -> tuple[Fact, ...]:
    agrees = {None: "", True: "D’accord", False: "Pas d’accord"}[said.person_agrees]
    facts = (
        ("Sur ce que dit l’entreprise", agrees),
        ("Avis", said.person_feedback),
        (_NEXT, NEXT_LABELS[said.person_next] if said.person_next else ""),
    )
    return tuple(one for one in facts if one[1])

"""The document in words: every field that people wrote is read in it, and what the law asks."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, time
from typing import Any

import pytest

from domain.convention import Kind
from domain.schedule import Period, Schedule
from domain.search import Objective
from domain.terms import Beneficiary, Coverage, SkillSought, Terms
from domain.terms_changes import FIELD_LABELS, flat
from domain.terms_mentions import NOTHING, Prescriber, sheet

NOT_READ = {
    # A company has no right to know of a disability or a benefit; it may be one.
    "beneficiary.situation",
    # Codes behind the words that are read.
    "host.insee",
    "place.insee",
    # Said by the clause of accidents, the title, and the list of works forbidden under 18.
    "coverage",
    "kind",
    "activity.hazards",
}
FIRST, LAST = date(2026, 11, 30), date(2026, 12, 2)


def _marked(value: Any, path: str = "") -> Any:  # noqa: ANN401 - any part of a document
    """The same with each text replaced by its path: what is read says where it comes from."""
    changed: dict[str, Any] = {}
    for one in fields(value):
        found, here = getattr(value, one.name), f"{path}{one.name}"
        if is_dataclass(found) and one.name != "schedule":
            changed[one.name] = _marked(found, f"{here}.")
        elif isinstance(found, str) and not hasattr(found, "name"):
            changed[one.name] = f"<{here}>"
    return replace(value, **changed)


def everything() -> Terms:
    """A document of a minor with a job, where every text is its own path."""
    marked: Terms = _marked(Terms())
    return replace(
        marked,
        employed=True,
        beneficiary=replace(marked.beneficiary, birth_date=date(2010, 1, 31)),
        activity=replace(
            marked.activity,
            objective=Objective.CONFIRM,
            skills=(SkillSought("1", "<activity.skills>"),),
            hazards_checked=True,
        ),
        starts_on=FIRST,
        ends_on=LAST,
        schedule=Schedule((Period(FIRST, time(9), time(12)), Period(LAST, time(9), time(12, 30)))),
    )


def read(terms: Terms, prescriber: Prescriber | None = None) -> str:
    """Every word of a document."""
    paper = sheet(terms, prescriber)
    mentions = [f"{one.label} : {one.value}" for section in paper.sections for one in section.mentions]
    days = [f"{one.day} {one.hours} {one.length}" for week in paper.weeks for one in week.days]
    said = (paper.title, *mentions, *days, paper.total, *paper.commitments, *paper.accident)
    return "\n".join(said).replace("\xa0", " ")


def test_every_field_is_read() -> None:
    terms = everything()
    text = read(terms)
    shown: Mapping[str, str] = {
        **{path: f"<{path}>" for path, value in flat(terms) if isinstance(value, str)},
        "activity.skills": "<activity.skills>",
        "activity.objective": "Confirmer un projet professionnel",
        "activity.hazards_checked": "la liste a été lue",
        "employed": "Contrat de travail en cours : oui",
        "beneficiary.birth_date": "31 janvier 2010",
        "starts_on": "30 novembre 2026",
        "ends_on": "2 décembre 2026",
        "schedule": "lundi 30 novembre 9 h – 12 h 3 h",
        "host.siret": "<ho st. sir et>",
        "employer.siret": "<em plo yer .siret>",
    }
    assert set(FIELD_LABELS) - NOT_READ <= set(shown)
    missing = {path for path in set(FIELD_LABELS) - NOT_READ if shown[path] not in text}
    assert missing == set()


def test_the_prescriber_and_who_accompanies() -> None:
    own = Prescriber(
        name="Cap Sud", kind="Mission locale", address="1 quai", phone="+33240000000", referent="Lila"
    )
    text = read(Terms(), own)
    for words in (
        "Cap Sud",
        "Mission locale",
        "1 quai",
        "Lila, conseiller",
        "Cap Sud (structure prescriptrice)",
    ):
        assert words in text


def test_an_empty_draft_reads_as_such() -> None:
    paper = sheet(Terms())
    assert paper.weeks == ()
    assert {one.value for section in paper.sections[:1] for one in section.mentions} == {NOTHING}


@pytest.mark.parametrize(
    ("coverage", "called", "declares"),
    [
        (
            Coverage.PRESCRIBER,
            "Cap Sud (02 40 00 00 00, cap@sud.fr), tout de suite",
            "la structure prescriptrice",
        ),
        (Coverage.EMPLOYER, "et l’employeur actuel, tout de suite", "l’employeur actuel, <employer.name>,"),
    ],
)
def test_an_accident_says_who_to_call(coverage: Coverage, called: str, declares: str) -> None:
    own = Prescriber(name="Cap Sud", phone="+33240000000", email="cap@sud.fr")
    steps = sheet(replace(everything(), coverage=coverage), own).accident
    assert called in steps[1]
    assert "dans les 24 heures" in steps[1]
    assert f"{declares} déclare l’accident" in steps[-1]
    assert "dans les 48 heures" in steps[-1]
    assert "la structure prescriptrice, tout de suite" in sheet(Terms()).accident[1]


def test_a_pupil_stays_one() -> None:
    pupil = Terms(kind=Kind.MINI_STAGE, beneficiary=Beneficiary(school="Lycée"))
    assert "L’élève garde son statut scolaire" in read(pupil)
    assert "La personne garde son statut" in read(Terms())

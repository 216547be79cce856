"""The parts of a convention's form as posted: texts in, branches of the document out."""

from dataclasses import replace
from datetime import date

import pytest

from api.pages.convention_parts import (
    PARTS,
    filled,
    read_activity,
    read_company,
    read_follow_up,
    read_person,
    shown,
)
from domain.agency import Situation
from domain.convention import Kind
from domain.search import Objective
from domain.terms import MAX_LINE, MAX_TEXT, Activity, Contact, Coverage, Hazard, Host, Terms
from domain.terms_changes import flat
from domain.terms_checks import Part
from tests.factories.conventions import a_document

LABELS = {"100023": "Pétrir une pâte", "100024": "Cuire le pain"}


def test_each_part_has_an_address() -> None:
    assert set(PARTS.values()) == set(Part)


def test_what_is_not_posted_stays() -> None:
    terms = a_document()
    assert filled(terms.host, "host.", {"host.name": "Au Bon Pain"}) == replace(
        terms.host, name="Au Bon Pain"
    )


def test_a_text_is_cut_just_above_its_limit() -> None:
    host = filled(Host(), "host.", {"host.name": "x" * 5000})
    activity = filled(Activity(), "activity.", {"activity.tasks": "x" * 5000})
    assert (len(host.name), len(activity.tasks)) == (MAX_LINE + 1, MAX_TEXT + 1)


def test_the_person() -> None:
    values = {
        "kind": "mini_stage",
        "beneficiary.first_name": "Zoé",
        "beneficiary.birth_date": "02/04/2012",
        "beneficiary.situation": "pupil",
        "employed": "1",
        "employer.contact.email": "chef@exemple.com",
        "coverage": "employer",
    }
    read = read_person(values, Terms())
    person = read.terms.beneficiary
    assert read.errors == ()
    assert (read.terms.kind, read.terms.coverage, read.terms.employed) == (
        Kind.MINI_STAGE,
        Coverage.EMPLOYER,
        True,
    )
    assert (person.birth_date, person.situation) == (date(2012, 4, 2), Situation.PUPIL)
    assert read.terms.employer.contact.email == "chef@exemple.com"


def test_a_day_that_is_none_is_said_and_shown_as_typed() -> None:
    values = {"beneficiary.birth_date": "31 février"}
    read = read_person(values, a_document())
    assert [(one.field, one.code) for one in read.errors] == [("beneficiary.birth_date", "date")]
    assert read.terms.beneficiary.birth_date is None
    assert shown(read.terms, values, ["beneficiary.birth_date"])["beneficiary.birth_date"] == "31 février"


@pytest.mark.parametrize("typed", ["0002-04-02", "9999-12-31", "1850-01-01"])
def test_a_year_still_being_typed_is_no_year(typed: str) -> None:
    read = read_person({"beneficiary.birth_date": typed}, a_document())
    assert [one.message for one in read.errors] == ["Vérifiez l’année de cette date."]
    assert read.terms.beneficiary.birth_date is None


def test_unknown_choices_change_nothing() -> None:
    read = read_person({"kind": "stage", "coverage": "nobody", "beneficiary.situation": "x"}, a_document())
    assert (read.terms.kind, read.terms.coverage) == (Kind.PMSMP, Coverage.PRESCRIBER)
    assert read.terms.beneficiary.situation is None


def test_the_company_that_is_not_asked_the_situation_keeps_it() -> None:
    read = read_person({"beneficiary.first_name": "Zoé"}, a_document())
    assert read.terms.beneficiary.situation is Situation.JOB_SEEKER


def test_the_tutor_is_the_signatory() -> None:
    values = {"host.contact.first_name": "Élodie", "tuteur_meme": "1", "host.tutor.first_name": "Paul"}
    host = read_company(values, a_document()).terms.host
    assert host.tutor == host.contact
    assert host.tutor.first_name == "Élodie"


@pytest.mark.parametrize(
    ("values", "insee", "naf"),
    [
        ({"host.siret": "356 000 000 00048"}, "44109", "10.71C"),
        ({"host.siret": "73282932000074", "host.insee": "44109", "host.naf": "10.71C"}, "", ""),
        ({"host.siret": "73282932000074", "host.insee": "75056", "host.naf": "62.01Z"}, "75056", "62.01Z"),
        ({"host.postal_code": "97200"}, "", "10.71C"),
    ],
)
def test_facts_of_another_company_or_place_are_forgotten(
    values: dict[str, str], insee: str, naf: str
) -> None:
    host = read_company(values, a_document()).terms.host
    assert (host.insee, host.naf) == (insee, naf)


def test_the_activity() -> None:
    values: dict[str, str | list[str]] = {
        "activity.objective": "confirm",
        "activity.skills": ["100024", "999999", "100023", "100024", "<b>"],
        "activity.hazards": ["heights", "chemicals", "nothing"],
        "activity.hazards_checked": "1",
        "activity.rome": "Z9999",
    }
    activity = read_activity(values, a_document(), LABELS).terms.activity
    assert [(one.ogr, one.label) for one in activity.skills] == [
        ("100024", "Cuire le pain"),
        ("100023", "Pétrir une pâte"),
    ]
    assert activity.hazards == (Hazard.CHEMICALS, Hazard.HEIGHTS)
    assert (activity.objective, activity.hazards_checked) == (Objective.CONFIRM, True)
    assert activity.rome == "D1102"


def test_a_renewal_has_its_reason_and_others_have_none() -> None:
    values = {"renewal_reason": "Finir", "accompanying.contact.first_name": "Lila"}
    assert read_follow_up(values, a_document()).terms.renewal_reason == ""
    read = read_follow_up(values, replace(a_document(), renews="ABCDEFGHJK")).terms
    assert (read.renewal_reason, read.accompanying.contact.first_name) == ("Finir", "Lila")


def test_every_text_of_the_document_is_shown() -> None:
    fields = shown(a_document())
    lists = {"schedule", "activity.skills", "activity.hazards"}
    assert set(fields) == {path for path, _ in flat(a_document())} - lists
    assert fields["beneficiary.phone"] == "06 12 34 56 78"
    assert fields["starts_on"] == "2026-11-30"


def test_accents_and_long_names_are_kept() -> None:
    typed = {"host.contact.last_name": "D’Hérouville-Åström Çelik", "host.contact.first_name": "Œdipe"}
    contact = read_company(typed, Terms()).terms.host.contact
    assert contact == Contact(first_name="Œdipe", last_name="D’Hérouville-Åström Çelik")

"""The document of a convention: what it must say before it is sent, and what an edit changed in words."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.agency import Situation
from domain.convention import As, Kind
from domain.french import french_date
from domain.schedule import Schedule
from domain.schedule_checks import check_schedule
from domain.search import Objective
from domain.terms import (
    HAZARD_LABELS,
    MAX_SKILLS,
    MAX_TEXT,
    Beneficiary,
    Contact,
    Coverage,
    Employer,
    Hazard,
    Place,
    SkillSought,
    Terms,
    contact_of,
    signatories,
)
from domain.terms_changes import FIELD_LABELS, changes, flat, said
from domain.terms_checks import PART_LABELS, PART_OF, PATHS, Part, check_terms, part_of, same_person, tidied
from services.conventions.limits import case_of
from tests.factories.conventions import NOW, a_document

WHOLE = a_document()
PARENT = Contact(first_name="Léa", last_name="Durand", function="mère", email="lea@exemple.fr")
PAYROLL = Contact(first_name="Hugo", last_name="Roy", function="DRH", email="hugo@exemple.fr")
EMPLOYED = replace(
    WHOLE, employed=True, employer=Employer(name="Usine", siret="73282932000074", contact=PAYROLL)
)


def aged(years: int, **changed: object) -> Terms:
    """The document of somebody of that age on the first day, their parent named and the list read."""
    born = date(WHOLE.starts_on.year - years, 1, 1) if WHOLE.starts_on else None
    activity = replace(WHOLE.activity, hazards_checked=True)
    young = replace(
        WHOLE,
        beneficiary=replace(WHOLE.beneficiary, birth_date=born),
        representative=PARENT,
        activity=activity,
    )
    return replace(young, **changed)  # type: ignore[arg-type]


def put(value: Any, path: str, new: object) -> Any:  # noqa: ANN401 - any branch of the document
    """The same with one field changed, named by its path."""
    first, _, rest = path.partition(".")
    return replace(value, **{first: put(getattr(value, first), rest, new) if rest else new})


TODAY = date(2026, 11, 21)


def wrong(terms: Terms) -> set[tuple[str, str]]:
    return {(one.field, one.code) for one in check_terms(terms, TODAY)}


def test_whole_documents_can_be_sent() -> None:
    for terms in (WHOLE, EMPLOYED, aged(17), aged(18, representative=Contact())):
        assert wrong(terms) == set()


@pytest.mark.parametrize(
    "path",
    [
        *(f"beneficiary.{name}" for name in ("first_name", "last_name", "birth_date", "situation")),
        *(f"host.{name}" for name in ("name", "address", "city", "activity")),
        *(
            f"host.{who}.{name}"
            for who in ("contact", "tutor")
            for name in ("first_name", "last_name", "function")
        ),
        *(f"activity.{name}" for name in ("rome", "objective", "aims", "assessed_how", "tasks", "safety")),
        *("starts_on", "ends_on", "schedule"),
    ],
)
def test_each_mention_of_the_law_is_asked(path: str) -> None:
    """D5135-1 and following: names, host, objective and aims, tasks, hours."""
    before = dict(flat(WHOLE))[path]
    nothing: object = (
        Schedule() if path == "schedule" else None if isinstance(before, date) or before is None else ""
    )
    if path in {"activity.objective", "beneficiary.situation"}:
        nothing = None
    assert wrong(put(WHOLE, path, nothing)) == {(path, "required")}


@pytest.mark.parametrize("path", ["host.siret", "host.contact.email", "host.tutor.email"])
def test_each_identifier_is_checked(path: str) -> None:
    code = path.rpartition(".")[2]
    for value in ("", "123"):
        assert wrong(put(WHOLE, path, value)) == {(path, code)}


@pytest.mark.parametrize("code", ["", "ABC", "4400", "440000"])
def test_a_postal_code_has_five_digits(code: str) -> None:
    assert wrong(put(WHOLE, "host.postal_code", code)) == {("host.postal_code", "postal_code")}


def test_who_has_no_employer_is_covered_by_the_prescriber() -> None:
    assert wrong(replace(EMPLOYED, coverage=Coverage.EMPLOYER)) == set()
    assert wrong(replace(WHOLE, coverage=Coverage.EMPLOYER)) == {("coverage", "coverage")}


def test_nobody_discovers_their_own_employer() -> None:
    own = put(EMPLOYED, "employer.siret", EMPLOYED.host.siret)
    assert wrong(own) == {("employer.siret", "same")}
    assert wrong(replace(own, employed=False)) == set()


def test_a_person_without_mail_or_telephone_signs_on_paper() -> None:
    unreached = put(put(WHOLE, "beneficiary.email", ""), "beneficiary.phone", "")
    assert wrong(unreached) == set()
    assert wrong(put(WHOLE, "beneficiary.email", "zoé")) == {("beneficiary.email", "email")}
    assert wrong(put(WHOLE, "beneficiary.phone", "12")) == {("beneficiary.phone", "phone")}


def test_under_eighteen_a_representative_signs() -> None:
    assert signatories(WHOLE) == (As.BENEFICIARY, As.COMPANY)
    assert signatories(aged(17)) == (As.BENEFICIARY, As.REPRESENTATIVE, As.COMPANY)
    assert not aged(18).minor
    assert wrong(aged(17, representative=Contact())) == {
        ("representative.first_name", "required"),
        ("representative.last_name", "required"),
        ("representative.function", "required"),
    }


@pytest.mark.parametrize(
    ("born", "starts_on", "minor"),
    [
        (None, None, False),
        (date(2009, 1, 1), None, True),
        (date(2030, 1, 1), None, False),
        (date(2008, 12, 10), date(2026, 12, 9), True),
        (date(2008, 12, 10), date(2026, 12, 10), False),
    ],
)
def test_what_is_asked_of_a_minor(born: date | None, starts_on: date | None, *, minor: bool) -> None:
    terms = Terms(beneficiary=Beneficiary(birth_date=born), starts_on=starts_on)
    assert terms.minor_by(date(2026, 11, 21)) is minor


@pytest.mark.parametrize("day", [TODAY, date(2028, 2, 29)])
def test_who_is_born_by_then_is_an_adult(day: date) -> None:
    last = Terms().adults_born_by(day)
    for born, minor in ((last, False), (last + timedelta(days=1), True)):
        assert Terms(beneficiary=Beneficiary(birth_date=born)).minor_by(day) is minor


def test_a_parent_is_asked_before_dates_are_known() -> None:
    dateless = replace(aged(13, representative=Contact()), starts_on=None, ends_on=None)
    assert ("representative.first_name", "required") in wrong(dateless)
    unread = put(dateless, "activity.hazards_checked", False)  # noqa: FBT003 - a field's value
    assert ("activity.hazards_checked", "required") in wrong(unread)


@pytest.mark.parametrize(
    ("born", "fits"),
    [
        (date(2026, 11, 22), False),
        (date(2062, 1, 1), False),
        (date(1916, 11, 22), True),
        (date(1915, 11, 21), False),
    ],
)
def test_a_birth_date_is_possible(born: date, *, fits: bool) -> None:
    found = wrong(put(WHOLE, "beneficiary.birth_date", born))
    assert (("beneficiary.birth_date", "age") in found) is not fits


def test_a_birth_to_come_is_said_of_its_date_alone() -> None:
    unborn = put(WHOLE, "beneficiary.birth_date", date(2062, 1, 1))
    assert wrong(unborn) == {("beneficiary.birth_date", "age")}
    assert check_schedule(WHOLE.schedule, case_of(unborn), NOW) == ()


def test_a_representative_without_address_signs_on_paper() -> None:
    parent = Contact(first_name="Ana", last_name="Durand", function="Mère")
    assert wrong(aged(17, representative=parent)) == set()
    assert wrong(aged(17, representative=replace(parent, email="ana"))) == {("representative.email", "email")}


def test_works_forbidden_to_minors_are_asked_and_blocked() -> None:
    assert wrong(put(aged(17), "activity.hazards_checked", False)) == {  # noqa: FBT003 - a field's value
        ("activity.hazards_checked", "required")
    }
    for hazard in Hazard:
        assert wrong(put(aged(17), "activity.hazards", (hazard,))) == {("activity.hazards", "forbidden")}
        assert wrong(put(WHOLE, "activity.hazards", (hazard,))) == set()


def test_who_employs_the_person_is_named_and_signs() -> None:
    assert signatories(EMPLOYED) == (As.BENEFICIARY, As.COMPANY, As.EMPLOYER)
    assert wrong(replace(WHOLE, employed=True)) == {
        ("employer.name", "required"),
        ("employer.siret", "siret"),
        ("employer.contact.first_name", "required"),
        ("employer.contact.last_name", "required"),
        ("employer.contact.function", "required"),
        ("employer.contact.email", "email"),
    }


def test_each_who_signs_is_reached_apart() -> None:
    person, host = WHOLE.beneficiary, WHOLE.host
    assert wrong(put(WHOLE, "host.contact.email", person.email)) == {("host.contact.email", "same")}
    assert wrong(put(WHOLE, "host.contact.phone", person.phone)) == {("host.contact.phone", "same")}
    assert wrong(put(EMPLOYED, "employer.contact.email", host.contact.email)) == {
        ("employer.contact.email", "same")
    }
    assert wrong(put(WHOLE, "host.tutor.email", person.email)) == {("host.tutor.email", "same")}
    assert wrong(put(WHOLE, "host.tutor.email", host.contact.email)) == set()  # may be the same person
    contact = replace(host.contact, email=person.email)
    one = replace(WHOLE, host=replace(host, contact=contact, tutor=contact))
    assert wrong(one) == {("host.contact.email", "same")}
    said = check_terms(one, TODAY)[0].message
    assert "déjà celle de la personne accueillie (partie « La personne accueillie »)" in said


def test_a_family_may_share_the_telephone_of_its_home() -> None:
    parent = Contact(first_name="Ana", last_name="Durand", function="Mère", email="ana@exemple.fr")
    for phone, faults in (("+33240123456", set()), ("+33612345678", {("representative.phone", "same")})):
        young = put(aged(17, representative=replace(parent, phone=phone)), "beneficiary.phone", phone)
        assert wrong(young) == faults


def test_pupils_have_their_own_kind() -> None:
    pupil = put(WHOLE, "beneficiary.situation", Situation.PUPIL)
    assert wrong(pupil) == {("kind", "kind")}
    short = replace(pupil, kind=Kind.MINI_STAGE)
    assert wrong(short) == {("beneficiary.school", "required")}
    named = put(short, "beneficiary.school", "Collège du Port")
    assert wrong(named) == set()
    assert wrong(put(named, "activity.objective", Objective.RECRUIT)) == {("activity.objective", "kind")}
    for situation in set(Situation) - {Situation.PUPIL}:
        assert wrong(put(named, "beneficiary.situation", situation)) == {("kind", "kind")}


def test_lengths_order_and_place_are_checked() -> None:
    many = tuple(SkillSought(str(at), "Pétrir") for at in range(MAX_SKILLS + 1))
    assert wrong(put(WHOLE, "activity.skills", many)) == {("activity.skills", "too_many")}
    assert wrong(put(WHOLE, "activity.tasks", "é" * (MAX_TEXT + 1))) == {("activity.tasks", "too_long")}
    assert wrong(replace(WHOLE, ends_on=date(2026, 11, 29))) == {("ends_on", "order")}
    city, code = ("place.city", "required"), ("place.postal_code", "postal_code")
    assert wrong(replace(WHOLE, place=Place(address="Au marché"))) == {city, code}
    assert wrong(replace(WHOLE, place=Place(city="Fort-de-France"))) == {("place.address", "required"), code}


def test_typing_is_tidied_not_refused() -> None:
    typed = put(put(WHOLE, "host.siret", "356 000 000 00048"), "host.contact.email", " Gerante@Exemple.COM ")
    typed = put(put(typed, "beneficiary.phone", "06 12 34 56 78"), "host.name", " Boulangerie\tdu  Port ")
    assert tidied(typed) == WHOLE
    assert tidied(WHOLE) == WHOLE


def test_the_same_person_is_known_without_accents_or_case() -> None:
    again = put(put(WHOLE, "beneficiary.first_name", "ZOE"), "beneficiary.last_name", "durand")
    assert same_person(again) == same_person(WHOLE) == "zoe durand"


def test_every_field_has_its_part_and_its_words() -> None:
    paths = {path for path, _ in flat(Terms())}
    assert paths == set(FIELD_LABELS)
    assert {part_of(path) for path in paths} == set(Part)
    assert {path.partition(".")[0] for path in paths} | {"agency"} == set(PART_OF)
    assert set(PART_LABELS) == set(Part)
    assert set(HAZARD_LABELS) == set(Hazard)
    for whom, path in PATHS.items():
        reached = put(aged(17), f"{path}.email", "ici@exemple.fr")
        assert contact_of(reached, whom).email == "ici@exemple.fr"


OTHERS = {
    str: "Autre",
    bool: True,
    date: date(2027, 1, 4),
    Kind: Kind.MINI_STAGE,
    Coverage: Coverage.EMPLOYER,
    Objective: Objective.CONFIRM,
    Situation: Situation.PUPIL,
    Schedule: Schedule(),
}


@pytest.mark.parametrize("path", sorted(FIELD_LABELS))
def test_a_change_of_any_field_is_told(path: str) -> None:
    before = dict(flat(WHOLE))[path]
    new: object = OTHERS.get(type(before))
    if path == "activity.hazards":
        new = (Hazard.MACHINES,)
    elif path == "activity.skills":
        new = (SkillSought("1", "Façonner"),)
    (change,) = changes(WHOLE, put(WHOLE, path, new))
    assert (change.field, change.label) == (path, FIELD_LABELS[path])
    assert (change.before, change.after) == (said(before), said(new))
    assert change.before != change.after
    assert changes(WHOLE, WHOLE) == ()


def test_values_are_said_in_french() -> None:
    assert said(date(2026, 11, 30)) == french_date(date(2026, 11, 30))
    assert (said(True), said(False), said(""), said(())) == ("oui", "non", "—", "—")  # noqa: FBT003
    assert said((Hazard.MACHINES,)) == HAZARD_LABELS[Hazard.MACHINES][0]
    assert said(Schedule()) == "—"
    for kind in (Kind, Coverage, Objective, Situation):
        for one in kind:
            assert said(one) not in {"", one.value}

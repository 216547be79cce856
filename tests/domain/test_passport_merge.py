"""Two passports of one person: the union, the strongest of each line, within the limits."""

from hypothesis import given
from hypothesis import strategies as st

from domain.passport import (
    MAX_JOBS,
    MAX_SAID,
    MAX_WISHES,
    Evidence,
    Home,
    Job,
    Level,
    Line,
    Meant,
    Mobility,
    Passport,
    Said,
    Travel,
)
from domain.passport_merge import merge
from domain.search import MAX_SKILLS, Objective
from domain.values import Point

METZ = Home("57463", "Metz (57)", Point(49.1, 6.2))
NANTES = Home("44109", "Nantes (44)", Point(47.2, -1.6))
LINES = st.builds(
    Line,
    skill=st.sampled_from([str(code) for code in range(8)]),
    level=st.sampled_from([None, *Level]),
    evidence=st.sampled_from(Evidence),
    sentence=st.sampled_from(["", "je sers"]),
    attested_by=st.sampled_from(["", "Fournil"]),
)
PASSPORTS = st.builds(
    Passport,
    lines=st.lists(LINES, max_size=6, unique_by=lambda line: line.skill).map(tuple),
    wishes=st.lists(st.sampled_from(["D1102", "D1106", "A1201"]), max_size=3, unique=True).map(tuple),
)


def line(skill: str, **values: object) -> Line:
    return Line(skill=skill, **values)  # type: ignore[arg-type]


def test_with_nothing_it_stays_as_it_is() -> None:
    own = Passport(lines=(line("1"),), wishes=("D1102",), home=METZ)
    assert merge(own, Passport()) == own == merge(Passport(), own)


def test_ones_own_comes_first_and_wins_where_one_answer_is_kept() -> None:
    own = Passport(lines=(line("1"), line("2")), wishes=("D1102",), home=METZ)
    other = Passport(
        lines=(line("3"), line("2")),
        wishes=("D1106", "D1102"),
        home=NANTES,
        objective=Objective.DISCOVER,
        mobility=Mobility(Travel.BIKE, 8),
    )
    merged = merge(own, other)
    assert merged.skills == ("1", "2", "3")
    assert merged.wishes == ("D1102", "D1106")
    assert (merged.home, merged.objective, merged.mobility) == (METZ, Objective.DISCOVER, other.mobility)


def test_the_strongest_of_a_line_is_kept() -> None:
    said = line("1", level=Level.SHOWS, sentence="je sers")
    certified = line("1", level=Level.BEGINS, evidence=Evidence.CERTIFIED)
    attested = line("1", level=Level.MANAGES, evidence=Evidence.OBSERVED, attested_by="Fournil")

    def both(one: Line, two: Line) -> Line:
        merged = merge(Passport(lines=(one,)), Passport(lines=(two,))).lines
        assert len(merged) == 1
        return merged[0]

    told = line("1", level=Level.SHOWS, evidence=Evidence.CERTIFIED, sentence="je sers")
    assert both(said, certified) == both(certified, said) == told
    assert both(said, attested) == both(attested, certified) == attested


def test_jobs_are_told_once_with_their_longest_time() -> None:
    baker, cashier = Job(rome="D1102", label="Boulanger", months=6), Job(rome="D1106", label="Caisse")
    longer = Job(rome="D1102", label="Boulanger", months=9)
    merged = merge(Passport(jobs=(baker,)), Passport(jobs=(cashier, longer)))
    assert [(job.label, job.months) for job in merged.jobs] == [("Boulanger", 9), ("Caisse", 0)]


def test_sentences_still_to_answer_are_numbered_anew() -> None:
    own = Passport(said=(Said(4, "je sers", (Meant("5", 0, 3),)),))
    other = Passport(
        lines=(line("6"),),
        said=(
            Said(4, "je cuis", (Meant("7", 0, 3), Meant("6", 0, 3))),
            Said(5, "je sers", (Meant("5", 0, 3),)),
            Said(6, "déjà", (Meant("6", 0, 3),)),
        ),
    )
    assert merge(own, other).said == (
        Said(1, "je sers", (Meant("5", 0, 3),)),
        Said(2, "je cuis", (Meant("7", 0, 3),)),
    )


def test_limits_hold_and_what_is_attested_is_kept_first() -> None:
    own = Passport(lines=tuple(line(str(code)) for code in range(MAX_SKILLS - 1)))
    proof = line("9001", evidence=Evidence.OBSERVED, attested_by="Fournil")
    other = Passport(
        lines=(line("9000"), proof),
        jobs=tuple(Job(rome="D1102", label=str(number)) for number in range(MAX_JOBS + 5)),
        wishes=tuple(f"D{number}" for number in range(1100, 1100 + MAX_WISHES + 5)),
        said=tuple(Said(at, str(at), (Meant("9002", 0, 1),)) for at in range(1, MAX_SAID + 5)),
    )
    merged = merge(own, other)
    assert merged.lines[-1] == proof
    assert (len(merged.lines), len(merged.jobs)) == (MAX_SKILLS, MAX_JOBS)
    assert (len(merged.wishes), len(merged.said)) == (MAX_WISHES, MAX_SAID)


@given(PASSPORTS, PASSPORTS)
def test_no_skill_nor_wish_is_lost_and_again_changes_nothing(own: Passport, other: Passport) -> None:
    merged = merge(own, other)
    assert set(merged.skills) == {*own.skills, *other.skills}
    assert len(set(merged.skills)) == len(merged.skills)
    assert set(merged.wishes) == {*own.wishes, *other.wishes}
    assert merge(merged, other) == merge(merged, own) == merged

"""The rules of the passport, walked: what each change gives, and what each limit refuses."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from domain.errors import InvalidInputError
from domain.passport import (
    EVIDENCE_LABELS,
    LEVEL_LABELS,
    MAX_JOBS,
    MAX_MONTHS,
    MAX_SAID,
    MAX_SENTENCE,
    MAX_WISHES,
    TOLD_LABELS,
    TRAVEL_LABELS,
    Evidence,
    Job,
    Level,
    Line,
    Meant,
    Mobility,
    Passport,
    Travel,
    confirm,
    declare,
    dismiss,
    evidence_words,
    keep_only,
    tidy_sentence,
    with_evidence,
    with_job,
    with_levels,
    with_sentence,
    with_travel,
    with_wish,
    without_job,
    without_skill,
    without_wish,
)
from domain.search import MAX_SKILLS

HEDGES, TILL, FOLD = "100023", "E0311", "100999"
SENTENCE = "je taille les haies et je tiens la caisse"
SAID = with_sentence(Passport(), SENTENCE, (Meant(HEDGES, 3, 19), Meant(TILL, 26, 41)))
OBSERVED = Passport(
    lines=(
        Line(skill=HEDGES, level=Level.MASTERS, evidence=Evidence.OBSERVED, attested_by="Fournil des Roches"),
    )
)
FULL = Passport(lines=tuple(Line(skill=str(at)) for at in range(MAX_SKILLS)))
BUSY = Passport(jobs=tuple(Job(rome="D1106", label=str(at)) for at in range(MAX_JOBS)))
DREAMER = Passport(wishes=tuple(f"D11{at:02}" for at in range(MAX_WISHES)))


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        (lambda: declare(Passport(), ()), "skills", "required"),
        (lambda: declare(Passport(), ["<b>"]), "skills", "skill"),
        (lambda: declare(FULL, [HEDGES]), "skills", "too_many"),
        (lambda: keep_only(Passport(), (str(at) for at in range(MAX_SKILLS + 1))), "skills", "too_many"),
        (lambda: with_levels(OBSERVED, {HEDGES: Level.SHOWS}), "levels", "evidence"),
        (lambda: with_evidence(OBSERVED, {HEDGES: Evidence.BADGE}), "levels", "evidence"),
        (lambda: with_job(Passport(), Job(rome="Z9")), "job", "rome"),
        (lambda: with_job(Passport(), Job(rome="D1106", label="x" * 301)), "job", "too_long"),
        (lambda: with_job(Passport(), Job(rome="D1106", months=-1)), "job.months", "out_of_range"),
        (
            lambda: with_job(Passport(), Job(rome="D1106", months=MAX_MONTHS + 1)),
            "job.months",
            "out_of_range",
        ),
        (lambda: with_job(BUSY, Job(rome="D1107")), "job", "too_many"),
        (lambda: tidy_sentence(" \u200b "), "sentence", "empty"),
        (lambda: tidy_sentence("x" * (MAX_SENTENCE + 1)), "sentence", "too_long"),
        (lambda: with_sentence(Passport(), "zzz", ()), "sentence", "not_understood"),
        (lambda: with_sentence(OBSERVED, "oui", [Meant(HEDGES, 0, 3)]), "sentence", "repeated"),
        (lambda: confirm(SAID, 9, [HEDGES]), "sentence", "answered"),
        (lambda: confirm(SAID, 1, []), "said.1", "required"),
        (lambda: confirm(SAID, 1, [FOLD]), "said.1", "skill"),
        (lambda: with_wish(Passport(), "d1106"), "wish", "rome"),
        (lambda: with_wish(DREAMER, "K1304"), "wish", "too_many"),
        (lambda: with_travel(Passport(), None, Mobility(Travel.CAR, 0)), "mobility.max_km", "out_of_range"),
        (lambda: with_travel(Passport(), None, Mobility(Travel.CAR, 101)), "mobility.max_km", "out_of_range"),
    ],
)
def test_refused(change: Callable[[], object], field: str, code: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        change()
    (error,) = refused.value.errors
    assert (error.field, error.code) == (field, code)
    assert error.message.endswith((".", "»."))


def test_what_the_holder_says_is_declared_and_known_lines_stay() -> None:
    held = declare(OBSERVED, [TILL, HEDGES, TILL], SENTENCE)
    assert held.lines == (*OBSERVED.lines, Line(skill=TILL, evidence=Evidence.DECLARED, sentence=SENTENCE))
    levelled = with_levels(held, {TILL: Level.MANAGES, FOLD: Level.SHOWS})
    assert [line.level for line in levelled.lines] == [Level.MASTERS, Level.MANAGES]
    assert keep_only(levelled, [TILL, FOLD]).lines == (levelled.lines[1], Line(skill=FOLD))
    assert without_skill(levelled, HEDGES).skills == (TILL,)


def test_the_holder_says_what_shows_a_skill() -> None:
    held = declare(OBSERVED, [TILL])
    shown = with_evidence(held, {TILL: Evidence.CERTIFIED, FOLD: Evidence.BADGE})
    assert shown.lines == (*OBSERVED.lines, Line(skill=TILL, evidence=Evidence.CERTIFIED))
    assert [evidence_words(line) for line in (*shown.lines, held.lines[1])] == [
        "Vu pendant une immersion",
        "J’ai un diplôme ou un certificat",
        "Vous le dites",
    ]
    assert with_levels(shown, {TILL: Level.SHOWS}).lines[1].evidence is Evidence.CERTIFIED


def test_said_twice_is_said_once() -> None:
    """A double click, a reload, or the same form sent after going back."""
    known = Job(rome="D1106", label="0", months=27)
    longer = with_job(BUSY, known)
    assert [job.label for job in longer.jobs] == [job.label for job in BUSY.jobs]
    assert longer.jobs[0].months == 27
    assert with_job(longer, replace(known, months=0)) == longer
    assert with_wish(DREAMER, "D1100") == DREAMER
    assert declare(OBSERVED, [HEDGES]) == OBSERVED
    confirmed = confirm(SAID, 1, [TILL])
    assert confirm(confirmed, 1, [TILL]) == confirmed


def test_a_sentence_waits_then_is_kept_with_what_it_says() -> None:
    assert SAID.lines == ()
    confirmed = confirm(SAID, 1, [TILL])
    assert confirmed.lines == (Line(skill=TILL, sentence=SENTENCE),)
    assert confirmed.said == ()
    assert dismiss(SAID, 1) == Passport()
    again = with_sentence(SAID, SENTENCE, SAID.said[0].meant)
    assert [one.number for one in again.said] == [2]
    only_new = with_sentence(OBSERVED, SENTENCE, SAID.said[0].meant)
    assert [one.skill for one in only_new.said[0].meant] == [TILL]


def test_the_oldest_sentence_goes_first() -> None:
    held = Passport()
    for at in range(MAX_SAID + 2):
        held = with_sentence(held, f"phrase {at}", [Meant(HEDGES, 0, 3)])
    assert [one.number for one in held.said] == list(range(3, MAX_SAID + 3))


def test_jobs_wishes_travel() -> None:
    first, last = Job(rome="D1106", label="Vendeuse", months=MAX_MONTHS), Job(rome="A1203", label="Jardinier")
    held = with_job(with_job(Passport(), first), replace(last, label=" Jardinier\u200b "))
    assert held.jobs == (last, first)
    assert without_job(held, "D1106", "Vendeuse").jobs == (last,)
    assert without_wish(with_wish(DREAMER.__class__(), "K1304"), "K1304") == Passport()
    assert with_travel(held, None, Mobility(Travel.BIKE, 100)).mobility == Mobility(Travel.BIKE, 100)
    assert not held.is_empty
    assert Passport().is_empty


def test_every_choice_is_said_in_french() -> None:
    assert set(LEVEL_LABELS) == set(Level)
    assert set(EVIDENCE_LABELS) == set(TOLD_LABELS) == set(Evidence)
    assert set(TRAVEL_LABELS) == set(Travel)

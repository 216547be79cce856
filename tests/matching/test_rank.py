"""The ranking on chosen examples: filters, orders, terms, sentences."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.search import Audience, ContactMode, DisabledFit, Filters, Objective, Ranked, RemoteMode, Sort
from domain.values import Point, distance_km
from matching.rank import rank
from tests.factories.reference import skill
from tests.factories.worlds import NANTES, TODAY, Spot, asking, index_of, some_occupations

OCCUPATIONS = some_occupations()


def found(spots: list[Spot], **values: object) -> tuple[Ranked, ...]:
    return rank(asking(**values), OCCUPATIONS, index_of(OCCUPATIONS, spots)).hits


def places(spots: list[Spot], **values: object) -> list[int]:
    return [hit.place_id for hit in found(spots, **values)]


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        (Filters(), [1, 2, 3]),
        (Filters(naf=("10",)), [1]),
        (Filters(naf=("I",)), [2, 3]),
        (Filters(naf=("C", "56")), [1, 2, 3]),
        (Filters(naf=("99",)), []),
        (Filters(headcounts=("11", "NN")), [1, 3]),
        (Filters(contact_modes=(ContactMode.PHONE, ContactMode.NONE)), [2, 3]),
        (Filters(disabled_fit=(DisabledFit.CERTIFIED,)), [1]),
        (Filters(engaged=True), [2]),
        (Filters(engaged=False), [1, 3]),
        (Filters(audience=Audience.PUPILS), [2]),
        (Filters(audience=Audience.JOB_SEEKERS), [1, 3]),
        (Filters(volunteers_only=True), [1, 2]),
        (Filters(remote=(RemoteMode.HYBRID,)), [2]),
        (Filters(remote=(RemoteMode.HYBRID,), engaged=False), []),
    ],
)
def test_filters_keep_what_has_one_of_their_values(filters: Filters, kept: list[int]) -> None:
    spots = [
        Spot(place=1, division="10", headcount="11", disabled=DisabledFit.CERTIFIED),
        Spot(
            place=2,
            contact=ContactMode.PHONE,
            headcount="12",
            engaged=True,
            for_job_seekers=False,
            for_pupils=True,
            mode=RemoteMode.HYBRID,
        ),
        Spot(place=3, jobs=("56",), contact=ContactMode.NONE),
    ]
    assert sorted(places(spots, filters=filters)) == kept


def test_a_pause_hides_until_its_day() -> None:
    tomorrow = TODAY + timedelta(days=1)
    spots = [Spot(place=1, paused_until=tomorrow), Spot(place=2, paused_until=TODAY)]
    assert places(spots) == [2]
    assert sorted(places(spots, today=tomorrow)) == [1, 2]


def test_orders() -> None:
    spots = [
        Spot(place=1, lat=NANTES.lat + 0.2, age_days=1),
        Spot(place=2, lat=NANTES.lat + 0.1, age_days=400),
        Spot(place=3, age_days=30, jobs=("56",), contact=ContactMode.NONE),
    ]
    assert places(spots, sort=Sort.DISTANCE) == [2, 1, 3]
    assert places(spots, sort=Sort.RECENT) == [1, 2, 3]
    assert places(spots, sort=Sort.RESPONSIVE) == places(spots, sort=Sort.RELEVANCE) == [2, 1, 3]


def test_the_most_responsive_first_then_the_quickest_then_the_most_relevant() -> None:
    spots = [
        Spot(place=1, asked=10, answered=2, delay_hours=24),
        Spot(place=2, asked=10, answered=9, delay_hours=9 * 120),
        Spot(place=3, asked=10, answered=9, delay_hours=9 * 24),
        Spot(place=4, lat=NANTES.lat + 0.1),
        Spot(place=5),
        Spot(place=6, jobs=("56",), contact=ContactMode.NONE),
    ]
    assert places(spots, sort=Sort.RESPONSIVE) == [3, 2, 5, 4, 1, 6]


@pytest.mark.parametrize("sort", [Sort.DISTANCE, Sort.RECENT, Sort.RESPONSIVE])
def test_equal_hits_are_ordered_by_place_but_by_relevance(sort: Sort) -> None:
    spots = [Spot(place=at) for at in (9, 4, 7, 1)]
    assert places(spots, sort=sort) == [1, 4, 7, 9]
    assert [places(spots, page=page, page_size=1, sort=sort)[0] for page in (1, 2, 3, 4)] == [1, 4, 7, 9]
    assert places(spots, page=5, page_size=1, sort=sort) == []


def test_remote_work_ignores_the_radius_and_says_so() -> None:
    far = Spot(place=1, lat=49.12, lon=6.18, mode=RemoteMode.FULL_REMOTE)
    spots = [far, replace(far, place=2, mode=RemoteMode.HYBRID), replace(far, place=3, jobs=("G1602",))]
    (hit,) = found(spots, rome=("D1102",), radius_km=10.0)
    assert hit.place_id == 1
    assert hit.distance_km == pytest.approx(distance_km(NANTES, Point(49.12, 6.18)))
    assert "le travail se fait à distance" in {reason.text for reason in hit.reasons}


def test_a_place_reached_remotely_shows_only_its_remote_occupation() -> None:
    spots = [
        Spot(place=1, lat=49.12, lon=6.18, jobs=("G1602",), mode=RemoteMode.FULL_REMOTE),
        Spot(place=1, lat=49.12, lon=6.18, jobs=("D1102",)),
    ]
    (hit,) = found(spots)
    assert (hit.rome, hit.others) == ("G1602", ())


@pytest.mark.parametrize(
    ("km", "text"),
    [(0.4, "à moins d’un kilomètre"), (1.2, "à 1 km"), (4.4, "à 4 km"), (29.6, "à 30 km")],
)
def test_a_distance_in_words(km: float, text: str) -> None:
    (hit,) = found([Spot(place=1, lat=NANTES.lat + km / 111.195)], radius_km=50.0)
    assert hit.reasons[0].text == text


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (0, "fiche mise à jour ce mois-ci"),
        (45, "fiche mise à jour il y a 2 mois"),
        (200, "fiche mise à jour il y a 7 mois"),
        (500, "fiche mise à jour il y a plus d’un an"),
    ],
)
def test_an_age_in_words(days: int, text: str) -> None:
    (hit,) = found([Spot(place=1, age_days=days)])
    assert hit.reasons[-1].text == text


@pytest.mark.parametrize(
    ("skills", "text"),
    [
        ((4,), "votre compétence sert dans ce métier"),
        ((4, 5), "vos 2 compétences servent toutes dans ce métier"),
        ((4, 0), "1 de vos 2 compétences sert dans ce métier"),
        ((4, 5, 0), "2 de vos 3 compétences servent dans ce métier"),
    ],
)
def test_skills_in_words(skills: tuple[int, ...], text: str) -> None:
    (hit,) = found([Spot(place=1)], skills=tuple(skill(at) for at in skills), rome=("D1102",))
    assert hit.reasons[1].text == text


def test_objectives() -> None:
    spots = [
        Spot(place=1, headcount="00"),
        Spot(place=2, headcount="41"),
        Spot(place=3, jobs=("D1102", "G1602")),
    ]
    assert places(spots, objective=Objective.RECRUIT)[0] == 2
    assert places(spots, objective=Objective.DISCOVER)[0] == 3
    assert set(places(spots, objective=Objective.CONFIRM)) == {1, 2, 3}
    first, *_ = found([spots[0], Spot(place=4, headcount="00", hired=1)], objective=Objective.RECRUIT)
    assert (first.place_id, first.reasons[-1].text) == (4, "a déjà embauché après une immersion")
    (hit, *_) = found(spots, objective=Objective.DISCOVER)
    assert hit.reasons[-1].text == "2 métiers à découvrir au même endroit"


def test_what_companies_say_of_disability_and_labels_never_moves_a_hit() -> None:
    plain, *others = (
        found([spot], skills=(skill(4),))[0].score
        for spot in (
            Spot(place=1),
            Spot(place=1, disabled=DisabledFit.CERTIFIED),
            Spot(place=1, engaged=True),
            Spot(place=1, for_pupils=True),
        )
    )
    assert set(others) == {plain}


def test_a_potentiel_lists_at_most_six_occupations_of_its_division_best_first() -> None:
    (hit,) = found([Spot(place=1, jobs=("81",), contact=ContactMode.NONE)], skills=(skill(0), skill(22)))
    assert {hit.rome, *hit.others} == {"K2204", "A1203"}
    values = OCCUPATIONS.affinity([skill(0), skill(22)])
    assert values[OCCUPATIONS.position[hit.rome]] >= values[OCCUPATIONS.position[hit.others[0]]]


def test_near_occupations_come_after_the_one_asked() -> None:
    spots = [Spot(place=1, jobs=("D1104",)), Spot(place=2, jobs=("D1102",)), Spot(place=3, jobs=("K1303",))]
    assert places(spots, rome=("D1102",)) == [2]
    asked, near = found(spots, rome=("D1102",), near=True)
    assert (asked.place_id, near.place_id) == (2, 1)
    assert near.reasons[0].text == (
        "métier proche de « Boulanger / Boulangère » : passage entre métiers prévu par le ROME"
    )
    assert near.reasons[0].share < asked.reasons[0].share


def test_skills_that_no_occupation_uses_restrict_nothing() -> None:
    assert places([Spot(place=1)], skills=("424242",)) == [1]


def test_a_search_long_ago_finds_records_of_the_future() -> None:
    (hit,) = found([Spot(place=1)], today=date(2025, 1, 1))
    assert hit.score <= 1

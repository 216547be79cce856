"""What people type is found in the referentials."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries.catalog import catalog
from services.lookups import Lookups, build_lookups, find_appellations, find_places, find_skills
from tests.factories.reference import add_reference


@pytest.fixture
async def lookups(session: AsyncSession) -> Lookups:
    await add_reference(session)
    return build_lookups(await catalog(session))


@pytest.mark.parametrize(
    ("typed", "rome"),
    [
        ("boulangere", "D1102"),
        ("BOULANGER", "D1102"),
        ("boulengé", "D1102"),
        ("patisier", "D1104"),
        ("jardin", "A1208"),
        ("hotesse caisse", "D1505"),
        ("caissiere", "D1505"),
        ("nounou", "K1303"),
        ("agent de netoyage", "K2204"),
        ("g1803", "G1803"),
    ],
)
async def test_occupations(lookups: Lookups, typed: str, rome: str) -> None:
    assert find_appellations(lookups, typed)[0].rome == rome


async def test_an_everyday_word_has_no_appellation_code(lookups: Lookups) -> None:
    first = find_appellations(lookups, "cuistot")[0]
    assert (first.label, first.appellation, first.rome_label) == ("cuistot", None, "Cuisinier / Cuisinière")


async def test_the_usual_name_comes_before_the_rare_one(lookups: Lookups) -> None:
    labels = [one.label for one in find_appellations(lookups, "boulanger")]
    assert labels[:2] == ["Boulanger / Boulangère", "Aide-boulanger / Aide-boulangère"]


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("taille haie", "Tailler une haie"),
        ("petrir", "Pétrir une pâte"),
        ("hygiene", "Règles d'hygiène alimentaire"),
    ],
)
async def test_skills(lookups: Lookups, typed: str, label: str) -> None:
    assert find_skills(lookups, typed)[0].label == label


async def test_a_starter_skill_replaced_by_an_official_one_is_not_proposed(lookups: Lookups) -> None:
    assert "E0001" not in {one.ogr for one in find_skills(lookups, "savoir tailler")}


@pytest.mark.parametrize(
    ("typed", "insee"),
    [
        ("nantes", "44109"),
        ("Nante", "44109"),
        ("44600", "44184"),
        ("4460", "44184"),
        ("st nazaire", "44184"),
        ("Saint-Denis", "97411"),
        ("saint denis 93", "93066"),
        ("Saint-Denis (93)", "93066"),
        ("93210", "93066"),
        ("reze", "44143"),
        ("57", "57463"),
    ],
)
async def test_places(lookups: Lookups, typed: str, insee: str) -> None:
    assert find_places(lookups, typed)[0].insee == insee


@pytest.mark.parametrize("typed", ["", "   ", "!!!", "😀", "zzzzqqqq", "x" * 5000, "\u202e\u200b", "%_'; --"])
async def test_what_says_nothing_finds_nothing_or_something_but_never_fails(
    lookups: Lookups, typed: str
) -> None:
    for find in (find_appellations, find_skills, find_places):
        assert len(find(lookups, typed, 5)) <= 5


async def test_an_empty_referential_answers_nothing(session: AsyncSession) -> None:
    empty = build_lookups(await catalog(session))
    assert find_places(empty, "nantes") == []
    assert find_appellations(empty, "boulanger") == []


@pytest.mark.parametrize(("typed", "rome"), [("boulan", "D1102"), ("jard", "A1208"), ("patis", "D1104")])
async def test_one_word_begun_proposes_each_occupation_so_named_once(
    lookups: Lookups, typed: str, rome: str
) -> None:
    found = [one.rome for one in find_appellations(lookups, typed)]
    assert found[0] == rome
    assert len(found) == len(set(found))

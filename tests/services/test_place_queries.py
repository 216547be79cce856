"""Places as people type them, looked up among all the communes of France."""

import csv
from pathlib import Path

import pytest

from data.queries.catalog import Catalog
from data.reference.starter import FOLDER as STARTER
from services.lookups import Lookups, build_lookups, find_places
from settings import Settings

TYPED = """
paris|75056
pari|75056
PARIS 12|75112
paris 12e|75112
paris 12eme|75112
paris 12ème arrondissement|75112
75012|75112
75012 paris|75112
paris 1er|75101
lyon|69123
lyon 3|69383
lyon 3e|69383
Lyon 3ème|69383
69003|69383
marseille|13055
marseile|13055
marsseille|13055
marseille 13|13213
marseille 1er|13201
13001|13201
st nazer|44184
st nazaire|44184
saint nazaire|44184
saint-nazaire (44)|44184
st-nazaire 44600|44184
metz centre|57463
metz|57463
mets|57463
57000|57463
57000 metz|57463
nantes nord|44109
gare de rennes|35238
rennes|35238
st denis|97411
saint denis 93|93066
saint denis reunion|97411
st etienne|42218
saint-étienne|42218
st etiene|42218
ste foy les lyon|69202
saint germain en laye|78551
st germain en laye|78551
boulogne billancourt|92012
boulogne sur mer|62160
l'hay les roses|94038
lhay les roses|94038
l’haÿ-les-roses|94038
le havre|76351
havre|76351
la rochelle|17300
larochelle|17300
aix en provence|13001
clermont ferrand|63113
clermont-fd|63113
vileurbanne|69266
villeurbane|69266
montreuil|93048
toulouze|31555
strasbour|67482
strasbourg sud|67482
perpignant|66136
chalon sur saone|71076
chalons en champagne|51108
villefranche sur saone|69264
vitry sur seine|94081
roubait|59512
nimes|30189
charleville mezieres|08105
bourg en bresse|01053
cergy|95127
la roche sur yon|85191
fort de france|97209
cayenne|97302
ajacio|2A004
2a|2A004
44|44109
thionvile|57672
"""
"""What is typed, and the INSEE code of what is meant."""
QUERIES = [tuple(line.split("|")) for line in TYPED.split("\n") if line]


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _lookups(places: list[tuple[object, ...]]) -> Lookups:
    empty: list[tuple[object, ...]] = []
    return build_lookups(
        Catalog(
            occupations=empty,
            skills=empty,
            links=empty,
            mobilities=empty,
            divisions=empty,
            appellations=empty,
            words=empty,
            places=places,
            definitions=empty,
            versions={},
        )
    )


@pytest.fixture(scope="module")
def starter() -> Lookups:
    departments = {row["code"]: row["name"] for row in _read(STARTER / "departments.csv")}
    return _lookups(
        [
            (
                row["insee"],
                row["name"],
                "",
                row["postal_codes"].split("|"),
                row["department"],
                departments.get(row["department"], ""),
                int(row["population"] or 0),
                float(row["lat"]),
                float(row["lon"]),
            )
            for row in _read(STARTER / "communes.csv")
        ]
    )


@pytest.fixture(scope="module")
def official() -> Lookups:
    return _lookups(
        [
            (
                row["code_insee"],
                row["nom"],
                row["type"],
                row["codes_postaux"].split("|"),
                row["code_departement"],
                row["departement"],
                int(row["population"] or 0),
                float(row["lat"]),
                float(row["lon"]),
            )
            for row in _read(Path(Settings.from_env().escale_reference) / "geo" / "communes.csv")
            if row["type"] in {"commune-actuelle", "arrondissement-municipal"} and row["lat"]
        ]
    )


@pytest.mark.parametrize(("typed", "insee"), QUERIES)
def test_among_the_communes_of_the_starter_data(starter: Lookups, typed: str, insee: str) -> None:
    assert find_places(starter, typed)[0].insee == insee


@pytest.mark.reference
@pytest.mark.parametrize(("typed", "insee"), QUERIES)
def test_among_the_official_communes(official: Lookups, typed: str, insee: str) -> None:
    assert find_places(official, typed)[0].insee == insee


@pytest.mark.parametrize(
    ("typed", "insee"),
    [
        ("saint nabor", "67428"),
        ("la bastide", "83013"),
        ("y", "80829"),
        ("metzeral", "68204"),
        ("aix noulette", "62019"),
    ],
)
def test_a_small_place_named_exactly_comes_before_a_large_one(
    starter: Lookups, typed: str, insee: str
) -> None:
    assert find_places(starter, typed)[0].insee == insee

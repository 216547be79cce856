"""Departments and communes, each with a point."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.starter.overseas import MAIN_VILLAGES, REMOTE_POINTS, TERRITORIES, WRONG_POINTS
from ops.starter.text import Position, Row, load_json, place_key, plain, write_csv

EXPECTED_COMMUNES = 34969
COMMUNE_HEADER = (
    "insee",
    "name",
    "postal_codes",
    "department",
    "population",
    "lat",
    "lon",
    "approximate",
)


@dataclass(frozen=True)
class Point:
    """A populated place of GeoNames."""

    names: frozenset[str]
    label: str
    lat: float
    lon: float
    feature: str
    department: str
    insee: str
    population: int


@dataclass(frozen=True)
class Commune:
    """A current commune, or a municipal arrondissement."""

    insee: str
    name: str
    postal_codes: tuple[str, ...]
    department: str
    population: int


def mean(points: Sequence[Position]) -> Position:
    """Return the middle of several close points."""
    return (
        sum(lat for lat, _ in points) / len(points),
        sum(lon for _, lon in points) / len(points),
    )


def build_departments(source: Path, out: Path) -> None:
    """Write ``departments.csv``."""
    regions = {row["code"]: row["nom"] for row in load_json(source / "regions.json")}
    departments = load_json(source / "departements.json")
    rows = [(row["code"], row["nom"], regions[row["region"]]) for row in departments]
    write_csv(out / "departments.csv", ("code", "name", "region"), sorted(rows))


def read_communes(rows: Iterable[Mapping[str, Any]]) -> list[Commune]:
    """Return the current communes and the municipal arrondissements, by INSEE code."""
    communes = [
        Commune(
            insee=row["code"],
            name=row["nom"],
            postal_codes=tuple(row.get("codesPostaux", ())),
            department=row["departement"],
            population=row.get("population", 0),
        )
        for row in rows
        if row["type"] in ("commune-actuelle", "arrondissement-municipal")
    ]
    return sorted(communes, key=lambda commune: commune.insee)


def read_points(path: Path) -> Iterator[Point]:
    """Read the populated places of France in a GeoNames table (19 columns)."""
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            cells = line.rstrip("\n").split("\t")
            if cells[6] != "P" or (cells[8] != "FR" and cells[8] not in TERRITORIES):
                continue
            names = (cells[1], cells[2], *cells[3].split(","))
            codes = [code for code in reversed(cells[10:14]) if re.fullmatch(r"\w{5}", code)]
            yield Point(
                names=frozenset(place_key(name) for name in names),
                label=cells[1],
                lat=float(cells[4]),
                lon=float(cells[5]),
                feature=cells[7],
                department=TERRITORIES.get(cells[8], cells[11]),
                insee=codes[0] if codes else "",
                population=int(cells[14] or 0),
            )


def plausibility(commune: Commune, point: Point) -> tuple[int, int, float]:
    """Rank a point for a commune: same name, then seat of something, then population."""
    key = place_key(MAIN_VILLAGES.get(commune.insee, commune.name))
    named = 0 if key == place_key(point.label) else 1 if key in point.names else 2
    part = 1 if point.feature in ("PPLX", "PPLL") else 0
    gap = abs(point.population - commune.population) / (commune.population + 1)
    return (named, part, gap)


def arrondissement_points(points: Iterable[Point]) -> dict[str, Point]:
    """Return the points of the arrondissements of Paris, Lyon and Marseille, by INSEE code."""
    bases = {"Paris": 75100, "Lyon": 69380, "Marseille": 13200}
    found: dict[str, Point] = {}
    for point in points:
        match = re.fullmatch(r"(Paris|Lyon|Marseille) (\d\d)", point.label)
        if match:
            found[str(bases[match[1]] + int(match[2]))] = point
    return found


def match_points(communes: Sequence[Commune], points: Sequence[Point]) -> dict[str, Point]:
    """Return the believed point of each commune which has one."""
    known = {commune.insee for commune in communes}
    by_code: dict[str, list[Point]] = defaultdict(list)
    by_name: dict[tuple[str, str], list[Point]] = defaultdict(list)
    for point in points:
        if point.insee in known:
            by_code[point.insee].append(point)
        elif point.feature != "PPLX":
            by_name[point.department, plain(point.label)].append(point)
    found = arrondissement_points(points)
    for commune in communes:
        name = plain(MAIN_VILLAGES.get(commune.insee, commune.name))
        candidates = by_code[commune.insee] or by_name[commune.department, name]
        if candidates and commune.insee not in found and commune.insee not in WRONG_POINTS:
            best = min(candidates, key=lambda p: (*plausibility(commune, p), p.lat, p.lon))
            found[commune.insee] = best
    return found


def old_codes(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the current commune of each former commune merged into it."""
    merged = ("commune-deleguee", "commune-associee")
    return {row["code"]: row["chefLieu"] for row in rows if row["type"] in merged}


def read_groupings(source: Path) -> dict[str, str]:
    """Return the intercommunal grouping (EPCI) of each commune which has one."""
    return {
        member["code"]: grouping["code"]
        for grouping in load_json(source / "epci.json")
        for member in grouping["membres"]
    }


class Locator:
    """Give every commune a position, saying whether it is approximate.

    In order: its own point; a hand-written one; a point of a former commune merged into it;
    the mean of the points sharing its postal code, then of its EPCI, then of the postal
    codes of its department starting alike; at last its department's chef-lieu.
    """

    def __init__(self, communes: Sequence[Commune], points: Sequence[Point], source: Path) -> None:
        """Match the points and prepare the groups the approximations are drawn from."""
        rows = load_json(source / "communes.json")
        self.exact = {
            insee: (point.lat, point.lon) for insee, point in match_points(communes, points).items()
        }
        self.groupings = read_groupings(source)
        departments = load_json(source / "departements.json")
        self.chiefs = {row["code"]: row["chefLieu"] for row in departments}
        self.groups: dict[tuple[str, ...], list[Position]] = defaultdict(list)
        former = old_codes(rows)
        for point in points:
            if former.get(point.insee, point.insee) != point.insee:
                self.groups["former", former[point.insee]].append((point.lat, point.lon))
        for commune in communes:
            if commune.insee in self.exact:
                for key in self.group_keys(commune):
                    self.groups[key].append(self.exact[commune.insee])

    def group_keys(self, commune: Commune) -> Iterator[tuple[str, ...]]:
        """Give the groups of neighbours a commune is in, from the closest to the widest."""
        for code in commune.postal_codes:
            yield ("postal", code)
        if commune.insee in self.groupings:
            yield ("epci", self.groupings[commune.insee])
        for length in (4, 3):
            for code in sorted({code[:length] for code in commune.postal_codes}):
                yield ("prefix", commune.department, code)

    def locate(self, commune: Commune) -> tuple[Position, bool]:
        """Return the position of a commune, and whether it is approximate."""
        if commune.insee in self.exact:
            return self.exact[commune.insee], False
        if commune.insee in REMOTE_POINTS:
            return REMOTE_POINTS[commune.insee], True
        for key in (("former", commune.insee), *self.group_keys(commune)):
            if self.groups.get(key):
                return mean(self.groups[key]), True
        return self.exact[self.chiefs[commune.department]], True


def commune_rows(communes: Sequence[Commune], locator: Locator) -> Iterator[Row]:
    """Give the rows of ``communes.csv``."""
    for commune in communes:
        (lat, lon), approximate = locator.locate(commune)
        yield (
            commune.insee,
            commune.name,
            "|".join(commune.postal_codes),
            commune.department,
            commune.population,
            f"{lat:.5f}",
            f"{lon:.5f}",
            int(approximate),
        )


def build_communes(source: Path, cities: Path, out: Path) -> None:
    """Write ``communes.csv``."""
    rows = load_json(source / "communes.json")
    current = sum(row["type"] == "commune-actuelle" for row in rows)
    if current != EXPECTED_COMMUNES:
        raise SystemExit(f"{current} communes instead of {EXPECTED_COMMUNES}")
    communes = read_communes(rows)
    locator = Locator(communes, list(read_points(cities)), source)
    write_csv(out / "communes.csv", COMMUNE_HEADER, commune_rows(communes, locator))

"""Build the starter data of ``data/starter`` from openly licensed packages.

Usage::

    python -m ops.starter --naf-rome FILE --communes DIR --cities FILE --out data/starter
    python -m ops.starter skills FILE.json... --out data/starter

The first form writes occupations, NAF divisions, departments and communes; the second
writes the skills, their links with the occupations, and the everyday words.  Both are
deterministic: the same sources always give the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Position = tuple[float, float]
Row = Sequence[str | int]

EXPECTED_OCCUPATIONS = 1584
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

# GeoNames country codes of the overseas territories, and the department code each one covers.
TERRITORIES = {
    "GP": "971",
    "MQ": "972",
    "GF": "973",
    "RE": "974",
    "PM": "975",
    "YT": "976",
    "BL": "977",
    "MF": "978",
    "TF": "984",
    "WF": "986",
    "PF": "987",
    "NC": "988",
}

# Places which GeoNames lists no town for: written by hand, rounded, flagged as approximate.
REMOTE_POINTS = {
    "17004": (46.01, -1.17),
    "22016": (48.85, -3.0),
    "29083": (48.04, -4.85),
    "29084": (48.4, -4.96),
    "56085": (47.34, -2.88),
    "56086": (47.39, -2.96),
    "75101": (48.863, 2.336),
    "75102": (48.868, 2.343),
    "75103": (48.863, 2.36),
    "75104": (48.855, 2.357),
    "75105": (48.845, 2.35),
    "75106": (48.85, 2.333),
    "75107": (48.857, 2.314),
    "75108": (48.873, 2.312),
    "75109": (48.877, 2.338),
    "75110": (48.876, 2.361),
    "75111": (48.859, 2.379),
    "75112": (48.841, 2.392),
    "75113": (48.829, 2.362),
    "75114": (48.83, 2.326),
    "75115": (48.841, 2.295),
    "75116": (48.858, 2.27),
    "75117": (48.887, 2.31),
    "75118": (48.892, 2.347),
    "75119": (48.886, 2.383),
    "75120": (48.864, 2.4),
    "85113": (46.72, -2.35),
    "97313": (4.89, -52.49),
    "97314": (4.21, -51.67),
    "97352": (3.62, -53.21),
    "97358": (4.82, -53.28),
    "97361": (5.74, -53.93),
    "97362": (3.81, -54.15),
    "98411": (-37.8, 77.5),
    "98412": (-49.35, 70.22),
    "98413": (-46.43, 51.86),
    "98414": (-66.66, 140.0),
    "98415": (-22.36, 40.35),
    "98711": (-17.35, -145.5),
    "98713": (-15.24, -146.61),
    "98716": (-16.05, -145.62),
    "98717": (-15.82, -140.85),
    "98718": (-10.47, -138.66),
    "98720": (-18.1, -140.9),
    "98721": (-17.6, -142.6),
    "98726": (-16.63, -143.57),
    "98727": (-14.46, -146.04),
    "98728": (-16.44, -152.24),
    "98730": (-14.17, -141.25),
    "98732": (-19.28, -138.8),
    "98734": (-17.75, -149.52),
    "98737": (-14.82, -138.82),
    "98739": (-23.87, -147.67),
    "98740": (-14.94, -147.71),
    "98741": (-27.62, -144.34),
    "98742": (-18.47, -136.46),
    "98743": (-22.65, -152.8),
    "98745": (-16.6, -151.5),
    "98746": (-9.94, -139.1),
    "98749": (-14.45, -145.03),
    "98750": (-16.83, -151.37),
    "98751": (-17.34, -138.45),
    "98752": (-17.76, -149.4),
    "98755": (-20.82, -138.54),
    "98756": (-8.92, -139.57),
    "98757": (-9.36, -140.05),
    "98806": (-21.64, 165.77),
    "98833": (-21.4, 165.83),
    "98901": (10.3, -109.22),
}

# Names under which GeoNames has the main village of a commune called otherwise.
MAIN_VILLAGES = {
    "97305": "Tonate",
    "97701": "Gustavia",
    "97801": "Marigot",
    "98612": "Leava",
    "98613": "Mata-Utu",
    "98714": "Vaitape",
    "98719": "Rikitea",
    "98722": "Hitiaa",
    "98723": "Atuona",
    "98724": "Fare",
    "98729": "Afareaitu",
    "98731": "Taiohae",
    "98744": "Moerai",
    "98747": "Afaahiti",
    "98748": "Vairao",
    "98753": "Mataura",
    "98754": "Tevaitoa",
    "98809": "Vao",
    "98814": "Wé",
    "98815": "Tadine",
    "98820": "Fayaoué",
    "98832": "Yaté-Barrage",
}

# Communes whose GeoNames row has the right name and code but the coordinates of elsewhere.
WRONG_POINTS = {"23257", "38363", "40271", "47099", "71588"}

# The source writes the NAF divisions without accents: these words get theirs back.
ACCENTED_WORDS = """
    Activités Bibliothèques Cokéfaction Dépollution Enquêtes Génie Hébergement Métallurgie
    Publicité Pêche Réparation Télécommunications activités aménagement aériens bâtiments
    cinématographiques conditionné contrôle créatives déchets défense détail développement forestière
    hébergement immobilières indifférenciées ingénierie liège liées marché matériels minéraux
    manufacturières musées médico ménages métalliques récréatives récupération réparation réservation santé
    sièges spécialisées spécialisés sécurité télévision usées vidéo vétérinaires Édition édition
    électricité électriques électroniques élimination équipements études
    à
"""

KINDS = ("savoir_etre", "savoir_faire", "savoir")
SOURCE_KEYS = {"savoir_etre": "savoir_etre", "savoir_faire": "savoir_faire", "savoir": "savoirs"}


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


def unaccented(text: str) -> str:
    """Return ``text`` without accents."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def plain(text: str) -> str:
    """Return ``text`` in lower case, without accents or punctuation."""
    text = unaccented(text.lower().replace("œ", "oe").replace("æ", "ae"))
    words = re.sub(r"[^a-z0-9]+", " ", text).split()
    return " ".join({"st": "saint", "ste": "sainte"}.get(word, word) for word in words)


def place_key(name: str) -> str:
    """Return the key under which a place name is compared (article left out)."""
    key = plain(name)
    return re.sub(r"^(le|la|les|l) (?=.)", "", key)


def mean(points: Sequence[Position]) -> Position:
    """Return the middle of several close points."""
    return (
        sum(lat for lat, _ in points) / len(points),
        sum(lon for _, lon in points) / len(points),
    )


def write_csv(path: Path, header: Row, rows: Iterable[Row]) -> int:
    """Write a CSV file (UTF-8, comma, LF) and return the number of rows."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            count += 1
    print(f"{path.name}: {count}")
    return count


def load_json(path: Path) -> list[dict[str, Any]]:
    """Read a JSON file holding a list of objects."""
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return rows


def accented(label: str) -> str:
    """Give a NAF label its accents back."""
    spellings = {unaccented(word): word for word in ACCENTED_WORDS.split()}
    return re.sub(r"\b\w+\b(?!\.)", lambda match: spellings.get(match[0], match[0]), label)


def build_occupations(source: Path, out: Path) -> None:
    """Write ``occupations.csv``, ``naf_divisions.csv`` and ``naf_rome.csv``."""
    divisions: dict[str, dict[str, Any]] = json.loads(source.read_text(encoding="utf-8"))
    labels: dict[str, str] = {}
    links: set[tuple[str, str]] = set()
    kept: dict[str, str] = {}
    for number, content in divisions.items():
        division = number.zfill(2)
        if content["codes_rome"] or division != "00":
            kept[division] = accented(content["libelle"])
        for occupation in content["codes_rome"]:
            labels[occupation["code"]] = occupation["libelle"]
            links.add((division, occupation["code"]))
    if len(labels) != EXPECTED_OCCUPATIONS:
        raise SystemExit(f"{len(labels)} occupations instead of {EXPECTED_OCCUPATIONS}")
    write_csv(out / "occupations.csv", ("rome", "label"), sorted(labels.items()))
    write_csv(out / "naf_divisions.csv", ("division", "label"), sorted(kept.items()))
    write_csv(out / "naf_rome.csv", ("division", "rome"), sorted(links))


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


@dataclass(frozen=True, order=True)
class Skill:
    """A skill, as it is sorted and merged."""

    kind: int
    key: str
    label: str


def skills_of(occupation: Mapping[str, Any]) -> Iterator[Skill]:
    """Give the skills of an occupation."""
    for kind, name in enumerate(KINDS):
        for label in occupation[SOURCE_KEYS[name]]:
            text = " ".join(label.split())
            yield Skill(kind, plain(text), text)


def spelling(label: str) -> tuple[int, str]:
    """Rank the spellings of a same label: the most accented first, then a capital."""
    return (sum(char.isascii() for char in label) - len(label), label)


def number_skills(occupations: Iterable[Mapping[str, Any]]) -> dict[tuple[int, str], list[str]]:
    """Return the code and label of each distinct skill, in the published order."""
    labels: dict[tuple[int, str], str] = {}
    for skill in sorted({skill for row in occupations for skill in skills_of(row)}):
        key = (skill.kind, skill.key)
        labels[key] = min(labels.get(key, skill.label), skill.label, key=spelling)
    ordered = sorted(labels.items())
    return {key: [f"E{n:04d}", label] for n, (key, label) in enumerate(ordered, start=1)}


def core_links(
    occupations: Iterable[Mapping[str, Any]], numbers: Mapping[tuple[int, str], list[str]]
) -> dict[tuple[str, str], int]:
    """Return the links between occupations and skills, 1 for those at the core of it."""
    links: dict[tuple[str, str], int] = {}
    for row in occupations:
        core = {plain(label) for label in row["core"]}
        for skill in skills_of(row):
            link = (row["rome"], numbers[skill.kind, skill.key][0])
            links[link] = max(links.get(link, 0), int(skill.key in core))
    return links


def read_words(path: Path) -> set[tuple[str, str]]:
    """Return the everyday words already written in ``words.csv``."""
    if not path.exists():
        return set()
    with path.open(encoding="utf-8", newline="") as stream:
        return {(row["word"], row["rome"]) for row in csv.DictReader(stream)}


def merge_words(words: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the words without those differing only by case, accents or punctuation."""
    kept: dict[tuple[str, str], str] = {}
    for word, rome in sorted(words, key=lambda pair: (pair[1], pair[0])):
        text = " ".join(word.split())
        key = (plain(text), rome)
        kept[key] = min(kept.get(key, text), text, key=spelling)
    pairs = ((word, rome) for (_, rome), word in kept.items())
    return sorted(pairs, key=lambda pair: (plain(pair[0]), pair))


def build_skills(sources: Sequence[Path], out: Path) -> None:
    """Write ``skills.csv``, ``occupation_skills.csv`` and ``words.csv``."""
    occupations = [row for source in sources for row in load_json(source)]
    numbers = number_skills(occupations)
    rows = [(code, KINDS[kind], label) for (kind, _), (code, label) in numbers.items()]
    links = core_links(occupations, numbers)
    pairs = {(word, row["rome"]) for row in occupations for word in row["words"]}
    words = merge_words(pairs | read_words(out / "words.csv"))
    write_csv(out / "skills.csv", ("code", "kind", "label"), rows)
    linked = [(*link, core) for link, core in sorted(links.items())]
    write_csv(out / "occupation_skills.csv", ("rome", "code", "core"), linked)
    write_csv(out / "words.csv", ("word", "rome"), words)


def main(arguments: Sequence[str]) -> None:
    """Run one of the two modes."""
    parser = argparse.ArgumentParser(prog="python -m ops.starter", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("data/starter"))
    if arguments[:1] == ["skills"]:
        parser.add_argument("files", type=Path, nargs="+")
        options = parser.parse_args(arguments[1:])
        build_skills(options.files, options.out)
        return
    parser.add_argument("--naf-rome", type=Path, required=True)
    parser.add_argument("--communes", type=Path, required=True)
    parser.add_argument("--cities", type=Path, required=True)
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    build_occupations(options.naf_rome, options.out)
    build_departments(options.communes, options.out)
    build_communes(options.communes, options.cities, options.out)


if __name__ == "__main__":
    main(sys.argv[1:])

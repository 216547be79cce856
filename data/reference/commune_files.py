"""Tables of communes and departments: the official format, or that of our starter data.

The point kept is the commune's centre: the official table's town halls are too often misplaced
(275 of them lie more than 10 km away, ten on another continent).
"""

import contextlib
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from data.reference.csv_files import CsvFile, read_csv
from data.reference.sources import SourceFile, open_source
from domain.errors import BadFileError
from domain.values import INSEE_PATTERN, POSTAL_CODE_PATTERN, Point, clean_line, department_of

MAX_NAME = 200
"""Characters; the longest name of 2026 has 45."""
_OFFICIAL = ("code_insee", "nom", "codes_postaux", "population", "lat", "lon", "type")
_STARTER = ("insee", "name", "postal_codes", "population", "lat", "lon")
_KINDS = {"": "commune", "commune-actuelle": "commune", "arrondissement-municipal": "arrondissement"}
_ARRONDISSEMENT = re.compile(r"^(?:751(?:0[1-9]|1[0-9]|20)|6938[1-9]|132(?:0[1-9]|1[0-6]))$")
"""INSEE codes of the arrondissements of Paris, Lyon and Marseille."""
_NEIGHBOUR = "approx"
"""How the official `source_coord` begins when the point is a neighbour's."""
_INSEE = re.compile(INSEE_PATTERN)
_POSTAL_CODE = re.compile(POSTAL_CODE_PATTERN)
_DEPARTMENT = re.compile(r"^(?:[0-9]{2,3}|2[AB])$")
_FILE_NAME = re.compile(r"commune|depart", re.IGNORECASE)
_POPULATION = re.compile(r"^[0-9]{0,8}$")


@dataclass(frozen=True, slots=True)
class Commune:
    """One commune as a file gives it; `point` is None when the file has none."""

    insee: str
    name: str
    kind: str
    postal_codes: tuple[str, ...]
    population: int
    point: Point | None
    approximate: bool

    @property
    def department(self) -> str:
        """Code of its department or overseas collectivity."""
        return department_of(self.insee)


@dataclass(frozen=True, slots=True)
class Tables:
    """The table of communes that was found, which format it is, that of departments if any."""

    communes: CsvFile
    starter: bool
    departments: CsvFile | None


@contextlib.contextmanager
def find_tables(path: Path) -> Iterator[Tables]:
    """Find the tables by their headers in a folder, a zip, or a file and beside; raises `BadFileError`."""
    with open_source(path) as sources:
        named = [source for source in sources if _FILE_NAME.search(source.name)]
        files = [read_csv(source) for source in (sources if len(sources) == 1 else named)]
        if _is_csv(path):
            files += [read_csv(source) for source in _departments_beside(path)]
        yield _recognised(path.name, files)


def _recognised(name: str, files: Sequence[CsvFile]) -> Tables:
    departments = next((file for file in files if {"code", "region"} <= set(file.header)), None)
    for file in files:
        if {"code_insee", "codes_postaux"} <= set(file.header):
            file.require(_OFFICIAL)
            return Tables(file, starter=False, departments=departments)
        if {"insee", "postal_codes"} <= set(file.header):
            file.require(_STARTER)
            return Tables(file, starter=True, departments=departments)
    raise BadFileError(name, 1, "ce n’est pas une table de communes (colonnes code_insee, codes_postaux…).")


def _is_csv(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() == ".csv"


def _departments_beside(path: Path) -> list[SourceFile]:
    for name in ("departements.csv", "departments.csv"):
        if (path.parent / name).is_file():
            with open_source(path.parent / name) as sources:
                return sources
    return []


def read_communes(tables: Tables) -> Iterator[tuple[int, Commune]]:
    """Each commune with its line in the file; raises `BadFileError` at the first one that is wrong."""
    file = tables.communes
    columns = _STARTER if tables.starter else _OFFICIAL
    flag = "approximate" if tables.starter else "source_coord"
    seen: set[str] = set()
    for line, values in file.rows(columns, (flag,)):
        insee, name, postal_codes, population, lat, lon, *rest = values
        if not _INSEE.match(insee):
            file.fail(line, f"« {insee[:20]} » n’est pas un code de commune INSEE.")
        if insee in seen:
            file.fail(line, f"la commune {insee} est là deux fois.")
        seen.add(insee)
        if not _POPULATION.match(population):
            file.fail(line, f"« {population[:20]} » n’est pas un nombre d’habitants.")
        if tables.starter:
            kind = "arrondissement" if _ARRONDISSEMENT.match(insee) else "commune"
            approximate = rest[0] == "1"
        else:
            kind, approximate = _KINDS.get(rest[0], "other"), rest[1].startswith(_NEIGHBOUR)
        yield (
            line,
            Commune(
                insee=insee,
                name=_name(file, line, name),
                kind=kind,
                postal_codes=_postal_codes(file, line, postal_codes),
                population=int(population or 0),
                point=_point(file, line, lat, lon),
                approximate=approximate,
            ),
        )


def read_departments(file: CsvFile) -> Iterator[tuple[str, str, str]]:
    """(code, name, region's name)."""
    name_column = "nom" if "nom" in file.header else "name"
    seen: set[str] = set()
    for line, (code, name, region) in file.rows(("code", name_column, "region")):
        if not _DEPARTMENT.match(code) or code in seen:
            file.fail(line, f"« {code[:20]} » n’est pas un code de département, ou est là deux fois.")
        seen.add(code)
        yield code, _name(file, line, name), _name(file, line, region)


def _name(file: CsvFile, line: int, name: str) -> str:
    cleaned = clean_line(name)
    if not 0 < len(cleaned) <= MAX_NAME:
        file.fail(line, f"nom vide ou de plus de {MAX_NAME} caractères.")
    return cleaned


def _postal_codes(file: CsvFile, line: int, listed: str) -> tuple[str, ...]:
    codes: Sequence[str] = [code for code in re.split(r"[|;/ ]+", listed) if code]
    for code in codes:
        if not _POSTAL_CODE.match(code):
            file.fail(line, f"« {code[:20]} » n’est pas un code postal.")
    return tuple(dict.fromkeys(codes))


def _point(file: CsvFile, line: int, lat: str, lon: str) -> Point | None:
    if not lat and not lon:
        return None
    try:
        point = Point(float(lat), float(lon))
    except ValueError:
        file.fail(line, "la latitude ou la longitude n’est pas un nombre.")
    if not (math.isfinite(point.lat) and abs(point.lat) <= 90 and abs(point.lon) <= 180):  # noqa: PLR2004
        file.fail(line, "la latitude ou la longitude est hors de la Terre.")
    return point

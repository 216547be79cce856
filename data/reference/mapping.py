"""How the columns of somebody else's company file become ours: a small TOML file.

Shipped ones are in `mappings/` and are called by their name; any other by its path. The format is
documented in `docs/import-entreprises.md`.
"""

import tomllib
from collections.abc import Callable, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from domain.errors import BadFileError
from domain.values import clean_line

COLUMNS = (
    "siret",
    "name",
    "custom_name",
    "naf",
    "headcount",
    "website",
    "additional_information",
    "contact_mode",
    "contact_name",
    "contact_job",
    "contact_email",
    "contact_phone",
    "fit_for_disabled_workers",
    "for_job_seekers",
    "for_pupils",
    "engaged",
    "max_contacts_per_month",
    "address",
    "postal_code",
    "city",
    "insee",
    "lat",
    "lon",
    "offers",
)
"""The header of our own files, in order."""
FOLDER = Path(__file__).resolve().parent / "mappings"
OTHERWISE = "*"
"""In a table of values: what any value that is not listed becomes."""
_KEYS = frozenset({"source", "columns", "constants", "values", "shorten"})


@dataclass(frozen=True, slots=True)
class Mapping:
    """For each of our columns: the columns it is made of, what their values mean, or a constant."""

    name: str
    source: str
    columns: Map[str, tuple[str, ...]]
    constants: Map[str, str] = field(default_factory=dict)
    values: Map[str, Map[str, str]] = field(default_factory=dict)
    shorten: frozenset[str] = frozenset()
    """Columns cut at their longest instead of refused."""

    @property
    def theirs(self) -> tuple[str, ...]:
        """The columns their file must have."""
        return tuple(dict.fromkeys(column for columns in self.columns.values() for column in columns))


def own_format(source: str) -> Mapping:
    """The mapping of a file that has our own header."""
    return Mapping("", source, {name: (name,) for name in COLUMNS})


def load_mapping(name_or_path: str | Path) -> Mapping:
    """A shipped mapping by its name, or a TOML file by its path; raises `BadFileError`."""
    path = FOLDER / f"{name_or_path}.toml"
    if not path.is_file() or Path(name_or_path).name != str(name_or_path):
        path = Path(name_or_path)
    if not path.is_file():
        shipped = ", ".join(sorted(item.stem for item in FOLDER.glob("*.toml")))
        raise BadFileError(str(name_or_path), 0, f"correspondance introuvable ; celles fournies : {shipped}.")
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadFileError(path.name, 0, f"ce n’est pas du TOML lisible : {error}.") from error
    return _checked(path, data)


def _checked(path: Path, data: Map[str, Any]) -> Mapping:
    columns = {ours: _listed(theirs) for ours, theirs in _table(path, data, "columns").items()}
    constants = _texts(path, "constants", _table(path, data, "constants"))
    values = {ours: _texts(path, ours, table) for ours, table in _table(path, data, "values").items()}
    shorten = frozenset(_listed(data.get("shorten", [])))
    unknown = (set(data) - _KEYS) | ({*columns, *constants, *values, *shorten} - set(COLUMNS))
    if unknown:
        raise BadFileError(path.name, 0, f"« {min(unknown)} » n’est ni une rubrique ni une de nos colonnes.")
    if not {"siret", "name"} <= set(columns):
        raise BadFileError(path.name, 0, "il faut dire quelles colonnes donnent siret et name.")
    source = clean_line(str(data.get("source", ""))) or path.stem
    return Mapping(path.name, source, columns, constants, values, shorten)


def _table(path: Path, data: Map[str, Any], key: str) -> Map[str, Any]:
    table = data.get(key, {})
    if not isinstance(table, dict):
        raise BadFileError(path.name, 0, f"« {key} » doit être une table.")
    return table


def _texts(path: Path, name: str, table: Any) -> dict[str, str]:  # noqa: ANN401 - read from a file
    if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
        raise BadFileError(path.name, 0, f"« {name} » doit être une table de textes entre guillemets.")
    return table


def _listed(theirs: Any) -> tuple[str, ...]:  # noqa: ANN401 - read from a file
    return tuple(str(item).strip().lower() for item in (theirs if isinstance(theirs, list) else [theirs]))


def converter(mapping: Mapping, header: Sequence[str]) -> Callable[[Sequence[str]], dict[str, str]]:
    """A function from a record of a file with this header to our columns; absent ones are left out."""
    plan = [
        (ours, [header.index(column) for column in theirs if column in header], mapping.values.get(ours, {}))
        for ours, theirs in mapping.columns.items()
    ]
    plan = [(ours, places, values) for ours, places, values in plan if places]
    constants = dict(mapping.constants)

    def convert(record: Sequence[str]) -> dict[str, str]:
        row = constants.copy()
        for ours, places, values in plan:
            if values:
                pieces = [_translated(values, record[place].strip()) for place in places]
            elif len(places) == 1:
                row[ours] = record[places[0]]
                continue
            else:
                pieces = [record[place].strip() for place in places]
            row[ours] = " ".join(piece for piece in pieces if piece)
        return row

    return convert


def _translated(values: Map[str, str], piece: str) -> str:
    found = values.get(piece)
    return values.get(OTHERWISE, piece) if found is None else found

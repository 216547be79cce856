"""The files to import: a folder, a zip or one file, read in place and never extracted.

Nothing of a zip is written to disk and only the last part of its names is looked at, so a name
cannot lead anywhere; sizes are bounded by what is declared, which `zipfile` enforces while reading.
"""

import contextlib
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from domain.errors import BadFileError

MAX_FILE_BYTES = 1_000_000_000
MAX_TOTAL_BYTES = 2_000_000_000
MAX_RATIO = 200
"""Uncompressed bytes a compressed one; text tables stay under 30."""
MAX_ENTRIES = 2000
_SUFFIXES = (".csv", ".txt")

READ_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError)
"""What reading a damaged, encrypted or exotic zip may raise."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file: its name without folders, its size in bytes, and how to open it (again)."""

    name: str
    size: int
    open: Callable[[], BinaryIO]


@contextlib.contextmanager
def open_source(path: Path) -> Iterator[list[SourceFile]]:
    """The CSV files of a folder (sub-folders too), of a zip, or the one file `path` is.

    A folder without CSV that holds one zip stands for that zip, and a folder that is not there for
    the zip of its name. Raises `BadFileError`.
    """
    if not path.exists():
        path = path.with_name(f"{path.name}.zip") if path.with_name(f"{path.name}.zip").exists() else path
    if path.is_dir():
        archive = _only_zip(path)
        if archive is None:
            yield _folder_files(path)
            return
        path = archive
    if not path.is_file():
        raise BadFileError(path.name, 0, "fichier ou dossier introuvable.")
    if not zipfile.is_zipfile(path):
        if path.suffix.lower() == ".zip":
            raise BadFileError(path.name, 0, "ce n’est pas un zip lisible. Téléchargez-le à nouveau.")
        yield [_plain(path)]
        return
    with _opened(path) as opened:
        yield _zip_files(path.name, opened)


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except READ_ERRORS as error:
        raise BadFileError(path.name, 0, "ce n’est pas un zip lisible. Téléchargez-le à nouveau.") from error


def _plain(path: Path) -> SourceFile:
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise BadFileError(path.name, 0, f"le fichier dépasse {MAX_FILE_BYTES // 1_000_000} Mo.")
    return SourceFile(path.name, size, lambda: path.open("rb"))


def _is_table(name: str) -> bool:
    return name.lower().endswith(_SUFFIXES) and not name.startswith(".")


def _folder_files(folder: Path) -> list[SourceFile]:
    paths = sorted(item for item in folder.rglob("*") if item.is_file() and _is_table(item.name))
    return [_plain(path) for path in paths[:MAX_ENTRIES]]


def _only_zip(folder: Path) -> Path | None:
    if any(_is_table(item.name) for item in folder.rglob("*")):
        return None
    archives = sorted(item for item in folder.iterdir() if item.suffix.lower() == ".zip")
    return archives[0] if len(archives) == 1 else None


def _zip_files(name: str, archive: zipfile.ZipFile) -> list[SourceFile]:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise BadFileError(name, 0, f"le zip contient plus de {MAX_ENTRIES} fichiers.")
    tables = [entry for entry in entries if not entry.is_dir() and _is_table(_last_part(entry.filename))]
    if sum(entry.file_size for entry in tables) > MAX_TOTAL_BYTES:
        raise BadFileError(name, 0, f"le contenu du zip dépasse {MAX_TOTAL_BYTES // 1_000_000} Mo.")
    for entry in tables:
        part = _last_part(entry.filename)
        if entry.file_size > MAX_FILE_BYTES or entry.file_size > MAX_RATIO * max(entry.compress_size, 1000):
            raise BadFileError(part, 0, "le fichier est démesuré une fois décompressé : zip refusé.")
        if entry.flag_bits & 1:
            raise BadFileError(part, 0, "le zip est protégé par un mot de passe : enlevez-le.")
    return [_zipped(archive, entry) for entry in sorted(tables, key=lambda entry: entry.filename)]


def _last_part(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).name


def _zipped(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> SourceFile:
    return SourceFile(
        _last_part(entry.filename), entry.file_size, lambda: cast("BinaryIO", archive.open(entry))
    )

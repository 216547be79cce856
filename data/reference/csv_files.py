"""Read CSV files as people really send them, line by line, saying where and why one cannot be read.

UTF-8 or Windows-1252, with or without a byte-order mark; commas, semicolons or tabs.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NoReturn

from data.reference.sources import READ_ERRORS, SourceFile
from domain.errors import BadFileError

_CHUNK = 1 << 20
_DELIMITERS = (",", ";", "\t")
_DAMAGED = "le fichier est abîmé : il ne se lit pas jusqu’au bout."
_UTF8_ACCENT = re.compile(rb"[\xc3\xc5][\x80-\xbf]")
"""An accented letter in UTF-8; in Windows-1252 it would read « Ã© »."""

Row = tuple[int, list[str]]
"""The line a record starts at (the header is line 1) and its values."""


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A file whose encoding, separator and header are known; iterating it reads it anew."""

    source: SourceFile
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    lines: int
    """Physical lines, to tell how far a reading is."""

    @property
    def name(self) -> str:
        """The file's name, without its folder."""
        return self.source.name

    def fail(self, line: int, reason: str) -> NoReturn:
        """Refuse the file; `reason` is a French sentence."""
        raise BadFileError(self.name, line, reason)

    def records(self) -> Iterator[tuple[int, list[str] | None]]:
        """Every record as written, empty lines left out; None where it cannot be read."""
        try:
            with _text(self.source, self.encoding) as text:
                yield from self._records(text)
        except READ_ERRORS as error:
            raise BadFileError(self.name, 0, _DAMAGED) from error

    def _records(self, text: io.TextIOWrapper) -> Iterator[tuple[int, list[str] | None]]:
        reader = csv.reader(text, delimiter=self.delimiter, strict=True)
        next(reader)
        while True:
            line = reader.line_num + 1
            try:
                values = next(reader, None)
            except csv.Error:
                yield line, None
                continue
            if values is None:
                return
            if values:
                yield line, values

    def rows(self, required: Sequence[str], optional: Sequence[str] = ()) -> Iterator[Row]:
        """Values of the named columns, in that order, stripped; an absent optional column is empty.

        Raises `BadFileError` at the first record that does not have as many values as the header.
        """
        self.require(required)
        places = [self.header.index(name) if name in self.header else -1 for name in (*required, *optional)]
        width = len(self.header)
        for line, values in self.records():
            if values is None:
                self.fail(line, "les guillemets de cette ligne ne se referment pas.")
            if len(values) != width:
                self.fail(line, f"{len(values)} valeurs au lieu de {width}.")
            yield line, [values[place].strip() if place >= 0 else "" for place in places]

    def require(self, names: Sequence[str]) -> None:
        """Raise `BadFileError` when the header lacks one of the columns."""
        missing = [name for name in names if name not in self.header]
        if missing:
            columns = ", ".join(f"« {name} »" for name in missing)
            self.fail(1, f"il manque {'la colonne' if len(missing) == 1 else 'les colonnes'} {columns}.")


def read_csv(source: SourceFile) -> CsvFile:
    """Look at a whole file once: its encoding, its separator, its header. Raises `BadFileError`."""
    try:
        encoding, lines = _encoding(source)
        with _text(source, encoding) as text:
            first = text.readline()
    except READ_ERRORS as error:
        raise BadFileError(source.name, 0, _DAMAGED) from error
    if not first.strip():
        raise BadFileError(source.name, 1, "le fichier est vide ou n’a pas de ligne d’en-tête.")
    delimiter = max(_DELIMITERS, key=first.count)
    header = tuple(name.strip().lower() for name in next(csv.reader([first], delimiter=delimiter)))
    twice = {name for name in header if name and header.count(name) > 1}
    if twice:
        raise BadFileError(source.name, 1, f"la colonne « {min(twice)} » est là deux fois.")
    return CsvFile(source, encoding, delimiter, header, lines)


def _text(source: SourceFile, encoding: str) -> io.TextIOWrapper:
    """The file as text; closing it closes the file."""
    return io.TextIOWrapper(source.open(), encoding=encoding, newline="")


def _encoding(source: SourceFile) -> tuple[str, int]:
    """`utf-8-sig` (a byte-order mark or not) when every byte agrees, else `cp1252`; and the lines."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, bad_line, accents = 1, 0, False
    with source.open() as stream:
        while True:
            chunk = stream.read(_CHUNK)
            _refuse_binary(source.name, chunk, line)
            if not bad_line:
                try:
                    decoder.decode(chunk, final=not chunk)
                except UnicodeDecodeError as error:
                    bad_line = line + error.object[: error.start].count(b"\n")
            if not chunk:
                break
            accents = accents or _UTF8_ACCENT.search(chunk) is not None
            line += chunk.count(b"\n")
    if not bad_line:
        return "utf-8-sig", line
    if accents:
        reason = "deux encodages y sont mêlés : enregistrez le fichier en UTF-8."
        raise BadFileError(source.name, bad_line, reason)
    _refuse_not_windows(source)
    return "cp1252", line


def _refuse_not_windows(source: SourceFile) -> None:
    line = 1
    with source.open() as stream:
        while chunk := stream.read(_CHUNK):
            try:
                chunk.decode("cp1252")
            except UnicodeDecodeError as error:
                line += chunk[: error.start].count(b"\n")
                reason = (
                    "un caractère n’est ni en UTF-8 ni en Windows-1252 : enregistrez le fichier en UTF-8."
                )
                raise BadFileError(source.name, line, reason) from error
            line += chunk.count(b"\n")


def _refuse_binary(name: str, chunk: bytes, line: int) -> None:
    place = chunk.find(b"\0")
    if place >= 0:
        reason = "ce n’est pas du texte UTF-8 : enregistrez le fichier en CSV UTF-8."
        raise BadFileError(name, line + chunk[:place].count(b"\n"), reason)

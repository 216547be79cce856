"""Texts and files of the starter data: plain forms, CSV, JSON."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

Position = tuple[float, float]
Row = Sequence[str | int]


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


def spelling(label: str) -> tuple[int, str]:
    """Rank the spellings of a same label: the most accented first, then a capital."""
    return (sum(char.isascii() for char in label) - len(label), label)

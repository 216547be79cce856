"""Rows of a file that are not taken: counted, the first ones listed, all of them written when asked."""

import csv
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from data.reference.report import MAX_LISTED, Rejected


class Rejects:
    """Counts the rows that are refused, keeps the first ones, writes them all when a file was given."""

    def __init__(self, stack: ExitStack, path: Path | None) -> None:
        self.count = 0
        self.first: list[Rejected] = []
        self._write: Callable[[Sequence[object]], object] | None = None
        if path:
            stream = stack.enter_context(path.open("w", encoding="utf-8", newline=""))
            self._write = csv.writer(stream).writerow
            self._write(("line", "reason"))

    def add(self, line: int, reason: str) -> None:
        """One more."""
        self.count += 1
        if self.count <= MAX_LISTED:
            self.first.append(Rejected(line, reason))
        if self._write:
            self._write((line, reason))

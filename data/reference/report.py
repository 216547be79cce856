"""What an import says when it is done: what it read, changed, retired and refused."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

MAX_LISTED = 1000
"""Rejected rows and retired codes listed in a report; beyond, only their number is known."""


class Progress(Protocol):
    """Told how far a long work is; `share` is in [0, 1] within the step, whose name is French."""

    def __call__(self, step: str, share: float) -> None:
        """Show it."""


def silent(step: str, share: float) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows of one table that an import touched, and those it found as they should be."""

    added: int = 0
    changed: int = 0
    retired: int = 0
    """Kept, marked as gone from the referential."""
    removed: int = 0
    unchanged: int = 0

    @property
    def any(self) -> bool:
        """Whether the table differs from what it was."""
        return bool(self.added or self.changed or self.retired or self.removed)


@dataclass(frozen=True, slots=True)
class RetiredUse:
    """A retired code that something still refers to: where (French words), how many times."""

    code: str
    label: str
    uses: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was not taken: its line in the file (the header is line 1) and why, in French."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """The outcome of one import; the transaction that holds it is the caller's to commit."""

    kind: str
    """`rome`, `communes`, `naf` or `companies`."""
    version: str
    read: int
    """Data rows read, over all files."""
    changes: Mapping[str, Changes]
    """By table name."""
    retired_in_use: tuple[RetiredUse, ...] = ()
    retired_in_use_count: int = 0
    rejected: tuple[Rejected, ...] = ()
    rejected_count: int = 0
    notes: tuple[str, ...] = field(default=())
    """French sentences for the person who imports."""

    @property
    def changed(self) -> bool:
        """Whether the import changed anything; a repeated one does not."""
        return any(changes.any for changes in self.changes.values())

    def as_json(self) -> dict[str, Any]:
        """The report as plain lists and dictionaries, to be kept with the import."""
        return asdict(self)

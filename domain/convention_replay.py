"""A convention's story read from its first line: what its rows should say."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.chain import Entry
from domain.convention import As, Status
from domain.convention_lines import Line

_SENT = frozenset({Line.SUBMITTED, Line.EDITED})
_SIGNED = frozenset({Line.SIGNED, Line.SIGNED_ON_PAPER})
_TO: Mapping[Line, Status] = {
    Line.SUBMITTED: Status.TO_SIGN,
    Line.EDITED: Status.TO_SIGN,
    Line.PRE_APPROVED: Status.PRE_APPROVED,
    Line.VALIDATED: Status.VALIDATED,
    Line.REJECTED: Status.REJECTED,
    Line.CANCELLED: Status.CANCELLED,
    Line.EXPIRED: Status.EXPIRED,
}
_ENDS = frozenset({Line.REJECTED, Line.CANCELLED, Line.EXPIRED, Line.PRE_APPROVED, Line.VALIDATED})
_OTHER = "Cette signature porte sur un autre texte que celui qui était à signer."


@dataclass(slots=True)
class Replay:
    """What a story tells, once read. `sent`: the hash of each version, in hexadecimal."""

    lines: dict[Line, Entry] = field(default_factory=dict)
    """The last line of each kind."""
    sent: dict[int, str] = field(default_factory=dict)
    last_sent: tuple[int, str] | None = None
    signed: dict[As, Entry] = field(default_factory=dict)
    """Who signed the last version."""
    other_documents: dict[int, str] = field(default_factory=dict)
    """Signatures of a text that was not the one to sign, by line."""
    scans: dict[tuple[int, As], str] = field(default_factory=dict)
    """The hash of each paper signed by hand that was kept, in hexadecimal, by version and person."""
    tutors: list[Mapping[str, str] | None] = field(default_factory=list)
    """Each change of tutor: new words by path; None where they are erased."""
    sealed: dict[int, str] = field(default_factory=dict)
    """The hash of each sealed file, in hexadecimal."""
    agency: int | None = None
    decided: Status = Status.DRAFT
    reason: str | None = None
    """What the last decision said; None when it is erased or there was none."""

    def status(self, signatories: AbstractSet[As]) -> Status:
        """Where the convention stands, when these sign it."""
        if self.decided is not Status.TO_SIGN or not self.signed:
            return self.decided
        return Status.IN_REVIEW if self.signed.keys() >= signatories else Status.PARTLY_SIGNED

    def at(self, line: Line) -> datetime | None:
        """When that last happened."""
        return self.lines[line].at if line in self.lines else None

    def told(self, line: Line, name: str) -> str:
        """A word of that last line; empty when it has none or it is erased."""
        entry = self.lines.get(line)
        return str((entry.told or {}).get(name, "")) if entry else ""


def replay(entries: Sequence[Entry]) -> Replay:
    """Read the lines in order; what a line does not say changes nothing."""
    story = Replay()
    for entry in entries:
        if entry.kind in set(Line):
            _read(story, Line(entry.kind), entry)
    return story


def _read(story: Replay, line: Line, entry: Entry) -> None:
    story.lines[line] = entry
    if line in _SENT:
        story.last_sent = entry.version, str(entry.facts.get("document"))
        story.sent[entry.version] = story.last_sent[1]
        story.agency = _number(entry.facts.get("agency"), story.agency)
        story.signed = {}
    if line in _TO:
        story.decided = _TO[line]
    if line in _ENDS:
        erased = entry.told is None and line in {Line.REJECTED, Line.CANCELLED}
        story.reason = None if erased else str((entry.told or {}).get("reason", ""))
    if line in _SIGNED:
        _sign(story, entry)
    if line is Line.TRANSFERRED:
        story.agency = _number(entry.facts.get("to"), story.agency)
        if story.decided is Status.PRE_APPROVED:
            story.decided = Status.TO_SIGN  # every signature is there: it is to review again
    if line is Line.TUTOR_CHANGED:
        story.tutors.append(_words(entry))
    if line is Line.SEALED:
        number = _number(entry.facts.get("number"), len(story.sealed) + 1)
        story.sealed[number or 1] = str(entry.facts.get("file", ""))


def _sign(story: Replay, entry: Entry) -> None:
    whom = entry.facts.get("as")
    if story.last_sent is None or entry.facts.get("document") != story.last_sent[1]:
        story.other_documents[entry.number] = _OTHER
    if whom in set(As):
        story.signed[As(str(whom))] = entry
        if "scan" in entry.facts:
            story.scans[entry.version, As(str(whom))] = str(entry.facts["scan"])


def _words(entry: Entry) -> Mapping[str, str] | None:
    if entry.told is None:
        return None
    listed: list[Mapping[str, Any]] = entry.told.get("changes", [])
    return {
        str(path): str(one["after"]) for path, one in zip(entry.facts.get("fields", []), listed, strict=False)
    }


def _number(value: object, otherwise: int | None) -> int | None:
    return value if isinstance(value, int) else otherwise

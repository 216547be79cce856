"""The story of a convention as a chain: each line seals the one before, with a key kept outside the database.

A line changed, removed or put in afterwards no longer agrees with its seal, and is named; lines cut off the
end are missed by the seal of the end, which only the key makes. What a line says of people enters it as a
salted hash: erasing the words and their salt anonymises, and breaks nothing.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

START = bytes(32)
"""What the first line of a chain seals."""
SALT_BYTES = 16
END_SEALED: Mapping[str, str] = {"end": "sealed"}
"""A fact of every line written with a seal of the end: a story that has one is never without that seal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the story. `facts` holds no personal data; `told` may, and is hashed with `salt`.

    `told` and `salt` are None once erased; `told_hash` stays.
    """

    convention: UUID
    number: int
    at: datetime
    kind: str
    version: int
    facts: Mapping[str, Any]
    told: Mapping[str, Any] | None
    salt: bytes | None
    told_hash: bytes
    key: str
    """Which key sealed it."""
    mac: bytes = b""


class ChainKeys:
    """The keys of the chains: the first seals, all verify, none is ever taken away.

    `listed` as `CHAIN_KEYS` has them (32 bytes in URL-safe base 64, between commas); without any, one
    of `secret_key`'s own.
    """

    def __init__(self, listed: str, secret_key: str) -> None:
        keys = [base64.urlsafe_b64decode(one.strip()) for one in listed.split(",") if one.strip()]
        if not keys:
            keys = [hashlib.sha256(f"chain:{secret_key}".encode()).digest()]
        self.by_id: Mapping[str, bytes] = {hashlib.sha256(key).hexdigest()[:8]: key for key in keys}
        self.first = next(iter(self.by_id))


def canonical(value: object) -> bytes:
    """The one way a JSON value is written: keys sorted, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def hash_told(told: Mapping[str, Any], salt: bytes) -> bytes:
    """What the personal words of a line leave in the chain (SHA-256, 32 bytes)."""
    return hashlib.sha256(salt + canonical(told)).digest()


def seal(entry: Entry, before: bytes, key: bytes) -> bytes:
    """The seal of a line after another's (HMAC-SHA-256, 32 bytes)."""
    words = {
        "before": before.hex(),
        "convention": str(entry.convention),
        "number": entry.number,
        "at": entry.at.astimezone(UTC).isoformat(),
        "kind": entry.kind,
        "version": entry.version,
        "facts": dict(entry.facts),
        "told": entry.told_hash.hex(),
    }
    return hmac.new(key, canonical(words), hashlib.sha256).digest()


def seal_end(last: Entry, key: bytes) -> bytes:
    """The seal of a story's end: this line is the last one (HMAC-SHA-256, 32 bytes)."""
    words = {"last": last.mac.hex(), "convention": str(last.convention), "number": last.number}
    return hmac.new(key, canonical(words), hashlib.sha256).digest()


@dataclass(frozen=True, slots=True)
class Head:
    """Where a story ends, as its convention keeps it: the seal of the last line, and the seal of the end.

    `end` is None when the story was written before ends were sealed.
    """

    mac: bytes
    end: bytes | None


@dataclass(frozen=True, slots=True)
class Break:
    """A line that does not agree with its seal: its number, and why in French."""

    number: int
    why: str


def breaks(entries: Sequence[Entry], head: Head, keys: Mapping[str, bytes]) -> tuple[Break, ...]:
    """Every fault of a chain, in order."""
    found: list[Break] = []
    before, expected = START, 1
    for entry in entries:
        why = _fault(entry, expected, before, keys)
        if why:
            found.append(Break(entry.number, why))
        before, expected = entry.mac, entry.number + 1
    if before != head.mac or not _ends(entries, head, keys):
        found.append(
            Break(expected, "La dernière ligne du récit manque ou n’est pas celle qui est attendue.")
        )
    return tuple(found)


def _ends(entries: Sequence[Entry], head: Head, keys: Mapping[str, bytes]) -> bool:
    """Whether the story was sealed where it ends, or before lines of a code that sealed no end."""
    for entry in reversed(entries):
        key = keys.get(entry.key)
        if head.end and key and hmac.compare_digest(seal_end(entry, key), head.end):
            return True
        if END_SEALED.items() <= entry.facts.items():
            return False
    return head.end is None


def _fault(entry: Entry, expected: int, before: bytes, keys: Mapping[str, bytes]) -> str:
    if entry.number != expected:
        return f"La ligne {expected} du récit a disparu."
    key = keys.get(entry.key)
    if key is None:
        return "La clé de cette ligne est inconnue : on ne peut pas la vérifier."
    if not hmac.compare_digest(seal(entry, before, key), entry.mac):
        return "Cette ligne du récit a été changée après coup."
    if (
        entry.told is not None
        and entry.salt is not None
        and hash_told(entry.told, entry.salt) != entry.told_hash
    ):
        return "Les noms ou les coordonnées de cette ligne ont été changés après coup."
    return ""

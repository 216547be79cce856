"""The sealed files of conventions at the terminal: each one present and right, or made again."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from clients.documents import document_storage
from ops.transactions import transaction
from services.conventions.document_file import tools
from services.conventions.document_files import FileState, Looked, look
from settings import Settings

_SAID = {
    FileState.MISSING: "absent",
    FileState.CHANGED: "changé",
    FileState.REBUILT: "refait",
    FileState.LOST: "perdu, à restaurer d’une copie de STORAGE_URL",
}
_FINE = frozenset({FileState.RIGHT, FileState.REBUILT})


@dataclass(frozen=True, slots=True)
class Walk:
    """What was looked at. `found`: every file that was not right; `without_time`: sealed without its time."""

    count: int
    without_time: int
    found: tuple[Looked, ...]

    @property
    def wrong(self) -> int:
        """Files still missing, changed or lost."""
        return sum(one.state not in _FINE for one in self.found)


async def run(settings: Settings, *, rebuild: bool) -> Walk:
    """Look at every file; raises `UnavailableError` when the storage does not answer."""
    count, without_time, found = 0, 0, []
    storage = document_storage(settings.storage_url)
    async with transaction(settings.database_url) as session:
        async for one in look(session, storage, rebuild=rebuild):
            count += 1
            without_time += "without_time" in one.document.made_with
            if one.state is not FileState.RIGHT:
                found.append(one)
    return Walk(count, without_time, tuple(found))


def described(walk: Walk) -> Iterator[str]:
    """What the command prints."""
    for one in walk.found:
        document = one.document
        yield f"{document.reference}, document n° {document.number} : {_SAID[one.state]} ({document.key})"
        if one.state is FileState.LOST:
            yield f"  fait avec {_versions(dict(document.made_with))} ; ici {_versions(tools())}"
    if walk.without_time:
        yield f"{walk.without_time} scellés sans heure certifiée (TIMESTAMP_URL n’a pas répondu)."
    yield f"{walk.count} fichiers regardés, {walk.wrong} à refaire ou à restaurer."


def _versions(made_with: dict[str, str]) -> str:
    return ", ".join(f"{name} {made_with.get(name, '?')[:12]}" for name in sorted(tools()))


def as_json(walk: Walk) -> dict[str, Any]:
    """The same, for a program."""
    return {
        "documents": walk.count,
        "wrong": walk.wrong,
        "without_time": walk.without_time,
        "found": [
            {
                "reference": one.document.reference,
                "number": one.document.number,
                "file": one.document.key,
                "state": one.state.value,
                "made_with": dict(one.document.made_with),
            }
            for one in walk.found
        ],
    }

"""Recognise the jobs of a company file: `ROME;label;remote_mode`, in memory."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from data.session import ReadSession
from data.tables import rome_appellations, rome_occupations
from domain.offer import MAX_LABEL, MAX_OFFERS
from domain.search import RemoteMode
from domain.values import clean_line, fold

_MAX_PARTS = 3
_REMOTE_MODES = frozenset(RemoteMode)


class UnknownJobError(ValueError):
    """The jobs of a row cannot be read; the message is the French reason."""


@dataclass(frozen=True, slots=True)
class Job:
    """One offer of a row; `appellation` is an OGR code when the label is an official one."""

    rome: str
    appellation: str | None
    label: str
    remote_mode: str


class Jobs:
    """The occupations and appellations that are current."""

    def __init__(
        self, occupations: Mapping[str, str], appellations: Iterable[tuple[str, str, str, str]]
    ) -> None:
        self._occupations = occupations
        self._appellations: dict[tuple[str, str], str] = {}
        for ogr, rome, label, short_label in appellations:
            self._appellations.setdefault((rome, fold(label)), ogr)
            self._appellations.setdefault((rome, fold(short_label)), ogr)
        self._known: dict[str, Job] = {}
        """Cells already read: a file repeats them."""

    def read(self, listed: str) -> tuple[Job, ...]:
        """The jobs of one cell, separated by `|`; raises `UnknownJobError`."""
        jobs = {
            (job.rome, job.label): job
            for part in listed.split("|")
            if part.strip()
            for job in [self._known.get(part) or self._job(part)]
        }
        if len(jobs) > MAX_OFFERS:
            raise UnknownJobError(f"offers : plus de {MAX_OFFERS} métiers.")
        return tuple(jobs.values())

    def _job(self, part: str) -> Job:
        pieces = [clean_line(piece) for piece in part.split(";")]
        if len(pieces) > _MAX_PARTS:
            raise UnknownJobError(f"offers : « {part[:80]} » a plus de trois parties (ROME;intitulé;mode).")
        rome, label, mode = (*pieces, "", "")[:_MAX_PARTS]
        rome = rome.upper()
        if rome not in self._occupations:
            raise UnknownJobError(f"offers : le code ROME « {rome[:20]} » est inconnu ou retiré.")
        if mode and mode not in _REMOTE_MODES:
            raise UnknownJobError(f"offers : « {mode[:20]} » n’est pas {', '.join(RemoteMode)}.")
        if len(label) > MAX_LABEL:
            raise UnknownJobError(f"offers : intitulé de plus de {MAX_LABEL} caractères.")
        job = Job(
            rome,
            self._appellations.get((rome, fold(label))) if label else None,
            label or self._occupations[rome],
            mode or RemoteMode.ON_SITE,
        )
        self._known[part] = job
        return job


async def load_jobs(session: ReadSession) -> Jobs:
    """The current ROME codes with their labels, and the appellations."""
    occupations = select(rome_occupations.c.code, rome_occupations.c.label).where(~rome_occupations.c.retired)
    appellations = select(
        rome_appellations.c.ogr,
        rome_appellations.c.rome,
        rome_appellations.c.label,
        rome_appellations.c.short_label,
    ).where(~rome_appellations.c.retired)
    codes = {row.code: row.label for row in await session.execute(occupations)}
    return Jobs(codes, [tuple(row) for row in (await session.execute(appellations)).all()])

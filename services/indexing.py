"""The search engine of a process: loaded from one snapshot, then kept up with every commit.

`follow` listens first, then reads; whatever commits in between is notified, and read again. A refresh
reads what is stamped by a transaction that the last reading did not see, so that one that began
early and commits late is not missed, and nothing is read twice.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import structlog

from data.listen import CONNECTED, LOST, listen
from data.queries import index as rows
from data.queries import ranking
from data.queries.catalog import Catalog, catalog, versions
from data.session import ReadSession, SessionMaker
from domain.errors import UnavailableError
from matching.index import OfferIndex
from matching.learning import within_bounds
from matching.occupations import OccupationRows, Occupations
from matching.records import parse
from matching.terms import PRIORS
from matching.text import PlainWords
from matching.weights import load_weights
from services.cards import CardBox
from services.lookups import Lookups, build_lookups

CHANNELS = ("companies", "reference")
FIRST_WAIT_S, LONGEST_WAIT_S = 0.1, 5.0
"""Between two attempts to read, doubling."""
_IN_THREAD_FROM = 500
"""From this many companies on, their records are read in a thread, to leave the event loop free."""
_WORDS_S = 10.0
"""How long a request waits for the words of an engine that has just started."""
_STARTING = "Le service démarre. Réessayez dans quelques secondes."

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Words:
    """What reads people's words: no search by codes needs it."""

    plain: PlainWords
    lookups: Lookups


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What one load built together; replaced as a whole when a referential changes."""

    occupations: Occupations
    index: OfferIndex
    words: asyncio.Future[Words]
    """Done soon after the rest: see `SearchEngine.complete`."""
    skill_labels: Mapping[str, str]
    appellations: Mapping[str, str]
    """OGR code of an appellation → ROME code."""
    versions: Mapping[str, str]
    weights: Mapping[str, float] = field(default_factory=lambda: PRIORS)
    """Weights of the ranking's terms, by code."""

    @property
    def plain_words(self) -> PlainWords:
        """The reader of sentences."""
        return self.words.result().plain

    @property
    def lookups(self) -> Lookups:
        """The look-ups by what people type."""
        return self.words.result().lookups


class SearchEngine:
    """Shared by all the requests of a process. A request takes `parts` once and works on it."""

    def __init__(self, parts: Parts, seen: rows.Seen) -> None:
        self.parts = parts
        self.seen = seen
        self.cards = CardBox()
        self.away = False
        """PostgreSQL does not notify any more: what is known may be old, so nothing is answered."""

    async def complete(self) -> None:
        """Wait until words can be read too, soon after the start; raises `UnavailableError` if it lasts."""
        words = self.parts.words
        if not words.done() and not (await asyncio.wait({words}, timeout=_WORDS_S))[0]:
            raise UnavailableError(_STARTING, retry_after_s=2)

    @property
    def occupations(self) -> Occupations:
        """The occupations and their skills."""
        return self.parts.occupations

    @property
    def index(self) -> OfferIndex:
        """The offers."""
        return self.parts.index

    @property
    def lookups(self) -> Lookups:
        """The look-ups by what people type."""
        return self.parts.lookups

    @property
    def companies(self) -> int:
        """How many companies may be found."""
        return self.index.n_companies

    @property
    def offers(self) -> int:
        """How many (place, occupation) rows are searched."""
        return self.index.n_offers

    @property
    def rome_version(self) -> str:
        """Version of the ROME in use, empty before any import."""
        return self.parts.versions.get("rome", "").partition(" ")[0]


async def load_engine(session: ReadSession) -> SearchEngine:
    """Read everything. The session's transaction should be one snapshot (`data.queries.index.freeze`)."""
    engine = await begin_engine(session)
    await engine.parts.words
    return engine


async def begin_engine(session: ReadSession) -> SearchEngine:
    """An engine that can rank; its words come a moment later, so that a start does not wait for them."""
    read = await catalog(session)
    snapshot, occupations = await asyncio.gather(
        rows.snapshot(session),  # PostgreSQL works for most of it
        asyncio.to_thread(_occupations, read),
    )
    index = OfferIndex(occupations.job_codes())
    await asyncio.to_thread(lambda: index.load(parse(snapshot.records)))
    parts = Parts(
        occupations=occupations,
        index=index,
        words=asyncio.ensure_future(asyncio.to_thread(_words, read, occupations)),
        skill_labels={code: label for code, label, *_ in read.skills},
        appellations={ogr: rome for ogr, rome, *_ in read.appellations},
        versions=read.versions,
    )
    engine = SearchEngine(parts, snapshot.seen)
    await _weigh(session, engine)
    return engine


async def _weigh(session: ReadSession, engine: SearchEngine) -> None:
    """Rank with the weights in force."""
    weights = within_bounds(await ranking.weights_in_force(session) or PRIORS)
    if weights != engine.parts.weights:
        engine.parts = replace(engine.parts, weights=weights)


async def reload_referentials(session: ReadSession, engine: SearchEngine) -> None:
    """Read everything again, since the jobs of the index are numbered by the referentials."""
    fresh = await load_engine(session)
    engine.parts, engine.seen = fresh.parts, fresh.seen
    engine.cards.clear()


async def refresh(session: ReadSession, engine: SearchEngine) -> int:
    """Apply what was written since the last snapshot; returns the number of companies read again."""
    changes = await rows.changes(session, engine.seen)
    await _weigh(session, engine)
    restored = changes.seen.xmax < engine.seen.xmax  # another history: a database restored from a backup
    if changes.companies is None or restored:
        await _reload_index(session, engine)
        return engine.companies
    if changes.companies:
        index = engine.index
        records = parse(await rows.records_of(session, changes.companies))
        slow = len(changes.companies) >= _IN_THREAD_FROM
        added = await asyncio.to_thread(index.read, records) if slow else index.read(records)
        index.apply(changes.companies, added)
        engine.cards.forget(changes.companies)
    engine.seen = changes.seen
    return len(changes.companies)


async def _reload_index(session: ReadSession, engine: SearchEngine) -> None:
    """Read every company again, beside the index that goes on answering."""
    snapshot = await rows.snapshot(session)
    index = OfferIndex(engine.occupations.job_codes())
    await asyncio.to_thread(lambda: index.load(parse(snapshot.records)))
    engine.parts, engine.seen = replace(engine.parts, index=index), snapshot.seen
    engine.cards.clear()


async def follow(database_url: str, maker: SessionMaker, loaded: Callable[[SearchEngine], None]) -> None:
    """Load the engine, hand it to `loaded`, then keep it up until cancelled.

    PostgreSQL may be away at any moment: it is tried again until it answers, and what was missed is read.
    """
    engine: SearchEngine | None = None
    compactions: set[asyncio.Task[None]] = set()
    async for channels in listen(database_url, CHANNELS):
        if LOST in channels:
            if engine is not None:
                engine.away = True
            continue
        caught = await _catch_up(maker, engine, channels)
        caught.away = False
        if engine is None:
            loaded(caught)
        engine = caught
        if engine.index.compaction_due:
            task = asyncio.create_task(compact(engine.index))
            compactions.add(task)
            task.add_done_callback(compactions.discard)


async def compact(index: OfferIndex) -> None:
    """Seal the index again in a thread, while it goes on answering and being written."""
    index.end_compaction(await asyncio.to_thread(index.start_compaction()))


async def _catch_up(
    maker: SessionMaker,
    engine: SearchEngine | None,
    channels: frozenset[str],
) -> SearchEngine:
    """Read until it succeeds."""
    wait = FIRST_WAIT_S
    while True:
        try:
            async with maker() as session, session.begin():
                await rows.freeze(session)
                return await _read(session, engine, channels)
        except Exception as error:  # noqa: BLE001 - an index that stops following is worse than any error
            _log.warning("search.not_read", error=type(error).__name__)
        await asyncio.sleep(wait)
        wait = min(LONGEST_WAIT_S, 2 * wait)


async def _read(
    session: ReadSession,
    engine: SearchEngine | None,
    channels: frozenset[str],
) -> SearchEngine:
    if engine is None:
        return await begin_engine(session)
    told = "reference" in channels and CONNECTED not in channels
    if told or (CONNECTED in channels and await versions(session) != engine.parts.versions):
        await reload_referentials(session, engine)
    else:
        await refresh(session, engine)
    return engine


def _occupations(read: Catalog) -> Occupations:
    return Occupations(
        OccupationRows(
            occupations=[(code, label) for code, label, _ in read.occupations],
            skills=[(code, kind, new) for code, _, kind, new, *_ in read.skills],
            links=read.links,
            mobilities=[tuple(row) for row in read.mobilities],
            divisions=[tuple(row) for row in read.divisions],
            skill_texts=[
                (code, label, macro, is_macro) for code, label, _, _, _, is_macro, macro in read.skills
            ],
            appellations=[(rome, label) for _, rome, label, _, retired in read.appellations if not retired],
            definitions=[tuple(row) for row in read.definitions],
            words=[tuple(row) for row in read.words],
        ),
    )


def _words(read: Catalog, occupations: Occupations) -> Words:
    weights = load_weights("text"), load_weights("offer")
    return Words(PlainWords(occupations.corpus, occupations.referential, *weights), build_lookups(read))

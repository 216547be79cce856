"""What handlers are given: a session that commits, the clock, the engine of searches, the caller."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide

from api.security import caller_address
from clients.oidc import ProConnect
from clients.seal import DocumentSeal
from clients.sealing import Sealer
from clients.sirene import Sirene
from clients.storage import Storage
from clients.valkey import Counters
from data.session import Session
from domain.errors import UnavailableError
from domain.roles import Actor
from services.conventions.story import Office
from services.indexing import SearchEngine
from settings import Settings

PARIS = ZoneInfo("Europe/Paris")

SessionDep = NamedDependency[Session]
NowDep = NamedDependency[datetime]
SettingsDep = NamedDependency[Settings]
SearchDep = NamedDependency[SearchEngine]
CountersDep = NamedDependency[Counters]
SireneDep = NamedDependency[Sirene]
ProConnectDep = NamedDependency[ProConnect | None]
SealerDep = NamedDependency[Sealer]
DocumentSealDep = NamedDependency[DocumentSeal]
StorageDep = NamedDependency[Storage]
OfficeDep = NamedDependency[Office]
ClientIpDep = NamedDependency[str]
ActorDep = NamedDependency[Actor]
_STARTING = "Le service démarre. Réessayez dans quelques secondes."


class _Transaction:
    """See `transaction`; a class, since this is entered by every request."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def __aenter__(self) -> Session:
        return self._session

    async def __aexit__(self, raised: type[BaseException] | None, *_: object) -> None:
        session = self._session
        try:
            if raised is None and session.in_transaction():
                await session.commit()
        finally:
            if session.in_transaction():
                await asyncio.shield(session.close())


def transaction(state: State) -> AbstractAsyncContextManager[Session]:
    """A transaction that its first statement begins: a request that says nothing to PostgreSQL costs nothing.

    Committed when the block ends, rolled back when it raises or is cancelled.
    """
    return _Transaction(state.maker())


@dataclass(frozen=True, slots=True)
class Searching:
    """What a search takes, as one dependency: Litestar starts a task for each when there are several.

    The handler opens the transaction itself, so that the dependency has no end for Litestar to see to.
    """

    state: State
    engine: SearchEngine
    now: datetime

    def transaction(self) -> AbstractAsyncContextManager[Session]:
        """The request's transaction, to be entered once."""
        return transaction(self.state)


SearchingDep = NamedDependency[Searching]


async def provide_session(state: State) -> AsyncIterator[Session]:
    """One transaction a request: committed when the handler returns, rolled back when it raises.

    Litestar ends generator dependencies before it sends the answer, so a COMMIT that fails is an
    error for the caller, never a success already said.
    """
    async with transaction(state) as session:
        yield session


def provide_now() -> datetime:
    """The present moment, in Europe/Paris: the only clock of the API."""
    return datetime.now(PARIS)  # noqa: TID251 - a door has the clock


def provide_settings(state: State) -> Settings:
    """The settings the process was started with."""
    settings: Settings = state.settings
    return settings


def ranking_engine(state: State) -> SearchEngine:
    """The process's search engine, which may not read words yet; raises `UnavailableError` until it ranks."""
    engine: SearchEngine | None = state.search
    if engine is None:
        raise UnavailableError(_STARTING, retry_after_s=2)
    return engine


async def provide_search(state: State) -> SearchEngine:
    """The process's search engine, whole; raises `UnavailableError` until it is loaded."""
    engine = ranking_engine(state)
    await engine.complete()
    return engine


def provide_searching(state: State) -> Searching:
    """The engine, the clock and a transaction to come; raises `UnavailableError` until the engine ranks."""
    return Searching(state, ranking_engine(state), provide_now())


def provide_counters(state: State) -> Counters:
    """Atomic counters shared by all processes."""
    counters: Counters = state.counters
    return counters


def provide_sirene(state: State) -> Sirene:
    """The client of the Recherche d'entreprises API."""
    sirene: Sirene = state.sirene
    return sirene


def provide_proconnect(state: State) -> ProConnect | None:
    """The client of ProConnect, None where it is not open."""
    provider: ProConnect | None = state.proconnect
    return provider


def provide_sealer(state: State) -> Sealer:
    """What encrypts and decrypts the lines people chose to tell."""
    sealer: Sealer = state.sealer
    return sealer


def provide_document_seal(state: State) -> DocumentSeal:
    """What seals documents, and checks a seal."""
    seal: DocumentSeal = state.document_seal
    return seal


def provide_storage(state: State) -> Storage:
    """Where the sealed files are."""
    storage: Storage = state.storage
    return storage


def provide_office(state: State, session: SessionDep, now: NowDep) -> Office:
    """Where a request works on conventions: its transaction, the keys, the clock."""
    return Office(session, state.chain, state.settings.secret_key, now, state.settings.sends_texts)


def provide_client_ip(request: Request[object, object, State], state: State) -> str:
    """The caller's address as the trusted proxy tells it."""
    peer = request.client.host if request.client else ""
    return caller_address(peer, request.headers.get("x-forwarded-for", ""), state.settings.trusted_proxies)


def provide_actor(request: Request[Actor, object, State]) -> Actor:
    """Who asks: an account with its rights, or nobody (`api.auth` looked it up)."""
    return request.user


DEPENDENCIES = {
    "session": Provide(provide_session),
    "now": Provide(provide_now, sync_to_thread=False),
    "settings": Provide(provide_settings, sync_to_thread=False),
    "search": Provide(provide_search),
    "searching": Provide(provide_searching, sync_to_thread=False),
    "counters": Provide(provide_counters, sync_to_thread=False),
    "sirene": Provide(provide_sirene, sync_to_thread=False),
    "proconnect": Provide(provide_proconnect, sync_to_thread=False),
    "sealer": Provide(provide_sealer, sync_to_thread=False),
    "document_seal": Provide(provide_document_seal, sync_to_thread=False),
    "storage": Provide(provide_storage, sync_to_thread=False),
    "office": Provide(provide_office, sync_to_thread=False),
    "client_ip": Provide(provide_client_ip, sync_to_thread=False),
    "actor": Provide(provide_actor, sync_to_thread=False),
}

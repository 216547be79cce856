"""The HTTP door: one Litestar application, made from `Settings`.

`application` is what a server is given (uvicorn's `--factory`); tests call `create_app` with their own
settings.
"""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Router
from litestar.config.compression import CompressionConfig
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler

from api.auth import ActorMiddleware, entitled
from api.deps import DEPENDENCIES
from api.errors import HANDLERS
from api.openapi import openapi_config
from api.pages import page_handlers
from api.routes import api_handlers
from api.security import headers_hook, same_origin
from api.strict import possible_numbers, strict_body, strict_parameters
from api.templating import static_router, template_config
from clients.documents import document_seal, document_storage
from clients.oidc import ProConnect
from clients.sealing import Sealer
from clients.sirene import Sirene
from clients.valkey import Counters
from data.session import create_engine, create_maker, create_reader
from domain.chain import ChainKeys
from logs import configure_logs
from services.indexing import SearchEngine, follow
from services.tasks import end
from settings import Settings

MAX_BODY_BYTES = 1_000_000
"""Largest body of any request; files have their own limit on their own route."""
_COMPRESS_ABOVE_BYTES = 1_000
_AGAIN_S = 2.0
"""Before what follows the data is told again to end."""
_GC_THRESHOLDS = 10_000, 50, 50
"""Python's (700, 10, 10) looks at everything loaded again and again: pauses of 0.1 s, a slower start."""
Connection = ASGIConnection[Any, Any, Any, Any]


@asynccontextmanager
async def lifespan(app: Litestar) -> AsyncIterator[None]:
    """Open what all requests share; follow the changes of the data as long as the process lives.

    PostgreSQL may be away when the process starts: `follow` loads the engine as soon as it answers, and
    until then what needs it answers 503.
    """
    settings: Settings = app.state.settings
    gc.set_threshold(*_GC_THRESHOLDS)
    gc.enable()  # `ops.serve` imports without
    engine = create_engine(settings.database_url, settings.database_pool)
    app.state.maker = create_maker(engine)
    app.state.reader = create_reader(engine)
    app.state.search = None
    app.state.counters = Counters(settings.valkey_url, settings.secret_key)
    app.state.sirene = Sirene(settings.sirene_url, settings.sirene_timeout_s)
    app.state.proconnect = proconnect = proconnect_of(settings)
    app.state.sealer = Sealer(settings.encryption_keys, settings.secret_key)
    app.state.document_seal = document_seal(settings)
    app.state.storage = document_storage(settings.storage_url)
    app.state.chain = ChainKeys(settings.chain_keys, settings.secret_key)

    def loaded(search: SearchEngine) -> None:
        app.state.search = search
        search.parts.words.add_done_callback(lambda _: gc.freeze())  # a million objects that stay

    following = asyncio.create_task(follow(settings.database_url, app.state.maker, loaded))
    try:
        yield
    finally:
        await end([following], _AGAIN_S)
        await app.state.counters.close()
        await app.state.sirene.close()
        if proconnect:
            await proconnect.close()
        await engine.dispose()


def proconnect_of(settings: Settings) -> ProConnect | None:
    """The client of ProConnect, None where it is not open."""
    if not settings.proconnect_url:
        return None
    back_url = f"{settings.public_url}/connexion/proconnect/retour"
    return ProConnect(
        settings.proconnect_url, settings.proconnect_client_id, settings.proconnect_client_secret, back_url
    )


def in_loop(
    *guards: Callable[[Connection, BaseRouteHandler], None],
) -> Callable[[Connection, BaseRouteHandler], Awaitable[None]]:
    """Guards as one, run in the event loop.

    Litestar would send each plain function to a thread, and copies the handler for each guard.
    """

    async def run(connection: Connection, handler: BaseRouteHandler) -> None:
        for guard in guards:
            guard(connection, handler)

    return run


def create_app(settings: Settings) -> Litestar:
    """The application for these settings; nothing is opened before its lifespan starts."""
    api = Router(
        path="/api/v1",
        route_handlers=api_handlers(),
        guards=[in_loop(same_origin, entitled, possible_numbers, strict_parameters)],
        before_request=strict_body,
    )
    pages = Router(
        path="/",
        route_handlers=page_handlers(settings),
        guards=[in_loop(same_origin, entitled, possible_numbers)],
        include_in_schema=False,
    )
    return Litestar(
        route_handlers=[api, pages, static_router()],
        lifespan=[lifespan],
        middleware=[ActorMiddleware()],
        dependencies=DEPENDENCIES,
        exception_handlers=HANDLERS,
        openapi_config=openapi_config(settings),
        template_config=template_config(settings),
        compression_config=CompressionConfig(
            backend="gzip",
            minimum_size=_COMPRESS_ABOVE_BYTES,
            gzip_compress_level=5,
            exclude_opt_key="precompressed",
        ),
        request_max_body_size=MAX_BODY_BYTES,
        before_send=[headers_hook(settings)],
        state=State({"settings": settings}),
    )


def application() -> Litestar:
    """What a server starts: the application with the environment's settings."""
    configure_logs()
    return create_app(Settings.from_env())

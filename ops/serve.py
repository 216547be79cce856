"""The API as a process: what `escale serve` and the image run."""

import gc

from logs import configure_logs
from settings import Settings

_GRACE_S = 5


def api(settings: Settings, *, host: str, port: int) -> None:
    """Serve HTTP until SIGTERM; requests under way then have a few seconds to finish.

    Nothing is collected until the application starts (`api.app.lifespan`): what the imports make stays, and
    looking at it again and again is a fifth of their time.
    """
    gc.disable()
    import uvicorn  # noqa: PLC0415 - after the line above

    from api.app import create_app  # noqa: PLC0415 - the same

    configure_logs()
    uvicorn.run(
        create_app(settings),
        host=host,
        port=port,
        proxy_headers=False,  # `api.security.caller_address` reads them, and believes only our proxies
        access_log=False,  # addresses carry what people search
        log_config=None,  # our own format
        server_header=False,
        timeout_graceful_shutdown=_GRACE_S,
    )

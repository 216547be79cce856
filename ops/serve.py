"""The API as a process: what `escale serve` and the image run."""

import uvicorn

from api.app import create_app
from settings import Settings

_GRACE_S = 5


def api(settings: Settings, *, host: str, port: int) -> None:
    """Serve HTTP until SIGTERM; requests under way then have a few seconds to finish."""
    uvicorn.run(
        create_app(settings),
        host=host,
        port=port,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        access_log=False,  # addresses carry what people search
        server_header=False,
        timeout_graceful_shutdown=_GRACE_S,
        log_level="info",
    )

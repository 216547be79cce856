"""Server-rendered pages, one file per noun."""

from litestar.handlers import HTTPRouteHandler

from api.pages import about, home
from settings import Settings


def page_handlers(settings: Settings) -> list[HTTPRouteHandler]:
    """Every page these settings open (the demo's mailbox only where there is one, never in production)."""
    return [*home.HANDLERS, *about.HANDLERS]

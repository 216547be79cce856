"""JSON routes, one file per noun."""

from litestar.handlers import HTTPRouteHandler

from api.routes import agencies, companies, health, inbound, lookups, matching, passports, search, webhooks


def api_handlers() -> list[HTTPRouteHandler]:
    """Every route of the API, relative to `/api/v1`."""
    return [
        health.health,
        search.search_by_url,
        search.search_by_body,
        *lookups.HANDLERS,
        *matching.HANDLERS,
        *passports.HANDLERS,
        *companies.HANDLERS,
        *agencies.HANDLERS,
        *webhooks.HANDLERS,
        *inbound.HANDLERS,
    ]

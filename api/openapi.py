"""The API's description (OpenAPI), and what it lets the API refuse: parameters that it does not name."""

from collections.abc import Iterable
from typing import Annotated, Any

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler
from litestar.openapi import OpenAPIConfig, ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import License, Server
from msgspec import Meta

from api.errors import PROBLEM, Problem
from api.security import http_method
from api.sentences import status_sentence
from domain.errors import FieldError, InvalidInputError
from settings import Settings

Code = Annotated[str, Meta(pattern="^[A-Za-z0-9]{1,12}$", examples=["100023"])]
"""A code of a referential, known or not: letters and digits only."""
INVISIBLE = r"\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
"""Control, zero-width and direction-changing characters: nobody types them, some use them to deceive."""
LINE_PATTERN = f"^[^{INVISIBLE}<>{{}}]*$"
"""One line of plain text: no markup, no template braces, nothing invisible."""
TEXT_PATTERN = f"^(?:[\\r\\n\\t]|[^{INVISIBLE}])*$"
"""Several lines of plain text; nothing invisible."""
QUERY_PATTERN = f"^[^{INVISIBLE}<>{{}};=\\\\|^~$*]*$"
"""What people type in a search box: letters, digits, usual punctuation."""


def shown(example: object, description: str = "") -> Meta:
    """What the description says of a field: an example, and a sentence where its name is not enough."""
    return Meta(description=description or None, examples=[example])


def problems(*statuses: int) -> dict[int, ResponseSpec]:
    """The refusals a route may answer, each a problem document; 400 and 503 go without saying."""
    return {
        status: ResponseSpec(
            Problem,
            generate_examples=False,
            description=status_sentence(status),
            media_type=PROBLEM,
        )
        for status in sorted({400, 422, 503, *statuses})
    }


def openapi_config(settings: Settings) -> OpenAPIConfig:
    """Served at /schema/openapi.json; no documentation page, since those load their script elsewhere."""
    return OpenAPIConfig(
        title="Escale",
        version="1.0.0",
        summary="Trouver une entreprise d’accueil pour une immersion professionnelle (PMSMP).",
        description=(
            "Codes: ROME 4.0 (`D1106`), OGR skills (`100023`), SIRET (14 digits), INSEE communes. "
            "Coordinates are WGS84 degrees, distances kilometres. "
            "Every refusal is a problem document (RFC 9457) whose `detail` is a French sentence."
        ),
        license=License(name="MIT", identifier="MIT"),
        servers=[Server(url=settings.public_url)],
        render_plugins=[JsonRenderPlugin()],
        use_handler_docstrings=True,
    )


def _query_names(app: Litestar) -> dict[tuple[str, str], frozenset[str]]:
    """(path, method) → the query parameters that the description names."""
    names: dict[tuple[str, str], frozenset[str]] = {}
    for path, item in (app.openapi_schema.paths or {}).items():
        for method in ("get", "post", "put", "patch", "delete"):
            operation = getattr(item, method)
            if operation is not None:
                parameters: Iterable[Any] = operation.parameters or ()
                names[path, method] = frozenset(one.name for one in parameters if one.param_in == "query")
    return names


def reject_unknown_parameters(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard: a query parameter that the route does not know is refused, so that a misspelt one is seen."""
    app: Litestar = connection.app
    if "query_names" not in app.state:
        app.state.query_names = _query_names(app)
    key = (connection.scope["path_template"], http_method(connection).lower())
    known: frozenset[str] = app.state.query_names.get(key, frozenset())
    unknown = [name for name in connection.query_params if name not in known]
    if unknown:
        message = "Ce paramètre n’existe pas. Retirez-le ou corrigez son nom."
        raise InvalidInputError(tuple(FieldError(name, message, "unknown_field") for name in unknown[:10]))

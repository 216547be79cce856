"""The API's description (OpenAPI), and the patterns of what it takes."""

import sys
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
from litestar import Request
from litestar.openapi import OpenAPIConfig, ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import License, Server
from msgspec import Meta

from api.errors import PROBLEM, Problem
from api.sentences import status_sentence
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


def _structs(kind: type[Any] = msgspec.Struct) -> Iterator[type[Any]]:
    """The API's own structs: all that its bodies and answers are made of.

    Litestar makes structs of its own for handlers' arguments; those are not in their module.
    """
    for child in kind.__subclasses__():
        home = sys.modules.get(child.__module__)
        if child.__module__.startswith("api.") and getattr(home, child.__name__, None) is child:
            yield child
        yield from _structs(child)


def _url_schema(described: dict[str, Any]) -> dict[str, Any]:
    """A property's schema as a parameter of a URL, where there is no null."""
    kinds = [one for one in described.get("anyOf", ()) if one != {"type": "null"}]
    shared = {name: value for name, value in described.items() if name not in {"anyOf", "default"}}
    return {**shared, **kinds[0]} if len(kinds) == 1 else shared


_SAMPLES = {"string": "texte", "integer": 1, "number": 1.5, "boolean": True, "null": None}


def _sample(schema: dict[str, Any], components: dict[str, Any]) -> Any:  # noqa: ANN401 - any JSON value
    """An example of a schema: its own, else one made of the examples of its parts."""
    if "$ref" in schema:
        return _sample(components[schema["$ref"].rsplit("/", 1)[1]], components)
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    if "anyOf" in schema:
        return _sample(schema["anyOf"][0], components)
    kind = schema.get("type")
    if kind == "array":
        return [_sample(schema.get("items", {}), components)]
    if kind == "object":
        return {name: _sample(one, components) for name, one in schema.get("properties", {}).items()}
    return _SAMPLES.get(str(kind))


def _with_examples(described: dict[str, Any]) -> None:
    """Give an example to every field and parameter that has none of its own."""
    components = described["components"]["schemas"]
    for component in components.values():
        for one in component.get("properties", {}).values():
            if "$ref" not in one:
                one.setdefault("examples", [_sample(one, components)])
    for item in described["paths"].values():
        for operation in item.values():
            for one in operation.get("parameters", ()) if isinstance(operation, dict) else ():
                one.setdefault("example", _sample(one["schema"], components))


class _ExactJson(JsonRenderPlugin):
    """The description with msgspec's own schemas, which tell unknown fields and the limits inside lists."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Litestar's description, its components replaced; a search by URL is described by its body."""
        _, exact = msgspec.json.schema_components(
            list(_structs()), ref_template="#/components/schemas/{name}"
        )
        components = openapi_schema["components"]["schemas"]
        components.update({name: schema for name, schema in exact.items() if name in components})
        search = openapi_schema["paths"]["/api/v1/search"]["get"]["parameters"]
        for one in search:
            if one["in"] == "query":
                one["schema"] = _url_schema(components["SearchBody"]["properties"][one["name"]])
        _with_examples(openapi_schema)
        return super().render(request, openapi_schema)


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
        render_plugins=[_ExactJson()],
        use_handler_docstrings=True,
    )

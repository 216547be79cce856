"""What the API refuses beyond what Litestar does: unknown parameters, and values of nearly the right type."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

import msgspec
from litestar import Litestar, Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.exceptions import SerializationException
from litestar.handlers.base import BaseRouteHandler
from litestar.openapi.spec import OpenAPIType, Schema

from api.security import http_method
from api.sentences import field_error
from domain.errors import FieldError, InvalidInputError, NotFoundError

_UNKNOWN = "Ce paramètre n’existe pas. Retirez-le ou corrigez son nom."
_ONCE = "Donnez ce paramètre une seule fois."
_NO_NULL = "Donnez une valeur, ou retirez ce paramètre."
_LISTED = 10
_NOTHING = "Rien ne porte ce numéro ici. Vérifiez l’adresse."
_GREATEST = (1 << 63) - 1

Parameters = Mapping[str, bool]
"""Names of the parameters of a URL; whether each may be repeated."""


def _is_list(schema: Any) -> bool:  # noqa: ANN401 - a Schema or a Reference
    if not isinstance(schema, Schema):
        return False
    return schema.type is OpenAPIType.ARRAY or any(_is_list(one) for one in schema.one_of or ())


def _described(app: Litestar) -> dict[tuple[str, str], Parameters]:
    """(path, method) → the parameters that the description names."""
    found: dict[tuple[str, str], Parameters] = {}
    for path, item in (app.openapi_schema.paths or {}).items():
        for method in ("get", "post", "put", "patch", "delete"):
            operation = getattr(item, method)
            if operation is not None:
                listed: Iterable[Any] = operation.parameters or ()
                found[path, method] = {
                    one.name: _is_list(one.schema) for one in listed if one.param_in == "query"
                }
    return found


def strict_parameters(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard: a parameter that the route does not know, or cannot repeat, is refused and named."""
    if not connection.scope["query_string"]:
        return
    app: Litestar = connection.app
    if "parameters" not in app.state:
        app.state.parameters = _described(app)
    key = (connection.scope["path_template"], http_method(connection).lower())
    known: Parameters = app.state.parameters.get(key, {})
    errors = []
    for name in connection.query_params:
        values = connection.query_params.getall(name)
        if name not in known:
            errors.append(FieldError(name, _UNKNOWN, "unknown_field"))
        elif len(values) > 1 and not known[name]:
            errors.append(FieldError(name, _ONCE, "repeated"))
        elif "null" in values and name != "q":
            errors.append(FieldError(name, _NO_NULL, "type"))
    if errors:
        raise InvalidInputError(tuple(errors[:_LISTED]))


def possible_numbers(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard: nothing has a number that PostgreSQL cannot write."""
    if any(isinstance(one, int) and abs(one) > _GREATEST for one in connection.path_params.values()):
        raise NotFoundError(_NOTHING)


def _whole(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The value with 6.0 as 6: for JSON they are one number."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return {name: _whole(one) for name, one in value.items()}
    return value


_decoder = lru_cache(maxsize=256)(msgspec.json.Decoder)
"""One a type of body."""


async def strict_body(request: Request[Any, Any, State]) -> None:
    """Before a handler: "1" is not 1 and "false" is not false in a JSON body; Litestar takes them."""
    field = request.route_handler.parsed_data_field
    if field is None or not await request.body():
        return
    with suppress(msgspec.DecodeError):
        _decoder(field.annotation).decode(await request.body())
        return  # nearly every body; the others are read again, more slowly, to be told what is wrong
    try:
        msgspec.convert(_whole(await request.json()), field.annotation)
    except SerializationException:
        return  # no JSON: Litestar says so itself
    except msgspec.ValidationError as error:
        raise InvalidInputError((field_error("data", str(error)),)) from error

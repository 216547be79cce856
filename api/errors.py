"""From an error to an answer: problem+json (RFC 9457) for the API, a page for people.

The domain raises French sentences and knows no status; Litestar and msgspec raise English ones and
know no French. Both become the same two shapes here.
"""

from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
import structlog
from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException, ValidationException
from litestar.response import Redirect, Template

from api.sentences import field_errors, status_sentence
from data.session import is_gone
from domain.errors import (
    ArchivedError,
    BadFileError,
    ConflictError,
    DomainError,
    ExpiredError,
    FieldError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    SignInError,
    TooManyError,
    UnavailableError,
)

log = structlog.get_logger()
PROBLEM = "application/problem+json"
_RETRY_S = 5
_DATABASE_GONE = "Le service est momentanément indisponible. Réessayez dans quelques secondes."

STATUS = {
    InvalidInputError: HTTPStatus.UNPROCESSABLE_ENTITY,
    BadFileError: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotFoundError: HTTPStatus.NOT_FOUND,
    SignInError: HTTPStatus.UNAUTHORIZED,
    ForbiddenError: HTTPStatus.FORBIDDEN,
    ConflictError: HTTPStatus.CONFLICT,
    ExpiredError: HTTPStatus.GONE,
    TooManyError: HTTPStatus.TOO_MANY_REQUESTS,
    UnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
}


def _example(value: object) -> msgspec.Meta:
    return msgspec.Meta(examples=[value])


class ProblemField(msgspec.Struct):
    """One field that cannot be accepted: its path, what to do about it, a stable code."""

    field: Annotated[str, _example("places.0.city")]
    message: Annotated[str, _example("Écrivez le nom de la commune.")]
    code: Annotated[str, _example("required")]


class Problem(msgspec.Struct, omit_defaults=True):
    """A problem document (RFC 9457); `detail` is a French sentence that says what to do."""

    title: Annotated[str, _example("Certains champs sont à corriger.")]
    status: Annotated[int, _example(422)]
    detail: Annotated[str, _example("Un champ est à corriger.")]
    code: Annotated[str, _example("invalid")]
    type: Annotated[str, _example("about:blank")] = "about:blank"
    errors: list[ProblemField] = []
    retry_after_s: Annotated[int | None, _example(5)] = None


def wants_page(request: Request[Any, Any, State]) -> bool:
    """Whether the caller is a person before a browser (everything outside the API is pages)."""
    return not request.url.path.startswith(("/api/", "/schema"))


def answer(request: Request[Any, Any, State], problem: Problem) -> Response[Any]:
    """The problem as a page or as a document, with `Retry-After` when waiting helps."""
    headers = {} if problem.retry_after_s is None else {"Retry-After": str(problem.retry_after_s)}
    if wants_page(request):
        return Template(
            "errors/error.html",
            context={"problem": problem},
            status_code=problem.status,
            headers=headers,
            media_type="text/html",
        )
    return Response(problem, status_code=problem.status, headers=headers, media_type=PROBLEM)


def _problem(status: int, detail: str, code: str, errors: tuple[FieldError, ...] = ()) -> Problem:
    return Problem(
        title=status_sentence(status),
        status=status,
        detail=detail,
        code=code,
        errors=[ProblemField(error.field, error.message, error.code) for error in errors],
    )


def to_sign_in(request: Request[Any, Any, State]) -> Response[Any]:
    """The sign-in page, which leads back to the page asked when it can be asked again."""
    path = request.url.path if request.method == "GET" else "/"
    return Redirect("/connexion?" + urlencode({"suite": path}), status_code=303)


def on_domain_error(request: Request[Any, Any, State], error: DomainError) -> Response[Any]:
    """A refusal of the domain, with its own sentence."""
    if isinstance(error, SignInError) and wants_page(request):
        return to_sign_in(request)
    if isinstance(error, ArchivedError) and wants_page(request):
        return Redirect(f"/conventions/{error.convention}/archive", status_code=303)
    status = next(
        (found for kind, found in STATUS.items() if isinstance(error, kind)), HTTPStatus.BAD_REQUEST
    )
    errors = error.errors if isinstance(error, InvalidInputError) else ()
    problem = _problem(status, error.message, error.code, errors)
    if isinstance(error, TooManyError | UnavailableError):
        problem.retry_after_s = error.retry_after_s
    return answer(request, problem)


def on_http_error(request: Request[Any, Any, State], error: HTTPException) -> Response[Any]:
    """A refusal of the framework (unknown route, wrong type, body too large), said in French.

    A field that the framework refuses is refused as the domain refuses one: one fault, one status.
    """
    errors = field_errors(error.extra) if isinstance(error, ValidationException) else ()
    if errors and not wants_page(request):
        return on_domain_error(request, InvalidInputError(errors))
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return on_unexpected(request, error)
    code = HTTPStatus(error.status_code).name.lower()
    response = answer(request, _problem(error.status_code, status_sentence(error.status_code), code, errors))
    for name, value in (error.headers or {}).items():
        response.set_header(name, value)
    return response


def on_unexpected(request: Request[Any, Any, State], error: Exception) -> Response[Any]:
    """PostgreSQL gone → 503 with Retry-After; anything else is our fault: logged, said plainly."""
    if is_gone(error):
        log.warning("database_gone", exc_info=error)
        problem = _problem(HTTPStatus.SERVICE_UNAVAILABLE, _DATABASE_GONE, "unavailable")
        problem.retry_after_s = _RETRY_S
        return answer(request, problem)
    if isinstance(error, RecursionError):  # a document nested thousands of times, built to hurt
        status = HTTPStatus.BAD_REQUEST
        return answer(request, _problem(status, status_sentence(status), "too_deep"))
    route = request.scope.get("path_template", "")
    log.error("unexpected", route=route, exc_info=error)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return answer(request, _problem(status, status_sentence(status), "internal"))


HANDLERS: dict[int | type[Exception], Any] = {
    DomainError: on_domain_error,
    HTTPException: on_http_error,
    Exception: on_unexpected,
}

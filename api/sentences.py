"""French for what Litestar and msgspec say in English: one sentence a status, one a kind of mistake."""

import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from domain.errors import FieldError

STATUS_SENTENCES = {
    400: "La demande n’est pas bien formée.",
    401: "Connectez-vous pour continuer.",
    403: "Vous n’avez pas le droit de faire cela.",
    404: "Cette page n’existe pas, ou n’existe plus.",
    405: "Cette action n’est pas possible ici.",
    409: "Ce n’est plus possible dans l’état actuel.",
    410: "Ce lien n’est plus valable.",
    413: "La demande est trop volumineuse.",
    415: "Le format envoyé n’est pas accepté.",
    422: "Certains champs sont à corriger.",
    429: "Vous avez fait trop de demandes. Attendez un peu avant de réessayer.",
    500: "Une erreur est survenue de notre côté. Réessayez dans un instant.",
    503: "Le service est momentanément indisponible. Réessayez dans quelques secondes.",
}

_TYPES = {
    "int": "un nombre entier",
    "float": "un nombre",
    "number": "un nombre",
    "str": "un texte",
    "bool": "vrai ou faux (true ou false)",
    "array": "une liste",
    "object": "un objet JSON",
    "null": "une valeur vide",
    "uuid": "un identifiant",
    "date": "une date (AAAA-MM-JJ)",
}


def _number(match: re.Match[str]) -> str:
    """A limit as people write it: `90.0` → `90`, `0.5` → `0,5`."""
    limit = match["n"]
    return limit if limit.lstrip("-").isdecimal() else f"{float(limit):g}".replace(".", ",")


def _characters(match: re.Match[str]) -> str:
    """A number of letters as people write it: « Écrivez 2 000 caractères »."""
    count = int(match["n"])
    return f"Écrivez {count:,} caractère{'s' if count > 1 else ''}".replace(",", "\u202f")


def _expected(match: re.Match[str]) -> str:
    kinds = [_TYPES.get(part.strip(), "une autre valeur") for part in match["kinds"].split("|")]
    return f"Il faut ici {' ou '.join(dict.fromkeys(kinds))}."


_RULES: tuple[tuple[str, str, Callable[[re.Match[str]], str]], ...] = (
    (r"unknown field `(?P<name>[^`]*)`", "unknown_field", lambda _: "Ce champ n’existe pas. Retirez-le."),
    (r"missing required field `(?P<name>[^`]*)`", "missing", lambda _: "Ce champ est obligatoire."),
    (r"Missing required .*parameter '(?P<name>[^']*)'", "missing", lambda _: "Ce paramètre est obligatoire."),
    (
        r"Invalid enum value",
        "unknown_value",
        lambda _: "Cette valeur ne fait pas partie des choix possibles.",
    ),
    (
        r"`str` of length <= (?P<n>[0-9]+)",
        "too_long",
        lambda match: f"C’est trop long. {_characters(match)} au plus.",
    ),
    (
        r"`str` of length >= (?P<n>[0-9]+)",
        "too_short",
        lambda match: f"C’est trop court. {_characters(match)} au moins.",
    ),
    (r"length <= (?P<n>[0-9]+)", "too_long", lambda match: f"Il y en a trop : {match['n']} au plus."),
    (
        r"length >= (?P<n>[0-9]+)",
        "too_short",
        lambda match: f"Il n’y en a pas assez : {match['n']} au moins.",
    ),
    (r"<= (?P<n>[0-9.e+-]+)", "too_big", lambda match: f"Donnez un nombre de {_number(match)} au plus."),
    (r">= (?P<n>[0-9.e+-]+)", "too_small", lambda match: f"Donnez un nombre de {_number(match)} au moins."),
    (r"> (?P<n>[0-9.e+-]+)", "too_small", lambda match: f"Donnez un nombre plus grand que {_number(match)}."),
    (r"matching regex", "format", lambda _: "Ce texte contient des caractères qui ne sont pas acceptés ici."),
    (r"Expected `(?P<kinds>[a-z |]+)`", "type", _expected),
)
_PATH = re.compile(r"at `\$\.?(?P<path>[^`]*)`")


def status_sentence(status: int) -> str:
    """A French sentence for an HTTP status."""
    return STATUS_SENTENCES.get(
        status, STATUS_SENTENCES[500 if status >= HTTPStatus.INTERNAL_SERVER_ERROR else 400]
    )


def field_error(name: str, message: str) -> FieldError:
    """One message of msgspec or Litestar in French; `name` is the field it was found at."""
    path = _PATH.search(message)
    inner = path["path"].replace("[", ".").replace("]", "").strip(".") if path else ""
    inner = inner.replace("...", "*")
    for pattern, code, sentence in _RULES:
        match = re.search(pattern, message)
        if match is None:
            continue
        named = match.groupdict().get("name")
        parts = [part for part in (name if name != "data" else "", inner, named) if part]
        return FieldError(".".join(dict.fromkeys(parts)), sentence(match), code)
    return FieldError(inner or name, "Cette valeur n’est pas acceptée.", "invalid")


def field_errors(extra: Any) -> tuple[FieldError, ...]:  # noqa: ANN401 - Litestar's own type
    """The errors Litestar lists in a `ValidationException`, each with its field and a French sentence."""
    if not isinstance(extra, Iterable):
        return ()
    return tuple(
        field_error(str(item.get("key", "")), str(item.get("message", "")))
        for item in extra
        if isinstance(item, dict)
    )

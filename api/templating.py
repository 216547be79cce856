"""Jinja for the pages: what every template may use, and the static files beside them."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from litestar import Request, Router
from litestar.di import Provide
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template import TemplateConfig

from api.assets import Assets, static_file
from api.cookies import SESSION_COOKIE
from api.spaces import Space, spaces_of
from domain.contacts import show_phone
from domain.french import french_date, french_days, french_moment, of_name, of_names
from domain.roles import Acting, Actor
from domain.terms_mentions import sheet
from domain.values import siret_groups
from settings import Settings

TEMPLATES = Path(__file__).resolve().parent / "templates"
_PARAGRAPHS = re.compile(r"\n{2,}")
_MARKUP = re.compile(r"({#.*?#}|{%.*?%}|{{.*?}}|<!--.*?-->|<[^>]*>)", re.DOTALL)
_BEFORE = re.compile(r"(?<=\S) (?=[:;!?»%])")
_AFTER = re.compile(r"(?<=«) ")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_NO_BREAK = "\u00a0"


def french_number(value: float) -> str:
    """A number with a narrow space every three digits and a decimal comma: `12 345`, `4,5`."""
    whole = f"{value:,.1f}" if value != int(value) else f"{int(value):,}"
    return whole.replace(",", "\u202f").replace(".", ",")


def kilometres(value: float) -> str:
    """A distance to the kilometre that matters: `à moins de 1 km`, `à 4 km`."""
    return "à moins de 1 km" if value < 1 else f"à {round(value)} km"


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, empty ones left out."""
    return [part.strip() for part in _PARAGRAPHS.split(text) if part.strip()]


def french(text: str) -> str:
    """A sentence with a non-breaking space before `: ; ! ? » %` and after `«`, and its apostrophes curved.

    The labels of the ROME have straight ones.
    """
    return _BEFORE.sub(_NO_BREAK, _AFTER.sub(_NO_BREAK, _APOSTROPHE.sub("’", text)))


class FrenchTypography(Extension):
    """French typography (`french`) in the text of templates, never in tags or expressions."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The source with `french` applied between its tags."""
        del name, filename
        parts = _MARKUP.split(source)
        parts[::2] = [french(text) for text in parts[::2]]
        return "".join(parts)


def environment(settings: Settings, assets: Assets) -> Environment:
    """The Jinja environment: everything escaped, an undefined name is an error, never a blank."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[FrenchTypography],
    )
    env.filters.update(
        french=french,
        french_date=french_date,
        french_days=french_days,
        of_name=of_name,
        of_names=of_names,
        moment=french_moment,
        french_number=french_number,
        kilometres=kilometres,
        siret=siret_groups,
        phone=show_phone,
        paragraphs=paragraphs,
        sheet=sheet,
    )
    env.globals.update(
        asset=assets.url,
        signed_in=signed_in,
        acting=acting,
        spaces=spaces,
        current="",
        notice="Démonstration : les entreprises sont inventées." if settings.environment == "demo" else "",
        mailbox_open=bool(settings.mailbox_path) and not settings.production,
        settings=settings,
    )
    return env


def signed_in(request: Request[Any, Any, Any]) -> bool:
    """Whether an account is open in this browser; where nobody was looked up, its cookie says so."""
    actor: Actor | None = request.scope.get("user")
    return actor.signed_in if actor else SESSION_COOKIE in request.cookies


@lru_cache(maxsize=1)
def shared_assets() -> Assets:
    """The process's static files, read once."""
    return Assets()


def template_config(settings: Settings) -> TemplateConfig[JinjaTemplateEngine]:
    """What Litestar renders pages with."""
    return TemplateConfig(
        instance=JinjaTemplateEngine.from_environment(environment(settings, shared_assets()))
    )


def static_router() -> Router:
    """The routes of `/static/`."""
    return Router(
        path="/",
        route_handlers=[static_file],
        dependencies={"assets": Provide(shared_assets, sync_to_thread=False)},
        include_in_schema=False,
    )


def acting(request: Request[Any, Any, Any]) -> Acting | None:
    """The person an agent works with in this browser, whose passport is the one open."""
    actor: Actor | None = request.scope.get("user")
    return actor.acting if actor else None


def spaces(request: Request[Any, Any, Any]) -> tuple[Space, ...]:
    """The spaces of whoever is signed in, by their roles."""
    return spaces_of(request.scope.get("user"))

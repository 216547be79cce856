"""Pages that say what the service is: explanations, legal notices, accessibility, site map."""

from typing import Any

from litestar import get
from litestar.datastructures import State
from litestar.response import Template

from domain.retention_words import retention_table
from domain.roles import Right

STARTER = "starter"
"""Version of the ROME that a bare installation carries."""


@get("/comment-ca-marche", right=Right.ANYONE)
async def how_it_works(state: State) -> Template:
    """What an immersion is, how results are ordered, for whom the service is."""
    engine: Any = state.search
    return Template("about/how.html", context={"starter": engine is None or engine.rome_version == STARTER})


@get("/mentions-legales", right=Right.ANYONE)
async def legal() -> Template:
    """Who publishes and hosts the site, where its data come from."""
    return Template("about/legal.html")


@get("/donnees-personnelles", right=Right.ANYONE)
async def privacy() -> Template:
    """What is kept, why, how long, and how to have it removed."""
    return Template("about/privacy.html", context={"kept": retention_table()})


@get("/accessibilite", right=Right.ANYONE)
async def accessibility() -> Template:
    """The accessibility statement: what was checked and what was not."""
    return Template("about/accessibility.html")


@get("/plan-du-site", right=Right.ANYONE)
async def sitemap() -> Template:
    """Every page, one link each."""
    return Template("about/sitemap.html")


HANDLERS = [how_it_works, legal, privacy, accessibility, sitemap]

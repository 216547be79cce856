"""The home page: who are you, and the search box at once."""

from litestar import get
from litestar.response import Template

from domain.roles import Right


@get("/", right=Right.ANYONE)
async def home() -> Template:
    """The way in for candidates, for those who accompany them, and for companies."""
    return Template("home/home.html")


HANDLERS = [home]

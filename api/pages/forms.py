"""What pages share: reading a posted form, redirecting after it, keeping a browser's token."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from litestar import Request
from litestar.datastructures import Cookie, State
from litestar.response import Redirect

from domain.company import Contact
from domain.errors import InvalidInputError
from settings import Settings

PageRequest = Request[Any, Any, State]
PRIVATE = {"Cache-Control": "no-store"}
"""For pages that show what a person typed: kept by no cache, on no shared computer."""
REGISTRATION_COOKIE = "escale_inscription"
_REGISTRATION_PATH = "/entreprises"
DRAFTS_COOKIE = "escale_demande"
_DRAFTS_PATH = "/demande"
_THIRTY_DAYS_S = 30 * 24 * 3600
"""As long as a draft is kept (`design`: unproved registrations 30 days)."""


async def posted(request: PageRequest) -> dict[str, str | list[str]]:
    """The text fields of a posted form; a name given several times is a list, files are left out."""
    form = await request.form()
    values: dict[str, str | list[str]] = {}
    for name in dict.fromkeys(form.keys()):
        texts = [value for value in form.getall(name) if isinstance(value, str)]
        if texts:
            values[name] = texts[0] if len(texts) == 1 else texts
    return values


def text(values: Mapping[str, str | list[str]], name: str) -> str:
    """One text of a posted form; the first when there are several."""
    value = values.get(name, "")
    return value if isinstance(value, str) else value[0]


def day_of(typed: str) -> date | None:
    """The day typed: as a date field sends it, or as people write it; None when it is not one."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(typed.strip(), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


_CONTACT_ORDER = {f"contact.{one.name}": at for at, one in enumerate(fields(Contact))}


def by_field(error: InvalidInputError) -> dict[str, str]:
    """The message of each field, the first one when it has several, in the order of the page."""
    messages: dict[str, str] = {}
    for one in sorted(error.errors, key=lambda one: _CONTACT_ORDER.get(one.field, 0)):
        messages.setdefault(one.field, one.message)
    return messages


def see_other(path: str, *cookies: Cookie) -> Redirect:
    """After a form: another page, read by GET, so that reloading sends nothing again."""
    return Redirect(path, status_code=303, cookies=list(cookies))


def registration_cookie(token: str, settings: Settings) -> Cookie:
    """The cookie that finds a draft again on this browser."""
    return Cookie(
        key=REGISTRATION_COOKIE,
        value=token,
        path=_REGISTRATION_PATH,
        max_age=_THIRTY_DAYS_S,
        httponly=True,
        samesite="lax",
        secure=settings.behind_tls,
    )


def drafts_cookie(token: str, settings: Settings) -> Cookie:
    """The cookie that finds the requests begun on this browser again."""
    return Cookie(
        key=DRAFTS_COOKIE,
        value=token,
        path=_DRAFTS_PATH,
        max_age=_THIRTY_DAYS_S,
        httponly=True,
        samesite="lax",
        secure=settings.behind_tls,
    )

"""The demonstration's mailbox: what the service sent, read from the folder of its mail sink.

Mounted only where `MAILBOX_PATH` is set, never in production: whoever opens it reads every letter.
"""

import asyncio
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Annotated

import msgspec
from litestar import MediaType, Response, get
from litestar.params import Parameter
from litestar.response import Template

from api.deps import PARIS, SettingsDep
from api.pages.forms import PRIVATE
from domain.errors import NotFoundError
from domain.french import french_date
from domain.reply_text import MARK
from domain.roles import Right

MOST = 50
"""Letters listed, newest first."""
ACCOUNTS_FILE = "comptes.json"
"""In the mailbox's folder: the invented accounts that its page proposes to open, if there are any."""
NAME = r"^[A-Za-z0-9@_.-]{1,200}\.eml$"
"""Of a letter's file."""
_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
_LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""A letter carries its own styles; it runs nothing, loads nothing and opens its links in a new tab."""
_NEW_TAB = '<base target="_blank">'


class DemoAccount(msgspec.Struct, frozen=True):
    """An invented account: its address, who it is, what it shows, and the page its link leads to."""

    email: str
    who: str
    shows: str
    path: str


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the text of a letter; with a `url` it is a link."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter as the page shows it."""

    name: str
    subject: str
    recipient: str
    sent: str
    parts: tuple[Part, ...]
    has_html: bool
    answered_by_mail: bool
    """Whether an answer to it is handed on."""


def parts(text: str) -> tuple[Part, ...]:
    """The text cut at its links."""
    found: list[Part] = []
    at = 0
    for match in _LINK.finditer(text):
        found += [Part(text[at : match.start()]), Part(match[0], match[0])]
        at = match.end()
    return tuple(part for part in (*found, Part(text[at:])) if part.text)


def _read(path: Path) -> EmailMessage:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - what that policy makes
    return message


def letter_body(message: EmailMessage, kind: str) -> str:
    """A part of a letter, `plain` or `html`; empty when it has none."""
    body = message.get_body((kind,))
    return str(body.get_content()) if body else ""


def _letter(path: Path) -> Letter:
    message = _read(path)
    words = letter_body(message, "plain")
    sent = ""
    if message["date"]:
        moment = parsedate_to_datetime(message["date"]).astimezone(PARIS)
        sent = f"le {french_date(moment.date())} à {moment:%H:%M}"
    return Letter(
        name=path.name,
        subject=str(message["subject"] or "Sans objet"),
        recipient=str(message["to"] or ""),
        sent=sent,
        parts=parts(words.strip()),
        has_html=bool(letter_body(message, "html")),
        answered_by_mail=MARK in words,
    )


def letters(folder: Path) -> list[Letter]:
    """The newest letters of the folder."""
    paths = sorted(folder.glob("*.eml"), key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)
    return [_letter(path) for path in paths[:MOST]]


def accounts(folder: Path) -> list[DemoAccount]:
    """The invented accounts of the demonstration."""
    path = folder / ACCOUNTS_FILE
    return msgspec.json.decode(path.read_bytes(), type=list[DemoAccount]) if path.is_file() else []


def read_letter(folder: Path, name: str) -> EmailMessage:
    """One letter; raises `NotFoundError`."""
    path = folder / name
    if not path.is_file():
        raise NotFoundError("Cette lettre n’est plus dans la boîte.")
    return _read(path)


def _html(folder: Path, name: str) -> str:
    return letter_body(read_letter(folder, name), "html")


@get("/boite-aux-lettres", right=Right.ANYONE)
async def mailbox(settings: SettingsDep) -> Template:
    """Every letter sent, newest first, after the accounts one may open by it."""
    folder = Path(settings.mailbox_path)
    context = {
        "letters": await asyncio.to_thread(letters, folder),
        "accounts": await asyncio.to_thread(accounts, folder),
    }
    return Template("mailbox/mailbox.html", context=context, headers=PRIVATE)


@get("/boite-aux-lettres/{name:str}", right=Right.ANYONE)
async def letter_html(name: Annotated[str, Parameter(pattern=NAME)], settings: SettingsDep) -> Response[str]:
    """The HTML part of one letter, for the page's frame."""
    html = await asyncio.to_thread(_html, Path(settings.mailbox_path), name)
    return Response(
        html.replace("<head>", f"<head>{_NEW_TAB}", 1),
        media_type=MediaType.HTML,
        headers={"Content-Security-Policy": _LETTER_POLICY, "X-Frame-Options": "SAMEORIGIN"},
    )


HANDLERS = [mailbox, letter_html]

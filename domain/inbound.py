"""A mail that comes in: read whatever its sender made of it, told from what machines answer by themselves.

Two formats lead to one `InboundMail`: MIME as a mail server hands it over, and Brevo's inbound items
(https://developers.brevo.com/docs/inbound-parse-webhooks, read on 2026-11-21).
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from enum import StrEnum
from typing import Any

from domain.contacts import is_email, tidy_email
from domain.reply_text import text_of_html
from domain.values import clean_line

MAX_MAIL = 10 * 1024 * 1024
"""Bytes of one mail, as it is handed over."""
MAX_PARTS = 100
_MAX_HEADER = 4000
_CHARSET = re.compile(
    r"utf-?(8|16|32)(-?[lb]e)?|(iso-?8859|windows|cp|koi8|euc|iso-2022|latin|big5|gb)-?[a-z0-9-]{0,9}|gbk|shift-jis"
)
"""What a charset may be called, in lower case with dashes: Python knows others, some of them slow."""
LOGO_BYTES = 40_000
"""A smaller picture shown within the text is taken for that of a signature."""
_WESTERN = frozenset({"iso-8859-1", "latin-1", "latin1"})
Headers = Mapping[str, Sequence[str]]
"""Names in lower case; each value as it was written."""


class Outcome(StrEnum):
    """What became of a mail."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"
    LOOP = "loop"
    SPOOFED = "spoofed"
    UNKNOWN = "unknown"
    STRANGER = "stranger"
    CLOSED = "closed"
    TOO_LONG = "too_long"
    EMPTY = "empty"
    UNREADABLE = "unreadable"


EXPLAINED = frozenset(
    {Outcome.STRANGER, Outcome.CLOSED, Outcome.TOO_LONG, Outcome.EMPTY, Outcome.UNREADABLE},
)
"""Its sender is told why it was not handed on; a machine never is, nor who did not send it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundFile:
    """A file that came with a mail: its bytes, or the token to fetch them from the provider."""

    name: str
    content: bytes = b""
    token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMail:
    """A mail as it was sent. `sender` is empty when it has none, or several."""

    sender: str
    headers: Headers
    text: str
    html: str
    files: tuple[InboundFile, ...]

    @property
    def words(self) -> str:
        """What is written in it: its text, else that of its page."""
        return self.text if self.text.strip() else text_of_html(self.html)


class UnreadableError(ValueError):
    """Nothing can be made of a mail."""


def sender_of(headers: Headers) -> str:
    """The address that a mail says it comes from; empty when it names none or several."""
    said = headers.get("from", ())
    found = {tidy_email(address).lower() for _, address in getaddresses([_decoded(one) for one in said])}
    return found.pop() if len(found) == 1 and all(is_email(one) for one in found) else ""


def message_id_of(headers: Headers) -> str:
    """Its Message-ID, empty when it has none."""
    return clean_line(next(iter(headers.get("message-id", ())), ""))[:1000]


def subject_of(headers: Headers) -> str:
    """Its subject, on one line."""
    return clean_line(_decoded(next(iter(headers.get("subject", ())), "")))


def read_mime(raw: bytes) -> InboundMail:
    """A mail as a server hands it over; raises `UnreadableError`.

    The library's older policy is used: the newer one reads headers on access, and raises on bad ones.
    """
    try:
        message = message_from_bytes(raw, policy=policy.compat32)
        headers = headers_of(message)
        parts = list(_leaves(message))
        return InboundMail(
            sender=sender_of(headers),
            headers=headers,
            text="\n".join(_text(part) for part in parts if _is_body(part, "text/plain")),
            html="\n".join(_text(part) for part in parts if _is_body(part, "text/html")),
            files=tuple(_files(parts)),
        )
    except (MessageError, RecursionError, LookupError, ValueError, AttributeError, TypeError) as error:
        raise UnreadableError(type(error).__name__) from error


def read_headers(raw: bytes) -> Headers:
    """The headers alone, without reading further."""
    head = re.split(rb"\r?\n\r?\n", raw[:200_000], maxsplit=1)[0]
    return headers_of(message_from_bytes(head, policy=policy.compat32))


def headers_of(message: Message) -> Headers:
    """Every header, in its order."""
    found: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        unfolded_value = re.sub(r"\r?\n(?=[ \t])", "", str(value)[:_MAX_HEADER])
        found.setdefault(name.lower(), []).append(unfolded_value)
    return found


def read_item(raw: bytes) -> InboundMail:
    """One item of Brevo's webhook, as JSON; raises `UnreadableError`."""
    try:
        item: dict[str, Any] = json.loads(raw)
    except ValueError as error:
        raise UnreadableError(type(error).__name__) from error
    headers: dict[str, Sequence[str]] = {
        name.lower(): (values,) if isinstance(values, str) else tuple(values)
        for name, values in (item.get("Headers") or {}).items()
    }
    sender = tidy_email(str((item.get("From") or {}).get("Address") or "")).lower()
    html = item.get("RawHtmlBody") or ""
    return InboundMail(
        sender=sender if is_email(sender) else "",
        headers={"message-id": (item.get("MessageId") or "",), **headers},
        text=_sound(item.get("RawTextBody") or ""),
        html=_sound(html),
        files=tuple(
            InboundFile(name=clean_line(_sound(one.get("Name") or "")), token=one["DownloadToken"])
            for one in item.get("Attachments") or ()
            if one.get("DownloadToken") and not _is_logo(one, html)
        ),
    )


def _is_logo(one: Mapping[str, Any], html: str) -> bool:
    identity = str(one.get("ContentID") or "").strip("<>")
    small = int(one.get("ContentLength") or 0) < LOGO_BYTES
    return bool(identity) and f"cid:{identity}" in html and small


def _decoded(value: str) -> str:
    try:
        return _sound("".join(_run(*one) for one in decode_header(value)))
    except (HeaderParseError, ValueError):
        return _sound(value)


def _run(content: bytes | str, charset: str | None) -> str:
    return content if isinstance(content, str) else decoded(content, charset or "")


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something, in their order; a mail within the mail is one of them."""
    waiting = [message]
    seen = 0
    while waiting and seen < MAX_PARTS:
        part = waiting.pop(0)
        seen += 1
        inside = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inside, list):
            waiting = [*(one for one in inside if isinstance(one, Message)), *waiting]
        else:
            yield part


def _is_body(part: Message, kind: str) -> bool:
    return part.get_content_type() == kind and part.get_content_disposition() != "attachment"


def _files(parts: Sequence[Message]) -> Iterator[InboundFile]:
    for part in parts:
        if _is_body(part, "text/plain") or _is_body(part, "text/html") or _within_text(part):
            continue
        content = part.get_payload(decode=True)
        name = _decoded(part.get_filename() or "")
        yield InboundFile(name=clean_line(name), content=content if isinstance(content, bytes) else b"")


def _within_text(part: Message) -> bool:
    """Whether it is a small picture shown within the text, or the seal of a signed mail."""
    if part.get_content_type() in {"application/pgp-signature", "application/pkcs7-signature"}:
        return True
    if part.get_content_maintype() != "image" or not part.get("Content-ID"):
        return False
    content = part.get_payload(decode=True)
    attached = part.get_content_disposition() == "attachment"
    return not attached and isinstance(content, bytes) and len(content) < LOGO_BYTES


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    text = decoded(content if isinstance(content, bytes) else b"", part.get_content_charset() or "")
    flowed = str(part.get_param("format") or "").lower() == "flowed"
    return unfolded(text) if flowed else text


def decoded(content: bytes, charset: str) -> str:
    """Text in the charset it says, when that can be; else in the likeliest one.

    Western mail that says ISO-8859-1 has Windows' quotes, or is UTF-8: valid UTF-8 is seldom by chance.
    """
    said = charset.lower().replace("_", "-")
    foreign = said not in _WESTERN and _CHARSET.fullmatch(said) is not None
    for name in (said, "utf-8", "cp1252") if foreign else ("utf-8", "cp1252"):
        with suppress(LookupError, ValueError):
            return _sound(content.decode(name))
    return content.decode("latin-1")


def _sound(text: str) -> str:
    """Without halves of characters, which no database takes."""
    return text.encode("utf-8", "replace").decode()


def unfolded(text: str) -> str:
    """Lines that a mail reader folded, each whole again (RFC 3676)."""
    found: list[str] = []
    goes_on = False
    for line in text.splitlines():
        stuffed = line.removeprefix(" ")
        if goes_on and not stuffed.startswith(">"):
            found[-1] += stuffed
        else:
            found.append(stuffed)
        goes_on = stuffed.endswith(" ") and stuffed != "-- " and not stuffed.startswith(">")
    return "\n".join(found)

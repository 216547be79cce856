"""E-mails: rendered as text and HTML, one row each, handed to the mail server once.

A mail is sent in the transaction of its job: the row, the link it carries and the record that it was
sent are committed together. When a crash falls between the server's answer and the commit, the job
runs again and sends the same mail: same Message-ID, same link. One mail of a process is between the two
at a time (`Work.last_step`), and only while PostgreSQL keeps its connection open.
"""

import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass, field
from email.header import Header
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.policy import Compat32
from email.utils import format_datetime, formataddr, parseaddr
from enum import Enum, auto
from functools import cache
from pathlib import Path
from typing import Any

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from clients.smtp import MailRefusedError
from data.queries import emails
from data.queries.emails import EmailRow, Written
from data.session import Session
from domain.mail_domains import domain_of
from domain.reply_text import MARK
from domain.values import clean_line, clean_text
from services import addresses
from services.work import Tools, Work

TEMPLATES = Path(__file__).parent / "templates" / "email"
_ID_HEX = 32
_NAME = 60
"""Characters shown of a name."""


class _AsWritten(Compat32):
    """Headers go out as they are: the library would parse and fold each again, a third of a mail's cost.

    Ours are short ASCII lines, but for the subject, which knows how to write itself.
    """

    def fold_binary(self, name: str, value: Header | str) -> bytes:
        written = value.encode(linesep=self.linesep) if isinstance(value, Header) else value
        return f"{name}: {written}{self.linesep}".encode("ascii")


_POLICY = _AsWritten(linesep="\r\n")


class Standing(Enum):
    """What is known of a recipient's address when a mail is written to it."""

    KNOWN = auto()
    """Used before: not written to once a mail has come back from it."""
    TO_PROVE = auto()
    """Just typed, and proved by the link of this mail: written to whatever was known."""
    PROVED = auto()
    """Just proved: what was known of it is forgotten."""


@dataclass(frozen=True, slots=True)
class Action:
    """The one thing a mail asks; `path` is on our site."""

    label: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One e-mail to one address. `subject_id` is the id of what it is about."""

    template: str
    subject_id: str
    recipient: str
    context: dict[str, str] = field(default_factory=dict)
    action: Action | None = None
    standing: Standing = Standing.KNOWN
    reply_to: str = ""
    """The address that answers go to, when they are handed on; else the setting's."""
    sender_name: str = ""
    """Shown as who writes; else the setting's."""
    thread: str = ""
    """What several mails are about: mail readers show them together."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail's three parts."""

    subject: str
    text: str
    html: str


_READ = re.compile(r"(?<=>)[^<]+")
_SPACE = re.compile("(?<=«) | (?=[;:!?»])")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _inliner() -> css_inline.CSSInliner:
    """Mail readers drop style sheets: rules go into the elements. Nothing is fetched."""
    return css_inline.CSSInliner(load_remote_stylesheets=False)


def render(mail: Mail, public_url: str, *, can_reply: bool) -> Rendered:
    """The parts of a mail; raises `jinja2.UndefinedError` when its context lacks a word."""
    environment = _environment()
    action = mail.action and {"label": mail.action.label, "url": public_url + mail.action.path}
    relayed = MARK if mail.reply_to else ""
    words = {**mail.context, "action": action, "can_reply": can_reply or relayed, "relayed": relayed}
    subject = clean_line(environment.get_template(f"{mail.template}/subject.txt").render(words))
    words["subject"] = subject
    text = environment.get_template(f"{mail.template}/body.txt").render(words)
    html = environment.get_template(f"{mail.template}/body.html").render(words)
    return Rendered(subject, clean_text(text) + "\n", _held(_inliner().inline(html)))


def _held(html: str) -> str:
    """No line of what is read begins with « ; » or ends with « « »."""
    return _READ.sub(lambda found: _SPACE.sub("\u00a0", found[0]), html)


def message_id(tools: Tools, work: Work) -> str:
    """An id that is the same each time this work is tried, and tells nothing of it."""
    return _identity(tools, f"mail:{work.id}:{work.created_at.isoformat()}")


def _identity(tools: Tools, seed: str) -> str:
    digest = hmac.new(tools.secret_key.encode(), seed.encode(), hashlib.sha256).hexdigest()
    return f"<{digest[:_ID_HEX]}@{domain_of(_mailbox(tools.mail_from)[1]) or 'localhost'}>"


@cache
def _mailbox(text: str) -> tuple[str, str]:
    """A setting such as `Escale <x@y>`: as a header, and its bare address."""
    name_and_address = parseaddr(text)
    return formataddr(name_and_address), name_and_address[1]


def address_of(mailbox: str) -> str:
    """The bare address of a setting such as `Escale <x@y>`."""
    return _mailbox(mailbox)[1]


def _from(tools: Tools, mail: Mail) -> str:
    own, address = _mailbox(tools.mail_from)
    if not mail.sender_name:
        return own
    name = f"{clean_line(mail.sender_name)[:_NAME]} via Escale"
    if name.isascii():
        return formataddr((name, address))
    return f"{Header(name, 'utf-8', header_name='From').encode(linesep=_POLICY.linesep)} <{address}>"


def _part(kind: str, text: str) -> Message:
    part = Message()
    part["Content-Type"] = f'text/{kind}; charset="utf-8"'
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(binascii.b2a_qp(text.encode()).decode("ascii"))
    return part


def compose(tools: Tools, work: Work, mail: Mail) -> bytes:
    """The message as it goes out, in 7 bits."""
    parts = render(mail, tools.public_url, can_reply=bool(tools.mail_reply_to))
    identity = message_id(tools, work)
    message: Message[Any, Any] = MIMEMultipart("alternative", boundary=f"=_{identity[1 : _ID_HEX + 1]}")
    message["From"] = _from(tools, mail)
    message["To"] = clean_line(mail.recipient)
    message["Subject"] = Header(parts.subject, "utf-8", header_name="Subject")
    message["Date"] = format_datetime(work.now)
    message["Message-ID"] = identity
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = "fr"
    if mail.reply_to:
        message["Reply-To"] = clean_line(mail.reply_to)
    elif tools.mail_reply_to:
        message["Reply-To"] = _mailbox(tools.mail_reply_to)[0]
    if mail.thread:
        message["References"] = _identity(tools, f"thread:{mail.thread}")
    message.attach(_part("plain", parts.text))
    message.attach(_part("html", parts.html))
    return message.as_bytes(policy=_POLICY)


async def _write(session: Session, tools: Tools, work: Work, mail: Mail) -> Written | None:
    """The mail's row, which says whether it is sent; None when this work wrote it already."""
    row = EmailRow(
        template=mail.template,
        subject_id=mail.subject_id,
        recipient=mail.recipient,
        reason=str(work.id),
        message_id=message_id(tools, work),
    )
    if mail.recipient not in tools.allowed:
        return await emails.add(session, row, work.now, "held")
    if mail.standing is Standing.PROVED:
        await addresses.proved(session, tools.secret_key, mail.recipient)
    known = mail.standing is Standing.KNOWN
    watched = addresses.address_hash(tools.secret_key, mail.recipient) if known else None
    return await emails.add(session, row, work.now, address_hash=watched)


async def send(session: Session, tools: Tools, work: Work, mail: Mail) -> bool:
    """Send a mail, unless this work sent it already; whether it did. One mail a job.

    What may not be sent (`KeptBack`) is written with its reason, and is no failure. Raises as
    `Mailer` does otherwise: nothing is then recorded, and the work is to be tried again.
    """
    written = await _write(session, tools, work, mail)
    if written is None or written.kept_back:
        return False
    content = compose(tools, work, mail)
    try:
        async with tools.mailer.addressed(_mailbox(tools.mail_from)[1], mail.recipient) as envelope:
            await work.last_step()
            await envelope.deliver(content)
    except MailRefusedError as error:
        if not error.dead:
            raise
        await emails.refuse(session, written.id)
        await addresses.died(session, tools.secret_key, mail.recipient, work.now)
        return False
    return True

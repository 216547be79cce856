"""E-mails: rendered as text and HTML, one row each, handed to the mail server once.

A mail is sent in the transaction of its job: the row, the link it carries and the record that it was
sent are committed together. When a crash falls between the server's answer and the commit, the job
runs again and sends the same mail: same Message-ID, same link.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import cache
from pathlib import Path

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from data.queries import emails
from data.queries.emails import EmailRow
from data.session import Session
from domain.mail_domains import domain_of
from domain.values import clean_line, clean_text
from services.work import Tools, Work

TEMPLATES = Path(__file__).parent / "templates" / "email"
_ID_HEX = 32


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


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail's three parts."""

    subject: str
    text: str
    html: str


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
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
    words = {**mail.context, "action": action, "can_reply": can_reply}
    subject = clean_line(environment.get_template(f"{mail.template}/subject.txt").render(words))
    words["subject"] = subject
    text = environment.get_template(f"{mail.template}/body.txt").render(words)
    html = environment.get_template(f"{mail.template}/body.html").render(words)
    return Rendered(subject, clean_text(text) + "\n", _inliner().inline(html))


def message_id(tools: Tools, work: Work) -> str:
    """An id that is the same each time this work is tried, and tells nothing of it."""
    seed = f"mail:{work.id}:{work.created_at.isoformat()}"
    digest = hmac.new(tools.secret_key.encode(), seed.encode(), hashlib.sha256).hexdigest()
    return f"<{digest[:_ID_HEX]}@{domain_of(parseaddr(tools.mail_from)[1]) or 'localhost'}>"


def compose(tools: Tools, work: Work, mail: Mail) -> EmailMessage:
    """The message as it goes out."""
    parts = render(mail, tools.public_url, can_reply=bool(tools.mail_reply_to))
    message = EmailMessage()
    message["From"] = tools.mail_from
    message["To"] = mail.recipient
    message["Subject"] = parts.subject
    message["Date"] = format_datetime(work.now)
    message["Message-ID"] = message_id(tools, work)
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = "fr"
    if tools.mail_reply_to:
        message["Reply-To"] = tools.mail_reply_to
    message.set_content(parts.text)
    message.add_alternative(parts.html, subtype="html")
    return message


async def send(session: Session, tools: Tools, work: Work, mail: Mail) -> bool:
    """Send a mail, unless this work sent it already; whether it did.

    Raises as `Mailer.send` does: nothing is then recorded, and the work is to be tried again.
    """
    row = EmailRow(
        template=mail.template,
        subject_id=mail.subject_id,
        recipient=mail.recipient,
        reason=str(work.id),
        message_id=message_id(tools, work),
    )
    email_id = await emails.claim(session, row, work.now)
    if email_id is None:
        return False
    await tools.mailer.send(compose(tools, work, mail))
    await emails.sent(session, email_id, work.now)
    return True

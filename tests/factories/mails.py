"""Mails as people's readers and machines write them: bytes, as a server hands them over."""

import base64
import io
import zipfile
from email.message import EmailMessage

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 60_000
LOGO = b"\x89PNG\r\n\x1a\n" + b"\0" * 500
JPEG = b"\xff\xd8\xff\xe0" + b"\1" * 1000
PAGE = "<html><body><div>Oui, venez <b>mardi</b>.<br></div>{}</body></html>"


def docx(*more: str) -> bytes:
    """A Word document with these parts besides."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in ("[Content_Types].xml", "word/document.xml", *more):
            made.writestr(name, "<x/>")
    return out.getvalue()


def mail(
    sender: str, to: str, body: str = "Oui, venez mardi.", *, identity: str = "a@mail.example"
) -> EmailMessage:
    """A plain mail, to be changed by who needs another."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, to, "Re: Demande"
    made["Message-ID"] = f"<{identity}>"
    made["Date"] = "Sat, 21 Nov 2026 10:00:00 +0100"
    made.set_content(body)
    return made


def raw(sender: str, to: str, head: str, body: bytes) -> bytes:
    """A mail written byte by byte."""
    lines = f"From: {sender}\r\nTo: {to}\r\nSubject: Re: Demande\r\nMessage-ID: <raw@mail.example>\r\n{head}"
    return lines.encode("latin-1") + b"\r\n\r\n" + body


QUOTED = "Le sam. 21 nov. 2026 à 10:00, Escale <x@y.fr> a écrit :"


def samples(sender: str, to: str) -> dict[str, bytes]:
    """Ways of writing « Oui, venez mardi. », by the reader that does."""
    alternative = mail(sender, to, f"Oui, venez *mardi*.\n\n{QUOTED}\n\n> Bonjour\n")
    alternative.add_alternative(
        PAGE.format(f"<div class='gmail_quote'>{QUOTED}<blockquote>Bonjour</blockquote></div>"),
        subtype="html",
    )
    html = mail(sender, to)
    html.set_content(
        PAGE.format("<hr><div id='divRplyFwdMsg'><b>De :</b> Escale<br><b>Objet :</b> x</div>"),
        subtype="html",
    )
    base = mail(sender, to)
    base.set_content("Oui, venez mardi.", cte="base64", charset="utf-8")
    iphone = mail(sender, to, f"Oui, venez mardi.\n\nEnvoyé de mon iPhone\n\n> {QUOTED}\n> \n> Bonjour\n")
    thunderbird = raw(
        sender,
        to,
        "Content-Type: text/plain; charset=UTF-8; format=flowed\r\nContent-Transfer-Encoding: 8bit",
        f"Oui, venez \r\nmardi.\r\n\r\n{QUOTED}\r\n> Bonjour\r\n".encode(),
    )
    plain = "Content-Type: text/plain; charset={}\r\nContent-Transfer-Encoding: {}"
    twice = "Content-Type: multipart/mixed; boundary=abc"
    return {
        "gmail": alternative.as_bytes(),
        "outlook html": html.as_bytes(),
        "base64": base.as_bytes(),
        "iphone": iphone.as_bytes(),
        "thunderbird": thunderbird,
        "no header": raw(sender, to, "X-A: b", b"Oui, venez mardi."),
        "latin 1": raw(
            sender, to, plain.format("iso-8859-1", "8bit"), "Oui, venez mardi.\n\n-- \né".encode("latin-1")
        ),
        "quoted-printable": raw(
            sender, to, plain.format("iso-8859-1", "quoted-printable"), b"Oui=2C venez=\r\n mardi."
        ),
        "unknown charset": raw(sender, to, plain.format("x-none", "8bit"), b"Oui, venez mardi."),
        "never ends": raw(
            sender, to, twice, b"--abc\r\nContent-Type: text/plain\r\n\r\nOui, venez mardi.\r\n"
        ),
        "bad base64": raw(
            sender, to, plain.format("utf-8", "base64"), base64.b64encode(b"Oui, venez mardi.")[:-1]
        ),
        "bare newlines": raw(sender, to, "X-A: b", b"Oui, venez mardi.").replace(b"\r\n", b"\n"),
        "slow charset": raw(sender, to, plain.format("punycode", "8bit"), b"Oui, venez mardi."),
        "escapes": raw(sender, to, plain.format("unicode_escape", "8bit"), b"Oui, venez mardi."),
        "nul": raw(sender, to, plain.format("utf-8", "8bit"), b"Oui,\0 venez mardi."),
        "utf-16": raw(sender, to, plain.format("utf-16", "8bit"), "Oui, venez mardi.".encode("utf-16")),
        "binary header": raw(sender, to, "X-A: \xe9\xff\x80", b"Oui, venez mardi."),
    }


MACHINES = {
    "auto-reply": {"Auto-Submitted": "auto-replied"},
    "outlook away": {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    "precedence": {"Precedence": "auto_reply"},
    "x-autoreply": {"X-Autoreply": "yes"},
    "list": {"List-Id": "<news.example>"},
    "unsubscribe": {"List-Unsubscribe": "<mailto:a@b.example>"},
    "bounce": {"Return-Path": "<>"},
    "failed": {"X-Failed-Recipients": "a@b.example"},
}

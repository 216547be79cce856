"""Mails that no person wrote: automatic answers, lists, bounces, our own coming back (RFC 3834, RFC 5230)."""

import re
from collections.abc import Sequence

from domain.inbound import Headers, Outcome, message_id_of, sender_of, subject_of

_BULK = frozenset({"bulk", "list", "junk", "auto_reply", "auto-reply"})
_SAID = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-mail-autoreply", "x-vacation")
_LISTS = ("list-id", "list-post", "list-unsubscribe", "list-help", "x-loop")
_BOUNCED = ("x-failed-recipients",)
_DAEMONS = ("mailer-daemon@", "postmaster@", "no-reply@", "noreply@", "ne-pas-repondre@")
_SUBJECTS = ("réponse automatique", "automatic reply", "auto:", "absence du bureau", "out of office")
_OURS = re.compile(r"<[0-9a-f]{32}@([^<>@]+)>")
"""A Message-ID as we make them."""


def automatic(headers: Headers, our_domain: str, *, null_sender: bool) -> Outcome | None:
    """What kind of machine wrote a mail; None when it seems that a person did."""
    ours = _OURS.fullmatch(message_id_of(headers))
    if ours and ours[1].lower() == our_domain.lower():
        return Outcome.LOOP
    kind = _first(headers, "content-type").lower()
    if "multipart/report" in kind or any(name in headers for name in _BOUNCED):
        return Outcome.BOUNCE
    if _answers_by_itself(headers):
        return Outcome.AUTOMATIC
    returned = _first(headers, "return-path").replace(" ", "") == "<>"
    if null_sender or returned or sender_of(headers).startswith(_DAEMONS):
        return Outcome.BOUNCE
    return None


def _answers_by_itself(headers: Headers) -> bool:
    submitted = _first(headers, "auto-submitted").lower().split(";")[0].strip()
    if submitted not in {"", "no"} or _first(headers, "precedence").lower().strip() in _BULK:
        return True
    if any(_first(headers, name).lower().strip() not in {"", "no"} for name in _SAID):
        return True
    return any(name in headers for name in _LISTS) or subject_of(headers).lower().startswith(_SUBJECTS)


def spoofed(headers: Headers, authserv: str) -> bool:
    """Whether our own mail server found that its sender did not send it (RFC 8601).

    Only what carries that server's name counts: anybody may write such a header. No name: nothing does.
    """
    if not authserv:
        return False
    return any(_says_forged(one, authserv) for one in headers.get("authentication-results", ())[:5])


def _says_forged(value: str, authserv: str) -> bool:
    server, _, results = value.partition(";")
    if (server.split() or [""])[0].lower() != authserv.lower():
        return False
    found = dict(re.findall(r"\b(dmarc|spf|dkim)\s*=\s*([a-z]+)", results.lower()))
    if "dmarc" in found and found["dmarc"] != "none":
        return found["dmarc"] in {"fail", "permerror"}
    return found.get("spf") in {"fail", "softfail"} and found.get("dkim") != "pass"


def _first(headers: Headers, name: str) -> str:
    values: Sequence[str] = headers.get(name, ())
    return values[0] if values else ""

"""What somebody wrote in answer to a mail: without the mail they answer, nor what their device adds.

Line by line, with no regular expression over the whole text: strangers write it, up to 10 MB of it. The
libraries tried on these samples leave « Le … a écrit : » in, and take minutes over a crafted mail.
"""

import re
from collections.abc import Sequence
from html.parser import HTMLParser

from domain.values import clean_text

MARK = "Répondez au-dessus de cette ligne"
"""In our own mails: from there on a reply is what we wrote."""
MAX_LINES = 5000
_MAX_LINE = 1000
_JOINED = 4
"""A mail reader folds « Le … a écrit : » over so many lines at most."""
_WROTE = ("a écrit :", "a écrit:", "a écrit", "écrivait :", "wrote:", "wrote", "schrieb:")
_OPENS = ("le ", "on ", "am ", "el ")
_HEADS = ("de :", "de:", "from:", "expéditeur :", "expéditeur:")
_FIELDS = ("envoyé :", "envoyé:", "date :", "date:", "à :", "à:", "a :", "to:", "sent:", "objet :")
_MORE_FIELDS = ("objet:", "subject:", "sujet :", "cc :", "cc:", "pour :", "destinataire :", "répondre à :")
_HEADER_LINES = 7
_ORIGINAL = ("message d'origine", "original message", "message original", "message transféré", "forwarded")
_ORANGE = "message du "
_DEVICE = (
    "envoyé de mon",
    "envoyé depuis",
    "envoyé à partir de",
    "envoyé avec",
    "envoyé par",
    "sent from",
    "sent with",
    "obtenez outlook",
    "obtenir outlook",
    "télécharger outlook",
    "téléchargez outlook",
    "get outlook",
    "provenance : courrier",
    "l'absence de virus dans ce courrier",
    "garanti sans virus",
    "cet e-mail a été vérifié par",
)
_SIGNATURE = "--"
_RULE = re.compile(r"[_\-=*]{10,}")
_DEVICE_LONGEST = 120


def reply_of(text: str) -> str:
    """What was written, tidied; empty when nothing was.

    Who answers below or between the lines of the mail they quote is read too: the quoted lines go.
    """
    lines = [line.rstrip() for line in text.splitlines()[:MAX_LINES]]
    written = _unquoted(_before_signature(lines[: _history(lines)]))
    if not written:
        written = _unquoted(_before_signature(_without_headings(lines)))
    return written


def _plain(line: str) -> str:
    """A line as the tables above write it: no quote marks, plain apostrophes and spaces, in lower case."""
    if len(line) > _MAX_LINE:
        return "…"  # a paragraph: no heading is as long
    bare = line.replace("’", "'").replace("\u00a0", " ").replace("\u202f", " ").replace("*", "")
    return bare.lstrip("> ").rstrip().lower()


def _history(lines: Sequence[str]) -> int:
    """Where the mail that is answered begins: the number of lines when it is not there."""
    plain = [_plain(line) for line in lines]
    return next((at for at in range(len(plain)) if _heading(plain, at)), len(plain))


def _heading(plain: Sequence[str], at: int) -> int:
    """How many lines from there announce a mail that is quoted; 0 when they announce none."""
    line = plain[at]
    if MARK.lower() in line:
        return 1
    if line.startswith(_OPENS):
        return _attribution(plain[at : at + _JOINED])
    if line.startswith(_HEADS):
        return _header_block(plain[at : at + _HEADER_LINES])
    if line.startswith(_ORANGE) and any(sign.isdigit() for sign in line):
        return _header_block(plain[at : at + _HEADER_LINES]) or 1
    return int(_separates(line, plain[at + 1] if at + 1 < len(plain) else ""))


def _separates(line: str, following: str) -> bool:
    """« ----- Message d’origine ----- », or a rule above the first field of a header."""
    bare = line.strip("-_ ")
    if len(line) - len(bare) >= len("--") and bare.startswith(_ORIGINAL):
        return True
    return _RULE.fullmatch(line) is not None and following.startswith(_HEADS)


def _attribution(plain: Sequence[str]) -> int:
    """« Le 21 nov. 2026 à 10:00, Escale <…> a écrit : », in one line or several."""
    for count in range(1, len(plain) + 1):
        joined = " ".join(plain[:count])
        if joined.endswith(_WROTE):
            return count if any(sign.isdigit() for sign in joined) else 0
        if not plain[count - 1]:
            return 0
    return 0


def _header_block(plain: Sequence[str]) -> int:
    """« De : … Envoyé : … À : … Objet : … », as Outlook writes it: at least two fields after the first."""
    last = seen = 0
    for at, line in enumerate(plain[1:], 1):
        if line.startswith(_FIELDS + _MORE_FIELDS):
            last, seen = at, seen + 1
    return last + 1 if seen > 1 else 0


def _without_headings(lines: Sequence[str]) -> list[str]:
    plain = [_plain(line) for line in lines]
    kept: list[str] = []
    at = 0
    while at < len(lines):
        skipped = _heading(plain, at)
        if not skipped:
            kept.append(lines[at])
        at += skipped or 1
    return kept


def _before_signature(lines: Sequence[str]) -> list[str]:
    """The lines before « -- », without those that a device adds of itself."""
    end = next((at for at, line in enumerate(lines) if line.strip() == _SIGNATURE and at), len(lines))
    return [line for line in lines[:end] if not _by_device(line)]


def _by_device(line: str) -> bool:
    plain = _plain(line)
    return len(plain) <= _DEVICE_LONGEST and plain.startswith(_DEVICE)


def _unquoted(lines: Sequence[str]) -> str:
    return clean_text("\n".join(line for line in lines if not line.lstrip().startswith(">")))


_BLOCKS = frozenset(
    {"address", "article", "blockquote", "div", "dl", "dt", "dd", "footer", "form", "h1", "h2", "h3", "h4"}
    | {"h5", "h6", "header", "hr", "li", "ol", "p", "pre", "section", "table", "tr", "ul"}
)
_PARAGRAPHS = frozenset({"p", "blockquote", "h1", "h2", "h3", "ul", "ol", "table"})
_UNSEEN = frozenset({"script", "style", "head", "title", "template", "noscript", "svg", "object", "select"})
_QUOTES = frozenset({"gmail_quote", "gmail_quote_container", "yahoo_quoted", "moz-cite-prefix"})
_QUOTED_FROM = frozenset({"divrplyfwdmsg", "appendonsend", "isforwardcontent"})
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"})
_DEEPEST = 500
_PICTURE = re.compile(r"data:image/[^\"'<>]*")
_MAX_HTML = 400_000
"""Characters read of a page, its pictures apart: a hundred times what a message may have."""


class _Text(HTMLParser):
    """The words of an HTML page, in lines: no tag, address, picture or script is left."""

    def __init__(self, *, quotes: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._quotes = quotes
        self._open: list[tuple[str, bool]] = []
        self._hidden = 0
        self._ended = False
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br" or tag in _BLOCKS:
            self._write("\n\n" if tag in _PARAGRAPHS else "\n")
        if tag in _VOID or len(self._open) > _DEEPEST:
            return
        hides = tag in _UNSEEN or (not self._quotes and self._quoted(tag, dict(attrs)))
        self._open.append((tag, hides))
        self._hidden += hides

    def _quoted(self, tag: str, attrs: dict[str, str | None]) -> bool:
        names = set((attrs.get("class") or "").lower().split())
        identity = (attrs.get("id") or "").lower()
        self._ended = self._ended or identity in _QUOTED_FROM
        return tag == "blockquote" or bool(names & _QUOTES)

    def handle_endtag(self, tag: str) -> None:
        if not any(one == tag for one, _ in self._open[-_DEEPEST:]):
            return
        while self._open:
            one, hides = self._open.pop()
            self._hidden -= hides
            if one == tag:
                break
        if tag in _BLOCKS:
            self._write("\n\n" if tag in _PARAGRAPHS else "\n")

    def handle_data(self, data: str) -> None:
        pre = any(one == "pre" for one, _ in self._open[-8:])
        self._write(data if pre else re.sub(r"\s+", " ", data))

    def _write(self, text: str) -> None:
        if not self._hidden and not self._ended:
            self.found.append(text)


def text_of_html(html: str) -> str:
    """The words of a mail's HTML part, without what it quotes, unless it is all it has."""
    seen = _PICTURE.sub("", html)[:_MAX_HTML]
    for quotes in (False, True):
        reader = _Text(quotes=quotes)
        reader.feed(seen)
        reader.close()
        text = clean_text("".join(reader.found))
        if text:
            return text
    return ""

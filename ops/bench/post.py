"""The post of a benchmark: takes every mail, and tells whoever waits for one what it says.

What a library would take to read each mail whole is not what is measured.
"""

import asyncio
import re
import threading
from binascii import a2b_qp
from collections import Counter

from aiosmtpd.smtp import SMTP, Envelope, Session

_ID = re.compile(rb"^message-id: *(\S+)", re.IGNORECASE | re.MULTILINE)
_SAYS = re.compile(rb"/(?:conventions|signature)/([\w-]+)|^(\d{6})\r?$", re.MULTILINE)
"""In a mail's plain text: what its link opens, else the code that it brings."""


class Post:
    """A sink that keeps, in memory, the ids of the mails and the one word that each is for.

    It is the last of the link's path, or the code. A mail is found by its recipient; one that opens a
    convention's page by the convention's id as well, since an agent receives those of many.
    """

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self._words: dict[str, list[str]] = {}
        self._changed = threading.Lock()
        self._waits: dict[str, tuple[asyncio.AbstractEventLoop, asyncio.Event]] = {}

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002
        """Take one mail, and wake up who waits for it."""
        head, _, body = (envelope.original_content or b"").partition(b"\r\n\r\n")
        found = _SAYS.search(a2b_qp(body.partition(b"text/html")[0]))
        identity, word = _ID.search(head), next(filter(None, found.groups()), b"").decode() if found else ""
        with self._changed:
            self.seen[identity[1].decode() if identity else ""] += 1
            for name in {*envelope.rcpt_tos, *((word,) if word else ())}:
                self._words.setdefault(str(name), []).append(word)
                if waiting := self._waits.get(str(name)):
                    waiting[0].call_soon_threadsafe(waiting[1].set)
        return "250 OK"

    async def wait(self, name: str, count: int) -> list[str]:
        """The words of the mails of that name, in the order they came, once there are that many."""
        event = asyncio.Event()
        with self._changed:
            self._waits[name] = (asyncio.get_running_loop(), event)
        while len(found := list(self._words.get(name, ()))) < count:
            await event.wait()
            event.clear()
        with self._changed:
            del self._waits[name]
        return found

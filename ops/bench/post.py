"""The post of a benchmark: takes every mail, and tells whoever waits for one what it says."""

import asyncio
import re
import threading
from collections import Counter
from email import message_from_bytes
from email.message import Message

from aiosmtpd.smtp import SMTP, Envelope, Session

_OPENS = re.compile(r"/(?:conventions|signature)/([\w-]+)")


class Post:
    """A sink that keeps, in memory, the ids of the mails and the last word of the link that each opens.

    A mail is found by its recipient; one that opens a convention's page by the convention's id as well, since
    an agent receives those of many.
    """

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self._links: dict[str, list[str]] = {}
        self._changed = threading.Lock()
        self._waits: dict[str, tuple[asyncio.AbstractEventLoop, asyncio.Event]] = {}

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002
        """Take one mail, and wake up who waits for it."""
        message = message_from_bytes(envelope.original_content or b"")
        found = _OPENS.search(_text(message))
        link = found[1] if found else ""
        with self._changed:
            self.seen[str(message["Message-ID"])] += 1
            for name in {*envelope.rcpt_tos, *((link,) if found else ())}:
                self._links.setdefault(str(name), []).append(link)
                if waiting := self._waits.get(str(name)):
                    waiting[0].call_soon_threadsafe(waiting[1].set)
        return "250 OK"

    async def wait(self, name: str, count: int) -> list[str]:
        """The links of the mails of that name, in the order they came, once there are that many."""
        event = asyncio.Event()
        with self._changed:
            self._waits[name] = (asyncio.get_running_loop(), event)
        while len(found := list(self._links.get(name, ()))) < count:
            await event.wait()
            event.clear()
        with self._changed:
            del self._waits[name]
        return found


def _text(message: Message) -> str:
    """The plain text of a mail; empty when it has none."""
    part = message.get_payload(0) if message.is_multipart() else message
    said = part.get_payload(decode=True) if isinstance(part, Message) else b""
    return said.decode(errors="replace") if isinstance(said, bytes) else ""

"""Text messages: one interface; Brevo's REST API, the demonstration's mailbox, or nothing.

Brevo, « Send SMS message asynchronously to a mobile number », POST /transactionalSMS/send:
https://developers.brevo.com/reference/send-async-transactional-sms (read on 2026-11-21). It has no key to
tell a repeat from another message: what was sent is written in our own table.
"""

import asyncio
import time
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

import httpx

from domain.errors import UnavailableError

TIMEOUT_S = 10.0
_OURS = (401, 402, 403, 429)
"""The key, the credit or the rate, not the message: it may pass later."""
_SERVER_ERROR = 500


class SmsRefusedError(Exception):
    """The provider refuses this message and will refuse it again; told without the number."""


@dataclass(frozen=True, slots=True)
class Sms:
    """One message; `recipient` is E.164, `tag` says what it is about to who reads the provider's figures."""

    recipient: str
    text: str
    tag: str


class SmsSender(Protocol):
    """What sends text messages."""

    async def send(self, sms: Sms) -> str:
        """Hand one message over; the provider's number for it, which may be empty.

        Raises `SmsRefusedError` when it will never pass, `UnavailableError` when it may pass later; after
        the second, nobody knows whether the provider took it unless it answered.
        """

    async def close(self) -> None:
        """Close what is open."""


class Brevo:
    """The REST API of Brevo. One for a process; `close` it at the end.

    A connection that fails is tried again once, since nothing was sent; a request never is.
    """

    def __init__(self, base_url: str, api_key: str, sender: str, timeout_s: float = TIMEOUT_S) -> None:
        self._sender = sender
        self._timeout_s = timeout_s
        self._client = httpx.AsyncClient(
            base_url=base_url,
            headers={"api-key": api_key, "Accept": "application/json"},
            timeout=timeout_s,
            transport=httpx.AsyncHTTPTransport(retries=1),
            follow_redirects=False,
        )

    async def send(self, sms: Sms) -> str:
        """Hand one message over; see `SmsSender`."""
        body = {
            "sender": self._sender,
            "recipient": sms.recipient.removeprefix("+"),
            "content": sms.text,
            "type": "transactional",
            "tag": sms.tag,
        }
        try:
            async with asyncio.timeout(self._timeout_s):
                answer = await self._client.post("/transactionalSMS/send", json=body)
        except (httpx.HTTPError, TimeoutError) as error:
            raise UnavailableError(f"SMS {type(error).__name__}") from error
        if answer.status_code in _OURS or answer.status_code >= _SERVER_ERROR:
            raise UnavailableError(f"SMS {answer.status_code}: not taken now")
        if not answer.is_success:
            raise SmsRefusedError(f"SMS {answer.status_code}: message refused")
        return _number(answer)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _number(answer: httpx.Response) -> str:
    """The message's number; a success that does not tell it is a success all the same."""
    try:
        said = answer.json()
    except ValueError:
        return ""
    return str(said.get("messageId", "")) if isinstance(said, dict) else ""


class SmsFolder:
    """The demonstration's: each message is a letter in the folder that its mailbox page shows."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, sms: Sms) -> str:
        """Write the message beside the letters."""
        letter = EmailMessage()
        letter["Subject"], letter["To"] = "SMS", sms.recipient
        letter.set_content(sms.text)
        name = f"{time.time_ns()}-sms.eml"
        await asyncio.to_thread(self._write, name, letter.as_bytes())
        return name

    def _write(self, name: str, content: bytes) -> None:
        draft = self._folder / f".{name}.part"
        draft.touch(mode=0o600)
        draft.write_bytes(content)
        draft.rename(self._folder / name)

    async def close(self) -> None:
        """Nothing is open."""


class NoSms:
    """No provider is set: what is to be sent is refused, and shown to the operator."""

    async def send(self, sms: Sms) -> str:
        """Refuse."""
        raise SmsRefusedError(f"SMS {sms.tag}: no provider is set (SMS_API_KEY)")

    async def close(self) -> None:
        """Nothing is open."""

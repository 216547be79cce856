"""Files of the mails that Brevo takes for us: fetched by the token that its webhook gives.

`GET /inbound/attachments/{token}`, with the account's key, answers the file's bytes
(https://developers.brevo.com/reference/getinboundemailattachmentsbytoken, read on 2026-11-21).
"""

import asyncio
from urllib.parse import quote

import httpx

from domain.errors import UnavailableError

TIMEOUT_S = 15.0
_GONE = frozenset({400, 403, 404, 410})


class InboundFiles:
    """The provider's client, one for a process. Without a key nothing is fetched."""

    def __init__(self, base_url: str, api_key: str, timeout_s: float = TIMEOUT_S) -> None:
        self._key = api_key
        self._timeout_s = timeout_s
        self._client = httpx.AsyncClient(
            base_url=base_url,
            headers={"api-key": api_key, "Accept": "application/octet-stream"},
            timeout=timeout_s,
            follow_redirects=False,
        )

    async def fetch(self, token: str, most: int) -> bytes:
        """The file; empty when it is gone or longer than `most` bytes. Raises `UnavailableError`."""
        if not self._key:
            return b""
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._read(f"/inbound/attachments/{quote(token, safe='')}", most)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise UnavailableError(f"Inbound file {type(error).__name__}") from error

    async def _read(self, path: str, most: int) -> bytes:
        async with self._client.stream("GET", path) as answer:
            if answer.status_code in _GONE:
                return b""
            answer.raise_for_status()
            content = bytearray()
            async for part in answer.aiter_bytes():
                content += part
                if len(content) > most:
                    return b""
        return bytes(content)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

"""One way of asking a public JSON API: a bounded time, one retry within it, a short memory of failures."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import httpx

from domain.errors import UnavailableError

BREAK_S = 30.0
"""A failed API is not asked again for this long: people would each wait for nothing."""
_LONGEST_BREAK_S = 300.0
_MAX_BYTES = 2_000_000
_TOO_MANY, _SERVER_ERROR = 429, 500
_AGENT = "escale (immersions professionnelles)"


class JsonApi:
    """A public API read by GET. One for a process; `close` it at the end.

    `timeout_s` bounds a whole call, its retry included. `label` names the API in what people read.
    """

    def __init__(self, base_url: str, label: str, timeout_s: float) -> None:
        self._label = label
        self._timeout_s = timeout_s
        self._dead_until = 0.0
        self._client = httpx.AsyncClient(
            base_url=base_url,
            timeout=timeout_s,
            headers={"Accept": "application/json", "User-Agent": _AGENT},
            follow_redirects=False,
        )

    async def get(self, path: str, params: Mapping[str, str]) -> dict[str, Any]:
        """The object answered; raises `UnavailableError` when none comes in time."""
        waiting = self._dead_until - time.monotonic()
        if waiting > 0:
            raise UnavailableError(self._sentence(), retry_after_s=int(waiting) + 1)
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._twice(path, params)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError) as error:
            self._dead_until = time.monotonic() + max(BREAK_S, _retry_after(error))
            raise UnavailableError(self._sentence(), retry_after_s=int(BREAK_S)) from error

    async def _twice(self, path: str, params: Mapping[str, str]) -> dict[str, Any]:
        """Ask with half of the time; what fails in it is asked once more with what is left."""
        try:
            async with asyncio.timeout(self._timeout_s / 2):
                return await self._once(path, params)
        except (httpx.TransportError, httpx.HTTPStatusError, TimeoutError) as error:
            if _status(error) == _TOO_MANY:
                raise
        return await self._once(path, params)

    async def _once(self, path: str, params: Mapping[str, str]) -> dict[str, Any]:
        async with self._client.stream("GET", path, params=params) as response:
            if response.status_code == _TOO_MANY or response.status_code >= _SERVER_ERROR:
                response.raise_for_status()
            body = bytearray()
            async for part in response.aiter_bytes():
                body += part
                if len(body) > _MAX_BYTES:
                    raise ValueError("the answer is too long")
        if not response.is_success:
            return {}
        answer = httpx.Response(response.status_code, content=bytes(body)).json()
        if not isinstance(answer, dict):
            raise ValueError("the answer is not an object")  # noqa: TRY004 - bad data, not a bad call
        return answer

    def _sentence(self) -> str:
        return f"{self._label} ne répond pas pour le moment."

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _status(error: BaseException) -> int:
    return error.response.status_code if isinstance(error, httpx.HTTPStatusError) else 0


def _retry_after(error: BaseException) -> float:
    """Seconds the API itself asked for, bounded; 0 when it said nothing."""
    if not isinstance(error, httpx.HTTPStatusError):
        return 0.0
    said = error.response.headers.get("retry-after", "")
    return min(float(said), _LONGEST_BREAK_S) if said.isascii() and said.isdigit() else 0.0

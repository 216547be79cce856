"""The time that an authority vouches for (RFC 3161), asked by HTTP."""

import asyncio

import httpx
from asn1crypto import cms, tsp
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError

_WITHIN_S = 5.0
"""A seal without its time is better than a convention that waits."""
TOKEN_BYTES = 12 * 1024
"""What a seal keeps free for the authority's token, its certificates included."""
_ASKED, _ANSWERED = "application/timestamp-query", "application/timestamp-reply"


class TimestampAuthority(TimeStamper):
    """One for a seal. What fails, in time or in form, raises `TimestampRequestError`."""

    def __init__(self, url: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._url = url

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """The token for a digest; the library stumbles on some wrong answers that it means to refuse."""
        try:
            return await super().async_timestamp(message_digest, md_algorithm)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise TimestampRequestError("the answer is to another question, or to none") from error

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """The authority's answer to a request, parsed."""
        try:
            async with asyncio.timeout(_WITHIN_S), httpx.AsyncClient(timeout=_WITHIN_S) as client:
                return tsp.TimeStampResp.load(await self._asked(client, req.dump()), strict=True)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError, TypeError) as error:
            raise TimestampRequestError(f"no answer to use: {type(error).__name__}") from error

    async def _asked(self, client: httpx.AsyncClient, query: bytes) -> bytes:
        headers = {"Content-Type": _ASKED, "Accept": _ANSWERED}
        async with client.stream("POST", self._url, content=query, headers=headers) as response:
            response.raise_for_status()
            if response.headers.get("content-type", "").partition(";")[0].strip() != _ANSWERED:
                raise ValueError("the answer is no timestamp")
            body = bytearray()
            async for part in response.aiter_bytes():
                body += part
                if len(body) > TOKEN_BYTES:
                    raise ValueError("the answer is too long")
        return bytes(body)

"""Counters shared by all processes, kept in Valkey: how many times something happened in a while.

What is counted (an address, a SIRET) is never written in clear: its key is an HMAC.
"""

import asyncio
import hashlib
import hmac

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff, NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from domain.errors import UnavailableError

_SOCKET_S = 0.4
_WHOLE_S = 0.9
"""Valkey gone is told in less than a second, whatever it does (refuses, hangs, restarts)."""
_PREFIX = "escale:count:"

_HIT = """
local hits = redis.call('INCR', KEYS[1])
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
if hits > tonumber(ARGV[1]) then return redis.call('PTTL', KEYS[1]) end
return 0
"""
"""Counts in windows that start with their first hit; what is refused does not lengthen them."""


LOST: list[type[Exception]] = [RedisConnectionError, RedisTimeoutError]
"""What a connection raises when Valkey went away; it may come back."""


def patient_retry() -> Retry:
    """For a process that can wait: some seconds of tries before anything fails."""
    return Retry(ExponentialBackoff(cap=1, base=0.1), 6)


class Counters:
    """One for a process; connections mend themselves. `secret_key` keys the HMACs."""

    def __init__(self, url: str, secret_key: str) -> None:
        self._secret = secret_key.encode()
        self._redis = Redis.from_url(
            url,
            socket_timeout=_SOCKET_S,
            socket_connect_timeout=_SOCKET_S,
            retry=Retry(NoBackoff(), 1),
        )
        self._script = self._redis.register_script(_HIT)

    def _key(self, key: str) -> str:
        return _PREFIX + hmac.new(self._secret, key.encode(), hashlib.sha256).hexdigest()

    async def hit(self, key: str, limit: int, window_s: int) -> int:
        """Count one more; 0 when it is allowed, else the seconds to wait.

        At most `limit` a window of `window_s` seconds; 0 means no limit, and then nothing is counted.
        Raises `UnavailableError` when Valkey does not answer.
        """
        if limit <= 0:
            return 0
        try:
            async with asyncio.timeout(_WHOLE_S):
                left_ms = int(await self._script(keys=[self._key(key)], args=[limit, window_s * 1000]))
        except (RedisError, OSError, TimeoutError) as error:
            raise UnavailableError("Le service est momentanément indisponible. Réessayez.") from error
        return -(-left_ms // 1000)

    async def ping(self) -> bool:
        """Whether Valkey answers now."""
        try:
            async with asyncio.timeout(_WHOLE_S):
                return bool(await self._redis.ping())
        except (RedisError, OSError, TimeoutError):
            return False

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

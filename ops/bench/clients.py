"""The load generator, a process of its own: some keep-alive connections on bare asyncio sockets.

Each connection sends its next request as soon as it has read the whole answer to the last one. Reads a
JSON order on its standard input, writes one JSON line a run: what was answered and how fast.
"""

import asyncio
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter

OK = b"HTTP/1.1 200 "
_LAST_ANSWERS_S = 0.5


@dataclass(frozen=True, slots=True)
class Order:
    """Where to send what, and for how long. `bodies` are JSON documents, sent in turn."""

    host: str
    port: int
    path: str
    bodies: list[str]
    connections: int
    warm_up_s: float
    runs: int
    run_s: float


class Caller(asyncio.Protocol):
    """One connection: a request, its answer, its duration, again."""

    def __init__(self, requests: Iterator[bytes]) -> None:
        self.times: list[float] = []
        self.failed = 0
        self._requests = requests
        self._answer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._began = 0.0
        self._stopped = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            self._send()

    def data_received(self, data: bytes) -> None:
        """Time the answer once it is whole, then send the next request."""
        self._answer += data
        head = self._answer.find(b"\r\n\r\n")
        if head < 0:
            return
        headers = bytes(self._answer[:head]).lower()
        at = headers.index(b"content-length: ") + len(b"content-length: ")
        length = int(headers[at:].split(b"\r\n", 1)[0])
        if len(self._answer) >= head + 4 + length:
            self.times.append(perf_counter() - self._began)
            self.failed += not self._answer.startswith(OK)
            self._answer.clear()
            self._send()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's own signature
        """Count it: the connections are meant to stay."""
        self.failed += 1
        self._transport = None

    def stop(self) -> None:
        """Send nothing after the answer awaited, then hang up."""
        self._stopped = True

    def _send(self) -> None:
        if self._stopped and self._transport:
            self._transport.close()
        elif self._transport:
            self._began = perf_counter()
            self._transport.write(next(self._requests))


async def run(order: Order) -> list[dict[str, float]]:
    """Warm up, then measure each run."""
    loop = asyncio.get_running_loop()
    requests = _in_turn(order)
    callers = [Caller(requests) for _ in range(order.connections)]
    for caller in callers:
        await loop.create_connection(lambda caller=caller: caller, order.host, order.port)  # type: ignore[misc]
    await asyncio.sleep(order.warm_up_s)
    measured = []
    for _ in range(order.runs):
        for caller in callers:
            caller.times.clear()
            caller.failed = 0
        began = perf_counter()
        await asyncio.sleep(order.run_s)
        measured.append(_summary(callers, perf_counter() - began))
    for caller in callers:
        caller.stop()
    await asyncio.sleep(_LAST_ANSWERS_S)
    return measured


def _in_turn(order: Order) -> Iterator[bytes]:
    requests = []
    for body in order.bodies:
        content = body.encode()
        head = (
            f"POST {order.path} HTTP/1.1\r\nHost: {order.host}:{order.port}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        requests.append(head.encode() + content)
    while True:
        yield from requests


def _summary(callers: list[Caller], seconds: float) -> dict[str, float]:
    times = sorted(time for caller in callers for time in caller.times)
    if not times:
        return {"rate_per_s": 0.0, "p50_ms": 0.0, "p95_ms": 0.0, "p99_ms": 0.0, "failed": 1.0}
    at = {name: times[min(len(times) - 1, int(len(times) * part))] for name, part in _PARTS.items()}
    return {
        "rate_per_s": round(len(times) / seconds, 1),
        **{name: round(value * 1000, 3) for name, value in at.items()},
        "failed": float(sum(caller.failed for caller in callers)),
    }


_PARTS = {"p50_ms": 0.50, "p95_ms": 0.95, "p99_ms": 0.99}


if __name__ == "__main__":
    for line in asyncio.run(run(Order(**json.load(sys.stdin)))):
        print(json.dumps(line), flush=True)

"""What crosses the queue: JSON, so that nothing is unpickled from a store others may reach."""

import json
from typing import Any


def to_wire(message: dict[str, Any]) -> bytes:
    """A message of arq as bytes; an exception in it is reduced to its class."""
    return json.dumps(message, default=lambda value: type(value).__name__).encode()


def from_wire(data: bytes) -> dict[str, Any]:
    """The message back; lists where there were tuples."""
    message: dict[str, Any] = json.loads(data)
    return message

"""Logs of every process: JSON lines on standard output, without personal data.

An exception is told by its type and where it was raised, never by its message or its variables:
databases and parsers quote what people typed.
"""

import logging
import sys
import traceback
from typing import Any

import structlog
from structlog.typing import EventDict

_FRAMES = 12
"""Innermost frames kept: enough to find the line, short enough to read."""


def without_values(_: Any, __: str, event: EventDict) -> EventDict:  # noqa: ANN401 - structlog's own
    """Replace an exception by its type, its SQLSTATE if it has one, and the frames it went through."""
    info: Any = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        state = getattr(getattr(error, "orig", error), "sqlstate", None)
        if state:
            event["sqlstate"] = state
        frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
        event["frames"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def configure_logs() -> None:
    """Our lines, and the libraries' warnings, in one format."""
    shared: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_values,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
    )
    handler = logging.StreamHandler(sys.stdout)
    renderer = structlog.processors.JSONRenderer()
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(renderer, foreign_pre_chain=shared))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)

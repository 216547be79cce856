"""Looks into PDFs that people send, in a process with limits of its own (`clients.pdf_scan`)."""

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

from domain.cv import CvFault
from domain.errors import UnavailableError

_SCAN = Path(__file__).with_name("pdf_scan.py")
_WHOLE_S = 15.0
_AT_ONCE = 2
"""Each may take a processor and half a gigabyte."""
_BUSY = "Nous ne pouvons pas lire votre CV maintenant. Réessayez dans une minute, ou envoyez sans CV."
_turns = asyncio.Semaphore(_AT_ONCE)


async def fault_of(content: bytes) -> CvFault | None:
    """What is wrong with a PDF, None when it is only read; one that exhausts its limits is broken.

    Raises `UnavailableError` when too many wait for their turn.
    """
    try:
        async with asyncio.timeout(2 * _WHOLE_S), _turns:
            said = await _run(content)
    except TimeoutError as error:
        raise UnavailableError(_BUSY, retry_after_s=60) from error
    if said == "ok":
        return None
    return CvFault(said) if said in list(CvFault) else CvFault.BROKEN


async def _run(content: bytes) -> str:
    """What the scan wrote; empty when it crashed or took too long."""
    command = (sys.executable, "-I", "-W", "ignore", str(_SCAN))
    pipe, gone = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    child = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=gone)
    try:
        async with asyncio.timeout(_WHOLE_S):
            written, _ = await child.communicate(content)
    except TimeoutError:
        return ""
    finally:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
    return written.decode(errors="replace") if child.returncode == 0 else ""

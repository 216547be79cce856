"""Looks into PDFs that people send, in a process with limits of its own (`clients.pdf_scan`)."""

import asyncio
from pathlib import Path

from clients.apart import run_apart
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
            said = await run_apart(_SCAN, content, _WHOLE_S)
    except TimeoutError as error:
        raise UnavailableError(_BUSY, retry_after_s=60) from error
    if said == "ok":
        return None
    return CvFault(said) if said in list(CvFault) else CvFault.BROKEN

"""Runs a script of ours on what anybody sent, in a process with limits of its own."""

import asyncio
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path


async def run_apart(script: Path, given: bytes, within_s: float, arguments: Sequence[str] = ()) -> str:
    """What the script wrote of what it was given; empty when it crashed or took longer than `within_s`.

    It sees neither the environment's settings of Python nor this project's modules.
    """
    command = (sys.executable, "-I", "-W", "ignore", str(script), *arguments)
    pipe, gone = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    child = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=gone)
    try:
        async with asyncio.timeout(within_s):
            written, _ = await child.communicate(given)
    except TimeoutError:
        return ""
    finally:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
    return written.decode(errors="replace") if child.returncode == 0 else ""

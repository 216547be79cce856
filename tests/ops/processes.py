"""What is left running on the machine."""

import time
from collections.abc import Iterable
from pathlib import Path


def alive(pid: int) -> bool:
    """Whether the process runs; one that ended and waits to be reaped does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def wait_until_dead(pids: Iterable[int], patience_s: float = 15) -> None:
    """Fail when one of the processes still runs after the wait."""
    deadline = time.monotonic() + patience_s
    left = list(pids)
    while left := [pid for pid in left if alive(pid)]:
        assert time.monotonic() < deadline, f"still running: {left}"
        time.sleep(0.05)

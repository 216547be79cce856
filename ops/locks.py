"""A lock file that tells whether its holder, or a child the holder left behind, still lives."""

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

_ORPHANS_S = 15.0
"""How long the children of a killed holder may take to stop."""


class AlreadyRunningError(Exception):
    """Somebody alive holds the lock; `pid` is that process, 0 when it is not known."""

    def __init__(self, path: Path, pid: int) -> None:
        super().__init__(
            f"Le processus {pid} se sert de {path.parent} : attendez qu’il finisse, ou arrêtez-le."
        )
        self.pid = pid


class FileLock:
    """An exclusive lock on `path`, which exists only while it is held.

    `descriptor` may be inherited by children: the lock then stays held until the last one is
    dead, so that whoever comes after a SIGKILL waits for the orphans instead of meeting them.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.descriptor = -1

    def acquire(self) -> Self:
        """Take the lock or raise `AlreadyRunningError`; waits only for the orphans of a dead holder."""
        deadline = time.monotonic() + _ORPHANS_S
        while not self._try():
            pid = _holder(self.path)
            if _alive(pid) or time.monotonic() > deadline:
                raise AlreadyRunningError(self.path, pid)
            time.sleep(0.05)
        return self

    def wait(self) -> Self:
        """Take the lock, however long its holder keeps it."""
        while not self._try():
            time.sleep(0.05)
        return self

    def release(self) -> None:
        """Remove the file, then let go; harmless when not held."""
        if self.descriptor < 0:
            return
        self.path.unlink(missing_ok=True)
        os.close(self.descriptor)
        self.descriptor = -1

    def _try(self) -> bool:
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            same = self.path.stat().st_ino == os.fstat(descriptor).st_ino
        except (BlockingIOError, FileNotFoundError):
            same = False
        if not same:  # held, or its holder removed the file between our open and our lock
            os.close(descriptor)
            return False
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        self.descriptor = descriptor
        return True

    def __enter__(self) -> Self:
        return self.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def held(path: Path) -> bool:
    """Whether someone holds the lock at `path` now; takes nothing and creates nothing."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def holder(path: Path) -> int:
    """The living process that took the lock at `path`; 0 when there is none, or only its orphans."""
    pid = _holder(path)
    return pid if _alive(pid) else 0


def _holder(path: Path) -> int:
    try:
        return int(path.read_text())
    except (FileNotFoundError, ValueError):
        return 0


def _alive(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

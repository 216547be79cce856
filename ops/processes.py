"""Child processes that never outlive us, and the ordinary account root lends to the servers."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)  # loaded before any fork: the child may not load anything
_NOBODY = 65534


@dataclass(frozen=True, slots=True)
class Account:
    """A user and group to run a child as, and to own what the child writes."""

    uid: int
    gid: int


def server_account(data: Path) -> Account | None:
    """The account for the servers: `None` (ourselves) unless we are root, which PostgreSQL refuses.

    The owner of existing `data` comes first, so that root and that user can take turns.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        return Account(data.stat().st_uid, data.stat().st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    return Account(_NOBODY, _NOBODY)


def reachable(path: Path, account: Account | None) -> bool:
    """Whether `account` may go through every folder down to `path`, itself included when a folder."""
    if account is None:
        return True
    resolved = path.resolve()
    return all(_may_cross(folder, account) for folder in (resolved, *resolved.parents) if folder.is_dir())


def _may_cross(folder: Path, account: Account) -> bool:
    status = folder.stat()
    if status.st_uid == account.uid:
        return bool(status.st_mode & 0o100)
    if status.st_gid == account.gid:
        return bool(status.st_mode & 0o010)
    return bool(status.st_mode & 0o001)


def start(  # noqa: PLR0913 - a thin layer on Popen
    command: Sequence[str | Path],
    *,
    output: IO[bytes] | None = None,
    environment: Mapping[str, str] | None = None,
    account: Account | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
    keep: Sequence[int] = (),
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child that the kernel sends `death_signal` when the calling *thread* ends.

    It has its own process group: a Ctrl-C in the terminal reaches us alone, and we stop the
    children in order. `output` takes both of its streams (ours when `None`); `keep` are the
    descriptors it inherits; `environment` replaces ours when given; `folder` is where it works.
    """
    return subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output else None,
        env=environment,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        cwd=folder or ("/" if account else None),
        process_group=0,
        pass_fds=keep,
        preexec_fn=_die_with_parent(death_signal),  # noqa: PLW1509 - it only calls prctl and getppid
    )


def _die_with_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    parent = os.getpid()

    def hook() -> None:
        # Runs after the change of user, which resets the setting.
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:  # it died before the call above
            os._exit(1)

    return hook


def stop(child: subprocess.Popen[bytes], signals: Sequence[signal.Signals], patience_s: float) -> None:
    """Send each signal in turn, giving `patience_s` seconds after each; SIGKILL ends the list."""
    for number in (*signals, signal.SIGKILL):
        if child.poll() is not None:
            return
        child.send_signal(number)
        try:
            child.wait(patience_s)
        except subprocess.TimeoutExpired:
            continue

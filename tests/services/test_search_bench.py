"""The benchmarks measure what they say, on a small world, and leave no database behind."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from ops import databases
from ops.bench import index, search
from settings import Settings
from tests.conftest import run_async

SPEEDS = {"rate_per_s", "p50_ms", "p95_ms", "p99_ms", "rss_mb"}


def test_the_index_alone_at_several_sizes() -> None:
    said: list[str] = []
    measured = index.run(said.append, sizes=(1000, 3000), searches=20)
    assert measured.keys() >= SPEEDS
    assert set(measured["sizes"]) == {"1000", "3000"}
    assert measured["sizes"]["3000"]["offers"] > measured["sizes"]["1000"]["offers"]
    assert measured["bytes_per_offer"] < 90
    assert len(said) == 2


def test_the_search_over_http(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"WARM_UP_S": 0.2, "RUNS": 2, "SEARCHES": 50, "PATCHED": 5}.items():
        monkeypatch.setattr(search, name, value)
    create, made = databases.create, list[str]()

    async def recorded(server: str, name: str) -> str:
        made.append(name)
        return await create(server, name)

    monkeypatch.setattr(databases, "create", recorded)
    with ThreadPoolExecutor(1) as pool:
        measured = pool.submit(search.run, settings, 300, lambda _: None, 0.5).result()
    assert measured.keys() >= SPEEDS
    assert measured["rate_per_s"] > 0
    assert measured["failed"] == 0
    assert len(measured["runs"]) == 2
    assert measured["in_process"]["offers"] > 300
    (name,) = made
    assert not run_async(databases.exists(settings.database_url, name))

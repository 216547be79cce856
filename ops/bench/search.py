"""The search as a process serves it: one API process, eight keep-alive clients, a mixed load.

Beside, in this process: the engine loaded from PostgreSQL, the ranking alone, one company rewritten.
"""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from data.queries.index import freeze, records_of, snapshot
from data.session import create_engine, create_maker
from domain.search import Criteria
from matching.index import OfferIndex
from matching.rank import rank
from matching.records import parse
from ops.bench.clients import Order
from ops.bench.database import bench_database, fill, skills_by_occupation
from ops.bench.index import Speeds
from ops.bench.sample import World, criteria_of, sample_of
from ops.children import environment_of
from ops.processes import start, stop
from services.indexing import SearchEngine, load_engine
from settings import ROOT, Settings

CONNECTIONS, WARM_UP_S, RUNS, RUN_S = 8, 5.0, 5, 20.0
SEARCHES = 2000
PATCHED = 200
_READY_S, _STOP_S = 120.0, 10.0
_HEALTH, _SEARCH = "/api/v1/health", "/api/v1/search"
_JSON = {"Content-Type": "application/json"}
_MEDIANS = ("rate_per_s", "p50_ms", "p95_ms", "p99_ms", "failed")


class BenchError(Exception):
    """The benchmark cannot run; the message says why in French."""


def run(
    settings: Settings, companies: int, say: Callable[[str], None], run_s: float = RUN_S
) -> dict[str, Any]:
    """Measure with that many companies; the top level has the speeds of the mixed load."""
    world = World.starter()
    with bench_database(settings, say) as ready:
        say(f"{companies} entreprises inventées")
        asyncio.run(fill(ready.database_url, world, sample_of(world, companies)))
        skills = asyncio.run(skills_by_occupation(ready.database_url))
        criteria = criteria_of(world, skills, SEARCHES)
        say("Dans ce processus : chargement, classement, réécriture")
        inside = asyncio.run(_inside(ready.database_url, criteria))
        say(f"Par HTTP : {CONNECTIONS} connexions, {RUNS} fois {run_s:g} s")
        served = _served(replace(ready, port=_free_port()), criteria, run_s)
    if served["failed"]:
        raise BenchError(f"{served['failed']:g} réponses n’étaient pas des succès : la mesure ne vaut rien.")
    return {**served, "companies": companies, "in_process": inside}


async def _inside(database_url: str, criteria: list[Criteria]) -> dict[str, Any]:
    """What the engine costs without HTTP nor cards."""
    engine = create_engine(database_url, 1)
    try:
        async with create_maker(engine)() as session, session.begin():
            await freeze(session)
            began = perf_counter()
            search = await load_engine(session)
            whole_s = perf_counter() - began
            began = perf_counter()
            read = await snapshot(session)
            OfferIndex(search.occupations.job_codes()).load(parse(read.records))
            index_s = perf_counter() - began
            patches = [await _patched(session, search, at) for at in range(1, PATCHED + 1)]
    finally:
        await engine.dispose()
    ranking = Speeds.of([_timed(partial(rank, one, search.occupations, search.index)) for one in criteria])
    return {
        "offers": search.offers,
        "load_engine_s": round(whole_s, 2),
        "load_offers_per_s": round(search.offers / index_s),
        "bytes_per_offer": round(search.index.nbytes / search.offers, 1),
        "rank": asdict(ranking),
        "patch_in_memory": asdict(Speeds.of([one for one, _ in patches])),
        "patch_with_sql": asdict(Speeds.of([both for _, both in patches])),
    }


async def _patched(session: Any, search: SearchEngine, company: int) -> tuple[float, float]:  # noqa: ANN401 - a session of data
    """Rewrite one company: seconds in memory alone, and with the reading of its rows."""
    began = perf_counter()
    records = parse(await records_of(session, [company]))
    memory = _timed(lambda: search.index.replace(company, records))
    return memory, perf_counter() - began


def _timed(call: Callable[[], object]) -> float:
    began = perf_counter()
    call()
    return perf_counter() - began


def _served(settings: Settings, criteria: list[Criteria], run_s: float) -> dict[str, Any]:
    """What the clients measured, medians of the runs, with the API's memory and its warm start.

    A first process starts and goes: in a new checkout it compiles its modules.
    """
    with _api(settings):
        pass
    with _api(settings) as (pid, ready_s):
        before = _cpu_s(pid)
        runs = _call(settings.port, [_body(one) for one in criteria], run_s)
        spent, resident = _cpu_s(pid) - before, _resident_mb(pid)
    medians = {name: round(median(one[name] for one in runs), 3) for name in _MEDIANS}
    answered = medians["rate_per_s"] * (WARM_UP_S + RUNS * run_s)
    cpu_ms = round(1000 * spent / max(1.0, answered), 3)
    return {**medians, "rss_mb": resident, "ready_s": ready_s, "cpu_ms_a_search": cpu_ms, "runs": runs}


@contextlib.contextmanager
def _api(settings: Settings) -> Iterator[tuple[int, float]]:
    """One API process: its number, and the seconds it took to answer a health check, then a search."""
    with tempfile.TemporaryDirectory(prefix="escale-bench-") as folder:
        log = Path(folder) / "api.log"
        command = [sys.executable, "-P", "-m", "ops.cli", "serve", "--port", str(settings.port)]
        began = perf_counter()
        with log.open("wb") as output:
            child = start(command, output=output, environment=environment_of(settings), folder=ROOT)
        try:
            while not (_answers(settings.port, "GET", _HEALTH) and _answers(settings.port, "POST", _SEARCH)):
                if child.poll() is not None or perf_counter() - began > _READY_S:
                    raise BenchError(f"L’API n’a pas démarré :\n{log.read_text(errors='replace')[-2000:]}")
                time.sleep(0.02)
            yield child.pid, round(perf_counter() - began, 2)
        finally:
            stop(child, [signal.SIGTERM], _STOP_S)


def _answers(port: int, method: str, path: str) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    with contextlib.suppress(OSError), contextlib.closing(connection):
        connection.request(method, path, "{}" if method == "POST" else None, _JSON)
        return connection.getresponse().status == HTTPStatus.OK
    return False


def _call(port: int, bodies: list[str], run_s: float) -> list[dict[str, float]]:
    """Run the clients in their own process; one summary a run."""
    order = Order("127.0.0.1", port, _SEARCH, bodies, CONNECTIONS, WARM_UP_S, RUNS, run_s)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "ops.bench.clients"],
        input=json.dumps(asdict(order)),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        check=False,
    )
    if done.returncode:
        raise BenchError(f"Les clients se sont arrêtés :\n{done.stderr[-2000:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def _body(criteria: Criteria) -> str:
    place = criteria.place
    body: dict[str, Any] = {"skills": criteria.skills, "rome": criteria.rome, "radius_km": criteria.radius_km}
    if place:
        body |= {"lat": place.lat, "lon": place.lon}
    return json.dumps(body)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _cpu_s(pid: int) -> float:
    """Processor time a process has spent (Linux)."""
    spent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(spent[11]) + int(spent[12])) / os.sysconf("SC_CLK_TCK")


def _resident_mb(pid: int) -> float:
    """Memory of a process now, in megabytes (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text()
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return round(int(kilobytes) / 1024, 1)

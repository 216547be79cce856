"""Conventions carried from draft to sealed file, as their people carry them: by real mails and real pages.

Each one's two signatories open the link of their mail, read, ask a code and type it; an agent validates; the
workers typeset, seal, put the file away and write to everybody. A step is made once the mails of the one
before have come, so that none loses its sense on the way and all that are promised can be counted.
"""

import asyncio
import contextlib
import hashlib
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import asyncpg
import uvloop

from clients.storage import place_of
from ops.bench.convention_drafts import AGENT, Draft, Ready, ready
from ops.bench.conventions import BenchError, api_process, free_port
from ops.bench.database import bench_database
from ops.bench.index import Speeds
from ops.bench.pages import Answer, Browsers, browsers
from ops.bench.post import Post
from ops.children import Child
from ops.mailbox import smtp_server
from settings import Settings

CONVENTIONS = 1000
_CLIENTS = 8
_AT_ONCE = 64
"""Conventions on their way: people do not wait for one another."""
_LOOK_S = 0.05
_READY_S = 120.0
_PATIENCE_S = 10.0
_STALL_S = 60.0
_NO_LIMIT = 1_000_000_000
_OK, _SEE_OTHER, _UNKNOWN, _NOT_YET = 200, 303, 404, 503
_LOOKS, _LOOK_S = 100, 0.02
_DOCUMENT = re.compile(rb'name="document" value="([0-9a-f]{64})"')
_ERROR = re.compile(rb'<li><a href="#[^"]*">([^<]+)')
_WORDS = "/api/v1/skills?q=pain"
_LEFT = "SELECT count(*) FROM outbox WHERE done_at IS NULL AND parked_at IS NULL"
_SENT = "SELECT template, subject_id, recipient, message_id FROM emails WHERE subject_id = ANY($1)"
_FILES = "SELECT convention_id, sealed_sha256 FROM convention_documents WHERE convention_id = ANY($1)"


@dataclass(frozen=True, slots=True)
class _Scene:
    """What people use: the site and their post. Their waits, in seconds."""

    web: Browsers
    post: Post
    agent: str
    asked: list[float] = field(default_factory=list)
    signed: list[float] = field(default_factory=list)


def run(settings: Settings, count: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Submit that many alone, then carry as many with one worker, and as many again with two.

    The clock of `rate_per_s` runs from the first submission to the last mail and file. `p95_ms` is of the
    post of the code, `sign_p95_ms` of the post that asks for one.
    """
    post = Post()
    with (
        bench_database(settings, say) as made,
        tempfile.TemporaryDirectory() as name,
        smtp_server(post) as url,
    ):
        served = _opened(made, Path(name), url)
        say(f"{3 * count} conventions inventées, à envoyer")
        prepared = asyncio.run(ready(served, 3 * count + _CLIENTS))
        alone, first, second = (prepared.drafts[at * count : (at + 1) * count] for at in range(3))
        with api_process(served, Path(name) / "api.log"):
            asyncio.run(_warmed(served, prepared.drafts[-_CLIENTS:]))
            submitting = uvloop.run(_submitted(served, alone, say))
            with _workers(served, Path(name)) as add:
                one = _measured(served, prepared, first, post, add(), say)
                two = _measured(served, prepared, second, post, add(), say)
    return {
        **one,
        "rate_per_s_two_workers": two["rate_per_s"],
        **submitting,
        **{name: one[name] + two[name] for name in ("lost", "repeated")},
        "carried": 2 * count,
        "workers": {"1": one, "2": two},
    }


def _opened(settings: Settings, folder: Path, smtp_url: str) -> Settings:
    """Everything is sent from one address here, thousands of times an hour."""
    return replace(
        settings,
        environment="test",
        port=free_port(),
        mail_allow="*",
        smtp_url=smtp_url,
        storage_url=(folder / "documents").as_uri(),
        drafts_per_ip_per_hour=_NO_LIMIT,
        signings_per_ip_per_hour=_NO_LIMIT,
    )


@contextlib.contextmanager
def _workers(settings: Settings, folder: Path) -> Iterator[Callable[[], list[Child]]]:
    """Gives what starts one more worker, at work when it returns; all stop with the block."""
    children: list[Child] = []

    def add() -> list[Child]:
        child = Child("worker", ["worker"], settings, folder / f"worker-{len(children)}.log")
        children.append(child)
        child.start()
        deadline = time.monotonic() + _READY_S
        while "worker.started" not in child.tail(200):
            if not child.running or time.monotonic() > deadline:
                raise BenchError(f"Le processus de travail ne démarre pas :\n{child.tail()}")
            time.sleep(_LOOK_S)
        asyncio.run(_until_idle(settings))
        return list(children)

    try:
        yield add
    finally:
        for child in children:
            child.stop()


async def _until_idle(settings: Settings) -> None:
    """Wait until nothing is left to do; give up when nothing is done for long, what is missing is counted."""
    connection: Any = await asyncpg.connect(settings.database_url)
    try:
        least, since = None, time.monotonic()
        while left := await connection.fetchval(_LEFT):
            if least is None or left < least:
                least, since = left, time.monotonic()
            elif time.monotonic() - since > _STALL_S:
                return
            await asyncio.sleep(_LOOK_S)
    finally:
        await connection.close()


async def _warmed(settings: Settings, drafts: Sequence[Draft]) -> None:
    """What a process answers at first, slowly or by asking to come back, is no measure."""
    async with browsers(settings.port, _CLIENTS) as web:
        for draft in drafts:
            answer = await _sent(web, draft)
            if answer.status == _NOT_YET:
                await asyncio.sleep(_PATIENCE_S)
                answer = await _sent(web, draft)
            _check(answer, _SEE_OTHER)
        _check(await web.get(_WORDS), _OK)  # answers once the process has read its words, beside all else
        for _ in range(_CLIENTS):
            await asyncio.gather(*(web.get(f"/convention/{one.key}/envoyee") for one in drafts))


async def _submitted(
    settings: Settings, drafts: Sequence[Draft], say: Callable[[str], None]
) -> dict[str, float]:
    """Sent by that many clients who do nothing else, before anybody works at what follows."""
    times: list[float] = []
    left = iter(drafts)

    async def client(web: Browsers) -> None:
        times.extend([(await _submit(web, draft)).seconds for draft in left])

    async with browsers(settings.port, _CLIENTS) as web:
        began = time.monotonic()
        await asyncio.gather(*(client(web) for _ in range(_CLIENTS)))
        seconds = time.monotonic() - began
    rate, p95 = round(len(drafts) / seconds, 1), Speeds.of(times).p95
    say(f"Envoi seul : {rate:g} par seconde, p95 {p95:g} ms")
    return {"submit_per_s": rate, "submit_p95_ms": p95}


def _measured(
    settings: Settings,
    prepared: Ready,
    drafts: Sequence[Draft],
    post: Post,
    workers: Sequence[Child],
    say: Callable[[str], None],
) -> dict[str, Any]:
    cpu_s = sum(one.cpu_s() for one in workers)
    found = uvloop.run(_carried(settings, prepared, drafts, post))
    found["worker_cpu_ms"] = round(1000 * (sum(one.cpu_s() for one in workers) - cpu_s) / len(drafts), 1)
    say(
        f"{len(workers)} processus de travail : {found['rate_per_s']:g} conventions par seconde, "
        f"{found['worker_cpu_ms']:g} ms de processeur chacune ; code p95 {found['p95_ms']:g} ms ; "
        f"{found['lost']} perdus, {found['repeated']} répétés"
    )
    return found


async def _carried(
    settings: Settings, prepared: Ready, drafts: Sequence[Draft], post: Post
) -> dict[str, Any]:
    left = iter(drafts)
    async with browsers(settings.port, _CLIENTS) as web:
        scene = _Scene(web, post, prepared.agent)

        async def people() -> None:
            for draft in left:
                await _carry(scene, draft)

        began = time.monotonic()
        await asyncio.gather(*(people() for _ in range(min(_AT_ONCE, len(drafts)))))
        await _until_idle(settings)
        seconds = time.monotonic() - began
    lost, repeated = await _missing(settings, drafts, post)
    return {
        "rate_per_s": round(len(drafts) / seconds, 2),
        "p95_ms": Speeds.of(scene.signed).p95,
        "sign_p95_ms": Speeds.of(scene.asked).p95,
        "lost": lost,
        "repeated": repeated,
        "seconds": round(seconds, 2),
    }


async def _carry(scene: _Scene, draft: Draft) -> None:
    """One convention, from its draft to the decision; each waits for the mails that tell them to act."""
    await _submit(scene.web, draft)
    agents = str(draft.convention)
    await _came(scene, agents, 1)
    for reader in (draft.person, draft.company):
        await _sign(scene, reader)
    await _came(scene, draft.person, 4)
    await _came(scene, draft.company, 3)
    await _came(scene, agents, 2)
    words = {"acte": "valider", "version": "1", "status": "in_review"}
    answer = await scene.web.post(f"/conventions/{draft.convention}", words, scene.agent)
    _check(answer, _SEE_OTHER)


async def _sent(web: Browsers, draft: Draft) -> Answer:
    return await web.post(f"/convention/{draft.key}/relire", {"version": "1"})


async def _submit(web: Browsers, draft: Draft) -> Answer:
    answer = await _sent(web, draft)
    _check(answer, _SEE_OTHER)
    return answer


async def _sign(scene: _Scene, reader: str) -> None:
    """By the link of one's mail: read, ask a code, receive it, type it."""
    url = f"/signature/{(await _came(scene, reader, 1))[0]}"
    page = await _first_page(scene, url)
    _check(page, _OK)
    found = _DOCUMENT.search(page.body)
    read = {"document": found[1].decode() if found else ""}
    asked = await scene.web.post(f"{url}/code", read)
    _check(asked, _SEE_OTHER)
    scene.asked.append(asked.seconds)
    code = (await _came(scene, reader, 2))[1]
    signed = await scene.web.post(f"{url}/signer", read | {"code": code})
    _check(signed, _SEE_OTHER)
    scene.signed.append(signed.seconds)


async def _first_page(scene: _Scene, url: str) -> Answer:
    """The page of a link that has just arrived: nobody is so quick, but its commit comes after its mail."""
    for _ in range(_LOOKS):
        page = await scene.web.get(url)
        if page.status != _UNKNOWN:
            break
        await asyncio.sleep(_LOOK_S)
    return page


async def _came(scene: _Scene, name: str, count: int) -> list[str]:
    try:
        async with asyncio.timeout(_STALL_S):
            return await scene.post.wait(name, count)
    except TimeoutError as error:
        raise BenchError("Des messages promis n’arrivent pas : la mesure ne vaut rien.") from error


def _check(answer: Answer, status: int) -> None:
    if answer.status != status:
        said = b" ; ".join(_ERROR.findall(answer.body)).decode(errors="replace")
        raise BenchError(f"Une page a répondu {answer.status} : la mesure ne vaut rien. {said}")


def promised(draft: Draft) -> Counter[tuple[str, str, str]]:
    """Template, convention and recipient of every mail that the moves of one convention lead to."""
    told = {
        draft.person: ("to_sign", "code", "signed", "to_review", "validated"),
        draft.company: ("to_sign", "code", "to_review", "validated"),
        draft.tutor: ("validated",),
        AGENT: ("to_sign_agency", "to_review_agency", "validated_agency"),
    }
    about = str(draft.convention)
    return Counter((f"convention_{one}", about, reader) for reader, listed in told.items() for one in listed)


async def _missing(settings: Settings, drafts: Sequence[Draft], post: Post) -> tuple[int, int]:
    """How many promised mails, documents and files are missing, and how many there are twice."""
    ids = [one.convention for one in drafts]
    connection: Any = await asyncpg.connect(settings.database_url)
    try:
        sent = await connection.fetch(_SENT, [str(one) for one in ids])
        documents = await connection.fetch(_FILES, ids)
    finally:
        await connection.close()
    received: Counter[tuple[str, str, str]] = Counter()
    for row in sent:
        received[row["template"], row["subject_id"], row["recipient"]] += post.seen[row["message_id"]]
    expected = sum((promised(one) for one in drafts), Counter[tuple[str, str, str]]())
    folder = Path(settings.storage_url.removeprefix("file://"))
    files = sum(_whole(folder, row["sealed_sha256"]) for row in documents)
    made = Counter(row["convention_id"] for row in documents)
    lost = (expected - received).total() + len(drafts) - len(made) + len(documents) - files
    return lost, (received - expected).total() + made.total() - len(made)


def _whole(folder: Path, sha256: bytes) -> bool:
    file = folder / place_of(sha256.hex())
    return file.exists() and hashlib.sha256(file.read_bytes()).digest() == sha256

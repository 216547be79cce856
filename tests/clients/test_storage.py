"""Files by their hash: written whole, read checked, in a folder or in a bucket."""

import asyncio
import hashlib
import multiprocessing
import os
import signal
import stat
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from clients.documents import document_storage
from clients.storage import MAX_STORED_BYTES, FolderStorage, LostFileError, Storage, place_of
from clients.storage_s3 import S3Storage, bucket_of
from domain.errors import UnavailableError
from settings import Settings
from tests.clients.http_server import closed_port
from tests.clients.raw_server import Reply, serve_bytes
from tests.clients.s3_server import ACCESS, BUCKET, REGION, SECRET, Bucket
from tests.conftest import run_async

CONTENT = b"%PDF-1.7 une convention"
KEY = hashlib.sha256(CONTENT).hexdigest()
UNKNOWN = "0" * 64
Opened = AbstractAsyncContextManager[tuple[Storage, Callable[[bytes], object]]]


def s3_url(address: str, *, secret: str = SECRET, prefix: str = "/escale") -> str:
    place = f"{ACCESS}:{quote(secret, safe='')}@{address}/{BUCKET}{prefix}"
    return f"s3://{place}?region={REGION}&tls=0"


@asynccontextmanager
async def a_folder(tmp_path: Path) -> AsyncIterator[tuple[Storage, Callable[[bytes], object]]]:
    root = tmp_path / "des documents"
    yield document_storage(root.as_uri()), (root / place_of(KEY)).write_bytes


@asynccontextmanager
async def a_bucket(_: Path) -> AsyncIterator[tuple[Storage, Callable[[bytes], object]]]:
    bucket = Bucket()
    async with serve_bytes(bucket.answer) as address:
        yield (
            document_storage(s3_url(address)),
            lambda content: bucket.files.update({f"escale/{place_of(KEY)}": content}),
        )
    assert not bucket.refused
    assert bucket.asked


@pytest.mark.parametrize("opened", [a_folder, a_bucket])
async def test_what_a_storage_does(opened: Callable[[Path], Opened], tmp_path: Path) -> None:
    async with opened(tmp_path) as (storage, overwrite):
        assert not await storage.exists(KEY)
        assert await storage.put(CONTENT) == KEY
        assert await storage.put(CONTENT) == KEY
        assert await storage.get(KEY) == CONTENT
        assert await storage.exists(KEY)
        overwrite(CONTENT.replace(b"une", b"Une"))
        with pytest.raises(LostFileError, match="changed"):
            await storage.get(KEY)
        await storage.put(CONTENT)  # made again, it is kept again
        assert await storage.get(KEY) == CONTENT
        await storage.delete(KEY)
        await storage.delete(KEY)
        assert not await storage.exists(KEY)
        for lost in (KEY, UNKNOWN):
            with pytest.raises(LostFileError, match=lost):
                await storage.get(lost)
        for wrong in ("../../etc/passwd", KEY.upper(), KEY + "\n", ""):
            with pytest.raises(ValueError, match="not the key"):
                await storage.get(wrong)
        with pytest.raises(ValueError, match="too long"):
            await storage.put(bytes(MAX_STORED_BYTES + 1))
        assert await storage.get(await storage.put(b"")) == b""


async def test_a_folder_is_its_owners_alone(tmp_path: Path) -> None:
    root = tmp_path / "documents"
    before = os.umask(0)
    try:
        await FolderStorage(root).put(CONTENT)
    finally:
        os.umask(before)
    path = root / KEY[:2] / KEY[2:4] / KEY
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for folder in (root, path.parent.parent, path.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [one.name for one in path.parent.iterdir()] == [KEY]


async def test_the_same_file_twice_at_once(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    big = os.urandom(3_000_000)
    keys = await asyncio.gather(*(storage.put(big) for _ in range(8)))
    assert len(set(keys)) == 1
    assert await storage.get(keys[0]) == big


def _write_for_ever(root: str) -> None:
    while True:
        for name in range(50):
            asyncio.run(FolderStorage(Path(root)).put(bytes([name]) * 2_000_000))


def test_killed_while_it_writes_a_file_is_whole_or_absent(tmp_path: Path) -> None:
    writer = multiprocessing.get_context("spawn").Process(target=_write_for_ever, args=(str(tmp_path),))
    writer.start()
    while len([*tmp_path.rglob("*/*/[0-9a-f]*")]) < 5:
        time.sleep(0.01)
    os.kill(writer.pid or 0, signal.SIGKILL)
    writer.join()
    named = [path.name for path in tmp_path.rglob("*") if path.is_file() and path.parent.name != ".parts"]
    assert named
    for key in named:
        assert len(run_async(FolderStorage(tmp_path).get(key))) == 2_000_000


async def test_what_a_killed_process_left_goes_after_an_hour(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    await storage.put(CONTENT)
    old, fresh = tmp_path / ".parts" / "old", tmp_path / ".parts" / "fresh"
    for left in (old, fresh):
        left.write_bytes(b"half a file")
    os.utime(old, (time.time() - 3700, time.time() - 3700))
    await storage.put(b"another file")
    assert [one.name for one in (tmp_path / ".parts").iterdir()] == ["fresh"]


async def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "documents").write_text("a file where the folder should be")
    with pytest.raises(UnavailableError, match="stockage"):
        await FolderStorage(tmp_path / "documents").put(CONTENT)


async def test_a_bucket_is_asked_by_its_path_and_signed_by_its_secret() -> None:
    bucket = Bucket()
    async with serve_bytes(bucket.answer) as address:
        await document_storage(s3_url(address)).put(CONTENT)
        [asked] = bucket.asked
        assert (asked.method, asked.target) == ("PUT", f"/{BUCKET}/escale/{place_of(KEY)}")
        wrong = document_storage(s3_url(address, secret="another"))
        with pytest.raises(UnavailableError, match="stockage"):
            await wrong.put(CONTENT)
        with pytest.raises(UnavailableError, match="stockage"):
            await wrong.exists(KEY)
        bare = document_storage(s3_url(address, prefix=""))
        await bare.put(CONTENT)
    assert bucket.refused >= 2
    assert set(bucket.files) == {f"escale/{place_of(KEY)}", place_of(KEY)}


@pytest.mark.parametrize("failure", [Reply(500), Reply(503), Reply(200, b"cut", {"Content-Length": "900"})])
async def test_a_bucket_that_fails_once_is_asked_again(failure: Reply) -> None:
    bucket = Bucket()
    async with serve_bytes(bucket.answer) as address:
        storage = document_storage(s3_url(address))
        await storage.put(CONTENT)
        bucket.failures.append(failure)
        assert await storage.exists(KEY)
        if failure.status != 200:
            bucket.failures.append(failure)
            assert await storage.get(KEY) == CONTENT
            bucket.failures.append(failure)
            await storage.put(CONTENT)


async def test_a_bucket_that_answers_no_more_is_said_so() -> None:
    gone = document_storage(s3_url(f"127.0.0.1:{await closed_port()}"))
    for asked in (gone.put(CONTENT), gone.get(KEY), gone.exists(KEY), gone.delete(KEY)):
        with pytest.raises(UnavailableError, match="Réessayez"):
            await asked
    bucket = Bucket(failures=[Reply(503)] * 9)
    async with serve_bytes(bucket.answer) as address:
        with pytest.raises(UnavailableError, match="Réessayez"):
            await document_storage(s3_url(address)).get(KEY)
    assert len(bucket.asked) == 3


async def test_a_secret_is_never_said() -> None:
    url = s3_url(f"127.0.0.1:{await closed_port()}")
    bucket = bucket_of(url)
    assert (bucket.key, bucket.secret, bucket.region) == (ACCESS, SECRET, REGION)
    assert bucket.endpoint.startswith("http://127.0.0.1:")
    assert bucket_of(url.replace("&tls=0", "")).endpoint.startswith("https://")
    storage = S3Storage(bucket)
    with pytest.raises(UnavailableError) as failed:
        await storage.get(KEY)
    for said in (repr(bucket), repr(storage), str(storage), str(failed.value), repr(failed.value.__notes__)):
        assert SECRET not in said
        assert quote(SECRET, safe="") not in said
        assert ACCESS not in said or said == repr(bucket)


def test_the_settings_take_both(tmp_path: Path) -> None:
    assert isinstance(document_storage(Settings().storage_url), FolderStorage)
    given = Settings.from_env({"STORAGE_URL": s3_url("s3.example:9000")})
    assert isinstance(document_storage(given.storage_url), S3Storage)
    assert Settings.from_env({"STORAGE_URL": tmp_path.as_uri()}).storage_url == tmp_path.as_uri()

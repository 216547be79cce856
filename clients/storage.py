"""Files kept by their SHA-256: a local folder, or an S3-compatible service.

A key is the hash of the content, so a file is written twice without harm, never changed, and checked each
time it is read: one that changed is lost, and whoever asked makes it again.
"""

import asyncio
import hashlib
import os
import re
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Protocol, runtime_checkable

from domain.errors import UnavailableError

MAX_STORED_BYTES = 20 * 1024 * 1024
NOT_NOW = "L’espace de stockage des documents ne répond pas pour le moment. Réessayez dans une minute."
_KEY = re.compile(r"[0-9a-f]{64}")
_FOLDER_MODE = 0o700
_ASIDE = ".parts"
_LEFT_S = 3600.0
"""No file takes an hour to be written: one that is older was left by a process that died."""


class LostFileError(Exception):
    """The file is not there, or is no longer what it was; the message names its key."""


@runtime_checkable  # handlers are given one, which the framework looks at
class Storage(Protocol):
    """Where files are. Each method raises `UnavailableError` when the place does not answer in time."""

    async def put(self, content: bytes) -> str:
        """Keep a file; returns its key. Raises `ValueError` above `MAX_STORED_BYTES`."""
        ...

    async def get(self, key: str) -> bytes:
        """The file of a key, checked; raises `LostFileError`."""
        ...

    async def exists(self, key: str) -> bool:
        """Whether there is a file under that key; its content is not looked at."""
        ...

    async def delete(self, key: str) -> None:
        """Remove a file; nothing happens when it is not there."""
        ...


def key_of(content: bytes) -> str:
    """SHA-256 in hexadecimal; raises `ValueError` above `MAX_STORED_BYTES`."""
    if len(content) > MAX_STORED_BYTES:
        raise ValueError("the file is too long to be kept")
    return hashlib.sha256(content).hexdigest()


def place_of(key: str) -> str:
    """`ab/cd/abcd…`: two levels, so that no folder holds everything; raises `ValueError` for no key."""
    if not _KEY.fullmatch(key):
        raise ValueError("not the key of a file")
    return f"{key[:2]}/{key[2:4]}/{key}"


def checked(content: bytes, key: str) -> bytes:
    """What was read, when it is what was put; raises `LostFileError`."""
    if hashlib.sha256(content).hexdigest() != key:
        raise LostFileError(f"{key}: the content changed")
    return content


class FolderStorage:
    """A folder of this machine, readable by its owner alone."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, content: bytes) -> str:
        """Keep a file: on the disk, whole, when this returns."""
        key = key_of(content)
        try:
            await asyncio.to_thread(self._write, key, content)
        except OSError as error:
            raise UnavailableError(NOT_NOW, retry_after_s=60) from error
        return key

    async def get(self, key: str) -> bytes:
        """The file of a key, checked."""
        path = self._root / place_of(key)
        try:
            return checked(await asyncio.to_thread(path.read_bytes), key)
        except OSError as error:
            raise LostFileError(f"{key}: {error.strerror}") from error

    async def exists(self, key: str) -> bool:
        """Whether there is a file under that key."""
        return await asyncio.to_thread((self._root / place_of(key)).is_file)

    async def delete(self, key: str) -> None:
        """Remove a file."""
        path = self._root / place_of(key)
        await asyncio.to_thread(path.unlink, missing_ok=True)

    def _write(self, key: str, content: bytes) -> None:
        """Write aside, then name: a reader sees the whole file or none, whatever is killed."""
        path = self._root / place_of(key)
        with suppress(OSError, LostFileError):
            checked(path.read_bytes(), key)
            return
        _make_folders(self._root, path.parent)
        descriptor, aside = tempfile.mkstemp(dir=_aside(self._root))  # 0600
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(aside).replace(path)
        except BaseException:
            Path(aside).unlink(missing_ok=True)
            raise
        _sync(path.parent)


def _aside(root: Path) -> Path:
    """Where files are written before they have their name; what a killed process left there long ago goes."""
    folder = root / _ASIDE
    folder.mkdir(mode=_FOLDER_MODE, exist_ok=True)
    long_ago = time.time() - _LEFT_S
    for left in folder.iterdir():
        with suppress(FileNotFoundError):
            if left.stat().st_mtime < long_ago:
                left.unlink()
    return folder


def _make_folders(root: Path, leaf: Path) -> None:
    """`mkdir(parents=True)` would give the parents the modes of everybody."""
    root.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
    for folder in (leaf.parent, leaf):
        if not folder.is_dir():
            folder.mkdir(mode=_FOLDER_MODE, exist_ok=True)
            _sync(folder.parent)


def _sync(folder: Path) -> None:
    """Names are written with the folder: without this, a power cut forgets them."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ops.locks import AlreadyRunningError, FileLock, held

_HOLD = """
import sys, time
from pathlib import Path
from ops.locks import FileLock
with FileLock(Path(sys.argv[1])) as lock:
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some.lock"


def _holder(path: Path) -> subprocess.Popen[bytes]:
    child = subprocess.Popen(
        [sys.executable, "-c", _HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout
    assert child.stdout.readline() == b"held\n"
    return child


def _end(child: subprocess.Popen[bytes]) -> None:
    child.communicate()


def test_the_file_exists_only_while_it_is_held(path: Path) -> None:
    with FileLock(path):
        assert path.exists()
        assert held(path)
    assert not path.exists()
    assert not held(path)


def test_a_second_process_is_refused_and_told_who_holds_it(path: Path) -> None:
    child = _holder(path)
    with pytest.raises(AlreadyRunningError) as refusal:
        FileLock(path).acquire()
    assert refusal.value.pid == child.pid
    _end(child)
    with FileLock(path):
        assert path.read_text() == str(os.getpid())


def test_a_file_left_by_a_killed_holder_does_not_block(path: Path) -> None:
    child = _holder(path)
    child.kill()
    _end(child)
    assert path.exists()
    with FileLock(path):
        pass
    assert not path.exists()


def test_what_comes_after_a_killed_holder_waits_for_its_children(path: Path) -> None:
    lock = FileLock(path).acquire()
    orphan = subprocess.Popen(["sleep", "0.6"], pass_fds=[lock.descriptor])
    path.write_text("999999999")  # the holder is dead: no process has that number
    os.close(lock.descriptor)
    began = time.monotonic()
    with FileLock(path):
        assert time.monotonic() - began > 0.4
    assert orphan.wait() == 0


def test_waiting_takes_the_lock_when_its_holder_is_done(path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", _HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout
    child.stdout.readline()
    assert child.stdin
    child.stdin.close()
    lock = FileLock(path).wait()
    assert lock.descriptor >= 0
    lock.release()
    child.wait()
    child.stdout.close()

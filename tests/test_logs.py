"""What is logged of an error: where, never what people typed."""

import json
import subprocess
import sys

from settings import ROOT

PROGRAM = """
import logging, structlog
from logs import configure_logs
configure_logs()
secret = "ana@menuiserie.example"
try:
    raise ValueError(f"Key (email)=({secret}) already exists")
except ValueError as error:
    structlog.get_logger().error("unexpected", exc_info=error)
    logging.getLogger("library").exception("failed")
"""


def test_an_error_is_logged_without_its_values() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["error"] for line in lines] == ["ValueError", "ValueError"]
    assert all(line["frames"] for line in lines)
    assert "ana@" not in done.stdout + done.stderr

"""The whole OpenAPI description, tried by schemathesis against a real server: no failure.

Its command is run, with all its phases (examples, coverage, fuzzing, sequences of calls).
"""

import subprocess
import sysconfig
from pathlib import Path

EXAMPLES = 30


def test_every_operation(live_url: str, tmp_path: Path) -> None:
    program = Path(sysconfig.get_path("scripts")) / "schemathesis"
    settings = Path(__file__).with_name("schemathesis.toml")
    command = [str(program), "--config-file", str(settings), "run"]
    command += [f"{live_url}/schema/openapi.json", "--max-examples", str(EXAMPLES), "--no-color"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-8000:]
    assert "Tested: 21" in done.stdout

"""Delivery at the terminal: what was given up is shown with its reason, and tried again."""

import json
from datetime import UTC, datetime, time, timedelta
from typing import Any

import asyncpg
import pytest
from typer.testing import CliRunner

from domain.errors import NotFoundError
from ops import cli, outbox
from ops.bench import outbox as bench
from settings import Settings
from tests.conftest import in_thread, run_async
from workers.schedule import PARIS, Planned

PARKED = """
    INSERT INTO outbox (job, payload, tries, parked_at, error)
    VALUES ('company.proof_mail', '{"registration": "1"}', 8, now(), 'SMTP 421: message not taken now')
    RETURNING id
"""

CAME_IN = """
    INSERT INTO inbound_mails
        (received_hash, source, recipient, null_sender, status, received_at, ended_at)
    VALUES (sha256('{0}'), 'mime', 'r-{0}', false, '{1}', now(), now())
"""


async def _fetch(url: str, sql: str) -> list[Any]:
    connection = await asyncpg.connect(url)
    try:
        return list(await connection.fetch(sql))
    finally:
        await connection.close()


@pytest.fixture
def terminal(fresh_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("DATABASE_URL", fresh_settings.database_url)
    monkeypatch.setenv("VALKEY_URL", fresh_settings.valkey_url)
    return CliRunner()


def run(terminal: CliRunner, *words: str) -> Any:  # noqa: ANN401 - typer's own
    return in_thread(lambda: terminal.invoke(cli.app, list(words)))


def test_what_was_given_up_is_listed_and_tried_again(terminal: CliRunner, fresh_database: str) -> None:
    row_id = run_async(_fetch(fresh_database, PARKED))[0]["id"]
    shown = run(terminal, "outbox", "list").stdout
    assert f"{row_id}  company.proof_mail" in shown
    assert "SMTP 421: message not taken now" in shown
    assert "escale outbox retry" in shown
    told = json.loads(run(terminal, "outbox", "list", "--json").stdout)
    assert (told["waiting"], told["parked"][0]["id"]) == (0, row_id)
    assert "relancée" in run(terminal, "outbox", "retry", str(row_id)).stdout
    rows = run_async(_fetch(fresh_database, "SELECT parked_at, tries, handed_at FROM outbox"))
    assert [tuple(row) for row in rows] == [(None, 0, None)]
    assert "Mis de côté : 0" in run(terminal, "outbox", "list").stdout


def test_the_answers_received_by_mail_are_counted_by_what_became_of_them(
    terminal: CliRunner, fresh_database: str
) -> None:
    assert "Réponses reçues" not in run(terminal, "outbox", "list").stdout
    for number, outcome in enumerate(("delivered", "delivered", "bounce")):
        run_async(_fetch(fresh_database, CAME_IN.format(number, outcome)))
    shown = run(terminal, "outbox", "list").stdout
    assert "Réponses reçues par e-mail\n    retours d’un serveur : 1\n    transmises : 2\n" in shown


def test_all_at_once(terminal: CliRunner, fresh_database: str) -> None:
    for _ in range(3):
        run_async(_fetch(fresh_database, PARKED))
    assert "relancées : 3" in run(terminal, "outbox", "retry", "--all").stdout
    assert "relancées : 0" in run(terminal, "outbox", "retry", "--all").stdout


def test_a_number_or_all_and_a_number_that_is_known(terminal: CliRunner, fresh_database: str) -> None:
    assert run(terminal, "outbox", "retry").exit_code == 2
    assert run(terminal, "outbox", "retry", "3", "--all").exit_code == 2
    assert run(terminal, "outbox", "retry", "3").exit_code == 1
    with pytest.raises(NotFoundError):
        run_async(outbox.retry(fresh_database, 3))


def test_messages_kept_back_are_counted(terminal: CliRunner, fresh_database: str) -> None:
    columns = "template, subject_id, recipient, reason, message_id, created_at, kept_back"
    values = "'t', '1', 'ana@dupont.example', '1', 'm', now(), 'held'"
    run_async(_fetch(fresh_database, f"INSERT INTO emails ({columns}) VALUES ({values})"))  # noqa: S608
    shown = run(terminal, "outbox", "list").stdout
    assert "Messages retenus (destinataire absent de MAIL_ALLOW) : 1" in shown
    assert "dupont" not in shown


def test_the_clock_is_shown(terminal: CliRunner, fresh_database: str) -> None:
    assert "jamais" in run(terminal, "schedule").stdout
    planned = "2026-11-21 02:10:00+00"
    run_async(
        _fetch(
            fresh_database,
            "INSERT INTO scheduled_runs (job, planned_for, started_at, ended_at, treated, outcome) VALUES "  # noqa: S608
            f"('retention.run', '{planned}', '{planned}', '2026-11-21 02:10:01.5+00', 42, 'done')",
        )
    )
    (line,) = [line for line in run_async(outbox.clock(fresh_database)) if line[0] == "retention.run"]
    assert line[3:] == ("21/11/2026 03:10", "1,5 s", "42", "fait")


def test_the_next_run_is_tomorrow_once_today_is_past() -> None:
    entry = Planned(time(3, 10), "x")
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert entry.next(noon) == datetime(2026, 11, 22, 3, 10, tzinfo=PARIS)
    assert entry.next(noon - timedelta(hours=11)) == datetime(2026, 11, 21, 3, 10, tzinfo=PARIS)


def test_the_measure_counts_what_is_lost_and_repeated(fresh_settings: Settings) -> None:
    said: list[str] = []
    found = in_thread(lambda: bench.run(fresh_settings, 60, said.append, (1,)))
    assert (found["lost"], found["repeated"], found["mails"]) == (0, 0, 60), (found, said)
    assert found["rate_per_s"] > 0
    assert found["workers"]["1"]["lost"] == 0

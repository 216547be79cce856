"""What the commands do once the command line has handed over to them."""

import asyncio
import csv
import random
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from typer.testing import CliRunner

from clients.seal_keys import key_of_pem
from data.reference.report import silent
from domain.company import CheckReason
from domain.errors import BadFileError, ConflictError, NotFoundError
from domain.values import is_siret
from ops import cli, doctor, learning, migrate, references, review, transactions
from ops.bench import imports
from ops.evaluate import mistyped
from services.review import ToCheck
from settings import Settings
from tests.conftest import in_thread, run_async

COMMANDS = (
    *("demo", "check", "fmt", "lock", "serve", "worker", "migrate", "import", "reindex", "doctor"),
    *("backup", "restore", "staff", "companies", "bench", "eval", "learn", "outbox", "schedule", "relay"),
    "verify",
)
SUB_COMMANDS = (
    *(("companies", name) for name in ("to-check", "approve", "refuse", "banned", "ban", "unban")),
    *(("bench", name) for name in ("search", "index", "import", "outbox", "relay", "conventions")),
    *(("eval", name) for name in ("lookups", "occupations", "titles", "learn")),
    ("learn", "ranking"),
    ("accounts", "erase"),
    *(("documents", name) for name in ("check", "rebuild")),
    *(("keys", name) for name in ("new", "seal", "rotate")),
)
OUTBOX_COMMANDS = (("outbox", "list"), ("outbox", "retry"))


@pytest.mark.parametrize("words", [*((name,) for name in COMMANDS), *SUB_COMMANDS, *OUTBOX_COMMANDS])
def test_every_command_has_a_french_help(words: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(cli.app, [*words, "--help"])
    assert shown.exit_code == 0
    assert "Affiche cette aide." in shown.stdout
    assert "Show this message" not in shown.stdout


@pytest.mark.parametrize(
    "words", [words for words in SUB_COMMANDS if words[0] not in {"companies", "accounts", "keys"}]
)
def test_every_measure_can_be_written_to_a_file(words: tuple[str, ...]) -> None:
    assert "--json" in CliRunner().invoke(cli.app, [*words, "--help"]).stdout


def test_learning_the_ranking_says_what_it_did(fresh_settings: Settings) -> None:
    lesson = in_thread(lambda: asyncio.run(learning.ranking(fresh_settings.database_url)))
    said = list(learning.lines(lesson))
    assert said[0].startswith("0 issues connues")
    assert any(line.strip().startswith("La distance : 0,150") for line in said)
    assert said[-1] == "Rien ne change."
    refused = replace(lesson, unfair=("rurales",), exposure={"rurales": 0.7})
    assert list(learning.lines(refused))[-2:] == [
        "  Exposition des entreprises rurales : 70 % de celle des poids de départ",
        "Refusé : moins de 80 % pour rurales. Les poids en vigueur restent.",
    ]
    assert learning.as_json(lesson)["outcomes"] == 0


async def _fetch(url: str, sql: str) -> list[Any]:
    connection = await asyncpg.connect(url)
    try:
        return list(await connection.fetch(sql))
    finally:
        await connection.close()


def test_an_empty_database_gets_the_starter_data_once(fresh_settings: Settings) -> None:
    said: list[str] = []
    in_thread(references.load_when_empty, fresh_settings, said.append)
    assert "Données de départ" in said
    versions = run_async(_fetch(fresh_settings.database_url, "SELECT kind, version FROM reference_imports"))
    assert {row["kind"] for row in versions} == {"rome", "naf", "communes", "companies"}
    again: list[str] = []
    in_thread(references.load_when_empty, fresh_settings, again.append)
    assert again == []


def test_a_bad_file_changes_nothing(fresh_database: str, tmp_path: Path) -> None:
    path = tmp_path / "communes.csv"
    path.write_text("not,a,commune\n1,2,3\n")
    order = references.Order(kind="communes", path=path)
    with pytest.raises(BadFileError):
        in_thread(references.import_file, fresh_database, order)
    assert run_async(_fetch(fresh_database, "SELECT * FROM reference_imports")) == []


@pytest.mark.reference
def test_the_official_files_replace_the_starter_data(fresh_settings: Settings, reference: Path) -> None:
    in_thread(references.load_when_empty, fresh_settings, str)
    official = Settings(database_url=fresh_settings.database_url, escale_reference=str(reference))
    in_thread(references.load_when_empty, official, str)
    rows = run_async(_fetch(fresh_settings.database_url, "SELECT kind, version FROM reference_imports"))
    assert {row["kind"] for row in rows if row["version"] == "starter"} == {"companies"}


def test_reindex_tells_the_processes(fresh_database: str) -> None:
    async def heard() -> str:
        connection = await asyncpg.connect(fresh_database)
        told: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        await connection.add_listener("reference", lambda *said: told.set_result(str(said[2])))
        await transactions.reindex(fresh_database)
        channel = await asyncio.wait_for(told, 5)
        await connection.close()
        return channel

    assert run_async(heard()) == "reference"


def test_migrations_and_tables_agree(servers: Any, fresh_database: str) -> None:  # noqa: ANN401 - see conftest
    assert in_thread(migrate.check, Settings(database_url=servers.database_url)) == ""
    rows = run_async(_fetch(fresh_database, "SELECT version_num FROM alembic_version"))
    assert rows[0]["version_num"] == migrate.head()


def test_the_last_migration_can_be_undone_and_done_again(fresh_database: str) -> None:
    in_thread(migrate.downgrade, fresh_database, "-1")
    in_thread(migrate.upgrade, fresh_database)


def _waiting(siret: str) -> ToCheck:
    return ToCheck(
        id=uuid4(),
        siret=siret,
        name="Boulangerie des Halles",
        email="boulangerie@poste.example",
        website="",
        editing=False,
        reason=CheckReason.FREE_MAIL,
        since=transactions.now(),
    )


def test_a_registration_is_named_by_its_siret_or_its_number() -> None:
    one, two, rival = _waiting("99900000000010"), _waiting("99900000000028"), _waiting("99900000000028")
    items = [one, two, rival]
    assert review.named(items, "999 000 000 00010") is one
    assert review.named(items, str(rival.id)) is rival
    with pytest.raises(ConflictError, match=str(rival.id)):
        review.named(items, two.siret)
    with pytest.raises(NotFoundError):
        review.named(items, str(uuid4()))


def test_nothing_waits_in_a_new_database(fresh_database: str) -> None:
    assert run_async(review.waiting(fresh_database)) == []
    with pytest.raises(NotFoundError):
        run_async(review.approve(fresh_database, "99900000000010"))


def test_a_description_says_why_a_person_must_look() -> None:
    item = _waiting("99900000000010")
    shown = review.describe(item)
    assert "L’adresse est chez un fournisseur ouvert à tous." in shown
    assert str(item.id) in shown


def _examined(settings: Settings) -> list[doctor.Finding]:
    return in_thread(lambda: list(doctor.examine(settings)))


def test_the_doctor_reads_a_database(fresh_settings: Settings) -> None:
    found = {finding.name: finding for finding in _examined(fresh_settings)}
    assert found["Base de données"].well
    assert found["Migrations"].seen == f"révision {migrate.head()}"
    assert not found["Référentiels"].well
    assert "escale import" in found["Référentiels"].remedy


def test_the_doctor_says_what_does_not_answer() -> None:
    lost = Settings(database_url="postgresql://nobody@127.0.0.1:9/none")
    finding = next(one for one in _examined(lost) if one.name == "Base de données")
    assert not finding.well
    assert "DATABASE_URL" in finding.remedy


def test_invented_companies_are_all_accepted(fresh_settings: Settings, tmp_path: Path) -> None:
    in_thread(references.load_when_empty, fresh_settings, str)
    path = tmp_path / "companies.csv"
    imports.write_companies(path, 200)
    with path.open() as stream:
        assert all(is_siret(row["siret"]) for row in csv.DictReader(stream))
    order = references.Order(kind="companies", path=path, source="bench")
    report = run_async(references.run_order(fresh_settings.database_url, order, silent))
    assert (report.read, report.rejected_count) == (200, 0)


def test_a_mistyped_label_differs_by_one_slip() -> None:
    rng = random.Random(1)  # noqa: S311 - a sample, not a secret
    for _ in range(200):
        typed = mistyped("Boulanger-pâtissier", rng)
        assert typed != "boulanger patissier"
        assert abs(len(typed) - len("boulanger patissier")) <= 1
    assert mistyped("Art", rng) == "art"


def test_the_key_of_the_seal_is_written_ready_to_use() -> None:
    shown = CliRunner().invoke(cli.app, ["keys", "seal", "--name", "Cachet de la Région", "--years", "2"])
    assert shown.exit_code == 0
    certificate = key_of_pem(shown.stdout).certificate
    assert certificate.subject.rfc4514_string() == "CN=Cachet de la Région"
    assert (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days == 730

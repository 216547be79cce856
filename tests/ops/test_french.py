"""What the command line says of a mistake, and how it shows a usage, is French."""

import re

import pytest
from typer.testing import CliRunner

from ops import cli

_ENGLISH = re.compile(
    r"\b(Usage: |such|command|option:|Missing|Invalid|Did you|Possible|argument|extra|Input|should|"
    r"valid|Choose|from|not one|takes?|requires)\b"
)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("imprt", "Il n’y a pas de commande « imprt ». Vouliez-vous dire 'import' ?"),
        ("migrate --chek", "Il n’y a pas d’option --chek. Options proches : --check, --help."),
        ("import", "Il manque QUOI. Choisissez parmi rome, communes, naf, companies, agencies."),
        ("import romee", "« romee » n’en est pas"),
        ("backup", "Il manque DOSSIER."),
        ("backup one two", "En trop : two."),
        ("bench outbox --mails many", "--mails : il faut un nombre entier."),
        ("bench outbox --mails", "Il manque la valeur de --mails."),
        ("migrate --check=2", "L’option --check ne prend pas de valeur."),
        ("accounts erase somebody", "il faut un numéro tel que le journal l’écrit."),
    ],
)
def test_a_mistake_is_told_in_french(line: str, expected: str) -> None:
    shown = CliRunner().invoke(cli.app, line.split(), prog_name="escale")
    said = " ".join(shown.stderr.replace("│", " ").split())
    assert shown.exit_code == 2
    assert expected in said
    assert _ENGLISH.search(said.split("Erreur", 1)[1]) is None
    assert "Usage: " not in said


@pytest.mark.parametrize("line", ["--help", "bench --help", "test --help", "import --help"])
def test_usage_lines_are_french(line: str) -> None:
    shown = CliRunner().invoke(cli.app, line.split(), prog_name="escale").stdout
    assert "Usage : escale" in shown
    assert "COMMAND [ARGS]" not in shown

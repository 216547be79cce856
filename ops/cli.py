"""The command line: each command says what it takes, calls a function elsewhere and prints the outcome.

Modules are imported by the command that needs them, so that `--help` stays instant and the image,
which has neither embedded servers nor test tools, can run its three roles.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from domain.errors import BadFileError
from ops.cli_accounts import accounts_app
from ops.cli_common import connected_settings, keep, read_settings, refusals
from ops.cli_companies import companies_app
from ops.cli_documents import documents_app
from ops.cli_keys import keys_app
from ops.cli_learn import learn_app
from ops.cli_measures import bench_app, eval_app
from ops.cli_outbox import outbox_app, schedule
from ops.cli_relay import relay
from ops.cli_staff import staff_app
from ops.cli_verify import verify
from ops.french import FrenchCommand, FrenchGroup

app = typer.Typer(
    cls=FrenchGroup,
    help="Escale : trouver une entreprise d’accueil pour une immersion professionnelle.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(accounts_app, name="accounts", help="Efface de nouveau ce qu’une sauvegarde a ramené.")
app.add_typer(companies_app, name="companies", help="Vérifie les inscriptions d’entreprises.")
app.add_typer(documents_app, name="documents", help="Vérifie et refait les fichiers des conventions.")
app.add_typer(keys_app, name="keys", help="Fait et change les clés de chiffrement, fait celle du cachet.")
app.add_typer(staff_app, name="staff", help="Gère l’équipe de la plateforme.")
app.add_typer(bench_app, name="bench", help="Mesure des vitesses.")
app.add_typer(eval_app, name="eval", help="Mesure la qualité des réponses.")
app.add_typer(learn_app, name="learn", help="Apprend de ce qui s’est passé.")
app.add_typer(outbox_app, name="outbox", help="Montre et relance les tâches mises de côté.")
app.command(cls=FrenchCommand)(schedule)
app.command(cls=FrenchCommand)(relay)
app.command(cls=FrenchCommand)(verify)


class Referential(StrEnum):
    """What `import` takes."""

    ROME = "rome"
    COMMUNES = "communes"
    NAF = "naf"
    COMPANIES = "companies"
    AGENCIES = "agencies"


@app.command(cls=FrenchCommand)
def demo(
    fresh: Annotated[bool, typer.Option("--fresh", help="Efface les données et repart de zéro.")] = False,
) -> None:
    """Lance tout le service sur cette machine, à l’adresse qu’il affiche (PORT, 8000 par défaut)."""
    from ops.running import DemoRunsError, refuse_second

    with refusals(DemoRunsError):
        refuse_second()
    from ops import demo as door
    from ops.server_files import EmbeddedError

    with refusals(door.DemoError, DemoRunsError, EmbeddedError):
        door.run(read_settings(), fresh=fresh)


@app.command(
    cls=FrenchCommand,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    options_metavar="[DOSSIER] [OPTIONS DE PYTEST]",
)
def test(context: typer.Context) -> None:
    """Lance les tests ; ce qui suit est donné à pytest (tests/domain -x ; -h : ses options, en anglais)."""
    from ops import quality

    raise typer.Exit(quality.run_tests(context.args))


@app.command(cls=FrenchCommand)
def check(
    tests: Annotated[bool, typer.Option(help="Lance aussi les tests.")] = True,
) -> None:
    """Vérifie tout : style, types, imports, Dockerfile, migrations, tests."""
    from ops import quality

    failed = quality.check_all(read_settings(), tests=tests)
    if failed:
        typer.secho(f"À reprendre : {', '.join(failed)}", err=True, fg=typer.colors.RED)
        raise typer.Exit(1)
    print("Tout est bon.")


@app.command(cls=FrenchCommand)
def fmt() -> None:
    """Met le code en forme."""
    from ops import quality

    raise typer.Exit(quality.fix_style())


@app.command(cls=FrenchCommand)
def lock(
    upgrade: Annotated[
        bool, typer.Option("--upgrade", help="Prend les dernières versions permises.")
    ] = False,
) -> None:
    """Fige les dépendances (versions et empreintes) d’après pyproject.toml et package.json."""
    from ops import dependencies

    with refusals(dependencies.LockError):
        for path in dependencies.lock(upgrade=upgrade):
            print(path.name)


@app.command(cls=FrenchCommand)
def serve(
    host: Annotated[str, typer.Option(help="Adresse d’écoute.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port d’écoute ; 0 : celui de PORT.")] = 0,
) -> None:
    """Sert l’API et les pages (il faut DATABASE_URL et VALKEY_URL, ou une démonstration en marche)."""
    from ops import serve as door

    with connected_settings() as complete:
        door.api(complete, host=host, port=port or complete.port)


@app.command(cls=FrenchCommand)
def worker() -> None:
    """Traite les tâches : e-mails, tâches programmées, suites des enregistrements."""
    from workers.run import main as run_worker

    with connected_settings() as complete:
        run_worker(complete)


@app.command(cls=FrenchCommand)
def migrate(
    new: Annotated[str, typer.Option("--new", help="Écrit la migration qui manque, avec ce titre.")] = "",
    check: Annotated[
        bool, typer.Option("--check", help="Dit si les tables et les migrations s’écartent.")
    ] = False,
) -> None:
    """Met la base au niveau du code."""
    from ops import migrate as door

    if new:
        print(door.new_revision(read_settings(), new))
        return
    if check:
        difference = door.check(read_settings())
        print(difference or "Tables et migrations concordent.")
        raise typer.Exit(1 if difference else 0)
    with connected_settings() as complete:
        door.upgrade(complete.database_url)
    print(f"Base à jour : révision {door.head()}.")


@app.command(cls=FrenchCommand)
def backup(
    folder: Annotated[Path, typer.Argument(metavar="DOSSIER", help="Dossier des sauvegardes.")],
) -> None:
    """Sauvegarde la base dans un fichier daté, et retire les sauvegardes de plus de 35 jours."""
    from ops import backup as door
    from ops.transactions import now

    with connected_settings() as complete, refusals(door.BackupError):
        print(door.backup(complete.database_url, folder, now()))


@app.command(cls=FrenchCommand)
def restore(
    file: Annotated[Path, typer.Argument(metavar="FICHIER", help="Fichier écrit par « backup ».")],
    yes: Annotated[bool, typer.Option("--yes", help="Ne demande pas de confirmation.")] = False,
) -> None:
    """Remplace toute la base par une sauvegarde ; arrêtez l’API et les tâches avant."""
    from ops import backup as door

    with connected_settings() as complete, refusals(door.BackupError):
        if not yes:
            typer.confirm("Tout ce que contient la base sera remplacé. Continuer ?", abort=True)
        door.restore(complete.database_url, file)
    print("Base restaurée. Lancez « migrate », puis vérifiez et relancez les tâches mises de côté.")


@app.command(name="import", cls=FrenchCommand)
def import_(
    kind: Annotated[Referential, typer.Argument(metavar="QUOI", help="Ce qui est importé.")],
    path: Annotated[
        Path | None,
        typer.Argument(
            metavar="CHEMIN", help="Dossier, zip ou fichier CSV ; structures : celui d’ESCALE_REFERENCE."
        ),
    ] = None,
    mapping: Annotated[
        str, typer.Option(help="Entreprises : correspondance des colonnes (son nom, ou un fichier TOML).")
    ] = "",
    source: Annotated[str, typer.Option(help="Entreprises : nom de la source, gardé avec chacune.")] = "",
    rejects: Annotated[
        Path | None, typer.Option(help="Entreprises, structures : écrit ici toutes les lignes écartées.")
    ] = None,
    json: Annotated[Path | None, typer.Option(help="Écrit aussi le compte rendu dans ce fichier.")] = None,
) -> None:
    """Importe un référentiel, des entreprises ou des structures ; un mauvais fichier ne change rien."""
    from ops import references

    if path is None and kind is not Referential.AGENCIES:
        raise typer.BadParameter("indiquez le dossier ou le fichier à importer.")
    with refusals(BadFileError):
        found = path or references.agencies_file(read_settings())
    extra = {"source": source} if source else {}
    order = references.Order(kind=kind.value, path=found, mapping=mapping, rejects=rejects, **extra)
    with connected_settings() as complete, refusals(BadFileError):
        report = references.import_file(complete.database_url, order)
    references.show(report)
    keep(report.as_json(), json)


@app.command(cls=FrenchCommand)
def reindex() -> None:
    """Fait relire les référentiels et les entreprises à tous les processus de l’API."""
    import asyncio

    from ops import transactions

    with connected_settings() as complete:
        asyncio.run(transactions.reindex(complete.database_url))
    print("Les processus en marche relisent leurs données.")


@app.command(cls=FrenchCommand)
def doctor() -> None:
    """Dit ce qui manque sur cette machine, et comment y remédier."""
    from ops.doctor import examine

    ill = False
    for finding in examine(read_settings()):
        mark, color = ("✓", typer.colors.GREEN) if finding.well else ("✗", typer.colors.RED)
        typer.secho(f"{mark} {finding.name} : {finding.seen}", fg=color)
        if not finding.well:
            ill = True
            print(f"    → {finding.remedy}")
    raise typer.Exit(1 if ill else 0)


if __name__ == "__main__":
    app(prog_name="escale")

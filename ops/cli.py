"""The command line: each command says what it takes, calls a function elsewhere and prints the outcome.

Modules are imported by the command that needs them, so that `--help` stays instant and the image,
which has neither embedded servers nor test tools, can run its three roles.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from json import dumps
from pathlib import Path
from typing import Annotated, Any

import typer

from domain.errors import BadFileError, DomainError
from ops.french import FrenchCommand, FrenchGroup
from settings import Settings, SettingsError

app = typer.Typer(
    cls=FrenchGroup,
    help="Escale : trouver une entreprise d’accueil pour une immersion professionnelle.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
companies_app = typer.Typer(cls=FrenchGroup, no_args_is_help=True)
bench_app = typer.Typer(cls=FrenchGroup, no_args_is_help=True)
eval_app = typer.Typer(cls=FrenchGroup, no_args_is_help=True)
app.add_typer(companies_app, name="companies", help="Vérifie les inscriptions d’entreprises.")
app.add_typer(bench_app, name="bench", help="Mesure des vitesses.")
app.add_typer(eval_app, name="eval", help="Mesure la qualité des réponses.")


JsonFile = Annotated[Path | None, typer.Option("--json", help="Écrit aussi les mesures dans ce fichier.")]


class Referential(StrEnum):
    """What `import` takes."""

    ROME = "rome"
    COMMUNES = "communes"
    NAF = "naf"
    COMPANIES = "companies"


@contextmanager
def refusals(*kinds: type[Exception]) -> Iterator[None]:
    """Print the French message of an expected error, and exit with code 1."""
    try:
        yield
    except kinds as error:
        typer.secho(str(error), err=True, fg=typer.colors.RED)
        raise typer.Exit(1) from None


def _settings() -> Settings:
    with refusals(SettingsError):
        return Settings.from_env()


@app.command(cls=FrenchCommand)
def demo(
    fresh: Annotated[bool, typer.Option("--fresh", help="Efface les données et repart de zéro.")] = False,
) -> None:
    """Lance tout le service sur cette machine, à l’adresse qu’il affiche (PORT, 8000 par défaut)."""
    from ops import demo as door
    from ops.server_files import EmbeddedError

    with refusals(door.DemoError, EmbeddedError):
        door.run(_settings(), fresh=fresh)


@app.command(
    cls=FrenchCommand,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
)
def test(context: typer.Context) -> None:
    """Lance les tests ; ce qui suit est donné à pytest."""
    from ops import quality

    raise typer.Exit(quality.run_tests(context.args))


@app.command(cls=FrenchCommand)
def check(
    tests: Annotated[bool, typer.Option(help="Lance aussi les tests.")] = True,
) -> None:
    """Vérifie tout : style, types, imports, Dockerfile, migrations, tests."""
    from ops import quality

    failed = quality.check_all(_settings(), tests=tests)
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

    settings = _settings()
    with _connected(settings) as complete:
        door.api(complete, host=host, port=port or settings.port)


@app.command(cls=FrenchCommand)
def worker() -> None:
    """Traite les tâches : e-mails, tâches programmées, suites des enregistrements."""
    from workers.run import main as run_worker

    with _connected(_settings()) as complete:
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

    settings = _settings()
    if new:
        print(door.new_revision(settings, new))
        return
    if check:
        difference = door.check(settings)
        print(difference or "Tables et migrations concordent.")
        raise typer.Exit(1 if difference else 0)
    with _connected(settings) as complete:
        door.upgrade(complete.database_url)
    print(f"Base à jour : révision {door.head()}.")


@app.command(name="import", cls=FrenchCommand)
def import_(
    kind: Annotated[Referential, typer.Argument(help="Ce qui est importé.")],
    path: Annotated[Path, typer.Argument(help="Dossier, zip ou fichier CSV.")],
    mapping: Annotated[
        str, typer.Option(help="Entreprises : correspondance des colonnes (son nom, ou un fichier TOML).")
    ] = "",
    source: Annotated[str, typer.Option(help="Entreprises : nom de la source, gardé avec chacune.")] = "",
    rejects: Annotated[
        Path | None, typer.Option(help="Entreprises : écrit ici toutes les lignes écartées.")
    ] = None,
    json: Annotated[Path | None, typer.Option(help="Écrit aussi le compte rendu dans ce fichier.")] = None,
) -> None:
    """Importe un référentiel officiel ou un fichier d’entreprises ; un mauvais fichier ne change rien."""
    from ops import references

    extra = {"source": source} if source else {}
    order = references.Order(kind=kind.value, path=path, mapping=mapping, rejects=rejects, **extra)
    with _connected(_settings()) as complete, refusals(BadFileError):
        report = references.import_file(complete.database_url, order)
    references.show(report)
    _keep(report.as_json(), json)


@app.command(cls=FrenchCommand)
def reindex() -> None:
    """Fait relire les référentiels et les entreprises à tous les processus de l’API."""
    import asyncio

    from ops import transactions

    with _connected(_settings()) as complete:
        asyncio.run(transactions.reindex(complete.database_url))
    print("Les processus en marche relisent leurs données.")


@companies_app.command(name="to-check", cls=FrenchCommand)
def to_check() -> None:
    """Liste les inscriptions qu’une personne doit vérifier."""
    import asyncio

    from ops import review

    with _connected(_settings()) as complete:
        items = asyncio.run(review.waiting(complete.database_url))
    for item in items:
        print(review.describe(item))
    if not items:
        print("Rien à vérifier.")


@companies_app.command(cls=FrenchCommand)
def approve(which: Annotated[str, typer.Argument(help="SIRET, ou numéro de l’inscription.")]) -> None:
    """Publie une inscription vérifiée."""
    import asyncio

    from ops import review

    with _connected(_settings()) as complete, refusals(DomainError):
        print(f"Publiée : {asyncio.run(review.approve(complete.database_url, which))}")


@companies_app.command(cls=FrenchCommand)
def refuse(
    which: Annotated[str, typer.Argument(help="SIRET, ou numéro de l’inscription.")],
    reason: Annotated[str, typer.Option(prompt="Raison, que la personne lira", help="Raison du refus.")],
) -> None:
    """Refuse une inscription ; la personne reçoit la raison par courriel."""
    import asyncio

    from ops import review

    with _connected(_settings()) as complete, refusals(DomainError):
        print(f"Refusée : {asyncio.run(review.refuse(complete.database_url, which, reason))}")


@app.command(cls=FrenchCommand)
def doctor() -> None:
    """Dit ce qui manque sur cette machine, et comment y remédier."""
    from ops.doctor import examine

    ill = False
    for finding in examine(_settings()):
        mark, color = ("✓", typer.colors.GREEN) if finding.well else ("✗", typer.colors.RED)
        typer.secho(f"{mark} {finding.name} : {finding.seen}", fg=color)
        if not finding.well:
            ill = True
            print(f"    → {finding.remedy}")
    raise typer.Exit(1 if ill else 0)


@bench_app.command(name="search", cls=FrenchCommand)
def bench_search(
    companies: Annotated[int, typer.Option(help="Entreprises inventées.")] = 100_000,
    json: JsonFile = None,
) -> None:
    """Mesure la recherche telle qu’elle est servie : un processus d’API, des demandes variées."""
    from ops.bench import search

    with refusals(search.BenchError):
        _keep(search.run(_settings(), companies, print), json)


@bench_app.command(name="index", cls=FrenchCommand)
def bench_index(json: JsonFile = None) -> None:
    """Mesure le classement en mémoire, de cent mille à cinq millions d’offres."""
    from ops.bench import index

    _keep(index.run(print), json)


@bench_app.command(name="import", cls=FrenchCommand)
def bench_import(
    companies: Annotated[int, typer.Option(help="Entreprises inventées.")] = 100_000,
    json: JsonFile = None,
) -> None:
    """Mesure l’import d’un fichier d’entreprises."""
    from ops.bench import imports

    _keep(imports.run(_settings(), companies, print), json)


@eval_app.command(name="lookups", cls=FrenchCommand)
def eval_lookups(json: JsonFile = None) -> None:
    """Mesure si métiers, compétences et communes mal tapés sont retrouvés."""
    from ops import evaluate

    _keep(evaluate.run(_settings(), print), json)


@eval_app.command(name="occupations", cls=FrenchCommand)
def eval_occupations(json: JsonFile = None) -> None:
    """Mesure le classement des métiers : passeports, compétences masquées, métiers proches, phrases."""
    from ops import evaluate_matching

    with refusals(BadFileError):
        _keep(evaluate_matching.occupations(_settings(), print), json)


@eval_app.command(name="titles", cls=FrenchCommand)
def eval_titles(json: JsonFile = None) -> None:
    """Mesure si un métier mal tapé est retrouvé en premier."""
    from ops import evaluate_matching

    with refusals(BadFileError):
        _keep(evaluate_matching.titles(_settings(), print), json)


@eval_app.command(name="learn", cls=FrenchCommand)
def eval_learn(json: JsonFile = None) -> None:
    """Ajuste à nouveau les poids appris (matching/weights.json) d’après le ROME officiel."""
    from ops import evaluate_matching

    with refusals(BadFileError):
        _keep(evaluate_matching.learn(_settings(), print), json)


def _keep(result: dict[str, Any], path: Path | None) -> None:
    """Write what was measured or done to a file, when one is given."""
    if path:
        path.write_text(dumps(result, ensure_ascii=False, indent=2, default=str) + "\n")


@contextmanager
def _connected(settings: Settings) -> Iterator[Settings]:
    from ops.connections import NoDatabaseError, NotReadyError, connected, database_expected
    from ops.locks import AlreadyRunningError
    from ops.server_files import EmbeddedError

    expected = (NotReadyError, AlreadyRunningError, EmbeddedError, NoDatabaseError)
    with refusals(*expected), connected(settings) as complete, database_expected():
        yield complete


if __name__ == "__main__":
    app(prog_name="escale")

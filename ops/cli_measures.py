"""The commands that measure: speeds, and the quality of answers."""

from typing import Annotated

import typer

from domain.errors import BadFileError
from ops.cli_common import JsonFile, group, keep, read_settings, refusals
from ops.french import FrenchCommand

bench_app = group()
eval_app = group()


@bench_app.command(name="search", cls=FrenchCommand)
def bench_search(
    companies: Annotated[int, typer.Option(help="Entreprises inventées.")] = 100_000,
    json: JsonFile = None,
) -> None:
    """Mesure la recherche telle qu’elle est servie : un processus d’API, des demandes variées."""
    from ops.bench import search

    with refusals(search.BenchError):
        keep(search.run(read_settings(), companies, print), json)


@bench_app.command(name="index", cls=FrenchCommand)
def bench_index(json: JsonFile = None) -> None:
    """Mesure le classement en mémoire, de cent mille à cinq millions d’offres."""
    from ops.bench import index

    keep(index.run(print), json)


@bench_app.command(name="import", cls=FrenchCommand)
def bench_import(
    companies: Annotated[int, typer.Option(help="Entreprises inventées.")] = 100_000,
    json: JsonFile = None,
) -> None:
    """Mesure l’import d’un fichier d’entreprises."""
    from ops.bench import imports

    keep(imports.run(read_settings(), companies, print), json)


@bench_app.command(name="outbox", cls=FrenchCommand)
def bench_outbox(
    mails: Annotated[int, typer.Option(help="Messages promis d’un coup.")] = 10_000,
    json: JsonFile = None,
) -> None:
    """Mesure l’envoi des e-mails par un puis deux processus, et compte les perdus et les répétés."""
    from ops.bench import outbox

    with refusals(outbox.BenchError):
        keep(outbox.run(read_settings(), mails, print), json)


@bench_app.command(name="relay", cls=FrenchCommand)
def bench_relay(
    mails: Annotated[int, typer.Option(help="Réponses remises, deux fois.")] = 1000,
    json: JsonFile = None,
) -> None:
    """Mesure les réponses par e-mail, de l’arrivée au fil, et compte les perdues et les répétées."""
    from ops.bench import relay

    with refusals(relay.BenchError):
        keep(relay.run(read_settings(), mails, print), json)


@bench_app.command(name="conventions", cls=FrenchCommand)
def bench_conventions(
    count: Annotated[int, typer.Option(help="Conventions menées à leur document ; 0 : aucune.")] = 1000,
    desk: Annotated[int, typer.Option(help="Conventions inventées d’une structure ; 0 : aucune.")] = 10_000,
    json: JsonFile = None,
) -> None:
    """Mesure des conventions, du brouillon au dernier message, puis la liste d’une structure."""
    from ops.bench import convention_path, conventions

    with refusals(conventions.BenchError):
        found = convention_path.run(read_settings(), count, print) if count else {}
        listed = conventions.run(read_settings(), desk, print) if desk else {}
        keep({**found, **listed}, json)


@eval_app.command(name="lookups", cls=FrenchCommand)
def eval_lookups(json: JsonFile = None) -> None:
    """Mesure si métiers, compétences et communes mal tapés sont retrouvés."""
    from ops import evaluate

    keep(evaluate.run(read_settings(), print), json)


@eval_app.command(name="occupations", cls=FrenchCommand)
def eval_occupations(json: JsonFile = None) -> None:
    """Mesure le classement des métiers : passeports, compétences masquées, métiers proches, phrases."""
    from ops import evaluate_matching

    with refusals(BadFileError):
        keep(evaluate_matching.occupations(read_settings(), print), json)


@eval_app.command(name="titles", cls=FrenchCommand)
def eval_titles(json: JsonFile = None) -> None:
    """Mesure si un métier mal tapé est retrouvé en premier."""
    from ops import evaluate_matching

    with refusals(BadFileError):
        keep(evaluate_matching.titles(read_settings(), print), json)


@eval_app.command(name="learn", cls=FrenchCommand)
def eval_learn(json: JsonFile = None) -> None:
    """Ajuste à nouveau les poids appris (matching/weights.json) d’après le ROME officiel."""
    from ops import evaluate_matching

    with refusals(BadFileError):
        keep(evaluate_matching.learn(read_settings(), print), json)

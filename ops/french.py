"""French for the words that Typer itself shows: help, usage lines and errors."""

import re
from collections.abc import Callable
from typing import Any

from typer import rich_utils
from typer.core import TyperCommand, TyperGroup

rich_utils.ARGUMENTS_PANEL_TITLE = "Arguments"
rich_utils.OPTIONS_PANEL_TITLE = "Options"
rich_utils.COMMANDS_PANEL_TITLE = "Commandes"
rich_utils.ERRORS_PANEL_TITLE = "Erreur"
rich_utils.ABORTED_TEXT = "Interrompu."
rich_utils.RICH_HELP = "Aide : [blue]{command_path} {help_option}[/]"
rich_utils.DEFAULT_STRING = "[par défaut : {}]"
rich_utils.REQUIRED_LONG_STRING = "[obligatoire]"
_HELP = "Affiche cette aide."
_USAGE = "Usage : "
_COMMANDS = "COMMANDE [ARGUMENTS]…"

_SAID: tuple[tuple[str, str], ...] = (
    (r"No such command '(.+?)'\.?", r"Il n’y a pas de commande « \1 »."),
    (r" Did you mean (.+)\?$", r" Vouliez-vous dire \1 ?"),
    (r"^No such option: (\S+)", r"Il n’y a pas d’option \1."),
    (r" \(Possible options: (.+)\)$", r" Options proches : \1."),
    (r"^Missing command\.?", "Il manque la commande."),
    (r"^Missing (?:argument|option|parameter) '(.+?)'\.?", r"Il manque \1."),
    (r" Choose from:\s*(.+)$", r" Choisissez parmi \1."),
    (r"^Got unexpected extra arguments? ?(?:\(s\) )?\((.+)\)$", r"En trop : \1."),
    (r"^Option '(.+?)' requires (?:an argument|\d+ arguments)\.?$", r"Il manque la valeur de \1."),
    (r"^Option '(.+?)' does not take a value\.?$", r"L’option \1 ne prend pas de valeur."),
    (r"^Invalid value for '(.+?)': ", r"\1 : "),
    (r"^Invalid value: ", ""),
    (r"Value error, ", ""),
    (r"'(.+?)' is not one of (.+)\.$", r"« \1 » n’en est pas ; choisissez parmi \2."),
    (r"Input should be a valid integer.*$", "il faut un nombre entier."),
    (r"Input should be a valid UUID.*$", "il faut un numéro tel que le journal l’écrit."),
)
"""What Typer 0.29 says, and how we say it; what is not here is shown as it is."""


def said(message: str) -> str:
    """A message of Typer, in French."""
    for english, french in _SAID:
        message = re.sub(english, french, message, flags=re.DOTALL)
    return " ".join(message.split())


def _told(show: Callable[[Any], None]) -> Callable[[Any], None]:
    """The function that shows errors, given French ones."""

    def shown(error: Any) -> None:  # noqa: ANN401 - the types are private to Typer
        message = said(error.format_message())
        error.format_message = lambda: message
        show(error)

    return shown


rich_utils.rich_format_error = _told(rich_utils.rich_format_error)  # type: ignore[assignment]


class FrenchCommand(TyperCommand):
    """A command whose `--help` is described in French."""

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401 - the types are private to Typer
        """The `--help` option, in French."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = _HELP
        return option

    def format_usage(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - the same
        """The usage line, in French."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix=_USAGE)


class FrenchGroup(TyperGroup):
    """A group of commands whose `--help` is described in French."""

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401 - the types are private to Typer
        """The `--help` option, in French."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = _HELP
        return option

    def format_usage(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - the same
        """The usage line, in French."""
        pieces = super(TyperGroup, self).collect_usage_pieces(ctx)
        formatter.write_usage(ctx.command_path, " ".join([*pieces, _COMMANDS]), prefix=_USAGE)

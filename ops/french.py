"""French for the few words that Typer itself shows."""

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


class FrenchCommand(TyperCommand):
    """A command whose `--help` is described in French."""

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401 - the types are private to Typer
        """The `--help` option, in French."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = _HELP
        return option


class FrenchGroup(TyperGroup):
    """A group of commands whose `--help` is described in French."""

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401 - the types are private to Typer
        """The `--help` option, in French."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = _HELP
        return option

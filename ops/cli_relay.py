"""The command that takes answers by mail."""

from ops.cli_common import connected_settings, refusals
from settings import SettingsError


def relay() -> None:
    """Reçoit du serveur de messagerie les réponses par e-mail (LMTP ou SMTP) ; « worker » les transmet."""
    from workers.receiver import main as run_receiver

    with connected_settings() as complete, refusals(SettingsError):
        run_receiver(complete)

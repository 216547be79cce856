"""The commands that learn from what happened."""

import asyncio

from ops.cli_common import JsonFile, connected_settings, group, keep
from ops.french import FrenchCommand

learn_app = group()


@learn_app.callback()
def learning() -> None:
    """Apprend de ce qui s’est passé."""


@learn_app.command(name="ranking", cls=FrenchCommand)
def learn_ranking(json: JsonFile = None) -> None:
    """Apprend les poids du classement de la suite des demandes, sauf s’ils cachent des entreprises."""
    from ops import learning as door

    with connected_settings() as complete:
        lesson = asyncio.run(door.ranking(complete.database_url))
    for line in door.lines(lesson):
        print(line)
    keep(door.as_json(lesson), json)

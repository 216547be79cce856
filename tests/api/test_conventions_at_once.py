"""Two agents who decide on one convention at the same moment: one wins, the other is told."""

import asyncio
from collections.abc import Mapping

import httpx
import pytest
from sqlalchemy import text

from api.cookies import SESSION_COOKIE
from data.queries import convention_story, conventions
from data.session import create_engine
from domain.roles import Role
from services.conventions import reviewing
from services.conventions.story import Line
from tests.api.at_once import until_waiting
from tests.api.convention_callers import Site, add_account, made
from tests.api.space_callers import database

SEE_OTHER, CONFLICT = httpx.codes.SEE_OTHER, httpx.codes.CONFLICT
TOLD = "Cette convention a changé depuis que vous avez ouvert la page."
VALIDATE, REJECT = {"acte": "valider"}, {"acte": "refuser", "reason": "Les horaires ne vont pas."}
_LOCKED = "SELECT id FROM conventions WHERE id = :id FOR UPDATE"


async def two_validators(url: str) -> Site:
    """A convention that waits to be validated, by `stranger` or by `second`."""
    site = await made(url, "signed", "o")
    async with database(url) as session:
        site.world.session = session
        await reviewing.pre_approve(site.desk.office, await site.desk.standing("counsellor", site.convention))
        await add_account(site.world, f"o{site.number}-", "second", Role.VALIDATOR)
    return site


async def decide(client: httpx.AsyncClient, site: Site, name: str, act: Mapping[str, str]) -> httpx.Response:
    """From a page that both opened before."""
    data = {"version": "1", "status": "pre_approved", **act}
    return await client.post(
        site.url, data=data, headers={"cookie": f"{SESSION_COOKIE}={site.world.tokens[name]}"}
    )


async def together(
    client: httpx.AsyncClient, site: Site, url: str, acts: tuple[Mapping[str, str], Mapping[str, str]]
) -> list[httpx.Response]:
    """Both requests wait for the convention's row, each on its connection, before either gets it."""
    engine = create_engine(url, 2)
    async with engine.connect() as holding, engine.connect() as watching:
        await holding.execute(text(_LOCKED), {"id": site.convention})
        both = [
            asyncio.create_task(decide(client, site, name, act))
            for name, act in zip(("stranger", "second"), acts, strict=True)
        ]

        await until_waiting(watching, "%conventions%FOR UPDATE%", len(both))
        await holding.rollback()
        answers = await asyncio.gather(*both)
    await engine.dispose()
    return answers


@pytest.mark.parametrize("acts", [(VALIDATE, REJECT), (REJECT, VALIDATE), (VALIDATE, VALIDATE)])
async def test_one_wins_and_the_other_is_told(
    client: httpx.AsyncClient, starter_database: str, acts: tuple[Mapping[str, str], Mapping[str, str]]
) -> None:
    site = await two_validators(starter_database)
    answers = await together(client, site, starter_database, acts)
    assert sorted(one.status_code for one in answers) == [SEE_OTHER, CONFLICT]
    won = acts[[one.status_code for one in answers].index(SEE_OTHER)]
    told = next(one for one in answers if one.status_code == CONFLICT)
    assert TOLD in told.text
    decided = "Validée" if won is VALIDATE else "Refusée"
    assert f">{decided}</span>" in told.text
    async with database(starter_database) as session:
        row = await conventions.by_id(session, site.convention)
        story = await convention_story.entries(session, site.convention)
    assert row is not None
    assert row.status.value == ("validated" if won is VALIDATE else "rejected")
    decisions = [one.kind for one in story if one.kind in {Line.VALIDATED, Line.REJECTED}]
    assert decisions == [Line.VALIDATED if won is VALIDATE else Line.REJECTED]

"""Who has signed by a mail's link reminds the others there, as that mail says."""

import httpx
import pytest
from sqlalchemy import select

from api.cookies import SESSION_COOKIE
from data.tables import outbox
from domain.chain import END_SEALED
from domain.convention import As
from services.followups import Event
from settings import Settings
from tests.api.space_callers import database
from tests.api.test_convention_signing import lines, sign
from tests.factories.signing import ToSign, to_sign

OK, SEE_OTHER, CONFLICT = httpx.codes.OK, httpx.codes.SEE_OTHER, httpx.codes.CONFLICT


@pytest.fixture
async def made(api_settings: Settings) -> ToSign:
    async with database(api_settings.database_url) as session:
        return await to_sign(session, api_settings, "remind")


async def reminded(settings: Settings, made: ToSign) -> list[str]:
    """Whom a job writes to."""
    async with database(settings.database_url) as session:
        query = select(outbox.c.payload).where(outbox.c.job == Event.CONVENTION_REMINDED.value)
        sent = (await session.scalars(query)).all()
    return [one["whom"] for one in sent if one["convention"] == str(made.convention)]


async def test_who_signed_by_a_link_reminds_the_others(
    client: httpx.AsyncClient, made: ToSign, api_settings: Settings
) -> None:
    path = made.paths[As.BENEFICIARY]
    assert "Relancer" not in (await client.get(path)).text, "they sign first"
    await sign(client, api_settings, made, As.BENEFICIARY)
    page = (await client.get(path)).text
    assert f'action="{path}/relancer"' in page
    assert 'name="whom" value="company">Relancer ' in page
    assert 'value="beneficiary">Relancer' not in page
    sent = await client.post(f"{path}/relancer", data={"whom": "company"})
    assert (sent.status_code, sent.headers["location"]) == (SEE_OTHER, f"{path}?fait=relancee")
    done = (await client.get(sent.headers["location"])).text
    assert "Le rappel part maintenant." in done
    assert "Vous pourrez en envoyer un autre demain." in done
    assert 'value="company">Relancer' not in done
    assert await reminded(api_settings, made) == ["company"]
    (line,) = await lines(api_settings, made.convention, "reminded")
    assert line["facts"] == {"as": "beneficiary", "whom": "company", **END_SEALED}
    again = await client.post(f"{path}/relancer", data={"whom": "company"})
    assert (again.status_code, "déjà été relancée aujourd’hui" in again.text) == (CONFLICT, True)
    for whom, said in (("beneficiary", "a déjà signé"), ("fée", "Choisissez qui relancer")):
        refused = await client.post(f"{path}/relancer", data={"whom": whom})
        assert (refused.status_code, said in refused.text) == (CONFLICT, True)
    assert await reminded(api_settings, made) == ["company"]


async def test_an_account_that_signed_does_too_and_nobody_else(
    client: httpx.AsyncClient, made: ToSign, api_settings: Settings
) -> None:
    await sign(client, api_settings, made, As.BENEFICIARY)
    url = f"/conventions/{made.convention}/signature"
    client.cookies.set(SESSION_COOKIE, made.world.tokens["stranger"])
    refused = await client.post(f"{url}/relancer", data={"whom": "company"})
    assert refused.status_code == httpx.codes.NOT_FOUND
    client.cookies.set(SESSION_COOKIE, made.world.tokens["person"])
    assert f'action="{url}/relancer"' in (await client.get(url)).text
    sent = await client.post(f"{url}/relancer", data={"whom": "company"})
    assert sent.headers["location"] == f"{url}?fait=relancee"
    assert await reminded(api_settings, made) == ["company"]

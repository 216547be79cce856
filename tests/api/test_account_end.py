"""The end of an account whose conventions go on: what its page announces is what happens."""

import re

import httpx
import pytest

from tests.api.convention_callers import made

ACT = re.compile(r'name="acte" value="([a-z-]+)"')
PAGE = "/compte/supprimer"


@pytest.mark.parametrize(
    ("status", "announced", "told", "acts"),
    [
        ("submitted", "Votre convention qui attend une décision sera annulée", "supprimé son compte", set()),
        (
            "validated",
            "Votre convention validée continue",
            "la convention continue jusqu’à son dernier jour",
            {"tuteur", "renouveler", "annuler", "deposer", "suivre"},
        ),
    ],
)
async def test_the_agency_still_works_on_what_goes_on(
    client: httpx.AsyncClient, starter_database: str, status: str, announced: str, told: str, acts: set[str]
) -> None:
    site = await made(starter_database, status, "end")
    assert announced in (await site.sign_in(client, "person").get(PAGE)).text
    done = await client.post(PAGE, data={"sure": "1"})
    assert done.headers["location"] == "/compte/supprime"
    page = await site.sign_in(client, "counsellor").get(site.url)
    assert page.status_code == httpx.codes.OK
    assert told in page.text
    assert set(ACT.findall(page.text)) == acts

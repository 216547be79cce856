"""What the page of an offer says of skills: those one has, those one will learn, and when it knows none."""

import re

import httpx
import pytest
from litestar import Litestar

from services.indexing import SearchEngine
from tests.api.test_pages_search import hits, text_of
from tests.api.test_passport_pages import done

KNOWN, LEARNT = "je-sais", "j-apprendrai"


async def part(client: httpx.AsyncClient, address: str, name: str) -> tuple[str, list[str]]:
    """The words of a section of an offer, and the skills it lists."""
    page = (await client.get(address)).text
    section = page.split(f'<h2 id="{name}">')[1].split("<h2")[0]
    chips = [text_of(one).strip() for one in re.findall(r'<li class="chip[^>]*>(.*?)</li>', section)]
    return text_of(section), chips


@pytest.fixture
async def address(client: httpx.AsyncClient) -> str:
    """An offer of the cash desk, without any search."""
    return (await hits(client, competences="E0311", lieu="Metz", rayon="100"))[0].split("?")[0]


async def test_nothing_said_yet_leads_to_the_passport(client: httpx.AsyncClient, address: str) -> None:
    words, chips = await part(client, address, KNOWN)
    assert "Dites ce que vous savez faire" in words
    assert chips == []
    _, learnt = await part(client, address, LEARNT)
    assert "Ouvrir, tenir et clôturer une caisse" in learnt


async def test_typed_skills_are_known_and_no_longer_learnt(client: httpx.AsyncClient, address: str) -> None:
    asked = f"{address}?competences=E0311&lieu=Metz&rayon=100"
    _, known = await part(client, asked, KNOWN)
    assert known == ["Ouvrir, tenir et clôturer une caisse"]
    _, learnt = await part(client, asked, LEARNT)
    assert learnt
    assert not set(learnt) & set(known)


async def test_a_passport_is_read_without_a_search(client: httpx.AsyncClient, address: str) -> None:
    await done(client, action="skills", skills=["E0311"])
    _, known = await part(client, address, KNOWN)
    assert known == ["Ouvrir, tenir et clôturer une caisse"]
    _, known = await part(client, f"{address}?lieu=Metz&rayon=100", KNOWN)
    assert known == ["Ouvrir, tenir et clôturer une caisse"]


def of_occupation(app: Litestar, address: str) -> tuple[set[str], set[str]]:
    """Codes of the skills of the occupation at an address, and of all the others."""
    engine: SearchEngine = app.state.search
    mine = set(engine.occupations.to_learn(address.rsplit("/", 1)[1], (), limit=1000))
    return mine, {code for code in engine.parts.skill_labels if re.fullmatch("E[0-9]{4}", code)} - mine


async def test_nothing_useful_is_said_kindly(
    client: httpx.AsyncClient, api_app: Litestar, address: str
) -> None:
    _, others = of_occupation(api_app, address)
    words, chips = await part(client, f"{address}?competences={min(others)}&lieu=Metz", KNOWN)
    assert chips == []
    assert "Ce n’est pas un obstacle" in words


async def test_nothing_left_to_learn(client: httpx.AsyncClient, api_app: Litestar, address: str) -> None:
    mine, _ = of_occupation(api_app, address)
    words, chips = await part(client, f"{address}?competences={','.join(sorted(mine))}", LEARNT)
    assert chips == []
    assert "Vous avez déjà les principales compétences" in words


async def test_a_hit_tells_what_is_known_or_that_nothing_is(
    client: httpx.AsyncClient, api_app: Litestar, address: str
) -> None:
    _, others = of_occupation(api_app, address)
    rome = address.rsplit("/", 1)[1]
    page = (await client.get("/recherche", params={"rome": rome, "competences": min(others)})).text
    first = text_of(page.split('<li class="hit')[1])
    assert "Ce que je sais déjà faire Rien de ce que vous avez indiqué" in first
    assert "Ce que j’apprendrai" in first
    page = (await client.get("/recherche", params={"rome": rome})).text
    assert "Ce que je sais déjà faire" not in text_of(page.split('<li class="hit')[1])

"""What the public reads of the ranking is what ranks, and the points of a hit are its score."""

import html
import re

import httpx
import pytest

from api.pages.ranking import PROOF, counted
from api.templating import french
from matching.terms import PRIORS, TERMS
from settings import ROOT

ASKED = (
    {"competences": ["E0311", "E0001"], "lieu": "Metz", "rayon": "100"},
    {"metier": "boulanger", "lieu": "Metz", "rayon": "100", "proches": "1"},
    {"metier": "vendeuse", "competences": "E0311", "lieu": "Lyon", "objectif": "recruit"},
    {"competences": ["E0311"], "objectif": "discover"},
)


async def test_every_term_is_there_with_its_weight(client: httpx.AsyncClient) -> None:
    page = html.unescape((await client.get("/classement")).text)
    shown = re.findall(
        r'id="raison-(\w+)">\s*<h3>(.*?)</h3>.*?<strong>(\d+) %</strong>.*?</li>', page, re.DOTALL
    )
    assert {code for code, _, _ in shown} == {term.code for term in TERMS}
    assert sum(int(percent) for _, _, percent in shown) == 100
    total = sum(PRIORS.values())
    labels = {code: label for code, label, _ in shown}
    for code, _, percent in shown:
        assert abs(int(percent) - 100 * PRIORS[code] / total) < 1
    for term in TERMS:
        assert labels[term.code] == french(term.label)
        assert french(term.explanation) in page
        assert french(term.applies) in page


def test_another_weight_changes_what_is_shown() -> None:
    before = {one.term.code: one.percent for one in counted(PRIORS)}
    heavier = max(PRIORS, key=lambda code: PRIORS[code])
    after = {one.term.code: one.percent for one in counted({**PRIORS, heavier: PRIORS[heavier] / 2})}
    assert after[heavier] < before[heavier]
    assert sum(before.values()) == sum(after.values()) == 100


def test_the_test_it_names_exists() -> None:
    file, name = PROOF
    assert f"def {name}(" in (ROOT / file).read_text()


@pytest.mark.parametrize("path", ["/", "/plan-du-site", "/comment-ca-marche", "/recherche?lieu=Metz"])
async def test_it_is_linked(client: httpx.AsyncClient, path: str) -> None:
    main, footer = (await client.get(path)).text.split("</main>")
    assert 'href="/classement"' in footer
    assert ('href="/classement"' in main) == (path != "/")


def read_panels(page: str) -> list[tuple[int, list[int], int]]:
    """For each hit: the score beside its name, the points of its reasons, the total of its panel."""
    panels = []
    for hit in page.split('<li class="hit')[1:]:
        score = re.findall(r'<p class="score"[^>]*><strong>(\d+)<', hit)
        rows = re.findall(r"<td>(\d+)</td>", hit)
        panels.append((int(score[0]), [int(one) for one in rows[:-1]], int(rows[-1])))
    return panels


@pytest.mark.parametrize("asked", ASKED)
async def test_the_panel_of_every_hit_adds_up(
    client: httpx.AsyncClient, asked: dict[str, str | list[str]]
) -> None:
    seen = 0
    for number in ("1", "2", "3"):
        page = (await client.get("/recherche", params={**asked, "page": number})).text
        for score, points, total in read_panels(page):
            assert sum(points) == total == score
            seen += 1
    assert seen >= 3, asked


async def test_a_panel_says_whose_it_is(client: httpx.AsyncClient) -> None:
    found = (await client.get("/recherche", params=ASKED[0])).text.split('<li class="hit')[1:]
    for hit in found:
        name = re.findall(r'data-nom="([^"]+)"', hit)[0]
        assert f'Pourquoi cette entreprise\u00a0?<span class="visually-hidden"> {name}</span>' in hit
    assert len(found) >= 3
    page = (await client.get("/recherche", params={"lieu": "Metz"})).text
    assert "hit-why" not in page, "a place alone gives no score, and nothing to add up"

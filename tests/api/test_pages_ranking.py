"""What the public reads of the ranking is what ranks, and the points of a hit are its score."""

import html
import re
from dataclasses import fields, replace

import httpx
import pytest
from litestar import Litestar

from api.pages.ranking import PROOFS, counted
from api.templating import french
from domain.search import Criteria, Filters
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


async def test_the_weights_in_force_are_shown(client: httpx.AsyncClient, api_app: Litestar) -> None:
    engine = api_app.state.search
    before = engine.parts
    heavier = min(PRIORS, key=lambda code: PRIORS[code])
    engine.parts = replace(before, weights={**PRIORS, heavier: PRIORS[heavier] * 2})
    try:
        page = html.unescape((await client.get("/classement")).text)
    finally:
        engine.parts = before
    percent = {one.term.code: one.percent for one in counted({**PRIORS, heavier: PRIORS[heavier] * 2})}
    assert (
        f"<strong>{percent[heavier]} %</strong>" in page.split(f'id="raison-{heavier}"')[1].split("</li>")[0]
    )
    assert "ont été ajustées" in page
    assert "ont été ajustées" not in html.unescape((await client.get("/classement")).text)


@pytest.mark.parametrize(("file", "name"), PROOFS)
def test_the_tests_it_names_exist(file: str, name: str) -> None:
    assert re.search(rf"^(?:async )?def {name}\(", (ROOT / file).read_text(), re.MULTILINE)


def test_nothing_about_the_person_reaches_the_ranking() -> None:
    """Disability, age, sex and origin cannot weigh: what ranks is given none of them."""
    given = {one.name for one in fields(Criteria)}
    place_and_work = {"skills", "rome", "near", "wishes", "place", "radius_km", "mobility_km", "objective"}
    assert given == place_and_work | {"today", "filters", "sort", "page", "page_size", "seed", "company"}
    chosen = {one.name for one in fields(Filters)}
    of_companies = {"naf", "remote", "disabled_fit", "contact_modes", "headcounts", "engaged"}
    assert chosen == of_companies | {"audience", "volunteers_only"}


@pytest.mark.parametrize(
    "asked", [{"fit_for_disabled_workers": ["certified", "declared"]}, {"audience": "pupils"}]
)
async def test_asking_for_a_place_that_fits_changes_no_score(
    client: httpx.AsyncClient, asked: dict[str, object]
) -> None:
    search = {"skills": ["E0311", "E0001"], "page_size": 50, "seed": 1}
    scores: dict[str, float] = {}
    for page in range(1, 9):
        found = (await client.post("/api/v1/search", json=search | {"page": page})).json()["hits"]
        scores |= {hit["url"]: hit["score"] for hit in found}
    kept = (await client.post("/api/v1/search", json=search | asked)).json()["hits"]
    assert len(scores) > len(kept) > 3
    assert {hit["url"]: hit["score"] for hit in kept} == {hit["url"]: scores[hit["url"]] for hit in kept}


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

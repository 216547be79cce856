"""`/api/v1/search` as a partner calls it."""

from typing import Any

import httpx
import pytest

NANTES = {"lat": 47.2184, "lon": -1.5536}


async def answer(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    response = await client.post("/api/v1/search", json=body)
    assert response.status_code == httpx.codes.OK, response.text
    found: dict[str, Any] = response.json()
    return found


async def test_a_url_and_a_body_give_the_same_page(client: httpx.AsyncClient) -> None:
    body: dict[str, Any] = {**NANTES, "rome": ["D1106"], "near": True, "radius_km": 50, "page_size": 5}
    by_body = await answer(client, **body)
    response = await client.get("/api/v1/search", params=body)
    by_url = response.json()
    assert by_body["total"] == by_url["total"]
    assert by_body["hits"] == by_url["hits"]


async def test_a_hit_says_who_where_and_why(client: httpx.AsyncClient) -> None:
    page = await answer(client, **NANTES, radius_km=100, remote=["on_site"], page_size=1)
    (hit,) = page["hits"]
    assert hit["company"]["volunteer"] is True
    assert 0 <= hit["score"] <= 1
    assert hit["distance_km"] <= 100
    assert hit["reasons"]
    assert sum(reason["share"] for reason in hit["reasons"]) == pytest.approx(hit["score"], abs=1e-3)
    assert hit["url"].startswith(f"/entreprises/{hit['company']['siret']}/")
    assert "email" not in hit["company"]
    assert "@" not in str(hit)


async def test_the_seed_of_a_page_makes_the_next_one(client: httpx.AsyncClient) -> None:
    asked: dict[str, Any] = {**NANTES, "radius_km": 100, "page_size": 4}
    first = await answer(client, **asked)
    again = await answer(client, **asked, seed=first["seed"])
    assert again["hits"] == first["hits"]
    second = await answer(client, **asked, page=2, seed=first["seed"])
    assert second["seed"] == first["seed"]
    places = [hit["place"]["id"] for hit in first["hits"] + second["hits"]]
    assert len(set(places)) == len(places) == 8
    other = await answer(client, **asked, seed=first["seed"] + 1)
    assert other["total"] == first["total"]
    for wrong in ("-1", "2147483648", "x"):
        assert (await client.get("/api/v1/search", params={"seed": wrong})).status_code == 422


async def test_codes_by_comma_or_repeated(client: httpx.AsyncClient) -> None:
    repeated = await client.get("/api/v1/search?rome=D1106&rome=D1102&page_size=50")
    by_comma = await client.get("/api/v1/search?rome=D1106,D1102&page_size=50")
    assert repeated.json()["hits"] == by_comma.json()["hits"]
    assert repeated.json()["total"] > 0


async def test_a_facet_value_filters_as_it_was_given(client: httpx.AsyncClient) -> None:
    facets = (await client.get("/api/v1/search")).json()["facets"]
    for name, facet in (("headcount", "headcounts"), ("naf", "naf")):
        one = facets[facet][0]
        page = await client.get("/api/v1/search", params={name: one["value"]})
        assert page.json()["total"] == one["count"], (name, one)


async def test_an_unknown_code_is_ignored_and_listed(client: httpx.AsyncClient) -> None:
    page = await answer(client, rome=["D1106", "Z9999"], skills=["999999999"], appellations=["1"])
    assert set(page["unknown"]) == {"Z9999", "999999999", "1"}
    assert page["total"]


async def test_pages_neither_repeat_nor_skip(client: httpx.AsyncClient) -> None:
    whole = await answer(client, page_size=50)
    seen = [
        (hit["company"]["siret"], hit["place"]["id"])
        for number in (1, 2, 3, 4, 5)
        for hit in (await answer(client, page_size=10, page=number))["hits"]
    ]
    assert len(set(seen)) == 50
    assert seen == [(hit["company"]["siret"], hit["place"]["id"]) for hit in whole["hits"]]


async def test_nothing_near_widens_and_says_so(client: httpx.AsyncClient) -> None:
    page = await answer(client, lat=44.5, lon=3.5, radius_km=1, rome=["D1106"])
    assert page["total"]
    assert page["widened"]


async def test_half_a_place_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.post("/api/v1/search", json={"lat": 47.0})
    assert response.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert response.json()["errors"][0]["field"] == "lon"


async def test_a_passport_searches_by_its_skills(client: httpx.AsyncClient) -> None:
    skills = [one["ogr"] for one in (await client.get("/api/v1/skills?q=encaisser&limit=3")).json()]
    made = await client.post("/api/v1/passports", json={"skills": skills})
    assert made.status_code == httpx.codes.CREATED
    by_skills = await answer(client, skills=skills)
    client.cookies.clear()
    by_passport = await answer(client, passport=made.json()["id"])
    assert by_passport["hits"] == by_skills["hits"]
    assert by_passport["total"]

"""Whatever is sent, the answer is a 4xx problem with a French sentence; never a 500."""

import json
from typing import cast

import httpx
import pytest

OVERRIDE = "\u202eevil"
ZERO_WIDTH = "boulan\u200bger"
FRAGMENTS = [
    "{{7*7}}",
    "${jndi:ldap}",
    "<script>alert(1)</script>",
    "'; DROP TABLE companies; --",
    OVERRIDE,
    ZERO_WIDTH,
]

SEARCH = "/api/v1/search"
LOOKUPS = ("/api/v1/skills", "/api/v1/appellations", "/api/v1/places")


def assert_problem(response: httpx.Response) -> dict[str, object]:
    assert 400 <= response.status_code < 500, (response.status_code, response.text[:300])
    assert response.headers["content-type"].startswith("application/problem+json")
    problem: dict[str, object] = response.json()
    assert problem["status"] == response.status_code
    assert str(problem["detail"]).endswith(".")
    assert "Expected" not in response.text
    return problem


@pytest.mark.parametrize(
    "body",
    [
        {"skills": "100023"},
        {"skills": ["100023"] * 201},
        {"skills": [f"{number}" for number in range(10_000)]},
        {"skills": [1]},
        {"skills": ["1" * 13]},
        {"skills": [None]},
        {"rome": {"D1106": True}},
        {"near": "perhaps"},
        {"lat": 91, "lon": 0},
        {"lat": 0, "lon": -181},
        {"lat": "north", "lon": 0},
        {"lat": 47.0},
        {"radius_km": 0},
        {"radius_km": 101},
        {"radius_km": -1},
        {"page": 0},
        {"page": 1001},
        {"page": 1.5},
        {"page_size": 51},
        {"sort": "best"},
        {"objective": "holiday"},
        {"naf": ["Z"]},
        {"headcount": ["99"]},
        {"passport": "1"},
        {"unknown_field": 1},
        {"volunteers_only": "false"},
        {"page": "1"},
        {"near": 1},
        [],
        "text",
        None,
        12,
        *[{"skills": [fragment]} for fragment in FRAGMENTS],
        *[{"rome": [fragment]} for fragment in FRAGMENTS],
    ],
)
async def test_a_search_that_cannot_be(client: httpx.AsyncClient, body: object) -> None:
    assert_problem(await client.post(SEARCH, json=body))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"lat": NaN, "lon": 1}',
        b'{"lat": 1e999, "lon": 1}',
        b'{"page": 99999999999999999999999999}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"skills": ["' + b"1" * 2_000_000 + b'"]}',
    ],
)
async def test_a_body_that_cannot_be_read(client: httpx.AsyncClient, raw: bytes) -> None:
    headers = {"content-type": "application/json"}
    assert_problem(await client.post(SEARCH, content=raw, headers=headers))


@pytest.mark.parametrize(
    "query",
    [
        "lat=nan&lon=1",
        "lat=inf&lon=1",
        "lat=1&lon=nan",
        "radius_km=nan",
        "lat=47.2&lon=",
        "page=x",
        "raduis_km=10",
        "passport=" + "a" * 43,
        "skills=" + ",".join(["1"] * 300),
        "&".join(f"skills={number}" for number in range(300)),
        "skills=%00",
        "rome=%27%20OR%201%3D1",
        "sort=%7B%7B7*7%7D%7D",
        "near=2",
        "lat=1&lat=2&lon=1",
        "lon=null",
        "objective=null",
    ],
)
async def test_a_url_that_cannot_be(client: httpx.AsyncClient, query: str) -> None:
    assert_problem(await client.get(f"{SEARCH}?{query}"))


async def test_a_whole_number_may_be_written_with_a_point(client: httpx.AsyncClient) -> None:
    response = await client.post(SEARCH, content=b'{"page": 1.0, "lat": 47, "lon": -1.0}')
    assert response.status_code == httpx.codes.OK, response.text


@pytest.mark.parametrize("route", LOOKUPS)
@pytest.mark.parametrize("text", [*FRAGMENTS, "", "x" * 101, "\u0000", "a\nb"])
async def test_a_lookup_that_cannot_be(client: httpx.AsyncClient, route: str, text: str) -> None:
    assert_problem(await client.get(route, params={"q": text}))


@pytest.mark.parametrize("route", LOOKUPS)
@pytest.mark.parametrize("query", ["", "q=a&limit=0", "q=a&limit=51", "q=a&limit=x", "q=a&nope=1"])
async def test_a_lookup_with_other_parameters(client: httpx.AsyncClient, route: str, query: str) -> None:
    assert_problem(await client.get(f"{route}?{query}"))


@pytest.mark.parametrize("route", LOOKUPS)
@pytest.mark.parametrize(
    "text", ["l’aide à domicile", "C++", "100 %", "chef/cheffe", "44000", "(H/F)", "œuvre"]
)
async def test_what_people_type_is_accepted(client: httpx.AsyncClient, route: str, text: str) -> None:
    response = await client.get(route, params={"q": text})
    assert response.status_code == httpx.codes.OK, response.text
    assert len(response.json()) <= 10


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/nothing"),
        ("DELETE", SEARCH),
        ("PATCH", "/api/v1/skills"),
        ("GET", "/api/v1/companies/123"),
        ("GET", "/api/v1/companies/99999999999999"),
        ("GET", "/api/v1/companies/'%20OR%201=1"),
        ("GET", "/api/v1/companies/%00"),
    ],
)
async def test_a_route_that_is_not(client: httpx.AsyncClient, method: str, path: str) -> None:
    assert_problem(await client.request(method, path))


async def test_a_form_of_another_site_is_refused(client: httpx.AsyncClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    problem = assert_problem(await client.post(SEARCH, json={}, headers=headers))
    assert problem["status"] == httpx.codes.FORBIDDEN


async def test_another_content_type_is_no_500(client: httpx.AsyncClient) -> None:
    for kind in (
        "text/plain",
        "application/xml",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "é",
    ):
        response = await client.post(
            SEARCH, content=json.dumps({"page": "x"}).encode(), headers=[(b"content-type", kind.encode())]
        )
        assert_problem(response)


async def test_a_page_in_error_is_a_french_page(client: httpx.AsyncClient) -> None:
    response = await client.get("/nulle-part")
    assert response.status_code == httpx.codes.NOT_FOUND
    assert response.headers["content-type"].startswith("text/html")
    assert 'lang="fr"' in response.text


async def test_every_answer_has_the_security_headers(client: httpx.AsyncClient) -> None:
    for path in ("/", "/recherche", "/nulle-part", "/api/v1/health", "/api/v1/nothing", "/static/escale.css"):
        headers = (await client.get(path)).headers
        assert "unsafe" not in headers["content-security-policy"], path
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("asked", "field", "code"),
    [
        ({"lat": 91, "lon": 0}, "lat", "too_big"),
        ({"radius_km": 0}, "radius_km", "too_small"),
        ({"page": "x"}, "page", "type"),
        ({"sort": "best"}, "sort", "unknown_value"),
        ({"lat": 47}, "lon", "missing"),
        ({"inconnu": 1}, "inconnu", "unknown_field"),
    ],
)
async def test_one_fault_has_one_status_by_address_and_by_body(
    client: httpx.AsyncClient, asked: dict[str, object], field: str, code: str
) -> None:
    by_body = assert_problem(await client.post(SEARCH, json=asked))
    by_url = assert_problem(await client.get(SEARCH, params={k: str(v) for k, v in asked.items()}))
    for problem in (by_body, by_url):
        assert problem["status"] == httpx.codes.UNPROCESSABLE_ENTITY
        (error,) = cast("list[dict[str, str]]", problem["errors"])
        assert (error["field"], error["code"]) == (field, code)


async def test_what_is_no_json_is_a_bad_request(client: httpx.AsyncClient) -> None:
    answer = await client.post(SEARCH, content=b"{", headers={"Content-Type": "application/json"})
    assert assert_problem(answer)["status"] == httpx.codes.BAD_REQUEST

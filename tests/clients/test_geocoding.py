"""The Géoplateforme's answers: GeoJSON features with a score; garbage and silence."""

from typing import Any

import pytest

from clients.geocoding import Geocoded, Geocoder
from domain.errors import UnavailableError
from domain.values import Point
from tests.clients.http_server import Answer, closed_port, serve

FEATURE = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [-1.5502, 47.2101]},
    "properties": {
        "label": "3 Rue du Pont 44000 Nantes",
        "score": 0.9235,
        "housenumber": "3",
        "id": "44109_5678_00003",
        "name": "3 Rue du Pont",
        "postcode": "44000",
        "citycode": "44109",
        "city": "Nantes",
        "context": "44, Loire-Atlantique, Pays de la Loire",
        "type": "housenumber",
        "importance": 0.7,
        "street": "Rue du Pont",
        "_type": "address",
    },
}


async def found(answer: Answer) -> Geocoded | None:
    async with serve(answer) as api:
        geocoder = Geocoder(f"{api.url}/geocodage", 0.5)
        try:
            return await geocoder.find("3 rue du Pont", "44000", "Nantes")
        finally:
            await geocoder.close()


async def test_the_best_answer() -> None:
    async with serve(Answer(body={"type": "FeatureCollection", "features": [FEATURE]})) as api:
        geocoder = Geocoder(f"{api.url}/geocodage")
        assert await geocoder.find("3 rue du Pont", "44000", "Nantes") == Geocoded(
            Point(47.2101, -1.5502), 0.9235, "housenumber", "44109", "44000"
        )
        await geocoder.close()
    ((path, query),) = api.asked
    assert path == "/geocodage/search"
    assert (query["q"], query["postcode"], query["limit"]) == ("3 rue du Pont 44000 Nantes", "44000", "1")


@pytest.mark.parametrize(
    "body",
    [
        {"type": "FeatureCollection", "features": []},
        {"features": None},
        {"features": ["x"]},
        {"features": [{"geometry": None, "properties": {}}]},
        {"features": [FEATURE | {"geometry": {"coordinates": [1]}}]},
        {"features": [FEATURE | {"geometry": {"coordinates": ["a", "b"]}}]},
        {"features": [FEATURE | {"geometry": {"coordinates": [2, 200]}}]},
        {"features": [FEATURE | {"properties": {"score": None}}]},
    ],
)
async def test_no_usable_answer_is_none(body: Any) -> None:  # noqa: ANN401 - JSON
    assert await found(Answer(body=body)) is None


async def test_a_refused_query_is_none() -> None:
    assert await found(Answer(status=400, body={"detail": "q trop court"})) is None


@pytest.mark.parametrize(
    "bad", [Answer(status=500, body={}), Answer(body=b"{"), Answer(body={"features": []}, after_s=5)]
)
async def test_broken_or_slow_is_unavailable(bad: Answer) -> None:
    with pytest.raises(UnavailableError, match="géocodage"):
        await found(bad)


async def test_down_is_unavailable() -> None:
    geocoder = Geocoder(f"http://127.0.0.1:{await closed_port()}", 0.5)
    with pytest.raises(UnavailableError):
        await geocoder.find("", "44000", "Nantes")
    await geocoder.close()

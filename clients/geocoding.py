"""The Géoplateforme's geocoding service: the point of an address.

`GET /search?q=…&postcode=…&limit=1` answers GeoJSON features whose `properties` hold `score` in [0, 1],
`type` (`housenumber`, `street`, `locality`, `municipality`), `citycode` and `postcode`.
Source: geoservices.ign.fr, service Géoplateforme de géocodage (50 requests a second), read on 2026-11-21.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clients.http import JsonApi
from domain.company import is_on_earth
from domain.values import Point

TIMEOUT_S = 5.0
"""Nobody waits: it is asked by a job."""
_LABEL = "Le service de géocodage"


@dataclass(frozen=True, slots=True)
class Geocoded:
    """The best answer: `score` in [0, 1], `kind` says how near to the door the point is."""

    point: Point
    score: float
    kind: str
    insee: str
    postal_code: str


class Geocoder:
    """The service's client, one for a process."""

    def __init__(self, base_url: str, timeout_s: float = TIMEOUT_S) -> None:
        self._api = JsonApi(base_url, _LABEL, timeout_s)

    async def find(self, address: str, postal_code: str, city: str) -> Geocoded | None:
        """The best answer, None when there is none; raises `UnavailableError` when the service is down."""
        query = {"q": f"{address} {postal_code} {city}", "postcode": postal_code}
        options = {"index": "address", "autocomplete": "0", "limit": "1"}
        answer = await self._api.get("/search", query | options)
        features = answer.get("features")
        for feature in features if isinstance(features, list) else []:
            if isinstance(feature, dict):
                return _geocoded(feature)
        return None

    async def close(self) -> None:
        """Close the connections."""
        await self._api.close()


def _geocoded(feature: Mapping[str, Any]) -> Geocoded | None:
    properties, geometry = feature.get("properties"), feature.get("geometry")
    if not (isinstance(properties, dict) and isinstance(geometry, dict)):
        return None
    try:
        lon, lat = (float(value) for value in geometry["coordinates"])
        point, score = Point(lat, lon), float(properties["score"])
    except (KeyError, TypeError, ValueError):
        return None
    if not is_on_earth(point):
        return None
    return Geocoded(
        point=point,
        score=score,
        kind=str(properties.get("type", "")),
        insee=str(properties.get("citycode", "")),
        postal_code=str(properties.get("postcode", "")),
    )

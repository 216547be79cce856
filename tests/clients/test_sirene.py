"""Recherche d'entreprises: its own format, masked data, closed establishments; slow, down, broken."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from clients import http
from clients.sirene import Establishment, Sirene
from domain.errors import UnavailableError
from domain.values import Point
from tests.clients.http_server import Answer, Api, closed_port, serve

SIRET = "35600000000048"
OTHER = "35600000012346"
MASK = "[NON-DIFFUSIBLE]"
TIMEOUT_S = 0.6

ESTABLISHMENT = {
    "activite_principale": "53.10Z",
    "ancien_siege": False,
    "adresse": "9 RUE DU COLONEL PIERRE AVIA 75015 PARIS",
    "caractere_employeur": "O",
    "code_postal": "75015",
    "commune": "75115",
    "date_creation": "2020-02-01",
    "date_fermeture": None,
    "est_siege": False,
    "etat_administratif": "A",
    "latitude": "48.8295",
    "libelle_commune": "PARIS 15",
    "liste_enseignes": ["LE BUREAU"],
    "liste_idcc": ["0001"],
    "longitude": "2.2752",
    "nom_commercial": None,
    "siret": SIRET,
    "statut_diffusion_etablissement": "O",
    "tranche_effectif_salarie": "21",
}


def answer(company: dict[str, Any] | None = None, **establishment: Any) -> dict[str, Any]:  # noqa: ANN401
    """What the API answers for one establishment, in the shape of its OpenAPI document."""
    unit = {
        "siren": "356000000",
        "nom_complet": "LA POSTE",
        "nom_raison_sociale": "LA POSTE",
        "etat_administratif": "A",
        "activite_principale": "53.10Z",
        "statut_diffusion": "O",
        "siege": ESTABLISHMENT | {"siret": "35600000000000", "est_siege": True},
        "matching_etablissements": [ESTABLISHMENT | establishment],
    }
    results = [unit | (company or {})]
    return {"results": results, "total_results": 1, "page": 1, "per_page": 1, "total_pages": 1}


@asynccontextmanager
async def asked(*answers: Answer) -> AsyncIterator[tuple[Sirene, Api]]:
    async with serve(*answers) as api:
        sirene = Sirene(api.url, TIMEOUT_S)
        yield sirene, api
        await sirene.close()


async def found(body: Any) -> Establishment | None:  # noqa: ANN401 - JSON, good or not
    async with asked(Answer(body=body)) as (sirene, _):
        return await sirene.find(SIRET)


async def test_an_establishment() -> None:
    async with asked(Answer(body=answer())) as (sirene, api):
        assert await sirene.find(SIRET) == Establishment(
            siret=SIRET,
            name="LA POSTE",
            sign="LE BUREAU",
            naf="53.10Z",
            headcount="21",
            address="9 RUE DU COLONEL PIERRE AVIA",
            postal_code="75015",
            city="PARIS 15",
            insee="75115",
            point=Point(48.8295, 2.2752),
            open=True,
            diffusible=True,
        )
    ((path, query),) = api.asked
    assert path == "/search"
    assert query["q"] == SIRET
    assert "dirigeants" not in query["include"]


async def test_a_head_office_is_found_by_its_own_key() -> None:
    body = answer({"siege": ESTABLISHMENT | {"siret": SIRET}, "matching_etablissements": []})
    assert (await found(body)) is not None


@pytest.mark.parametrize(
    "body",
    [
        {"results": [], "total_results": 0},
        answer(siret=OTHER),
        {},
        {"results": None},
        {"results": [None, 3, {"siege": None, "matching_etablissements": "x"}]},
    ],
)
async def test_unknown_is_none(body: Any) -> None:  # noqa: ANN401 - JSON
    assert await found(body) is None


@pytest.mark.parametrize(
    ("company", "establishment"),
    [({}, {"etat_administratif": "F"}), ({"etat_administratif": "C"}, {})],
)
async def test_closed_is_said(company: dict[str, Any], establishment: dict[str, Any]) -> None:
    one = await found(answer(company, **establishment))
    assert one is not None
    assert not one.open


async def test_what_is_not_to_be_shown_is_empty() -> None:
    masked = {"adresse": MASK, "code_postal": MASK, "nom_commercial": MASK, "liste_enseignes": [MASK]}
    company = {"nom_complet": MASK, "statut_diffusion": "P"}
    one = await found(answer(company, **masked, statut_diffusion_etablissement="P"))
    assert one is not None
    assert (one.name, one.sign, one.address, one.postal_code, one.point) == ("", "", "", "", None)
    assert not one.diffusible
    assert one.city == "PARIS 15"


@pytest.mark.parametrize(
    ("establishment", "field", "expected"),
    [
        ({"tranche_effectif_salarie": None}, "headcount", "NN"),
        ({"tranche_effectif_salarie": "99"}, "headcount", "NN"),
        ({"latitude": "nord"}, "point", None),
        ({"latitude": "123.0"}, "point", None),
        ({"latitude": None}, "point", None),
        ({"activite_principale": None}, "naf", "53.10Z"),
        ({"activite_principale": "???"}, "naf", ""),
        ({"liste_enseignes": None, "nom_commercial": "CHEZ NOUS"}, "sign", "CHEZ NOUS"),
        ({"adresse": "LIEU-DIT LE PONT", "code_postal": None}, "address", "LIEU-DIT LE PONT"),
        ({"adresse": 12}, "address", ""),
    ],
)
async def test_missing_or_odd_facts(establishment: dict[str, Any], field: str, expected: object) -> None:
    one = await found(answer(**establishment))
    assert getattr(one, field) == expected


@pytest.mark.parametrize(
    "bad",
    [
        Answer(status=500, body={}),
        Answer(status=503, body={}, headers={"Retry-After": "x"}),
        Answer(status=429, body={}, headers={"Retry-After": "60"}),
        Answer(body=b"<html>oups"),
        Answer(body=[1, 2]),
        Answer(body=b"\xff\xfe"),
        Answer(raw=b"NOT HTTP AT ALL\r\n\r\n"),
        Answer(raw=b""),
        Answer(body=b"x" * 3_000_000),
        Answer(body=answer(), after_s=5),
    ],
)
async def test_broken_or_slow_is_unavailable_in_time(bad: Answer) -> None:
    async with asked(bad) as (sirene, _):
        began = time.monotonic()
        with pytest.raises(UnavailableError, match="ne répond pas") as refused:
            await sirene.find(SIRET)
        assert time.monotonic() - began < 5  # the answer would have come then
        assert refused.value.retry_after_s >= 1


async def test_down_is_unavailable() -> None:
    sirene = Sirene(f"http://127.0.0.1:{await closed_port()}", TIMEOUT_S)
    with pytest.raises(UnavailableError):
        await sirene.find(SIRET)
    await sirene.close()


@pytest.mark.parametrize("first", [Answer(status=502, body={}), Answer(raw=b""), Answer(body={}, after_s=5)])
async def test_one_retry_within_the_time(first: Answer) -> None:
    async with asked(first, Answer(body=answer())) as (sirene, api):
        began = time.monotonic()
        assert await sirene.find(SIRET) is not None
        assert time.monotonic() - began < 5  # the slow answer would have come then
        assert len(api.asked) == 2


async def test_a_dead_api_is_left_alone_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    async with asked(*[Answer(status=500, body={})] * 2, Answer(body=answer())) as (sirene, api):
        with pytest.raises(UnavailableError):
            await sirene.find(SIRET)
        asked_before = len(api.asked)
        with pytest.raises(UnavailableError):
            await sirene.find(SIRET)
        assert len(api.asked) == asked_before

        later = time.monotonic() + http.BREAK_S + 1
        monkeypatch.setattr(time, "monotonic", lambda: later)
        assert await sirene.find(SIRET) is not None


async def test_too_many_requests_are_not_asked_again() -> None:
    async with asked(Answer(status=429, body={}, headers={"Retry-After": "60"})) as (sirene, api):
        with pytest.raises(UnavailableError):
            await sirene.find(SIRET)
        assert len(api.asked) == 1
        with pytest.raises(UnavailableError) as refused:
            await sirene.find(SIRET)
        assert 50 < refused.value.retry_after_s <= 60


async def test_many_at_once_share_the_client() -> None:
    async with asked(Answer(body=answer())) as (sirene, _):
        found = await asyncio.gather(*(sirene.find(SIRET) for _ in range(20)))
    assert all(found)

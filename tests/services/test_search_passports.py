"""What a passport changes in a search, and what it can never change: who the person is."""

from dataclasses import fields
from typing import Any

import pytest
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries.links import hash_token
from data.tables import passports
from domain.search import Criteria, Filters, Objective
from domain.values import Point
from matching.rank import rank
from services import search as search_service
from services.indexing import load_engine
from services.search import SearchPage, SearchQuery, search
from tests.factories.companies import MOMENT, add_company
from tests.factories.reference import skill

TOKEN = "t" * 43
NANTES = Point(47.2184, -1.5536)
PERSON: dict[str, Any] = {
    "rqth": True,
    "constraints": ["rqth", "child_care", "no_night_work"],
    "status": "rsa",
    "name": "Aïcha Diallo",
    "first_name": "Aïcha",
    "birth_date": "1961-02-03",
    "age": 65,
    "sex": "f",
    "nationality": "sénégalaise",
    "address": "12 rue de la Cité",
    "home": {"insee": "93066", "label": "Saint-Denis (93)", "point": {"lat": 48.93, "lon": 2.35}},
    "languages": ["wolof"],
    "health": "en traitement",
}


async def hold(session: AsyncSession, skills: list[str], **data: Any) -> None:  # noqa: ANN401 - a document
    row = {"token_hash": hash_token(TOKEN), "skills": skills, "data": data}
    await session.execute(insert(passports).values(**row, created_at=MOMENT, seen_at=MOMENT))


async def run(session: AsyncSession, **values: Any) -> SearchPage:  # noqa: ANN401 - fields of a query
    engine = await load_engine(session)
    asked: dict[str, Any] = {"today": MOMENT.date(), "passport": TOKEN, "page_size": 50} | values
    return await search(session, engine, SearchQuery(**asked))


async def test_wishes_raise_and_hide_nothing(reference: AsyncSession) -> None:
    wished = await add_company(reference, jobs=("G1602",))
    others = {await add_company(reference, jobs=(rome,)) for rome in ("D1102", "K2204")}
    await hold(reference, [], wishes=["G1602"])
    page = await run(reference)
    assert page.hits[0].card.company_id == wished
    assert {hit.card.company_id for hit in page.hits} == {wished, *others}
    assert page.hits[0].reasons[0].text == "c’est le métier souhaité dans votre passeport"
    (typed,) = (await run(reference, rome=("D1102",))).hits
    assert typed.reasons[0].text == "c’est le métier que vous cherchez"


async def test_a_wish_is_found_beside_what_the_skills_reach(reference: AsyncSession) -> None:
    companies = {await add_company(reference, jobs=(rome,)) for rome in ("D1102", "G1602")}
    await hold(reference, [skill(4), skill(5), skill(6)], wishes=["G1602"])
    assert {hit.card.company_id for hit in (await run(reference)).hits} == companies


async def test_distances_are_judged_against_the_mobility(reference: AsyncSession) -> None:
    await add_company(reference, places=((NANTES.lat + 5 / 111.195, NANTES.lon),))
    far = await run(reference, place=NANTES, radius_km=100)
    await hold(reference, [], mobility={"travel": "walk", "max_km": 5})
    near = await run(reference, place=NANTES, radius_km=100)
    shares = [
        next(reason.share for reason in page.hits[0].reasons if reason.code == "distance")
        for page in (far, near)
    ]
    assert shares[0] > 0.9 * far.weights["distance"]
    assert shares[1] == pytest.approx(near.weights["distance"] / 5, rel=1e-3)


async def test_the_aim_of_the_passport_serves_until_another_is_asked(reference: AsyncSession) -> None:
    await add_company(reference, headcount="41")
    await hold(reference, [], objective="recruit")
    assert "objective" in (await run(reference)).weights
    assert "objective" not in (await run(reference, objective=Objective.CONFIRM)).weights


async def test_who_the_person_is_never_reaches_the_ranking(
    reference: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at, rome in enumerate(("D1102", "D1104", "G1602", "K2204") * 3):
        await add_company(reference, places=((NANTES.lat + at / 100, NANTES.lon),), jobs=(rome,))
    asked: list[Criteria] = []

    def spied(criteria: Criteria, *others: Any) -> Any:  # noqa: ANN401 - those of rank
        asked.append(criteria)
        return rank(criteria, *others)

    monkeypatch.setattr(search_service, "rank", spied)
    said = {"wishes": ["D1104"], "objective": "recruit", "mobility": {"travel": "car", "max_km": 30}}
    await hold(reference, [skill(4), skill(5)], **said)
    plain = await run(reference, place=NANTES)
    await reference.execute(update(passports).values(data=said | PERSON))
    told = await run(reference, place=NANTES)
    ranked = [[(hit.card.place_id, hit.score, hit.reasons) for hit in page.hits] for page in (plain, told)]
    assert ranked[0] == ranked[1]
    assert len(ranked[0]) > 3
    assert asked[0] == asked[1]


def test_a_search_has_no_room_for_who_the_person_is() -> None:
    allowed = {
        "today", "skills", "rome", "near", "wishes", "place", "radius_km", "mobility_km", "objective",
        "filters", "sort", "page", "page_size", "seed", "company",
    }  # fmt: skip
    assert {field.name for field in fields(Criteria)} == allowed
    assert {field.name for field in fields(Filters)} == {
        "naf", "remote", "disabled_fit", "contact_modes", "headcounts", "engaged", "audience",
        "volunteers_only",
    }  # fmt: skip

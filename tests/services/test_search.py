"""A search from its words to its cards, on the real PostgreSQL."""

from datetime import date

import pytest
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries.links import hash_token
from data.tables import companies, passports
from domain.search import ContactMode, Filters, Sort
from domain.values import Point
from services.indexing import load_engine
from services.search import SearchPage, SearchQuery, search
from tests.factories.companies import MOMENT, add_company, add_potentiel
from tests.factories.reference import add_reference, skill

TODAY = date(2026, 3, 10)
NANTES = Point(47.2184, -1.5536)


async def run(session: AsyncSession, **values: object) -> SearchPage:
    engine = await load_engine(session)
    return await search(session, engine, SearchQuery(**({"today": TODAY} | values)))  # type: ignore[arg-type]


@pytest.fixture
async def reference(session: AsyncSession) -> AsyncSession:
    await add_reference(session)
    return session


async def test_a_company_is_found_with_its_reasons(reference: AsyncSession) -> None:
    await add_company(reference, custom_name="Au bon pain", jobs=("D1102", "D1106"))
    page = await run(
        reference, skills=(skill(4), skill(5), skill(0)), rome=("D1102",), place=NANTES, radius_km=10
    )
    (hit,) = page.hits
    assert (page.total, hit.card.name, hit.occupation.code, hit.volunteer) == (
        1,
        "Au bon pain",
        "D1102",
        True,
    )
    assert [one.code for one in hit.matched] == [skill(4), skill(5)]
    assert [reason.text for reason in hit.reasons] == [
        "c’est le métier que vous cherchez",
        "2 de vos 3 compétences servent dans ce métier",
        "à moins d’un kilomètre",
        "nouvelle entreprise : note moyenne",
        "peut encore recevoir 6 demandes ce mois-ci",
        "fiche mise à jour ce mois-ci",
    ]
    assert sum(reason.share for reason in hit.reasons) == pytest.approx(hit.score, abs=1e-6)
    assert hit.offer_label == "Offre 0"


async def test_skills_alone_reach_the_best_occupation_first_and_list_the_others(
    reference: AsyncSession,
) -> None:
    await add_company(reference, jobs=("D1104", "D1102", "K2204"))
    page = await run(reference, skills=(skill(4), skill(5), skill(6), skill(7)))
    (hit,) = page.hits
    assert (hit.occupation.code, [one.code for one in hit.others]) == ("D1102", ["D1104"])
    assert hit.distance_km is None


async def test_potentiels_come_after_volunteers_and_list_occupations_of_their_division(
    reference: AsyncSession,
) -> None:
    near = await add_potentiel(reference, name="Restaurant du port")
    far = await add_company(reference, places=((47.30, -1.60),), jobs=("G1602",))
    page = await run(reference, rome=("G1602",), place=NANTES)
    assert [hit.card.company_id for hit in page.hits] == [far, near]
    potentiel = page.hits[1]
    assert (potentiel.volunteer, potentiel.occupation.code) == (False, "G1602")
    assert potentiel.reasons[0].text == "son activité emploie souvent le métier que vous cherchez"
    assert "vos propres moyens" in potentiel.availability


async def test_a_sole_trader_may_not_be_shown_by_name_nor_address(reference: AsyncSession) -> None:
    await add_company(reference, diffusible=False, places=((47.218432, -1.553621),))
    (hit,) = (await run(reference)).hits
    assert (hit.card.name, hit.card.address, hit.card.lat, hit.card.lon) == (None, "", 47.22, -1.55)


async def test_unknown_codes_are_listed_and_ignored(reference: AsyncSession) -> None:
    await add_company(reference)
    page = await run(
        reference,
        skills=("999999", "E0001"),
        rome=("Z9999", "D1102"),
        appellations=("1", "20002"),
    )
    assert page.unknown == ("999999", "Z9999", "1")
    assert page.total == 1


async def test_an_appellation_stands_for_its_occupation(reference: AsyncSession) -> None:
    await add_company(reference, jobs=("D1102",))
    await add_company(reference, jobs=("G1602",))
    page = await run(reference, appellations=("30001",))
    assert [hit.occupation.code for hit in page.hits] == ["D1102"]


async def test_a_passport_brings_its_skills(reference: AsyncSession) -> None:
    await add_company(reference, jobs=("D1102",))
    kept = {"token_hash": hash_token("t" * 43), "skills": [skill(4), skill(5)]}
    await reference.execute(insert(passports).values(**kept, created_at=MOMENT, seen_at=MOMENT))
    (hit,) = (await run(reference, passport="t" * 43)).hits
    assert [one.code for one in hit.matched] == [skill(4), skill(5)]
    assert (await run(reference, passport="u" * 43)).hits[0].matched == ()


async def test_nothing_found_widens_to_near_occupations_then_farther(reference: AsyncSession) -> None:
    await add_company(reference, places=((47.6, -1.55),), jobs=("D1104",))
    page = await run(reference, rome=("D1102",), place=NANTES, radius_km=20)
    assert page.total == 1
    assert page.widened == (
        "Aucune entreprise pour ce que vous cherchez : les métiers proches ont été ajoutés.",
        "Rien à moins de 20 km : la recherche va jusqu’à 50 km.",
    )
    assert page.hits[0].reasons[0].text.startswith("métier proche de « Boulanger / Boulangère »")


async def test_nothing_at_all_says_so(reference: AsyncSession) -> None:
    page = await run(reference, rome=("D1102",), place=NANTES)
    assert (page.total, page.hits) == (0, ())
    assert page.widened[0].startswith("Aucune entreprise trouvée, même en élargissant.")


async def test_found_as_asked_widens_nothing(reference: AsyncSession) -> None:
    await add_company(reference)
    assert (await run(reference, rome=("D1102",), place=NANTES)).widened == ()


async def test_a_company_gone_since_the_index_was_read_has_no_card(reference: AsyncSession) -> None:
    await add_company(reference)
    engine = await load_engine(reference)
    await reference.execute(companies.delete())
    page = await search(reference, engine, SearchQuery(today=TODAY))
    assert page.hits == ()


@pytest.mark.parametrize(
    "change",
    [
        {"closed_at": MOMENT},
        {"banned_at": MOMENT},
        {"opted_out_at": MOMENT},
        {"max_contacts_per_month": 0},
        {"next_availability_date": date(2026, 3, 11)},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_who_cannot_be_searched(reference: AsyncSession, change: dict[str, object]) -> None:
    found = await add_company(reference)
    hidden = await add_company(reference)
    await reference.execute(update(companies).where(companies.c.id == hidden).values(**change))
    page = await run(reference)
    assert [hit.card.company_id for hit in page.hits] == [found]


async def test_what_cannot_be_searched_for_lack_of_something(reference: AsyncSession) -> None:
    await add_company(reference, jobs=())
    await add_company(reference, places=())
    await add_potentiel(reference, naf=None)
    await add_potentiel(reference, naf="99.00Z")
    assert (await run(reference)).total == 0


async def test_a_pause_ends_on_its_day(reference: AsyncSession) -> None:
    await add_company(reference, next_availability_date=date(2026, 3, 11))
    assert (await run(reference, today=date(2026, 3, 10))).total == 0
    assert (await run(reference, today=date(2026, 3, 11))).total == 1


async def test_facets_count_with_the_other_filters_applied(reference: AsyncSession) -> None:
    await add_company(reference, contact_mode="phone", contact_phone="+33240000000", headcount="11")
    await add_company(reference, headcount="11", engaged=True, naf="10.71C")
    await add_company(reference, headcount="00", jobs=(("D1102", "hybrid"),))
    page = await run(reference, filters=Filters(contact_modes=(ContactMode.IN_PERSON,)))
    assert page.total == 2
    counted = {name: {one.value: one.count for one in values} for name, values in page.facets.items()}
    assert counted["contact_modes"] == {"phone": 1, "in_person": 2}
    assert counted["headcounts"] == {"00": 1, "11,12": 1}
    assert counted["naf"] == {"C": 1, "I": 1}
    assert counted["engaged"] == {"false": 1, "true": 1}
    assert counted["remote"] == {"on_site": 1, "hybrid": 1}
    assert {one.label for one in page.facets["naf"]} == {
        "Industrie manufacturière",
        "Hébergement et restauration",
    }


async def test_a_company_with_two_places_is_two_hits(reference: AsyncSession) -> None:
    await add_company(reference, places=((47.22, -1.55), (49.12, 6.17)))
    assert (await run(reference)).total == 2
    page = await run(reference, place=NANTES, sort=Sort.DISTANCE)
    assert page.total == 1

"""What a company does with its requests is followed by the index, and changes its reasons and its rank."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries.activity import record_answer, record_hire, record_request
from data.queries.index import freeze
from data.session import SessionMaker, create_engine, create_maker
from data.tables import companies, company_activity
from domain.company import quota_left
from domain.search import Criteria, Objective, Ranked, Sort
from matching.rank import rank
from services.indexing import SearchEngine, load_engine, refresh
from tests.factories.companies import MOMENT, add_company, add_potentiel
from tests.factories.reference import add_reference

TODAY = MOMENT.date()


@pytest.fixture
async def maker(fresh_database: str) -> AsyncIterator[SessionMaker]:
    engine = create_engine(fresh_database, 2)
    made = create_maker(engine)
    async with made() as session, session.begin():
        await add_reference(session)
    yield made
    await engine.dispose()


async def loaded(maker: SessionMaker) -> SearchEngine:
    async with maker() as session, session.begin():
        await freeze(session)
        return await load_engine(session)


async def followed(maker: SessionMaker, engine: SearchEngine, **asked: object) -> list[Ranked]:
    async with maker() as session, session.begin():
        await freeze(session)
        await refresh(session, engine)
    criteria = Criteria(**({"today": TODAY} | asked))  # type: ignore[arg-type]
    return list(rank(criteria, engine.occupations, engine.index).hits)


def said(hit: Ranked, code: str) -> str:
    return next(reason.text for reason in hit.reasons if reason.code == code)


async def test_an_answer_changes_the_index_and_the_reason(maker: SessionMaker) -> None:
    async with maker() as session, session.begin():
        company = await add_company(session)
    engine = await loaded(maker)
    (before,) = await followed(maker, engine)
    assert said(before, "answers") == "nouvelle entreprise : note moyenne"
    async with maker() as session, session.begin():
        await record_request(session, company, MOMENT)
        await record_answer(session, company, 48.0, MOMENT)
    (after,) = await followed(maker, engine)
    assert said(after, "answers") == "a répondu à la demande reçue, en 2 jours"
    assert said(after, "room") == "peut encore recevoir 5 demandes ce mois-ci"
    shares = [{reason.code: reason.share for reason in hit.reasons} for hit in (before, after)]
    assert shares[1]["answers"] > shares[0]["answers"]
    assert shares[1]["room"] < shares[0]["room"]


async def test_a_new_company_is_neither_first_nor_last(maker: SessionMaker) -> None:
    async with maker() as session, session.begin():
        good, new, bad = [await add_company(session) for _ in range(3)]
        for _ in range(9):
            await record_answer(session, good, 12.0, MOMENT)
        await record_answer(session, bad, 24 * 20.0, MOMENT)
        await session.execute(
            company_activity.update().where(company_activity.c.company_id == bad).values(asked=12)
        )
    engine = await loaded(maker)
    hits = await followed(maker, engine, sort=Sort.RESPONSIVE)
    assert [hit.company_id for hit in hits] == [good, new, bad]
    assert [said(hit, "answers") for hit in hits] == [
        "répond à toutes les demandes, en moins d’un jour en moyenne",
        "nouvelle entreprise : note moyenne",
        "a répondu à une demande sur 12, en 20 jours",
    ]


async def test_a_late_answer_was_already_asked(reference: AsyncSession) -> None:
    session = reference
    company = await add_company(session)
    await record_answer(session, company, 1.0, MOMENT)
    await session.execute(company_activity.update().values(asked=3))
    await record_answer(session, company, 24 * 30.0, MOMENT)
    row = (await session.execute(select(company_activity))).one()
    assert (row.asked, row.answered, row.delay_hours) == (3, 2, 721.0)


async def test_a_full_company_is_not_found_and_a_potentiel_has_no_quota(maker: SessionMaker) -> None:
    async with maker() as session, session.begin():
        company = await add_company(session, max_contacts_per_month=6)
        potentiel = await add_potentiel(session)
        await record_request(session, potentiel, MOMENT)
        await record_request(session, potentiel, MOMENT)
    engine = await loaded(maker)
    for count in (1, 2):
        async with maker() as session, session.begin():
            await record_request(session, company, MOMENT + timedelta(hours=count))
        found = {hit.company_id for hit in await followed(maker, engine)}
        assert (company in found) == quota_left(6, count, count)
        assert potentiel in found
    assert company not in found


async def test_a_hire_counts_for_those_who_want_a_job(maker: SessionMaker) -> None:
    async with maker() as session, session.begin():
        company = await add_company(session, headcount="00")
        await record_hire(session, company, MOMENT)
    engine = await loaded(maker)
    (hit,) = await followed(maker, engine, objective=Objective.RECRUIT)
    assert said(hit, "objective") == "a déjà embauché après une immersion"


async def test_activity_goes_with_its_company_and_stays_coherent(reference: AsyncSession) -> None:
    session = reference
    company = await add_company(session)
    await record_request(session, company, MOMENT)
    with pytest.raises(IntegrityError):
        async with session.begin_nested():
            await session.execute(text("UPDATE company_activity SET answered = 5"))
    await session.execute(delete(companies).where(companies.c.id == company))
    assert (await session.execute(select(company_activity))).all() == []

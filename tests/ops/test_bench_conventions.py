"""The invented conventions of the benchmark are real ones: the desk reads, counts and finds them."""

from collections import Counter
from datetime import UTC, datetime

from data.queries import convention_desk, conventions
from data.queries.convention_desk import Wanted
from data.session import create_engine, create_maker
from domain.convention import Kind, Status
from domain.convention_late import Deposit, deadlines
from ops.bench.convention_drafts import ready
from ops.bench.convention_path import promised
from ops.bench.convention_rows import fill
from services.conventions.drafting import faults
from settings import Settings
from tests.factories.people import add_active_agency, add_user

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
COUNT = 120


async def test_the_desk_finds_them(fresh_database: str) -> None:
    engine = create_engine(fresh_database, 1)
    maker = create_maker(engine)
    async with maker() as session, session.begin():
        agent = await add_user(session, "agent@mesure.example")
        agency = await add_active_agency(session, agent)
    await fill(fresh_database, COUNT, agency, [agent], NOW.date())
    by = deadlines(NOW)
    async with maker() as session, session.begin():
        found = await convention_desk.of_desk(session, Wanted(agencies=(agency,)), by, None, None)
        await convention_desk.prepare_search(session)
        name = found.rows[0].last_name.lower().replace("é", "e")
        words = Wanted(agencies=(agency,), words=(name,))
        alike = await convention_desk.of_desk(session, words, by, None, None)
        sent = Wanted(agencies=(agency,), deposit=Deposit.DONE)
        deposited = await convention_desk.of_desk(session, sent, by, None, None)
    await engine.dispose()
    assert Counter(one.status for one in found.rows) == found.counted.by_status
    assert found.counted.by_status[Status.VALIDATED] > COUNT / 2
    assert found.counted.late == sum(bool(one.late) for one in found.rows) > 0
    validated = [one for one in found.rows if one.status is Status.VALIDATED and one.kind is Kind.PMSMP]
    done = {one.id for one in validated if one.deposited_at}
    assert found.counted.by_deposit == {Deposit.DUE: len(validated) - len(done), Deposit.DONE: len(done)}
    assert {one.id for one in deposited.rows} == done != set()
    assert found.rows[0].id in {one.id for one in alike.rows}
    assert len(alike.rows) < len(found.rows)


async def test_the_drafts_can_be_sent(fresh_database: str) -> None:
    made = await ready(Settings(database_url=fresh_database), 2)
    engine = create_engine(fresh_database, 1)
    async with create_maker(engine)() as session:
        rows = [await conventions.by_id(session, one.convention) for one in made.drafts]
        found = [await faults(session, row, row.document, NOW) for row in rows if row]
    await engine.dispose()
    assert found == [(), ()]
    mails = sum((promised(one) for one in made.drafts), Counter[tuple[str, str, str]]())
    assert len(mails) == mails.total() == 26

"""Several relays and workers at once, nothing killed: each mail once, each run of the clock once."""

from sqlalchemy import text

from settings import Settings
from tests.faults.promises import Promises, settings_of
from tests.workers.worker_process import worker
from workers.schedule import SCHEDULE


async def test_three_workers_with_their_relays(fresh_settings: Settings, promises: Promises) -> None:
    settings = settings_of(fresh_settings, promises.sink.url)
    with (
        worker(settings, promises.logs),
        worker(settings, promises.logs),
        worker(settings, promises.logs),
    ):
        for _ in range(6):
            await promises.make(50)
        await promises.kept()
    assert len(promises.sink.got) == promises.count == 300
    async with promises.maker() as session:
        runs = (await session.execute(text("SELECT job, planned_for, outcome FROM scheduled_runs"))).all()
        began = (
            await session.execute(text("SELECT count(*) FROM outbox WHERE payload ? 'planned_at'"))
        ).scalar()
    assert {run.job for run in runs} == {entry.job for entry in SCHEDULE}
    assert len({(run.job, run.planned_for) for run in runs}) == len(runs) == began
    assert {run.outcome for run in runs} == {"done"}

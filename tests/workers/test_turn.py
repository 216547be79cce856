"""One at a time, and after a failure nobody sends before PostgreSQL has answered."""

import asyncio

import pytest

from workers.turn import Turn


class Database:
    """Asked, it answers, or fails as it is told."""

    def __init__(self) -> None:
        self.asked = 0
        self.away = False

    async def ask(self) -> None:
        self.asked += 1
        if self.away:
            raise ConnectionError


async def fail(turn: Turn, database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with turn.taken(database.ask):
            raise RuntimeError


async def test_nothing_is_asked_while_all_goes_well() -> None:
    turn, database = Turn(), Database()
    for _ in range(3):
        async with turn.taken(database.ask):
            pass
    assert database.asked == 0


async def test_after_a_failure_nobody_passes_until_it_answers() -> None:
    turn, database = Turn(), Database()
    await fail(turn, database)
    database.away = True
    for _ in range(2):
        with pytest.raises(ConnectionError):
            async with turn.taken(database.ask):
                pytest.fail("went on without an answer")
    database.away = False
    async with turn.taken(database.ask):
        pass
    async with turn.taken(database.ask):
        pass
    assert database.asked == 3


async def test_one_at_a_time() -> None:
    turn, database = Turn(), Database()
    inside = most = 0

    async def one() -> None:
        nonlocal inside, most
        async with turn.taken(database.ask):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(one() for _ in range(5)))
    assert most == 1

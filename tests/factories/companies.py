"""Companies with their places and offers, as rows."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import companies, company_places, offers

NANTES = (47.2184, -1.5536)
MOMENT = datetime(2026, 3, 2, 12, tzinfo=UTC)
_numbers = count(1)


def _with_luhn(body: str) -> str:
    digits = [int(digit) for digit in reversed(body)]
    total = sum(sum(divmod(2 * digit, 10)) if at % 2 == 0 else digit for at, digit in enumerate(digits))
    return f"{body}{-total % 10}"


def a_siret() -> str:
    """A new SIRET: its first nine digits, and all fourteen, pass the Luhn check."""
    return _with_luhn(_with_luhn(f"{10_000_000 + next(_numbers)}") + "0001")


async def add_company(
    session: AsyncSession,
    *,
    places: Sequence[tuple[float, float]] = (NANTES,),
    jobs: Sequence[str | tuple[str, str]] = ("D1102",),
    **values: Any,  # noqa: ANN401 - columns of `companies`
) -> int:
    """Write a searchable company; a job is a ROME code, or (ROME code, remote mode). Gives its id."""
    siret = a_siret()
    row = {
        "siret": siret,
        "name": f"Entreprise {siret}",
        "naf": "56.10A",
        "contact_mode": "in_person",
        "source": "test",
        "proof": "proved",
        "created_at": MOMENT,
        "updated_at": MOMENT,
    } | values
    company_id = int(
        (await session.execute(insert(companies).values(**row).returning(companies.c.id))).scalar_one()
    )
    for lat, lon in places:
        await add_place(session, company_id, lat, lon)
    for at, job in enumerate(jobs):
        rome, mode = (job, "on_site") if isinstance(job, str) else job
        await add_offer(session, company_id, rome, mode, f"Offre {at}")
    return company_id


async def add_potentiel(session: AsyncSession, **values: Any) -> int:  # noqa: ANN401 - columns of `companies`
    """Write a « potentiel »: known by a public register, no offers, no contact."""
    known = {"proof": "public_register", "contact_mode": "none", "jobs": ()}
    return await add_company(session, **(known | values))


async def add_place(session: AsyncSession, company_id: int, lat: float | None, lon: float | None) -> int:
    """Write a place of a company. Gives its id."""
    row = {"company_id": company_id, "postal_code": "44000", "city": "Nantes", "lat": lat, "lon": lon}
    return int(
        (
            await session.execute(insert(company_places).values(**row).returning(company_places.c.id))
        ).scalar_one()
    )


async def add_offer(session: AsyncSession, company_id: int, rome: str, mode: str, label: str) -> int:
    """Write an offer of a company. Gives its id."""
    row = {"company_id": company_id, "rome": rome, "label": label, "remote_mode": mode}
    return int((await session.execute(insert(offers).values(**row).returning(offers.c.id))).scalar_one())

"""What tests of registrations do again and again."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import links
from data.tables import companies, company_places, offers, outbox, registrations
from domain.company import CompanyForm, Step
from domain.company_inputs import StepValues
from domain.errors import InvalidInputError
from services.links import Purpose
from services.registrations import register, save_step, start_registration
from tests.factories.forms import NOW

STEPS = (Step.IDENTITY, Step.PLACES, Step.OFFERS, Step.CONTACT)
LINK = "a-link-of-the-tests-0123456789"


async def jobs(session: AsyncSession) -> list[tuple[str, dict[str, Any]]]:
    """What waits in the outbox, in order."""
    rows = await session.execute(select(outbox.c.job, outbox.c.payload).order_by(outbox.c.id))
    return [(row.job, row.payload) for row in rows]


async def job_names(session: AsyncSession) -> list[str]:
    return [name for name, _ in await jobs(session)]


async def filled(session: AsyncSession, form: CompanyForm) -> str:
    """A draft with every step saved; its token."""
    token, _ = await start_registration(session, form.identity.siret, NOW)
    values: tuple[StepValues, ...] = (form.identity, form.places, form.offers, form.contact)
    for step, value in zip(STEPS, values, strict=True):
        await save_step(session, token, step, value, NOW)
    return token


async def mail_link(
    session: AsyncSession, subject: object, purpose: Purpose = Purpose.PROVE, token: str = LINK
) -> str:
    """Mint the link that the mail would carry."""
    await links.mint(session, token, purpose, str(subject), NOW, NOW.replace(year=NOW.year + 1))
    return token


async def registered(session: AsyncSession, form: CompanyForm, token: str = LINK) -> str:
    """Register a form whole; the token of its proof link."""
    _, registration = await register(session, form, NOW)
    return await mail_link(session, registration.id, token=token)


async def company(session: AsyncSession, siret: str) -> Any:  # noqa: ANN401 - a row
    return (await session.execute(select(companies).where(companies.c.siret == siret))).one_or_none()


async def places(session: AsyncSession, company_id: int) -> Sequence[Any]:
    query = select(company_places).where(company_places.c.company_id == company_id)
    return (await session.execute(query.order_by(company_places.c.id))).all()


async def offered(session: AsyncSession, company_id: int) -> Sequence[Any]:
    query = select(offers).where(offers.c.company_id == company_id).order_by(offers.c.id)
    return (await session.execute(query)).all()


async def registration_row(session: AsyncSession, registration_id: object) -> Any:  # noqa: ANN401 - a row
    query = select(registrations).where(registrations.c.id == registration_id)
    return (await session.execute(query)).one()


def fields(error: InvalidInputError) -> set[str]:
    return {one.field for one in error.errors}

"""A small world of requests: a company with an offer and its people, a candidate, an agent and a stranger."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import sessions
from data.tables import beneficiaries, discussion_messages, discussions, offers, referrals
from domain.contact_request import ContactRequest
from domain.roles import Actor, Role
from domain.search import Objective
from services.discussions.asking import Asker, ask
from services.discussions.parties import Party, read
from tests.factories.companies import add_company
from tests.factories.people import add_active_agency, add_company_right, add_right, add_user

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
REQUEST = ContactRequest(
    first_name="Zoé",
    last_name="Durand",
    objective=Objective.DISCOVER,
    message="Je voudrais découvrir le métier de boulangère chez vous.",
)
_numbers = count(1)
NAMES = ("person", "counsellor", "owner", "contact", "stranger")


@dataclass
class World:
    """The ids of everybody, by name; `owner` and `contact` serve the company."""

    session: AsyncSession
    ids: dict[str, UUID]
    tokens: dict[str, str]
    beneficiary: UUID
    company: int
    offer: int
    agency: int
    now: datetime

    async def actor(self, name: str) -> Actor:
        """An account with its rights, as a request sees it."""
        found = await sessions.actor_of(self.session, self.tokens[name], self.now)
        assert found is not None
        return found

    async def asker(self) -> Asker:
        """The candidate, asking for themselves."""
        return Asker(actor=await self.actor("person"), beneficiary=self.beneficiary)

    async def asked(self, now: datetime | None = None, request: ContactRequest = REQUEST) -> UUID:
        """A request of the candidate to the company."""
        return await ask(self.session, await self.asker(), self.offer, request, now or self.now)

    async def party(self, name: str, discussion: UUID) -> Party:
        """Somebody before a discussion."""
        return await read(self.session, await self.actor(name), discussion)


async def build_world(session: AsyncSession, now: datetime = NOW, prefix: str = "") -> World:
    """Everything in the caller's transaction, the names after `prefix`. Needs the small referential."""
    ids, tokens = {}, {}
    for name in NAMES:
        email = f"{prefix}{name}@exemple.fr"
        ids[name] = await add_user(session, email, first_name=name.title(), last_name="")
        tokens[name] = f"{prefix}{name}".ljust(50, "-")
        times = {"created_at": now, "expires_at": now + timedelta(400)}
        await sessions.open_session(session, tokens[name], {"user_id": ids[name], "method": "mail", **times})
    company = await add_company(session, contact_mode="email", contact_email="contact@exemple.com")
    await add_company_right(session, company, ids["owner"], Role.COMPANY_ADMIN)
    await add_company_right(session, company, ids["contact"], Role.COMPANY_CONTACT)
    offer = await session.scalar(select(offers.c.id).where(offers.c.company_id == company).limit(1))
    assert offer is not None
    agency = await add_active_agency(session, ids["stranger"])
    await add_right(session, agency, ids["counsellor"], (Role.COUNSELLOR,))
    person = insert(beneficiaries).values(user_id=ids["person"], created_at=now, updated_at=now)
    beneficiary: UUID = (await session.execute(person.returning(beneficiaries.c.id))).scalar_one()
    return World(session, ids, tokens, beneficiary, company, offer, agency, now)


async def accompany(world: World) -> None:
    """The counsellor accompanies the candidate from now on, who agreed."""
    values = {
        "beneficiary_id": world.beneficiary,
        "agency_id": world.agency,
        "user_id": world.ids["counsellor"],
    }
    agreed = {"since": world.now, "consent": "account", "consented_at": world.now}
    await world.session.execute(insert(referrals).values(**values, **agreed))


async def add_request(world: World, moment: datetime, **values: object) -> UUID:
    """A request as it was left at that moment, written straight to its tables; nobody was told."""
    number = next(_numbers)
    row: dict[str, object] = {
        "company_id": world.company,
        "rome": f"D{number:04}",
        "label": "Boulanger / Boulangère",
        "contact_mode": "email",
        "beneficiary_id": world.beneficiary,
        "status": "pending",
        "status_at": moment,
        "objective": "discover",
        "reached_at": moment,
        "candidate_address": f"c{number}",
        "company_address": f"k{number}",
        "created_at": moment,
        "updated_at": moment,
    } | values
    statement = insert(discussions).values(**row).returning(discussions.c.id)
    found: UUID = (await world.session.execute(statement)).scalar_one()
    message = {"side": "candidate", "channel": "page", "body": REQUEST.message, "sent_at": moment}
    await world.session.execute(insert(discussion_messages).values(discussion_id=found, **message))
    return found

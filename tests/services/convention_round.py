"""Who a convention's moves write to: the jobs of the outbox run one after the other, mails and texts kept."""

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from clients.sms import Sms, SmsRefusedError
from data.tables import agencies, agency_rights, emails, outbox
from domain.agency import Situation
from domain.terms import Contact, Employer, Terms
from services.conventions import letters, texts
from services.work import Tools, Work
from tests.factories.conventions import SECRET, Conventions, a_document
from tests.factories.discussions import build_world
from tests.services.post import Post, tools

JOBS = {**letters.JOBS, **texts.JOBS}
PARENT, EMPLOYER = "parent@exemple.fr", "employeur@exemple.net"
PERSON, COMPANY, TUTOR = "person@exemple.fr", "gerante@exemple.com", "tuteur@exemple.com"


class Phones:
    """The provider's double: keeps what it is given, or refuses it."""

    def __init__(self) -> None:
        self.sent: list[Sms] = []
        self.refusing = False

    async def send(self, sms: Sms) -> str:
        if self.refusing:
            raise SmsRefusedError("SMS 400: message refused")
        self.sent.append(sms)
        return "1"

    async def close(self) -> None:
        pass


@dataclass
class Round:
    """Runs what waits, and says to whom it wrote what."""

    desk: Conventions
    post: Post = field(default_factory=Post)
    phones: Phones = field(default_factory=Phones)
    done: set[int] = field(default_factory=set)

    @cached_property
    def tools(self) -> Tools:
        return tools(self.post, secret_key=SECRET, sms=self.phones)

    async def waiting(self) -> list[tuple[str, Work]]:
        """What no run has treated, with the names of the jobs."""
        rows = (await self.desk.world.session.execute(select(outbox).order_by(outbox.c.id))).all()
        fresh = [row for row in rows if row.id not in self.done and row.job in JOBS]
        return [(row.job, Work(row.id, row.payload, row.created_at, self.desk.now)) for row in fresh]

    async def settle(self) -> None:
        """What waits is not looked at."""
        self.done.update(work.id for _, work in await self.waiting())

    async def run(self) -> dict[str, list[str]]:
        """Everything that waits, and what that leads to: addresses → templates, without their beginning."""
        session, mark = self.desk.world.session, len(await self._mails())
        while works := await self.waiting():
            for job, work in works:
                self.done.add(work.id)
                await JOBS[job](session, self.tools, work)
        told: dict[str, list[str]] = {}
        for template, recipient in (await self._mails())[mark:]:
            told.setdefault(recipient, []).append(template.removeprefix("convention_"))
        return told

    async def _mails(self) -> list[tuple[str, str]]:
        query = select(emails.c.template, emails.c.recipient).order_by(emails.c.id)
        return [(row[0], row[1]) for row in await self.desk.world.session.execute(query)]


async def reached_desk(session: AsyncSession) -> Conventions:
    """A desk whose agency has a telephone."""
    made = Conventions(await build_world(session))
    await session.execute(update(agencies).values(contact_phone="+33240000000"))
    return made


async def one_step(desk: Conventions) -> None:
    """The agency validates in one step: its counsellor is sent nothing."""
    mine = update(agency_rights).where(agency_rights.c.user_id == desk.world.ids["counsellor"])
    await desk.world.session.execute(mine.values(notified=False))


def whole_cast() -> Terms:
    """A minor who has a work contract: four people sign."""
    terms = a_document()
    person = replace(
        terms.beneficiary, birth_date=date(2009, 4, 2), situation=Situation.EMPLOYEE, phone="+33612345678"
    )
    parent = Contact(
        first_name="Ana", last_name="Durand", function="Mère", email=PARENT, phone="+33612345679"
    )
    boss = Contact(first_name="Jo", last_name="Le Goff", function="Gérant", email=EMPLOYER)
    return replace(
        terms,
        beneficiary=person,
        representative=parent,
        employed=True,
        employer=Employer(name="Café du Port", siret="73282932000074", contact=boss),
        activity=replace(terms.activity, hazards_checked=True),
    )

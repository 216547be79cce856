"""A convention sent to be signed in a database that a server reads too, with the link of each signatory."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import convention_signatories, conventions, links
from domain.chain import ChainKeys
from domain.convention import As
from domain.terms import Contact, Employer, Terms
from services.conventions import reviewing
from services.conventions.drafting import submit
from services.conventions.signing import code_of
from services.conventions.story import Office
from settings import Settings
from tests.factories.conventions import Conventions, a_document
from tests.factories.discussions import World, build_world

_numbers = count(1)


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the application under test has the real clock


@dataclass
class Desk(Conventions):
    """Conventions made with the keys of a server's settings."""

    settings: Settings = Settings(environment="test")  # noqa: RUF009 - frozen

    @property
    def office(self) -> Office:
        """Where the test works."""
        keys = ChainKeys(self.settings.chain_keys, self.settings.secret_key)
        return Office(self.world.session, keys, self.settings.secret_key, self.now)


@dataclass(frozen=True, slots=True)
class ToSign:
    """A convention with the path of each signatory's link."""

    desk: Desk
    convention: UUID
    paths: dict[As, str]

    @property
    def world(self) -> World:
        """Its people."""
        return self.desk.world


def whole(number: int, today: date, *, minor: bool = False, employed: bool = False) -> Terms:
    """A document that may be sent, of somebody whom no other names, from a Monday two weeks ahead."""
    first = today + timedelta(days=14 + (-today.weekday()) % 7)
    terms = a_document(first, first + timedelta(days=4))
    born = date(today.year - 17, 1, 1) if minor else date(1995, 4, 2)
    person = replace(
        terms.beneficiary,
        last_name=f"Durand{chr(97 + number % 26)}{chr(97 + number // 26 % 26)}{chr(97 + number // 676)}",
        birth_date=born,
        email=f"person{number}@exemple.fr",
    )
    terms = replace(terms, beneficiary=person, employed=employed)
    if minor:
        parent = _contact("Léon", "Durand", "Père", f"pere{number}@exemple.fr")
        terms = replace(terms, representative=parent)
        terms = replace(terms, activity=replace(terms.activity, hazards_checked=True))
    if employed:
        boss = _contact("Rita", "Rossi", "Directrice", f"patronne{number}@exemple.com")
        terms = replace(
            terms, employer=Employer(name="Rossi et filles", siret="73282932000074", contact=boss)
        )
    return terms


def _contact(first_name: str, last_name: str, function: str, email: str) -> Contact:
    return Contact(first_name=first_name, last_name=last_name, function=function, email=email)


async def to_sign(
    session: AsyncSession, settings: Settings, prefix: str, *, minor: bool = False, employed: bool = False
) -> ToSign:
    """Sent to its people, each with a link."""
    number = next(_numbers)
    at = now()
    desk = Desk(await build_world(session, at, prefix=f"{prefix}{number}"), at, settings)
    convention = await desk.draft(whole(number, at.date(), minor=minor, employed=employed))
    await submit(desk.office, await desk.standing("person", convention), 1)
    paths = {
        one.whom: await mint(session, one.id, f"{prefix}{number}{one.whom}")
        for one in await convention_signatories.of_convention(session, convention)
    }
    return ToSign(desk, convention, paths)


async def validate(made: ToSign) -> None:
    """Signed by everybody, then reviewed."""
    desk, convention = made.desk, made.convention
    for whom in made.paths:
        assert await desk.sign(convention, whom)
    if (await desk.row(convention)).two_step:
        await reviewing.pre_approve(desk.office, await desk.standing("counsellor", convention))
    await reviewing.validate(desk.office, await desk.standing("stranger", convention))


async def mint(session: AsyncSession, signatory: UUID, name: str, expires_at: datetime | None = None) -> str:
    """The path of a new link of that signatory."""
    token = f"{name:-<43}"
    until = expires_at or now() + timedelta(days=60)
    await links.mint(session, token, "convention.sign", str(signatory), now() - timedelta(days=1), until)
    return f"/signature/{token}"


async def code_sent(session: AsyncSession, settings: Settings, convention: UUID, whom: As) -> str:
    """The code that was last sent to that signatory."""
    row = await conventions.by_id(session, convention)
    listed = await convention_signatories.of_convention(session, convention)
    assert row is not None
    return code_of(settings.secret_key, next(one for one in listed if one.whom is whom), row.version)

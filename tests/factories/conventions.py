"""Conventions for tests: a whole document, and conventions brought to a status by the real moves."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from uuid import UUID

from data.queries import convention_signatories, conventions
from data.queries.conventions import ConventionRow
from data.session import Session
from domain.agency import Situation
from domain.chain import ChainKeys
from domain.convention import As
from domain.roles import NOBODY
from domain.schedule import WEEKDAYS
from domain.schedule_pattern import WeeklyPattern, draw
from domain.search import Objective
from domain.terms import Accompanying, Activity, Beneficiary, Contact, Host, SkillSought, Terms
from services.conventions import reviewing, signing
from services.conventions.drafting import Origin, start, submit
from services.conventions.parties import Standing, as_named, read
from services.conventions.signing import Device, Typed, code_of
from services.conventions.story import Office
from tests.factories.discussions import World

SECRET = "a-secret-of-the-tests"
KEYS = ChainKeys("", SECRET)
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
FIRST, LAST = date(2026, 11, 30), date(2026, 12, 11)
DEVICE = Device("192.0.2.7", "Firefox on a test")
_DAY = ((time(9), time(12)), (time(13), time(17)))
_WEEK = WeeklyPattern(week=(_DAY,) * 5 + ((),) * (len(WEEKDAYS) - 5))


def a_document(first: date = FIRST, last: date = LAST) -> Terms:
    """A whole document, that nothing keeps from being sent: seventy hours in ten days."""
    return Terms(
        beneficiary=Beneficiary(
            first_name="Zoé",
            last_name="Durand",
            birth_date=date(1995, 4, 2),
            email="person@exemple.fr",
            phone="+33612345678",
            situation=Situation.JOB_SEEKER,
        ),
        host=Host(
            siret="35600000000048",
            name="Boulangerie du Port",
            address="3 rue du Port",
            postal_code="44000",
            city="Nantes",
            insee="44109",
            naf="10.71C",
            activity="Boulangerie et pâtisserie",
            agreement="Boulangerie-pâtisserie artisanale (IDCC 843)",
            contact=_contact("Anne", "Martin", "Gérante", "gerante@exemple.com"),
            tutor=_contact("Paul", "Petit", "Boulanger", "tuteur@exemple.com"),
        ),
        accompanying=Accompanying(
            structure="Association Cap Sud",
            contact=_contact("Lila", "Moreau", "Référente", "referente@exemple.org"),
        ),
        activity=Activity(
            rome="D1102",
            job="Boulanger, boulangère",
            objective=Objective.DISCOVER,
            aims="Voir si les horaires et le travail du fournil lui conviennent.",
            assessed_how="Un entretien à mi-parcours et un bilan le dernier jour.",
            tasks="Peser, pétrir, façonner avec le boulanger ; servir en boutique.",
            skills=(SkillSought("100023", "Pétrir une pâte"),),
            safety="Chaussures fermées, charlotte ; consignes du four données le premier jour.",
        ),
        starts_on=first,
        ends_on=last,
        schedule=draw(_WEEK, first, last, "44"),
    )


def _contact(first_name: str, last_name: str, function: str, email: str) -> Contact:
    return Contact(first_name=first_name, last_name=last_name, function=function, email=email)


def office_at(session: Session, now: datetime) -> Office:
    """Where a test works, at a moment."""
    return Office(session, KEYS, SECRET, now, texts=True)


@dataclass
class Conventions:
    """Moves of conventions in a world (`tests.factories.discussions.World`), made by those who may."""

    world: World
    now: datetime = NOW

    @property
    def office(self) -> Office:
        """Where the test works."""
        return office_at(self.world.session, self.now)

    async def row(self, convention: UUID) -> ConventionRow:
        """A convention as it is now."""
        found = await conventions.by_id(self.world.session, convention)
        assert found is not None
        return found

    async def standing(self, name: str, convention: UUID) -> Standing:
        """Somebody of the world before a convention."""
        return await read(self.world.session, await self.world.actor(name), convention)

    async def draft(self, terms: Terms | None = None, **origin: object) -> UUID:
        """A draft of the candidate, for the world's agency."""
        given = {"agency_id": self.world.agency, "beneficiary_id": self.world.beneficiary, **origin}
        person = await self.world.actor("person")
        document = terms or a_document()
        made = await start(self.office, person, document, replace(Origin(), **given))  # type: ignore[arg-type]
        return made.id

    async def submitted(self, terms: Terms | None = None) -> UUID:
        """Sent to its people."""
        convention = await self.draft(terms)
        await submit(self.office, await self.standing("person", convention), 1)
        return convention

    async def sign(self, convention: UUID, whom: As) -> bool:
        """By that signatory's link and code, as they would."""
        row = await self.row(convention)
        one = await self.signatory(convention, whom)
        standing = as_named(NOBODY, row, whom)
        await signing.ask_code(self.office, standing, one)
        one = await self.signatory(convention, whom)
        assert row.terms_sha256 is not None
        typed = Typed(code_of(self.office.secret_key, one, row.version), row.terms_sha256.hex())
        return await signing.sign(self.office, standing, one, typed, DEVICE)

    async def signatory(self, convention: UUID, whom: As) -> convention_signatories.SignatoryRow:
        """One who signs."""
        listed = await convention_signatories.of_convention(self.world.session, convention)
        return next(one for one in listed if one.whom is whom)

    async def signed(self, terms: Terms | None = None) -> UUID:
        """Signed by everybody: to be reviewed."""
        convention = await self.submitted(terms)
        for one in await convention_signatories.of_convention(self.world.session, convention):
            assert await self.sign(convention, one.whom)
        return convention

    async def validated(self, terms: Terms | None = None) -> UUID:
        """Pre-approved by the counsellor and validated by the world's stranger, who validates there."""
        convention = await self.signed(terms)
        if (await self.row(convention)).two_step:
            await reviewing.pre_approve(self.office, await self.standing("counsellor", convention))
        await reviewing.validate(self.office, await self.standing("stranger", convention))
        return convention

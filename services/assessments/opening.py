"""Who opens an assessment, for which side: by a link of their own mail, or by their account."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from data.queries import assessments, conventions, passports
from data.queries.assessments import AssessmentRow
from data.queries.conventions import ConventionRow
from data.session import ReadSession
from domain.assessment import SIDES, Outcome, Side, may_tell
from domain.convention import As, Move
from domain.errors import ForbiddenError, NotFoundError
from domain.passport import LEVEL_LABELS, Level
from domain.passport_observed import higher_than
from domain.roles import NOBODY, Actor
from domain.sms import is_mobile
from domain.terms import ADULT, Contact, Terms, contact_of
from domain.time_zones import zone_of
from services import links
from services.assessments.passports import owner_of, seen_of
from services.conventions import parties
from services.conventions.limits import department_at
from services.conventions.parties import HIDDEN, Standing, as_named
from services.conventions.story import Office
from services.links import Purpose
from services.passports import show_passport

FOLLOW = "follow"
_NOT_YOURS = "Le bilan se remplit par le tuteur ou la tutrice, et par la personne accueillie."
_AS = {Side.COMPANY.value: As.TUTOR, Side.PERSON.value: As.BENEFICIARY, FOLLOW: As.BENEFICIARY}


class Stage(StrEnum):
    """What the page of a side asks."""

    TOO_EARLY = "too_early"
    EARLY_END = "early_end"
    """Only an absence or an early end may be told yet."""
    OPEN = "open"
    ANSWER = "answer"
    """The person answers what the company said."""
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody before an assessment. `whom`: as whom they speak for their side."""

    standing: Standing
    side: Side
    whom: As
    said: AssessmentRow
    here: datetime
    """Now, by the clocks of the place of the immersion."""

    @property
    def today(self) -> date:
        """Which day it is there."""
        return self.here.date()

    @property
    def row(self) -> ConventionRow:
        """The convention."""
        return self.standing.row

    @property
    def terms(self) -> Terms:
        """Its document."""
        return self.row.document

    @property
    def tutor(self) -> Contact:
        """Who speaks for the company, by name."""
        return contact_of(self.terms, As.TUTOR)

    @property
    def minor(self) -> bool:
        """Whether the person is under 18 today: their word alone keeps nothing of what was seen of them."""
        age = self.terms.beneficiary.age_on(self.today)
        return age is not None and age < ADULT

    @property
    def stage(self) -> Stage:
        """What is asked now."""
        if self.said.person_agrees is not None:
            return Stage.DONE
        if self.side is Side.PERSON and self.said.company_at is not None:
            return Stage.ANSWER
        if may_tell(self.terms, self.here):
            return Stage.OPEN
        early = self.side is Side.COMPANY and may_tell(self.terms, self.here, Outcome.DID_NOT_SHOW)
        return Stage.EARLY_END if early else Stage.TOO_EARLY


def subject(convention: UUID, side: str) -> str:
    """What a link of an assessment names: the convention and the side."""
    return f"{convention}:{side}"


async def by_link(office: Office, token: str) -> tuple[Opened, str]:
    """Who opened a link of their mail, the convention locked, and for what: a side, or the later question.

    Raises `NotFoundError`, `ExpiredError`, and as every move (`Move.ASSESS`).
    """
    found = await links.read(office.session, token, Purpose.ASSESSMENT, office.now)
    identifier, _, side = found.subject_id.partition(":")
    row = await conventions.lock(office.session, UUID(identifier))
    if row is None or row.anonymised_at is not None:
        raise NotFoundError(HIDDEN)
    # Who had the row before may have named another tutor.
    await links.read(office.session, token, Purpose.ASSESSMENT, office.now)
    standing = as_named(NOBODY, row, _AS[side])
    return await _opened(office, standing, _AS[side]), side


async def by_account(office: Office, actor: Actor, convention: UUID) -> Opened:
    """Who opens it from their account, for the person when they are both; raises `ForbiddenError`."""
    standing = await parties.lock(office.session, actor, convention)
    whom = next((one for one in (As.BENEFICIARY, As.TUTOR, As.COMPANY) if one in standing.whom), None)
    if whom is None:
        raise ForbiddenError(_NOT_YOURS)
    return await _opened(office, standing, whom)


async def _opened(office: Office, standing: Standing, whom: As) -> Opened:
    standing.step(Move.ASSESS)
    said = await assessments.of_convention(office.session, standing.row.id)
    here = office.now.astimezone(zone_of(department_at(standing.row.document.work_place)))
    return Opened(standing, SIDES[whom], whom, said, here)


@dataclass(frozen=True, slots=True)
class Higher:
    """A skill that the person puts higher than the company saw."""

    ogr: str
    label: str
    own: str
    seen: Level


async def higher_of(session: ReadSession, opened: Opened) -> tuple[Higher, ...] | None:
    """Skills where the person chooses which level stays; None when they have no passport to write in."""
    owner = owner_of(opened.row, opened.standing.actor)
    if owner is None:
        return None
    key = await passports.owned(session, owner)
    kept = await show_passport(session, key) if key else None
    if kept is None:
        return ()
    own = {line.skill: line.level for line in kept.held.lines}
    labels = {one.ogr: one.label for one in opened.said.skills}
    return tuple(
        Higher(one.skill, labels[one.skill], LEVEL_LABELS[own[one.skill] or one.level], one.level)
        for one in higher_than(kept.held, seen_of(opened.said))
    )


def reached(row: ConventionRow, side: str) -> str:
    """The address of who speaks for a side: the tutor's, else the company's; the person's as they signed.

    Their mobile when they have no address, else nothing.
    """
    terms = row.document
    if side == Side.COMPANY:
        return terms.host.tutor.email or terms.host.contact.email
    one = next((one for one in row.signatories if one.whom is As.BENEFICIARY), terms.beneficiary)
    phone = one.phone if is_mobile(one.phone) else ""
    return one.email or terms.beneficiary.email or phone

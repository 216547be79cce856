"""Assessments on a real database: each side's part, its proof, the passport, the hire, who is told."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import assessments, convention_story, passports
from data.tables import assessments as table
from data.tables import company_activity, conventions, outbox, users
from domain.assessment import Contract, FollowUp, Next, Observed, Outcome, PersonSays, Side
from domain.convention import As, Status
from domain.errors import ConflictError, ForbiddenError, InvalidInputError
from domain.passport import Evidence, Level
from domain.roles import NOBODY
from domain.sms import parts as billed
from domain.terms import Terms
from services.assessments import clock, filling, letters, reading
from services.assessments.opening import Opened, Stage, by_account, by_link, higher_of, subject
from services.conventions import reviewing, verifying
from services.conventions.parties import as_named
from services.conventions.story import faults
from services.links import Purpose
from services.links import mint as mint_link
from services.passports import declare_skills, passport_for, show_passport
from services.work import Work
from tests.domain.test_assessment import ABSENT, HIRED, WHOLE
from tests.factories.conventions import DEVICE, FIRST, KEYS, LAST, NOW, SECRET, Conventions, a_document
from tests.factories.discussions import build_world
from tests.services.convention_round import Phones, whole_cast
from tests.services.post import SITE, Post, parts, tools

SKILL = "100004"
AFTER = datetime.combine(LAST, time(18), UTC)
YES = PersonSays(feedback="J’ai appris.", next_step=Next.TRAINING, agrees=True)
SEEN = (Observed(SKILL, "Pétrir une pâte", Level.MANAGES),)


@pytest.fixture
async def desk(reference: AsyncSession) -> Conventions:
    return Conventions(await build_world(reference))


async def ended(desk: Conventions, terms: Terms | None = None) -> UUID:
    """A validated convention, on its last day."""
    convention = await desk.validated(terms)
    await desk.world.session.execute(update(conventions).values(company_id=desk.world.company))
    desk.now = AFTER
    return convention


async def opened(desk: Conventions, convention: UUID, side: Side) -> Opened:
    """By the link of a mail."""
    work = Work(id=hash((side, desk.now)) % 10**9, payload={}, created_at=desk.now, now=desk.now)
    path = await mint_link(desk.world.session, SECRET, work, Purpose.ASSESSMENT, subject(convention, side))
    found, which = await by_link(desk.office, path.rsplit("/", 1)[1])
    assert which == side
    return found


async def company_says(desk: Conventions, convention: UUID, **changes: object) -> None:
    said = replace(WHOLE, skills=SEEN)
    whole = replace(said, **changes)  # type: ignore[arg-type]
    await filling.tell_company(desk.office, await opened(desk, convention, Side.COMPANY), whole, DEVICE)


async def person_says(desk: Conventions, convention: UUID, said: PersonSays = YES) -> None:
    await filling.tell_person(desk.office, await opened(desk, convention, Side.PERSON), said, DEVICE)


async def lines(desk: Conventions, convention: UUID) -> list[str]:
    entries = await convention_story.entries(desk.world.session, convention)
    return [one.kind for one in entries if one.kind.startswith("assess")]


async def test_each_side_signs_what_it_said(desk: Conventions) -> None:
    convention = await ended(desk)
    assert (await opened(desk, convention, Side.PERSON)).stage is Stage.OPEN
    await company_says(desk, convention)
    assert (await opened(desk, convention, Side.PERSON)).stage is Stage.ANSWER
    await person_says(desk, convention)
    assert (await opened(desk, convention, Side.COMPANY)).stage is Stage.DONE
    assert await lines(desk, convention) == ["assessed", "assessment_agreed"]
    row = await desk.row(convention)
    assert row.assessed
    assert await faults(desk.world.session, row, KEYS) == ()
    assert await filling.faults(desk.world.session, row) == ()
    await desk.world.session.execute(update(table).values(feedback="Jamais à l’heure."))
    report = await verifying.verify(desk.world.session, KEYS, row.reference)
    assert report is not None
    changed = "Le bilan de l’entreprise a été changé après coup."
    assert ("assessments", changed) in [(one.row, one.why) for one in report.faults]


async def test_a_button_pressed_twice_says_it_once(desk: Conventions) -> None:
    convention = await ended(desk)
    for _ in range(2):
        await company_says(desk, convention)
        desk.now += timedelta(seconds=2)
    assert await lines(desk, convention) == ["assessed"]
    said = await assessments.of_convention(desk.world.session, convention)
    assert said.company_at == AFTER
    assert len(await jobs(desk, "assessment.answer_mail")) == 1


async def test_it_is_not_cancelled_once_begun(desk: Conventions) -> None:
    convention = await ended(desk)
    await company_says(desk, convention)
    with pytest.raises(ConflictError, match="bilan"):
        await reviewing.cancel(desk.office, await desk.standing("stranger", convention), "Erreur de dates")


async def test_what_was_answered_does_not_change(desk: Conventions) -> None:
    convention = await ended(desk)
    await company_says(desk, convention)
    await company_says(desk, convention, feedback="Très à l’heure.")
    await person_says(desk, convention)
    with pytest.raises(ConflictError, match="ne change plus"):
        await company_says(desk, convention)
    with pytest.raises(ConflictError, match="déjà répondu"):
        await person_says(desk, convention)


async def test_from_when_and_by_whom(desk: Conventions) -> None:
    convention = await desk.validated()
    desk.now = datetime.combine(FIRST, time(12), UTC)
    assert (await opened(desk, convention, Side.COMPANY)).stage is Stage.EARLY_END
    assert (await opened(desk, convention, Side.PERSON)).stage is Stage.TOO_EARLY
    for side, act in ((Side.COMPANY, company_says), (Side.PERSON, person_says)):
        with pytest.raises(ConflictError, match="s’ouvre le 10 décembre 2026"):
            await act(desk, convention)
        other = await opened(desk, convention, side)
        forbidden = (
            filling.tell_person(desk.office, other, YES, DEVICE)
            if side is Side.COMPANY
            else filling.tell_company(desk.office, other, WHOLE, DEVICE)
        )
        with pytest.raises(ForbiddenError):
            await forbidden
    await filling.tell_company(desk.office, await opened(desk, convention, Side.COMPANY), ABSENT, DEVICE)
    assert (await opened(desk, convention, Side.PERSON)).stage is Stage.ANSWER


async def test_the_day_is_that_of_the_place(desk: Conventions) -> None:
    """20:00 of the day before the last but one in Paris is already the day in Nouméa."""
    terms = a_document()
    place = replace(terms.place, address="1 rue", postal_code="98800", city="Nouméa", insee="98818")
    convention = await desk.validated(replace(terms, place=place))
    desk.now = datetime.combine(LAST - timedelta(days=2), time(19), UTC)
    assert (await opened(desk, convention, Side.COMPANY)).stage is Stage.OPEN


async def test_by_an_account(desk: Conventions) -> None:
    convention = await ended(desk)
    for name, side, whom in (("person", Side.PERSON, As.BENEFICIARY), ("owner", Side.COMPANY, As.COMPANY)):
        found = await by_account(desk.office, await desk.world.actor(name), convention)
        assert (found.side, found.whom) == (side, whom)
    with pytest.raises(ForbiddenError):
        await by_account(desk.office, await desk.world.actor("counsellor"), convention)
    tutor = update(users).where(users.c.id == desk.world.ids["contact"]).values(email="tuteur@exemple.com")
    await desk.world.session.execute(tutor)
    await desk.world.session.execute(update(conventions).values(company_id=None))
    found = await by_account(desk.office, await desk.world.actor("contact"), convention)
    assert found.whom is As.TUTOR


async def test_a_colleague_who_fills_it_is_named_and_their_account_kept(desk: Conventions) -> None:
    convention = await ended(desk)
    actor = await desk.world.actor("owner")
    found = await by_account(desk.office, actor, convention)
    await filling.tell_company(desk.office, found, WHOLE, DEVICE)
    own = await by_account(desk.office, await desk.world.actor("person"), convention)
    await filling.tell_person(desk.office, own, YES, DEVICE)
    company, person = (await convention_story.entries(desk.world.session, convention))[-2:]
    assert company.told is not None
    assert (company.told["name"], company.told["by"]) == ("Owner", str(actor.user))
    assert person.told is not None
    assert person.told["name"] == "Zoé Durand", "their address is the document's: so is their name"


async def test_a_job_counts_once_for_the_company(desk: Conventions) -> None:
    convention = await ended(desk)
    await company_says(desk, convention)
    hired = select(company_activity.c.hired).where(company_activity.c.company_id == desk.world.company)
    assert not await desk.world.session.scalar(hired)
    for _ in range(2):
        job = {"hired": True, "contract": Contract.PERMANENT, "hired_on": HIRED.hired_on}
        await company_says(desk, convention, **job)
    assert await desk.world.session.scalar(hired) == 1


async def passport(desk: Conventions) -> dict[str, tuple[Level | None, Evidence, str]]:
    key = await passports.owned(desk.world.session, desk.world.beneficiary)
    kept = await show_passport(desk.world.session, key) if key else None
    lines_ = kept.held.lines if kept else ()
    return {one.skill: (one.level, one.evidence, one.attested_by) for one in lines_}


async def test_what_was_seen_of_a_minor_waits_until_they_are_of_age(desk: Conventions) -> None:
    """Adult on the day after the last one: the representative's consent is asked nowhere."""
    birthday = date(LAST.year - 18, LAST.month, LAST.day) + timedelta(days=1)
    terms = whole_cast()
    person = replace(terms.beneficiary, birth_date=birthday)
    convention = await ended(desk, replace(terms, beneficiary=person))
    await company_says(desk, convention)
    with pytest.raises(ConflictError, match="représentant légal"):
        await person_says(desk, convention, replace(YES, shares=True))
    await person_says(desk, convention)
    minor = await opened(desk, convention, Side.PERSON)
    with pytest.raises(ConflictError, match="18 ans"):
        await filling.change_sharing(desk.office, minor, DEVICE, shares=True)
    assert await passport(desk) == {}
    desk.now = AFTER + timedelta(days=1)
    adult = await opened(desk, convention, Side.PERSON)
    await filling.change_sharing(desk.office, adult, DEVICE, shares=True)
    assert set(await passport(desk)) == {SKILL}


async def test_observed_skills_go_to_the_passport_and_back(desk: Conventions) -> None:
    convention = await ended(desk)
    await company_says(desk, convention)
    await person_says(desk, convention, replace(YES, shares=True))
    by = "Boulangerie du Port, le 11 décembre 2026"
    assert await passport(desk) == {SKILL: (Level.MANAGES, Evidence.OBSERVED, by)}
    for shares, count in ((False, 0), (False, 0), (True, 1)):
        person = await opened(desk, convention, Side.PERSON)
        await filling.change_sharing(desk.office, person, DEVICE, shares=shares)
        assert len(await passport(desk)) == count
    kinds = await lines(desk, convention)
    assert kinds.count("assessment_agreed") == 3
    assert await filling.faults(desk.world.session, await desk.row(convention)) == ()


async def test_without_consent_nothing_is_written(desk: Conventions) -> None:
    convention = await ended(desk)
    await company_says(desk, convention)
    await person_says(desk, convention, replace(YES, agrees=False))
    assert await passport(desk) == {}


async def test_a_level_that_the_person_puts_higher_is_their_choice(desk: Conventions) -> None:
    convention, session = await ended(desk), desk.world.session
    key = await passport_for(session, desk.world.beneficiary, NOW)
    await declare_skills(session, key, [SKILL], NOW)
    data = {"lines": [{"skill": SKILL, "level": 4}]}
    await passports.save(session, key, [SKILL], data, NOW)
    await company_says(desk, convention)
    (higher,) = await higher_of(session, await opened(desk, convention, Side.PERSON)) or ()
    assert (higher.ogr, higher.own, higher.seen) == (SKILL, "Je peux montrer aux autres", Level.MANAGES)
    await person_says(desk, convention, replace(YES, shares=True))
    assert (await passport(desk))[SKILL] == (Level.SHOWS, Evidence.DECLARED, "")
    await session.execute(update(table).values(person_agrees=None, person_shares=None))
    await person_says(desk, convention, replace(YES, shares=True, lower=frozenset({SKILL})))
    assert (await passport(desk))[SKILL][:2] == (Level.MANAGES, Evidence.OBSERVED)


async def test_somebody_without_a_file_signs_in_first(desk: Conventions) -> None:
    convention = await ended(desk)
    await desk.world.session.execute(update(conventions).values(beneficiary_id=None))
    await company_says(desk, convention)
    assert await higher_of(desk.world.session, await opened(desk, convention, Side.PERSON)) is None
    with pytest.raises(ConflictError, match="Connectez-vous"):
        await person_says(desk, convention, replace(YES, shares=True))


async def jobs(desk: Conventions, name: str) -> list[Work]:
    query = select(outbox.c.id, outbox.c.payload, outbox.c.created_at).where(outbox.c.job == name)
    rows = (await desk.world.session.execute(query.order_by(outbox.c.id))).all()
    return [Work(id=one.id, payload=one.payload, created_at=one.created_at, now=desk.now) for one in rows]


async def sent(desk: Conventions, name: str, post: Post) -> list[str]:
    """Run the jobs of that name; to whom they wrote."""
    before = len(post.sent)
    for work in await jobs(desk, name):
        await letters.JOBS[name](desk.world.session, tools(post), work)
    await desk.world.session.execute(outbox.delete().where(outbox.c.job == name))
    return [one["To"] for one in post.sent[before:]]


async def ask_at(desk: Conventions, day: date) -> int:
    desk.now = datetime.combine(day, time(8), UTC)
    return await clock.ask(desk.world.session, desk.now)


async def test_both_sides_are_asked_then_reminded_alone(desk: Conventions) -> None:
    convention, post = await desk.validated(), Post()
    asked = "assessment.asked_mail"
    assert await ask_at(desk, LAST - timedelta(days=2)) == 0
    assert await ask_at(desk, LAST - timedelta(days=1)) == 2
    assert await ask_at(desk, LAST - timedelta(days=1)) == 0
    assert await sent(desk, asked, post) == ["tuteur@exemple.com", "person@exemple.fr"]
    assert "se termine" in parts(post.sent[0])[0]
    await person_says(desk, convention, replace(YES, agrees=None))
    assert await ask_at(desk, LAST + timedelta(days=3)) == 1
    assert await sent(desk, asked, post) == ["tuteur@exemple.com"]
    assert "il manque votre partie" in post.sent[-1]["Subject"]
    assert await ask_at(desk, LAST + timedelta(days=10)) == 1
    await company_says(desk, convention)
    assert await sent(desk, asked, post) == []
    assert await ask_at(desk, LAST + timedelta(days=11)) == 0


async def test_the_person_and_the_agency_read_what_the_company_says(desk: Conventions) -> None:
    convention, post = await ended(desk), Post()
    await filling.tell_company(desk.office, await opened(desk, convention, Side.COMPANY), ABSENT, DEVICE)
    assert await sent(desk, "assessment.answer_mail", post) == ["person@exemple.fr"]
    assert "personne ne s’est présenté" in parts(post.sent[-1])[0]
    await sent(desk, "assessment.tell_agency", post)
    assert await sent(desk, "assessment.agency_mail", post) == ["counsellor@exemple.fr"]
    assert post.sent[-1]["Subject"] == "Absence : Zoé Durand n’a pas fait son immersion"
    await person_says(desk, convention, replace(YES, agrees=False))
    await sent(desk, "assessment.tell_agency", post)
    await sent(desk, "assessment.agency_mail", post)
    assert "pas d’accord" in post.sent[-1]["Subject"]


@pytest.mark.parametrize(
    ("job", "said"),
    [
        ("asked_mail", "Escale : votre avis sur votre immersion, en deux questions : "),
        ("answer_mail", "Escale : bilan de votre immersion rempli. Lisez-le, dites si c'est vrai : "),
        ("link_mail", "Escale : bilan de votre immersion rempli. Lisez-le, dites si c'est vrai : "),
        ("follow_up_mail", "Escale : six mois après votre immersion, où en etes-vous ? Une question : "),
    ],
)
async def test_who_has_a_mobile_and_no_address_is_asked_by_text(
    desk: Conventions, job: str, said: str
) -> None:
    terms = a_document()
    convention = await ended(desk, replace(terms, beneficiary=replace(terms.beneficiary, email="")))
    if job != "asked_mail":
        await company_says(desk, convention)
    post, phones = Post(), Phones()
    payload = {"convention": str(convention), "side": Side.PERSON.value}
    work = Work(id=7, payload=payload, created_at=desk.now, now=desk.now)
    await letters.JOBS[f"assessment.{job}"](desk.world.session, tools(post, sms=phones), work)
    (message,) = phones.sent
    assert post.sent == []
    assert message.recipient == "+33612345678"
    assert message.text.startswith(f"{said}{SITE}/bilan/")
    assert billed(message.text) == 1
    assert len(message.text) <= 155  # the longest public address we know has five letters more


async def test_six_months_later_one_question(desk: Conventions) -> None:
    convention, post = await ended(desk), Post()
    await company_says(desk, convention)
    desk.now = AFTER + timedelta(days=182)
    assert await clock.follow_up(desk.world.session, desk.now) == 0
    desk.now += timedelta(days=1)
    assert await clock.follow_up(desk.world.session, desk.now) == 1
    assert await clock.follow_up(desk.world.session, desk.now) == 0
    assert await sent(desk, "assessment.follow_up_mail", post) == ["person@exemple.fr"]
    person = await opened(desk, convention, Side.PERSON)
    await filling.answer_later(desk.office, person, FollowUp.JOB_ELSEWHERE)
    said = await assessments.of_convention(desk.world.session, convention)
    assert (said.follow_up, said.followed_at) == (FollowUp.JOB_ELSEWHERE, desk.now)
    with pytest.raises(ForbiddenError):
        await filling.answer_later(desk.office, await opened(desk, convention, Side.COMPANY), FollowUp.OTHER)


async def test_who_did_not_come_is_not_asked_later(desk: Conventions) -> None:
    convention = await ended(desk)
    await filling.tell_company(desk.office, await opened(desk, convention, Side.COMPANY), ABSENT, DEVICE)
    assert await clock.follow_up(desk.world.session, AFTER + timedelta(days=183)) == 0


async def test_an_employer_never_reads_what_followed(desk: Conventions) -> None:
    convention, session = await ended(desk), desk.world.session
    await company_says(desk, convention, hired=True, contract=Contract.PERMANENT, hired_on=HIRED.hired_on)
    row = await desk.row(convention)
    assert await reading.read(session, row, {As.EMPLOYER}) is None
    assert await reading.read(session, replace(row, status=Status.CANCELLED), {As.BENEFICIARY}) is None
    told = await reading.read(session, row, {As.EMPLOYER, As.REPRESENTATIVE})
    assert told is not None
    assert ("Contrat ensuite", "CDI, à partir du 12 décembre 2026") in told.company


async def test_a_wrong_form_writes_nothing(desk: Conventions) -> None:
    convention = await ended(desk)
    with pytest.raises(InvalidInputError):
        await company_says(desk, convention, outcome=Outcome.PARTLY_COMPLETED)
    assert (await assessments.of_convention(desk.world.session, convention)).company_at is None
    assert await lines(desk, convention) == []
    row = await desk.row(convention)
    assert (as_named(NOBODY, row, As.TUTOR)).row.assessed is False

"""Lists of conventions on a real database: whose, in which order, what is late, found though mistyped."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import agencies, conventions
from domain.convention import As, Kind, Move, Status
from domain.convention_late import Late, deadlines
from domain.errors import ConflictError, NotFoundError
from domain.roles import Role
from domain.terms import Contact
from services.conventions import lists, reviewing
from services.conventions.lists import Asked
from tests.factories.conventions import FIRST, LAST, NOW, Conventions, a_document
from tests.factories.discussions import build_world
from tests.factories.people import add_active_agency, add_right, add_user


@pytest.fixture
async def desk(reference: AsyncSession) -> Conventions:
    return Conventions(await build_world(reference))


async def seen(desk: Conventions, name: str = "counsellor", **asked: object) -> lists.Desk:
    actor = await desk.world.actor(name)
    return await lists.desk(desk.world.session, actor, Asked(**asked), desk.now)  # type: ignore[arg-type]


def named(first_name: str, last_name: str, weeks: int = 0) -> object:
    document = a_document(FIRST + timedelta(weeks=weeks), LAST + timedelta(weeks=weeks))
    person = replace(document.beneficiary, first_name=first_name, last_name=last_name, email="")
    return replace(document, beneficiary=person)


async def test_an_agency_sees_its_conventions_and_counts_them(desk: Conventions) -> None:
    draft, sent = await desk.draft(named("Ana", "Petit", 8)), await desk.submitted(named("Zoé", "Durand"))  # type: ignore[arg-type]
    found = await seen(desk)
    assert [one.id for one in found.rows] == [sent, draft]
    assert found.by_status == {Status.DRAFT: 1, Status.TO_SIGN: 1}
    (line, _) = found.rows
    assert (line.person, line.company, line.unsigned) == (
        "Zoé Durand",
        "Boulangerie du Port",
        frozenset({As.BENEFICIARY, As.COMPANY}),
    )
    assert (await seen(desk, statuses=frozenset({Status.DRAFT}))).by_status == found.by_status
    assert [one.id for one in (await seen(desk, statuses=frozenset({Status.DRAFT}))).rows] == [draft]
    assert [one.id for one in (await seen(desk, starts_to=FIRST)).rows] == [sent]
    assert (await seen(desk, starts_from=date(2027, 6, 1))).rows == ()
    assert (await seen(desk, name="owner")).rows == ()


async def test_not_signed_for_five_days_is_late(desk: Conventions) -> None:
    await desk.submitted(named("Zoé", "Durand", 2))  # type: ignore[arg-type]
    desk.now = datetime(2026, 11, 25, 22, 59, tzinfo=UTC)
    assert (await seen(desk)).late == 0
    desk.now += timedelta(minutes=2)  # the 26th, at the time of Paris
    (line,) = (await seen(desk)).rows
    assert line.late == (Late.UNSIGNED,)


async def test_each_other_reason_of_being_late(desk: Conventions) -> None:
    """The start is Monday 30 November, two working days after Thursday 26."""
    sent = await desk.submitted()
    desk.now = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
    assert (await seen(desk, late=True)).rows == ()
    desk.now = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
    (line,) = (await seen(desk, late=True)).rows
    assert line.late == (Late.STARTS, Late.UNSIGNED)
    desk.now = NOW
    for whom in (As.BENEFICIARY, As.COMPANY):
        await desk.sign(sent, whom)
    desk.now = datetime(2026, 11, 23, 22, 59, tzinfo=UTC)
    assert (await seen(desk)).late == 0
    desk.now = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # Monday and Tuesday, since a Saturday
    (line,) = (await seen(desk)).rows
    assert line.late == (Late.UNDECIDED,)
    await reviewing.pre_approve(desk.office, await desk.standing("counsellor", sent))
    await reviewing.validate(desk.office, await desk.standing("stranger", sent))
    assert (await seen(desk)).late == 0
    desk.now = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
    (line,) = (await seen(desk)).rows
    assert line.late == (Late.DEPOSIT,)
    await reviewing.record_deposit(desk.office, await desk.standing("counsellor", sent), "AR-1")
    assert (await seen(desk)).late == 0
    desk.now = datetime(2026, 12, 15, 9, 0, tzinfo=UTC)
    (line,) = (await seen(desk)).rows
    assert line.late == (Late.ASSESSMENT,)
    desk.now = datetime(2027, 6, 15, 9, 0, tzinfo=UTC)
    assert (await seen(desk)).late == 0  # nobody can write it any more


async def test_a_mini_stage_is_not_deposited(desk: Conventions) -> None:
    convention = await desk.validated()
    desk.now = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
    assert (await seen(desk)).late == 1
    await desk.world.session.execute(update(conventions).values(kind=Kind.MINI_STAGE.value))
    assert (await seen(desk)).late == 0
    standing = await desk.standing("counsellor", convention)
    assert Move.RECORD_DEPOSIT not in standing.moves()
    with pytest.raises(ConflictError, match="ne se dépose pas"):
        await reviewing.record_deposit(desk.office, standing, "AR-1")


async def test_what_starts_soon_comes_before_an_old_deposit(desk: Conventions) -> None:
    deposit, fine, starts = (
        await desk.validated(named("Ana", "Petit", 3)),  # type: ignore[arg-type]
        await desk.submitted(named("Léa", "Roux", 2)),  # type: ignore[arg-type]
        await desk.submitted(named("Zoé", "Durand", 1)),  # type: ignore[arg-type]
    )
    session = desk.world.session
    long_ago = update(conventions).where(conventions.c.id == deposit)
    await session.execute(long_ago.values(validated_at=NOW - timedelta(days=300)))
    urgent = update(conventions).where(conventions.c.id == starts)
    await session.execute(urgent.values(starts_on=date(2026, 11, 23)))
    assert [one.id for one in (await seen(desk)).rows] == [starts, deposit, fine]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("durand", True),
        ("DURAND zoé", True),
        ("zoe durnad", True),
        ("durant", True),
        ("duran", True),
        ("boulangerie", True),
        ("boulagnerie port", True),
        ("martinez", False),
        ("durand garage", False),
    ],
)
async def test_a_mistyped_name_is_found(desk: Conventions, typed: str, found: bool) -> None:
    sent = await desk.submitted()
    assert [one.id for one in (await seen(desk, words=typed)).rows] == ([sent] if found else [])


async def test_a_mistyped_reference_is_found_and_the_nearest_comes_first(
    desk: Conventions,
) -> None:
    sent = await desk.submitted(named("Zoé", "Durand"))  # type: ignore[arg-type]
    await desk.submitted(named("Zoé", "Durandeau", 6))  # type: ignore[arg-type]
    reference = (await desk.row(sent)).reference
    wrong = f"{reference[:6]}{'A' if reference[6] != 'A' else 'B'}{reference[7:]}"
    assert [one.id for one in (await seen(desk, words=wrong.lower())).rows] == [sent]
    assert (await seen(desk, words="durand")).rows[0].id == sent


async def test_pages_follow_each_other_without_loss_or_repeat(desk: Conventions) -> None:
    session = desk.world.session
    made = [await desk.draft(named("Zoé", f"Numéro {at}", at)) for at in range(lists.PAGE + 5)]  # type: ignore[arg-type]
    await session.execute(update(conventions).where(conventions.c.id == made[3]).values(starts_on=FIRST))
    actor = await desk.world.actor("counsellor")
    first = await lists.desk(session, actor, Asked(), NOW)
    assert first.after is not None
    second = await lists.desk(session, actor, Asked(), NOW, first.after)
    assert second.after is None
    assert [len(first.rows), len(second.rows)] == [lists.PAGE, 5]
    assert {one.id for one in (*first.rows, *second.rows)} == set(made)
    mine = await lists.mine(session, await desk.world.actor("person"), NOW)
    assert (mine.counts, len(mine.drafts)) == ((0, lists.PAGE + 5, 0), lists.PAGE)
    rest = await lists.mine(session, await desk.world.actor("person"), NOW, mine.after)
    assert {one.row.id for one in (*mine.drafts, *rest.drafts)} == set(made)


async def test_agencies_that_refer_to_mine_and_nobody_else_s(desk: Conventions) -> None:
    session = desk.world.session
    admin = await add_user(session, "chef@exemple.fr")
    other = await add_active_agency(session, admin)
    convention = await desk.draft(agency_id=other)
    assert (await seen(desk)).rows == ()
    refers = update(agencies).where(agencies.c.id == other).values(refers_to=desk.world.agency)
    await session.execute(refers)
    found = await seen(desk)
    assert [one.id for one in found.rows] == [convention]
    assert [(one.id, one.own) for one in found.agencies if not one.own] == [(other, False)]
    assert (await seen(desk, agency=desk.world.agency)).rows == ()
    assert (await seen(desk, agency=12345)).rows == ()


async def test_who_only_reads_reminds_nobody(desk: Conventions) -> None:
    session = desk.world.session
    await add_right(session, desk.world.agency, desk.world.ids["owner"], (Role.AGENCY_VIEWER,))
    await desk.submitted()
    found = await seen(desk, name="owner")
    assert (len(found.rows), found.may_remind) == (1, False)
    assert (await seen(desk)).may_remind


async def test_what_waits_for_me_comes_first(desk: Conventions) -> None:
    session = desk.world.session
    signed, waits = await desk.submitted(), await desk.submitted(named("Ana", "Petit", 7))  # type: ignore[arg-type]
    await desk.sign(signed, As.BENEFICIARY)
    draft = await desk.draft()
    mine = await lists.mine(session, await desk.world.actor("person"), NOW)
    assert [one.row.id for one in mine.waiting] == [waits]
    assert [one.row.id for one in mine.drafts] == [draft]
    assert [one.row.id for one in mine.others] == [signed]
    assert mine.waiting[0].next.startswith("Relisez-la, puis signez-la. Il manque aussi l’entreprise")
    assert "On attend la signature de l’entreprise" in mine.others[0].next
    assert mine.counts == (1, 1, 1)
    gone = await lists.mine(session, await desk.world.actor("stranger"), NOW)
    assert gone.counts == (0, 0, 0)


async def test_a_signatory_is_known_by_their_address(desk: Conventions) -> None:
    document = a_document()
    host = replace(document.host, contact=replace(document.host.contact, email="owner@exemple.fr"))
    sent = await desk.submitted(replace(document, host=host))
    mine = await lists.mine(desk.world.session, await desk.world.actor("owner"), NOW)
    assert [one.row.id for one in mine.waiting] == [sent]


async def test_a_tutor_is_known_by_their_address_once_it_is_sent(desk: Conventions) -> None:
    document = a_document()
    host = replace(document.host, tutor=replace(document.host.tutor, email="owner@exemple.fr"))
    named_so = replace(document, host=host)
    session, tutor = desk.world.session, await desk.world.actor("owner")
    draft = await desk.draft(named_so)
    with pytest.raises(NotFoundError):
        await desk.standing("owner", draft)
    assert (await lists.mine(session, tutor, NOW)).counts == (0, 0, 0)
    sent = await desk.submitted(named_so)
    assert (await desk.standing("owner", sent)).whom >= {As.TUTOR}
    assert [one.row.id for one in (await lists.mine(session, tutor, NOW)).others] == [sent]


async def test_a_parent_is_told_to_sign(desk: Conventions) -> None:
    """Who signs for somebody else reads what they have to do, whoever else has not signed."""
    document = a_document()
    born = replace(document.beneficiary, birth_date=date(2010, 1, 1), email="")
    parent = Contact(first_name="Léa", last_name="Durand", function="mère", email="stranger@exemple.fr")
    activity = replace(document.activity, hazards_checked=True)
    await desk.submitted(replace(document, beneficiary=born, representative=parent, activity=activity))
    (waits,) = (await lists.mine(desk.world.session, await desk.world.actor("stranger"), NOW)).waiting
    assert waits.next.startswith("Relisez-la, puis signez-la. Il manque aussi la personne accueillie")


async def test_a_company_sees_those_it_hosts(desk: Conventions) -> None:
    session, company = desk.world.session, desk.world.company
    draft, sent = await desk.draft(company_id=company), await desk.submitted()
    host = update(conventions).where(conventions.c.id == sent).values(company_id=company)
    await session.execute(host)
    found = await lists.of_company(session, await desk.world.actor("contact"), company, NOW)
    assert [one.row.id for one in found.waiting] == [sent]
    assert draft not in [one.row.id for one in found.drafts]
    with pytest.raises(NotFoundError):
        await lists.of_company(session, await desk.world.actor("person"), company, NOW)


async def test_archived_ones_are_apart_and_name_nobody(desk: Conventions) -> None:
    convention = await desk.validated()
    session = desk.world.session
    await session.execute(update(conventions).values(archived_at=NOW))
    assert (await seen(desk)).rows == ()
    (line,) = (await seen(desk, archived=True)).rows
    assert (line.id, line.person, line.archived) == (convention, "", True)


async def test_archived_ones_are_found_by_their_reference_alone(desk: Conventions) -> None:
    """Whose they were is read with a reason, and written down."""
    convention = await desk.validated()
    await desk.world.session.execute(update(conventions).values(archived_at=NOW))
    reference = (await desk.row(convention)).reference
    for words in ("durand", "durand zoe", "Boulangerie du Port"):
        assert (await seen(desk, archived=True, words=words)).rows == (), words
    for words in (reference, f"{reference[:5].lower()} {reference[5:]}", reference[:6]):
        assert [one.id for one in (await seen(desk, archived=True, words=words)).rows] == [convention], words


async def test_a_page_costs_the_same_queries_whatever_it_holds(desk: Conventions) -> None:
    session = desk.world.session
    asked: list[str] = []
    connection = (await session.connection()).sync_connection

    def note(*call: object) -> None:
        asked.append(str(call[2]))

    counts = []
    event.listen(connection, "before_cursor_execute", note)
    for many in (0, 1, 12):
        for at in range(many):
            await desk.draft(named("Zoé", f"Numéro {many} {at}", at))  # type: ignore[arg-type]
        agent, person = await desk.world.actor("counsellor"), await desk.world.actor("person")
        asked.clear()
        await lists.desk(session, agent, Asked(words="zoe"), NOW)
        on_desk = len(asked)
        asked.clear()
        await lists.mine(session, person, NOW)
        counts.append((on_desk, len(asked)))
    event.remove(connection, "before_cursor_execute", note)
    assert counts == [(4, 4)] * 3


def test_deadlines_skip_week_ends_and_holidays() -> None:
    by = deadlines(datetime(2026, 12, 24, 9, 0, tzinfo=UTC))  # Thursday before Christmas
    assert by.starts_by == date(2026, 12, 29)
    assert by.undecided_since.date() == date(2026, 12, 23)
    after = deadlines(datetime(2026, 12, 28, 9, 0, tzinfo=UTC))
    assert after.undecided_since.date() == date(2026, 12, 24)

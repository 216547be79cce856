"""Conventions on a real database: written, signed, reviewed; what is refused, and the story it leaves."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import companies, convention_signatories, convention_story, moderation
from data.tables import agencies, convention_events, conventions
from domain.convention import As, Kind, Status
from domain.errors import ConflictError, InvalidInputError, NotFoundError, TwinError
from domain.roles import NOBODY
from domain.terms_checks import Part
from services.conventions import reviewing, signing
from services.conventions.drafting import choose_agency, edit, keep, submit
from services.conventions.parties import as_named
from services.conventions.signing import Typed
from services.conventions.story import Line, faults
from tests.factories.conventions import DEVICE, FIRST, KEYS, LAST, NOW, Conventions, a_document
from tests.factories.discussions import build_world
from tests.factories.people import add_active_agency


@pytest.fixture
async def desk(reference: AsyncSession) -> Conventions:
    return Conventions(await build_world(reference))


async def lines(desk: Conventions, convention: object) -> list[str]:
    return [one.kind for one in await convention_story.entries(desk.world.session, convention)]  # type: ignore[arg-type]


async def test_from_the_draft_to_the_validation(desk: Conventions) -> None:
    convention = await desk.validated()
    row = await desk.row(convention)
    assert (row.status, row.version, row.validated_by) == (Status.VALIDATED, 1, desk.world.ids["stranger"])
    assert await faults(desk.world.session, row, KEYS) == ()
    assert await lines(desk, convention) == [
        *("started", "submitted", "code_sent", "signed", "code_sent", "signed", "pre_approved", "validated"),
    ]


async def test_a_draft_is_kept_as_typed_part_by_part(desk: Conventions) -> None:
    convention = await desk.draft()
    whole = a_document()
    typed = replace(whole, beneficiary=replace(whole.beneficiary, email="pas une adresse"))
    await keep(desk.world.session, await desk.standing("person", convention), Part.PERSON, typed, NOW)
    other = replace(whole, activity=replace(whole.activity, tasks="Vendre"))
    row = await keep(desk.world.session, await desk.standing("person", convention), Part.ACTIVITY, other, NOW)
    assert (row.document.activity.tasks, row.document.beneficiary.email) == ("Vendre", "pas une adresse")
    with pytest.raises(InvalidInputError) as error:
        await submit(desk.office, await desk.standing("person", convention), row.version)
    assert [one.field for one in error.value.errors] == ["beneficiary.email"]


async def test_it_is_hidden_from_strangers(desk: Conventions) -> None:
    convention = await desk.draft()
    await choose_agency(desk.world.session, await desk.standing("person", convention), None, NOW)
    for name in ("owner", "counsellor", "stranger"):
        with pytest.raises(NotFoundError):
            await desk.standing(name, convention)


async def test_a_convention_follows_the_siret_of_its_host(desk: Conventions) -> None:
    known = (await companies.by_id(desk.world.session, desk.world.company)).identity.siret  # type: ignore[union-attr]
    ours = replace(a_document(), host=replace(a_document().host, siret=known))
    draft = await desk.draft(ours, company_id=desk.world.company)
    await keep(desk.world.session, await desk.standing("owner", draft), Part.COMPANY, a_document(), NOW)
    assert (await desk.row(draft)).company_id is None
    with pytest.raises(NotFoundError):
        await desk.standing("owner", draft)
    sent = await desk.submitted(ours)
    assert (await desk.row(sent)).company_id == desk.world.company
    await edit(desk.office, await desk.standing("owner", sent), a_document(), 1)
    assert (await desk.row(sent)).company_id is None


async def test_a_banned_company_hosts_nobody(desk: Conventions) -> None:
    known = (await companies.by_id(desk.world.session, desk.world.company)).identity.siret  # type: ignore[union-attr]
    theirs = replace(a_document(), host=replace(a_document().host, siret=known))
    sent, draft = await desk.submitted(), await desk.draft(theirs)
    await moderation.ban(desk.world.session, desk.world.company, "Travail sans immersion", NOW)
    for refused in (
        submit(desk.office, await desk.standing("person", draft), 1),
        edit(desk.office, await desk.standing("person", sent), theirs, 1),
    ):
        with pytest.raises(InvalidInputError) as error:
            await refused
        assert [(one.field, one.code) for one in error.value.errors] == [("host.siret", "banned")]


async def test_an_edit_voids_signatures_and_says_what_changed(desk: Conventions) -> None:
    convention = await desk.submitted()
    assert await desk.sign(convention, As.COMPANY)
    row = await desk.row(convention)
    changed = replace(row.document, activity=replace(row.document.activity, tasks="Vendre et ranger"))
    await edit(desk.office, await desk.standing("counsellor", convention), changed, row.version)
    after = await desk.row(convention)
    assert (after.status, after.version) == (Status.TO_SIGN, 2)
    assert after.terms_sha256 != row.terms_sha256
    signatories = await convention_signatories.of_convention(desk.world.session, convention)
    assert [one.signed_at for one in signatories] == [None, None]
    last = (await convention_story.entries(desk.world.session, convention))[-1]
    assert last.facts["fields"] == ["activity.tasks"]
    assert last.told is not None
    assert last.told["changes"][0]["after"] == "Vendre et ranger"
    with pytest.raises(ConflictError, match="Quelqu’un d’autre"):
        await edit(desk.office, await desk.standing("counsellor", convention), changed, row.version)


async def test_a_wrong_old_or_spent_code_signs_nothing(desk: Conventions) -> None:
    convention = await desk.submitted()
    row = await desk.row(convention)
    assert row.terms_sha256 is not None
    standing = as_named(NOBODY, row, As.COMPANY)
    one = await desk.signatory(convention, As.COMPANY)
    wrong = Typed("000000", row.terms_sha256.hex())
    with pytest.raises(ConflictError, match="10 minutes"):
        await signing.sign(desk.office, standing, one, wrong, DEVICE)
    assert await signing.ask_code(desk.office, standing, one) == "email"
    with pytest.raises(ConflictError, match="Attendez une minute"):
        await signing.ask_code(desk.office, standing, await desk.signatory(convention, As.COMPANY))
    for _ in range(signing.CODE_TRIES):
        one = await desk.signatory(convention, As.COMPANY)
        assert not await signing.sign(desk.office, standing, one, wrong, DEVICE)
    one = await desk.signatory(convention, As.COMPANY)
    right = Typed(signing.code_of(desk.office.secret_key, one, row.version), wrong.document)
    with pytest.raises(ConflictError, match="Trop d’essais"):
        await signing.sign(desk.office, standing, one, right, DEVICE)
    assert (await desk.row(convention)).status is Status.TO_SIGN


async def test_the_mobile_gets_the_code_and_another_document_is_not_signed(desk: Conventions) -> None:
    convention = await desk.submitted()
    row = await desk.row(convention)
    standing = as_named(NOBODY, row, As.BENEFICIARY)
    assert (
        await signing.ask_code(desk.office, standing, await desk.signatory(convention, As.BENEFICIARY))
        == "sms"
    )
    one = await desk.signatory(convention, As.BENEFICIARY)
    code = signing.code_of(desk.office.secret_key, one, row.version)
    with pytest.raises(ConflictError, match="relisez-la"):
        await signing.sign(desk.office, standing, one, Typed(code, "00" * 32), DEVICE)


async def test_a_signature_on_paper_is_attested_by_the_agency(desk: Conventions) -> None:
    convention = await desk.submitted()
    await signing.attest_paper(desk.office, await desk.standing("counsellor", convention), As.BENEFICIARY)
    one = await desk.signatory(convention, As.BENEFICIARY)
    assert (one.channel, one.attested_by) == ("paper", desk.world.ids["counsellor"])
    with pytest.raises(InvalidInputError):
        await signing.attest_paper(desk.office, await desk.standing("counsellor", convention), As.BENEFICIARY)


async def test_the_same_dates_in_the_same_company_are_a_twin(desk: Conventions) -> None:
    first = await desk.submitted()
    second = await desk.draft(replace(a_document(), beneficiary=replace(a_document().beneficiary, email="")))
    with pytest.raises(TwinError) as error:
        await submit(desk.office, await desk.standing("person", second), 1)
    assert error.value.existing == str(first)


async def test_a_mini_stage_does_not_count_in_the_limits_of_immersions(desk: Conventions) -> None:
    before = await desk.submitted()
    await desk.world.session.execute(
        update(conventions).where(conventions.c.id == before).values(kind=Kind.MINI_STAGE.value)
    )
    later = a_document(FIRST + timedelta(days=42), LAST + timedelta(days=42))
    second = await desk.draft(later)
    await submit(desk.office, await desk.standing("person", second), 1)
    twin = await desk.draft()
    with pytest.raises(TwinError):
        await submit(desk.office, await desk.standing("person", twin), 1)


@pytest.mark.parametrize(
    ("later", "aims", "field"),
    [
        (timedelta(days=42), None, "activity.aims"),
        (timedelta(days=42), "Apprendre le tour des croissants", None),
    ],
)
async def test_a_second_one_has_other_aims(
    desk: Conventions, later: timedelta, aims: str | None, field: str | None
) -> None:
    await desk.submitted()
    other = a_document(FIRST + later, LAST + later)
    other = replace(other, activity=replace(other.activity, aims=aims or other.activity.aims))
    convention = await desk.draft(other)
    if field is None:
        await submit(desk.office, await desk.standing("person", convention), 1)
        return
    with pytest.raises(InvalidInputError) as error:
        await submit(desk.office, await desk.standing("person", convention), 1)
    assert [one.field for one in error.value.errors] == [field]


async def test_sixty_days_a_year_and_two_conventions_at_most(desk: Conventions) -> None:
    for months, aims in ((0, "Un"), (1, "Deux"), (2, "Trois")):
        first = date(2027, 1 + months, 4)
        other = a_document(first, first + timedelta(days=25))
        convention = await desk.draft(replace(other, activity=replace(other.activity, aims=aims)))
        standing = await desk.standing("person", convention)
        if months < 2:
            await submit(desk.office, standing, 1)
            continue
        with pytest.raises(InvalidInputError) as error:
            await submit(desk.office, standing, 1)
        assert {one.code for one in error.value.errors} == {"cumulated", "too_many"}


async def test_once_begun_it_is_not_validated_and_only_dates_change(desk: Conventions) -> None:
    convention = await desk.signed()
    await reviewing.pre_approve(desk.office, await desk.standing("counsellor", convention))
    desk.now = NOW + timedelta(days=10)
    with pytest.raises(ConflictError, match="changez d’abord les dates"):
        await reviewing.validate(desk.office, await desk.standing("stranger", convention))
    row = await desk.row(convention)
    later = a_document(FIRST + timedelta(days=14), LAST + timedelta(days=14))
    wrong = replace(later, activity=replace(later.activity, tasks="Autre chose"))
    with pytest.raises(InvalidInputError) as error:
        await edit(desk.office, await desk.standing("stranger", convention), wrong, row.version)
    assert [one.field for one in error.value.errors] == ["activity.tasks"]
    await edit(desk.office, await desk.standing("stranger", convention), later, row.version)
    assert (await desk.row(convention)).starts_on == FIRST + timedelta(days=14)


async def test_a_delegation_that_ended_cannot_validate(desk: Conventions) -> None:
    convention = await desk.signed()
    await reviewing.pre_approve(desk.office, await desk.standing("counsellor", convention))
    ended = update(agencies).where(agencies.c.id == desk.world.agency)
    await desk.world.session.execute(ended.values(delegation_ends_on=NOW.date() - timedelta(days=1)))
    with pytest.raises(ConflictError, match="délégation"):
        await reviewing.validate(desk.office, await desk.standing("stranger", convention))


async def test_the_agency_that_validates_for_another_needs_its_delegation_too(desk: Conventions) -> None:
    convention = await desk.signed()
    await reviewing.pre_approve(desk.office, await desk.standing("counsellor", convention))
    session, world = desk.world.session, desk.world
    other = await add_active_agency(session, world.ids["stranger"])
    ended = update(agencies).where(agencies.c.id == other)
    await session.execute(ended.values(delegation_ends_on=NOW.date() - timedelta(days=1)))
    await session.execute(update(agencies).where(agencies.c.id == world.agency).values(refers_to=other))
    with pytest.raises(ConflictError, match="délégation"):
        await reviewing.validate(desk.office, await desk.standing("stranger", convention))


async def test_a_rewritten_line_is_named(desk: Conventions) -> None:
    convention = await desk.validated()
    session = desk.world.session
    mine = (convention_events.c.convention_id == convention, convention_events.c.kind == Line.SIGNED)
    await session.execute(
        update(convention_events)
        .where(*mine, convention_events.c.number == 4)
        .values(facts={"as": "company"})
    )
    broken = await faults(session, await desk.row(convention), KEYS)
    assert [(one.number, one.why) for one in broken] == [
        (4, "Cette ligne du récit a été changée après coup.")
    ]
    await session.execute(text("DELETE FROM convention_events WHERE number = 8"))
    assert [one.number for one in await faults(session, await desk.row(convention), KEYS)] == [4, 8]


async def test_erasing_the_names_does_not_break_the_chain(desk: Conventions) -> None:
    convention = await desk.validated()
    await desk.world.session.execute(update(convention_events).values(told=None, salt=None))
    assert await faults(desk.world.session, await desk.row(convention), KEYS) == ()

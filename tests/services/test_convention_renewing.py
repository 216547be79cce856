"""A renewal on a real database: once, the same parties and objective, its reason written."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import convention_story, conventions
from domain.convention import Move, Status
from domain.convention_renewal import SAME, check_renewal, renewal_of
from domain.errors import ConflictError, ForbiddenError, InvalidInputError
from domain.terms import Terms
from domain.terms_changes import flat
from services.conventions.drafting import facts_of, submit
from services.conventions.renewing import renew
from services.conventions.reviewing import cancel
from tests.factories.conventions import FIRST, LAST, NOW, Conventions, a_document
from tests.factories.discussions import build_world

REASON = "La personne n’a pas encore vu la pâtisserie."
LATER = timedelta(weeks=3)


@pytest.fixture
async def desk(reference: AsyncSession) -> Conventions:
    return Conventions(await build_world(reference))


def continued(before: Terms, reference: str) -> Terms:
    """A renewal with its new days."""
    days = a_document(FIRST + LATER, LAST + LATER)
    again = renewal_of(before, reference, REASON)
    return replace(again, starts_on=days.starts_on, ends_on=days.ends_on, schedule=days.schedule)


async def test_it_goes_on_once(desk: Conventions) -> None:
    convention = await desk.validated()
    standing = await desk.standing("counsellor", convention)
    draft = await renew(desk.office, standing, REASON)
    assert await renew(desk.office, await desk.standing("stranger", convention), "Autre") == draft
    row = await desk.row(draft)
    before = await desk.row(convention)
    assert (row.status, row.renews, row.agency_id) == (Status.DRAFT, convention, before.agency_id)
    assert row.document == renewal_of(before.document, before.reference, REASON)
    entries = await convention_story.entries(desk.world.session, convention)
    assert [one.kind for one in entries].count("renewed") == 1
    assert entries[-1].told == {"reason": REASON, "by": str(desk.world.ids["counsellor"])}
    whole = facts_of(continued(before.document, before.reference))
    await conventions.change(desk.world.session, draft, whole, NOW)
    await submit(desk.office, await desk.standing("counsellor", draft), 1)
    with pytest.raises(ConflictError, match="déjà été renouvelée"):
        await renew(desk.office, await desk.standing("counsellor", convention), REASON)
    assert Move.RENEW not in (await desk.standing("counsellor", convention)).moves()


async def test_a_renewal_is_not_renewed(desk: Conventions) -> None:
    convention = await desk.validated()
    draft = await renew(desk.office, await desk.standing("counsellor", convention), REASON)
    row = await desk.row(draft)
    validated = replace(await desk.standing("counsellor", draft), row=replace(row, status=Status.VALIDATED))
    with pytest.raises(ConflictError, match="déjà été renouvelée"):
        await renew(desk.office, validated, REASON)


async def test_its_reason_is_asked_and_only_the_agency_renews(desk: Conventions) -> None:
    convention = await desk.validated()
    with pytest.raises(InvalidInputError) as error:
        await renew(desk.office, await desk.standing("counsellor", convention), " ")
    assert [one.field for one in error.value.errors] == ["reason"]
    with pytest.raises(ForbiddenError, match="Contactez-la"):
        await renew(desk.office, await desk.standing("person", convention), REASON)


async def test_another_objective_is_another_convention(desk: Conventions) -> None:
    convention = await desk.validated()
    draft = await renew(desk.office, await desk.standing("counsellor", convention), REASON)
    before = await desk.row(convention)
    terms = continued(before.document, before.reference)
    wrong = replace(terms, host=replace(terms.host, siret="73282932000074"))
    await conventions.change(desk.world.session, draft, facts_of(wrong), NOW)
    with pytest.raises(InvalidInputError) as error:
        await submit(desk.office, await desk.standing("counsellor", draft), 1)
    assert [(one.field, one.code) for one in error.value.errors] == [("host.siret", "renewal")]


def test_what_a_renewal_keeps() -> None:
    before = a_document()
    whole = continued(before, "ABCDEFGHJK")
    assert list(check_renewal(before, Status.VALIDATED, whole)) == []
    assert set(SAME) <= {path for path, _ in flat(before)}
    accents = replace(whole, beneficiary=replace(whole.beneficiary, first_name="ZOE"))
    assert list(check_renewal(before, Status.VALIDATED, accents)) == []
    early = replace(whole, starts_on=LAST)
    assert [one.field for one in check_renewal(before, Status.VALIDATED, early)] == ["starts_on"]
    silent = replace(whole, renewal_reason="")
    assert [one.field for one in check_renewal(before, Status.VALIDATED, silent)] == ["renewal_reason"]
    other = replace(whole, beneficiary=replace(whole.beneficiary, last_name="Petit"))
    assert [one.field for one in check_renewal(before, Status.VALIDATED, other)] == ["beneficiary.last_name"]


async def test_what_was_cancelled_is_not_renewed(desk: Conventions) -> None:
    convention = await desk.validated()
    draft = await renew(desk.office, await desk.standing("counsellor", convention), REASON)
    before = await desk.row(convention)
    whole = continued(before.document, before.reference)
    await conventions.change(desk.world.session, draft, facts_of(whole), NOW)
    await cancel(desk.office, await desk.standing("counsellor", convention), "La boulangerie ferme.")
    with pytest.raises(InvalidInputError) as error:
        await submit(desk.office, await desk.standing("counsellor", draft), 1)
    assert [(one.field, one.code) for one in error.value.errors] == [("renewal_reason", "renewal")]


async def test_a_renewal_does_not_take_the_aims_of_another_convention(desk: Conventions) -> None:
    other = "Apprendre le tour des croissants"
    elsewhere = a_document(FIRST + 2 * LATER, LAST + 2 * LATER)
    await desk.submitted(replace(elsewhere, activity=replace(elsewhere.activity, aims=other)))
    convention = await desk.validated()
    draft = await renew(desk.office, await desk.standing("counsellor", convention), REASON)
    before = await desk.row(convention)
    whole = continued(before.document, before.reference)
    same = replace(whole, activity=replace(whole.activity, aims=other))
    await conventions.change(desk.world.session, draft, facts_of(same), NOW)
    with pytest.raises(InvalidInputError) as error:
        await submit(desk.office, await desk.standing("counsellor", draft), 1)
    assert [one.code for one in error.value.errors] == ["same_aims"]
    await conventions.change(desk.world.session, draft, facts_of(whole), NOW)
    await submit(desk.office, await desk.standing("counsellor", draft), 1)

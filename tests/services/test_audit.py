"""Lines of the audit: what they hold, and how they are found again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries.audit import AuditSearch, search
from domain.audit import AUDIT_LABELS, AuditAction
from domain.roles import Actor, Role
from services.audit import MAX_DETAIL, record
from tests.factories.people import add_agency, add_user

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def test_every_action_is_said_in_french() -> None:
    assert set(AUDIT_LABELS) == set(AuditAction)
    assert len(set(AUDIT_LABELS.values())) == len(AUDIT_LABELS)


async def test_a_line_says_who_did_what_as_what(session: AsyncSession) -> None:
    user, agency = await add_user(session), await add_agency(session)
    member = Actor(user=user, agencies={agency: frozenset({Role.VALIDATOR, Role.AGENCY_ADMIN})})
    staff = Actor(user=user, back_office=True)
    await record(
        session, member, AuditAction.AGENCY_EDITED, "agency", agency, NOW, agency=agency, detail="x" * 900
    )
    await record(session, staff, AuditAction.AGENCY_ACTIVATED, "agency", agency, NOW, agency=agency)
    own = replace(staff, agencies=member.agencies)
    await record(
        session, own, AuditAction.AGENCY_CLOSED, "agency", agency, NOW, agency=agency, role=Role.BACK_OFFICE
    )
    closed, activated, edited = await search(session, AuditSearch(agency_id=agency))
    assert [one.line.role for one in (edited, activated, closed)] == [
        "agency_admin,validator",
        "back_office",
        "back_office",
    ]
    assert edited.actor_email == "lea.martin@exemple.fr"
    assert edited.line.object_id == str(agency)
    assert len(edited.line.detail) == MAX_DETAIL


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (AuditSearch(), 3),
        (AuditSearch(actor_email="nina@exemple.fr"), 1),
        (AuditSearch(action="agency.activated"), 2),
        (AuditSearch(object_kind="agency", object_id="7"), 1),
        (AuditSearch(since=NOW), 2),
        (AuditSearch(until=NOW), 1),
        (AuditSearch(action="agency.closed"), 0),
    ],
)
async def test_lines_are_found(session: AsyncSession, wanted: AuditSearch, found: int) -> None:
    lea, nina = Actor(user=await add_user(session)), Actor(user=await add_user(session, "nina@exemple.fr"))
    await record(session, lea, AuditAction.AGENCY_ACTIVATED, "agency", 7, NOW)
    await record(session, nina, AuditAction.AGENCY_ACTIVATED, "agency", 8, NOW)
    await record(session, lea, AuditAction.AGENCY_REJECTED, "agency", 9, NOW - timedelta(days=1))
    assert len(await search(session, wanted)) == found


async def test_pages_follow_each_other(session: AsyncSession) -> None:
    actor = Actor(user=await add_user(session))
    for number in range(5):
        await record(session, actor, AuditAction.AGENCY_EDITED, "agency", number, NOW)
    first = await search(session, AuditSearch(), limit=3)
    then = await search(session, AuditSearch(before_id=first[-1].id), limit=3)
    assert [one.line.object_id for one in (*first, *then)] == ["4", "3", "2", "1", "0"]

"""Rights asked, granted, refused, changed, taken back; colleagues invited; the last of each stays."""

from dataclasses import dataclass, replace
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import agency_rights, links
from data.tables import agency_invitations, referrals
from data.tables import agency_rights as rights
from domain.agency import Member
from domain.errors import ConflictError, ExpiredError, ForbiddenError, InvalidInputError, NotFoundError
from domain.roles import Actor, Role
from services.agencies import members
from services.links import Purpose
from tests.factories.people import add_active_agency, add_agency, add_right, add_user
from tests.services.agency_helpers import NOW, actor, agency, audited, jobs, roles, settle
from tests.services.test_agencies_deciding import accompanied

ADMIN, VALIDATOR, COUNSELLOR, VIEWER = (
    Role.AGENCY_ADMIN,
    Role.VALIDATOR,
    Role.COUNSELLOR,
    Role.AGENCY_VIEWER,
)


@dataclass(frozen=True)
class Staffed:
    """An active agency whose admin validates, and somebody outside."""

    id: int
    admin: Actor
    stranger: Actor

    @property
    def outside(self) -> UUID:
        assert self.stranger.user
        return self.stranger.user


@pytest.fixture
async def staffed(session: AsyncSession) -> Staffed:
    user = await add_user(session)
    number = await add_active_agency(session, user)
    stranger = await add_user(session, "nina@exemple.fr", first_name="Nina")
    return Staffed(number, await actor(session, user), Actor(user=stranger))


async def test_asked_then_granted(session: AsyncSession, staffed: Staffed) -> None:
    await members.ask_to_join(session, staffed.stranger, staffed.id, NOW)
    await members.ask_to_join(session, staffed.stranger, staffed.id, NOW)
    assert await jobs(session) == ["agency.right_asked_mail"], "asking twice asks once"
    assert not (await actor(session, staffed.outside)).agent, "a right that waits gives nothing"
    given = Member(frozenset({COUNSELLOR}), notified=False)
    await members.grant(session, staffed.admin, staffed.id, staffed.outside, given, NOW)
    assert (await roles(session, staffed.id))[staffed.outside] == {"counsellor"}
    row = (await session.execute(select(rights).where(rights.c.user_id == staffed.outside))).one()
    assert (row.notified, row.decided_by, row.decided_at) == (False, staffed.admin.user, NOW)
    assert await jobs(session) == ["agency.right_asked_mail", "agency.right_granted_mail"]
    assert await audited(session) == ["agency_right.asked", "agency_right.granted"]
    with pytest.raises(ConflictError):
        await members.ask_to_join(session, staffed.stranger, staffed.id, NOW)


async def test_asked_then_refused(session: AsyncSession, staffed: Staffed) -> None:
    await members.ask_to_join(session, staffed.stranger, staffed.id, NOW)
    await members.refuse(session, staffed.admin, staffed.id, staffed.outside, NOW)
    assert set(await roles(session, staffed.id)) == {staffed.admin.user}
    assert (await jobs(session))[-1] == "agency.right_refused_mail"
    with pytest.raises(NotFoundError):
        await members.refuse(session, staffed.admin, staffed.id, staffed.outside, NOW)


async def test_every_admin_who_is_notified_is_told(session: AsyncSession, staffed: Staffed) -> None:
    for email, notified in (("a@exemple.fr", True), ("b@exemple.fr", False)):
        await add_right(session, staffed.id, await add_user(session, email), [ADMIN], notified=notified)
    await members.ask_to_join(session, staffed.stranger, staffed.id, NOW)
    assert await jobs(session) == ["agency.right_asked_mail"] * 2


async def test_nobody_answers_for_an_agency_without_people(session: AsyncSession, staffed: Staffed) -> None:
    empty = await add_agency(session)
    for number in (empty, 10**9):
        with pytest.raises(NotFoundError):
            await members.ask_to_join(session, staffed.stranger, number, NOW)


async def test_only_an_admin_manages_members(session: AsyncSession, staffed: Staffed) -> None:
    viewer = await add_user(session, "tom@exemple.fr")
    await add_right(session, staffed.id, viewer, [VIEWER, COUNSELLOR])
    await members.ask_to_join(session, staffed.stranger, staffed.id, NOW)
    given = Member(frozenset({VIEWER}))
    for who, kind in ((await actor(session, viewer), ForbiddenError), (staffed.stranger, NotFoundError)):
        for attempt in (
            members.grant(session, who, staffed.id, staffed.outside, given, NOW),
            members.refuse(session, who, staffed.id, staffed.outside, NOW),
            members.change(session, who, staffed.id, viewer, given, NOW),
            members.remove(session, who, staffed.id, staffed.admin.user or viewer, NOW),
            members.invite(session, who, staffed.id, "ana@exemple.fr", [VIEWER], NOW),
        ):
            with pytest.raises(kind):
                await attempt


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        (Member(frozenset({VALIDATOR})), "l’administre"),
        (Member(frozenset({ADMIN})), "valide les conventions"),
        (Member(frozenset({ADMIN, VALIDATOR}), notified=False), "valide les conventions"),
    ],
)
async def test_the_last_of_each_role_stays(
    session: AsyncSession, staffed: Staffed, given: Member, missing: str
) -> None:
    assert staffed.admin.user
    with pytest.raises(ConflictError, match=missing):
        await members.change(session, staffed.admin, staffed.id, staffed.admin.user, given, NOW)
    with pytest.raises(ConflictError, match="Donnez d’abord ce rôle"):
        await members.remove(session, staffed.admin, staffed.id, staffed.admin.user, NOW)
    await settle(session)


async def test_roles_change_once_somebody_else_has_them(session: AsyncSession, staffed: Staffed) -> None:
    assert staffed.admin.user
    await add_right(session, staffed.id, staffed.outside, [VIEWER])
    both = Member(frozenset({ADMIN, VALIDATOR, COUNSELLOR}))
    await members.change(session, staffed.admin, staffed.id, staffed.outside, both, NOW)
    assert (await agency(session, staffed.id)).two_step
    await accompanied(session, staffed.id, staffed.admin.user)
    less = Member(frozenset({VIEWER}))
    await members.change(session, staffed.admin, staffed.id, staffed.admin.user, less, NOW)
    await settle(session)
    assert await audited(session) == ["agency_right.changed"] * 2
    names = await jobs(session)
    assert names.count("agency.right_changed_mail") == 1, "one knows what one did oneself"
    ended = (await session.execute(select(referrals))).one()
    assert ended.end_reason == "member_left", "who reads only accompanies nobody"


async def test_nothing_changes_nothing(session: AsyncSession, staffed: Staffed) -> None:
    assert staffed.admin.user
    same = Member(frozenset({ADMIN, VALIDATOR}))
    await members.change(session, staffed.admin, staffed.id, staffed.admin.user, same, NOW)
    assert await audited(session) == []
    none = Member(frozenset({Role.BACK_OFFICE}))
    with pytest.raises(InvalidInputError):
        await members.change(session, staffed.admin, staffed.id, staffed.admin.user, none, NOW)


async def test_a_member_is_removed_or_leaves(session: AsyncSession, staffed: Staffed) -> None:
    await add_right(session, staffed.id, staffed.outside, [COUNSELLOR])
    await accompanied(session, staffed.id, staffed.outside)
    await members.remove(session, staffed.admin, staffed.id, staffed.outside, NOW)
    assert set(await roles(session, staffed.id)) == {staffed.admin.user}
    assert (await session.execute(select(referrals.c.end_reason))).scalar_one() == "member_left"
    assert (await jobs(session))[-1] == "agency.right_removed_mail"
    await add_right(session, staffed.id, staffed.outside, [VIEWER])
    leaving = await actor(session, staffed.outside)
    await members.remove(session, leaving, staffed.id, staffed.outside, NOW)
    assert set(await roles(session, staffed.id)) == {staffed.admin.user}
    assert (await jobs(session)).count("agency.right_removed_mail") == 1


async def invited(session: AsyncSession, staffed: Staffed, email: str = "Nina@exemple.fr") -> str:
    """The token of the link that the invitation's mail would carry."""
    await members.invite(session, staffed.admin, staffed.id, email, [COUNSELLOR], NOW)
    number = (await session.execute(select(agency_invitations.c.id))).scalar_one()
    await links.mint(session, "token", Purpose.JOIN_AGENCY, str(number), NOW, NOW.replace(year=2027))
    return "token"


async def test_a_colleague_is_invited_and_joins(session: AsyncSession, staffed: Staffed) -> None:
    token = await invited(session, staffed)
    assert await jobs(session) == ["agency.invitation_mail"]
    shown = await members.invitation_of(session, token, NOW)
    assert (shown.agency, shown.inviter, shown.roles) == (
        "Mission locale de Nantes",
        "Léa Martin",
        frozenset({COUNSELLOR}),
    )
    assert await members.accept(session, staffed.stranger, token, NOW) == staffed.id
    assert (await roles(session, staffed.id))[staffed.outside] == {"counsellor"}
    with pytest.raises((ExpiredError, NotFoundError)):
        await members.accept(session, staffed.stranger, token, NOW)
    assert await audited(session) == ["agency_right.invited", "agency_right.granted"]


async def test_an_invitation_is_for_one_address(session: AsyncSession, staffed: Staffed) -> None:
    token = await invited(session, staffed, "ana@exemple.fr")
    with pytest.raises(ForbiddenError, match="une autre adresse"):
        await members.accept(session, staffed.stranger, token, NOW)
    assert set(await roles(session, staffed.id)) == {staffed.admin.user}


async def test_who_asked_and_is_invited_has_what_is_offered(session: AsyncSession, staffed: Staffed) -> None:
    await members.ask_to_join(session, staffed.stranger, staffed.id, NOW)
    await members.accept(session, staffed.stranger, await invited(session, staffed), NOW)
    assert (await roles(session, staffed.id))[staffed.outside] == {"counsellor"}


async def test_an_invitation_taken_back_opens_nothing(session: AsyncSession, staffed: Staffed) -> None:
    token = await invited(session, staffed)
    (waiting,) = await agency_rights.invitations(session, staffed.id)
    other = replace(staffed.admin, agencies={staffed.id + 1: frozenset({ADMIN})})
    with pytest.raises(NotFoundError):
        await members.uninvite(session, other, staffed.id + 1, waiting.id)
    await members.uninvite(session, staffed.admin, staffed.id, waiting.id)
    with pytest.raises(NotFoundError, match="plus valable"):
        await members.invitation_of(session, token, NOW)


@pytest.mark.parametrize(
    ("email", "given", "field"),
    [
        ("ana", [VIEWER], "email"),
        ("ana@exemple.fr", [], "roles"),
        ("ana@exemple.fr", [Role.TO_REVIEW], "roles"),
        ("lea.martin@exemple.fr", [VIEWER], "email"),
    ],
)
async def test_what_cannot_be_invited(
    session: AsyncSession, staffed: Staffed, email: str, given: list[Role], field: str
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        await members.invite(session, staffed.admin, staffed.id, email, given, NOW)
    assert {error.field for error in refused.value.errors} == {field}


async def test_invitations_that_wait_are_counted(
    session: AsyncSession, staffed: Staffed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "MOST_INVITED", 1)
    for _ in range(2):  # again to the same address is the same invitation
        await members.invite(session, staffed.admin, staffed.id, "ana@exemple.fr", [VIEWER], NOW)
    with pytest.raises(InvalidInputError, match="corriger"):
        await members.invite(session, staffed.admin, staffed.id, "bob@exemple.fr", [VIEWER], NOW)


async def test_agencies_are_found_by_their_words(session: AsyncSession) -> None:
    named = {"name": "Mission locale de Saint-Nazaire", "city": "Saint-Nazaire", "postal_code": "44600"}
    number = await add_agency(session, **named)
    await add_agency(session, name="Ancienne mission de Saint-Nazaire", status="rejected")
    for words in ("saint nazaire", "MISSION Nazairé 44600", "44600", "misson local", "sant nazère 44600"):
        assert [row.id for row in await members.find(session, words)] == [number]
    for words in ("", "  ", "brest", "nazaire 44700"):
        assert not await members.find(session, words)

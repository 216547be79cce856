"""Who stands on which side of a discussion, and where each side is written to."""

from dataclasses import dataclass
from uuid import UUID

from data.queries import company_rights, discussions, referents
from data.queries.discussions import DiscussionRow
from data.session import ReadSession, Session
from domain.discussion import Side
from domain.errors import NotFoundError
from domain.roles import Actor, Permission, Role

HIDDEN = "Cette demande n’existe pas, ou n’est pas ouverte à votre compte."


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody before one discussion. A company's link by mail has no account: its actor is nobody."""

    actor: Actor
    row: DiscussionRow
    sides: frozenset[Side]

    def on(self, side: Side) -> "Party":
        """The same, for who stands on that side; raises `NotFoundError`."""
        if side not in self.sides:
            raise NotFoundError(HIDDEN)
        return self


async def sides_of(session: ReadSession, actor: Actor, row: DiscussionRow) -> frozenset[Side]:
    """The sides of an account: the person, who accompanies them (in both names), the company's people."""
    found = set()
    if actor.beneficiary is not None and actor.beneficiary == row.beneficiary_id:
        found.add(Side.CANDIDATE)
    if row.reached_at is not None and actor.may(Permission.COMPANY_ANSWER, company=row.company_id):
        found.add(Side.COMPANY)
    if await _accompanies(session, actor, row.beneficiary_id):
        found |= {Side.CANDIDATE, Side.REFERENT}
    return frozenset(found)


async def _accompanies(session: ReadSession, actor: Actor, beneficiary: UUID) -> bool:
    agencies = [one for one in actor.agencies if actor.may(Permission.ACCOMPANY, agency=one)]
    if actor.user is None or not agencies:
        return False
    return await referents.accompanies(session, actor.user, agencies, beneficiary)


async def read(session: ReadSession, actor: Actor, discussion: UUID) -> Party:
    """A discussion as this account stands before it; raises `NotFoundError` for a stranger."""
    return await _party(session, actor, await discussions.by_id(session, discussion))


async def lock(session: Session, actor: Actor, discussion: UUID) -> Party:
    """The same, its row locked before a decision."""
    return await _party(session, actor, await discussions.lock(session, discussion))


async def _party(session: ReadSession, actor: Actor, row: DiscussionRow | None) -> Party:
    sides = await sides_of(session, actor, row) if row else frozenset()
    if row is None or not sides:
        raise NotFoundError(HIDDEN)
    return Party(actor, row, sides)


async def company_email(session: ReadSession, row: DiscussionRow) -> str:
    """Where the company is written to: its contact's address, else that of who administers it."""
    return row.contact_email or await admin_email(session, row.company_id)


async def admin_email(session: ReadSession, company_id: int) -> str:
    """The address of who administers a company, empty when nobody does."""
    team = await company_rights.team(session, company_id)
    admins = (one.email for one in team if one.accepted and one.role is Role.COMPANY_ADMIN)
    return next(admins, "")

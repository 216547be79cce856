"""Who stands before a convention, and as whom: by an account, or by a link of their own mail."""

from dataclasses import dataclass
from uuid import UUID

from data.queries import convention_signatories, conventions, users
from data.queries.conventions import ConventionRow
from data.session import ReadSession, Session
from domain.convention import RULES, As, Move, State, Status, after, allowed, may
from domain.errors import ArchivedError, NotFoundError
from domain.roles import Actor, Permission

HIDDEN = "Cette convention n’existe pas, ou n’est pas ouverte à votre compte."
ARCHIVED = "Cette convention est archivée. La structure prescriptrice l’ouvre en disant pourquoi."


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody before one convention. A link by mail has no account: its actor is nobody."""

    actor: Actor
    row: ConventionRow
    whom: frozenset[As]
    unsigned: frozenset[As] = frozenset()
    """Those who have not signed this version."""

    @property
    def state(self) -> State:
        """What the rules read of it."""
        row = self.row
        return State(
            status=row.status,
            kind=row.kind,
            two_step=row.two_step,
            elsewhere=row.refers_to is not None
            and not self.actor.may(Permission.VALIDATE, agency=row.refers_to),
            assessed=row.assessed,
            answered=row.answered,
            renewed=row.renewed or row.renews is not None,
            unsigned=self.unsigned,
            followed=row.counsellor_id is not None,
            follows=row.counsellor_id is not None and row.counsellor_id == self.actor.user,
        )

    @property
    def by(self) -> dict[str, str]:
        """Which account acts, as a line of the story tells it; none for who came by a link of their mail."""
        return {"by": str(self.actor.user)} if self.actor.user else {}

    def moves(self) -> frozenset[Move]:
        """The buttons of their page."""
        return allowed(self.state, self.whom)

    def step(self, move: Move) -> tuple[Status, As]:
        """Where a move leads and as whom it is made; raises `ForbiddenError` or `ConflictError`."""
        state, whom = self.state, sorted(self.whom)
        able = (one for one in whom if may(state, move, one))
        later = (one for one in whom if one in RULES[move].whom)
        acting = next(able, None) or next(later, None) or whom[0]
        return after(state, move, acting), acting


async def whom_of(session: ReadSession, actor: Actor, row: ConventionRow) -> frozenset[As]:
    """As whom an account stands: named in the document, of the company, of the agencies, of the platform."""
    found: set[As] = set()
    if actor.user is not None:
        account = await users.by_id(session, actor.user)
        if account is not None:
            found |= await convention_signatories.of_email(session, row.id, account.email)
            if _tutor(row) == account.email:
                found.add(As.TUTOR)
        if row.status is Status.DRAFT and row.created_by == actor.user:
            found.add(As.HOLDER)
    if row.beneficiary_id is not None and actor.beneficiary == row.beneficiary_id:
        found.add(As.BENEFICIARY)
    if row.company_id is not None and actor.may(Permission.COMPANY_ANSWER, company=row.company_id):
        found.add(As.COMPANY)
    return frozenset(found | _agency(actor, row) | ({As.BACK_OFFICE} if actor.back_office else set()))


def _tutor(row: ConventionRow) -> str:
    """The tutor's address, once the convention is sent: until then it is only being typed."""
    return row.document.host.tutor.email.lower() if row.status is not Status.DRAFT and row.terms else ""


def _agency(actor: Actor, row: ConventionRow) -> set[As]:
    """What roles in the prescribing agency, or in the one that validates for it, give."""
    found = set()
    for agency in {row.agency_id, row.refers_to} - {None}:
        if actor.may(Permission.VALIDATE, agency=agency):
            found.add(As.VALIDATOR)
        if actor.may(Permission.AGENCY_READ, agency=agency):
            found.add(As.READER)
    if row.agency_id is not None and actor.may(Permission.PRE_APPROVE, agency=row.agency_id):
        found.add(As.COUNSELLOR)
    return found


async def read(session: ReadSession, actor: Actor, convention: UUID) -> Standing:
    """A convention as this account stands before it; raises `NotFoundError` for a stranger.

    An archived one raises `ArchivedError`, but for its beneficiary (`archives.open_archive` opens it).
    """
    return await _standing(session, actor, await conventions.by_id(session, convention))


async def lock(session: Session, actor: Actor, convention: UUID) -> Standing:
    """The same, its row locked before a decision."""
    return await _standing(session, actor, await conventions.lock(session, convention))


def as_named(actor: Actor, row: ConventionRow, whom: As) -> Standing:
    """Who opened the link that only this person was sent."""
    return Standing(actor, row, frozenset({whom}), unsigned(row))


async def _standing(session: ReadSession, actor: Actor, row: ConventionRow | None) -> Standing:
    whom = await whom_of(session, actor, row) if row and row.anonymised_at is None else frozenset()
    if row is None or not whom:
        raise NotFoundError(HIDDEN)
    if row.archived_at is not None and As.BENEFICIARY not in whom:
        raise ArchivedError(ARCHIVED, str(row.id))
    return Standing(actor, row, whom, unsigned(row))


def unsigned(row: ConventionRow) -> frozenset[As]:
    """Those who still have to sign; nobody while it is written."""
    if row.status is Status.DRAFT:
        return frozenset()
    return frozenset(one.whom for one in row.signatories if one.signed_at is None)

"""The link of a signatory: what it opens, or why it is old and how to have another."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from data.queries import conventions, links
from data.queries.convention_signatories import SignatoryRow
from data.session import ReadSession, Session
from domain.convention import LIVE, Status
from domain.errors import NotFoundError
from domain.roles import NOBODY, Actor
from services.conventions import parties
from services.conventions.parties import HIDDEN, Standing, as_named
from services.conventions.signing import reach
from services.conventions.story import Office
from services.followups import Event, follow
from services.links import UNKNOWN, Purpose

_OLD = (
    "Ce lien n’est plus valable : il a dépassé sa durée, ou votre adresse a été corrigée dans la convention."
)
_GONE = "La convention a été modifiée depuis : vous n’avez plus à la signer."
_ARCHIVED = "Cette convention est archivée : son immersion est finie depuis longtemps."


@dataclass(frozen=True, slots=True)
class Opened:
    """Who opened a link that works, before their convention."""

    standing: Standing
    signatory: SignatoryRow


@dataclass(frozen=True, slots=True)
class Old:
    """Why a link opens nothing any more; who may be sent another, if anybody."""

    why: str
    signatory: SignatoryRow | None = None


async def read(session: Session, token: str, now: datetime) -> Opened | Old:
    """What a link opens, to read; raises `NotFoundError` for one that was never sent."""
    return await _open(session, token, now, lock=False)


async def lock(session: Session, token: str, now: datetime) -> Opened | Old:
    """The same, the convention's row locked before a decision."""
    return await _open(session, token, now, lock=True)


def sent_to(office: Office, one: SignatoryRow) -> str:
    """Where another link goes: their address, else their mobile when texts are sent, else nowhere."""
    return one.email or reach(office, one)[1]


async def _open(session: Session, token: str, now: datetime, *, lock: bool) -> Opened | Old:
    link = await links.read(session, token, Purpose.CONVENTION_SIGN)
    if link is None:
        raise NotFoundError(UNKNOWN)
    signatory = UUID(link.subject_id)
    reading = conventions.lock_by_signatory if lock else conventions.by_signatory
    row = await reading(session, signatory)
    one = next((one for one in row.signatories if one.id == signatory), None) if row else None
    if lock:  # read again: who had the row may have ended the link
        link = await links.read(session, token, Purpose.CONVENTION_SIGN)
    if link is None:
        raise NotFoundError(UNKNOWN)
    if one is None or row is None or row.anonymised_at is not None:
        return Old(_GONE)
    if row.archived_at is not None:
        return Old(_ARCHIVED)
    if link.expires_at <= now:
        return Old(_OLD, one if row.status in LIVE else None)
    return Opened(as_named(NOBODY, row, one.whom), one)


async def ask_another(office: Office, token: str) -> Old:
    """Send a new link to the address or the mobile on file, and to no other.

    Raises `NotFoundError` when it would reach nobody.
    """
    opened = await _open(office.session, token, office.now, lock=False)
    if isinstance(opened, Opened):
        opened = Old(_OLD, opened.signatory)
    if opened.signatory is None or not sent_to(office, opened.signatory):
        raise NotFoundError(opened.why)
    await follow(office.session, Event.CONVENTION_LINK_ASKED, signatory=str(opened.signatory.id))
    return opened


async def read_for(session: ReadSession, actor: Actor, convention: UUID) -> Opened:
    """An account before a convention that it signs; raises `NotFoundError` when it does not."""
    return _as_signatory(await parties.read(session, actor, convention))


async def lock_for(session: Session, actor: Actor, convention: UUID) -> Opened:
    """The same, the convention's row locked before a decision."""
    return _as_signatory(await parties.lock(session, actor, convention))


def _as_signatory(standing: Standing) -> Opened:
    """Whoever signs as several signs one after the other."""
    own = [one for one in standing.row.signatories if one.whom in standing.whom]
    one = next((one for one in own if one.signed_at is None), own[0] if own else None)
    if one is None or standing.row.status is Status.DRAFT:
        raise NotFoundError(HIDDEN)
    return Opened(replace(standing, whom=frozenset({one.whom})), one)

"""A request under way: begun by anybody, kept as it is typed, found again by who began it alone.

One draft an offer and a holder: what a browser holds, with the account signed in there and the person an
agent works with. Signing in takes along what the browser had begun.
"""

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

import msgspec

from clients.pdf import fault_of
from data.queries import contact_drafts, passports, people, users
from data.queries.contact_drafts import CvKept, DraftRow
from data.queries.passports import PassportKey
from data.session import ReadSession, Session
from domain.contact_request import MAX_NAME, ContactRequest
from domain.contacts import tidy_email
from domain.cv import cv_name, first_look, refusal
from domain.discussion import MAX_MESSAGE
from domain.roles import Actor
from domain.search import Objective, Standing
from services.discussions.asking import offer_asked
from services.links import Purpose, revoke
from services.passports import show_passport

TOKEN_BYTES = 32
_MAX_EMAIL, _MAX_PHONE = 254, 40


@dataclass(frozen=True, slots=True)
class Holder:
    """Who writes a draft: what their browser holds (empty: nothing yet), and their account."""

    token: str
    actor: Actor

    def key(self, offer_id: int) -> str:
        """What the draft of an offer is found by."""
        user = self.actor.user or ""
        person = self.actor.acting.beneficiary if self.actor.acting else ""
        return f"{self.token}:{offer_id}:{user}:{person}"

    def keys(self, offer_id: int) -> tuple[str, ...]:
        """The same, then that of the browser before it signed in, unless it now works for somebody else."""
        if not self.token:
            return ()
        before = f"{self.token}:{offer_id}::"
        return (self.key(offer_id),) if self.actor.acting else (self.key(offer_id), before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the row's `data` holds: the request without its address, and the passport that would go along.

    `passport` is that of the browser, of which no account says yet that it is theirs. `standing` is
    where the company stood in the search the request comes from, once it was sent to be proved.
    """

    request: ContactRequest = field(default_factory=ContactRequest)
    passport: UUID | None = None
    standing: Standing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A request under way, as its holder sees it."""

    id: UUID
    offer_id: int
    request: ContactRequest
    passport: UUID | None
    cv: CvKept | None
    sent_at: datetime | None
    """When the mail that proves its address was asked."""
    standing: Standing | None = None


async def seen(session: ReadSession, row: DraftRow) -> Draft:
    """A row as its holder sees it."""
    kept = msgspec.convert(dict(row.data), Kept)
    return Draft(
        id=row.id,
        offer_id=row.offer_id,
        request=replace(kept.request, email=row.email),
        passport=kept.passport,
        cv=await contact_drafts.cv_of(session, row.id),
        sent_at=row.sent_at,
        standing=kept.standing,
    )


async def find(session: ReadSession, holder: Holder, offer_id: int) -> Draft | None:
    """What this holder has begun for an offer."""
    row = await contact_drafts.by_key(session, holder.keys(offer_id))
    return await seen(session, row) if row else None


def new_token() -> str:
    """What a browser is given to hold its drafts."""
    return secrets.token_urlsafe(TOKEN_BYTES)


async def keep(
    session: Session,
    holder: Holder,
    offer_id: int,
    request: ContactRequest,
    passport: PassportKey,
    now: datetime,
) -> Draft:
    """Keep a request as it is typed, right or wrong; `holder` holds a token.

    Raises `NotFoundError` or `ConflictError` when the offer takes no request. An address that changes
    takes the links away that were sent to the other one.
    """
    await offer_asked(session, offer_id)
    row = await _locked(session, holder, offer_id, now)
    cut = _cut(request)
    email = await _address(session, holder.actor) or cut.email
    own = await passports.unclaimed(session, passport) if passport and not holder.actor.signed_in else None
    kept = Kept(request=replace(cut, email=""), passport=own)
    values: dict[str, object] = {"email": email, "data": msgspec.to_builtins(kept)}
    if row.email.lower() != email.lower():
        await revoke(session, Purpose.REQUEST, str(row.id))
        values["sent_at"] = None
    return await seen(session, await contact_drafts.save(session, row.id, values, now))


async def to_prove(session: Session, draft: Draft, now: datetime) -> None:
    """The draft is sent to its address to be proved, with what is known of where it comes from."""
    kept = Kept(request=replace(draft.request, email=""), passport=draft.passport, standing=draft.standing)
    values = {"sent_at": now, "data": msgspec.to_builtins(kept)}
    await contact_drafts.save(session, draft.id, values, now)


async def _locked(session: Session, holder: Holder, offer_id: int, now: datetime) -> DraftRow:
    """The draft of this holder, made when there is none, or when it was sent a moment ago."""
    found = await contact_drafts.by_key(session, holder.keys(offer_id))
    row = await contact_drafts.lock(session, found.id) if found else None
    if row is None:
        return await contact_drafts.add(session, holder.key(offer_id), offer_id, now)
    await contact_drafts.rekey(session, row.id, holder.key(offer_id))
    return row


def _cut(request: ContactRequest) -> ContactRequest:
    """The request at the lengths a draft keeps; what is longer is refused when it is sent."""
    return replace(
        request,
        first_name=request.first_name[:MAX_NAME],
        last_name=request.last_name[:MAX_NAME],
        email=tidy_email(request.email)[:_MAX_EMAIL],
        phone=request.phone[:_MAX_PHONE],
        message=request.message[:MAX_MESSAGE],
    )


async def _address(session: ReadSession, actor: Actor) -> str:
    """The account's own address, empty without one, or when it writes for somebody else."""
    row = await users.by_id(session, actor.user) if actor.user and not actor.acting else None
    return row.email if row else ""


async def add_cv(session: Session, draft: UUID, name: str, content: bytes, now: datetime) -> CvKept:
    """Keep a CV with a draft in the place of the one it had; raises `InvalidInputError` on `cv`."""
    fault = first_look(content) or await fault_of(content)
    if fault:
        raise refusal(fault)
    return await contact_drafts.keep_cv(session, draft, cv_name(name), content, now)


async def remove_cv(session: Session, draft: UUID) -> None:
    """Delete the CV of a draft; twice is the same."""
    await contact_drafts.drop_cv(session, draft)


async def known(
    session: ReadSession, actor: Actor, passport: PassportKey, objective: Objective | None
) -> ContactRequest:
    """What is known already of who the request is for: names, telephone, what the immersion is for.

    `objective` is that of the search, which comes before the passport's.
    """
    held = await show_passport(session, passport) if passport else None
    request = ContactRequest(objective=objective or (held.held.objective if held else None))
    if actor.acting:
        first, last = await people.names(session, actor.acting.beneficiary)
        return replace(request, first_name=first, last_name=last)
    row = await users.by_id(session, actor.user) if actor.user else None
    if row is None:
        return request
    first, last = await people.names(session, actor.beneficiary) if actor.beneficiary else ("", "")
    return replace(
        request,
        first_name=first or row.first_name,
        last_name=last or row.last_name,
        email=row.email,
        phone=row.phone,
    )

"""A request is sent: at once by an account, else once its address is proved by the link sent to it.

The link is the way in too: pressing its button signs in, makes the person's file and asks the company.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clients.sealing import Sealer
from data.queries import contact_drafts, contacts, discussions, passports, sessions, users
from data.queries.contacts import OfferAsked
from data.session import ReadSession, Session
from domain.contact_request import ContactRequest, check_request
from domain.discussion import AT_ONCE, TWICE_WITHIN
from domain.errors import DomainError, ExpiredError, SignInError, TwinError
from domain.roles import Actor, require_account
from services import links
from services.accounts.entering import Browser, Entered, Proof, enter
from services.accounts.own_passport import file_of
from services.accounts.private_lines import read_private
from services.discussions.asking import Asker, ask, check_takes, offer_asked, place_asked
from services.discussions.drafting import Draft, Holder, new_token, seen, to_prove
from services.emails import Action, Mail, Standing, send
from services.followups import Event, follow
from services.links import KINDS, Purpose, mint
from services.passports import claim_passport
from services.work import Tools, Work

_GONE = "Cette demande n’est plus là : elle est déjà envoyée, ou elle a plus de 30 jours. Refaites-la."


@dataclass(frozen=True, slots=True)
class ToProve:
    """What the button of a link would send, and to whom."""

    offer: OfferAsked
    draft: Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """An address is proved, and its account entered: the request is made, or why it is not.

    When it is not, `holder_token` lets this browser correct it.
    """

    entered: Entered
    offer_id: int
    discussion: UUID | None = None
    refused: DomainError | None = None
    holder_token: str = ""


async def check(session: ReadSession, draft: Draft, now: datetime, *, known: bool) -> ContactRequest:
    """The request tidied when it may be sent; raises `InvalidInputError`, or why the company takes none."""
    offer = await offer_asked(session, draft.offer_id)
    await check_takes(session, offer, now)
    tidy = check_request(draft.request, now.date(), known=known)
    await place_asked(session, offer, tidy.place)
    return tidy


async def made_already(session: ReadSession, actor: Actor, offer: OfferAsked, now: datetime) -> UUID | None:
    """The request that would refuse another one of the same person; None without one."""
    person = actor.acting.beneficiary if actor.acting else actor.beneficiary
    since = now - TWICE_WITHIN
    return await discussions.twin(session, person, offer.company_id, offer.rome, since) if person else None


async def send_now(session: Session, sealer: Sealer, actor: Actor, draft: Draft, now: datetime) -> UUID:
    """An account asks at once; the request's id. Raises as `asking.ask`.

    An agent with a person's file open asks for that person; anybody else for themselves.
    """
    user = require_account(actor)
    if actor.acting:
        asker = Asker(actor=actor, beneficiary=actor.acting.beneficiary, agency=actor.acting.agency)
    else:
        asker = await _oneself(session, sealer, actor, await file_of(session, user, now))
    return await _send(session, asker, draft, now)


async def _oneself(session: Session, sealer: Sealer, actor: Actor, beneficiary: UUID) -> Asker:
    told = await read_private(session, sealer, beneficiary)
    return Asker(actor=actor, beneficiary=beneficiary, situation=told.situation)


async def _send(session: Session, asker: Asker, draft: Draft, now: datetime) -> UUID:
    """Ask; the CV goes with the request and the draft ends. The button pressed twice makes one request."""
    try:
        discussion = await ask(session, asker, draft.offer_id, draft.request, now, standing=draft.standing)
    except TwinError as error:
        made = await discussions.by_id(session, UUID(error.existing))
        if made is None or now - made.created_at > AT_ONCE:
            raise
        discussion = made.id
    else:
        await contact_drafts.hand_over_cv(session, draft.id, discussion)
    await contact_drafts.forget(session, draft.id)
    return discussion


async def ask_proof(session: Session, draft: Draft, now: datetime) -> None:
    """Keep the request until its address is proved, and send the link that proves it."""
    await to_prove(session, draft, now)
    await follow(session, Event.REQUEST_TO_PROVE, draft=str(draft.id))


async def proof_mail(session: Session, tools: Tools, work: Work) -> None:
    """The link that proves the address of a request and sends it."""
    row = await contact_drafts.by_id(session, UUID(work.payload["draft"]))
    offer = await contacts.offer(session, row.offer_id) if row else None
    if row is None or offer is None or row.sent_at is None or not row.email:
        return
    path = await mint(session, tools.secret_key, work, Purpose.REQUEST, str(row.id))
    words = {"company": offer.company, "job": offer.label, "life": KINDS[Purpose.REQUEST].said}
    mail = Mail(
        template="request_proof",
        subject_id=str(row.id),
        recipient=row.email,
        context=words,
        action=Action("Envoyer ma demande", path),
        standing=Standing.TO_PROVE,
    )
    await send(session, tools, work, mail)


async def read_proof(session: Session, token: str, now: datetime) -> ToProve:
    """What a link would send; raises `NotFoundError`, `ExpiredError`, `ConflictError`. Nothing is burnt."""
    link = await links.find(session, token, Purpose.REQUEST, now)
    links.check_unused(Purpose.REQUEST, link)
    row = await contact_drafts.by_id(session, UUID(link.subject_id))
    if row is None:
        raise ExpiredError(_GONE)
    return ToProve(await offer_asked(session, row.offer_id), await seen(session, row))


async def prove(session: Session, sealer: Sealer, token: str, browser: Browser, now: datetime) -> Proved:
    """Use a link: its address is proved, its account entered, the company asked.

    Raises `NotFoundError` or `ExpiredError`, which say what to do. What refuses the request itself is told
    in the answer: the account is entered all the same.
    """
    link = await links.find(session, token, Purpose.REQUEST, now)
    await links.use(session, Purpose.REQUEST, link, now)
    row = await contact_drafts.lock(session, UUID(link.subject_id))
    if row is None:
        raise ExpiredError(_GONE)
    draft = await seen(session, row)
    user = await users.entered(session, row.email.lower(), now)
    await follow(session, Event.ADDRESS_PROVED, user=str(user))
    proof = Proof(method="mail", email=row.email.lower(), next="/demandes")
    entered = await enter(session, user, proof, browser, now)
    beneficiary = await file_of(session, user, now)
    await _bring_passport(session, draft, beneficiary, now)
    actor = await sessions.actor_of(session, entered.token, now)
    if actor is None:
        raise SignInError(_GONE)
    try:
        asker = await _oneself(session, sealer, actor, beneficiary)
        made = await _send(session, asker, draft, now)
    except DomainError as error:
        held = new_token()
        await contact_drafts.rekey(session, draft.id, Holder(held, actor).key(draft.offer_id))
        return Proved(entered=entered, offer_id=draft.offer_id, refused=error, holder_token=held)
    return Proved(entered=entered, offer_id=draft.offer_id, discussion=made)


async def _bring_passport(session: Session, draft: Draft, beneficiary: UUID, now: datetime) -> None:
    """The browser's passport that its person chose to share becomes theirs, unless it is taken."""
    if draft.passport and draft.request.share_passport:
        free = await passports.unclaimed(session, draft.passport)
        if free:
            await claim_passport(session, free, beneficiary, now)

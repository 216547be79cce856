"""Asking a company for an immersion: one page, kept as it is typed, sent at once or once proved by mail."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from litestar import Response, get, post
from litestar.datastructures import Cookie, UploadFile
from litestar.params import FromPath, Parameter
from litestar.response import Redirect, Template

from api.cookies import PASSPORT_COOKIE, passport_key, session_cookie
from api.deps import (
    ActorDep,
    ClientIpDep,
    CountersDep,
    NowDep,
    SealerDep,
    SearchDep,
    SessionDep,
    SettingsDep,
)
from api.limits import limit_drafts, limit_requests
from api.pages.contact_inputs import LEAST, OPENED, is_machine, opened_mark, place_in, read
from api.pages.contact_view import ROOT, Shown, ask_page, company_of, refused_page
from api.pages.forms import (
    DRAFTS_COOKIE,
    PRIVATE,
    PageRequest,
    by_field,
    drafts_cookie,
    posted,
    see_other,
    text,
)
from api.pages.search import to_query, understood
from api.pages.search_form import SearchForm, parse
from api.pages.sign_in import browser_of
from clients.sealing import Sealer
from clients.valkey import Counters
from data.queries.contacts import OfferAsked
from data.queries.contacts import offer as contact_offer
from data.queries.passports import PassportKey
from data.session import Session
from domain.contact_request import ContactRequest, coordinates_in
from domain.cv import MAX_CV_BYTES, CvFault, refusal
from domain.errors import ConflictError, InvalidInputError, NotFoundError, TooManyError, UnavailableError
from domain.roles import Actor, Right
from domain.search import OBJECTIVE_LABELS, Standing
from services.discussions import drafting, requesting
from services.discussions.asking import check_takes, offer_asked
from services.discussions.drafting import Draft, Holder
from services.indexing import SearchEngine
from services.search import standing
from settings import Settings

OfferId = Annotated[int, Parameter(ge=1, le=2**63 - 1)]
PAGE = f"{ROOT}/{{offer:int}}"
MAX_FORM_BYTES = MAX_CV_BYTES + 7_000_000
"""Above the limit of a CV, so that one that is too large is told next to its field."""
_PROOF = f"{ROOT}/preuve/{{token:str}}"
_SEND, _SEND_ANYWAY, _KEEP, _PROVED = "envoyer", "quand-meme", "garde", "prouve"
_ADD_CV, _REMOVE_CV = "ajouter-cv", "retirer-cv"
_SAID = {_ADD_CV: "cv", _REMOVE_CV: "cv-retire"}


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks what, from where: what every route of the form reads first. `engine`: where it is sent."""

    session: Session
    request: PageRequest
    actor: Actor
    offer: int
    engine: SearchEngine | None = None

    @property
    def holder(self) -> Holder:
        """Who holds the draft."""
        return Holder(self.request.cookies.get(DRAFTS_COOKIE, ""), self.actor)

    @property
    def passport(self) -> PassportKey:
        """The passport open in this browser, empty without one."""
        return passport_key(self.actor, self.request.cookies.get(PASSPORT_COOKIE))

    @property
    def search(self) -> SearchForm:
        """The search this request comes from: kept, so that its words lead on when the company cannot."""
        return parse(self.request.query_params)

    @property
    def url(self) -> str:
        """The page's own address, the search with it."""
        query = self.search.query()
        return f"{ROOT}/{self.offer}?{query}" if query else f"{ROOT}/{self.offer}"

    def then(self, name: str) -> str:
        """The same, once something is done that the page says."""
        return f"{self.url}{'&' if '?' in self.url else '?'}fait={name}"

    @property
    def who(self) -> str:
        """For whom this account asks, as counters know them."""
        acting = self.actor.acting
        return str(acting.beneficiary if acting else self.actor.user)


@dataclass(frozen=True, slots=True)
class Doors:
    """What guards the form, and the moment."""

    counters: Counters
    settings: Settings
    client_ip: str
    now: datetime


async def _show(asking: Asking, offer: OfferAsked, shown: Shown, cookies: Sequence[Cookie] = ()) -> Template:
    held, search = asking.passport, asking.search
    session, actor = asking.session, asking.actor
    return await ask_page(session, actor, offer, shown, passport=held, search=search, cookies=cookies)


@get(PAGE, right=Right.ANYONE)
async def form_page(
    *,
    session: SessionDep,
    request: PageRequest,
    actor: ActorDep,
    settings: SettingsDep,
    now: NowDep,
    offer: OfferId,
) -> Template:
    """The form, with what is kept or known; or why no request can be made now, before anything is typed."""
    asking = Asking(session, request, actor, offer)
    asked = None
    try:
        asked = await offer_asked(session, offer)
        await check_takes(session, asked, now)
    except ConflictError as error:
        return await refused_page(session, asked, error, asking.search)
    draft = await drafting.find(session, asking.holder, offer)
    done = request.query_params.get("fait", "")
    wanted = asking.search.objectif
    known = await drafting.known(session, actor, asking.passport, wanted)
    seen_at = place_in(request.query_params.get("place", ""))
    shown = Shown(
        request=draft.request if draft else replace(known, place=seen_at),
        draft=draft,
        # Who has a draft was here before: a file just added, or a page opened again, is sent at once.
        opened=opened_mark(settings.secret_key, offer, now - LEAST if draft else now),
        errors=await _faults(asking, draft, now) if draft and done == _PROVED else {},
        done=done,
        made=await requesting.made_already(session, actor, asked, now),
    )
    return await _show(asking, asked, shown)


async def _faults(asking: Asking, draft: Draft, now: datetime) -> dict[str, str]:
    """What is to be corrected before a draft is sent, by field, in the order of the page."""
    try:
        await requesting.check(asking.session, draft, now, known=asking.actor.signed_in)
    except InvalidInputError as error:
        return by_field(error)
    return {}


async def _keep(asking: Asking, typed: ContactRequest, doors: Doors) -> tuple[Draft, list[Cookie]]:
    """The draft with what was typed, and the cookie of a browser that holds none yet."""
    holder, cookies = asking.holder, []
    if not holder.token:
        await limit_drafts(doors.counters, doors.settings, doors.client_ip)
        holder = Holder(drafting.new_token(), asking.actor)
        cookies = [drafts_cookie(holder.token, doors.settings)]
    kept = await drafting.keep(asking.session, holder, asking.offer, typed, asking.passport, doors.now)
    return kept, cookies


@post(f"{PAGE}/brouillon", right=Right.ANYONE, status_code=204)
async def autosave(  # noqa: PLR0913 - what handlers are given
    *,
    session: SessionDep,
    request: PageRequest,
    actor: ActorDep,
    counters: CountersDep,
    settings: SettingsDep,
    client_ip: ClientIpDep,
    now: NowDep,
    offer: OfferId,
) -> Response[None]:
    """Keep what is typed, while it is."""
    typed, _ = read(await posted(request))
    doors = Doors(counters, settings, client_ip, now)
    _, cookies = await _keep(Asking(session, request, actor, offer), typed, doors)
    return Response(None, status_code=204, cookies=cookies, headers=PRIVATE)


async def _with_cv(asking: Asking, draft: Draft, action: str, doors: Doors) -> Draft:
    """The draft once its CV is added, replaced or removed, as asked; raises `InvalidInputError` on `cv`."""
    given = (await asking.request.form()).get("cv")
    content = await given.read() if isinstance(given, UploadFile) else b""
    if action == _REMOVE_CV:
        await drafting.remove_cv(asking.session, draft.id)
        return replace(draft, cv=None)
    if not isinstance(given, UploadFile) or not content:
        if action == _ADD_CV:
            raise refusal(CvFault.EMPTY)
        return draft
    await limit_drafts(doors.counters, doors.settings, doors.client_ip)
    cv = await drafting.add_cv(asking.session, draft.id, given.filename or "", content, doors.now)
    return replace(draft, cv=cv)


@post(PAGE, right=Right.ANYONE, request_max_body_size=MAX_FORM_BYTES)
async def send(  # noqa: PLR0913 - what handlers are given
    *,
    session: SessionDep,
    request: PageRequest,
    actor: ActorDep,
    counters: CountersDep,
    settings: SettingsDep,
    search: SearchDep,
    sealer: SealerDep,
    client_ip: ClientIpDep,
    now: NowDep,
    offer: OfferId,
) -> Template | Redirect:
    """Keep what is typed, change the CV, or send; what is to be corrected is said next to its field."""
    asking = Asking(session, request, actor, offer, search)
    doors = Doors(counters, settings, client_ip, now)
    values = await posted(request)
    action = text(values, "action")
    sends = action in {_SEND, _SEND_ANYWAY}
    if sends and not actor.signed_in and is_machine(values, settings.secret_key, offer, now):
        return see_other(f"{ROOT}/{offer}/envoyee")
    typed, wrong = read(values)
    draft, cookies = await _keep(asking, typed, doors)
    errors = {one.field: one.message for one in wrong}
    try:
        draft = await _with_cv(asking, draft, action, doors)
    except InvalidInputError as error:
        errors |= by_field(error)
    except (TooManyError, UnavailableError) as error:
        errors["cv"] = error.message
    if sends:
        errors = await _faults(asking, replace(draft, request=typed), now) | errors
    elif not errors:
        return see_other(asking.then(_SAID.get(action, _KEEP)), *cookies)
    shown = Shown(request=typed, draft=draft, opened=text(values, OPENED), errors=errors)
    found = coordinates_in(typed.message) if sends and not errors and action != _SEND_ANYWAY else ()
    asked = await offer_asked(session, offer)
    if errors or found:
        return await _show(asking, asked, replace(shown, coordinates=found), cookies)
    return await _send(asking, asked, replace(shown, draft=draft), doors, sealer, cookies)


async def _send(
    asking: Asking,
    offer: OfferAsked,
    shown: Shown,
    doors: Doors,
    sealer: Sealer,
    cookies: Sequence[Cookie],
) -> Template | Redirect:
    """Nothing is left to correct: ask, or send the link that will; else say what to do instead."""
    draft, now = shown.draft, doors.now
    assert draft is not None  # noqa: S101 - it was kept just before
    try:
        who = asking.who if asking.actor.signed_in else draft.request.email.lower()
        await limit_requests(doors.counters, doors.settings, doors.client_ip, who, offer.company_id)
        draft = replace(draft, standing=await _standing(asking, offer, now))
        if asking.actor.signed_in:
            made = await requesting.send_now(asking.session, sealer, asking.actor, draft, now)
            return see_other(f"/demandes/{made}", *cookies)
        await requesting.ask_proof(asking.session, draft, now)
    except TooManyError as error:
        later = replace(shown, told=error.message, retry_after_s=error.retry_after_s)
        return await _show(asking, offer, later, cookies)
    except ConflictError as error:
        return await refused_page(asking.session, offer, error, asking.search, cookies)
    return see_other(f"{ROOT}/{asking.offer}/envoyee", *cookies)


async def _standing(asking: Asking, offer: OfferAsked, now: datetime) -> Standing | None:
    """Where the company stands in the search this request comes from; None when it comes from none."""
    search, passport = asking.search, asking.passport
    if asking.engine is None or not search.asks_something:
        return None
    read = await understood(asking.session, asking.engine, search, passport)
    if not read.searchable:
        return None
    query = to_query(read, now, passport)
    return await standing(asking.session, asking.engine, query, offer.company_id)


@get(f"{PAGE}/envoyee", right=Right.ANYONE)
async def sent_page(session: SessionDep, request: PageRequest, actor: ActorDep, offer: OfferId) -> Template:
    """What happens next; the address only to the browser that wrote it."""
    asking = Asking(session, request, actor, offer)
    draft = await drafting.find(session, asking.holder, offer)
    context = {"email": draft.request.email if draft else "", "url": asking.url}
    return Template("discussions/ask_sent.html", context=context, headers=PRIVATE)


@get(_PROOF, right=Right.ANYONE)
async def proof_page(session: SessionDep, token: FromPath[str], now: NowDep) -> Template:
    """What the link would send, and a button: mail filters open links before people do."""
    to_prove = await requesting.read_proof(session, token, now)
    company = await company_of(session, to_prove.offer)
    request = to_prove.draft.request
    objective = OBJECTIVE_LABELS[request.objective] if request.objective else ""
    context = {"to_prove": to_prove, "company": company, "objective": objective}
    return Template("discussions/ask_prove.html", context=context, headers=PRIVATE)


@post(_PROOF, right=Right.ANYONE)
async def prove(
    *,
    session: SessionDep,
    token: FromPath[str],
    request: PageRequest,
    settings: SettingsDep,
    sealer: SealerDep,
    now: NowDep,
) -> Template | Redirect:
    """Use the link: the account is open in this browser and the company asked, or what is to be corrected."""
    browser = browser_of(request, claims=False)
    proved = await requesting.prove(session, sealer, token, browser, now)
    cookies = [session_cookie(proved.entered.token, settings)]
    if proved.discussion:
        return see_other(f"/demandes/{proved.discussion}", *cookies)
    cookies.append(drafts_cookie(proved.holder_token, settings))
    if isinstance(proved.refused, ConflictError | NotFoundError):
        offer = await contact_offer(session, proved.offer_id)
        return await refused_page(session, offer, proved.refused, SearchForm(), cookies)
    return see_other(f"{ROOT}/{proved.offer_id}?fait={_PROVED}", *cookies)


HANDLERS = [form_page, autosave, send, sent_page, proof_page, prove]

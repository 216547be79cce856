"""Signing a convention: read the exact document, receive a code, sign; by a mail's link or from an account.

Opening a page changes nothing: mail filters open links before people do. Both doors show the same pages.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.deps import ActorDep, ClientIpDep, CountersDep, NowDep, OfficeDep, SessionDep, SettingsDep
from api.limits import limit_codes, limit_sign_links, limit_signings
from api.pages.forms import PRIVATE, PageRequest, posted, see_other, text
from clients.valkey import Counters
from data.queries.convention_signatories import SignatoryRow
from domain.contacts import by_mail, masked
from domain.convention import ENDED, SIGNABLE, SIGNATORIES, Move
from domain.errors import ConflictError
from domain.roles import Right
from services.conventions import reading, sign_links
from services.conventions.reminding import remind, reminded_today
from services.conventions.sign_links import Old, Opened
from services.conventions.signing import CODE_LIFE, CODE_TRIES, Device, Typed, ask_code, reach, sign
from services.conventions.story import Office
from settings import Settings

LINK = "/signature/{token:str}"
ACCOUNT = "/conventions/{convention:uuid}/signature"
_CODE = re.compile(r"\d{6}")
_STALE = "La convention a changé depuis que vous l’avez ouverte. Voici la nouvelle version : relisez-la."
_WHO = "Choisissez qui relancer."
_REMINDED = "Le rappel part maintenant."
_SHAPE = "Écrivez les six chiffres du code, par exemple 012345."


@dataclass(frozen=True, slots=True)
class Door:
    """Where the pages are read from: their address, and the page behind them (none for a link)."""

    url: str
    back: str = ""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who posts: what was posted, from where, counted how."""

    request: PageRequest
    counters: Counters
    settings: Settings
    ip: str

    @property
    def device(self) -> Device:
        """What is kept as evidence."""
        return Device(self.ip, self.request.headers.get("user-agent", ""))


async def provide_caller(
    request: PageRequest, counters: CountersDep, settings: SettingsDep, client_ip: ClientIpDep
) -> Caller:
    """Who posts, once counted; raises `TooManyError`."""
    await limit_signings(counters, settings, client_ip)
    return Caller(request, counters, settings, client_ip)


CallerDep = NamedDependency[Caller]
_COUNTED = {"caller": Provide(provide_caller)}


async def _page(office: Office, opened: Opened, door: Door, conflict: str = "", told: str = "") -> Template:
    """The exact document, who has signed, and what to do next."""
    session, row, standing = office.session, opened.standing.row, opened.standing
    channel, reached = reach(office, opened.signatory)
    people = reading.signed_by(row)
    context = {
        "row": row,
        "me": next(one for one in people if one.whom is opened.signatory.whom),
        "people": people,
        "prescriber": await reading.prescriber(session, row),
        "changed": await reading.last_changes(session, opened.standing),
        "url": door.url,
        "back": door.back,
        "document": row.terms_sha256.hex() if row.terms_sha256 else "",
        "channel": channel,
        "reached": masked(reached),
        "to_sign": row.status in SIGNABLE,
        "ended": row.status in ENDED,
        "remindable": standing.unsigned - standing.whom if Move.REMIND in standing.moves() else (),
        "reminded": await reminded_today(session, standing, office.now),
        "told": told,
        "conflict": conflict,
    }
    status = 409 if conflict else 200
    return Template("conventions/sign.html", context=context, status_code=status, headers=PRIVATE)


def _code_page(
    opened: Opened, door: Door, now: datetime, *, error: str = "", conflict: str = ""
) -> Template | Redirect:
    """Where the code is typed; back to the document when none waits."""
    one, row = opened.signatory, opened.standing.row
    if one.signed_at is not None or one.code_sent_at is None or row.status not in SIGNABLE:
        return see_other(door.url)
    sent_to = one.phone if one.code_channel == "sms" else one.email
    spent = now - one.code_sent_at > CODE_LIFE or one.code_tries >= CODE_TRIES
    context = {
        "row": row,
        "url": door.url,
        "channel": one.code_channel,
        "reached": masked(sent_to),
        "spent": spent,
        "document": row.terms_sha256.hex() if row.terms_sha256 else "",
        # A spent code has no field any more: nothing to link the error to.
        "errors": {"code": error} if error and not spent else {},
        "conflict": conflict or (error if spent else ""),
    }
    status = 409 if conflict else 422 if error else 200
    return Template("conventions/sign_code.html", context=context, status_code=status, headers=PRIVATE)


def _old_page(office: Office, old: Old, url: str, *, asked: bool = False) -> Template:
    """Why a link is old, and how to have another."""
    one = old.signatory
    reached = sign_links.sent_to(office, one) if one else ""
    context = {
        "what": "la convention",
        "why": old.why,
        "url": url,
        "reached": masked(reached),
        "by_text": not by_mail(reached),
        "asked": asked,
    }
    status = 200 if asked else 410
    return Template("conventions/sign_old.html", context=context, status_code=status, headers=PRIVATE)


async def _ask(office: Office, opened: Opened, door: Door, caller: Caller) -> Template | Redirect:
    """Send a code for the version that was read."""
    row = opened.standing.row
    if opened.signatory.signed_at is not None:
        return see_other(door.url)
    values = await posted(caller.request)
    if row.terms_sha256 is None or text(values, "document") != row.terms_sha256.hex():
        return await _page(office, opened, door, _STALE)
    try:
        await ask_code(office, opened.standing, opened.signatory)
    except ConflictError as error:
        if opened.signatory.code_sent_at is None:
            return await _page(office, opened, door, error.message)
        if text(values, "again"):
            return _code_page(opened, door, office.now, conflict=error.message)
        return see_other(f"{door.url}/code")  # one was just sent: a second press
    await limit_codes(caller.counters, caller.settings, opened.signatory.id)
    return see_other(f"{door.url}/code")


async def _sign(office: Office, opened: Opened, door: Door, caller: Caller) -> Template | Redirect:
    """Sign with the code; a wrong one is counted, and says how many tries are left."""
    if opened.signatory.signed_at is not None:
        return see_other(door.url)  # pressed twice: it counts once
    values = await posted(caller.request)
    code = re.sub(r"\s", "", text(values, "code"))
    if not _CODE.fullmatch(code):
        return _code_page(opened, door, office.now, error=_SHAPE)
    typed = Typed(code, text(values, "document"))
    try:
        if await sign(office, opened.standing, opened.signatory, typed, caller.device):
            return see_other(door.url)
    except ConflictError as error:
        if opened.signatory.code_sent_at is None:
            return await _page(office, opened, door, error.message)
        return _code_page(opened, door, office.now, conflict=error.message)
    return _code_page(_tried(opened), door, office.now, error=_left(opened.signatory))


async def _remind(office: Office, opened: Opened, door: Door, caller: Caller) -> Template | Redirect:
    """Write again to one whose signature is awaited."""
    typed = text(await posted(caller.request), "whom")
    whom = next((one for one in SIGNATORIES if one.value == typed), None)
    if whom is None:
        return await _page(office, opened, door, _WHO)
    try:
        await remind(office, opened.standing, whom)
    except ConflictError as error:
        return await _page(office, opened, door, error.message)
    return see_other(f"{door.url}?fait=relancee")


def _told(request: PageRequest) -> str:
    """What was just done."""
    return _REMINDED if request.query_params.get("fait") == "relancee" else ""


def _tried(opened: Opened) -> Opened:
    """The same after a wrong code."""
    one = opened.signatory
    return Opened(opened.standing, replace(one, code_tries=one.code_tries + 1))


def _left(one: SignatoryRow) -> str:
    left = CODE_TRIES - one.code_tries - 1
    if left <= 0:
        return "Ce code n’est pas le bon, et il ne peut plus servir. Demandez-en un autre."
    return f"Ce code n’est pas le bon. Il vous reste {left} essai{'s' if left > 1 else ''}."


@get(LINK, right=Right.ANYONE)
async def read_by_link(office: OfficeDep, request: PageRequest, token: FromPath[str]) -> Template:
    """The document that a mail's link opens."""
    url = f"/signature/{token}"
    opened = await sign_links.read(office.session, token, office.now)
    if isinstance(opened, Old):
        return _old_page(office, opened, url)
    return await _page(office, opened, Door(url), told=_told(request))


@get(f"{LINK}/code", right=Right.ANYONE)
async def type_by_link(office: OfficeDep, token: FromPath[str]) -> Template | Redirect:
    """Where the code is typed."""
    url = f"/signature/{token}"
    opened = await sign_links.read(office.session, token, office.now)
    if isinstance(opened, Old):
        return _old_page(office, opened, url)
    return _code_page(opened, Door(url), office.now)


@post(f"{LINK}/code", right=Right.ANYONE, dependencies=_COUNTED)
async def ask_by_link(office: OfficeDep, caller: CallerDep, token: FromPath[str]) -> Template | Redirect:
    """Receive a code, by SMS or by mail."""
    url = f"/signature/{token}"
    opened = await sign_links.lock(office.session, token, office.now)
    if isinstance(opened, Old):
        return _old_page(office, opened, url)
    return await _ask(office, opened, Door(url), caller)


@post(f"{LINK}/signer", right=Right.ANYONE, dependencies=_COUNTED)
async def sign_by_link(office: OfficeDep, caller: CallerDep, token: FromPath[str]) -> Template | Redirect:
    """Sign with the code."""
    url = f"/signature/{token}"
    opened = await sign_links.lock(office.session, token, office.now)
    if isinstance(opened, Old):
        return _old_page(office, opened, url)
    return await _sign(office, opened, Door(url), caller)


@post(f"{LINK}/relancer", right=Right.ANYONE, dependencies=_COUNTED)
async def remind_by_link(office: OfficeDep, caller: CallerDep, token: FromPath[str]) -> Template | Redirect:
    """Remind another signatory: who follows a mail's link has no other page of the convention."""
    url = f"/signature/{token}"
    opened = await sign_links.lock(office.session, token, office.now)
    if isinstance(opened, Old):
        return _old_page(office, opened, url)
    return await _remind(office, opened, Door(url), caller)


@post(f"{LINK}/lien", right=Right.ANYONE, dependencies=_COUNTED)
async def another_link(office: OfficeDep, caller: CallerDep, token: FromPath[str]) -> Template:
    """Send a new link to the address or the mobile on file, and to no other."""
    old = await sign_links.ask_another(office, token)
    if old.signatory is not None:
        await limit_sign_links(caller.counters, caller.settings, old.signatory.id)
    return _old_page(office, old, f"/signature/{token}", asked=True)


def _door(convention: UUID) -> Door:
    back = f"/conventions/{convention}"
    return Door(f"{back}/signature", back)


@get(ACCOUNT, right=Right.SIGNED_IN)
async def read_by_account(
    office: OfficeDep, request: PageRequest, actor: ActorDep, convention: FromPath[UUID]
) -> Template:
    """The same document, for an account that signs it."""
    opened = await sign_links.read_for(office.session, actor, convention)
    return await _page(office, opened, _door(convention), told=_told(request))


@get(f"{ACCOUNT}/code", right=Right.SIGNED_IN)
async def type_by_account(
    session: SessionDep, actor: ActorDep, now: NowDep, convention: FromPath[UUID]
) -> Template | Redirect:
    """Where the code is typed."""
    return _code_page(await sign_links.read_for(session, actor, convention), _door(convention), now)


@post(f"{ACCOUNT}/code", right=Right.SIGNED_IN, dependencies=_COUNTED)
async def ask_by_account(
    office: OfficeDep, caller: CallerDep, actor: ActorDep, convention: FromPath[UUID]
) -> Template | Redirect:
    """Receive a code, by SMS or by mail."""
    opened = await sign_links.lock_for(office.session, actor, convention)
    return await _ask(office, opened, _door(convention), caller)


@post(f"{ACCOUNT}/signer", right=Right.SIGNED_IN, dependencies=_COUNTED)
async def sign_by_account(
    office: OfficeDep, caller: CallerDep, actor: ActorDep, convention: FromPath[UUID]
) -> Template | Redirect:
    """Sign with the code."""
    opened = await sign_links.lock_for(office.session, actor, convention)
    return await _sign(office, opened, _door(convention), caller)


@post(f"{ACCOUNT}/relancer", right=Right.SIGNED_IN, dependencies=_COUNTED)
async def remind_by_account(
    office: OfficeDep, caller: CallerDep, actor: ActorDep, convention: FromPath[UUID]
) -> Template | Redirect:
    """Remind another signatory."""
    opened = await sign_links.lock_for(office.session, actor, convention)
    return await _remind(office, opened, _door(convention), caller)


HANDLERS = [
    read_by_link,
    type_by_link,
    ask_by_link,
    sign_by_link,
    remind_by_link,
    another_link,
    read_by_account,
    type_by_account,
    ask_by_account,
    sign_by_account,
    remind_by_account,
]

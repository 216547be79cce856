"""Signing in by a link sent by mail, and signing out."""

import contextlib

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.cookies import (
    PASSPORT_COOKIE,
    SESSION_COOKIE,
    no_passport_cookie,
    no_session_cookie,
    session_cookie,
)
from api.deps import ActorDep, ClientIpDep, CountersDep, NowDep, ProConnectDep, SessionDep, SettingsDep
from api.limits import limit_sign_ins
from api.pages.forms import PRIVATE, PageRequest, by_field, posted, see_other, text
from domain.account import HOME, account_email, local_path
from domain.errors import ExpiredError, InvalidInputError, NotFoundError, UnavailableError
from domain.roles import Right
from services.accounts.entering import Browser
from services.accounts.mail_links import ask_link, check_link, sign_in
from services.accounts.open_sessions import sign_out
from services.accounts.proconnect import sign_out_url

ROOT = "/connexion"
_LINK = f"{ROOT}/lien/{{token:str}}"


def browser_of(request: PageRequest, *, claims: bool) -> Browser:
    """What the browser sends; its passport only when its person says that it is theirs."""
    return Browser(
        passport_token=request.cookies.get(PASSPORT_COOKIE, "") if claims else "",
        session_token=request.cookies.get(SESSION_COOKIE, ""),
        user_agent=request.headers.get("user-agent", ""),
    )


def ask_again(reason: str, status: int) -> Template:
    """Why a sign-in did not end, and the form that sends a link."""
    context = {"reason": reason, "email": "", "suite": HOME, "errors": {}}
    return Template("account/sign_in.html", context=context, status_code=status, headers=PRIVATE)


@get(ROOT, right=Right.ANYONE)
async def sign_in_page(actor: ActorDep, request: PageRequest) -> Template | Redirect:
    """One field; whoever is signed in already goes on."""
    suite = local_path(request.query_params.get("suite", HOME))
    if actor.signed_in:
        return see_other(suite)
    context = {"reason": "", "email": "", "suite": suite, "errors": {}}
    return Template("account/sign_in.html", context=context, headers=PRIVATE)


@post(ROOT, right=Right.ANYONE, status_code=200)
async def ask(
    *,
    session: SessionDep,
    request: PageRequest,
    counters: CountersDep,
    settings: SettingsDep,
    client_ip: ClientIpDep,
    now: NowDep,
) -> Template:
    """Send a link; the answer is the same whether the address is known or not."""
    values = await posted(request)
    typed, suite = text(values, "email"), local_path(text(values, "suite") or HOME)
    try:
        email = account_email(typed)
    except InvalidInputError as error:
        context = {"reason": "", "email": typed, "suite": suite, "errors": by_field(error)}
        return Template("account/sign_in.html", context=context, status_code=422, headers=PRIVATE)
    await limit_sign_ins(counters, settings, client_ip, email)
    await ask_link(session, email, suite, now)
    return Template("account/link_sent.html", context={"email": email}, headers=PRIVATE)


@get(_LINK, right=Right.ANYONE)
async def link_page(session: SessionDep, token: FromPath[str], request: PageRequest, now: NowDep) -> Template:
    """A button, not a deed: mail filters open links before people do. It shows nobody's name."""
    try:
        await check_link(session, token, now)
    except NotFoundError as error:
        return ask_again(error.message, 404)
    except ExpiredError as error:
        return ask_again(error.message, 410)
    context = {"passport_here": PASSPORT_COOKIE in request.cookies}
    return Template("account/enter.html", context=context, headers=PRIVATE)


@post(_LINK, right=Right.ANYONE)
async def enter(
    session: SessionDep, token: FromPath[str], request: PageRequest, settings: SettingsDep, now: NowDep
) -> Template | Redirect:
    """Use the link: a new session in this browser, whatever it held before."""
    claims = bool(text(await posted(request), "passeport"))
    try:
        entered = await sign_in(session, token, browser_of(request, claims=claims), now)
    except NotFoundError as error:
        return ask_again(error.message, 404)
    except ExpiredError as error:
        return ask_again(error.message, 410)
    given_up = [no_passport_cookie()] if claims else []
    return see_other(entered.next, session_cookie(entered.token, settings), *given_up)


@post("/deconnexion", right=Right.ANYONE)
async def leave(
    session: SessionDep, proconnect: ProConnectDep, settings: SettingsDep, request: PageRequest
) -> Redirect | Template:
    """End this browser's session, then the one at ProConnect if it opened it; twice is the same."""
    id_token = await sign_out(session, request.cookies.get(SESSION_COOKIE, ""))
    if proconnect and id_token:
        # A page, not a redirection: our own policy lets no form lead to another site.
        with contextlib.suppress(UnavailableError):
            address = await sign_out_url(proconnect, id_token, f"{settings.public_url}{ROOT}/a-bientot")
            return _left(address)
    return see_other(f"{ROOT}/a-bientot", no_session_cookie())


def _left(proconnect_url: str) -> Template:
    context = {"proconnect_url": proconnect_url}
    cookies = [no_session_cookie()] if proconnect_url else []
    return Template("account/left.html", context=context, headers=PRIVATE, cookies=cookies)


@get(f"{ROOT}/a-bientot", right=Right.ANYONE)
async def left_page() -> Template:
    """Said once signed out."""
    return _left("")


HANDLERS = [sign_in_page, ask, link_page, enter, leave, left_page]

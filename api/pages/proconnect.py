"""Signing in with ProConnect; anything that fails leads to the page that sends a link by mail."""

from typing import Annotated

import structlog
from litestar import get
from litestar.datastructures import Cookie
from litestar.params import CookieParameter
from litestar.response import Redirect, Template

from api.cookies import session_cookie
from api.deps import ClientIpDep, CountersDep, NowDep, ProConnectDep, SessionDep, SettingsDep
from api.limits import limit_sign_ins
from api.pages.forms import PageRequest, see_other
from api.pages.sign_in import ROOT, ask_again, browser_of
from clients.oidc import RefusedError
from domain.account import HOME
from domain.errors import ConflictError, DomainError, ExpiredError, NotFoundError, UnavailableError
from domain.roles import Right
from services.accounts.proconnect import FLOW_LIFE, CameBack, finish, start
from settings import Settings

PATH = f"{ROOT}/proconnect"
FLOW_COOKIE = "escale_proconnect"
_CLOSED = "Cette page n’existe pas : la connexion par ProConnect n’est pas ouverte ici."
KeptState = Annotated[str | None, CookieParameter(name=FLOW_COOKIE, required=False)]
_STATUS = {UnavailableError: 503, ConflictError: 409, ExpiredError: 410, RefusedError: 403}
log = structlog.get_logger()


def _cookie(state: str, settings: Settings) -> Cookie:
    """The cookie that binds a sign-in under way to this browser; empty takes it off."""
    return Cookie(
        key=FLOW_COOKIE,
        value=state,
        path=PATH,
        max_age=int(FLOW_LIFE.total_seconds()) if state else 0,
        httponly=True,
        samesite="lax",
        secure=settings.behind_tls,
    )


def _failed(error: DomainError) -> Template:
    reason = error.reason if isinstance(error, RefusedError) else error.code
    log.info("proconnect.failed", reason=reason)
    return ask_again(error.message, _STATUS[type(error)])


@get(PATH, right=Right.ANYONE)
async def leave_for_proconnect(  # noqa: PLR0913 - what handlers are given
    *,
    session: SessionDep,
    proconnect: ProConnectDep,
    counters: CountersDep,
    settings: SettingsDep,
    client_ip: ClientIpDep,
    now: NowDep,
    request: PageRequest,
) -> Redirect | Template:
    """Send the browser to ProConnect. By GET: a form would not be let out of the site by its own policy."""
    if proconnect is None:
        raise NotFoundError(_CLOSED)
    await limit_sign_ins(counters, settings, client_ip)
    suite = request.query_params.get("suite", HOME)
    try:
        address, state = await start(session, proconnect, settings.secret_key, suite, now)
    except UnavailableError as error:
        return _failed(error)
    return see_other(address, _cookie(state, settings))


@get(f"{PATH}/retour", right=Right.ANYONE)
async def come_back(
    *,
    session: SessionDep,
    proconnect: ProConnectDep,
    settings: SettingsDep,
    now: NowDep,
    request: PageRequest,
    kept_state: KeptState = None,
) -> Redirect | Template:
    """Enter the account of whoever ProConnect says came back to this browser."""
    if proconnect is None:
        raise NotFoundError(_CLOSED)
    asked = {name: request.query_params.get(name, "") for name in ("state", "code", "error")}
    came = CameBack(**asked, kept_state=kept_state or "")
    browser = browser_of(request, claims=False)
    try:
        entered = await finish(session, proconnect, settings.secret_key, came, browser, now)
    except (RefusedError, ExpiredError, ConflictError, UnavailableError) as error:
        page = _failed(error)
        page.cookies = [_cookie("", settings)]
        return page
    return see_other(entered.next, session_cookie(entered.token, settings), _cookie("", settings))


HANDLERS = [leave_for_proconnect, come_back]

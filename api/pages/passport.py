"""The passport's pages: written by small forms, printed, taken away, deleted. No account is needed."""

import msgspec
from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.response import Redirect, Template

from api.cookies import PASSPORT_COOKIE, no_passport_cookie, passport_cookie, passport_key
from api.deps import ActorDep, ClientIpDep, CountersDep, NowDep, SearchDep, SessionDep, SettingsDep
from api.limits import limit_passports
from api.pages.forms import PageRequest, by_field, posted, see_other
from api.pages.passport_actions import Asked, AskError, SureError, act, typed_texts
from api.pages.passport_view import DONE, FORMS, SKILLS, Typed, build
from api.routes.passport_export import exported
from data.queries.passports import PassportKey
from data.session import Session
from domain.errors import InvalidInputError, NotFoundError
from domain.passport import Passport
from domain.roles import Right
from services.accounts.own_passport import forget, open_own
from services.indexing import SearchEngine
from services.passports import GONE, KeptPassport, create_passport, read_passport
from settings import Settings

ROOT = "/passeport"
_PRIVATE = {"Cache-Control": "no-store"}
_FILE = {**_PRIVATE, "Content-Disposition": 'attachment; filename="passeport-escale.json"'}


def _key(request: PageRequest) -> PassportKey:
    return passport_key(request.user, request.cookies.get(PASSPORT_COOKIE))


def _cookies(key: PassportKey, settings: Settings) -> list[Cookie]:
    """The cookie that keeps a browser's passport; a person's needs none."""
    return [passport_cookie(key, settings)] if isinstance(key, str) else []


async def _kept(session: Session, request: PageRequest, now: NowDep) -> KeptPassport | None:
    """The passport of this browser or account, None when it has none yet or no longer."""
    key = _key(request)
    try:
        return await read_passport(session, key, now) if key else None
    except NotFoundError:
        return None


def _page(
    held: Passport,
    engine: SearchEngine,
    *,
    done: str = "",
    typed: Typed | None = None,
    errors: dict[str, str] | None = None,
) -> Template:
    """The passport's page; the errors of a form stand at the top of the form's own section."""
    context = {
        "view": build(held, engine),
        "told": DONE.get(done, ("", "")),
        "typed": typed or Typed(),
        "errors": errors or {},
        "failed": FORMS.get(typed["action"], SKILLS) if typed else "",
    }
    status = 422 if errors else 200
    return Template("passport/passport.html", context=context, status_code=status, headers=_PRIVATE)


@get(ROOT, right=Right.ANYONE)
async def passport_page(
    *, session: SessionDep, search: SearchDep, settings: SettingsDep, now: NowDep, request: PageRequest
) -> Template:
    """What the passport holds, and the forms that change it; a browser's cookie lives as long as it."""
    kept = await _kept(session, request, now)
    page = _page(kept.held if kept else Passport(), search, done=request.query_params.get("fait", ""))
    if kept:
        page.cookies = _cookies(_key(request), settings)
    return page


@post(ROOT, right=Right.ANYONE)
async def change(  # noqa: PLR0913 - what handlers are given
    *,
    session: SessionDep,
    search: SearchDep,
    counters: CountersDep,
    settings: SettingsDep,
    client_ip: ClientIpDep,
    now: NowDep,
    actor: ActorDep,
    request: PageRequest,
) -> Redirect | Template:
    """Do what one form asks, then come back to its section; the first change makes the passport."""
    values = await posted(request)
    key, kept = _key(request), await _kept(session, request, now)
    if kept is None and actor.signed_in:
        key = await open_own(session, actor, now)
        kept = await read_passport(session, key, now)
    if kept is None:
        await limit_passports(counters, settings, client_ip)
        key, kept = await create_passport(session, [], now)
    cookies = _cookies(key, settings)
    try:
        done = await act(Asked(session, search, key, values, now))
    except SureError as asking:
        context = {"asking": asking, "values": typed_texts(values)}
        page = Template("passport/remove.html", context=context, headers=_PRIVATE)
    except InvalidInputError as error:
        page = _page(kept.held, search, typed=Typed(typed_texts(values)), errors=by_field(error))
    except AskError as asking:
        errors = {asking.field: asking.message}
        page = _page(kept.held, search, typed=asking.typed(values), errors=errors)
    else:
        return see_other(f"{ROOT}?fait={done}#{DONE[done][0]}", *cookies)
    page.cookies = cookies
    return page


@get(f"{ROOT}/imprimer", right=Right.ANYONE)
async def print_page(session: SessionDep, search: SearchDep, now: NowDep, request: PageRequest) -> Template:
    """The passport alone, for paper."""
    kept = await _kept(session, request, now)
    context = {"view": build(kept.held if kept else Passport(), search), "today": now.date()}
    return Template("passport/print.html", context=context, headers=_PRIVATE)


@get(f"{ROOT}/export.json", right=Right.ANYONE)
async def export_file(session: SessionDep, now: NowDep, request: PageRequest) -> Response[bytes]:
    """Everything it holds, as a file."""
    kept = await _kept(session, request, now)
    if kept is None:
        raise NotFoundError(GONE)
    content = msgspec.json.format(msgspec.json.encode(exported(kept)), indent=2)
    return Response(content, media_type="application/json", headers=_FILE)


@get(f"{ROOT}/effacer", right=Right.ANYONE)
async def delete_page() -> Template:
    """Ask before it is deleted."""
    return Template("passport/delete.html", headers=_PRIVATE)


@post(f"{ROOT}/effacer", right=Right.ANYONE)
async def delete(session: SessionDep, actor: ActorDep, request: PageRequest) -> Redirect:
    """Delete it here and in the browser; twice is the same."""
    if key := _key(request):
        await forget(session, actor, key)
    return see_other(f"{ROOT}?fait=efface", no_passport_cookie())


HANDLERS = [passport_page, change, print_page, export_file, delete_page, delete]

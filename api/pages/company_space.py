"""A company's space: my companies, one of them, and what is changed there without the whole form."""

from datetime import datetime

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.deps import ActorDep, CountersDep, NowDep, SessionDep, SettingsDep
from api.limits import limit_mails
from api.pages import registration_steps as steps
from api.pages.company_space_view import APPLIED, DONE, view_of
from api.pages.forms import (
    PRIVATE,
    PageRequest,
    by_field,
    day_of,
    posted,
    registration_cookie,
    see_other,
    text,
)
from data.session import Session
from domain.company import Step
from domain.conditions import CONDITION_NAMES, MAX_CONDITION, Conditions, conditions_of
from domain.errors import InvalidInputError, StaleError
from domain.roles import Actor, Permission, Right, require
from domain.values import compact_siret
from services import company_closing
from services import company_space as spaces
from services.company_rights import ask, joinable, public_name
from services.discussions import set_aside
from services.edits import open_from_space

ROOT = "/entreprise"
ONE = f"{ROOT}/{{company:int}}"
_QUOTA_DIGITS = 5


def said(request: PageRequest) -> str:
    """What the form that led here did, in words; empty when none did."""
    return DONE.get(request.query_params.get("fait", ""), "")


@get(ROOT, right=Right.SIGNED_IN)
async def list_page(session: SessionDep, request: PageRequest, actor: ActorDep, now: NowDep) -> Template:
    """My companies, those I wait for; how to join or register one."""
    mine = await spaces.my_spaces(session, actor, now)
    context = {
        "views": [view_of(one) for one in mine.spaces],
        "waiting": mine.waiting,
        "applied": [(one, APPLIED[one.status]) for one in mine.applied],
        "told": said(request),
    }
    return Template("company/list.html", context=context, headers=PRIVATE)


def _join_page(siret: str, name: str = "", error: InvalidInputError | None = None) -> Template:
    errors = by_field(error) if error else {}
    unregistered = error is not None and error.errors[0].code == "unregistered"
    context = {"siret": siret, "name": name, "errors": errors, "unregistered": unregistered}
    return Template("company/join.html", context=context, status_code=422 if error else 200, headers=PRIVATE)


@get([f"{ROOT}/rejoindre", f"{ROOT}/rejoindre/{{siret:str}}"], right=Right.SIGNED_IN)
async def join_page(session: SessionDep, siret: FromPath[str] = "") -> Template:
    """Ask which company to join; with its SIRET, by its name."""
    if not siret:
        return _join_page("")
    try:
        return _join_page(compact_siret(siret), public_name(await joinable(session, siret)))
    except InvalidInputError as error:
        return _join_page(siret[:30], error=error)


@post(f"{ROOT}/rejoindre", right=Right.SIGNED_IN)
async def ask_to_join(
    *,
    session: SessionDep,
    request: PageRequest,
    actor: ActorDep,
    counters: CountersDep,
    settings: SettingsDep,
    now: NowDep,
) -> Redirect | Template:
    """Ask to join; its admins are told by mail."""
    siret = text(await posted(request), "siret")
    try:
        await joinable(session, siret)
        await limit_mails(counters, settings, compact_siret(siret))
        asked = await ask(session, actor, siret, now)
    except InvalidInputError as error:
        return _join_page(siret, error=error)
    return see_other(
        f"{ROOT}/{asked.company_id}?fait=bienvenue" if asked.accepted else f"{ROOT}?fait=demande"
    )


async def _page(
    session: Session,
    actor: Actor,
    company: int,
    now: datetime,
    errors: dict[str, str] | None = None,
    **typed: str,
) -> Template:
    """One company; `typed` is what was written in a refused form, or what the last one did (`told`)."""
    view = view_of(await spaces.space_of(session, actor, company, now))
    context = {
        "view": view,
        "told": "",
        "errors": errors or {},
        "until": "",
        "quota": str(view.space.quota),
        "version": view.space.version.isoformat(),
        **typed,
    }
    status = 422 if errors else 200
    return Template("company/company.html", context=context, status_code=status, headers=PRIVATE)


@get(ONE, right=Right.COMPANY)
async def company_page(
    session: SessionDep, request: PageRequest, actor: ActorDep, now: NowDep, company: FromPath[int]
) -> Template:
    """One company: shown or why not, what is missing, what to change."""
    return await _page(session, actor, company, now, told=said(request))


@post(f"{ONE}/modifier", right=Right.COMPANY)
async def edit(
    *,
    session: SessionDep,
    request: PageRequest,
    actor: ActorDep,
    settings: SettingsDep,
    now: NowDep,
    company: FromPath[int],
) -> Redirect:
    """Open the whole form as a draft of this browser, at the step asked."""
    asked = text(await posted(request), "etape")
    token, _ = await open_from_space(session, actor, company, now)
    step = next((one for one in Step if one == asked), Step.SUMMARY)
    return see_other(steps.url(step), registration_cookie(token, settings))


@post(f"{ONE}/pause", right=Right.COMPANY)
async def pause(
    session: SessionDep, request: PageRequest, actor: ActorDep, now: NowDep, company: FromPath[int]
) -> Redirect | Template:
    """Out of search until a day."""
    typed = text(await posted(request), "until")
    try:
        await spaces.pause(session, actor, company, day_of(typed), now)
    except InvalidInputError as error:
        return await _page(session, actor, company, now, errors=by_field(error), until=typed)
    return see_other(f"{ROOT}/{company}?fait=pause")


@post(f"{ONE}/reprise", right=Right.COMPANY)
async def resume(session: SessionDep, actor: ActorDep, now: NowDep, company: FromPath[int]) -> Redirect:
    """Back in search at once."""
    await spaces.resume(session, actor, company, now)
    return see_other(f"{ROOT}/{company}?fait=reprise")


@post(f"{ONE}/fermer", right=Right.COMPANY)
async def close(session: SessionDep, actor: ActorDep, now: NowDep, company: FromPath[int]) -> Redirect:
    """Gone at once, and those who waited are told."""
    await company_closing.close(session, actor, company, now)
    return see_other(f"{ROOT}/{company}?fait=fermee")


@post(f"{ONE}/rouvrir", right=Right.COMPANY)
async def reopen(session: SessionDep, actor: ActorDep, now: NowDep, company: FromPath[int]) -> Redirect:
    """Back as it was."""
    await company_closing.reopen(session, actor, company, now)
    return see_other(f"{ROOT}/{company}?fait=reprise")


@post(f"{ONE}/retour", right=Right.COMPANY)
async def come_back(session: SessionDep, actor: ActorDep, now: NowDep, company: FromPath[int]) -> Redirect:
    """Back in search after requests left without an answer."""
    await set_aside.come_back(session, actor, company, now)
    return see_other(f"{ROOT}/{company}?fait=reprise")


def _version(values: dict[str, str | list[str]]) -> datetime:
    """The version that a form was filled from; one that is not a moment matches none."""
    try:
        return datetime.fromisoformat(text(values, "version"))
    except ValueError:
        raise StaleError(spaces.STALE) from None


@post(f"{ONE}/demandes", right=Right.COMPANY)
async def quota(
    session: SessionDep, request: PageRequest, actor: ActorDep, now: NowDep, company: FromPath[int]
) -> Redirect | Template:
    """How many requests a month."""
    values = await posted(request)
    typed = text(values, "quota").strip()
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= _QUOTA_DIGITS else None
    try:
        await spaces.set_quota(session, actor, company, number, _version(values), now)
    except InvalidInputError as error:
        return await _page(session, actor, company, now, errors=by_field(error), quota=typed)
    except StaleError as error:
        page = await _page(session, actor, company, now, errors={"quota": error.message}, quota=typed)
        page.status_code = 409
        return page
    return see_other(f"{ROOT}/{company}?fait=quota")


async def _conditions_page(  # noqa: PLR0913 - what the page shows
    session: Session,
    actor: Actor,
    company: int,
    now: datetime,
    typed: Conditions | None = None,
    errors: dict[str, str] | None = None,
    *,
    stale: str = "",
) -> Template:
    require(actor, Permission.COMPANY_EDIT, company=company)
    view = view_of(await spaces.space_of(session, actor, company, now))
    kept = view.space.conditions
    changed = [name for name in CONDITION_NAMES if typed and getattr(typed, name) != getattr(kept, name)]
    context = {
        "view": view,
        "form": typed or kept,
        "errors": errors or {},
        "stale": stale,
        "now_said": {name: getattr(kept, name) for name in changed} if stale else {},
        "version": view.space.version.isoformat(),
        "longest": MAX_CONDITION,
    }
    status = 409 if stale else 422 if errors else 200
    return Template("company/conditions.html", context=context, status_code=status, headers=PRIVATE)


@get(f"{ONE}/accueil", right=Right.COMPANY)
async def conditions_page(
    session: SessionDep, actor: ActorDep, now: NowDep, company: FromPath[int]
) -> Template:
    """What a newcomer needs to know before the first morning."""
    return await _conditions_page(session, actor, company, now)


@post(f"{ONE}/accueil", right=Right.COMPANY)
async def conditions(
    session: SessionDep, request: PageRequest, actor: ActorDep, now: NowDep, company: FromPath[int]
) -> Redirect | Template:
    """Keep the conditions; when somebody else changed the file meanwhile, show both and keep neither."""
    values = await posted(request)
    typed = conditions_of({name: text(values, name) for name in CONDITION_NAMES})
    try:
        await spaces.set_conditions(session, actor, company, typed, _version(values), now)
    except InvalidInputError as error:
        return await _conditions_page(session, actor, company, now, typed, by_field(error))
    except StaleError as error:
        return await _conditions_page(session, actor, company, now, typed, stale=error.message)
    return see_other(f"{ROOT}/{company}?fait=conditions")


HANDLERS = [
    list_page,
    join_page,
    ask_to_join,
    company_page,
    edit,
    pause,
    resume,
    come_back,
    close,
    reopen,
    quota,
    conditions_page,
    conditions,
]

"""`/api/v1/passports`: the skills a browser keeps, under an opaque id in an HttpOnly cookie."""

from typing import Annotated

import msgspec
from litestar import Response, delete, get, post, put
from litestar.params import JSONBody
from msgspec import Meta

from api.cookies import no_passport_cookie, passport_cookie, passport_key
from api.deps import ActorDep, ClientIpDep, CountersDep, NowDep, SessionDep, SettingsDep
from api.limits import limit_passports
from api.openapi import Code, problems, shown
from api.routes.passport_export import PassportExport, exported
from api.routes.search_query import ApiRequest, PassportCookie
from data.queries.passports import PassportKey
from domain.errors import NotFoundError
from domain.roles import Right
from domain.search import MAX_SKILLS
from services.accounts.own_passport import forget, open_own
from services.passports import (
    GONE,
    KeptPassport,
    create_passport,
    read_passport,
    update_passport,
)


class PassportIn(msgspec.Struct, forbid_unknown_fields=True):
    """The skills to keep, by code; unknown ones are ignored and listed."""

    skills: Annotated[list[Code], Meta(max_length=MAX_SKILLS, examples=[["100023"]])]


class PassportSkillOut(msgspec.Struct):
    """A skill kept."""

    ogr: Annotated[str, shown("100023")]
    label: Annotated[str, shown("Abattre un arbre")]


class PassportOut(msgspec.Struct, omit_defaults=True):
    """What the passport holds; `id` is told once, when it is made."""

    skills: list[PassportSkillOut]
    unknown: Annotated[list[str], shown([])] = []
    id: Annotated[str | None, shown("3n0mXw9xv2Qq6n0b3d2mJ8b1cQ5yF7kLr4tUwZaBcDe")] = None


def _out(passport: KeptPassport, token: str | None = None) -> PassportOut:
    skills = [PassportSkillOut(one.code, one.label) for one in passport.skills]
    return PassportOut(skills, list(passport.unknown), token)


@post("/passports", right=Right.ANYONE, responses=problems(403, 413, 429), summary="Garder des compétences")
async def make_passport(  # noqa: PLR0913 - what handlers are given
    *,
    data: JSONBody[PassportIn],
    session: SessionDep,
    now: NowDep,
    settings: SettingsDep,
    counters: CountersDep,
    client_ip: ClientIpDep,
    actor: ActorDep,
) -> Response[PassportOut]:
    """A new passport; its id is in the answer, for a client that keeps it, and in a cookie, for a browser.

    Signed in, the account's own is written, and no id is told.
    """
    if actor.signed_in:
        own = await open_own(session, actor, now)
        return Response(_out(await update_passport(session, own, data.skills, now)))
    await limit_passports(counters, settings, client_ip)
    token, passport = await create_passport(session, data.skills, now)
    return Response(_out(passport, token), cookies=[passport_cookie(token, settings)])


@get("/passports/current", right=Right.ANYONE, responses=problems(404), summary="Lire son passeport")
async def current_passport(
    session: SessionDep, now: NowDep, request: ApiRequest, passport: PassportCookie = None
) -> PassportOut:
    """The passport of the browser's cookie, or of the account when it carries a session."""
    return _out(await read_passport(session, _key(request, passport), now))


@get(
    "/passports/current/export", right=Right.ANYONE, responses=problems(404), summary="Emporter son passeport"
)
async def export_passport(
    session: SessionDep, now: NowDep, request: ApiRequest, passport: PassportCookie = None
) -> PassportExport:
    """Everything it holds: skills with their evidence, past jobs, wishes, place and mobility."""
    return exported(await read_passport(session, _key(request, passport), now))


@put(
    "/passports/current",
    right=Right.ANYONE,
    responses=problems(403, 404, 413),
    summary="Changer son passeport",
)
async def change_passport(
    *,
    data: JSONBody[PassportIn],
    session: SessionDep,
    now: NowDep,
    request: ApiRequest,
    passport: PassportCookie = None,
) -> PassportOut:
    """Replace the skills kept."""
    return _out(await update_passport(session, _key(request, passport), data.skills, now))


@delete(
    "/passports/current",
    right=Right.ANYONE,
    responses=problems(403),
    response_cookies=[no_passport_cookie()],
    summary="Effacer son passeport",
)
async def forget_passport(session: SessionDep, request: ApiRequest, passport: PassportCookie = None) -> None:
    """Forget it, in the service and in the browser."""
    if key := passport_key(request.user, passport):
        await forget(session, request.user, key)


def _key(request: ApiRequest, cookie: str | None) -> PassportKey:
    key = passport_key(request.user, cookie)
    if not key:
        raise NotFoundError(GONE)
    return key


HANDLERS = [make_passport, current_passport, export_passport, change_passport, forget_passport]

"""`/api/v1/passports`: the skills a browser keeps, under an opaque id in an HttpOnly cookie."""

from typing import Annotated

import msgspec
from litestar import Response, delete, get, post, put
from litestar.params import JSONBody
from msgspec import Meta

from api.cookies import no_passport_cookie, passport_cookie
from api.deps import ClientIpDep, CountersDep, NowDep, SessionDep, SettingsDep
from api.limits import limit_passports
from api.openapi import Code, problems, shown
from api.routes.passport_export import PassportExport, exported
from api.routes.search_query import PassportCookie
from domain.errors import NotFoundError
from domain.roles import Right
from domain.search import MAX_SKILLS
from services.passports import (
    GONE,
    KeptPassport,
    create_passport,
    delete_passport,
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
async def make_passport(
    *,
    data: JSONBody[PassportIn],
    session: SessionDep,
    now: NowDep,
    settings: SettingsDep,
    counters: CountersDep,
    client_ip: ClientIpDep,
) -> Response[PassportOut]:
    """A new passport; its id is in the answer, for a client that keeps it, and in a cookie, for a browser."""
    await limit_passports(counters, settings, client_ip)
    token, passport = await create_passport(session, data.skills, now)
    return Response(_out(passport, token), cookies=[passport_cookie(token, settings)])


@get("/passports/current", right=Right.ANYONE, responses=problems(404), summary="Lire son passeport")
async def current_passport(session: SessionDep, now: NowDep, passport: PassportCookie = None) -> PassportOut:
    """The passport of the browser's cookie."""
    return _out(await read_passport(session, _token(passport), now))


@get(
    "/passports/current/export", right=Right.ANYONE, responses=problems(404), summary="Emporter son passeport"
)
async def export_passport(
    session: SessionDep, now: NowDep, passport: PassportCookie = None
) -> PassportExport:
    """Everything it holds: skills with their evidence, past jobs, wishes, place and mobility."""
    return exported(await read_passport(session, _token(passport), now))


@put(
    "/passports/current",
    right=Right.ANYONE,
    responses=problems(403, 404, 413),
    summary="Changer son passeport",
)
async def change_passport(
    data: JSONBody[PassportIn], session: SessionDep, now: NowDep, passport: PassportCookie = None
) -> PassportOut:
    """Replace the skills kept."""
    return _out(await update_passport(session, _token(passport), data.skills, now))


@delete(
    "/passports/current",
    right=Right.ANYONE,
    responses=problems(403),
    response_cookies=[no_passport_cookie()],
    summary="Effacer son passeport",
)
async def forget_passport(session: SessionDep, passport: PassportCookie = None) -> None:
    """Forget it, in the service and in the browser."""
    if passport:
        await delete_passport(session, passport)


def _token(cookie: str | None) -> str:
    if not cookie:
        raise NotFoundError(GONE)
    return cookie


HANDLERS = [make_passport, current_passport, export_passport, change_passport, forget_passport]

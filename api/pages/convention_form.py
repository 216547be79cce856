"""A convention being written: its five parts, each a page saved by its button, and kept while one types.

An address holds a link's token, for whoever was given it, or the convention's id, for an account.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.deps import ActorDep, ClientIpDep, CountersDep, NowDep, SearchDep, SessionDep, SettingsDep, SireneDep
from api.limits import limit_convention_drafts
from api.pages.convention_parts import FIND_JOB, PARTS, Values
from api.pages.convention_plan import plan_of
from api.pages.convention_reading import (
    FIND_AGENCY,
    FIND_COMPANY,
    Desk,
    agencies_for,
    agency_of,
    look_up,
    looked_up_words,
    read_job,
    read_part,
)
from api.pages.convention_schedule import DRAW, PlanTyped, posted_days, read_schedule
from api.pages.convention_view import (
    ROOT,
    Shown,
    digest,
    following,
    left_in,
    linked,
    part_page,
    trail,
    url_of,
    wanted_skills,
)
from api.pages.forms import PRIVATE, PageRequest, by_field, posted, see_other, text
from clients.valkey import Counters
from data.queries import convention_sources, conventions
from data.session import Session
from domain.convention import Move
from domain.errors import ConflictError, FieldError, InvalidInputError, NotFoundError
from domain.roles import Actor, Right
from domain.terms_changes import changes
from domain.terms_checks import Part, tidied
from services.conventions import templates
from services.conventions.consulting import note_leafing
from services.conventions.drafting import choose_agency, keep
from services.conventions.opening import Opened, open_by
from services.search import Coded
from settings import Settings

KEY = f"{ROOT}/{{key:str}}"
_PART = f"{KEY}/{{slug:str}}"
_DONE = {
    "dessine": "Le planning est dessiné, sans les jours fériés. Corrigez ci-dessous les jours qui changent.",
    "lien": "Le lien est envoyé. Il arrive en général en moins d’une minute.",
    "modele": "Le modèle est enregistré.",
}
_CHANGED = (
    "Quelqu’un d’autre a changé cette partie pendant que vous écriviez. Rien de ce que vous avez écrit n’est "
    "enregistré : comparez, puis enregistrez de nouveau pour garder votre version."
)
_LOOK_UPS = {FIND_AGENCY, FIND_COMPANY, FIND_JOB, DRAW}
_NO_PAGE = "Cette page n’existe pas : vérifiez l’adresse."
_ANCHORS = {FIND_COMPANY: "host-name", FIND_JOB: "activity-rome", DRAW: "planning"}


def part_named(slug: str) -> Part:
    """The part of an address; raises `NotFoundError`."""
    if slug not in PARTS:
        raise NotFoundError(_NO_PAGE)
    return PARTS[slug]


def moved_on(opened: Opened) -> Redirect | None:
    """Where a draft that was sent already is shown; refuses who may not write a draft."""
    if not opened.is_draft:
        return see_other(f"{url_of(opened.key)}/envoyee")
    opened.standing.step(Move.WRITE)
    return None


@get(KEY, right=Right.ANYONE)
async def home_page(
    session: SessionDep, request: PageRequest, actor: ActorDep, now: NowDep, key: FromPath[str]
) -> Template | Redirect:
    """The draft: its parts, what is left in each, its link to send."""
    opened = await open_by(session, actor, key, now)
    if moved := moved_on(opened):
        return moved
    await note_leafing(session, opened.standing, now)
    return await home(session, actor, opened, now, done=_DONE.get(request.query_params.get("fait", ""), ""))


async def home(  # noqa: PLR0913 - who opens what, and what was just done
    session: Session,
    actor: Actor,
    opened: Opened,
    now: datetime,
    *,
    done: str = "",
    error: InvalidInputError | None = None,
    values: Values | None = None,
) -> Template:
    """The draft's own page, with what is wrong in one of its small forms."""
    row, key = opened.standing.row, opened.key
    left = await left_in(session, row, now)
    terms = row.document
    context = {
        "row": row,
        "key": key,
        "url": url_of(key),
        "trail": trail(key, row, left),
        "left": linked(key, left.errors),
        "done": done,
        "owners": await templates.owners(session, actor),
        "errors": by_field(error) if error else {},
        "typed": values or {},
        "emails": {"beneficiary": terms.beneficiary.email, "company": terms.host.contact.email},
        "known": actor.signed_in,
    }
    status = 422 if error else 200
    return Template("conventions/form_home.html", context=context, status_code=status, headers=PRIVATE)


@get(_PART, right=Right.ANYONE)
async def part_form(  # noqa: PLR0913 - what handlers are given
    *,
    session: SessionDep,
    request: PageRequest,
    actor: ActorDep,
    search: SearchDep,
    sirene: SireneDep,
    now: NowDep,
    key: FromPath[str],
    slug: FromPath[str],
) -> Template | Redirect:
    """One part, with what is kept of it; what is left to complete when it was asked to be shown."""
    part = part_named(slug)
    opened = await open_by(session, actor, key, now)
    if moved := moved_on(opened):
        return moved
    await note_leafing(session, opened.standing, now)
    row = opened.standing.row
    left = await left_in(session, row, now)
    query = request.query_params
    view = Shown(
        terms=row.document,
        errors=left.of(part) if "voir" in query else (),
        told=_DONE.get(query.get("fait", ""), "") or looked_up_words(query.get("annuaire", "")),
    )
    page = await show(Desk(session, search, sirene, now), opened, part, view)
    page.status_code = 200
    return page


async def show(desk: Desk, opened: Opened, part: Part, view: Shown) -> Template:
    """A part, with the lists it chooses from."""
    row = opened.standing.row
    left = await left_in(desk.session, row, desk.now)
    skills: tuple[Coded, ...] = ()
    if part is Part.FOLLOW_UP:
        insee = await _commune(desk.session, opened)
        agencies = await agencies_for(desk, row, view.values, insee)
        view = replace(view, agencies=agencies)
    if part is Part.ACTIVITY:
        skills = wanted_skills(desk.engine, view.terms)
    return part_page(opened, part, view, left, desk.now, skills=skills)


async def _commune(session: Session, opened: Opened) -> str:
    """Where the person lives, when their file says it."""
    beneficiary = opened.standing.row.beneficiary_id
    found = await convention_sources.person(session, beneficiary) if beneficiary else None
    return found.insee if found else ""


@dataclass(frozen=True, slots=True)
class Doors:
    """What guards the form."""

    counters: Counters
    settings: Settings
    client_ip: str


@post(_PART, right=Right.ANYONE)
async def save(  # noqa: PLR0913 - what handlers are given
    *,
    session: SessionDep,
    request: PageRequest,
    actor: ActorDep,
    search: SearchDep,
    sirene: SireneDep,
    counters: CountersDep,
    settings: SettingsDep,
    client_ip: ClientIpDep,
    now: NowDep,
    key: FromPath[str],
    slug: FromPath[str],
) -> Template | Redirect:
    """Keep a part as it is typed, then go on; or do what its button says; or say what is to be completed."""
    part = part_named(slug)
    opened = await open_by(session, actor, key, now, locked=True)
    if moved := moved_on(opened):
        return moved
    values = await posted(request)
    desk = Desk(session, search, sirene, now)
    if text(values, "action") == FIND_COMPANY:
        await limit_convention_drafts(counters, settings, client_ip)
    if conflict := _conflict(desk, opened, part, values):
        return await show(desk, opened, part, conflict)
    return await _save(desk, opened, part, values)


def _conflict(desk: Desk, opened: Opened, part: Part, values: Values) -> Shown | None:
    """What somebody else wrote in this part since it was shown, unless it comes to the same."""
    row = opened.standing.row
    if text(values, "vu") in {"", digest(row, part)}:
        return None
    read = read_part(part, values, row.document, desk.engine, drawing=False)
    others = changes(tidied(read.terms), tidied(row.document))
    if not others:
        return None
    return Shown(terms=read.terms, values=values, told=_CHANGED, others=others)


async def _save(desk: Desk, opened: Opened, part: Part, values: Values) -> Template | Redirect:
    session, now, action = desk.session, desk.now, text(values, "action")
    read = read_part(part, values, opened.standing.row.document, desk.engine, drawing=True)
    terms, errors, outcome = read.terms, read.errors, None
    if part is Part.COMPANY and action == FIND_COMPANY:
        terms, outcome, errors = await look_up(desk, terms)
    row = await keep(session, opened.standing, part, terms, now, writer=opened.side)
    opened = replace(opened, standing=replace(opened.standing, row=row))
    if part is Part.FOLLOW_UP:
        opened, refused = await _choose(session, opened, values, now)
        errors = (*errors, *refused)
    view = Shown(
        terms=row.document,
        values=values,
        errors=errors,
        wrong=tuple(one.field for one in errors if one.code in {"date", "time"}),
        saved=True,
        typed=read if isinstance(read, PlanTyped) and errors else None,
    )
    if part is Part.ACTIVITY:
        job, unknown = read_job(values, row.document, desk.engine)
        view = replace(view, job=job, errors=(*errors, *unknown))
    if not view.errors:
        return await _go_on(desk, opened, part, view, f"{outcome or ''}")
    if action not in _LOOK_UPS and not action.startswith("choisir-"):
        said = {one.field for one in view.errors}
        left = (await left_in(session, opened.standing.row, now)).of(part)
        view = replace(view, errors=(*view.errors, *(one for one in left if one.field not in said)))
    return await show(desk, opened, part, view)


async def _choose(
    session: Session, opened: Opened, values: Values, now: datetime
) -> tuple[Opened, tuple[FieldError, ...]]:
    """The agency ticked becomes the prescriber; what is wrong with it when it cannot."""
    agency, standing = agency_of(values), opened.standing
    if agency is None or agency == standing.row.agency_id:
        return opened, ()
    try:
        await choose_agency(session, standing, agency, now)
    except InvalidInputError as error:
        return opened, error.errors
    row = await conventions.by_id(session, standing.row.id)
    assert row is not None  # noqa: S101 - its row is locked
    return replace(opened, standing=replace(standing, row=row)), ()


async def _go_on(desk: Desk, opened: Opened, part: Part, view: Shown, outcome: str) -> Template | Redirect:
    """After a button that saved all: the same page for what it found, the next one once a part is whole."""
    action = text(view.values or {}, "action")
    here = url_of(opened.key, part)
    if outcome:
        return see_other(f"{here}?annuaire={outcome}#{_ANCHORS[FIND_COMPANY]}")
    if action == DRAW:
        return see_other(f"{here}?fait=dessine#{_ANCHORS[DRAW]}")
    if action == FIND_JOB or action.startswith("choisir-"):
        return see_other(f"{here}#{_ANCHORS[FIND_JOB]}")
    if action == FIND_AGENCY:
        return await show(desk, opened, part, view)
    left = (await left_in(desk.session, opened.standing.row, desk.now)).of(part)
    if left:
        return await show(desk, opened, part, replace(view, errors=left))
    return see_other(following(opened.key, part))


@post(f"{_PART}/brouillon", right=Right.ANYONE, status_code=200)
async def autosave(  # noqa: PLR0913 - what handlers are given
    *,
    session: SessionDep,
    request: PageRequest,
    actor: ActorDep,
    search: SearchDep,
    now: NowDep,
    key: FromPath[str],
    slug: FromPath[str],
) -> Response[dict[str, Any]]:
    """Keep what is typed, while it is; raises `ConflictError` when somebody else changed the same part."""
    part = part_named(slug)
    opened = await open_by(session, actor, key, now, locked=True)
    row = opened.standing.row
    values = await posted(request)
    opened.standing.step(Move.WRITE)
    if text(values, "vu") != digest(row, part):
        raise ConflictError("Quelqu’un d’autre a changé cette partie. Enregistrez pour comparer.")
    read = read_part(part, values, row.document, search, drawing=False)
    row = await keep(session, opened.standing, part, read.terms, now, writer=opened.side)
    if part is Part.FOLLOW_UP:
        standing = replace(opened.standing, row=row)
        opened, _ = await _choose(session, replace(opened, standing=standing), values, now)
        row = opened.standing.row
    return Response({"vu": digest(row, part)}, headers=PRIVATE)


@post(f"{_PART}/calcul", right=Right.ANYONE, status_code=200)
async def recount(
    *,
    session: SessionDep,
    request: PageRequest,
    actor: ActorDep,
    now: NowDep,
    key: FromPath[str],
    slug: FromPath[str],
) -> Template:
    """Totals and limits of the days as they are typed, before anything is saved."""
    if part_named(slug) is not Part.SCHEDULE:
        raise NotFoundError(_NO_PAGE)
    opened = await open_by(session, actor, key, now)
    opened.standing.step(Move.WRITE)
    values = await posted(request)
    read = read_schedule(values, opened.standing.row.document, drawing=False)
    context = {"plan": plan_of(read.terms, now, read, tuple(posted_days(values))), "oob": True}
    return Template("conventions/form_totals.html", context=context, headers=PRIVATE)


HANDLERS = [home_page, part_form, save, autosave, recount]

"""Changing a convention that was sent: the five parts on one page, saved once what it changes was shown."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.deps import (
    ActorDep,
    ClientIpDep,
    CountersDep,
    NowDep,
    OfficeDep,
    SearchDep,
    SessionDep,
    SettingsDep,
    SireneDep,
)
from api.limits import limit_convention_drafts
from api.pages.convention_parts import FIND_JOB, Values
from api.pages.convention_plan import plan_of
from api.pages.convention_reading import FIND_COMPANY, Desk, look_up, looked_up_words, read_job, read_part
from api.pages.convention_schedule import DRAW, PlanTyped, posted_days, read_schedule
from api.pages.convention_view import Shown, fields_of, twin_url, wanted_skills
from api.pages.forms import PRIVATE, PageRequest, posted, see_other, text
from data.session import Session
from domain.convention import Move
from domain.errors import ConflictError, FieldError, InvalidInputError, TwinError
from domain.roles import Right
from domain.terms import Terms
from domain.terms_changes import Change, changes, comes_of_age, grown
from domain.terms_checks import PART_LABELS, Part, tidied
from domain.terms_merge import merged
from services.conventions import parties
from services.conventions.consulting import note_reading
from services.conventions.drafting import edit, faults
from services.conventions.limits import begun
from services.conventions.opening import company_alone, version_of
from services.conventions.parties import Standing
from services.indexing import SearchEngine

PAGE = "/conventions/{convention:uuid}/modifier"
_SAVE = "enregistrer"
_NOTHING = "Vous n’avez rien changé : les signatures restent valables."
_STALE = (
    "Quelqu’un d’autre a changé cette convention pendant que vous écriviez. Ses changements sont repris "
    "ci-dessous avec les vôtres : relisez, puis enregistrez."
)
_ID_DIGITS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Editing:
    """One showing of the page. `mine`: what would change; `theirs`: what another person changed meanwhile.

    `twin`: the address of the convention that it would double.
    """

    terms: Terms
    values: Values | None = None
    errors: tuple[FieldError, ...] = ()
    mine: tuple[Change, ...] = ()
    theirs: tuple[Change, ...] = ()
    told: str = ""
    conflict: str = ""
    twin: str = ""
    views: dict[str, object] = field(default_factory=dict)
    typed: PlanTyped | None = None


def _page(standing: Standing, engine: SearchEngine, now: datetime, one: Editing) -> Template:
    """The page: 200, 422 with something to correct, 409 when somebody else changed the convention."""
    wrong = tuple(error.field for error in one.errors if error.code in {"date", "time"})
    view = Shown(terms=one.terms, values=one.values, errors=one.errors, wrong=wrong, typed=one.typed)
    row = standing.row
    context = {
        **fields_of(Part.SCHEDULE, view, now, company_reads=company_alone(standing)),
        **one.views,
        "row": row,
        "url": f"/conventions/{row.id}/modifier",
        "back": f"/conventions/{row.id}",
        "parts": [(part.value, PART_LABELS[part]) for part in Part],
        "wanted": wanted_skills(engine, one.terms),
        "mine": one.mine,
        "theirs": one.theirs,
        "told": one.told,
        "conflict": one.conflict,
        "twin": one.twin,
        "begun": begun(row.document, now),
        "now_minor": one.terms.minor and not row.document.minor,
        "of_age": comes_of_age(row.document, one.terms),
    }
    status = 409 if one.conflict else 422 if one.errors else 200
    return Template("conventions/form_edit.html", context=context, status_code=status, headers=PRIVATE)


@get(PAGE, right=Right.SIGNED_IN)
async def edit_page(
    session: SessionDep, actor: ActorDep, search: SearchDep, now: NowDep, convention: FromPath[UUID]
) -> Template:
    """The convention as it was sent, to be changed; what a change leads to is said first."""
    standing = await parties.read(session, actor, convention)
    standing.step(Move.EDIT)
    await note_reading(session, standing, now)
    return _page(standing, search, now, Editing(terms=standing.row.document))


async def _read(desk: Desk, standing: Standing, values: Values) -> Editing:
    """The five parts as posted, and what their buttons ask."""
    action, terms = text(values, "action"), standing.row.document
    errors: tuple[FieldError, ...] = ()
    typed: PlanTyped | None = None
    views: dict[str, object] = {}
    for part in Part:
        read = read_part(part, values, terms, desk.engine, drawing=True)
        terms, errors = read.terms, (*errors, *read.errors)
        typed = read if isinstance(read, PlanTyped) else typed
    told = ""
    if action == FIND_COMPANY:
        terms, outcome, refused = await look_up(desk, terms)
        told, errors = looked_up_words(f"{outcome or ''}"), (*errors, *refused)
    job, unknown = read_job(values, terms, desk.engine)
    if unknown:
        views["proposals"] = job.proposals
    return Editing(
        terms=terms,
        values=values,
        errors=(*errors, *unknown),
        told=told,
        views=views,
        typed=typed if errors else None,
    )


@post(PAGE, right=Right.SIGNED_IN)
async def save(  # noqa: PLR0913 - what handlers are given
    *,
    office: OfficeDep,
    request: PageRequest,
    actor: ActorDep,
    search: SearchDep,
    sirene: SireneDep,
    counters: CountersDep,
    settings: SettingsDep,
    client_ip: ClientIpDep,
    convention: FromPath[UUID],
) -> Template | Redirect:
    """Do what a button says; show what would change; save it, and ask for every signature again."""
    session, now = office.session, office.now
    standing = await parties.lock(session, actor, convention)
    standing.step(Move.EDIT)
    values = await posted(request)
    action = text(values, "action")
    if action == FIND_COMPANY:
        await limit_convention_drafts(counters, settings, client_ip)
    one = await _read(Desk(session, search, sirene, now), standing, values)
    if stale := await _stale(session, standing, values, one):
        return _page(standing, search, now, stale)
    if one.errors or action in {FIND_COMPANY, FIND_JOB, DRAW} or action.startswith("choisir-"):
        return _page(standing, search, now, one)
    try:
        if action == _SAVE:
            await edit(office, standing, _whole(standing, one, now), standing.row.version)
            return see_other(f"/conventions/{convention}?fait=modifiee")
        one = await _checked(session, standing, one, now)
    except InvalidInputError as error:
        one = replace(one, errors=error.errors)
    except TwinError as error:
        twin = await twin_url(session, actor, error)
        one = replace(one, errors=(FieldError("starts_on", error.message, "twin"),), twin=twin)
    except ConflictError as error:
        one = replace(one, conflict=error.message)
    return _page(standing, search, now, one)


def _whole(standing: Standing, one: Editing, now: datetime) -> Terms:
    """What is saved of the page: what was typed for a minor goes when they are one no more."""
    before = standing.row.document
    return grown(before, one.terms, only_dates=begun(before, now))


async def _checked(session: Session, standing: Standing, one: Editing, now: datetime) -> Editing:
    """What would change, when nothing is wrong in it; raises as `edit` does."""
    tidy = tidied(_whole(standing, one, now))
    different = changes(standing.row.document, tidy)
    if not different:
        raise ConflictError(_NOTHING)
    if errors := await faults(session, standing.row, tidy, now):
        raise InvalidInputError(errors)
    return replace(one, mine=different)


async def _stale(session: Session, standing: Standing, values: Values, one: Editing) -> Editing | None:
    """Both people's changes together, when the page was that of an older version."""
    typed = text(values, "version")
    version = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= _ID_DIGITS else 0
    row = standing.row
    if version == row.version:
        return None
    base = await version_of(session, row.id, version) or row.document
    theirs = changes(base, row.document)
    own = tidied(one.terms)
    return replace(
        one, terms=merged(base, row.document, own), values=None, theirs=theirs, conflict=_STALE, errors=()
    )


@post(f"{PAGE}/calcul", right=Right.SIGNED_IN, status_code=200)
async def recount(
    session: SessionDep, request: PageRequest, actor: ActorDep, now: NowDep, convention: FromPath[UUID]
) -> Template:
    """Totals and limits of the days as they are typed, before anything is saved."""
    standing = await parties.read(session, actor, convention)
    standing.step(Move.EDIT)
    values = await posted(request)
    read = read_schedule(values, standing.row.document, drawing=False)
    context = {"plan": plan_of(read.terms, now, read, tuple(posted_days(values))), "oob": True}
    return Template("conventions/form_totals.html", context=context, headers=PRIVATE)


HANDLERS = [edit_page, save, recount]

"""A company's registration: one page a step, each saved, resumed later in the same browser."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.deps import ActorDep, ClientIpDep, CountersDep, NowDep, SearchDep, SessionDep, SettingsDep, SireneDep
from api.limits import limit_mails, limit_registrations
from api.pages import registration_steps as steps
from api.pages.forms import (
    PRIVATE,
    REGISTRATION_COOKIE,
    PageRequest,
    by_field,
    posted,
    registration_cookie,
    see_other,
    text,
)
from api.pages.registration_lists import Changed, change
from data.session import Session
from domain.company import RegistrationStatus, Step
from domain.company_inputs import step_of
from domain.errors import InvalidInputError, NotFoundError, RegisteredError, SignInError, StaleError
from domain.flags import Flag
from domain.roles import Actor, Permission, Right
from domain.values import compact_siret
from services import flags
from services.companies import LOOKUP_MESSAGES, Lookup, LookupOutcome, lookup
from services.drafts import Registration
from services.indexing import SearchEngine
from services.registrations import load_registration, resend_proof, save_step, start_registration, submit

ASKED_AGAIN = "L’e-mail est reparti. Il arrive en général en moins d’une minute."
_ANCHORS = {Step.PLACES: "places", Step.OFFERS: "ajouter-metier"}
_OPEN = {RegistrationStatus.DRAFT, RegistrationStatus.TO_PROVE}


@dataclass(frozen=True, slots=True)
class Draft:
    """The registration of this browser, as the first page proposes to resume it."""

    siret: str
    name: str
    url: str


async def _kept(session: Session, request: PageRequest) -> Registration | None:
    """The registration this browser began and may still change."""
    token = request.cookies.get(REGISTRATION_COOKIE, "")
    if not token:
        return None
    try:
        registration = await load_registration(session, token)
    except (NotFoundError, SignInError):
        return None
    return registration if registration.status in _OPEN else None


def _start_page(
    siret: str,
    errors: dict[str, str],
    registration: Registration | None,
    *,
    status_code: int = 200,
    closed: str = "",
) -> Template:
    draft = None
    if registration and not registration.editing:
        sent = registration.status is RegistrationStatus.TO_PROVE
        where = f"{steps.ROOT}/merci" if sent else steps.url(registration.next_step)
        draft = Draft(registration.siret, registration.form.identity.name, where)
    context = {"siret": siret, "errors": errors, "draft": draft, "closed": closed}
    return Template("companies/start.html", context=context, status_code=status_code, headers=PRIVATE)


@get(steps.ROOT, right=Right.ANYONE)
async def start_page(session: SessionDep, request: PageRequest) -> Template:
    """Ask for a SIRET; propose to resume what this browser began."""
    siret = request.query_params.get("siret", "")[:30]
    closed = await flags.closed(session, Flag.COMPANY_REGISTRATION)
    return _start_page(siret, {}, await _kept(session, request), closed=closed)


@post(steps.ROOT, right=Right.ANYONE)
async def start(  # noqa: PLR0913 - what handlers are given
    *,
    session: SessionDep,
    request: PageRequest,
    sirene: SireneDep,
    counters: CountersDep,
    settings: SettingsDep,
    client_ip: ClientIpDep,
    now: NowDep,
) -> Redirect | Template:
    """Look the SIRET up, start the draft with what the register says, go to its first step."""
    await limit_registrations(counters, settings, client_ip)
    siret = text(await posted(request), "siret")
    kept = await _kept(session, request)
    try:
        answer: Lookup = await lookup(sirene, siret)
        token, registration = await start_registration(session, siret, now, answer)
    except InvalidInputError as error:
        return _start_page(siret, by_field(error), kept, status_code=422)
    except RegisteredError:
        context = {"siret": compact_siret(siret)}
        return Template("companies/registered.html", context=context, status_code=409)
    said = f"{steps.url(registration.next_step)}?annuaire={answer.outcome}"
    return see_other(said, registration_cookie(token, settings))


@get(f"{steps.ROOT}/merci", right=Right.ANYONE)
async def thanks(session: SessionDep, request: PageRequest, actor: ActorDep) -> Redirect | Template:
    """What happens once the form is sent; those who administer the company go back to its space."""
    registration = await load_registration(session, request.cookies.get(REGISTRATION_COOKIE, ""), actor)
    published = registration.status is RegistrationStatus.PUBLISHED
    if published and actor.may(Permission.COMPANY_EDIT, company=registration.company_id):
        return see_other(f"/entreprise/{registration.company_id}?fait=fiche")
    if registration.status is RegistrationStatus.DRAFT:
        return see_other(steps.url(registration.next_step))
    if registration.status is not RegistrationStatus.TO_PROVE:
        proved = {"status": registration.status, "siret": registration.siret}
        return Template("companies/proved.html", context=proved)
    told = ASKED_AGAIN if "renvoye" in request.query_params else ""
    email = registration.form.contact.email
    context: dict[str, Any] = {"email": email, "told": told, "editing": registration.editing}
    return Template("companies/merci.html", context=context, headers=PRIVATE)


@post(f"{steps.ROOT}/renvoyer", right=Right.ANYONE)
async def send_again(
    *,
    session: SessionDep,
    request: PageRequest,
    actor: ActorDep,
    counters: CountersDep,
    settings: SettingsDep,
    now: NowDep,
) -> Redirect:
    """Send the mail that proves the address once more."""
    registration = await load_registration(session, request.cookies.get(REGISTRATION_COOKIE, ""), actor)
    await limit_mails(counters, settings, registration.siret)
    await resend_proof(session, request.cookies.get(REGISTRATION_COOKIE, ""), now)
    return see_other(f"{steps.ROOT}/merci?renvoye=1")


def _step(name: str) -> Step:
    try:
        return Step(name)
    except ValueError:
        raise NotFoundError("Cette étape de l’inscription n’existe pas.") from None


def _show(
    engine: SearchEngine,
    registration: Registration,
    step: Step,
    form: Any = None,  # noqa: ANN401 - the shape of the step, as typed or as kept
    errors: dict[str, str] | None = None,
    **more: Any,  # noqa: ANN401 - what one step alone shows
) -> Template:
    shown = steps.values_of(registration.form, step) if form is None else form
    number = steps.STEPS.index(step)
    context = {
        "form": shown,
        "step": step,
        "errors": errors or {},
        "told": "",
        "number": number + 1,
        "steps": steps.trail(registration, step),
        "editing": registration.editing,
        "back": steps.url(steps.STEPS[number - 1]) if number else "",
        **steps.choices(engine, step, shown),
        **more,
    }
    status = 422 if errors else 200
    return Template(f"companies/{step}.html", context=context, status_code=status, headers=PRIVATE)


@get(f"{steps.ROOT}/{{name:str}}", right=Right.ANYONE)
async def step_page(
    session: SessionDep, request: PageRequest, search: SearchDep, actor: ActorDep, name: FromPath[str]
) -> Redirect | Template:
    """One step, with what is kept of it."""
    step = _step(name)
    registration = await load_registration(session, request.cookies.get(REGISTRATION_COOKIE, ""), actor)
    if registration.status not in _OPEN:
        return see_other(f"{steps.ROOT}/merci")
    reachable = {*registration.done, registration.next_step}
    if step not in reachable:
        return see_other(steps.url(registration.next_step))
    outcome = request.query_params.get("annuaire", "")
    told = LOOKUP_MESSAGES[LookupOutcome(outcome)] if outcome in list(LookupOutcome) else ""
    return _show(search, registration, step, told=told)


async def _send(
    session: Session,
    engine: SearchEngine,
    token: str,
    registration: Registration,
    now: datetime,
    actor: Actor,
) -> Redirect | Template:
    try:
        await submit(session, token, now, actor)
    except StaleError as error:
        space = registration.company_id if registration.editor else None
        context = {"message": error.message, "siret": registration.siret, "space": space}
        return Template("companies/stale.html", context=context, status_code=409, headers=PRIVATE)
    except InvalidInputError as error:
        return _show(engine, registration, Step.SUMMARY, errors=by_field(error))
    return see_other(f"{steps.ROOT}/merci")


async def _save_list(  # noqa: PLR0913 - what its handler was given
    *,
    session: Session,
    engine: SearchEngine,
    token: str,
    registration: Registration,
    step: Step,
    changed: Changed,
    now: datetime,
) -> Redirect | Template:
    """Keep a list that a button changed, when it can be kept as it is; show the step again."""
    if changed.error:
        more = {"typed": changed.typed, "proposals": changed.proposals}
        errors = {"nouveau": changed.error}
        return _show(engine, registration, step, changed.values, errors, **more)
    try:
        await save_step(session, token, step, changed.values, now)
    except InvalidInputError:
        return _show(engine, registration, step, changed.values)
    return see_other(f"{steps.url(step)}#{_ANCHORS[step]}")


@post(f"{steps.ROOT}/{{name:str}}", right=Right.ANYONE)
async def save(  # noqa: PLR0913 - what handlers are given
    *,
    session: SessionDep,
    request: PageRequest,
    search: SearchDep,
    counters: CountersDep,
    settings: SettingsDep,
    actor: ActorDep,
    name: FromPath[str],
    now: NowDep,
) -> Redirect | Template:
    """Save a step and go on; or change a list of the step and show it again."""
    step = _step(name)
    token = request.cookies.get(REGISTRATION_COOKIE, "")
    registration = await load_registration(session, token, actor)
    if step is Step.SUMMARY:
        await limit_mails(counters, settings, registration.siret)
        return await _send(session, search, token, registration, now, actor)
    values = await posted(request)
    changed = change(step, values, search.lookups)
    if changed:
        return await _save_list(
            session=session,
            engine=search,
            token=token,
            registration=registration,
            step=step,
            changed=changed,
            now=now,
        )
    if step is Step.IDENTITY:
        values["siret"] = registration.siret
    try:
        saved = await save_step(session, token, step, values, now)
    except InvalidInputError as error:
        typed = step_of(step, values)
        return _show(search, registration, step, typed, by_field(error))
    return see_other(steps.url(saved.next_step))


HANDLERS = [start_page, start, thanks, send_again, step_page, save]

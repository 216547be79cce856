"""An agency registers, or is claimed by its people: one form, filled from its SIRET when it has one."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.deps import (
    ActorDep,
    ClientIpDep,
    CountersDep,
    NowDep,
    SearchDep,
    SessionDep,
    SettingsDep,
    SireneDep,
)
from api.limits import limit_registrations
from api.pages.agency_form import Typed, form_page, typed_form
from api.pages.forms import PageRequest, by_field, posted, see_other, text
from data.session import Session
from domain.agency_form import AgencyForm
from domain.errors import InvalidInputError
from domain.flags import Flag
from domain.roles import Right
from domain.values import clean_line
from services import flags
from services.agencies import claim, register
from services.agencies.coverage import communes_text
from services.agencies.registering import (
    KnownAgencyError,
    claimable,
    own_address,
    prefilled,
    validators,
)

ROOT = "/structures/inscription"
MINE = "/mes-structures"


def _start(siret: str, errors: dict[str, str], status_code: int = 200, closed: str = "") -> Template:
    context = {"siret": siret, "errors": errors, "closed": closed}
    return Template("agencies/start.html", context=context, status_code=status_code)


@get(ROOT, right=Right.SIGNED_IN)
async def start_page(session: SessionDep) -> Template:
    """Ask for a SIRET, or go on without; say so while registration is closed."""
    return _start("", {}, closed=await flags.closed(session, Flag.AGENCY_REGISTRATION))


@get(f"{ROOT}/fiche", right=Right.SIGNED_IN)
async def form_empty(  # noqa: PLR0913 - what handlers are given
    *,
    session: SessionDep,
    request: PageRequest,
    actor: ActorDep,
    sirene: SireneDep,
    counters: CountersDep,
    settings: SettingsDep,
    client_ip: ClientIpDep,
) -> Template:
    """The form, with what the register says of the SIRET given."""
    await flags.check_open(session, Flag.AGENCY_REGISTRATION)
    siret = clean_line(request.query_params.get("siret", ""))[:30]
    email = await own_address(session, actor)
    if not siret:
        return await _page(session, Typed(form=AgencyForm(contact_email=email)))
    await limit_registrations(counters, settings, client_ip)
    try:
        begun = await prefilled(sirene, siret, email)
    except InvalidInputError as error:
        return _start(siret, by_field(error), 422)
    return await _page(session, Typed(form=begun.form), told=begun.told)


async def _page(  # noqa: PLR0913 - what the page may have to say
    session: Session,
    typed: Typed,
    errors: dict[str, str] | None = None,
    *,
    status_code: int = 200,
    told: str = "",
    alike: tuple[object, ...] = (),
    claimed: int = 0,
) -> Template:
    more = {"told": told, "alike": alike, "claimed": claimed}
    listed = await validators(session, claimed)
    return form_page("agencies/register.html", typed, listed, errors, status_code=status_code, **more)


@post(f"{ROOT}/fiche", right=Right.SIGNED_IN)
async def send(  # noqa: PLR0913 - what handlers are given
    *,
    session: SessionDep,
    request: PageRequest,
    actor: ActorDep,
    search: SearchDep,
    counters: CountersDep,
    settings: SettingsDep,
    client_ip: ClientIpDep,
    now: NowDep,
) -> Redirect | Template:
    """Register, unless an agency looks the same: then ask whether it is that one."""
    await limit_registrations(counters, settings, client_ip)
    values = await posted(request)
    typed = typed_form(values, search.lookups)
    try:
        another = bool(text(values, "another"))
        await register(session, actor, typed.form, typed.roles, now, another=another)
    except InvalidInputError as error:
        return await _page(session, typed, by_field(error), status_code=422)
    except KnownAgencyError as error:
        return await _page(session, typed, told=error.message, alike=error.alike, status_code=409)
    return see_other(f"{MINE}?fait=inscrite")


@get("/structures/{number:int}/revendiquer", right=Right.SIGNED_IN)
async def claim_page(session: SessionDep, actor: ActorDep, number: FromPath[int]) -> Template:
    """What a public file says of the agency, to be completed by its people."""
    form = await claimable(session, number, await own_address(session, actor))
    typed = Typed(form=form, communes=await communes_text(session, form.communes))
    return await _page(session, typed, claimed=number)


@post("/structures/{number:int}/revendiquer", right=Right.SIGNED_IN)
async def send_claim(  # noqa: PLR0913 - what handlers are given
    *,
    session: SessionDep,
    request: PageRequest,
    actor: ActorDep,
    search: SearchDep,
    counters: CountersDep,
    settings: SettingsDep,
    client_ip: ClientIpDep,
    number: FromPath[int],
    now: NowDep,
) -> Redirect | Template:
    """« C’est ma structure. »."""
    await limit_registrations(counters, settings, client_ip)
    typed = typed_form(await posted(request), search.lookups)
    try:
        await claim(session, actor, number, typed.form, typed.roles, now)
    except InvalidInputError as error:
        return await _page(session, typed, by_field(error), status_code=422, claimed=number)
    return see_other(f"{MINE}?fait=inscrite")


HANDLERS = [start_page, form_empty, send, claim_page, send_claim]

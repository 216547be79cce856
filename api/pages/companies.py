"""Links sent by mail to companies: prove an address, ask to change a file, open it."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.deps import CountersDep, NowDep, SessionDep, SettingsDep
from api.limits import limit_mails
from api.pages.forms import PageRequest, by_field, posted, registration_cookie, see_other, text
from api.pages.registration_steps import url
from domain.company import siret_fault
from domain.errors import FieldError, InvalidInputError
from domain.roles import Right
from domain.values import compact_siret
from services.edits import open_edit, request_edit
from services.registrations import Proved, already_proved, prove

_EDIT = "/entreprises/modifier"


@get("/entreprises/preuve/{token:str}", right=Right.ANYONE)
async def prove_page(session: SessionDep, token: FromPath[str]) -> Template:
    """A button, not a deed: mail filters open links before people do. Once used, what it led to."""
    proved = await already_proved(session, token)
    return _outcome(proved) if proved else Template("companies/prove.html")


def _outcome(proved: Proved) -> Template:
    return Template("companies/proved.html", context={"status": proved.status, "siret": proved.siret})


@post("/entreprises/preuve/{token:str}", right=Right.ANYONE, status_code=200)
async def prove_address(session: SessionDep, token: FromPath[str], now: NowDep) -> Template:
    """Prove the address: the company is published, or looked at by a person first."""
    return _outcome(await prove(session, token, now))


@get(_EDIT, right=Right.ANYONE)
async def ask_page(request: PageRequest) -> Template:
    """Ask which company is to be changed."""
    siret = request.query_params.get("siret", "")[:30]
    return Template("companies/edit.html", context={"siret": siret, "errors": {}})


@post(_EDIT, right=Right.ANYONE, status_code=200)
async def ask_link(
    session: SessionDep, request: PageRequest, counters: CountersDep, settings: SettingsDep, now: NowDep
) -> Template:
    """Send the link to the address on file; the answer is the same whether there is one or not."""
    typed = text(await posted(request), "siret")
    siret = compact_siret(typed)
    fault: FieldError | None = siret_fault(siret)
    if fault:
        errors = by_field(InvalidInputError((fault,)))
        context = {"siret": typed, "errors": errors}
        return Template("companies/edit.html", context=context, status_code=422)
    await limit_mails(counters, settings, siret)
    await request_edit(session, siret, now)
    return Template("companies/edit_asked.html", context={"siret": siret})


@get(f"{_EDIT}/{{token:str}}", right=Right.ANYONE)
async def open_page(token: FromPath[str]) -> Template:
    """A button, not a deed: the link serves once, and mail filters open links."""
    del token
    return Template("companies/edit_open.html")


@post(f"{_EDIT}/{{token:str}}", right=Right.ANYONE, status_code=303)
async def open_file(
    session: SessionDep, token: FromPath[str], settings: SettingsDep, now: NowDep
) -> Redirect:
    """Open the company's file as a draft of this browser."""
    browser_token, registration = await open_edit(session, token, now)
    return see_other(url(registration.next_step), registration_cookie(browser_token, settings))


HANDLERS = [prove_page, prove_address, ask_page, ask_link, open_page, open_file]

"""The back office: what waits, agencies and companies to decide on, accounts."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.deps import ActorDep, NowDep, SessionDep
from api.pages.forms import PageRequest, posted, see_other, text
from data.session import Session
from domain.agency import KIND_LABELS, AgencyStatus
from domain.company import CHECK_LABELS
from domain.errors import InvalidInputError
from domain.roles import ROLE_LABELS, Actor, Right, Role
from services import back_office, moderation
from services.agencies import deciding, members
from services.agency_mails import roles_words
from services.conventions.document_alerts import lately_without_time
from services.discussions.reporting import open_reports

ROOT = "/gestion"
DONE = {
    "activee": "La structure est active. Ses membres reçoivent un message.",
    "refusee": "C’est refusé. Les personnes concernées reçoivent la raison.",
    "fermee": "La structure est fermée.",
    "publiee": "L’entreprise est publiée.",
    "bannie": "L’entreprise est retirée de la recherche. Elle reçoit la raison.",
    "levee": "L’entreprise est de nouveau visible. Elle reçoit un message.",
    "relance": "L’envoi est relancé.",
    "option": "L’option est enregistrée.",
}

_MAX_WORDS = 100


@dataclass(frozen=True, slots=True)
class Wrong:
    """What was refused of a form: the id of its object, and what to do."""

    of: int | UUID
    message: str


def role_names(roles: Iterable[str]) -> str:
    """Roles as a French list."""
    return roles_words(frozenset(map(Role, roles)))


def done_of(request: PageRequest) -> str:
    """What the page before did, said once."""
    return DONE.get(request.query_params.get("fait", ""), "")


@get(ROOT, right=Right.BACK_OFFICE)
async def home_page(session: SessionDep, actor: ActorDep, now: NowDep) -> Template:
    """What waits for the staff, with the ways to all pages."""
    context = {
        "agencies": len(await deciding.to_review(session)),
        "registrations": len(await moderation.to_check(session, actor)),
        "reports": len(await open_reports(session, actor)),
        "delivery": await back_office.delivery(session, actor),
        "seals": await lately_without_time(session, actor, now),
    }
    return Template("back_office/home.html", context=context)


async def _agencies(session: Session, done: str, wrong: Wrong | None = None, words: str = "") -> Template:
    found = await members.find(session, words)
    context = {
        "waiting": await deciding.to_review(session),
        "q": words,
        "found": [one for one in found if one.status is AgencyStatus.ACTIVE],
        "kinds": KIND_LABELS,
        "said": role_names,
        "done": done,
        "wrong": wrong,
    }
    return Template("back_office/agencies.html", context=context, status_code=422 if wrong else 200)


@get(f"{ROOT}/structures", right=Right.BACK_OFFICE)
async def agencies_page(session: SessionDep, request: PageRequest) -> Template:
    """Agencies to decide on, oldest first; active ones found by name or place."""
    words = request.query_params.get("q", "")[:_MAX_WORDS]
    return await _agencies(session, done_of(request), words=words)


@post(f"{ROOT}/structures/{{agency:int}}/activer", right=Right.BACK_OFFICE)
async def activate_agency(
    session: SessionDep, actor: ActorDep, now: NowDep, agency: FromPath[int]
) -> Redirect:
    """Activate."""
    await deciding.activate(session, actor, agency, now)
    return see_other(f"{ROOT}/structures?fait=activee")


@post(f"{ROOT}/structures/{{agency:int}}/refuser", right=Right.BACK_OFFICE)
async def reject_agency(
    session: SessionDep, actor: ActorDep, request: PageRequest, now: NowDep, agency: FromPath[int]
) -> Template | Redirect:
    """Refuse, with a reason its people read."""
    try:
        await deciding.reject(session, actor, agency, text(await posted(request), "reason"), now)
    except InvalidInputError as error:
        return await _agencies(session, "", Wrong(agency, error.errors[0].message))
    return see_other(f"{ROOT}/structures?fait=refusee")


@post(f"{ROOT}/structures/{{agency:int}}/fermer", right=Right.BACK_OFFICE)
async def close_agency(
    session: SessionDep, actor: ActorDep, request: PageRequest, now: NowDep, agency: FromPath[int]
) -> Redirect:
    """Close; what it held goes to the agency of that number, if one is given."""
    typed = text(await posted(request), "transfer_to").strip()
    receiver = (
        int(typed) if typed.isdecimal() and typed.isascii() and len(typed) < len(str(1 << 62)) else None
    )
    await deciding.close(session, actor, agency, receiver, now)
    return see_other(f"{ROOT}/structures?fait=fermee")


async def _companies(
    session: Session, actor: Actor, *, words: str = "", done: str = "", wrong: Wrong | None = None
) -> Template:
    context = {
        "waiting": await moderation.to_check(session, actor),
        "checks": CHECK_LABELS,
        "q": words,
        "found": await moderation.find_companies(session, actor, words),
        "done": done,
        "wrong": wrong,
    }
    return Template("back_office/companies.html", context=context, status_code=422 if wrong else 200)


@get(f"{ROOT}/entreprises", right=Right.BACK_OFFICE)
async def companies_page(session: SessionDep, actor: ActorDep, request: PageRequest) -> Template:
    """Registrations to look at; companies found by SIRET or name, else the latest banned."""
    words = request.query_params.get("q", "")[:_MAX_WORDS]
    return await _companies(session, actor, words=words, done=done_of(request))


@post(f"{ROOT}/inscriptions/{{registration:uuid}}/publier", right=Right.BACK_OFFICE)
async def approve_registration(
    session: SessionDep, actor: ActorDep, now: NowDep, registration: FromPath[UUID]
) -> Redirect:
    """Publish a registration that was looked at."""
    await moderation.approve(session, actor, registration, now)
    return see_other(f"{ROOT}/entreprises?fait=publiee")


@post(f"{ROOT}/inscriptions/{{registration:uuid}}/refuser", right=Right.BACK_OFFICE)
async def refuse_registration(
    session: SessionDep, actor: ActorDep, request: PageRequest, now: NowDep, registration: FromPath[UUID]
) -> Template | Redirect:
    """Refuse a registration, with a reason its registrant reads."""
    try:
        await moderation.refuse(session, actor, registration, text(await posted(request), "reason"), now)
    except InvalidInputError as error:
        return await _companies(session, actor, wrong=Wrong(registration, error.errors[0].message))
    return see_other(f"{ROOT}/entreprises?fait=refusee")


@post(f"{ROOT}/entreprises/{{company:int}}/bannir", right=Right.BACK_OFFICE)
async def ban_company(
    session: SessionDep, actor: ActorDep, request: PageRequest, now: NowDep, company: FromPath[int]
) -> Template | Redirect:
    """Ban, with a reason the company reads."""
    values = await posted(request)
    try:
        await moderation.ban(session, actor, company, text(values, "reason"), now)
    except InvalidInputError as error:
        wrong = Wrong(company, error.errors[0].message)
        return await _companies(session, actor, words=text(values, "q")[:_MAX_WORDS], wrong=wrong)
    return see_other(f"{ROOT}/entreprises?fait=bannie")


@post(f"{ROOT}/entreprises/{{company:int}}/retablir", right=Right.BACK_OFFICE)
async def unban_company(
    session: SessionDep, actor: ActorDep, now: NowDep, company: FromPath[int]
) -> Redirect:
    """Let a banned company back."""
    await moderation.unban(session, actor, company, now)
    return see_other(f"{ROOT}/entreprises?fait=levee")


@get(f"{ROOT}/comptes", right=Right.BACK_OFFICE)
async def accounts_page() -> Template:
    """Search accounts."""
    return Template("back_office/accounts.html", context={"q": "", "found": None})


@post(f"{ROOT}/comptes", right=Right.BACK_OFFICE, status_code=200)
async def find_accounts(session: SessionDep, actor: ActorDep, request: PageRequest) -> Template:
    """Accounts by address or name: by a form, since no address of ours tells who is searched."""
    words = text(await posted(request), "q")[:_MAX_WORDS]
    context = {"q": words, "found": await back_office.find_accounts(session, actor, words)}
    return Template("back_office/accounts.html", context=context)


@get(f"{ROOT}/comptes/{{user:uuid}}", right=Right.BACK_OFFICE)
async def account_page(session: SessionDep, actor: ActorDep, now: NowDep, user: FromPath[UUID]) -> Template:
    """One account and its rights; this reading is written down."""
    found = await back_office.read_account(session, actor, user, now)
    return Template(
        "back_office/account.html", context={"account": found, "roles": ROLE_LABELS, "said": role_names}
    )


HANDLERS = [
    home_page,
    agencies_page,
    activate_agency,
    reject_agency,
    close_agency,
    companies_page,
    approve_registration,
    refuse_registration,
    ban_company,
    unban_company,
    accounts_page,
    find_accounts,
    account_page,
]

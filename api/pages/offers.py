"""The page of an offer: why this company, what one does and learns there, how to reach it."""

from datetime import datetime
from typing import Annotated

from litestar import get, post
from litestar.params import Parameter
from litestar.response import Redirect, Template

from api.cookies import PASSPORT_COOKIE, passport_key
from api.deps import NowDep, SearchDep, SessionDep
from api.pages.forms import PageRequest, see_other
from api.pages.offer_view import Asked, build, occupations_of
from api.pages.search import results
from api.pages.search_form import SearchForm, parse
from api.pages.search_view import shown_name
from data.queries.company_page import CompanyPage
from data.queries.passports import PassportKey
from data.session import Session
from domain.errors import ConflictError, NotFoundError
from domain.roles import Right
from services.companies import KNOWN, opt_out, public_company
from services.indexing import SearchEngine
from services.passports import passport_skills

Siret = Annotated[str, Parameter(pattern="^[0-9]{14}$")]
Rome = Annotated[str, Parameter(pattern="^[A-N][0-9]{4}$")]
PlaceId = Annotated[int, Parameter(ge=1, le=2**63 - 1)]
GONE = "Cette entreprise n’est plus dans l’annuaire, ou ne propose plus ce métier."


async def _company(session: Session, siret: str) -> CompanyPage:
    company = await public_company(session, siret)
    if company is None:
        raise NotFoundError(GONE)
    return company


async def _found(
    *,
    session: Session,
    engine: SearchEngine,
    form: SearchForm,
    now: datetime,
    passport: PassportKey,
    key: tuple[int, str],
) -> Asked:
    """The hit this page was opened from: the same search again, on the same page."""
    if not form.asks_something:
        return Asked(await passport_skills(session, passport) if passport else (), None)
    read, page = await results(session, engine, form, now, passport)
    hits = page.hits if page else ()
    hit = next((hit for hit in hits if (hit.card.place_id, hit.occupation.code) == key), None)
    return Asked(form.competences or read.from_passport.skills, hit, scored=read.scored)


@get("/entreprises/{siret:str}", right=Right.ANYONE)
async def company_page(session: SessionDep, search: SearchDep, siret: Siret) -> Redirect:
    """A company's first offer, at its first place."""
    company = await _company(session, siret)
    known = occupations_of(company, search)
    if not company.places or not known:
        raise NotFoundError(GONE)
    return see_other(f"/entreprises/{siret}/{company.places[0].id}/{next(iter(known))}")


@get("/entreprises/{siret:str}/{place_id:int}/{rome:str}", right=Right.ANYONE)
async def offer_page(  # noqa: PLR0913 - the address, and what handlers are given
    *,
    session: SessionDep,
    search: SearchDep,
    now: NowDep,
    request: PageRequest,
    siret: Siret,
    place_id: PlaceId,
    rome: Rome,
) -> Template:
    """One occupation of a company at one place; coming from a search, with the reasons of its rank."""
    company = await _company(session, siret)
    place = next((one for one in company.places if one.id == place_id), None)
    known = occupations_of(company, search)
    if place is None or rome not in known:
        raise NotFoundError(GONE)
    form = parse(request.query_params)
    held = passport_key(request.user, request.cookies.get(PASSPORT_COOKIE))
    key = (place_id, rome)
    asked = await _found(session=session, engine=search, form=form, now=now, passport=held, key=key)
    view = build(company, place, (rome, known[rome]), search, form, asked)
    return Template("offers/offer.html", context={"company": company, "view": view})


@get("/entreprises/{siret:str}/retrait", right=Right.ANYONE)
async def opt_out_page(session: SessionDep, siret: Siret) -> Template:
    """Ask before a « potentiel » is taken off."""
    company = await _company(session, siret)
    if company.volunteer:
        raise ConflictError(KNOWN)
    context = {"name": shown_name(company.name), "back": f"/entreprises/{siret}"}
    return Template("offers/opt_out.html", context=context)


@post("/entreprises/{siret:str}/retrait", right=Right.ANYONE, status_code=200)
async def take_off(session: SessionDep, siret: Siret, now: NowDep) -> Template:
    """Take a « potentiel » off for good; doing it twice is the same."""
    await opt_out(session, siret, now)
    return Template("offers/opted_out.html")


HANDLERS = [company_page, offer_page, opt_out_page, take_off]

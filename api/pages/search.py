"""The search page: what was asked is understood, ranked, and shown as a list with its map."""

from dataclasses import replace
from datetime import datetime

from litestar import get
from litestar.response import Template

from api.cookies import PASSPORT_COOKIE, passport_key
from api.deps import NowDep, SearchDep, SessionDep
from api.pages.forms import PageRequest
from api.pages.search_form import SearchForm, parse
from api.pages.search_typed import Understood, understand
from api.pages.search_view import build
from data.queries.passports import PassportKey
from data.session import Session
from domain.roles import Acting, Right
from services.indexing import SearchEngine
from services.passports import Stated, passport_stated
from services.person_files import note_search
from services.search import SearchPage, SearchQuery
from services.search import search as run_search


def to_query(read: Understood, now: datetime, passport: PassportKey = "") -> SearchQuery:
    """The question of the use case for what was understood; the passport serves where no skill is named."""
    form = read.form
    serves = passport and not (read.skills or form.sans_passeport)
    return SearchQuery(
        today=now.date(),
        skills=tuple(one.code for one in read.skills),
        passport=passport if serves else None,
        rome=read.rome,
        near=form.proches,
        place=read.place,
        radius_km=form.rayon,
        objective=form.objectif,
        filters=form.filters(),
        sort=form.tri,
        page=form.page,
        seed=form.tirage,
    )


async def understood(
    session: Session,
    engine: SearchEngine,
    form: SearchForm,
    passport: PassportKey,
    acting: Acting | None = None,
) -> Understood:
    """A form understood, with what the passport that `passport` opens states, empty without one.

    `acting` is the person whose file is open, to say whose it is.
    """
    kept = await passport_stated(session, passport) if passport and not form.competences else Stated()
    return await understand(session, engine, form, kept, acting.name if acting else None)


async def results(
    session: Session,
    engine: SearchEngine,
    form: SearchForm,
    now: datetime,
    passport: PassportKey,
    acting: Acting | None = None,
) -> tuple[Understood, SearchPage | None]:
    """What was understood of a form and its page of hits, None when there is nothing to search with.

    `passport` opens the one that serves, empty without one; `acting` as `understood` says.
    """
    read = await understood(session, engine, form, passport, acting)
    if not read.searchable:
        return read, None
    return read, await run_search(session, engine, to_query(read, now, passport))


@get("/recherche", right=Right.ANYONE)
async def search_page(session: SessionDep, search: SearchDep, now: NowDep, request: PageRequest) -> Template:
    """The search form, and its results once something is asked; its address may be shared.

    A search made with a person's file open is kept for them, as its reading is.
    """
    key = passport_key(request.user, request.cookies.get(PASSPORT_COOKIE))
    form = parse(request.query_params)
    read, page = await results(session, search, form, now, key, request.user.acting)
    if page is not None:
        asked = replace(read.form, page=1, tirage=None).query()
        await note_search(session, request.user, asked, page.total, now)
    view = build(read, page, search.occupations.labels)
    return Template("search/search.html", context={"form": read.form, "view": view, "page": page})


HANDLERS = [search_page]

"""Searches kept and their alerts; companies put aside, with files to take away."""

from pathlib import Path
from urllib.parse import parse_qsl
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import MultiDict
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.deps import ActorDep, NowDep, SearchDep, SessionDep
from api.pages.forms import PRIVATE, PageRequest, posted, see_other, text
from api.pages.my_requests import download
from api.pages.search_form import SearchForm, parse
from api.pages.search_typed import Understood, understand
from clients.typesetting import typeset
from domain.errors import InvalidInputError, NotFoundError
from domain.roles import Right
from domain.saved import FREQUENCY_LABELS, Frequency, Wanted
from services import favourites, saved
from services.passports import Stated
from services.saved import ROOT

_TEMPLATE = Path(favourites.__file__).parent / "templates" / "pdf" / "favourites.typ"
_DONE = {
    "gardee": "La recherche est enregistrée.",
    "changee": "C’est noté.",
    "effacee": "La recherche est effacée.",
    "favori": "L’entreprise est mise de côté.",
    "retire": "L’entreprise n’est plus dans vos favoris.",
}
_UNKNOWN = "Choisissez dans la liste."


def _frequency(said: str) -> Frequency:
    if said not in set(Frequency):
        raise NotFoundError(_UNKNOWN)
    return Frequency(said)


@get(ROOT, right=Right.SIGNED_IN)
async def searches_page(session: SessionDep, actor: ActorDep, now: NowDep, request: PageRequest) -> Template:
    """The searches of the account, and how often each one tells."""
    context = {
        "rows": await saved.mine(session, actor, now),
        "frequencies": [(str(one), label) for one, label in FREQUENCY_LABELS.items()],
        "done": _DONE.get(request.query_params.get("fait", ""), ""),
    }
    return Template("saved/searches.html", context=context, headers=PRIVATE)


@post(ROOT, right=Right.SIGNED_IN)
async def keep(
    *, session: SessionDep, actor: ActorDep, search: SearchDep, now: NowDep, request: PageRequest
) -> Redirect | Template:
    """Keep the search of an address, as it was understood."""
    form = parse(_parameters(text(await posted(request), "recherche")))
    read = await understand(session, search, form, Stated())
    try:
        await saved.keep(session, actor, wanted_of(read), Frequency.DAILY, now)
    except InvalidInputError as error:
        context = {"message": error.errors[0].message, "back": form.url()}
        return Template("saved/refused.html", context=context, status_code=422)
    return see_other(f"{ROOT}?fait=gardee")


def _parameters(query: str) -> MultiDict[str]:
    return MultiDict(parse_qsl(query[:2000], keep_blank_values=True))


def wanted_of(read: Understood) -> Wanted:
    """What a search asks, once understood: its jobs, its point, and words to name it."""
    form: SearchForm = read.form
    named = read.occupation_label or "Tous les métiers"
    where = f", {read.place_label} à {form.rayon} km" if read.place else ""
    query = form.query()
    return Wanted(
        label=f"{named}{where}",
        query=query,
        rome=read.rome[:20],
        point=read.place,
        radius_km=form.rayon,
    )


@post(f"{ROOT}/{{kept:uuid}}", right=Right.SIGNED_IN)
async def change(
    session: SessionDep, actor: ActorDep, request: PageRequest, kept: FromPath[UUID]
) -> Redirect:
    """How often it tells, or its end."""
    values = await posted(request)
    if text(values, "acte") == "effacer":
        await saved.drop(session, actor, kept)
        return see_other(f"{ROOT}?fait=effacee")
    await saved.set_frequency(session, actor, kept, _frequency(text(values, "frequence")))
    return see_other(f"{ROOT}?fait=changee")


@get(f"{ROOT}/arreter/{{token:str}}", right=Right.ANYONE)
async def stop_page(token: FromPath[str]) -> Template:
    """Ask before the mails stop: filters open links before people do."""
    del token
    return Template("saved/stop.html", context={"done": False}, headers=PRIVATE)


@post(f"{ROOT}/arreter/{{token:str}}", right=Right.ANYONE, status_code=200)
async def stop(session: SessionDep, now: NowDep, token: FromPath[str]) -> Template:
    """Stop the mails of a search."""
    await saved.stop(session, token, now)
    return Template("saved/stop.html", context={"done": True}, headers=PRIVATE)


@get("/favoris", right=Right.SIGNED_IN)
async def favourites_page(session: SessionDep, actor: ActorDep, request: PageRequest) -> Template:
    """One's favourites, or those of the person whose file is open."""
    context = {
        "rows": await favourites.mine(session, actor),
        "name": actor.acting.name if actor.acting else "",
        "done": _DONE.get(request.query_params.get("fait", ""), ""),
    }
    return Template("saved/favourites.html", context=context, headers=PRIVATE)


@post("/favoris", right=Right.SIGNED_IN)
async def put_aside(session: SessionDep, actor: ActorDep, now: NowDep, request: PageRequest) -> Redirect:
    """Put a company aside."""
    values = await posted(request)
    rome, note = text(values, "rome")[:5], text(values, "note")
    await favourites.put_aside(session, actor, text(values, "siret"), rome, note, now)
    return see_other("/favoris?fait=favori")


@post("/favoris/{company:int}/retirer", right=Right.SIGNED_IN)
async def take_away(session: SessionDep, actor: ActorDep, company: FromPath[int]) -> Redirect:
    """Forget a favourite."""
    await favourites.take_away(session, actor, company)
    return see_other("/favoris?fait=retire")


@get("/favoris.csv", right=Right.SIGNED_IN)
async def as_csv(session: SessionDep, actor: ActorDep) -> Response[bytes]:
    """The favourites, for a spreadsheet."""
    return download("favoris.csv", "text/csv", favourites.as_csv(await favourites.mine(session, actor)))


@get("/favoris.pdf", right=Right.SIGNED_IN)
async def as_pdf(session: SessionDep, actor: ActorDep, now: NowDep) -> Response[bytes]:
    """The favourites, to print."""
    rows = await favourites.mine(session, actor)
    values = {"columns": list(favourites.COLUMNS), "rows": [list(favourites.cells(row)) for row in rows]}
    return download("favoris.pdf", "application/pdf", await typeset(_TEMPLATE, values, now))


HANDLERS = [
    searches_page,
    keep,
    change,
    stop_page,
    stop,
    favourites_page,
    put_aside,
    take_away,
    as_csv,
    as_pdf,
]

"""« Qui peut m’accompagner ? »: the agencies of a commune for a situation, which is never in an address."""

from litestar import get, post
from litestar.response import Template

from api.deps import NowDep, SearchDep, SessionDep
from api.pages.forms import PRIVATE, PageRequest, posted, text
from api.pages.search_typed import same_places
from domain.agency import SITUATION_LABELS, Situation
from domain.roles import Right
from domain.values import clean_line
from services.agencies import Proposed, propose
from services.agencies.proposing import NOBODY
from services.lookups import Lookups, PlaceFound, find_places

ROOT = "/structures"
_MOST_TYPED = 100
_UNKNOWN = "Nous ne trouvons pas cette commune. Écrivez son nom ou son code postal."
_WHICH = "Plusieurs communes portent ce nom : écrivez par exemple « {} »."


def _page(
    place: str = "",
    situation: str = "",
    errors: dict[str, str] | None = None,
    found: tuple[Proposed, ...] | None = None,
) -> Template:
    context = {
        "place": place,
        "situation": situation,
        "situations": [(one.value, label) for one, label in SITUATION_LABELS.items()],
        "errors": errors or {},
        "found": found,
        "nobody": NOBODY,
    }
    status = 422 if errors else 200
    return Template("agencies/finding.html", context=context, status_code=status, headers=PRIVATE)


@get(ROOT, right=Right.ANYONE)
async def find_page() -> Template:
    """Where do you live, and what is your situation?"""
    return _page()


@post(ROOT, right=Right.ANYONE, status_code=200)
async def find(session: SessionDep, request: PageRequest, search: SearchDep, now: NowDep) -> Template:
    """The agencies that may accompany the person; nothing of what they said is kept."""
    values = await posted(request)
    typed, said = clean_line(text(values, "lieu"))[:_MOST_TYPED], text(values, "situation")
    place, errors = _place(search.lookups, typed)
    situation = next((one for one in Situation if one.value == said), None)
    if situation is None:
        errors["situation"] = "Choisissez votre situation : elle dit qui peut vous accompagner."
    if place is None or situation is None:
        return _page(typed, said, errors)
    found = await propose(session, place.insee, situation, now.date())
    return _page(place.label, situation.value, None, found)


def _place(lookups: Lookups, typed: str) -> tuple[PlaceFound | None, dict[str, str]]:
    found = find_places(lookups, typed) if typed else []
    named = same_places(found, typed) or found[:1]
    if not named:
        return None, {"lieu": _UNKNOWN}
    if len(named) > 1 and not typed.isdecimal():
        return None, {"lieu": _WHICH.format(named[0].label)}
    return named[0], {}


HANDLERS = [find_page, find]

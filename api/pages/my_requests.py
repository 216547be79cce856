"""A person's requests: the list with what comes next, and each one with its thread, visit and answer.

Who accompanies the person opens the same pages, in their name; each reading is written down.
"""

from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.deps import ActorDep, NowDep, SearchDep, SessionDep, SettingsDep
from api.pages.discussion_acts import DONE, Act, perform
from api.pages.forms import PRIVATE, PageRequest, by_field, posted, see_other
from api.pages.search_view import shown_name
from api.templating import kilometres
from data.session import Session
from domain.discussion import CLOSED, MAX_MESSAGE, STATUS_LABELS, Side, Status
from domain.errors import ConflictError, InvalidInputError, NotFoundError
from domain.roles import Right
from domain.visit import MAX_SLOTS, VISIT_LABELS
from services.discussions import parties, reading, sharing
from services.discussions.alternatives import alternatives
from services.discussions.calendars import calendar_of
from services.discussions.fitting import who_fits
from services.discussions.mine import my_requests, of_my_people
from services.discussions.parties import HIDDEN, Party
from services.discussions.reading import Seen
from services.search import SearchHit

ROOT = "/demandes"
_PAGE = f"{ROOT}/{{discussion:uuid}}"


@get(ROOT, right=Right.SIGNED_IN)
async def list_page(session: SessionDep, actor: ActorDep) -> Template:
    """The requests of this account, or of the person whose file is open: those that live first."""
    context = {"mine": await my_requests(session, actor)}
    return Template("discussions/mine.html", context=context, headers=PRIVATE)


@get("/accompagnement/demandes", right=Right.AGENT)
async def peoples_page(session: SessionDep, actor: ActorDep, now: NowDep) -> Template:
    """The requests of the people this agent accompanies: what to validate, who to call."""
    context = {"found": await of_my_people(session, actor, now)}
    return Template("accompaniment/requests.html", context=context, headers=PRIVATE)


@get("/accompagnement/offre/{offer:int}", right=Right.AGENT)
async def fitting_page(
    session: SessionDep, actor: ActorDep, search: SearchDep, now: NowDep, offer: FromPath[int]
) -> Template:
    """Who, among the people this agent accompanies, fits an offer."""
    context = {"found": await who_fits(session, search, actor, offer, now)}
    return Template("accompaniment/fitting.html", context=context, headers=PRIVATE)


@get(_PAGE, right=Right.SIGNED_IN)
async def request_page(
    *,
    session: SessionDep,
    actor: ActorDep,
    request: PageRequest,
    now: NowDep,
    search: SearchDep,
    discussion: FromPath[UUID],
) -> Template:
    """One request, from the person's side, with other companies while this one has not accepted."""
    party = await parties.read(session, actor, discussion)
    if Side.CANDIDATE not in party.sides and Side.COMPANY in party.sides:
        raise NotFoundError(HIDDEN)
    await reading.note_reading(session, party, now)
    page = await _page(session, party, now)
    if party.row.status is not Status.ACCEPTED:
        found = await alternatives(session, search, party.row, now)
        page.context["others"] = [other_company(hit) for hit in found]
    page.context["done"] = DONE.get(request.query_params.get("fait", ""), "")
    if party.row.status in CLOSED or party.row.status is Status.PENDING:
        page.context["others"] = await alternatives(session, search, party.row, now)
    return page


async def _page(
    session: Session,
    party: Party,
    now: NowDep,
    *,
    error: InvalidInputError | None = None,
    values: dict[str, str | list[str]] | None = None,
) -> Template:
    seen = await reading.see(session, party, Side.CANDIDATE, now)
    context = {
        **thread_context(seen, f"{ROOT}/{seen.row.id}", error, values),
        "shares": await sharing.shares(session, party),
        "in_their_name": party.actor.beneficiary != seen.row.beneficiary_id,
    }
    status = 422 if error else 200
    return Template("discussions/request.html", context=context, status_code=status, headers=PRIVATE)


def other_company(hit: SearchHit) -> dict[str, str]:
    """What is said of another company that could be asked."""
    away = "" if hit.distance_km is None else f", {kilometres(hit.distance_km)}"
    return {
        "url": f"/entreprises/{hit.card.siret}/{hit.card.place_id}/{hit.occupation.code}",
        "name": shown_name(hit.card.name),
        "said": f"{hit.offer_label}, {hit.card.city}{away}",
    }


def thread_context(
    seen: Seen, url: str, error: InvalidInputError | None, values: dict[str, str | list[str]] | None
) -> dict[str, object]:
    """What the templates of a thread need, whatever door it is read from; `url` is where its forms post."""
    return {
        "seen": seen,
        "url": url,
        "errors": by_field(error) if error else {},
        "typed": values or {},
        "done": "",
        "status_label": STATUS_LABELS[seen.row.status],
        "visit_labels": VISIT_LABELS,
        "availability": reading.availability(seen.row.availability),
        "max_message": MAX_MESSAGE,
        "max_slots": MAX_SLOTS,
        "closed": seen.row.status in CLOSED,
        "others": (),
    }


@post(_PAGE, right=Right.SIGNED_IN)
async def act(
    *,
    session: SessionDep,
    actor: ActorDep,
    request: PageRequest,
    now: NowDep,
    discussion: FromPath[UUID],
) -> Template | Redirect:
    """What a button of the page does."""
    party = await parties.lock(session, actor, discussion)
    values = await posted(request)
    try:
        done = await perform(Act(session, party.on(Side.CANDIDATE), Side.CANDIDATE, values, now))
    except InvalidInputError as error:
        return await _page(session, party, now, error=error, values=values)
    return see_other(f"{ROOT}/{discussion}?fait={done}")


@get(f"{_PAGE}/fichiers/{{file:uuid}}", right=Right.SIGNED_IN)
async def file(
    session: SessionDep, actor: ActorDep, discussion: FromPath[UUID], file: FromPath[UUID]
) -> Response[bytes]:
    """A file of the discussion, always as a download."""
    party = await parties.read(session, actor, discussion)
    return download(*await reading.file_of(session, party, file))


@get(f"{_PAGE}/visite.ics", right=Right.SIGNED_IN)
async def calendar(
    session: SessionDep, actor: ActorDep, now: NowDep, settings: SettingsDep, discussion: FromPath[UUID]
) -> Response[bytes]:
    """The visit, for a calendar."""
    party = await parties.read(session, actor, discussion)
    seen = await reading.see(session, party, next(iter(party.sides)), now)
    return visit_calendar(seen, settings.public_url)


def visit_calendar(seen: Seen, public_url: str) -> Response[bytes]:
    """The calendar file of the latest visit that was picked; raises `ConflictError` when none was."""
    picked = next((one.row for one in seen.visits if one.row.starts_at is not None), None)
    if picked is None:
        raise ConflictError("Aucune date de visite n’est encore choisie.")
    host = public_url.split("://", 1)[-1].split("/", 1)[0] or "escale"
    content = calendar_of(seen.row, picked, host)
    return download("visite.ics", "text/calendar", content)


def download(name: str, media_type: str, content: bytes) -> Response[bytes]:
    """Bytes to save: never shown by the browser as a page of ours."""
    safe = "".join(one if one.isascii() and (one.isalnum() or one in "._- ") else "_" for one in name)
    headers = {
        **PRIVATE,
        "Content-Disposition": f'attachment; filename="{safe}"',
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type=media_type, headers=headers)


HANDLERS = [list_page, peoples_page, fitting_page, request_page, act, file, calendar]

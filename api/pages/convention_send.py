"""A draft read again, sent to be signed, its link sent by mail, its words kept as a template."""

from datetime import datetime

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.deps import ActorDep, ClientIpDep, CountersDep, NowDep, OfficeDep, SessionDep, SettingsDep
from api.limits import limit_convention_drafts, limit_convention_links
from api.pages.convention_form import KEY, home, moved_on
from api.pages.convention_view import left_in, linked, trail, twin_url, url_of
from api.pages.forms import PRIVATE, PageRequest, posted, see_other, text
from data.queries.conventions import ConventionRow
from data.session import Session
from domain.contacts import tidy_email
from domain.convention import EDITABLE, STATUS_LABELS, As, Move
from domain.errors import ConflictError, InvalidInputError, TwinError
from domain.roles import Actor, Right
from domain.terms_checks import tidied
from services.conventions import parties, reading, templates
from services.conventions.consulting import note_leafing
from services.conventions.draft_links import SIDES
from services.conventions.drafting import submit
from services.conventions.opening import Opened, open_by
from services.conventions.sharing import share

_RECAP = f"{KEY}/relire"
_ID_DIGITS = 9


async def _recap(
    session: Session,
    actor: Actor,
    opened: Opened,
    now: datetime,
    *,
    refused: bool = False,
    conflict: str = "",
) -> Template:
    row = opened.standing.row
    left = await left_in(session, row, now)
    context = {
        "row": row,
        "terms": tidied(row.document),
        "prescriber": await reading.prescriber(session, row),
        "key": opened.key,
        "url": url_of(opened.key),
        "trail": trail(opened.key, row, left),
        "left": linked(opened.key, left.errors),
        "twin": await twin_url(session, actor, left.twin) if left.twin else "",
        "refused": refused and bool(left.errors),
        "conflict": conflict,
    }
    status = 409 if conflict or (refused and left.twin) else 422 if refused and left.errors else 200
    return Template("conventions/form_recap.html", context=context, status_code=status, headers=PRIVATE)


@get(_RECAP, right=Right.ANYONE)
async def recap_page(
    session: SessionDep, actor: ActorDep, now: NowDep, key: FromPath[str]
) -> Template | Redirect:
    """The exact document, what is still to be completed, and the button that sends it."""
    opened = await open_by(session, actor, key, now)
    if moved := moved_on(opened):
        return moved
    await note_leafing(session, opened.standing, now)
    return await _recap(session, actor, opened, now)


@post(_RECAP, right=Right.ANYONE)
async def send(  # noqa: PLR0913 - what handlers are given
    *,
    office: OfficeDep,
    request: PageRequest,
    actor: ActorDep,
    counters: CountersDep,
    settings: SettingsDep,
    client_ip: ClientIpDep,
    key: FromPath[str],
) -> Template | Redirect:
    """Send the draft to those who sign; sent already by somebody else, it shows what happens next."""
    session, now = office.session, office.now
    opened = await open_by(session, actor, key, now, locked=True)
    if moved := moved_on(opened):
        return moved
    await limit_convention_drafts(counters, settings, client_ip)
    typed = text(await posted(request), "version")
    version = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= _ID_DIGITS else 0
    try:
        await submit(office, opened.standing, version)
    except (InvalidInputError, TwinError):
        return await _recap(session, actor, opened, now, refused=True)
    except ConflictError as error:
        return await _recap(session, actor, opened, now, conflict=error.message)
    return see_other(f"{url_of(key)}/envoyee")


@get(f"{KEY}/envoyee", right=Right.ANYONE)
async def sent_page(
    session: SessionDep, actor: ActorDep, now: NowDep, key: FromPath[str]
) -> Template | Redirect:
    """Who has to sign, and what happens next."""
    opened = await open_by(session, actor, key, now)
    if opened.is_draft:
        return see_other(url_of(key))
    await note_leafing(session, opened.standing, now)
    row = opened.standing.row
    context = {
        "row": row,
        "people": reading.signed_by(row),
        "status_label": STATUS_LABELS[row.status],
        "waits": row.status in EDITABLE,
        "page": f"/conventions/{row.id}" if await _may_open(session, actor, row) else "",
    }
    return Template("conventions/form_sent.html", context=context, headers=PRIVATE)


async def _may_open(session: Session, actor: Actor, row: ConventionRow) -> bool:
    return actor.signed_in and bool(await parties.whom_of(session, actor, row))


@post(f"{KEY}/partager", right=Right.ANYONE)
async def share_link(  # noqa: PLR0913 - what handlers are given
    *,
    session: SessionDep,
    request: PageRequest,
    actor: ActorDep,
    counters: CountersDep,
    settings: SettingsDep,
    client_ip: ClientIpDep,
    now: NowDep,
    key: FromPath[str],
) -> Template | Redirect:
    """Send the draft's link to the person or to the company, for their part."""
    opened = await open_by(session, actor, key, now, locked=True)
    if moved := moved_on(opened):
        return moved
    opened.standing.step(Move.WRITE)
    values = await posted(request)
    side = next((one for one in SIDES if one.value == text(values, "a")), As.BENEFICIARY)
    email = text(values, f"email.{side.value}")[:300]
    await limit_convention_links(counters, settings, client_ip, tidy_email(email).lower())
    try:
        await share(session, opened, side, email, now)
    except InvalidInputError as error:
        return await home(session, actor, opened, now, error=error, values=values)
    return see_other(f"{url_of(key)}?fait=lien")


@post(f"{KEY}/modele", right=Right.SIGNED_IN)
async def keep_template(
    session: SessionDep, request: PageRequest, actor: ActorDep, now: NowDep, key: FromPath[str]
) -> Template | Redirect:
    """Keep the document as a template of an agency or a company, without the person."""
    opened = await open_by(session, actor, key, now)
    if moved := moved_on(opened):
        return moved
    values = await posted(request)
    terms = opened.standing.row.document
    try:
        await templates.save(session, actor, terms, text(values, "owner"), text(values, "label"), now)
    except InvalidInputError as error:
        return await home(session, actor, opened, now, error=error, values=values)
    return see_other(f"{url_of(key)}?fait=modele")


HANDLERS = [recap_page, send, sent_page, share_link, keep_template]

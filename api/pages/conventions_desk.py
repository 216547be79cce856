"""The agency's desk: its conventions with what is late first, searched, counted, reminded, exported.

The words of a search name people: they are posted, and stay out of addresses and of their logs.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.response import Redirect, Template

from api.deps import ActorDep, NowDep, OfficeDep, SessionDep
from api.pages.forms import PRIVATE, PageRequest, by_field, day_of, posted, see_other, text
from api.pages.my_requests import download
from data.queries.convention_lists import Key
from data.session import Session
from domain.convention import SIGNABLE, STATUS_LABELS, Status
from domain.convention_late import DEPOSIT_LABELS, LATE_LABELS, Deposit
from domain.errors import InvalidInputError
from domain.roles import Actor, Right
from services.conventions import exporting, lists
from services.conventions.lists import Asked
from services.conventions.reminding_all import Reminded, remind_all

ROOT = "/accompagnement/conventions"
DONE = {"transmise": "La convention est transmise. Tout le monde est prévenu."}
_MAX_WORDS = 100
_NOBODY = "aucun"
"""Instead of a counsellor's id: the conventions that name none."""
_KEY = re.compile(r"([0-9])\.(-?[0-9]{1,10})\.([0-9a-f-]{36})")
_REMINDED = "relances"
_COUNT_DIGITS = 4
_FARTHEST = (1 << 31) - 1
"""Positions are integers of PostgreSQL: it refuses a greater one."""
_FILES = {
    "csv": ("conventions.csv", "text/csv; charset=utf-8", exporting.to_csv),
    "xlsx": (
        "conventions.xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        exporting.to_xlsx,
    ),
}


def asked_of(values: Mapping[str, str | list[str]]) -> Asked:
    """The filters of an address or a form; what is not one is left out."""
    agency, statuses = text(values, "structure"), {one.value: one for one in Status}
    status = statuses.get(text(values, "statut"))
    deposits = {one.value: one for one in Deposit}
    return Asked(
        words=text(values, "q").strip()[:_MAX_WORDS],
        statuses=frozenset({status}) if status else frozenset(),
        agency=int(agency) if agency.isascii() and agency.isdecimal() and len(agency) < 19 else None,  # noqa: PLR2004 - digits of a bigint
        counsellor=_uuid(text(values, "conseil")),
        unfollowed=text(values, "conseil") == _NOBODY,
        starts_from=day_of(text(values, "du")),
        starts_to=day_of(text(values, "au")),
        late=text(values, "retard") == "1",
        deposit=deposits.get(text(values, "depot")),
        archived=text(values, "archives") == "1",
    )


def _uuid(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


def fields_of(asked: Asked) -> dict[str, str]:
    """The same as the fields of an address, without the words; empty ones left out."""
    status = next(iter(asked.statuses), None)
    found = {
        "statut": status.value if status else "",
        "structure": str(asked.agency) if asked.agency is not None else "",
        "conseil": _NOBODY if asked.unfollowed else str(asked.counsellor or ""),
        "du": asked.starts_from.isoformat() if asked.starts_from else "",
        "au": asked.starts_to.isoformat() if asked.starts_to else "",
        "retard": "1" if asked.late else "",
        "depot": asked.deposit.value if asked.deposit else "",
        "archives": "1" if asked.archived else "",
    }
    return {name: value for name, value in found.items() if value}


def key_of(typed: str) -> Key | None:
    """Where a page begins, as `key_text` writes it; None when it is nothing of ours."""
    found = _KEY.fullmatch(typed)
    identifier = _uuid(found[3]) if found else None
    if found is None or identifier is None or abs(int(found[2])) > _FARTHEST:
        return None
    return Key(int(found[1]), int(found[2]), identifier)


def key_text(key: Key | None) -> str:
    """The key of a page in an address: a rank, a number, an id."""
    return f"{key.rank}.{key.position}.{key.id}" if key else ""


async def _page(  # noqa: PLR0913 - what the page shows
    session: Session,
    actor: Actor,
    now: datetime,
    asked: Asked,
    key: str,
    *,
    told: str = "",
    error: InvalidInputError | None = None,
    chosen: tuple[str, ...] = (),
) -> Template:
    found = await lists.desk(session, actor, asked, now, key_of(key))
    context = {
        "desk": found,
        "asked": asked,
        "fields": fields_of(asked),
        "hidden": fields_of(asked) | ({"q": asked.words} if asked.words else {}),
        "later": key_text(found.after),
        "first": not key_of(key),
        "labels": STATUS_LABELS,
        "late_labels": LATE_LABELS,
        "deposit_labels": DEPOSIT_LABELS,
        "signable": SIGNABLE,
        "told": told,
        "errors": by_field(error) if error else {},
        "chosen": chosen,
        "here": key_text(key_of(key)),
        "address": lambda changed: f"{ROOT}?{urlencode(changed)}" if changed else ROOT,
        "all_of": fields_of(replace(asked, statuses=frozenset(), late=False, deposit=None)),
    }
    status = 422 if error else 200
    return Template("conventions/desk.html", context=context, status_code=status, headers=PRIVATE)


@get(ROOT, right=Right.AGENT)
async def desk_page(session: SessionDep, actor: ActorDep, now: NowDep, request: PageRequest) -> Template:
    """What the filters of the address show."""
    values = {name: value for name, value in request.query_params.items() if name != "q"}
    told = _told(values) if values.get("fait") == _REMINDED else DONE.get(values.get("fait", ""), "")
    return await _page(session, actor, now, asked_of(values), values.get("apres", ""), told=told)


@post(ROOT, right=Right.AGENT, status_code=200)
async def search_page(
    session: SessionDep, actor: ActorDep, now: NowDep, request: PageRequest
) -> Template | Redirect:
    """The same with words; without, the address of the filters alone, which can be kept."""
    values = await posted(request)
    asked = asked_of(values)
    if asked.words:
        return await _page(session, actor, now, asked, text(values, "apres"))
    fields = fields_of(asked)
    return see_other(f"{ROOT}?{urlencode(fields)}" if fields else ROOT)


@post(f"{ROOT}/export", right=Right.AGENT, status_code=200)
async def export(session: SessionDep, actor: ActorDep, now: NowDep, request: PageRequest) -> Response[bytes]:
    """Exactly what the filters show, all pages of it, as a file."""
    values = await posted(request)
    name, media_type, made = _FILES.get(text(values, "format"), _FILES["csv"])
    rows = await lists.export(session, actor, asked_of(values), now)
    return download(name, media_type, await asyncio.to_thread(made, rows))


@post(f"{ROOT}/rappels", right=Right.AGENT)
async def remind_several(office: OfficeDep, actor: ActorDep, request: PageRequest) -> Template | Redirect:
    """Remind the signatories of the conventions ticked; the same filters again, with what was done.

    Words searched stay out of the address: the page that has them is the answer itself. Sent once more by
    a reload, it reminds nobody twice in a day.
    """
    values = await posted(request)
    asked, key, session = asked_of(values), text(values, "apres"), office.session
    given = values.get("chosen", [])
    chosen = (given,) if isinstance(given, str) else tuple(given)
    ids = [one for one in map(_uuid, chosen) if one is not None]
    try:
        found = await remind_all(office, actor, ids)
    except InvalidInputError as error:
        return await _page(session, actor, office.now, asked, key, error=error, chosen=chosen)
    if asked.words:
        return await _page(session, actor, office.now, asked, key, told=_reminded(found))
    done = {"fait": _REMINDED, "personnes": str(found.people), "reste": str(found.left)}
    return see_other(f"{ROOT}?{urlencode(fields_of(asked) | ({'apres': key} if key_of(key) else {}) | done)}")


def _told(values: Mapping[str, str]) -> str:
    """What the bulk reminders did, from the address that they lead to."""
    counts = [values.get(name, "") for name in ("personnes", "reste")]
    if not all(one.isascii() and one.isdecimal() and len(one) <= _COUNT_DIGITS for one in counts):
        return ""
    return _reminded(Reminded(*map(int, counts)))


def _reminded(found: Reminded) -> str:
    people = {0: "Personne n’est relancé.", 1: "Une personne est relancée."}
    left = {
        0: "",
        1: " Une convention n’a plus personne à relancer aujourd’hui.",
    }
    first = people.get(found.people, f"{found.people} personnes sont relancées.")
    more = f" {found.left} conventions n’ont plus personne à relancer aujourd’hui."
    return first + left.get(found.left, more)


HANDLERS = [desk_page, search_page, export, remind_several]

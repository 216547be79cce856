"""Searches kept: their owner is told of the companies that come, at the pace they chose, until they stop.

What is told is read when the mail is written: nothing twice, nothing that has gone meanwhile.
"""

from datetime import datetime
from uuid import UUID

from data.queries import saved, users
from data.queries.saved import SavedRow
from data.session import ReadSession, Session
from domain.errors import ConflictError, NotFoundError
from domain.roles import Actor, require_account
from domain.saved import EVERY, MAX_SAVED, Frequency, Wanted, check_wanted
from services import links
from services.emails import Action, Mail, send
from services.followups import Event, follow
from services.links import Purpose, mint
from services.work import Tools, Work

MOST_NAMED = 5
ROOT = "/recherches-enregistrees"
_HIDDEN = "Cette recherche n’existe pas, ou n’est pas à vous."
_MANY = f"Vous avez déjà {MAX_SAVED} recherches. Effacez-en une pour en garder une autre."


async def mine(session: Session, actor: Actor, now: datetime) -> tuple[SavedRow, ...]:
    """One's kept searches, the latest first: looking at them keeps them one more year."""
    user = require_account(actor)
    await saved.seen(session, user, now)
    return await saved.of_user(session, user)


async def keep(session: Session, actor: Actor, wanted: Wanted, frequency: Frequency, now: datetime) -> None:
    """Keep a search; raises `InvalidInputError` on `label`, `ConflictError` when there are too many."""
    user = require_account(actor)
    label = check_wanted(wanted)
    known = await saved.of_user(session, user)
    if len(known) >= MAX_SAVED and wanted.query not in {one.query for one in known}:
        raise ConflictError(_MANY)
    values = {
        "label": label,
        "query": wanted.query,
        "rome": list(wanted.rome),
        "lat": wanted.point.lat if wanted.point else None,
        "lon": wanted.point.lon if wanted.point else None,
        "radius_km": wanted.radius_km,
        "frequency": frequency.value,
    }
    await saved.keep(session, user, values, now)


async def set_frequency(session: Session, actor: Actor, search: UUID, frequency: Frequency) -> None:
    """How often one is told; raises `NotFoundError` for another's search."""
    await saved.set_frequency(session, await _own(session, actor, search), frequency)


async def drop(session: Session, actor: Actor, search: UUID) -> None:
    """Forget a search; raises `NotFoundError` for another's."""
    await saved.drop(session, await _own(session, actor, search))


async def stop(session: Session, token: str, now: datetime) -> None:
    """Stop the mails of a search, by the link they carry; twice is the same. Raises as `links.find`."""
    link = await links.find(session, token, Purpose.STOP_ALERT, now)
    await saved.set_frequency(session, UUID(link.subject_id), Frequency.NONE)


async def tell_due(session: Session, now: datetime) -> int:
    """By the clock: the searches looked at long enough ago are looked at again; how many."""
    told = 0
    for frequency, every in EVERY.items():
        # An hour less: the clock's own minutes must not skip a day.
        for search in await saved.due(session, frequency, now - every + EVERY[Frequency.DAILY] / 24):
            await follow(session, Event.SEARCH_DUE, search=str(search))
            told += 1
    return told


async def match(session: Session, _tools: Tools, work: Work) -> None:
    """A company has just been published: the owners told at once are."""
    for search in await saved.immediate_for(session, int(work.payload["company"])):
        await follow(session, Event.SEARCH_DUE, search=str(search))


async def news_mail(session: Session, tools: Tools, work: Work) -> None:
    """Tell of the companies that came since the last time; nothing when there are none."""
    row = await saved.by_id(session, UUID(work.payload["search"]))
    if row is None or row.frequency is Frequency.NONE:
        return
    found = await saved.newcomers(session, row.id, MOST_NAMED + 1)
    await saved.checked(session, row.id, work.now)
    owner = await users.by_id(session, row.user_id)
    if not found or owner is None:
        return
    named = [f"{one.name}, {one.city}" for one in found[:MOST_NAMED]]
    context = {
        "label": row.label,
        "companies": "\n".join(named),
        "more": "oui" if len(found) > MOST_NAMED else "",
        "stop": tools.public_url
        + await mint(session, tools.secret_key, work, Purpose.STOP_ALERT, str(row.id)),
    }
    action = Action("Voir ces entreprises", f"/recherche?{row.query}")
    mail = Mail(
        template="saved_search_news",
        subject_id=str(row.id),
        recipient=owner.email,
        context=context,
        action=action,
    )
    await send(session, tools, work, mail)


async def _own(session: ReadSession, actor: Actor, search: UUID) -> UUID:
    row = await saved.by_id(session, search)
    if row is None or row.user_id != actor.user:
        raise NotFoundError(_HIDDEN)
    return row.id

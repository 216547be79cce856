"""Everything held about a person's requests for an immersion, read whole, as `own_data` reads the rest."""

from typing import Any

from sqlalchemy import Date, Select, cast, func, or_, select

from data.queries.own_data import Person, name_of, read_all
from data.session import ReadSession
from data.tables import (
    agencies,
    companies,
    contact_drafts,
    discussion_files,
    discussion_messages,
    discussions,
    favourites,
    offers,
    saved_searches,
    users,
    visits,
)
from domain.own_data import (
    AttachedHeld,
    DraftHeld,
    FavouriteHeld,
    RequestHeld,
    SavedSearchHeld,
    ThreadHeld,
    VisitHeld,
)

_d, _company = discussions.c, companies.c.name.label("company")
_COMPUTED = {"company", "agent", "agency", "start", "end", "half_days"}


async def requests(session: ReadSession, person: Person) -> tuple[RequestHeld, ...]:
    """Requests for an immersion."""
    asked = _d.availability
    query = (
        select(*(_d[name] for name in RequestHeld.__slots__ if name not in _COMPUTED), _company)
        .add_columns(
            name_of().label("agent"),
            func.coalesce(agencies.c.name, "").label("agency"),
            cast(asked["start"].astext, Date).label("start"),
            cast(asked["end"].astext, Date).label("end"),
            asked["half_days"].label("half_days"),
        )
        .join(companies, companies.c.id == _d.company_id)
        .outerjoin(users, users.c.id == _d.agent_id)
        .outerjoin(agencies, agencies.c.id == _d.agency_id)
        .where(_d.beneficiary_id == person.beneficiary)
    )
    return await read_all(session, RequestHeld, query.order_by(_d.created_at, _d.id))


def _thread() -> Select[Any]:
    m = discussion_messages.c
    query = select(_company, m.sent_at, m.side, m.channel, m.body, m.wiped_at)
    joined = query.join(discussions, _d.id == m.discussion_id).join(
        companies, companies.c.id == _d.company_id
    )
    return joined.order_by(m.sent_at, m.id)


async def threads(session: ReadSession, person: Person) -> tuple[ThreadHeld, ...]:
    """Messages of the person's requests, of both sides."""
    return await read_all(session, ThreadHeld, _thread().where(_d.beneficiary_id == person.beneficiary))


async def written(session: ReadSession, person: Person) -> tuple[ThreadHeld, ...]:
    """Messages the account wrote in the requests of others."""
    mine = discussion_messages.c.author_id == person.user
    return await read_all(session, ThreadHeld, _thread().where(mine, _d.beneficiary_id != person.beneficiary))


async def files(session: ReadSession, person: Person) -> tuple[AttachedHeld, ...]:
    """Files of the person's requests, and of those begun with the account's address."""
    f = discussion_files.c
    query = (
        select(f.name, f.kind, f.media_type, f.added_at, f.content)
        .outerjoin(discussions, _d.id == f.discussion_id)
        .outerjoin(contact_drafts, contact_drafts.c.id == f.draft_id)
        .where(
            or_(_d.beneficiary_id == person.beneficiary, func.lower(contact_drafts.c.email) == person.email)
        )
    )
    return await read_all(session, AttachedHeld, query.order_by(f.added_at, f.id))


async def visits_of(session: ReadSession, person: Person) -> tuple[VisitHeld, ...]:
    """Visits of the person's requests."""
    v = visits.c
    query = (
        select(_company, v.proposed_by, v.status, v.slots, v.starts_at, v.minutes, v.place)
        .add_columns(v.created_at, v.updated_at)
        .join(discussions, _d.id == v.discussion_id)
        .join(companies, companies.c.id == _d.company_id)
        .where(_d.beneficiary_id == person.beneficiary)
    )
    return await read_all(session, VisitHeld, query.order_by(v.created_at, v.id))


async def drafts(session: ReadSession, person: Person) -> tuple[DraftHeld, ...]:
    """Requests begun with the account's address."""
    t = contact_drafts.c
    query = (
        select(_company, t.email, t.created_at, t.updated_at, t.sent_at, t.data)
        .join(offers, offers.c.id == t.offer_id)
        .join(companies, companies.c.id == offers.c.company_id)
        .where(func.lower(t.email) == person.email)
    )
    return await read_all(session, DraftHeld, query.order_by(t.created_at, t.id))


async def saved(session: ReadSession, person: Person) -> tuple[SavedSearchHeld, ...]:
    """Searches that the account keeps."""
    s = saved_searches.c
    query = select(*(s[name] for name in SavedSearchHeld.__slots__)).where(s.user_id == person.user)
    return await read_all(session, SavedSearchHeld, query.order_by(s.created_at, s.id))


async def favourites_of(session: ReadSession, person: Person) -> tuple[FavouriteHeld, ...]:
    """Companies kept for the person, by whoever put them there."""
    f = favourites.c
    query = (
        select(_company, f.rome, f.note, name_of().label("by"), f.added_at)
        .join(companies, companies.c.id == f.company_id)
        .outerjoin(users, users.c.id == f.added_by)
        .where(f.beneficiary_id == person.beneficiary)
    )
    return await read_all(session, FavouriteHeld, query.order_by(f.added_at, f.company_id))

"""A new convention: from nothing, a request, a company, a person, a template, or another convention.

A company that answered by a mail's link begins it by that link, as the company (`ANSWERED`).
"""

import re
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.deps import ActorDep, ClientIpDep, CountersDep, NowDep, OfficeDep, SessionDep, SettingsDep, SireneDep
from api.limits import limit_convention_drafts
from api.pages.convention_view import ROOT, url_of
from api.pages.forms import PRIVATE, PageRequest, posted, see_other, text
from data.queries import convention_sources
from data.session import Session
from domain.convention import As, Status
from domain.errors import NotFoundError
from domain.roles import NOBODY, Actor, Right
from domain.values import SIRET_PATTERN
from services.conventions import parties, templates
from services.conventions.drafting import link, start
from services.conventions.opening import begun_for, duplicated, key_for
from services.conventions.prefill import Asker, Source, begin, begin_answered
from services.discussions import answering

NEW = f"{ROOT}/nouvelle"
ANSWERED = "/reponse/{token:str}/convention"
_NAMES = ("demande", "entreprise", "personne", "modele")
_MOST_TYPED = 36


def _source(given: dict[str, str]) -> Source:
    """What the address or the form names; raises `NotFoundError` for an id that is none."""
    siret = given["entreprise"]
    return Source(
        discussion=_id(given["demande"]),
        siret=siret if re.fullmatch(SIRET_PATTERN, siret) else "",
        person=_id(given["personne"]),
        template=_id(given["modele"]),
    )


def _id(typed: str) -> UUID | None:
    if not typed:
        return None
    try:
        return UUID(typed)
    except ValueError:
        raise NotFoundError("Cette page n’existe pas : vérifiez l’adresse.") from None


async def _existing(session: Session, actor: Actor, source: Source) -> UUID | None:
    """The convention that the other side of a request has begun, for those who may open it."""
    found = await convention_sources.of_discussion(session, source.discussion) if source.discussion else None
    if found is None:
        return None
    try:
        return (await parties.read(session, actor, found)).row.id
    except NotFoundError:
        return None


@get(NEW, right=Right.ANYONE)
async def new_page(session: SessionDep, actor: ActorDep, request: PageRequest, now: NowDep) -> Template:
    """What is known already, what a convention is, and the button that begins one."""
    given = {name: request.query_params.get(name, "")[:_MOST_TYPED] for name in _NAMES}
    source = _source(given)
    begun = await begin(Asker(session, actor, now), source)
    existing = await _existing(session, actor, source)
    context = {
        "action": NEW,
        "given": {name: value for name, value in given.items() if value},
        "begun": begun,
        "existing": existing,
        "existing_url": url_of(str(existing)) if existing else "",
        "sent": False,
        "templates": [] if source.template else await templates.listed(session, actor),
    }
    return Template("conventions/form_start.html", context=context, headers=PRIVATE)


@post(NEW, right=Right.ANYONE)
async def begin_draft(  # noqa: PLR0913 - what handlers are given
    *,
    office: OfficeDep,
    actor: ActorDep,
    request: PageRequest,
    sirene: SireneDep,
    counters: CountersDep,
    settings: SettingsDep,
    client_ip: ClientIpDep,
) -> Redirect:
    """Begin a draft with everything known, and open it; one that a request has already is opened instead."""
    values = await posted(request)
    source = _source({name: text(values, name)[:_MOST_TYPED] for name in _NAMES})
    existing = await _existing(office.session, actor, source)
    if existing is not None and not text(values, "autre"):
        return see_other(url_of(str(existing)))
    await limit_convention_drafts(counters, settings, client_ip)
    begun = await begin(Asker(office.session, actor, office.now, sirene), source)
    row = await start(office, actor, begun.terms, begun.origin)
    return see_other(url_of(await key_for(office.session, actor, row.id, office.now)))


@post("/conventions/{convention:uuid}/dupliquer", right=Right.SIGNED_IN)
async def duplicate(office: OfficeDep, actor: ActorDep, convention: FromPath[UUID]) -> Redirect:
    """Another draft with the same words, without dates."""
    standing = await parties.read(office.session, actor, convention)
    terms, origin = duplicated(standing)
    row = await start(office, actor, terms, origin)
    return see_other(url_of(str(row.id)))


@get(ANSWERED, right=Right.ANYONE)
async def answered_page(session: SessionDep, now: NowDep, token: FromPath[str]) -> Template:
    """The same page for the company of a request accepted, by its link: nothing is begun, nor opened."""
    party = await answering.by_link(session, token, now)
    existing = await begun_for(session, party)
    context = {
        "action": f"/reponse/{token}/convention",
        "given": {},
        "begun": await begin_answered(Asker(session, NOBODY, now), party),
        "existing": existing,
        "existing_url": "",
        "sent": existing is not None and existing.status is not Status.DRAFT,
        "templates": [],
    }
    return Template("conventions/form_start.html", context=context, headers=PRIVATE)


@post(ANSWERED, right=Right.ANYONE)
async def begin_answered_draft(  # noqa: PLR0913 - what handlers are given
    *,
    office: OfficeDep,
    request: PageRequest,
    sirene: SireneDep,
    counters: CountersDep,
    settings: SettingsDep,
    client_ip: ClientIpDep,
    token: FromPath[str],
) -> Redirect:
    """Begin a draft, or open that of the request, by a link for the company's part."""
    session, now = office.session, office.now
    party = await answering.by_link(session, token, now)
    await limit_convention_drafts(counters, settings, client_ip)
    begun = await begin_answered(Asker(session, NOBODY, now, sirene), party)
    row = None if text(await posted(request), "autre") else await begun_for(session, party)
    if row is None:
        row = await start(office, NOBODY, begun.terms, begun.origin, As.COMPANY)
    elif row.status is not Status.DRAFT:
        return see_other(f"/reponse/{token}/convention")
    return see_other(url_of(await link(session, row.id, now, As.COMPANY)))


HANDLERS = [new_page, begin_draft, answered_page, begin_answered_draft, duplicate]

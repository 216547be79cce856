"""The page of a request as its templates show it: the company, who asks, the fields, what to do instead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from litestar.datastructures import Cookie
from litestar.response import Template

from api.pages.contact_inputs import OPENED, UNSEEN
from api.pages.forms import PRIVATE
from api.pages.search_form import SearchForm
from api.pages.search_view import shown_name
from data.queries.contacts import OfferAsked
from data.queries.passports import PassportKey
from data.session import Session
from domain.contact_request import HALF_DAY_LABELS, ContactRequest
from domain.discussion import MAX_MESSAGE
from domain.errors import DomainError, TwinError
from domain.roles import Actor
from domain.search import OBJECTIVE_LABELS, ContactMode
from services.companies import public_company
from services.discussions import drafting
from services.discussions.drafting import Draft
from services.passports import show_passport

ROOT = "/demande"
HOW = {
    ContactMode.EMAIL: "L’entreprise reçoit votre demande et vous répond ici et par e-mail.",
    ContactMode.PHONE: (
        "L’entreprise préfère être appelée : une fois la demande envoyée, vous avez le nom et le numéro."
    ),
    ContactMode.IN_PERSON: (
        "L’entreprise préfère que vous passiez : une fois la demande envoyée, vous savez qui demander."
    ),
}
_DONE = {
    "garde": "C’est enregistré sur cet appareil pour 30 jours. Revenez sur cette page pour finir.",
    "cv": "Votre CV est ajouté.",
    "cv-retire": "Votre CV est retiré.",
    "prouve": "Votre adresse est confirmée et votre compte est ouvert. Corrigez la demande, puis envoyez-la.",
}
_HALVES = [(one.value, label.partition(" ")) for one, label in HALF_DAY_LABELS.items()]
_DAYS = [
    (morning[1][0], ((morning[0], morning[1][2]), (afternoon[0], afternoon[1][2])))
    for morning, afternoon in zip(_HALVES[::2], _HALVES[1::2], strict=True)
]
"""Each day, then the value and the word of its morning and of its afternoon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What one showing of the form holds."""

    request: ContactRequest
    opened: str
    """When the page was opened, signed."""
    draft: Draft | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    coordinates: tuple[str, ...] = ()
    """Addresses and numbers typed in the message, pointed out before it is sent."""
    done: str = ""
    told: str = ""
    """Why it could not be sent now, though nothing is to be corrected."""
    retry_after_s: int = 0
    made: UUID | None = None
    """A request of the same person that would refuse this one."""


@dataclass(frozen=True, slots=True)
class Company:
    """The company as anybody may see it: its name, its addresses, its page."""

    name: str
    places: tuple[tuple[int, str], ...]
    """Numbers and addresses."""
    url: str
    near: str
    """A search of the same job around it."""


async def company_of(session: Session, offer: OfferAsked) -> Company:
    """What is shown of the company asked."""
    seen = await public_company(session, offer.siret)
    places = seen.places if seen else ()
    first = places[0] if places else None
    around = SearchForm(rome=(offer.rome,), point=first.point if first else None)
    return Company(
        name=shown_name(offer.company if offer.diffusible else None),
        places=tuple(
            (
                one.id,
                ", ".join(part for part in (one.address, f"{one.postal_code} {one.city}".strip()) if part),
            )
            for one in places
        ),
        url=f"/entreprises/{offer.siret}/{first.id}/{offer.rome}" if first else f"/entreprises/{offer.siret}",
        near=f"{around.url()}#resultats",
    )


async def ask_page(  # noqa: PLR0913 - who asks what, and how it is shown
    session: Session,
    actor: Actor,
    offer: OfferAsked,
    shown: Shown,
    *,
    passport: PassportKey,
    search: SearchForm,
    cookies: Sequence[Cookie] = (),
) -> Template:
    """The form: 200, 422 with something to correct, 429 when it is to be sent later."""
    held = await show_passport(session, passport) if passport else None
    query = search.query()
    company = await company_of(session, offer)
    context = {
        "shown": shown,
        "offer": offer,
        "company": company,
        "back": f"{company.url}?{query}" if query else company.url,
        "how": HOW[offer.contact_mode],
        "person": (actor.acting.name or "la personne accompagnée") if actor.acting else "",
        "known": actor.signed_in,
        "url": f"{ROOT}/{offer.offer_id}",
        "query": f"?{query}" if query else "",
        "objectives": OBJECTIVE_LABELS.items(),
        "days": _DAYS,
        "has_passport": held is not None and not held.held.is_empty,
        "done": _DONE.get(shown.done, ""),
        "max_message": MAX_MESSAGE,
        "unseen": UNSEEN,
        "opened": OPENED,
        "account": await drafting.known(session, actor, "", None) if actor.signed_in else None,
    }
    status = 429 if shown.retry_after_s else 422 if shown.errors or shown.coordinates else 200
    headers = PRIVATE | ({"Retry-After": str(shown.retry_after_s)} if shown.retry_after_s else {})
    return Template(
        "discussions/ask.html", context=context, status_code=status, headers=headers, cookies=list(cookies)
    )


async def refused_page(
    session: Session,
    offer: OfferAsked | None,
    error: DomainError,
    search: SearchForm,
    cookies: Sequence[Cookie] = (),
) -> Template:
    """Why a company cannot be asked, and what to do instead."""
    company = await company_of(session, offer) if offer else None
    near = f"{search.url()}#resultats" if search.asks_something else company.near if company else "/recherche"
    context = {
        "message": error.message,
        "existing": error.existing if isinstance(error, TwinError) else "",
        "company": company,
        "near": near,
    }
    return Template(
        "discussions/ask_refused.html",
        context=context,
        status_code=409,
        headers=PRIVATE,
        cookies=list(cookies),
    )

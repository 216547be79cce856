"""What a checked form refers to: occupations, appellations, skills, activities and communes that exist."""

from collections.abc import Sequence
from dataclasses import replace

from data.queries import codes
from data.session import ReadSession
from domain.company import CompanyForm, Identity
from domain.errors import FieldError
from domain.offer import OfferForm
from services.placing import settle_places

Errors = tuple[FieldError, ...]
_CHOOSE = "Choisissez un métier dans la liste proposée."


async def check_naf(session: ReadSession, identity: Identity) -> Errors:
    """Whether the activity exists."""
    if not identity.naf or await codes.is_naf(session, identity.naf):
        return ()
    message = "Ce code NAF n’existe pas. Vérifiez-le, ou laissez la case vide."
    return (FieldError("naf", message, "naf"),)


async def settle_offers(
    session: ReadSession, offers: Sequence[OfferForm]
) -> tuple[tuple[OfferForm, ...], Errors]:
    """The offers with the label they are shown by, and those whose codes do not exist or repeat."""
    occupations = await codes.occupations(session, {offer.rome for offer in offers})
    appellations = await codes.appellations(session, {offer.appellation for offer in offers})
    skills = await codes.skills(session, {code for offer in offers for code in offer.skills})
    settled: dict[tuple[str, str], OfferForm] = {}
    errors: list[FieldError] = []
    for position, offer in enumerate(offers):
        path = f"offers.{position}"
        appellation = appellations.get(offer.appellation)
        if offer.rome not in occupations:
            errors.append(FieldError(f"{path}.rome", _CHOOSE, "rome"))
        elif offer.appellation and (appellation is None or appellation.rome != offer.rome):
            errors.append(FieldError(f"{path}.appellation", _CHOOSE, "appellation"))
        if any(code not in skills for code in offer.skills):
            message = "Choisissez les compétences dans la liste proposée."
            errors.append(FieldError(f"{path}.skills", message, "skill"))
        label = offer.label or (appellation.label if appellation else occupations.get(offer.rome, ""))
        if (offer.rome, label) in settled:
            message = "Ce métier est déjà dans la liste. Retirez-le ou changez son intitulé."
            errors.append(FieldError(f"{path}.rome", message, "repeated"))
        settled[offer.rome, label] = replace(offer, label=label)
    return tuple(settled.values()), tuple(errors)


async def settle(session: ReadSession, form: CompanyForm) -> tuple[CompanyForm, Errors]:
    """A checked form with what its codes mean, and what they do not."""
    offers, wrong_offers = await settle_offers(session, form.offers)
    places, wrong_places = await settle_places(session, form.places)
    errors = (*await check_naf(session, form.identity), *wrong_places, *wrong_offers)
    return replace(form, offers=offers, places=places), errors

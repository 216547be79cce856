"""One step of the form, tidied, checked and put among the others."""

from dataclasses import replace

from data.session import ReadSession
from domain.company import (
    CompanyForm,
    Contact,
    Identity,
    PlaceForm,
    Step,
    check_contact,
    check_identity,
    check_places,
    tidy_contact,
    tidy_identity,
    tidy_places,
)
from domain.company_inputs import StepValues
from domain.errors import FieldError, InvalidInputError
from domain.offer import OfferForm, check_offers, tidy_offer
from domain.values import fold
from services import placing, settling
from services.drafts import Registration

Errors = tuple[FieldError, ...]
Changed = tuple[CompanyForm, Errors]


async def with_step(session: ReadSession, draft: Registration, step: Step, values: StepValues) -> CompanyForm:
    """The draft's form with this step changed; raises `InvalidInputError`."""
    match step, values:
        case Step.IDENTITY, Identity():
            form, errors = await _with_identity(session, draft, values)
        case Step.PLACES, tuple():
            form, errors = await _with_places(session, draft.form, values)
        case Step.OFFERS, tuple():
            form, errors = await _with_offers(session, draft.form, values)
        case Step.CONTACT, Contact():
            form, errors = _with_contact(draft.form, values)
        case _:
            raise ValueError(f"step {step} does not hold {type(values).__name__}")
    if errors:
        raise InvalidInputError(errors)
    return form


async def _with_identity(session: ReadSession, draft: Registration, typed: Identity) -> Changed:
    """An empty SIRET is the draft's: the page of a draft shows it without asking again."""
    identity = tidy_identity(replace(typed, siret=typed.siret or draft.siret))
    errors = check_identity(identity) or await settling.check_naf(session, identity)
    if draft.editing and identity.siret != draft.siret:
        message = "Le SIRET ne se change pas. Pour un autre établissement, faites une nouvelle inscription."
        errors = (*errors, FieldError("siret", message, "fixed"))
    return replace(draft.form, identity=identity), errors


async def _with_places(session: ReadSession, form: CompanyForm, typed: tuple[object, ...]) -> Changed:
    """An address left as it was keeps the point it came with."""
    listed = tidy_places(tuple(place for place in typed if isinstance(place, PlaceForm)))
    points = {_address(place): place.point for place in form.places}
    listed = tuple(replace(place, point=place.point or points.get(_address(place))) for place in listed)
    errors = check_places(listed)
    if not errors:
        listed, errors = await placing.settle_places(session, listed)
    return replace(form, places=listed), errors


def _address(place: PlaceForm) -> tuple[str, str, str]:
    return fold(place.address), place.postal_code, fold(place.city)


async def _with_offers(session: ReadSession, form: CompanyForm, typed: tuple[object, ...]) -> Changed:
    offers = tuple(tidy_offer(offer) for offer in typed if isinstance(offer, OfferForm))
    errors = check_offers(offers)
    if not errors:
        offers, errors = await settling.settle_offers(session, offers)
    return replace(form, offers=offers), errors


def _with_contact(form: CompanyForm, typed: Contact) -> Changed:
    contact = tidy_contact(typed, form.places[0].postal_code if form.places else "")
    return replace(form, contact=contact), check_contact(contact)

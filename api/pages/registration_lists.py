"""The lists of the registration form, changed by buttons: places and jobs added, chosen, taken off."""

import re
from dataclasses import dataclass

from api.pages.forms import text
from api.pages.search_typed import PROPOSALS, said_so
from domain.company import PlaceForm, Step
from domain.company_inputs import StepValues, offers_of, places_of
from domain.offer import OfferForm
from domain.values import clean_line
from services.lookups import AppellationFound, Lookups, find_appellations

Posted = dict[str, str | list[str]]
ADD, GO_ON = "ajouter", "continuer"
_TAKE_OFF = re.compile(r"retirer-([0-9]{1,3})")
_CHOOSE = re.compile(r"choisir-([A-N][0-9]{4})-([0-9]{0,9})")
_PREFIXES = {Step.PLACES: "places", Step.OFFERS: "offers"}
NOTHING_TYPED = "Écrivez un métier, puis ajoutez-le."
NOT_FOUND = "Nous ne reconnaissons pas ce métier. Essayez un mot plus simple."
WHICH_ONE = "Choisissez le métier dans la liste ci-dessous."


@dataclass(frozen=True, slots=True)
class Changed:
    """A list after its button, and what to say beside the field that adds."""

    values: StepValues
    typed: str = ""
    proposals: tuple[AppellationFound, ...] = ()
    error: str = ""


def change(step: Step, values: Posted, lookups: Lookups) -> Changed | None:
    """What the button pressed makes of a step's list; None when the step is to be saved as it is."""
    action = text(values, "action") or GO_ON
    taken_off = _TAKE_OFF.fullmatch(action)
    if step not in _PREFIXES:
        return None
    if taken_off:
        prefix = f"{_PREFIXES[step]}.{int(taken_off[1])}."
        kept = {name: value for name, value in values.items() if not name.startswith(prefix)}
        return Changed(places_of(kept) or (PlaceForm(),) if step is Step.PLACES else offers_of(kept))
    if step is Step.PLACES:
        return Changed((*(places_of(values) or (PlaceForm(),)), PlaceForm())) if action == ADD else None
    return _offers(action, values, lookups)


def _offers(action: str, values: Posted, lookups: Lookups) -> Changed | None:
    offers = offers_of(values)
    chosen = _CHOOSE.fullmatch(action)
    if chosen:
        return Changed((*offers, OfferForm(rome=chosen[1], appellation=chosen[2])))
    typed = clean_line(text(values, "nouveau"))
    if action != ADD and not typed:
        return None
    if rome := text(values, "nouveau_rome"):
        return Changed((*offers, OfferForm(rome=rome, appellation=text(values, "nouveau_appellation"))))
    found = find_appellations(lookups, typed, 2 * PROPOSALS) if typed else []
    same = said_so(found, typed)
    if len({one.rome for one in same}) == 1:
        return Changed((*offers, OfferForm(rome=same[0].rome, appellation=same[0].appellation or "")))
    error = WHICH_ONE if found else NOT_FOUND if typed else NOTHING_TYPED
    return Changed(offers, typed, tuple(found[:PROPOSALS]), error)

"""What each step of a company's registration shows: the fields, their choices, the way through."""

from dataclasses import dataclass
from typing import Any

from domain.company import MAX_PLACES, CompanyForm, PlaceForm, Step
from domain.company_inputs import StepValues
from domain.offer import MAX_OFFERS
from domain.search import CONTACT_LABELS, DISABLED_FIT_LABELS, REMOTE_LABELS, ContactMode
from domain.values import HEADCOUNTS
from services.drafts import Registration
from services.indexing import SearchEngine
from services.search import Coded

ROOT = "/entreprises/inscription"
STEPS = tuple(Step)
_LABELS = {
    Step.IDENTITY: "Entreprise",
    Step.PLACES: "Lieux",
    Step.OFFERS: "Métiers",
    Step.CONTACT: "Contact",
    Step.SUMMARY: "Envoi",
}
_MOST_PROPOSED = 10
"""Skills proposed for a job: as many as may be asked."""
_MODES = (ContactMode.EMAIL, ContactMode.PHONE, ContactMode.IN_PERSON)


@dataclass(frozen=True, slots=True)
class StepLink:
    """A step in the trail: `done`, `now` or `todo`, with an address when it may be opened."""

    label: str
    state: str
    url: str


def url(step: Step) -> str:
    """The address of a step."""
    return f"{ROOT}/{step}"


def trail(registration: Registration, now: Step) -> list[StepLink]:
    """The steps as the page shows them on top."""
    links = []
    for step in STEPS:
        reachable = step in registration.done or step is registration.next_step
        state = "now" if step is now else "done" if step in registration.done else "todo"
        links.append(StepLink(_LABELS[step], state, url(step) if reachable and step is not now else ""))
    return links


def values_of(form: CompanyForm, step: Step) -> StepValues | CompanyForm:
    """What the draft has for a step; the whole of it for the summary."""
    held: dict[Step, StepValues | CompanyForm] = {
        Step.IDENTITY: form.identity,
        Step.PLACES: form.places or (PlaceForm(),),
        Step.OFFERS: form.offers,
        Step.CONTACT: form.contact,
        Step.SUMMARY: form,
    }
    return held[step]


def choices(engine: SearchEngine, step: Step, form: StepValues | CompanyForm) -> dict[str, Any]:
    """The lists a step chooses from, and the labels of the codes it shows."""
    if step is Step.IDENTITY:
        return {"headcounts": HEADCOUNTS.items()}
    if step is Step.PLACES:
        return {"most": MAX_PLACES}
    if step is Step.OFFERS:
        return {
            "most": MAX_OFFERS,
            "remote_modes": REMOTE_LABELS.items(),
            "occupations": engine.occupations.labels,
            "wanted": _wanted(engine, form),
            "typed": "",
            "proposals": (),
        }
    if step is Step.CONTACT:
        return {
            "modes": [(mode, CONTACT_LABELS[mode]) for mode in _MODES],
            "disabled_fits": DISABLED_FIT_LABELS.items(),
        }
    assert isinstance(form, CompanyForm)  # noqa: S101 - what the summary shows
    return {
        "urls": {str(one): url(one) for one in STEPS},
        "headcount": HEADCOUNTS[form.identity.headcount],
        "mode_label": CONTACT_LABELS[form.contact.mode],
        "occupations": engine.occupations.labels,
    }


def _wanted(engine: SearchEngine, offers: object) -> dict[str, tuple[Coded, ...]]:
    """The skills each occupation listed may ask: those chosen already, then its main ones."""
    labels = engine.parts.skill_labels
    wanted: dict[str, tuple[Coded, ...]] = {}
    for offer in offers if isinstance(offers, tuple) else ():
        main = engine.occupations.to_learn(offer.rome, (), limit=_MOST_PROPOSED)
        codes = dict.fromkeys([*offer.skills, *main])
        wanted[offer.rome] = tuple(Coded(code, labels[code]) for code in codes if code in labels)
    return wanted

"""What a person typed on the search page, understood: an occupation, a place, skills.

Texts decide; a text that may mean several things gives the likeliest and proposes the others.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

from api.pages.search_form import CHOSEN_POINT, SearchForm
from data.queries.places import commune
from data.session import ReadSession
from domain.french import of_name
from domain.values import Point, department_of, fold
from matching.labels import spoken_forms
from services.indexing import SearchEngine
from services.lookups import (
    AppellationFound,
    PlaceFound,
    SkillFound,
    find_appellations,
    find_places,
    find_skills,
)
from services.passports import Stated
from services.search import Coded

PROPOSALS = 6
_NAMESAKES = 20
_LIKE = 0.75
"""Similarity of two names, in [0, 1], under which one is not taken for the other."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A link that settles what a text means."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Message:
    """Something to tell about the search, with choices when there are any."""

    text: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """The form once its texts are understood: codes to search with, words to show, what to tell."""

    form: SearchForm
    rome: tuple[str, ...]
    occupation_label: str
    """The occupation searched, as people say it; empty when there is none."""
    place: Point | None
    place_label: str
    skills: tuple[Coded, ...]
    proposals: tuple[SkillFound, ...]
    messages: tuple[Message, ...]
    from_passport: Stated = field(default_factory=Stated)
    """What the passport states, when it serves in this search; blank otherwise."""

    @property
    def scored(self) -> bool:
        """Whether a score says something: a place alone says nothing of what the person can do or wants."""
        return bool(self.rome or self.skills or self.from_passport.skills or self.from_passport.wishes)

    @property
    def searchable(self) -> bool:
        """Whether what was understood is enough to search with."""
        return self.scored or self.place is not None


async def understand(
    session: ReadSession,
    engine: SearchEngine,
    form: SearchForm,
    kept: Stated,
    person: str | None = None,
) -> Understood:
    """Resolve the texts of a form; never fails for a text that means nothing.

    `kept` is what the passport states, blank without one: it serves where the address names no skill, and
    only what the address does not say. `person` is whose it is, when an agent has their file open; empty
    for somebody without a name.
    """
    occupation, said_of_occupation = _occupation(engine, form)
    point, place_label, said_of_place = await _place(session, engine, form)
    skills, proposals = _skills(engine, form)
    codes = [occupation.rome] if occupation else []
    known = engine.occupations.labels
    rome = tuple(dict.fromkeys([*codes, *(code for code in form.rome if code in known)]))
    label = _named(occupation) if occupation else " ou ".join(known[code] for code in rome[:2])
    held = Stated()
    if form.asks_something and not skills:
        held = Stated(
            skills=tuple(code for code in kept.skills if code in engine.parts.skill_labels),
            wishes=() if rome else tuple(code for code in kept.wishes if code in known),
            objective=None if form.objectif else kept.objective,
            mobility=kept.mobility if point else None,
        )
    messages = (*said_of_occupation, *said_of_place, *_without_skills(engine, rome))
    if held != Stated():
        messages += (_of_passport(form, held, person),)
    typed = CHOSEN_POINT if form.point and not form.lieu else form.lieu or place_label
    return Understood(
        form=replace(form, lieu=typed, competences=tuple(one.code for one in skills)),
        rome=rome,
        occupation_label=label,
        place=point,
        place_label=place_label,
        skills=skills,
        proposals=proposals,
        messages=messages,
        from_passport=Stated() if form.sans_passeport else held,
    )


def _of_passport(form: SearchForm, held: Stated, person: str | None) -> Message:
    """Say what of the passport serves, or that it could; `person` as `understand` says."""
    mine = person is None
    whose = "votre passeport" if mine else f"le passeport {of_name(person or 'la personne accompagnée')}"
    see = Choice("Voir mon passeport" if mine else "Voir son passeport", "/passeport")
    if form.sans_passeport:
        use = "Utiliser mon passeport" if mine else "Utiliser son passeport"
        return Message(f"Recherche sans {whose}.", (Choice(use, form.url(sans_passeport=False)), see))
    theirs = "vos" if mine else "ses"
    listed = [
        *([f"{len(held.skills)} compétence{'s' * (len(held.skills) > 1)}"] if held.skills else []),
        *([f"{theirs} souhaits"] if held.wishes else []),
        *(["le but de l’immersion"] if held.objective else []),
        *([f"{theirs} {held.mobility.max_km} km de déplacement"] if held.mobility else []),
    ]
    text = f"Recherche avec {whose} : {', '.join(listed)}."
    return Message(text, (Choice("Chercher sans", form.url(sans_passeport=True)), see))


def _occupation(
    engine: SearchEngine, form: SearchForm
) -> tuple[AppellationFound | None, tuple[Message, ...]]:
    if not form.metier:
        return None, ()
    found = find_appellations(engine.lookups, form.metier, 2 * PROPOSALS)
    if not found:
        text = (
            f"Nous ne reconnaissons pas le métier « {form.metier} ». Essayez un mot plus simple, ou laissez "
            "la case vide et ajoutez ce que vous savez faire."
        )
        return None, (Message(text),)
    same = said_so(found, form.metier)
    first = same[0] if same else found[0]
    if {one.rome for one in same} == {first.rome}:
        return first, ()
    others = list({one.rome: one for one in reversed([*same, *found]) if one.rome != first.rome}.values())[
        ::-1
    ]
    choices = tuple(Choice(_named(one), form.url(metier=_named(one))) for one in others[:PROPOSALS])
    text = f"Vous avez écrit « {form.metier} » : voici pour « {_named(first)} »."
    return first, (Message(f"{text} Vous pensiez à autre chose ?" if choices else text, choices),)


def _named(occupation: AppellationFound) -> str:
    """The appellation, or the occupation's own name where an everyday word was found."""
    return occupation.label if occupation.appellation else occupation.rome_label


def said_so(found: Iterable[AppellationFound], typed: str) -> list[AppellationFound]:
    """Those of which a text is the very name, in one gender or both."""
    text = fold(typed)
    return [one for one in found if text in {fold(said) for said in (one.label, *spoken_forms(one.label))}]


async def _place(
    session: ReadSession, engine: SearchEngine, form: SearchForm
) -> tuple[Point | None, str, tuple[Message, ...]]:
    if form.point:
        return form.point, CHOSEN_POINT, ()
    if form.lieu:
        return _typed_place(engine, form)
    town = await commune(session, form.insee) if form.insee else None
    if town is None:
        return None, "", ()
    return town.point, f"{town.name} ({department_of(town.insee)})", ()


def _typed_place(engine: SearchEngine, form: SearchForm) -> tuple[Point | None, str, tuple[Message, ...]]:
    found = find_places(engine.lookups, form.lieu, _NAMESAKES)
    picked = next((one for one in found if one.insee == form.insee), None)
    if picked and fold(picked.label) == fold(form.lieu):
        return picked.point, picked.label, ()
    if not found:
        text = (
            f"Nous ne trouvons pas le lieu « {form.lieu} » : la recherche porte sur toute la France. "
            "Vérifiez le nom de la commune, ou écrivez son code postal."
        )
        return None, "", (Message(text),)
    same = same_places(found, form.lieu)
    if not same and not _is_like(found[0], form.lieu):
        choices = tuple(Choice(one.label, form.url(lieu=one.label, insee=one.insee)) for one in found)
        text = (
            f"Nous ne trouvons pas le lieu « {form.lieu} » : il ne compte pas dans la recherche. Choisissez "
            "une de ces communes, ou écrivez un code postal."
        )
        return None, "", (Message(text, choices[:PROPOSALS]),)
    first = same[0] if same else found[0]
    if len(same) == 1:
        return first.point, first.label, ()
    others = [one for one in (same or found) if one is not first][:PROPOSALS]
    choices = tuple(Choice(one.label, form.url(lieu=one.label, insee=one.insee)) for one in others)
    text = f"Vous avez écrit « {form.lieu} » : voici autour de {first.label}."
    message = Message(f"{text} Est-ce une autre commune ?" if choices else text, choices)
    return first.point, first.label, (message,)


def same_places(found: Iterable[PlaceFound], typed: str) -> list[PlaceFound]:
    """Those of which a text is the very name, or a postal code."""
    return [one for one in found if _is_named(one, typed)]


def _is_named(place: PlaceFound, typed: str) -> bool:
    """Whether a text is this commune's label, its name alone, or one of its postal codes."""
    return fold(typed) in {fold(place.label), _name(place), *place.postal_codes}


def _name(place: PlaceFound) -> str:
    """The commune's name without its department, folded."""
    return fold(re.sub(r" \([^)]*\)$", "", place.label))


def _is_like(place: PlaceFound, typed: str) -> bool:
    """Whether a text is close enough to this commune to search around it without asking.

    A number was found by its code; words begin the name, go on after it, or differ by a slip of the hand.
    """
    text, name = fold(typed), _name(place)
    begun = name.startswith(text) or text.startswith(f"{name} ")
    return text.isdecimal() or begun or SequenceMatcher(None, text, name).ratio() >= _LIKE


def _skills(engine: SearchEngine, form: SearchForm) -> tuple[tuple[Coded, ...], tuple[SkillFound, ...]]:
    """The skills chosen with their labels, and those that a typed text proposes.

    A text that is a skill's own label chooses it.
    """
    labels = engine.parts.skill_labels
    chosen = {code: labels[code] for code in form.competences if code in labels}
    found = find_skills(engine.lookups, form.q_competence, PROPOSALS) if form.q_competence else []
    for one in found:
        if fold(one.label) == fold(form.q_competence):
            chosen[one.ogr] = one.label
            found = []
            break
    proposals = tuple(one for one in found if one.ogr not in chosen)
    return tuple(Coded(code, label) for code, label in chosen.items()), proposals


def _without_skills(engine: SearchEngine, rome: tuple[str, ...]) -> tuple[Message, ...]:
    """Say so when the occupation asked has no skill in the starter referential."""
    labels = [engine.occupations.labels[code] for code in rome if not engine.occupations.to_learn(code, ())]
    if not labels:
        return ()
    text = (
        f"« {labels[0]} » : les compétences de ce métier viendront avec le ROME complet. "
        "En attendant, nous le cherchons par son nom et par ses métiers proches."
    )
    return (Message(text),)

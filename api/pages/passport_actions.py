"""What each small form of the passport's page does: read it, change what is kept, say what was done."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from api.pages.forms import text
from api.pages.passport_view import EXPERIENCES, SKILLS, WISHES, Typed
from api.pages.search_typed import PROPOSALS, said_so, same_places
from data.queries.passports import PassportKey
from data.session import Session
from domain.errors import FieldError, InvalidInputError
from domain.passport import (
    Evidence,
    Home,
    Job,
    Level,
    Meant,
    Mobility,
    Passport,
    Travel,
    confirm,
    dismiss,
    tidy_sentence,
    with_evidence,
    with_levels,
    with_objective,
    with_sentence,
    with_travel,
    without_job,
    without_skill,
    without_wish,
)
from domain.search import Objective
from domain.values import clean_line, fold
from services.indexing import SearchEngine
from services.lookups import AppellationFound, PlaceFound, find_appellations, find_places, find_skills
from services.matching import read_text
from services.passports import add_job, add_wish, change_passport, declare_skills

Posted = dict[str, str | list[str]]
_CHOICE = re.compile(r"([A-N][0-9]{4})-([0-9]{0,9})")
_NO_NUMBER = -1
_ALIKE = 4
"""Skills proposed by their name where the sentence was not understood otherwise."""


class AskError(Exception):
    """A text that may mean several things: the choices that settle it, by field."""

    def __init__(self, field: str, message: str, choices: tuple[tuple[str, str], ...]) -> None:
        super().__init__(message)
        self.field, self.message, self.choices = field, message, choices

    def typed(self, values: Posted) -> Typed:
        """The form as it was typed, with these choices."""
        choices = {f"{self.field}s": self.choices}
        return Typed(typed_texts(values), **choices)


class SureError(Exception):
    """Something would be removed: the question to ask first, what it costs, and where to come back."""

    def __init__(self, question: str, cost: str, section: str) -> None:
        super().__init__(question)
        self.question, self.cost, self.section = question, cost, section


@dataclass(frozen=True, slots=True)
class Asked:
    """One posted form and what it is applied to."""

    session: Session
    engine: SearchEngine
    key: PassportKey
    values: Posted
    now: datetime

    def text(self, name: str) -> str:
        """One field, on one line."""
        return clean_line(text(self.values, name))

    def texts(self, name: str) -> tuple[str, ...]:
        """The boxes ticked under a name."""
        value = self.values.get(name, [])
        return (value,) if isinstance(value, str) else tuple(value)

    def number(self, name: str, default: int = 0) -> int:
        """A whole number, -1 when it is not one."""
        said = self.text(name)
        return int(said) if re.fullmatch(r"[0-9]{1,4}", said) else _NO_NUMBER if said else default

    def make_sure(self, question: str, cost: str, section: str) -> None:
        """Raises `SureError` until the person said yes."""
        if not self.text("sure"):
            raise SureError(question, cost, section)

    async def change(self, change: Callable[[Passport], Passport]) -> None:
        """Apply a rule to what is kept now."""
        await change_passport(self.session, self.key, change, self.now)


def typed_texts(values: Posted) -> Mapping[str, str]:
    """The first text of each field, to show a form again."""
    return {name: text(values, name)[:3000] for name in values}


def _occupation(asked: Asked, field: str) -> tuple[str, str, str]:
    """ROME code, appellation (or empty) and label of what was chosen or typed."""
    known = asked.engine.occupations.labels
    chosen = _CHOICE.fullmatch(asked.text("choix")) or _CHOICE.fullmatch(
        f"{asked.text(f'{field}_rome')}-{asked.text(f'{field}_appellation')}"
    )
    said = asked.text(field)
    found = find_appellations(asked.engine.lookups, said, 2 * PROPOSALS) if said else []
    if chosen and chosen[1] in known:
        label = next((one.label for one in found if (one.rome, one.appellation or "") == chosen.groups()), "")
        return chosen[1], chosen[2], label or known[chosen[1]]
    same = said_so(found, said)
    if len({one.rome for one in same}) == 1:
        return same[0].rome, same[0].appellation or "", same[0].label
    if found:
        raise AskError(field, "Choisissez le métier dans la liste ci-dessous.", _choices(found))
    message = (
        "Nous ne reconnaissons pas ce métier. Essayez un mot plus simple." if said else "Écrivez un métier."
    )
    raise InvalidInputError((FieldError(field, message, "rome"),))


def _choices(found: list[AppellationFound]) -> tuple[tuple[str, str], ...]:
    def label(one: AppellationFound) -> str:
        return one.label if one.label == one.rome_label else f"{one.label} ({one.rome_label})"

    return tuple((f"{one.rome}-{one.appellation or ''}", label(one)) for one in found[:PROPOSALS])


async def _job(asked: Asked) -> str:
    years, months = asked.number("job.years"), asked.number("job.months")
    rome, appellation, label = _occupation(asked, "job")
    total = _NO_NUMBER if _NO_NUMBER in {years, months} else 12 * years + months
    job = Job(rome=rome, appellation=appellation, label=label, months=total)
    await add_job(asked.session, asked.key, job, asked.now)
    return "metier"


async def _unjob(asked: Asked) -> str:
    label = asked.text("label")
    question = f"Retirer l’expérience « {label} » ?"
    asked.make_sure(question, "Les savoir-faire que vous y avez cochés restent.", EXPERIENCES)
    await asked.change(partial(without_job, rome=asked.text("rome"), label=label))
    return "metier-retire"


async def _skills(asked: Asked) -> str:
    await declare_skills(asked.session, asked.key, asked.texts("skills"), asked.now)
    return "coches"


async def _skill(asked: Asked) -> str:
    """A skill by its name: the one chosen or named exactly, else those that are named alike."""
    labels, said = asked.engine.parts.skill_labels, asked.text("skill")
    found = find_skills(asked.engine.lookups, said, PROPOSALS) if said else []
    named = [one.ogr for one in found if fold(one.label) == fold(said)]
    chosen = [code for code in (asked.text("choix"), asked.text("skill_ogr")) if code in labels]
    if not chosen and not named:
        if found:
            choices = tuple((one.ogr, one.label) for one in found)
            raise AskError("skill", "Choisissez le savoir-faire dans la liste ci-dessous.", choices)
        alike = "Aucun savoir-faire n’y ressemble. Essayez un verbe et un objet : « servir un repas »."
        message = alike if said else "Écrivez un savoir-faire, par exemple « tenir une caisse »."
        raise InvalidInputError((FieldError("skill", message, "skill"),))
    code = (chosen or named)[0]
    await declare_skills(asked.session, asked.key, [code], asked.now, field="skill")
    return "savoir-faire"


def meant_by(engine: SearchEngine, sentence: str) -> tuple[Meant, ...]:
    """The skills a sentence may mean; those named alike when it is not understood otherwise."""
    read = read_text(engine, sentence).skills
    if read:
        return tuple(Meant(one.code, one.start, one.end) for one in read)
    alike = find_skills(engine.lookups, sentence, _ALIKE)
    return tuple(Meant(one.ogr, 0, len(sentence)) for one in alike)


async def _sentence(asked: Asked) -> str:
    sentence = tidy_sentence(text(asked.values, "sentence"))
    meant = meant_by(asked.engine, sentence)
    await asked.change(partial(with_sentence, sentence=sentence, meant=meant))
    return "phrase"


async def _confirm(asked: Asked) -> str:
    skills = asked.texts("skills")
    await asked.change(partial(confirm, number=asked.number("number"), skills=skills))
    return "confirmes"


async def _dismiss(asked: Asked) -> str:
    await asked.change(partial(dismiss, number=asked.number("number")))
    return "phrase-passee"


def _changed(asked: Asked, name: str, before: str) -> dict[str, str]:
    """Values by skill of the fields `name.<skill>` that differ from `before.<skill>`.

    Only what the person changed on their page: another tab may have said the rest since.
    """
    values = {
        key.removeprefix(f"{name}."): asked.text(key) for key in asked.values if key.startswith(f"{name}.")
    }
    return {skill: value for skill, value in values.items() if value != asked.text(f"{before}.{skill}")}


async def _levels(asked: Asked) -> str:
    levels = {str(int(level)): level for level in Level}
    kinds = {str(kind): kind for kind in Evidence}
    said = {skill: levels.get(value) for skill, value in _changed(asked, "level", "was").items()}
    shown = {
        skill: kinds[value] for skill, value in _changed(asked, "evidence", "shown").items() if value in kinds
    }
    await asked.change(lambda held: with_evidence(with_levels(held, said), shown))
    return "niveaux"


async def _unskill(asked: Asked, skill: str) -> str:
    """What else was changed in the list is kept first: its button sends the whole list."""
    await _levels(asked)
    label = asked.engine.parts.skill_labels.get(skill, skill)
    asked.make_sure(f"Retirer « {label} » ?", "Son niveau et la phrase qui le dit partent avec lui.", SKILLS)
    await asked.change(partial(without_skill, skill=skill))
    return "retire"


async def _wish(asked: Asked) -> str:
    rome, _, _ = _occupation(asked, "wish")
    await add_wish(asked.session, asked.key, rome, asked.now)
    return "voeu"


async def _unwish(asked: Asked) -> str:
    label = asked.engine.occupations.labels.get(asked.text("rome"), "ce métier")
    asked.make_sure(f"Ne plus chercher « {label} » ?", "", WISHES)
    await asked.change(partial(without_wish, rome=asked.text("rome")))
    return "voeu-retire"


async def _objective(asked: Asked) -> str:
    said = asked.text("objective")
    objective = Objective(said) if said in set(Objective) else None
    await asked.change(partial(with_objective, objective=objective))
    return "but"


def _home(asked: Asked) -> Home | None:
    said = asked.text("place")
    if not said:
        return None
    found = find_places(asked.engine.lookups, said, 20)
    chosen = next((one for one in found if one.insee == asked.text("choix")), None)
    exact = next((one for one in found if fold(one.label) == fold(said)), None)
    same = [one for one in (chosen, exact) if one] or same_places(found, said)
    if not found:
        message = "Nous ne trouvons pas ce lieu. Vérifiez le nom de la commune, ou écrivez son code postal."
        raise InvalidInputError((FieldError("place", message, "place"),))
    if not chosen and not exact and len(same) != 1:
        raise AskError("place", "Choisissez la commune dans la liste ci-dessous.", _communes(same or found))
    return Home(same[0].insee, same[0].label, same[0].point)


def _communes(found: list[PlaceFound]) -> tuple[tuple[str, str], ...]:
    return tuple((one.insee, one.label) for one in found[:PROPOSALS])


async def _travel(asked: Asked) -> str:
    said = asked.text("mobility.travel")
    mobility = None
    if said in set(Travel):
        mobility = Mobility(Travel(said), asked.number("mobility.max_km"))
    elif asked.text("mobility.max_km"):
        message = "Dites comment vous vous déplacez."
        raise InvalidInputError((FieldError("mobility.travel", message, "required"),))
    await asked.change(partial(with_travel, home=_home(asked), mobility=mobility))
    return "deplacements"


ACTIONS: Mapping[str, Callable[[Asked], Awaitable[str]]] = {
    "job": _job,
    "unjob": _unjob,
    "skills": _skills,
    "skill": _skill,
    "sentence": _sentence,
    "confirm": _confirm,
    "dismiss": _dismiss,
    "levels": _levels,
    "wish": _wish,
    "unwish": _unwish,
    "objective": _objective,
    "travel": _travel,
}
"""The button pressed → what it does; each returns a key of `passport_view.DONE`."""


async def act(asked: Asked) -> str:
    """Do what the form asks; raises `InvalidInputError`, or `AskError` where a choice is needed."""
    action = asked.text("action")
    if action.startswith("unskill-"):
        return await _unskill(asked, action.removeprefix("unskill-"))
    return await ACTIONS.get(action, _levels)(asked)

"""The passport as its pages show it: lines with their words, what each job and sentence proposes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from api.pages.search_form import SearchForm
from domain.passport import (
    LEVEL_LABELS,
    MAX_WISHES,
    TOLD_LABELS,
    TRAVEL_LABELS,
    Evidence,
    Job,
    Level,
    Passport,
    Travel,
    evidence_words,
)
from domain.search import DEFAULT_RADIUS_KM, OBJECTIVE_LABELS
from services.indexing import SearchEngine
from services.search import Coded

PROPOSED_BY_JOB = 12
_OBJECTIVES = {**{str(one): label for one, label in OBJECTIVE_LABELS.items()}, "": "Je ne sais pas encore"}
_YEAR = 12
_FEW = 2
EXPERIENCES, SKILLS, WISHES, TRAVEL = "experiences", "savoir-faire", "recherche", "deplacements"
DONE = {
    "metier": (EXPERIENCES, "Expérience ajoutée. Cochez maintenant ce que vous y avez appris."),
    "metier-retire": (EXPERIENCES, "Expérience retirée. Vos savoir-faire restent."),
    "coches": (EXPERIENCES, "Savoir-faire ajoutés. Vous les retrouvez plus bas, avec leur niveau."),
    "phrase": (SKILLS, "Phrase ajoutée. Cochez les savoir-faire qu’elle veut dire."),
    "savoir-faire": (SKILLS, "Savoir-faire ajouté. Vous pouvez dire votre niveau."),
    "confirmes": (SKILLS, "Savoir-faire ajoutés. Vous pouvez dire votre niveau."),
    "phrase-passee": (SKILLS, "Phrase retirée."),
    "niveaux": (SKILLS, "Liste enregistrée."),
    "retire": (SKILLS, "Savoir-faire retiré."),
    "voeu": (WISHES, "Métier ajouté à ce que vous cherchez."),
    "voeu-retire": (WISHES, "Métier retiré de ce que vous cherchez."),
    "but": (WISHES, "But de l’immersion enregistré."),
    "deplacements": (TRAVEL, "Lieu et déplacements enregistrés."),
    "efface": ("", "Votre passeport est effacé, ici et chez nous."),
}
"""What a change says when the page comes back: the section it belongs to, and a sentence."""

FORMS = {
    "job": EXPERIENCES,
    "skills": EXPERIENCES,
    "wish": WISHES,
    "objective": WISHES,
    "travel": TRAVEL,
}
"""The action of a form → the section where its errors are told; the others belong to the skills."""


@dataclass(frozen=True, slots=True)
class JobView:
    """A past job, how long it lasted in words, and the skills of it that are not in the passport."""

    job: Job
    length: str
    proposals: tuple[Coded, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A skill that a sentence may mean, with its words."""

    code: str
    label: str
    words: str


@dataclass(frozen=True, slots=True)
class SaidView:
    """A sentence that waits for an answer."""

    number: int
    text: str
    proposals: tuple[Proposal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """A skill; `proof` is its evidence in words, `attested_by` empty when the person alone says it."""

    code: str
    label: str
    level: Level | None
    level_label: str
    evidence: Evidence
    proof: str
    attested_by: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed in a form that is shown again, and the choices that settle it."""

    values: Mapping[str, str] = field(default_factory=dict)
    jobs: tuple[tuple[str, str], ...] = ()
    skills: tuple[tuple[str, str], ...] = ()
    wishes: tuple[tuple[str, str], ...] = ()
    places: tuple[tuple[str, str], ...] = ()

    def __getitem__(self, name: str) -> str:
        """The text of a field, empty unless it is shown again."""
        return self.values.get(name, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class PassportView:
    """Everything the templates of the passport read."""

    held: Passport
    jobs: tuple[JobView, ...]
    said: tuple[SaidView, ...]
    lines: tuple[LineView, ...]
    wishes: tuple[Coded, ...]
    search_url: str
    levels: Mapping[Level, str] = field(default_factory=lambda: LEVEL_LABELS)
    kinds: Mapping[Evidence, str] = field(default_factory=lambda: TOLD_LABELS)
    travels: Mapping[Travel, str] = field(default_factory=lambda: TRAVEL_LABELS)
    objectives: Mapping[str, str] = field(default_factory=lambda: _OBJECTIVES)
    most_wishes: int = MAX_WISHES


def build(held: Passport, engine: SearchEngine) -> PassportView:
    """The view of a passport, an empty one included."""
    labels, occupations = engine.parts.skill_labels, engine.occupations
    return PassportView(
        held=held,
        jobs=tuple(JobView(job, _length(job.months), _of_job(held, engine, job.rome)) for job in held.jobs),
        said=tuple(
            SaidView(
                one.number,
                one.text,
                tuple(
                    Proposal(each.skill, labels[each.skill], one.text[each.start : each.end])
                    for each in one.meant
                    if each.skill in labels
                ),
            )
            for one in held.said
        ),
        lines=tuple(
            LineView(
                code=line.skill,
                label=labels.get(line.skill, line.skill),
                level=line.level,
                level_label=LEVEL_LABELS[line.level] if line.level else "",
                evidence=line.evidence,
                proof=evidence_words(line),
                attested_by=line.attested_by,
                sentence=line.sentence,
            )
            for line in held.lines
        ),
        wishes=_named(occupations.labels, held.wishes),
        search_url=search_url(held, engine),
    )


def search_url(held: Passport, engine: SearchEngine) -> str:
    """A search with all that the passport says, by codes: it may be shared, the passport cannot be."""
    home = held.home
    form = SearchForm(
        rome=tuple(code for code in held.wishes if code in engine.occupations.labels),
        competences=tuple(code for code in held.skills if code in engine.parts.skill_labels),
        lieu=home.label if home else "",
        insee=home.insee if home else "",
        rayon=held.mobility.max_km if held.mobility else DEFAULT_RADIUS_KM,
        objectif=held.objective,
    )
    return f"{form.url()}#resultats"


def _named(labels: Mapping[str, str], codes: Iterable[str]) -> tuple[Coded, ...]:
    return tuple(Coded(code, labels.get(code, code)) for code in codes)


def _of_job(held: Passport, engine: SearchEngine, rome: str) -> tuple[Coded, ...]:
    """The main skills of an occupation that the passport does not have."""
    occupations = engine.occupations
    codes = occupations.to_learn(rome, occupations.resolved(held.skills), limit=PROPOSED_BY_JOB)
    return _named(engine.parts.skill_labels, codes)


def _length(months: int) -> str:
    """`1 an et 2 mois`, empty when it was not told."""
    years, rest = divmod(months, _YEAR)
    said = [f"{years} an{'s' if years >= _FEW else ''}"] if years else []
    return " et ".join([*said, *([f"{rest} mois"] if rest else [])])

"""The pages of a draft as their templates show them: five parts, what is left in each, what each one asks."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from dataclasses import fields as dataclass_fields
from datetime import datetime
from uuid import UUID

from litestar.response import Template

from api.pages.convention_parts import SAME_PERSON, SLUGS, Job, Values, shown
from api.pages.convention_plan import plan_of
from api.pages.convention_schedule import PlanTyped
from api.pages.forms import PRIVATE
from data.queries.conventions import ConventionRow, canonical_terms
from data.session import ReadSession
from domain.agency import SITUATION_LABELS
from domain.convention import KIND_LABELS
from domain.errors import FieldError, NotFoundError, TwinError
from domain.roles import Actor
from domain.search import OBJECTIVE_LABELS
from domain.terms import HAZARD_LABELS, MAX_SKILLS, Coverage, Terms
from domain.terms_changes import Change
from domain.terms_checks import PART_LABELS, PART_OF, Part, part_of, tidied
from services.conventions import parties
from services.conventions.drafting import faults
from services.conventions.limits import today_at
from services.conventions.opening import Opened
from services.conventions.prescribers import Choice
from services.indexing import SearchEngine
from services.search import Coded

ROOT = "/convention"
COVERAGES = (
    (Coverage.PRESCRIBER.value, "La structure prescriptrice"),
    (Coverage.EMPLOYER.value, "L’employeur actuel"),
)
_DIGEST = 16


@dataclass(frozen=True, slots=True)
class PartLink:
    """A part in the trail: `done`, `now` or `todo`; `left` is how many points are to be completed."""

    label: str
    url: str
    state: str
    left: int
    begun: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Everything that keeps a draft from being sent, by part; `twin` is the convention it would double."""

    errors: tuple[FieldError, ...]
    twin: TwinError | None = None

    def of(self, part: Part) -> tuple[FieldError, ...]:
        """What is to be completed in one part."""
        return tuple(one for one in self.errors if part_of(one.field) is part)


async def left_in(session: ReadSession, row: ConventionRow, now: datetime) -> Left:
    """What keeps a draft from being sent now."""
    terms = tidied(row.document)
    try:
        return Left(errors=await faults(session, row, terms, now))
    except TwinError as error:
        return Left(errors=(FieldError("starts_on", error.message, "twin"),), twin=error)


async def twin_url(session: ReadSession, actor: Actor, twin: TwinError) -> str:
    """The address of the convention that another would double, empty for those who may not open it."""
    try:
        seen = await parties.read(session, actor, UUID(twin.existing))
    except NotFoundError:
        return ""
    return f"/conventions/{seen.row.id}"


def url_of(key: str, part: Part | None = None) -> str:
    """The address of a draft, or of one of its parts."""
    return f"{ROOT}/{key}/{SLUGS[part]}" if part else f"{ROOT}/{key}"


def following(key: str, part: Part) -> str:
    """Where to go on once a part is filled: the next one, then the whole to read again."""
    listed = list(Part)
    at = listed.index(part) + 1
    return url_of(key, listed[at]) if at < len(listed) else f"{ROOT}/{key}/relire"


def trail(key: str, row: ConventionRow, left: Left, now: Part | None = None) -> list[PartLink]:
    """The five parts as pages show them on top."""
    links = []
    for part in Part:
        count = len(left.of(part))
        state = "now" if part is now else "todo" if count else "done"
        links.append(PartLink(PART_LABELS[part], url_of(key, part), state, count, _begun(row, part)))
    return links


def _branches(terms: Terms, part: Part) -> dict[str, object]:
    return {
        one.name: getattr(terms, one.name) for one in dataclass_fields(terms) if PART_OF[one.name] is part
    }


def _begun(row: ConventionRow, part: Part) -> bool:
    if part is Part.FOLLOW_UP and row.agency_id is not None:
        return True
    return _branches(row.document, part) != _branches(Terms(), part)


def digest(row: ConventionRow, part: Part) -> str:
    """What tells whether somebody else changed a part since its page was shown."""
    alone = replace(Terms(), **_branches(row.document, part))  # type: ignore[arg-type]
    agency = str(row.agency_id) if part is Part.FOLLOW_UP else ""
    return hashlib.sha256(canonical_terms(alone) + agency.encode()).hexdigest()[:_DIGEST]


def linked(key: str, errors: Sequence[FieldError]) -> list[tuple[str, str]]:
    """Each point to complete with the address of its field, in the order of the parts."""
    order = list(Part)
    listed = sorted(errors, key=lambda one: order.index(part_of(one.field)))
    return [
        (f"{url_of(key, part_of(one.field))}?voir=1#{one.field.replace('.', '-')}", one.message)
        for one in listed
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agencies:
    """The choice of an agency: what was asked, what was found."""

    chosen: Choice | None = None
    found: tuple[Choice, ...] = ()
    words: str = ""
    department: str = ""
    departments: Mapping[str, str] = field(default_factory=dict)
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What one showing of a part holds. `values`: what was just posted; `wrong`: fields shown as typed."""

    terms: Terms
    values: Values | None = None
    errors: tuple[FieldError, ...] = ()
    wrong: tuple[str, ...] = ()
    told: str = ""
    others: tuple[Change, ...] = ()
    """What somebody else changed meanwhile, against what was typed."""
    saved: bool = False
    job: Job | None = None
    typed: PlanTyped | None = None
    agencies: Agencies = field(default_factory=Agencies)


def fields_of(part: Part, view: Shown, now: datetime, *, company_reads: bool) -> dict[str, object]:
    """What the fields of a part need, whatever page they are on."""
    terms = view.terms
    today = today_at(terms, now)
    messages: dict[str, str] = {}
    for one in view.errors:
        messages.setdefault(one.field, one.message)
    return {
        "terms": terms,
        "v": shown(terms, view.values, view.wrong),
        "errors": messages,
        "minor": terms.minor_by(today),
        "adults_born_by": terms.adults_born_by(today).isoformat(),
        "company_reads": company_reads,
        "kinds": KIND_LABELS.items(),
        "situations": [("", "Choisissez"), *((one.value, label) for one, label in SITUATION_LABELS.items())],
        "coverages": COVERAGES,
        "same_person": SAME_PERSON,
        "tutor_is_contact": bool(terms.host.contact) and terms.host.tutor == terms.host.contact,
        "objectives": OBJECTIVE_LABELS.items(),
        "hazards": [(one, label, article) for one, (label, article) in HAZARD_LABELS.items()],
        "plan": plan_of(terms, now, view.typed) if part is Part.SCHEDULE else None,
        "agencies": view.agencies,
        "proposals": view.job.proposals if view.job else (),
        "most_skills": MAX_SKILLS,
    }


def wanted_skills(engine: SearchEngine, terms: Terms) -> tuple[Coded, ...]:
    """Skills that may be ticked: those chosen already, then the main ones of the job, fifteen at most."""
    activity, labels = terms.activity, engine.parts.skill_labels
    chosen = {one.ogr: one.label for one in activity.skills}
    main = engine.occupations.to_learn(activity.rome, (), limit=MAX_SKILLS) if activity.rome else ()
    codes = [*chosen, *(one for one in main if one not in chosen and one in labels)]
    return tuple(Coded(one, chosen.get(one) or labels[one]) for one in codes[: max(MAX_SKILLS, len(chosen))])


def part_page(
    opened: Opened, part: Part, view: Shown, left: Left, now: datetime, *, skills: Sequence[Coded] = ()
) -> Template:
    """One part: 200, 422 with something to complete, 409 when somebody else changed it meanwhile."""
    row, key = opened.standing.row, opened.key
    context = {
        **fields_of(part, view, now, company_reads=opened.company_reads),
        "key": key,
        "row": row,
        "url": url_of(key, part),
        "home": url_of(key),
        "after": following(key, part),
        "part": part.value,
        "label": PART_LABELS[part],
        "number": list(Part).index(part) + 1,
        "trail": trail(key, row, left, part),
        "seen": digest(row, part),
        "told": view.told,
        "others": view.others,
        "saved": view.saved,
        "wanted": skills,
    }
    status = 409 if view.others else 422 if view.errors else 200
    return Template("conventions/form_part.html", context=context, status_code=status, headers=PRIVATE)

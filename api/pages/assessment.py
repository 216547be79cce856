"""The assessment of an immersion: one short page a side, by the link of a mail or from an account.

Opening a page changes nothing: mail filters open links before people do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from litestar import get, post
from litestar.di import Provide
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.deps import ActorDep, OfficeDep, SearchDep
from api.limits import limit_sign_links
from api.pages.assessment_inputs import (
    Values,
    asked_skills,
    company_of,
    company_values,
    person_of,
    person_values,
)
from api.pages.convention_signing import Caller, CallerDep, provide_caller
from api.pages.forms import PRIVATE, by_field, posted, see_other, text
from domain.assessment import (
    CONTRACT_LABELS,
    FOLLOW_UP_LABELS,
    NEXT_LABELS,
    OBSERVED_LABELS,
    OUTCOME_LABELS,
    FollowUp,
    Outcome,
    Side,
    opening_said,
)
from domain.contacts import by_mail, masked
from domain.errors import ConflictError, ExpiredError, FieldError, InvalidInputError
from domain.passport import Level
from domain.roles import Right
from domain.schedule import french_hours
from services.assessments import filling, old_links, opening
from services.assessments.old_links import Old
from services.assessments.opening import FOLLOW, Opened, Stage
from services.assessments.reading import told_of
from services.conventions.story import Office
from services.indexing import SearchEngine
from services.lookups import find_skills

LINK = "/bilan/{token:str}"
ACCOUNT = "/conventions/{convention:uuid}/bilan"
_COUNTED = {"caller": Provide(provide_caller)}
_FOUND, _SHORTEST = 6, 2
_LEVELS = [("", "Pas vu pendant l’immersion"), *((str(int(one)), OBSERVED_LABELS[one]) for one in Level)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One showing of a page: what was typed, what was refused, what a search of skills found."""

    url: str
    back: str = ""
    values: Values | None = None
    error: InvalidInputError | None = None
    conflict: str = ""
    found: tuple[str, ...] = ()
    searched: str = ""

    @property
    def status(self) -> int:
        """Of the answer."""
        return 409 if self.conflict else 422 if self.error else 200


def _template(name: str, shown: Shown, context: Mapping[str, object]) -> Template:
    whole = {
        "url": shown.url,
        "back": shown.back,
        "conflict": shown.conflict,
        "errors": by_field(shown.error) if shown.error else {},
        **context,
    }
    return Template(f"conventions/{name}.html", context=whole, status_code=shown.status, headers=PRIVATE)


def _typed(values: Values | None, kept: Mapping[str, str]) -> Mapping[str, str]:
    """The fields of a form: as they were just typed, else as they are kept."""
    return kept if values is None else {name: text(values, name) for name in kept}


async def _page(office: Office, opened: Opened, shown: Shown) -> Template:
    """The page of a side."""
    context = {
        "row": opened.row,
        "terms": opened.terms,
        "said": opened.said,
        "told": told_of(opened.said),
        "stage": opened.stage,
        "opens": opening_said(opened.terms),
        "tutor": opened.tutor,
        "nexts": [(one.value, label) for one, label in NEXT_LABELS.items()],
        "level_labels": OBSERVED_LABELS,
    }
    if opened.side is Side.PERSON:
        context |= {
            "values": _typed(shown.values, person_values(opened.said)),
            "minor": opened.minor,
            "higher": await opening.higher_of(office.session, opened) if opened.said.skills else (),
        }
        return _template("assess_person", shown, context)
    typed = shown.values or {}
    early = {Outcome.PARTLY_COMPLETED, Outcome.DID_NOT_SHOW}
    told = [one for one in OUTCOME_LABELS if opened.stage is not Stage.EARLY_END or one in early]
    skills = await asked_skills(office.session, opened.terms, opened.said, typed, shown.found)
    context |= {
        "values": _typed(shown.values, company_values(opened.said)),
        "planned": french_hours(opened.terms.schedule.minutes),
        "skills": skills,
        "found": [one.ogr for one in skills if one.ogr in shown.found],  # a full list takes no more
        "searched": shown.searched,
        "outcomes": [(one.value, OUTCOME_LABELS[one]) for one in told],
        "contracts": [("", "Choisir"), *((one.value, label) for one, label in CONTRACT_LABELS.items())],
        "levels": _LEVELS,
    }
    return _template("assess_company", shown, context)


async def _write(
    office: Office, opened: Opened, caller: Caller, engine: SearchEngine, shown: Shown
) -> Template | Redirect:
    """What a form sent: a search of skills, a change of mind, or the side's part."""
    values = await posted(caller.request)
    again = Shown(url=shown.url, back=shown.back, values=values)
    try:
        if opened.side is Side.PERSON:
            await _write_person(office, opened, values, caller)
            return see_other(shown.url)
        skills = await asked_skills(office.session, opened.terms, opened.said, values)
        if text(values, "action") == "search":
            words = text(values, "words").strip()
            known = {one.ogr for one in skills}
            hits = find_skills(engine.lookups, words, _FOUND) if len(words) >= _SHORTEST else []
            found = tuple(one.ogr for one in hits if one.ogr not in known)
            return await _page(
                office,
                opened,
                Shown(url=shown.url, back=shown.back, values=values, found=found, searched=words),
            )
        await filling.tell_company(office, opened, company_of(values, skills), caller.device)
    except InvalidInputError as error:
        return await _page(office, opened, Shown(url=again.url, back=again.back, values=values, error=error))
    except ConflictError as error:
        return await _page(office, opened, Shown(url=again.url, back=again.back, conflict=error.message))
    return see_other(shown.url)


async def _write_person(office: Office, opened: Opened, values: Values, caller: Caller) -> None:
    action = text(values, "action")
    if action == "send" and opened.stage is Stage.DONE:
        return  # pressed twice: it is said once
    if action in {"share", "take_back"}:
        await filling.change_sharing(office, opened, caller.device, shares=action == "share")
    else:
        await filling.tell_person(office, opened, person_of(values), caller.device)


def _later(opened: Opened, shown: Shown) -> Template:
    """The one question, six months later."""
    values = shown.values or {}
    chosen = opened.said.follow_up or ""
    context = {
        "terms": opened.terms,
        "answered": opened.said.follow_up,
        "labels": FOLLOW_UP_LABELS,
        "options": [(one.value, label) for one, label in FOLLOW_UP_LABELS.items()],
        "chosen": text(values, "follow_up") or chosen,
    }
    return _template("assess_later", shown, context)


async def _write_later(office: Office, opened: Opened, caller: Caller, shown: Shown) -> Template | Redirect:
    values = await posted(caller.request)
    answer = next((one for one in FollowUp if one.value == text(values, "follow_up")), None)
    if answer is None:
        error = InvalidInputError((FieldError("follow_up", "Choisissez une réponse.", "required"),))
        return _later(opened, Shown(url=shown.url, error=error))
    await filling.answer_later(office, opened, answer)
    return see_other(shown.url)


@get(LINK, right=Right.ANYONE)
async def by_link(office: OfficeDep, token: FromPath[str]) -> Template:
    """The page that the mail of a side opens."""
    shown = Shown(url=f"/bilan/{token}")
    try:
        opened, which = await opening.by_link(office, token)
    except ExpiredError:
        return _old_page(await old_links.read(office, token), shown.url)
    return _later(opened, shown) if which == FOLLOW else await _page(office, opened, shown)


@post(LINK, right=Right.ANYONE, dependencies=_COUNTED)
async def write_by_link(
    office: OfficeDep, search: SearchDep, caller: CallerDep, token: FromPath[str]
) -> Template | Redirect:
    """Write one's part."""
    shown = Shown(url=f"/bilan/{token}")
    try:
        opened, which = await opening.by_link(office, token)
    except ExpiredError:
        return _old_page(await old_links.read(office, token), shown.url)
    if which == FOLLOW:
        return await _write_later(office, opened, caller, shown)
    return await _write(office, opened, caller, search, shown)


def _old_page(old: Old, url: str, *, asked: bool = False) -> Template:
    """Why a link is old, and how to have another."""
    context = {
        "what": "le bilan",
        "why": old.why,
        "url": url,
        "reached": masked(old.reached),
        "by_text": not by_mail(old.reached),
        "asked": asked,
    }
    status = 200 if asked else 410
    return Template("conventions/sign_old.html", context=context, status_code=status, headers=PRIVATE)


@post(f"{LINK}/lien", right=Right.ANYONE, dependencies=_COUNTED)
async def another_link(office: OfficeDep, caller: CallerDep, token: FromPath[str]) -> Template:
    """Send a new link to the address or the mobile on file, and to no other."""
    old = await old_links.ask_another(office, token)
    await limit_sign_links(caller.counters, caller.settings, old.convention)
    return _old_page(old, f"/bilan/{token}", asked=True)


def _door(convention: UUID) -> Shown:
    return Shown(url=f"/conventions/{convention}/bilan", back=f"/conventions/{convention}")


@get(ACCOUNT, right=Right.SIGNED_IN)
async def by_account(office: OfficeDep, actor: ActorDep, convention: FromPath[UUID]) -> Template:
    """The same page, for an account that speaks for a side."""
    opened = await opening.by_account(office, actor, convention)
    return await _page(office, opened, _door(convention))


@post(ACCOUNT, right=Right.SIGNED_IN, dependencies=_COUNTED)
async def write_by_account(
    office: OfficeDep, search: SearchDep, caller: CallerDep, actor: ActorDep, convention: FromPath[UUID]
) -> Template | Redirect:
    """Write one's part."""
    opened = await opening.by_account(office, actor, convention)
    return await _write(office, opened, caller, search, _door(convention))


HANDLERS = [by_link, write_by_link, another_link, by_account, write_by_account]

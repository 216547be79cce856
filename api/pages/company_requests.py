"""The requests a company received: to answer, answered, visits; several answered at once."""

from datetime import datetime
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.deps import ActorDep, NowDep, SessionDep
from api.pages.company_space_view import view_of
from api.pages.discussion_acts import Values, refusal_of
from api.pages.forms import PRIVATE, PageRequest, by_field, posted, see_other, text
from data.session import Session
from domain.discussion import COMPANY_REASONS, REASON_LABELS, STATUS_LABELS
from domain.errors import FieldError, InvalidInputError
from domain.roles import Actor, Right
from domain.visit import VISIT_LABELS
from services import company_space as spaces
from services.discussions.answering import Answered, answer_all, inbox

ROOT = "/entreprise/{company:int}/demandes"
_ACCEPT = "accepter"
_ANSWERS = [
    (_ACCEPT, "Accepter, et prévenir les personnes pour moi"),
    *(
        (one.value, f"Refuser : {REASON_LABELS[one][:1].lower()}{REASON_LABELS[one][1:]}")
        for one in COMPANY_REASONS
    ),
]


def _told(request: PageRequest) -> str:
    """What a bulk answer did, from the numbers in the address."""
    done, late = (request.query_params.get(name, "") for name in ("repondues", "deja"))
    if not (done.isdecimal() and late.isdecimal()):
        return ""
    said = {"0": "Aucune demande n’a reçu de réponse.", "1": "Une demande a reçu votre réponse."}
    kept = {"0": "", "1": " Une autre avait déjà reçu celle d’un collègue."}
    first = said.get(done, f"{done} demandes ont reçu votre réponse.")
    return first + kept.get(late, f" {late} autres avaient déjà reçu celle d’un collègue.")


async def _page(  # noqa: PLR0913 - what the page shows
    session: Session,
    actor: Actor,
    company: int,
    now: datetime,
    *,
    told: str = "",
    error: InvalidInputError | None = None,
    values: Values | None = None,
) -> Template:
    typed = values or {}
    chosen = typed.get("chosen", [])
    context = {
        "view": view_of(await spaces.space_of(session, actor, company, now)),
        "inbox": await inbox(session, actor, company),
        "labels": STATUS_LABELS,
        "visit_labels": VISIT_LABELS,
        "answers": _ANSWERS,
        "errors": by_field(error) if error else {},
        "chosen": {chosen} if isinstance(chosen, str) else set(chosen),
        "typed": {name: text(typed, name) for name in ("reason", "text", "until")},
        "told": told,
        "now": now,
    }
    status = 422 if error else 200
    return Template("discussions/inbox.html", context=context, status_code=status, headers=PRIVATE)


@get(ROOT, right=Right.COMPANY)
async def list_page(
    session: SessionDep, request: PageRequest, actor: ActorDep, now: NowDep, company: FromPath[int]
) -> Template:
    """Everything received."""
    return await _page(session, actor, company, now, told=_told(request))


def _chosen(values: Values) -> list[UUID]:
    given = values.get("chosen", [])
    try:
        return [UUID(one) for one in ([given] if isinstance(given, str) else given)]
    except ValueError:
        said = "Choisissez les demandes dans la liste."
        raise InvalidInputError((FieldError("chosen", said, "choice"),)) from None


async def _answer(session: Session, actor: Actor, company: int, values: Values, now: datetime) -> Answered:
    if text(values, "reason") not in dict(_ANSWERS):
        raise InvalidInputError(
            (FieldError("reason", "Choisissez votre réponse dans la liste.", "required"),)
        )
    refusal = None if text(values, "reason") == _ACCEPT else refusal_of(values)
    return await answer_all(session, actor, company, _chosen(values), refusal, now)


@post(f"{ROOT}/reponses", right=Right.COMPANY)
async def answer_several(
    session: SessionDep, request: PageRequest, actor: ActorDep, now: NowDep, company: FromPath[int]
) -> Template | Redirect:
    """The same answer to the requests chosen."""
    values = await posted(request)
    try:
        found = await _answer(session, actor, company, values, now)
    except InvalidInputError as error:
        return await _page(session, actor, company, now, error=error, values=values)
    return see_other(f"/entreprise/{company}/demandes?repondues={found.done}&deja={found.late}")


HANDLERS = [list_page, answer_several]

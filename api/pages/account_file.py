"""The candidate's file: the lines told with a consent each; the passport of this browser, to be claimed."""

from litestar import get, post
from litestar.response import Redirect, Template

from api.cookies import PASSPORT_COOKIE, no_passport_cookie
from api.deps import ActorDep, NowDep, SealerDep, SessionDep
from api.pages.forms import PRIVATE, PageRequest, by_field, posted, see_other, text
from domain.agency import SITUATION_LABELS, Situation
from domain.errors import InvalidInputError
from domain.private import LINE_LABELS, Line, Private
from domain.roles import Right, require_account
from services.accounts.own_passport import claim_for
from services.accounts.private_lines import read_private, tell

ROOT = "/compte/dossier"
_DONE = {
    "lignes": "Vos réponses sont enregistrées. Ce que vous avez retiré est effacé.",
    "passeport": "Le passeport de ce navigateur est maintenant dans votre compte.",
}
_SITUATIONS = [("", "Je ne le dis pas"), *((str(one), label) for one, label in SITUATION_LABELS.items())]
Posted = dict[str, str | list[str]]


def _page(
    told: Private, agreed: set[str], *, request: PageRequest, error: InvalidInputError | None = None
) -> Template:
    context = {
        "told": told,
        "agreed": agreed,
        "situations": _SITUATIONS,
        "labels": LINE_LABELS,
        "passport_here": PASSPORT_COOKIE in request.cookies,
        "errors": by_field(error) if error else {},
        "done": "" if error else _DONE.get(request.query_params.get("fait", ""), ""),
    }
    status = 422 if error else 200
    return Template("account/file.html", context=context, status_code=status, headers=PRIVATE)


def _read(values: Posted) -> tuple[Private, set[Line]]:
    said = text(values, "situation")
    told = Private(
        situation=Situation(said) if said in set(Situation) else None,
        rqth=bool(text(values, "rqth")),
        no_night=bool(text(values, "no_night")),
        child_care=bool(text(values, "child_care")),
        other=text(values, "other"),
        under_15=bool(text(values, "under_15")),
        parent=text(values, "parent"),
    )
    return told, {line for line in Line if text(values, f"consent.{line}")}


@get(ROOT, right=Right.SIGNED_IN)
async def file_page(
    session: SessionDep, actor: ActorDep, sealer: SealerDep, request: PageRequest
) -> Template:
    """What the person told, each line with its consent."""
    told = await read_private(session, sealer, actor.beneficiary)
    agreed = {str(line) for line in told.lines} | ({"parent"} if told.under_15 else set())
    return _page(told, agreed, request=request)


@post(ROOT, right=Right.SIGNED_IN)
async def change(
    *, session: SessionDep, actor: ActorDep, sealer: SealerDep, now: NowDep, request: PageRequest
) -> Template | Redirect:
    """Keep exactly what is told and agreed to."""
    values = await posted(request)
    told, agreed = _read(values)
    parent_agrees = bool(text(values, "consent.parent"))
    try:
        await tell(session, sealer, actor, told, agreed, now, parent_agrees=parent_agrees)
    except InvalidInputError as error:
        names = {str(line) for line in agreed} | ({"parent"} if parent_agrees else set())
        return _page(told, names, request=request, error=error)
    return see_other(f"{ROOT}?fait=lignes")


@post(f"{ROOT}/passeport", right=Right.SIGNED_IN)
async def claim(session: SessionDep, actor: ActorDep, now: NowDep, request: PageRequest) -> Redirect:
    """Put the passport that this browser holds in the account; nothing when it holds none."""
    token = request.cookies.get(PASSPORT_COOKIE, "")
    claimed = bool(token) and await claim_for(session, require_account(actor), token, now)
    return see_other(f"{ROOT}?fait=passeport" if claimed else ROOT, no_passport_cookie())


HANDLERS = [file_page, change, claim]

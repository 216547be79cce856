"""The person's side: who accompanies me, who asks to, who opened my file; taking over a file."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.deps import ActorDep, CountersDep, NowDep, SearchDep, SessionDep, SettingsDep
from api.limits import limit_take_overs
from api.pages.forms import PRIVATE, PageRequest, by_field, posted, see_other, text
from api.pages.searches_made import searches_made
from domain.audit import AUDIT_LABELS
from domain.errors import InvalidInputError
from domain.referral import OWN_END_LABELS
from domain.roles import Right
from services import person_files, referrals, taking_over

ROOT = "/compte/accompagnement"
LINK = "/dossier/reprendre/{token:str}"
DONE = {
    "oui": "C’est noté : cette personne peut ouvrir votre dossier. Vous pouvez y mettre fin à tout moment.",
    "non": "C’est noté : votre dossier reste fermé.",
    "fin": "L’accompagnement est terminé : votre dossier est refermé.",
    "repris": "Ce dossier est à vous maintenant. Vous pouvez le changer, l’imprimer ou l’effacer.",
}


@get(ROOT, right=Right.SIGNED_IN)
async def mine_page(
    session: SessionDep, actor: ActorDep, request: PageRequest, search: SearchDep
) -> Template:
    """Who accompanies me, who asks to, and who opened my file."""
    rows = await person_files.of_person(session, actor)
    context = {
        "asked": [row for row in rows if row.until is None and row.consented_at is None],
        "followed": [row for row in rows if row.current],
        "ended": [row for row in rows if row.until is not None],
        "history": await person_files.history(session, actor),
        "searches": searches_made(await person_files.my_searches(session, actor), search.occupations.labels),
        "audit_labels": AUDIT_LABELS,
        "me": actor.user,
        "reasons": OWN_END_LABELS,
        "done": DONE.get(request.query_params.get("fait", ""), ""),
    }
    return Template("accompaniment/mine.html", context=context, headers=PRIVATE)


@post(f"{ROOT}/{{referral:int}}", right=Right.SIGNED_IN)
async def answer(
    session: SessionDep, actor: ActorDep, request: PageRequest, now: NowDep, referral: FromPath[int]
) -> Redirect:
    """Agree or refuse."""
    accepts = text(await posted(request), "reponse") == "oui"
    await referrals.answer(session, actor, referral, now, accepts=accepts)
    return see_other(f"{ROOT}?fait={'oui' if accepts else 'non'}")


@get(LINK, right=Right.ANYONE)
async def take_over_page(session: SessionDep, actor: ActorDep, now: NowDep, token: FromPath[str]) -> Template:
    """What the link is for; nothing is burnt, nobody is named."""
    await taking_over.check_link(session, token, now)
    context = {"account": actor.signed_in, "token": token, "errors": {}, "last_name": ""}
    return Template("accompaniment/take_over.html", context=context, headers=PRIVATE)


@post(LINK, right=Right.SIGNED_IN)
async def take_over(  # noqa: PLR0913 - what handlers are given
    *,
    session: SessionDep,
    actor: ActorDep,
    request: PageRequest,
    now: NowDep,
    counters: CountersDep,
    settings: SettingsDep,
    token: FromPath[str],
) -> Template | Redirect:
    """Make the file one's own, once its name has been said."""
    last_name = text(await posted(request), "last_name")
    await limit_take_overs(counters, settings, token)
    try:
        await taking_over.take_over(session, actor, token, last_name, now)
    except InvalidInputError as error:
        context = {"account": True, "token": token, "errors": by_field(error), "last_name": last_name}
        return Template("accompaniment/take_over.html", context=context, status_code=422, headers=PRIVATE)
    return see_other(f"{ROOT}?fait=repris")


HANDLERS = [mine_page, answer, take_over_page, take_over]

"""The back office: how the service runs (work given up, the clock, options) and who did what."""

from datetime import date, datetime, time, timedelta

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.deps import PARIS, ActorDep, NowDep, SessionDep
from api.pages.back_office import ROOT, done_of, role_names
from api.pages.forms import PageRequest, posted, see_other, text
from data.queries.audit import AuditFound, AuditSearch
from domain.audit import AUDIT_LABELS, AuditAction
from domain.errors import NotFoundError
from domain.flags import Flag
from domain.roles import Right, Role
from services import back_office

OUTCOMES = {
    "waiting": "En attente",
    "done": "Fait",
    "failed": "Échec, sera réessayé",
    "parked": "Mis de côté",
}
TASKS = {
    "retention.run": "Effacer ce qui a fait son temps",
    "account.warn_unused": "Prévenir les comptes inutilisés",
    "agency.delegations": "Rappeler les fins de délégation",
    "visits.remind": "Rappeler les visites prévues",
    "assessments.ask": "Demander les bilans des immersions qui finissent",
    "assessments.follow_up": "Demander des nouvelles six mois après une immersion",
    "conventions.expire": "Fermer les conventions qui n’ont jamais été validées",
    "conventions.remind": "Rappeler les signatures et les décisions attendues",
    "conventions.remind_deposits": "Rappeler les dépôts de convention à enregistrer",
    "discussions.expire": "Fermer les demandes restées trois mois sans réponse",
    "discussions.recount": "Recompter les demandes et les réponses des entreprises",
    "discussions.release": "Envoyer les demandes que plus personne ne peut valider",
    "discussions.remind": "Relancer les entreprises, prévenir les candidats",
    "discussions.set_aside_silent": "Retirer de la recherche les entreprises qui ne répondent pas",
    "saved_searches.due": "Envoyer les alertes des recherches enregistrées",
    "company.nudge": "Proposer aux entreprises de mettre leur fiche à jour",
}
"""What each job of the clock does, as the staff reads it."""
KINDS = {
    "account": "Membre",
    "agency": "Structure",
    "beneficiary": "Dossier",
    "company": "Entreprise",
    "discussion": "Demande d’immersion",
    "flag": "Option",
    "outbox": "Envoi",
    "referral": "Accompagnement",
    "registration": "Inscription d’entreprise",
    "user": "Compte",
}
"""What lines of the audit are about."""
_MAX_TYPED = 254


@get(f"{ROOT}/envois", right=Right.BACK_OFFICE)
async def delivery_page(session: SessionDep, actor: ActorDep, request: PageRequest) -> Template:
    """Messages and other work given up, with their reasons."""
    context = {"delivery": await back_office.delivery(session, actor), "done": done_of(request)}
    return Template("back_office/delivery.html", context=context)


@post(f"{ROOT}/envois/{{row:int}}", right=Right.BACK_OFFICE)
async def replay(session: SessionDep, actor: ActorDep, now: NowDep, row: FromPath[int]) -> Redirect:
    """Try one again."""
    await back_office.replay(session, actor, row, now)
    return see_other(f"{ROOT}/envois?fait=relance")


@post(f"{ROOT}/envois", right=Right.BACK_OFFICE)
async def replay_all(session: SessionDep, actor: ActorDep, now: NowDep) -> Redirect:
    """Try all again."""
    await back_office.replay_all(session, actor, now)
    return see_other(f"{ROOT}/envois?fait=relance")


@get(f"{ROOT}/horloge", right=Right.BACK_OFFICE)
async def clock_page(session: SessionDep, actor: ActorDep) -> Template:
    """What the clock ran."""
    context = {"runs": await back_office.last_runs(session, actor), "outcomes": OUTCOMES, "tasks": TASKS}
    return Template("back_office/clock.html", context=context)


@get(f"{ROOT}/options", right=Right.BACK_OFFICE)
async def flags_page(session: SessionDep, actor: ActorDep, request: PageRequest) -> Template:
    """What can be closed for a time."""
    context = {"flags": await back_office.flag_states(session, actor), "done": done_of(request)}
    return Template("back_office/flags.html", context=context)


@post(f"{ROOT}/options/{{name:str}}", right=Right.BACK_OFFICE)
async def set_flag(
    session: SessionDep, actor: ActorDep, request: PageRequest, now: NowDep, name: FromPath[str]
) -> Redirect:
    """Open or close one; `ouvre` says which, so that a double click does it once."""
    if name not in {flag.value for flag in Flag}:
        raise NotFoundError("Cette option n’existe pas.")
    opens = text(await posted(request), "ouvre") == "1"
    await back_office.set_flag(session, actor, Flag(name), now, opens=opens)
    return see_other(f"{ROOT}/options?fait=option")


def _detail(text: str) -> str:
    """The detail of a line, roles by their names."""
    codes = text.split(",")
    return role_names(codes) if set(codes) <= set(Role) else text


def _audit(found: tuple[AuditFound, ...], typed: dict[str, str]) -> Template:
    context = {"found": found, "typed": typed, "labels": AUDIT_LABELS, "kinds": KINDS, "detail": _detail}
    return Template("back_office/audit.html", context=context)


def _day(typed: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(typed), time(), PARIS) if typed else None
    except ValueError:
        return None


@post(f"{ROOT}/journal", right=Right.BACK_OFFICE, status_code=200)
async def search_audit(session: SessionDep, actor: ActorDep, request: PageRequest) -> Template:
    """Lines of the audit: sent by a form, since an address may be searched and no address tells one."""
    values = {name: text(await posted(request), name)[:_MAX_TYPED].strip() for name in _NAMES}
    until = _day(values["until"])
    wanted = AuditSearch(
        actor_email=values["email"].lower(),
        action=values["action"] if values["action"] in set(AuditAction) else "",
        object_kind=values["kind"] if values["kind"] in KINDS else "",
        object_id=values["object"],
        since=_day(values["since"]),
        until=until + timedelta(days=1) if until else None,
    )
    found = await back_office.search_audit(session, actor, wanted)
    return _audit(found, values)


_NAMES = ("email", "action", "kind", "object", "since", "until")


@get(f"{ROOT}/journal", right=Right.BACK_OFFICE)
async def audit_page(session: SessionDep, actor: ActorDep) -> Template:
    """The latest lines of the audit."""
    found = await back_office.search_audit(session, actor, AuditSearch())
    context = {
        "found": found,
        "typed": dict.fromkeys(_NAMES, ""),
        "labels": AUDIT_LABELS,
        "kinds": KINDS,
        "detail": _detail,
    }
    return Template("back_office/audit.html", context=context)


HANDLERS = [
    delivery_page,
    replay,
    replay_all,
    clock_page,
    flags_page,
    set_flag,
    search_audit,
    audit_page,
]

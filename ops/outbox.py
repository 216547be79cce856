"""Delivery at the terminal: what was given up, what was kept back, what the clock ran; trying again."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from data.queries import addresses, emails, inbound, runs, sms
from data.queries import outbox as queries
from data.queries.outbox import Parked
from data.queries.runs import Run
from domain.errors import NotFoundError
from domain.inbound import Outcome
from ops.transactions import now, transaction
from workers.schedule import PARIS, SCHEDULE, Planned

_LISTED = 200
_OUTCOMES = {
    "waiting": "en attente",
    "done": "fait",
    "failed": "échec, sera réessayé",
    "parked": "mis de côté",
}
_KEPT_BACK = {
    "held": "Messages retenus (destinataire absent de MAIL_ALLOW)",
    "unreachable": "Messages non envoyés (l’adresse ne répond plus)",
    "refused": "Messages refusés (adresse ou numéro qui ne mène nulle part)",
}
_CAME_IN = {
    Outcome.WAITING: "à traiter",
    Outcome.DELIVERED: "transmises",
    Outcome.AUTOMATIC: "automatiques",
    Outcome.BOUNCE: "retours d’un serveur",
    Outcome.LOOP: "en boucle",
    Outcome.SPOOFED: "d’un expéditeur non prouvé",
    Outcome.UNKNOWN: "à une adresse inconnue",
    Outcome.STRANGER: "d’une personne étrangère à la demande",
    Outcome.CLOSED: "à une demande close",
    Outcome.TOO_LONG: "trop longues",
    Outcome.EMPTY: "vides",
    Outcome.UNREADABLE: "illisibles",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What `escale outbox list` tells. `kept_back`: how many messages were not sent, by why.

    `came_in`: how many answers were received by mail, by what became of them.
    """

    waiting: int
    parked: Sequence[Parked]
    kept_back: dict[str, int]
    unreachable_addresses: int
    came_in: dict[Outcome, int]

    def as_json(self) -> dict[str, Any]:
        """The same, for a program."""
        return asdict(self)


async def state(database_url: str) -> State:
    """What waits, what was given up (the last 200), what was kept back."""
    async with transaction(database_url) as session:
        mails, texts = await emails.kept_back(session), await sms.kept_back(session)
        return State(
            waiting=await queries.count_waiting(session),
            parked=await queries.parked(session, _LISTED),
            kept_back={why: mails.get(why, 0) + texts.get(why, 0) for why in _KEPT_BACK},
            unreachable_addresses=await addresses.count_unreachable(session),
            came_in=await inbound.by_outcome(session),
        )


def described(found: State) -> list[str]:
    """The state as lines to read."""
    lines = [f"En attente : {found.waiting}. Mis de côté : {len(found.parked)}."]
    for row in found.parked:
        lines += [f"{row.id}  {row.job}  {_when(row.parked_at)}, {row.tries} essais", f"    {row.error}"]
    lines += [f"{_KEPT_BACK[why]} : {count}" for why, count in found.kept_back.items() if count]
    if found.unreachable_addresses:
        lines.append(f"Adresses qui ne répondent plus : {found.unreachable_addresses}")
    if found.came_in:
        lines.append("Réponses reçues par e-mail")
        lines += [f"    {_CAME_IN[what]} : {count}" for what, count in sorted(found.came_in.items())]
    if found.parked:
        lines.append("Une fois la cause corrigée : « escale outbox retry NUMÉRO », ou « --all » pour tout.")
    return lines


async def retry(database_url: str, row_id: int) -> None:
    """Try that work again; raises `NotFoundError` when it was not given up."""
    async with transaction(database_url) as session:
        if not await queries.replay(session, row_id, now()):
            raise NotFoundError(f"Aucune tâche mise de côté ne porte le numéro {row_id}.")


async def retry_all(database_url: str) -> int:
    """Try again all that was given up; how many."""
    async with transaction(database_url) as session:
        return await queries.replay_all(session, now())


async def clock(database_url: str) -> list[tuple[str, ...]]:
    """One line a planned job: name, time, next run, last run, how long, how many, outcome."""
    async with transaction(database_url) as session:
        last = await runs.last_runs(session)
    return [_line(entry, last.get(entry.job)) for entry in SCHEDULE]


def _line(entry: Planned, run: Run | None) -> tuple[str, ...]:
    following = _when(entry.next(now()))
    if run is None:
        return (entry.job, f"{entry.at:%H:%M}", following, "jamais", "", "", "")
    took = ""
    if run.started_at and run.ended_at:
        took = _seconds(run.ended_at - run.started_at)
    treated = "" if run.treated is None else str(run.treated)
    planned = _when(run.planned_for)
    return (entry.job, f"{entry.at:%H:%M}", following, planned, took, treated, _OUTCOMES[run.outcome])


def _when(moment: datetime) -> str:
    return f"{moment.astimezone(PARIS):%d/%m/%Y %H:%M}"


def _seconds(took: timedelta) -> str:
    return f"{took.total_seconds():.1f} s".replace(".", ",")

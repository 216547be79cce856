"""What the pages of a discussion post, read once for every door: a person's, a company's, a mail's link."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from api.pages.forms import day_of, text
from data.session import Session
from domain.discussion import AT_ONCE, COMPANY_REASONS, Refusal, Side, Status, Told
from domain.errors import FieldError, InvalidInputError, NotFoundError
from domain.french import PARIS
from domain.visit import MAX_SLOTS, Proposal
from services.discussions import deciding, reporting, sharing, visiting
from services.discussions.parties import HIDDEN, Party

Values = Mapping[str, str | list[str]]


@dataclass(frozen=True, slots=True)
class Act:
    """One deed on a discussion: what was posted, by whom, from which side."""

    session: Session
    party: Party
    side: Side
    values: Values
    now: datetime


async def _write(act: Act) -> str:
    await deciding.write(act.session, act.party, act.side, text(act.values, "message"), act.now)
    return "message"


async def _withdraw(act: Act) -> str:
    await deciding.withdraw(act.session, act.party, act.now)
    return "retiree"


async def _validate(act: Act) -> str:
    await deciding.validate(act.session, act.party, act.now)
    return "validee"


async def _decline(act: Act) -> str:
    await deciding.decline(act.session, act.party, text(act.values, "message"), act.now)
    return "ecartee"


async def _accept(act: Act) -> str:
    known = {one.value: one for one in Told}
    told = known.get(text(act.values, "told"))
    if told is None:
        said = "Dites comment la personne est prévenue."
        raise InvalidInputError((FieldError("told", said, "required"),))
    if act.side in act.party.sides and _twice(act, told):
        return "acceptee"
    await deciding.accept(act.session, act.party, told, act.now)
    return "acceptee"


def _twice(act: Act, told: Told) -> bool:
    """Whether this is the button that has just accepted, pressed twice."""
    row = act.party.row
    return row.status is Status.ACCEPTED and row.told is told and act.now - row.status_at < AT_ONCE


async def _reject(act: Act) -> str:
    await deciding.reject(act.session, act.party, refusal_of(act.values), act.now)
    return "refusee"


async def _report(act: Act) -> str:
    await reporting.report(act.session, act.party, text(act.values, "report"), act.now)
    return "signalee"


async def _met(act: Act) -> str:
    met = text(act.values, "met") == "oui"
    await deciding.say_met(act.session, act.party, act.side, act.now, met=met)
    return "dit"


async def _stop_sharing(act: Act) -> str:
    await sharing.stop(act.session, act.party, act.now)
    return "plus-montre"


async def _propose(act: Act) -> str:
    await visiting.propose(act.session, act.party, act.side, proposal_of(act.values), act.now)
    return "proposee"


async def _pick(act: Act) -> str:
    chosen = text(act.values, "slot")
    slot = datetime.fromisoformat(chosen) if chosen else None
    await visiting.pick(act.session, act.party, act.side, _visit(act.values), slot, act.now)
    return "choisie"


async def _cancel(act: Act) -> str:
    await visiting.cancel(act.session, act.party, act.side, _visit(act.values), act.now)
    return "annulee"


async def _came(act: Act) -> str:
    came = text(act.values, "came") == "oui"
    await visiting.mark(act.session, act.party, _visit(act.values), act.now, came=came)
    return "dit"


ACTS: dict[str, Callable[[Act], Awaitable[str]]] = {
    "ecrire": _write,
    "retirer": _withdraw,
    "valider": _validate,
    "ecarter": _decline,
    "accepter": _accept,
    "refuser": _reject,
    "signaler": _report,
    "rencontre": _met,
    "ne-plus-montrer": _stop_sharing,
    "visite": _propose,
    "choisir": _pick,
    "annuler": _cancel,
    "venue": _came,
}
DONE = {
    "message": "Votre message est envoyé.",
    "retiree": "Votre demande est retirée. L’entreprise est prévenue.",
    "validee": "La demande est validée : l’entreprise la reçoit.",
    "ecartee": "La demande est écartée. La personne reçoit votre message.",
    "acceptee": "Vous acceptez. La personne est prévenue.",
    "refusee": "Votre réponse est envoyée. Nous proposons d’autres entreprises à la personne.",
    "signalee": "Merci. Notre équipe va lire votre signalement.",
    "dit": "Merci, c’est noté.",
    "plus-montre": "L’entreprise ne voit plus le passeport.",
    "proposee": "Vos dates sont proposées. L’autre personne reçoit un e-mail.",
    "choisie": "La visite est confirmée. Vous recevez tous les deux un e-mail.",
    "annulee": "La visite est annulée. L’autre personne reçoit un e-mail.",
}


async def perform(act: Act) -> str:
    """Do what the button named `acte` says; what to tell then, a key of `DONE`.

    Raises `InvalidInputError` with the fields of its form, and as each move.
    """
    deed = ACTS.get(text(act.values, "acte"))
    if deed is None:
        raise NotFoundError(HIDDEN)
    return await deed(act)


def _visit(values: Values) -> UUID:
    try:
        return UUID(text(values, "visit"))
    except ValueError:
        raise NotFoundError(HIDDEN) from None


def refusal_of(values: Values) -> Refusal:
    """The refusal typed; raises `InvalidInputError` on `reason`."""
    known = {one.value: one for one in COMPANY_REASONS}
    reason = known.get(text(values, "reason"))
    if reason is None:
        raise InvalidInputError((FieldError("reason", "Choisissez une raison dans la liste.", "required"),))
    return Refusal(reason=reason, text=text(values, "text"), until=day_of(text(values, "until")))


def proposal_of(values: Values) -> Proposal:
    """Slots typed as a day and a time of Paris, one line each; raises `InvalidInputError` on `slots`."""
    slots = []
    for at in range(MAX_SLOTS):
        day, hour = text(values, f"day.{at}").strip(), text(values, f"hour.{at}").strip()
        if day or hour:
            slots.append(_moment(day, hour))
    minutes = text(values, "minutes").strip()
    length = int(minutes) if minutes.isdecimal() and len(minutes) < 5 else 0  # noqa: PLR2004 - a few hours
    return Proposal(tuple(slots), length, text(values, "place"))


def _moment(day: str, hour: str) -> datetime:
    try:
        return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=PARIS)
    except ValueError:
        said = "Pour chaque date, choisissez le jour et l’heure."
        raise InvalidInputError((FieldError("slots", said, "format"),)) from None

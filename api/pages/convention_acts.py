"""What the buttons of a convention's page post; each asks again whether it may."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from api.pages.forms import text
from data.queries import convention_story
from domain.convention import As, Move
from domain.errors import ConflictError, FieldError, InvalidInputError, NotFoundError
from domain.terms import Contact
from services.conventions import reviewing
from services.conventions.following import take_on
from services.conventions.parties import HIDDEN, Standing
from services.conventions.reminding import remind
from services.conventions.renewing import renew
from services.conventions.story import Line, Office

Values = Mapping[str, str | list[str]]
STALE = (
    "Cette convention a changé depuis que vous avez ouvert la page. La voici telle qu’elle est maintenant : "
    "relisez-la, puis décidez."
)
_AT_ONCE = timedelta(seconds=30)
"""The same decision of the same person within it is a button pressed twice."""


@dataclass(frozen=True, slots=True)
class Act:
    """One deed on a convention: what was posted, by whom, where it is written."""

    office: Office
    standing: Standing
    values: Values

    @property
    def page(self) -> str:
        """The convention's own page."""
        return f"/conventions/{self.standing.row.id}"

    def said(self, done: str) -> str:
        """The page again, which tells what was done."""
        return f"{self.page}?fait={done}"


async def _pre_approve(act: Act) -> str:
    await reviewing.pre_approve(act.office, act.standing)
    return act.said("prevalidee")


async def _validate(act: Act) -> str:
    await reviewing.validate(act.office, act.standing)
    return act.said("validee")


async def _reject(act: Act) -> str:
    await reviewing.reject(act.office, act.standing, text(act.values, "reason"))
    return act.said("refusee")


async def _cancel(act: Act) -> str:
    await reviewing.cancel(act.office, act.standing, text(act.values, "reason"))
    return act.said("annulee")


async def _transfer(act: Act) -> str:
    """Who loses it by transferring it does not read it any more: they go back to their desk."""
    typed = text(act.values, "agency")
    agency = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < len(str(1 << 62)) else 0
    await reviewing.transfer(act.office, act.standing, agency, text(act.values, "reason"))
    return "/accompagnement/conventions?fait=transmise" if act.standing.actor.agent else "/gestion"


async def _renew(act: Act) -> str:
    return f"/convention/{await renew(act.office, act.standing, text(act.values, 'reason'))}"


async def _change_tutor(act: Act) -> str:
    names = ("first_name", "last_name", "function", "email", "phone")
    tutor = Contact(**{name: text(act.values, f"host.tutor.{name}") for name in names})
    await reviewing.change_tutor(act.office, act.standing, tutor)
    return act.said("tuteur")


async def _deposit(act: Act) -> str:
    await reviewing.record_deposit(act.office, act.standing, text(act.values, "receipt"))
    return act.said("deposee")


async def _follow(act: Act) -> str:
    await take_on(act.office, act.standing)
    return act.said("suivie")


async def _remind(act: Act) -> str:
    known = {one.value: one for one in As}
    whom = known.get(text(act.values, "whom"))
    if whom is None:
        raise InvalidInputError((FieldError("whom", "Choisissez qui relancer.", "required"),))
    await remind(act.office, act.standing, whom)
    return act.said("relancee")


@dataclass(frozen=True, slots=True)
class Deed:
    """What a button does, the move it makes, and the line it leaves when it decides."""

    do: Callable[[Act], Awaitable[str]]
    move: Move
    line: Line


DEEDS: Mapping[str, Deed] = {
    "pre-valider": Deed(_pre_approve, Move.PRE_APPROVE, Line.PRE_APPROVED),
    "valider": Deed(_validate, Move.VALIDATE, Line.VALIDATED),
    "refuser": Deed(_reject, Move.REJECT, Line.REJECTED),
    "annuler": Deed(_cancel, Move.CANCEL, Line.CANCELLED),
    "transmettre": Deed(_transfer, Move.TRANSFER, Line.TRANSFERRED),
    "renouveler": Deed(_renew, Move.RENEW, Line.RENEWED),
    "tuteur": Deed(_change_tutor, Move.CHANGE_TUTOR, Line.TUTOR_CHANGED),
    "deposer": Deed(_deposit, Move.RECORD_DEPOSIT, Line.DEPOSITED),
    "suivre": Deed(_follow, Move.FOLLOW, Line.FOLLOWED),
    "relancer": Deed(_remind, Move.REMIND, Line.REMINDED),
}
DONE = {
    "prevalidee": "La convention est pré-validée. Les personnes qui valident sont prévenues.",
    "validee": "La convention est validée. Un e-mail part à chacun, et le document signé se prépare.",
    "refusee": "La convention est refusée. Tout le monde reçoit la raison.",
    "annulee": "La convention est annulée. Tout le monde reçoit la raison.",
    "tuteur": "Le tuteur ou la tutrice a changé. Tout le monde est prévenu.",
    "deposee": "Le dépôt est enregistré.",
    "suivie": "Vous suivez cette convention : votre nom y est écrit, et ses nouvelles vous arrivent.",
    "relancee": "Le rappel part maintenant.",
    "envoyee": "La convention est partie à la signature.",
    "modifiee": "La convention est modifiée. Tout le monde reçoit ce qui change, et signe de nouveau.",
    "papier": "La signature sur papier est enregistrée.",
}


async def perform(act: Act) -> str:
    """Do what the button named `acte` does; the address to show then.

    Raises `InvalidInputError` with the fields of its form, `ConflictError` on a page that is not up to
    date, and as each move. A button pressed twice is done once.
    """
    deed = DEEDS.get(text(act.values, "acte"))
    if deed is None:
        raise NotFoundError(HIDDEN)
    row = act.standing.row
    if (text(act.values, "version"), text(act.values, "status")) != (str(row.version), row.status.value):
        if await _twice(act, deed.line):
            return act.page
        raise ConflictError(STALE)
    act.standing.step(deed.move)
    return await deed.do(act)


async def _twice(act: Act, line: Line) -> bool:
    """Whether the last line of the story is this very decision, made by this person a moment ago."""
    entries = await convention_story.entries(act.office.session, act.standing.row.id)
    last = entries[-1]
    mine = (last.told or {}).get("by") == str(act.standing.actor.user)
    return mine and last.kind == line and act.office.now - last.at < _AT_ONCE

"""Somebody reminds a signatory: once a day for each, whoever asks."""

from datetime import datetime

from data.queries import convention_waiting
from data.session import ReadSession
from domain.convention import As, Move
from domain.convention_reminders import by_hand
from domain.errors import ConflictError
from domain.french import PARIS
from services.conventions.parties import Standing
from services.conventions.signing import reach
from services.conventions.story import Line, Office, Said, tell
from services.followups import Event, follow

_SIGNED = "Cette personne a déjà signé, ou n’a pas à signer."
_YOURS = "C’est votre signature qui manque : ouvrez la convention pour la lire et la signer."
_UNREACHED = "Nous ne pouvons pas écrire à cette personne : prévenez-la vous-même."
_TODAY = "Cette personne a déjà été relancée aujourd’hui. Attendez demain, ou appelez-la."


async def reminded_today(session: ReadSession, standing: Standing, now: datetime) -> frozenset[As]:
    """Whom nobody may remind again before tomorrow; empty for those who remind nobody."""
    if Move.REMIND not in standing.moves():
        return frozenset()
    today = now.astimezone(PARIS).date()
    names = {by_hand(whom, today): whom for whom in standing.unsigned - standing.whom}
    sent = await convention_waiting.sent(session, standing.row.id, names) if names else ()
    return frozenset(names[one] for one in sent)


async def remind(office: Office, standing: Standing, whom: As) -> None:
    """Write to one who has not signed; raises `ConflictError` when it would say nothing new, or reach nobody.

    The convention's row is locked. The line of the story says who asked, and who was reminded.
    """
    _, asking = standing.step(Move.REMIND)
    if whom not in standing.unsigned:
        raise ConflictError(_SIGNED)
    if whom in standing.whom:
        raise ConflictError(_YOURS)
    row = standing.row
    signatory = next(one for one in row.signatories if one.whom is whom)
    _, reached = reach(office, signatory)
    if not reached:
        raise ConflictError(_UNREACHED)
    name = by_hand(whom, office.now.astimezone(PARIS).date())
    if not await convention_waiting.mark(office.session, {row.id: (name,)}, office.now):
        raise ConflictError(_TODAY)
    by = {"by": str(standing.actor.user)} if standing.actor.user else {}
    await tell(office, row, Said(Line.REMINDED, {"as": asking.value, "whom": whom.value}, by))
    await follow(
        office.session,
        Event.CONVENTION_REMINDED,
        convention=str(row.id),
        version=row.version,
        whom=whom.value,
    )

"""Which agencies may accompany a person, from their commune and their situation."""

from dataclasses import dataclass
from datetime import date

from data.queries import agencies, places
from data.queries.agencies import AgencyRow
from data.session import ReadSession
from domain.agency import KINDS_FOR, Situation
from domain.values import department_of, distance_km

MOST_PROPOSED = 5
NOBODY = (
    "Aucune structure de cette commune n’utilise encore Escale pour votre situation. Parlez-en à la personne "
    "qui vous accompagne : votre conseiller ou votre conseillère doit inscrire sa structure."
)


@dataclass(frozen=True, slots=True)
class Proposed:
    """An agency that may accompany the person; `distance_km` is None when its place is unknown."""

    agency: AgencyRow
    distance_km: float | None


async def propose(session: ReadSession, insee: str, situation: Situation, day: date) -> tuple[Proposed, ...]:
    """Active agencies that cover the commune and could validate that day, the likeliest first.

    By the mission of their kind for this situation (`KINDS_FOR`), then those that name the commune before
    those that cover its department, then the nearest. Empty when there is none (`NOBODY` says what to do).
    """
    commune = await places.commune(session, insee)
    if commune is None:
        return ()
    kinds = KINDS_FOR[situation]
    rows = [
        row
        for row in await agencies.covering(session, insee, department_of(insee))
        if row.kind in kinds and row.validates(day)
    ]
    found = [Proposed(row, distance_km(row.point, commune.point) if row.point else None) for row in rows]

    def order(one: Proposed) -> tuple[int, bool, float, int]:
        far = float("inf") if one.distance_km is None else one.distance_km
        return kinds.index(one.agency.kind), insee not in one.agency.communes, far, one.agency.id

    return tuple(sorted(found, key=order)[:MOST_PROPOSED])

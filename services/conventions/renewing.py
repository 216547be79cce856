"""A renewal: the same immersion goes on, once, in a draft that its people complete and sign."""

from dataclasses import fields, replace
from uuid import UUID

from data.queries import conventions
from data.queries.conventions import ConventionRow
from domain.convention import Move, check_reason
from domain.convention_renewal import renewal_of
from services.conventions.drafting import Origin, start
from services.conventions.parties import Standing
from services.conventions.story import Line, Office, Said, tell


async def renew(office: Office, standing: Standing, reason: str) -> UUID:
    """The draft of a renewal, or the one that is already being written; raises as every move.

    Raises `InvalidInputError` on `reason`. The convention's row is locked: two agents make one draft.
    """
    _, whom = standing.step(Move.RENEW)
    said = check_reason(reason)
    row = standing.row
    begun = await conventions.draft_renewing(office.session, row.id)
    if begun is not None:
        return begun
    terms = renewal_of(row.document, row.reference, said)
    draft = await start(office, standing.actor, terms, _origin(row))
    told = {"reason": said} | standing.by
    await tell(office, row, Said(Line.RENEWED, {"as": whom.value, "renewal": str(draft.id)}, told))
    return draft.id


def _origin(row: ConventionRow) -> Origin:
    same = {one.name: getattr(row, one.name) for one in fields(Origin) if one.name != "renews"}
    return replace(Origin(**same), renews=row.id)

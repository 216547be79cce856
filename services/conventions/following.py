"""Who accompanies the person of a convention in the agency: its referent, whom the document must name.

Whoever sends may not know them; the agency does when it decides (décret n° 2023-1304).
"""

from uuid import UUID

from data.queries import agency_rights, conventions
from data.queries.conventions import ConventionRow
from data.session import ReadSession
from domain.convention import Move
from domain.roles import Actor, Permission, permissions_of, require_account
from services.conventions.parties import Standing
from services.conventions.story import Line, Office, Said, tell
from services.followups import Event, follow


def own_referent(actor: Actor, agency: int | None) -> UUID | None:
    """An agent who accompanies people in that agency, for what they begin there; None for anybody else."""
    return actor.user if agency is not None and actor.may(Permission.ACCOMPANY, agency=agency) else None


async def sent_referent(session: ReadSession, row: ConventionRow, actor: Actor) -> UUID | None:
    """Who accompanies the person when it is sent: already named, their referent, the agent who wrote it."""
    agency = row.agency_id
    if row.counsellor_id is not None or agency is None:
        return row.counsellor_id
    if row.beneficiary_id is not None:
        found = await conventions.current_referral(session, row.beneficiary_id, agency)
        if found is not None:
            return found
    return own_referent(actor, agency) or await _writer(session, row, agency)


async def _writer(session: ReadSession, row: ConventionRow, agency: int) -> UUID | None:
    """Who began the draft, when they accompany people there."""
    if row.created_by is None:
        return None
    found = await agency_rights.member(session, agency, row.created_by)
    return row.created_by if found and Permission.ACCOMPANY in permissions_of(found.roles) else None


def unnamed(row: ConventionRow) -> bool:
    """Whether nobody is named yet who accompanies the person: who decides then is."""
    return row.counsellor_id is None and not row.document.accompanying.contact


def deciding_referent(standing: Standing) -> dict[str, UUID]:
    """The column to change when the agency decides and nobody is named."""
    return {"counsellor_id": require_account(standing.actor)} if unnamed(standing.row) else {}


async def take_on(office: Office, standing: Standing) -> None:
    """An agent says that they accompany the person, and who did before is told; raises as every move."""
    _, whom = standing.step(Move.FOLLOW)
    row, user = standing.row, require_account(standing.actor)
    await conventions.change(office.session, row.id, {"counsellor_id": user}, office.now)
    await tell(office, row, Said(Line.FOLLOWED, {"as": whom.value}, standing.by))
    if row.counsellor_id is not None:
        ids = {"convention": str(row.id), "counsellor": str(row.counsellor_id)}
        await follow(office.session, Event.CONVENTION_TAKEN_ON, **ids)

"""Which agencies may prescribe a convention: found by name or place, proposed from commune and situation."""

from dataclasses import dataclass
from datetime import date

from data.queries import agencies, users
from data.queries.agencies import AgencyRow
from data.queries.conventions import ConventionRow
from data.session import ReadSession
from domain.agency import AgencyStatus, Situation
from services.agencies import propose

MOST = 20
_READ = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An agency to choose: its name, then what tells it from others."""

    id: int
    name: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked: words, a department, the person's commune, their situation; all of it optional."""

    words: str = ""
    department: str = ""
    insee: str = ""
    situation: Situation | None = None


async def find(session: ReadSession, wanted: Wanted, day: date) -> tuple[Choice, ...]:
    """Agencies that could validate that day: those proposed for the commune, then those of the words."""
    rows: list[AgencyRow] = []
    if wanted.insee:
        situation = wanted.situation or Situation.OTHER
        rows += [one.agency for one in await propose(session, wanted.insee, situation, day)]
    if wanted.words:
        found = await agencies.search(session, wanted.words, _READ)
        rows += [one for one in found if _covers(one, wanted.department)]
    elif wanted.department:
        rows += await agencies.covering(session, "", wanted.department)
    open_ones = (one for one in rows if one.validates(day))
    return tuple(dict.fromkeys(choice(one) for one in open_ones))[:MOST]


def _covers(agency: AgencyRow, department: str) -> bool:
    named = (agency.postal_code, *agency.communes, *agency.departments)
    return not department or any(one.startswith(department) for one in named)


def choice(agency: AgencyRow) -> Choice:
    """An agency as it is chosen."""
    place = f"{agency.postal_code} {agency.city}".strip()
    return Choice(
        id=agency.id, name=agency.name, detail=", ".join(part for part in (agency.kind_said, place) if part)
    )


async def referent(session: ReadSession, row: ConventionRow) -> str:
    """The name of the agent who accompanies the person of a convention; empty while nobody does."""
    found = await users.by_id(session, row.counsellor_id) if row.counsellor_id else None
    return f"{found.first_name} {found.last_name}".strip() or found.email if found else ""


async def chosen(session: ReadSession, agency: int | None) -> Choice | None:
    """The agency of a draft, while it is active."""
    found = await agencies.by_id(session, agency) if agency is not None else None
    return choice(found) if found and found.status is AgencyStatus.ACTIVE else None

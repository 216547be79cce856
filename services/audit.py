"""Who decided what, written in the transaction of the decision."""

from datetime import datetime
from uuid import UUID

from data.queries import audit
from data.queries.audit import AuditLine
from data.session import Session
from domain.audit import AuditAction
from domain.roles import Actor, Role

MAX_DETAIL = 500


async def record(  # noqa: PLR0913 - one line, its parts by name
    session: Session,
    actor: Actor,
    action: AuditAction,
    object_kind: str,
    object_id: object,
    now: datetime,
    *,
    agency: int | None = None,
    company: int | None = None,
    beneficiary: UUID | None = None,
    role: Role | None = None,
    detail: str = "",
) -> None:
    """Write one line: `object_kind` is a noun (`agency`, `company`), `object_id` its key as text.

    The role is the one given, else the actor's at that agency or company. `beneficiary` is the person
    whose file it is: they see the line. `detail` holds no personal data, and is cut at 500 characters.
    """
    line = AuditLine(
        at=now,
        actor_id=actor.user,
        role=role.value if role else _acted_as(actor, agency, company),
        action=action.value,
        object_kind=object_kind,
        object_id=str(object_id),
        agency_id=agency,
        beneficiary_id=beneficiary,
        detail=detail[:MAX_DETAIL],
    )
    await audit.add(session, line)


def _acted_as(actor: Actor, agency: int | None, company: int | None) -> str:
    if agency is not None and (roles := actor.agencies.get(agency)):
        return ",".join(sorted(roles))
    if company is not None and (role := actor.companies.get(company)):
        return role.value
    return Role.BACK_OFFICE.value if actor.back_office else ""

"""The back office at the terminal: registrations to look at, one decision each."""

from collections.abc import Sequence
from uuid import UUID

from domain.company import CHECK_LABELS
from domain.errors import ConflictError, NotFoundError
from ops.transactions import now, transaction
from services import review
from services.review import ToCheck

_NO_REASON = "À relire."


async def waiting(database_url: str) -> Sequence[ToCheck]:
    """What waits for a decision, oldest first."""
    async with transaction(database_url) as session:
        return await review.to_check(session)


async def approve(database_url: str, which: str) -> str:
    """Publish the registration of that SIRET or number; returns its SIRET."""
    async with transaction(database_url) as session:
        found = named(await review.to_check(session), which)
        return (await review.approve(session, found.id, now())).siret


async def refuse(database_url: str, which: str, reason: str) -> str:
    """Refuse the registration of that SIRET or number, for that reason; returns its SIRET."""
    async with transaction(database_url) as session:
        found = named(await review.to_check(session), which)
        await review.refuse(session, found.id, reason, now())
        return found.siret


def describe(item: ToCheck) -> str:
    """One registration in a few lines, for the person who decides."""
    why = CHECK_LABELS[item.reason] if item.reason else _NO_REASON
    kind = "modification" if item.editing else "inscription"
    lines = [
        f"{item.siret}  {item.name} ({kind} du {item.since:%d/%m/%Y %H:%M})",
        f"    {why} Adresse : {item.email} ; site : {item.website or 'aucun'}",
        f"    numéro : {item.id}",
    ]
    return "\n".join(lines)


def named(items: Sequence[ToCheck], which: str) -> ToCheck:
    """The one registration that `which` names; a SIRET may have several, a number has one."""
    wanted = which.replace(" ", "")
    try:
        found = [item for item in items if item.id == UUID(wanted)]
    except ValueError:
        found = [item for item in items if item.siret == wanted]
    if not found:
        raise NotFoundError("Aucune inscription de ce SIRET ou de ce numéro n’attend de vérification.")
    if len(found) > 1:
        numbers = ", ".join(str(item.id) for item in found)
        raise ConflictError(f"Plusieurs inscriptions ont ce SIRET : dites le numéro de l’une ({numbers}).")
    return found[0]

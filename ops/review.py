"""The back office at the terminal: registrations to look at, companies to ban; one decision each."""

from collections.abc import Sequence
from uuid import UUID

from data.queries.moderation import Moderated
from domain.company import CHECK_LABELS
from domain.errors import ConflictError, NotFoundError
from domain.roles import Actor
from ops.transactions import now, transaction
from services import moderation
from services.review import ToCheck

OPERATOR = Actor(back_office=True)
"""Whoever has the terminal of the server; the audit says that no account did it."""

_NO_REASON = "À relire."


async def waiting(database_url: str) -> Sequence[ToCheck]:
    """What waits for a decision, oldest first."""
    async with transaction(database_url) as session:
        return await moderation.to_check(session, OPERATOR)


async def approve(database_url: str, which: str) -> str:
    """Publish the registration of that SIRET or number; returns its SIRET."""
    async with transaction(database_url) as session:
        found = named(await moderation.to_check(session, OPERATOR), which)
        return (await moderation.approve(session, OPERATOR, found.id, now())).siret


async def refuse(database_url: str, which: str, reason: str) -> str:
    """Refuse the registration of that SIRET or number, for that reason; returns its SIRET."""
    async with transaction(database_url) as session:
        found = named(await moderation.to_check(session, OPERATOR), which)
        await moderation.refuse(session, OPERATOR, found.id, reason, now())
        return found.siret


async def banned(database_url: str) -> Sequence[Moderated]:
    """Companies banned, the latest first."""
    async with transaction(database_url) as session:
        return await moderation.find_companies(session, OPERATOR, "", banned=True)


async def ban(database_url: str, siret: str, reason: str) -> str:
    """Ban the company of that SIRET, for that reason; returns its name."""
    async with transaction(database_url) as session:
        found = await moderation.company_by_siret(session, OPERATOR, siret)
        await moderation.ban(session, OPERATOR, found.id, reason, now())
        return found.name


async def unban(database_url: str, siret: str) -> str:
    """Let the company of that SIRET back; returns its name."""
    async with transaction(database_url) as session:
        found = await moderation.company_by_siret(session, OPERATOR, siret)
        await moderation.unban(session, OPERATOR, found.id, now())
        return found.name


def describe_banned(company: Moderated) -> str:
    """One banned company in a few lines."""
    since = f"{company.banned_at:%d/%m/%Y}" if company.banned_at else ""
    reason = company.ban_reason.replace("\n", "\n    ")
    return f"{company.siret}  {company.name} (bannie le {since})\n    {reason}"


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

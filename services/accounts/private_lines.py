"""What a person chose to tell: theirs to read, sealed with a consent a line, deleted when taken back.

Which line a consent is for is sealed too: that somebody agreed to tell of their RQTH says that they have one.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec

from clients.sealing import Sealer
from data.queries import private
from data.session import ReadSession, Session
from domain.errors import UnavailableError
from domain.private import Line, Private, check
from domain.roles import Actor, require_account
from services.accounts.own_passport import file_of

PURPOSE = "private_lines"
_PARENT = "parent"
_WIDTH = 16
"""Lines are sealed at one length, which says nothing of them."""


async def read_private(session: ReadSession, sealer: Sealer, beneficiary: UUID | None) -> Private:
    """What the person told, nothing when they have no file; raises `UnavailableError` without its key."""
    sealed = await private.read(session, beneficiary) if beneficiary else None
    if beneficiary is None or sealed is None:
        return Private()
    return msgspec.convert(sealer.open(str(beneficiary), sealed), Private)


async def tell(  # noqa: PLR0913 - what is told, and what is agreed to
    session: Session,
    sealer: Sealer,
    actor: Actor,
    told: Private,
    agreed: Collection[Line],
    now: datetime,
    *,
    parent_agrees: bool,
) -> None:
    """Keep exactly this, with the consents that let it be kept; what is not told any more is deleted.

    Raises `InvalidInputError`.
    """
    kept = check(told, agreed, parent_agrees=parent_agrees)
    beneficiary = await file_of(session, require_account(actor), now)
    await private.lock(session, beneficiary)
    await _agree(session, sealer, beneficiary, kept.lines, now)
    await _parent_agrees(session, beneficiary, now, agrees=kept.under_15)
    sealed = sealer.seal(str(beneficiary), msgspec.to_builtins(kept)) if kept.lines else None
    await private.write(session, beneficiary, sealed, now)


async def rotate_keys(session: Session, sealer: Sealer) -> int:
    """Seal everything anew under the first key; how many files. Raises `UnavailableError`."""
    files = await private.sealed(session)
    for beneficiary, sealed in files:
        await private.reseal(session, beneficiary, sealer.renew(sealed))
    for consent, beneficiary, target in await private.sealed_targets(session, PURPOSE):
        renewed = _sealed(sealer, beneficiary, line_of(sealer, beneficiary, target))
        await private.reseal_target(session, consent, renewed)
    return len(files)


def line_of(sealer: Sealer, beneficiary: UUID, target: str) -> Line:
    """The line that a consent is for; raises `UnavailableError` without its key.

    Consents given before lines were sealed there have theirs in clear, until keys are rotated.
    """
    if target in set(Line):
        return Line(target)
    return Line(sealer.open(str(beneficiary), target.encode())["line"].strip())


def _sealed(sealer: Sealer, beneficiary: UUID, line: Line) -> str:
    return sealer.seal(str(beneficiary), {"line": line.ljust(_WIDTH)}).decode()


async def _agree(
    session: Session, sealer: Sealer, beneficiary: UUID, lines: Collection[Line], now: datetime
) -> None:
    """Keep that the person agrees to these lines, and to no other any more.

    A consent that no key opens any more was for a line that is gone with it: it ends.
    """
    current: dict[Line, int] = {}
    ended = []
    for one in await private.consents_of(session, beneficiary, PURPOSE):
        if one.revoked_at is None:
            try:
                current[line_of(sealer, beneficiary, one.target)] = one.id
            except UnavailableError:
                ended.append(one.id)
    ended += [consent for line, consent in current.items() if line not in lines]
    await private.withdraw(session, ended, now)
    for line in lines:
        if line not in current:
            await private.give(session, beneficiary, PURPOSE, _sealed(sealer, beneficiary, line), now)


async def _parent_agrees(session: Session, beneficiary: UUID, now: datetime, *, agrees: bool) -> None:
    every = await private.consents_of(session, beneficiary, _PARENT)
    current = [one.id for one in every if one.revoked_at is None]
    if agrees and not current:
        await private.give(session, beneficiary, _PARENT, "", now)
    if not agrees:
        await private.withdraw(session, current, now)

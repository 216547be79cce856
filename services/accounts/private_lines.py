"""What a person chose to tell: theirs to read, sealed with a consent a line, deleted when taken back."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec

from clients.sealing import Sealer
from data.queries import private
from data.session import ReadSession, Session
from domain.private import Line, Private, check
from domain.roles import Actor, require_account
from services.accounts.own_passport import file_of

_LINES, _PARENT = "private_lines", "parent"


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
    await private.agree(session, beneficiary, _LINES, kept.lines, now)
    await private.agree(session, beneficiary, _PARENT, [""] if kept.under_15 else [], now)
    sealed = sealer.seal(str(beneficiary), msgspec.to_builtins(kept)) if kept.lines else None
    await private.write(session, beneficiary, sealed, now)


async def rotate_keys(session: Session, sealer: Sealer) -> int:
    """Seal everything anew under the first key; how many files. Raises `UnavailableError`."""
    files = await private.sealed(session)
    for beneficiary, sealed in files:
        await private.reseal(session, beneficiary, sealer.renew(sealed))
    return len(files)

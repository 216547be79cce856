"""Several conventions reminded at once, from the desk."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from domain.errors import ConflictError, FieldError, ForbiddenError, InvalidInputError, NotFoundError
from domain.roles import Actor
from services.conventions import parties
from services.conventions.reminding import remind
from services.conventions.story import Office

MOST_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Reminded:
    """How many people were written to; how many conventions had nobody to remind, or not today."""

    people: int
    left: int


async def remind_all(office: Office, actor: Actor, chosen: Sequence[UUID]) -> Reminded:
    """Remind whoever has not signed of each; raises `InvalidInputError` on `chosen`.

    One that this account may not remind of, or that was reminded of today, is counted and left.
    """
    ids = sorted(set(chosen))
    if not 0 < len(ids) <= MOST_AT_ONCE:
        said = f"Cochez dans la liste entre 1 et {MOST_AT_ONCE} conventions à relancer."
        raise InvalidInputError((FieldError("chosen", said, "choice"),))
    people = left = 0
    for one in ids:
        written = await _remind(office, actor, one)
        people += written
        left += written == 0
    return Reminded(people, left)


async def _remind(office: Office, actor: Actor, convention: UUID) -> int:
    written = 0
    with suppress(NotFoundError, ForbiddenError, ConflictError):
        standing = await parties.lock(office.session, actor, convention)
        for whom in sorted(standing.unsigned - standing.whom):
            with suppress(ConflictError):
                await remind(office, standing, whom)
                written += 1
    return written

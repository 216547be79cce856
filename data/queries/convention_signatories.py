"""Who signs a convention: how each is reached, what code was sent, when and how they signed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from data.session import ReadSession, Session
from data.tables import convention_signatories
from domain.convention import As

_s = convention_signatories.c
_CHANGE = update(convention_signatories).where(_s.id == bindparam("changed"))
_UNDONE = ("signed_at", "signed_version", "channel", "attested_by", "code_channel", "code_sent_at")
_PUT = insert(convention_signatories).values(
    {name: bindparam(name) for name in ("convention_id", "whom", "email", "phone")}
    | dict.fromkeys(_UNDONE)
    | {"code_tries": 0}
)
_PUT_AGAIN = _PUT.on_conflict_do_update(
    index_elements=["convention_id", "whom"],
    set_={name: _PUT.excluded[name] for name in (*_UNDONE, "email", "phone", "code_tries")},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatoryRow:
    """One who signs. `signed_version` is the version of the document they signed."""

    id: UUID
    convention_id: UUID
    whom: As
    email: str
    phone: str
    signed_at: datetime | None
    signed_version: int | None
    channel: str | None
    attested_by: UUID | None
    code_channel: str | None
    code_sent_at: datetime | None
    code_tries: int


COLUMNS = tuple(_s[field.name] for field in fields(SignatoryRow))
_ORDER = {whom: at for at, whom in enumerate(As)}


def _row(row: Mapping[Any, Any]) -> SignatoryRow:
    return SignatoryRow(**{**row, "whom": As(row["whom"])})


def in_order(rows: Iterable[Sequence[Any]]) -> tuple[SignatoryRow, ...]:
    """Those of one convention, in the order of `domain.convention.SIGNATORIES`, from values of `COLUMNS`."""
    names = [column.name for column in COLUMNS]
    found = [_row(dict(zip(names, row, strict=True))) for row in rows]
    return tuple(sorted(found, key=lambda one: _ORDER[one.whom]))


_OF = select(*COLUMNS).where(_s.convention_id == bindparam("convention"))


async def of_convention(session: ReadSession, convention: UUID) -> Sequence[SignatoryRow]:
    """All of a convention, in the order of `domain.convention.SIGNATORIES`."""
    return in_order(await session.execute(_OF, {"convention": convention}))


async def of_email(session: ReadSession, convention: UUID, email: str) -> frozenset[As]:
    """As whom an address signs that convention."""
    query = select(_s.whom).where(_s.convention_id == convention, _s.email == email)
    return frozenset(As(one) for one in (await session.execute(query)).scalars())


async def put(session: Session, convention: UUID, reached: Mapping[As, tuple[str, str]]) -> None:
    """Those who sign from now on, with address and number; nobody has signed. Links of the same live on."""
    rows = [
        {"convention_id": convention, "whom": whom.value, "email": email, "phone": phone}
        for whom, (email, phone) in reached.items()
    ]
    await session.execute(_PUT_AGAIN, rows)


async def remove(session: Session, signatories: Collection[UUID]) -> None:
    """Those who do not sign any more."""
    await session.execute(delete(convention_signatories).where(_s.id.in_(signatories)))


async def change(session: Session, signatory: UUID, values: Mapping[str, Any]) -> None:
    """Change some columns of one."""
    await session.execute(_CHANGE, {**values, "changed": signatory})

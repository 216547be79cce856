"""The metadata all tables share: one naming convention, so that constraints can be named in migrations."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, MetaData
from sqlalchemy.types import UserDefinedType

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    },
)

Timestamp = DateTime(timezone=True)


class Xid8(UserDefinedType[int]):
    """A PostgreSQL transaction number (`xid8`): 64 bits, never reused, ordered."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:  # noqa: ANN401, D102 - SQLAlchemy's own signature
        return "XID8"


def one_of(column: str, values: Iterable[str], name: str | None = None) -> CheckConstraint:
    """A named CHECK that the column holds one of the values (NULL passes, as in SQL)."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=name or f"{column}_known")

"""Constants of ours in a statement's own text: neither sent nor expanded each time it is executed."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Text, literal_column


def written(constant: str) -> ColumnElement[str]:
    """One of them; never what somebody typed."""
    quoted = constant.replace("'", "''")
    return literal_column(f"'{quoted}'", Text)


def all_written(constants: Iterable[str]) -> list[ColumnElement[str]]:
    """Several, always in the same order: one statement, prepared once."""
    return [written(one) for one in sorted(constants)]

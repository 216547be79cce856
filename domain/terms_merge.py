"""Two people changed one document: what each of them changed, kept together."""

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from domain.schedule import Schedule

T = TypeVar("T")


def merged(base: T, theirs: T, mine: T) -> T:
    """`mine` with every field that only the other changed since `base`; where both did, `mine`."""
    changed: dict[str, Any] = {}
    for one in fields(base):  # type: ignore[arg-type]
        before, other, own = (getattr(document, one.name) for document in (base, theirs, mine))
        if is_dataclass(before) and not isinstance(before, Schedule):
            changed[one.name] = merged(before, other, own)
        else:
            changed[one.name] = other if own == before else own
    return replace(mine, **changed)  # type: ignore[type-var]

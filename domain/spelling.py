"""Whether a name written otherwise is the same name, corrected."""

from difflib import SequenceMatcher

from domain.values import fold

Name = tuple[str, str]
"""First and last names, as typed."""
_NEAR = 0.75
"""How alike two spellings are: « Durant » and « Durand » (0.83), not « Roux » and « Roy » (0.57)."""


def respelled(kept: Name, typed: Name) -> bool:
    """The same first name with its last name spelled nearly the same, or the two the other way round.

    A first name is never corrected: those of twins may differ by a letter, and all the rest is the same.
    """
    (first, last), (given, family) = (tuple(map(fold, one)) for one in (kept, typed))
    if not (first and last):
        return False
    if (first, last) == (family, given):
        return True
    one, other = last.replace(" ", ""), family.replace(" ", "")
    return first == given and SequenceMatcher(None, one, other).ratio() >= _NEAR

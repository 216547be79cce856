"""How a signatory is reached, or whether they sign, changed by another side: who decides is warned of it.

The code that signs goes to the address and the number of the document: whoever writes their own there
signs in the name of somebody else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.chain import Entry
from domain.convention import AS_LABELS, SIGNATORIES, As
from domain.convention_lines import Line
from domain.french import french_date, within
from domain.terms import Terms, contact_of, signatories
from domain.terms_changes import FIELD_LABELS, said
from domain.terms_checks import ON_PAPER, PATHS

_PEOPLE = {PATHS[one]: one for one in SIGNATORIES}
_WATCHED = ("email", "phone")


@dataclass(frozen=True, slots=True)
class Replaced:
    """An address or a number that is no more that of the first sending. `by`: who last changed it.

    `field` is empty for somebody who signed then, and does no more.
    """

    field: str
    whom: As
    by: As
    at: datetime

    @property
    def text(self) -> str:
        """What changed, by whom, when: nobody is named."""
        who, when = within(AS_LABELS[self.by]), french_date(self.at)
        if not self.field:
            return f"{AS_LABELS[self.whom]} ne signe plus : changement fait par {who}, le {when}."
        return f"{FIELD_LABELS[self.field]} : changement fait par {who}, le {when}."


def replaced(story: Iterable[Entry], terms: Terms) -> tuple[Replaced, ...]:
    """What others than themselves changed of those who sign `terms`, since the first sending.

    What was put back as it was first sent is left out, and so is whoever came with an edit.
    """
    first: dict[str, str] = {}
    found: dict[str, Replaced] = {}
    came: set[str] = set()
    gone: dict[str, Replaced] = {}
    for entry in story:
        if entry.kind != Line.EDITED or not entry.told:
            continue
        by = As(entry.told["as"])
        new = set(entry.facts.get("came", ())) - set(gone)
        came |= new
        left = [As(one) for one in entry.facts.get("gone", ()) if one not in came]
        gone |= {one.value: Replaced("", one, by, entry.at) for one in left}
        changed = dict(zip(entry.facts["fields"], entry.told["changes"], strict=True))
        for path, whom in _paths():
            if path not in changed or whom.value in new or _comes(path, changed, first):
                continue
            first.setdefault(path, changed[path]["before"])
            if by is not whom:
                found[path] = Replaced(path, whom, by, entry.at)
    signing = signatories(terms)
    changed_now = (
        one for path, one in found.items() if one.whom in signing and _now(terms, one) != first[path]
    )
    gone_now = (one for one in gone.values() if one.whom not in signing and one.by is not one.whom)
    return (*gone_now, *changed_now)


def moved(before: Terms, after: Terms) -> dict[str, list[str]]:
    """The facts of an edit about who signs: those who came with it, those who are `gone`."""
    was, now = signatories(before), signatories(after)
    return {
        "came": [one.value for one in now if one not in was],
        "gone": [one.value for one in was if one not in now],
    }


def _paths() -> Iterable[tuple[str, As]]:
    return ((f"{path}.{name}", whom) for path, whom in _PEOPLE.items() for name in _WATCHED)


def _comes(path: str, changed: dict[str, dict[str, str]], first: dict[str, str]) -> bool:
    """Whether that edit is what made somebody sign, by their first address: some sign without any."""
    person = path.rpartition(".")[0]
    email = f"{person}.email"
    before = changed.get(email, {}).get("before")
    return before == said("") and email not in first and _PEOPLE[person] not in ON_PAPER


def _now(terms: Terms, one: Replaced) -> str:
    return said(getattr(contact_of(terms, one.whom), one.field.rpartition(".")[2]))

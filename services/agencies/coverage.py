"""Where an agency accompanies: departments and communes, as typed and as told."""

from collections.abc import Sequence
from dataclasses import dataclass

from data.queries import agencies
from data.session import ReadSession
from domain.errors import FieldError
from domain.values import department_of, fold
from services.lookups import Lookups, PlaceFound, find_places

_LOOKED_AT = 20
_MOST_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Communes:
    """Communes typed one by one: their codes, and the words that name none."""

    codes: tuple[str, ...]
    unread: tuple[str, ...]


def read_communes(lookups: Lookups, text: str) -> Communes:
    """Communes given as « Nantes », « Nantes (44) » or 44000, between commas or on lines."""
    codes: dict[str, None] = {}
    wrong: list[str] = []
    for typed in (part.strip() for line in text.splitlines() for part in line.split(",")):
        found = _named(lookups, typed) if typed else []
        if typed and not found:
            wrong.append(typed)
        codes.update(dict.fromkeys(one.insee for one in found))
    return Communes(tuple(codes), tuple(wrong))


def _named(lookups: Lookups, typed: str) -> list[PlaceFound]:
    """The commune of that name, label or code, or all those of that postal code; none when doubtful."""
    wanted = fold(typed)
    found = find_places(lookups, typed, _LOOKED_AT)
    if wanted.isdecimal():
        return [one for one in found if wanted in {*one.postal_codes, one.insee}]
    labelled = [one for one in found if fold(one.label) == wanted]
    return labelled or _alone([one for one in found if fold(one.label.rpartition(" (")[0]) == wanted])


def _alone(found: list[PlaceFound]) -> list[PlaceFound]:
    return found if len(found) == 1 else []


async def wrong_departments(session: ReadSession, codes: Sequence[str]) -> tuple[FieldError, ...]:
    """The departments that do not exist."""
    known = await agencies.department_names(session)
    wrong = [code for code in codes if code not in known]
    if not wrong:
        return ()
    message = f"« {wrong[0][:10]} » n’est pas un département. Écrivez par exemple 44, 2A ou 974."
    return (FieldError("departments", message, "department"),)


async def communes_text(session: ReadSession, codes: tuple[str, ...]) -> str:
    """Communes as they are typed, one a line: what the form shows again."""
    named = await agencies.commune_names(session, codes)
    return "\n".join(f"{name} ({department_of(insee)})" for insee, name in named.items())


async def coverage_words(
    session: ReadSession, departments: tuple[str, ...], communes: tuple[str, ...]
) -> tuple[str, ...]:
    """What an agency covers, for people: departments, then the first communes and the number of others."""
    known = await agencies.department_names(session) if departments else {}
    words = [f"{known.get(code, 'Département')} ({code})" for code in departments]
    named = list((await agencies.commune_names(session, communes)).values()) if communes else []
    words += named[:_MOST_SHOWN]
    if len(named) > _MOST_SHOWN:
        words.append(f"et {len(named) - _MOST_SHOWN} autres communes")
    return tuple(words)

"""Whose convention it is: the link to a person's file goes when the document names somebody else."""

from data.queries import convention_sources
from data.queries.convention_sources import Person
from data.queries.conventions import ConventionRow
from data.session import ReadSession
from domain.spelling import respelled
from domain.terms import Terms
from domain.terms_checks import same_person
from domain.values import fold

_LINKS = ("beneficiary_id", "counsellor_id", "discussion_id")


async def unlinked(session: ReadSession, row: ConventionRow, terms: Terms) -> dict[str, None]:
    """The columns to empty when the person of `terms` is no more the one of the file; none otherwise.

    The file is asked, not the document before: a name then an address changed one by one make somebody else.
    """
    if row.beneficiary_id is None or _known_by(terms) == _known_by(row.document):
        return {}
    found = await convention_sources.person(session, row.beneficiary_id)
    return {} if found and _is(found, row.document, terms) else dict.fromkeys(_LINKS)


def _known_by(terms: Terms) -> tuple[object, ...]:
    return same_person(terms), terms.beneficiary.birth_date, terms.beneficiary.email


def _is(file: Person, before: Terms, after: Terms) -> bool:
    """By the address of the file, whose names may then be corrected; else by its names and birth date.

    In a file without an address a last name may be corrected too, by who leaves a birth date as it was.
    """
    person, born = after.beneficiary, before.beneficiary.birth_date
    if person.email and person.email == file.email.lower():
        return True
    if fold(f"{file.first_name} {file.last_name}") == same_person(after):
        return born in {None, person.birth_date}
    if file.email or born is None or born != person.birth_date:
        return False
    return respelled((file.first_name, file.last_name), (person.first_name, person.last_name))

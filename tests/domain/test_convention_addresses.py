"""Whose address or number somebody else changed since a convention was first sent."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from domain.chain import START, Entry
from domain.convention import As
from domain.convention_addresses import moved, replaced
from domain.convention_lines import Line
from domain.terms import Contact, Employer, Terms
from domain.terms_changes import changes
from tests.factories.conventions import a_document

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
EMAIL, PHONE = "beneficiary.email", "beneficiary.phone"
SENT = a_document()


def person(email: str = "person@exemple.fr", phone: str = "+33612345678") -> Terms:
    return replace(SENT, beneficiary=replace(SENT.beneficiary, email=email, phone=phone))


def employed(email: str) -> Terms:
    contact = Contact(first_name="Jo", last_name="Le Goff", function="Gérant", email=email)
    return replace(SENT, employed=True, employer=Employer(name="Café du Port", contact=contact))


def story(*versions: tuple[As, Terms], begins: Terms = SENT) -> Iterable[Entry]:
    """The line of each edit: as whom, and what it made of the document."""
    before = begins
    for number, (whom, after) in enumerate(versions, 1):
        different = changes(before, after)
        words = [{"label": one.label, "before": one.before, "after": one.after} for one in different]
        yield Entry(
            convention=UUID(int=1),
            number=number,
            at=AT,
            kind=Line.EDITED.value,
            version=number,
            facts={"fields": [one.field for one in different], **moved(before, after)},
            told={"as": whom.value, "changes": words},
            salt=None,
            told_hash=START,
            key="",
        )
        before = after


OTHER, THIRD = person(email="autre@exemple.fr"), person(email="encore@exemple.fr")


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ([(As.COMPANY, OTHER)], [(EMAIL, As.COMPANY)]),
        ([(As.COUNSELLOR, OTHER)], [(EMAIL, As.COUNSELLOR)]),
        ([(As.BENEFICIARY, OTHER)], []),
        ([(As.COMPANY, OTHER), (As.BENEFICIARY, THIRD)], [(EMAIL, As.COMPANY)]),
        ([(As.COMPANY, OTHER), (As.COUNSELLOR, SENT)], []),
        ([(As.COMPANY, person(phone="+33700000001"))], [(PHONE, As.COMPANY)]),
        ([(As.COMPANY, employed("jo@exemple.fr"))], []),
        (
            [(As.COMPANY, employed("jo@exemple.fr")), (As.COMPANY, employed("moi@exemple.fr"))],
            [("employer.contact.email", As.COMPANY)],
        ),
        ([(As.COMPANY, employed("jo@exemple.fr")), (As.COMPANY, SENT)], []),
    ],
    ids=[
        "by the company",
        "by the agency",
        "by themselves",
        "then by who took their place",
        "put back",
        "the number too",
        "somebody who comes",
        "then is replaced",
        "then goes",
    ],
)
def test_who_is_replaced_by_another_side(
    edits: list[tuple[As, Terms]], expected: list[tuple[str, As]]
) -> None:
    found = replaced(story(*edits), edits[-1][1])
    assert [(one.field, one.by) for one in found] == expected


def test_somebody_who_signs_no_more_is_told() -> None:
    """A guardian too, when an edit makes the person an adult."""
    minor = replace(SENT, beneficiary=replace(SENT.beneficiary, birth_date=date(2010, 3, 1)))
    for begins, whom, said in (
        (employed("jo@exemple.fr"), As.EMPLOYER, "L’employeur actuel ne signe plus"),
        (minor, As.REPRESENTATIVE, "Le représentant légal ne signe plus"),
    ):
        (found,) = replaced(story((As.COMPANY, SENT), begins=begins), SENT)
        assert (found.whom, found.by, found.field) == (whom, As.COMPANY, "")
        assert found.text == f"{said} : changement fait par l’entreprise d’accueil, le 22 novembre 2026."
        assert replaced(story((As.COMPANY, SENT), (As.COMPANY, begins), begins=begins), begins) == ()
        assert replaced(story((whom, SENT), begins=begins), SENT) == ()


def test_an_address_given_to_who_had_a_number_alone_is_told() -> None:
    """A code would be sent there."""
    begins = person(email="")
    (found,) = replaced(story((As.COMPANY, OTHER), begins=begins), OTHER)
    assert found.whom is As.BENEFICIARY


def test_an_address_given_to_a_parent_who_had_none_is_told() -> None:
    """Unless they come with that edit."""
    young = replace(SENT, beneficiary=replace(SENT.beneficiary, birth_date=date(2010, 3, 1)))
    parent = Contact(first_name="Ana", last_name="Durand", function="Mère")
    begins = replace(young, representative=parent)
    reached = replace(young, representative=replace(parent, email="moi@exemple.fr"))
    (found,) = replaced(story((As.COMPANY, reached), begins=begins), reached)
    assert (found.field, found.whom) == ("representative.email", As.REPRESENTATIVE)
    assert replaced(story((As.COMPANY, reached)), reached) == ()
    again = ((As.COMPANY, SENT), (As.COMPANY, reached))
    assert [one.whom for one in replaced(story(*again, begins=begins), reached)] == [As.REPRESENTATIVE]


def test_who_left_and_came_back_with_another_address_is_told() -> None:
    begins = employed("jo@exemple.fr")
    edits = ((As.COMPANY, SENT), (As.COMPANY, employed("moi@exemple.fr")))
    (found,) = replaced(story(*edits, begins=begins), edits[-1][1])
    assert (found.whom, found.by) == (As.EMPLOYER, As.COMPANY)


def test_it_is_said_without_naming_anybody() -> None:
    (found,) = replaced(story((As.COMPANY, OTHER)), OTHER)
    assert found.text == (
        "Adresse e-mail de la personne accueillie : changement fait par l’entreprise d’accueil, "
        "le 22 novembre 2026."
    )


def test_erased_words_tell_nothing() -> None:
    (line,) = story((As.COMPANY, OTHER))
    assert replaced([replace(line, told=None)], OTHER) == ()

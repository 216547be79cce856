"""A signatory whom an edit replaces is told where they were reached, and who decides is warned."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import own_conventions
from data.queries.own_data import Person
from data.tables import company_rights, conventions
from domain.convention import As
from domain.sms import parts as billed
from domain.terms import Employer, Terms
from services.conventions.drafting import edit
from services.conventions.reading import is_stranger, replaced_of
from services.conventions.sign_links import Old, read
from tests.factories.companies import add_potentiel
from tests.factories.conventions import NOW, Conventions, a_document
from tests.services.convention_round import COMPANY, EMPLOYER, PERSON, Round, reached_desk, whole_cast
from tests.services.post import parts, path_in

IMPOSTOR = "seconde@exemple.com"
COUNSELLOR = "counsellor@exemple.fr"
WARNING = "Adresse e-mail de la personne accueillie : changement fait par l’entreprise d’accueil"


@pytest.fixture
async def desk(reference: AsyncSession) -> Conventions:
    """An agency with a telephone; the world's company hosts, and its owner edits."""
    return await reached_desk(reference)


async def sent(desk: Conventions, terms: Terms) -> tuple[UUID, Round]:
    """Submitted, its mails sent an hour ago; the owner's company hosts it."""
    convention, post = await desk.submitted(terms), Round(desk)
    await desk.world.session.execute(
        update(conventions).where(conventions.c.id == convention).values(company_id=desk.world.company)
    )
    await post.run()
    desk.now = NOW + timedelta(hours=1)
    return convention, post


async def change(desk: Conventions, convention: UUID, name: str, terms: Terms) -> None:
    """An edit that leaves the convention to the same company, as the world's does not have its SIRET."""
    standing = await desk.standing(name, convention)
    await edit(desk.office, standing, terms, standing.row.version)
    values = {"company_id": desk.world.company}
    await desk.world.session.execute(
        update(conventions).where(conventions.c.id == convention).values(**values)
    )


def reached_at(email: str = PERSON, phone: str = "+33612345678") -> Terms:
    terms = whole_cast()
    return replace(terms, beneficiary=replace(terms.beneficiary, email=email, phone=phone))


async def test_a_person_replaced_by_the_company_is_told_where_they_were_reached(desk: Conventions) -> None:
    convention, post = await sent(desk, whole_cast())
    first = next(path_in(one) for one in post.post.sent if one["To"] == PERSON)
    await change(desk, convention, "owner", reached_at(email=IMPOSTOR))
    told = await post.run()
    assert told[PERSON] == ["no_longer"]
    assert told[IMPOSTOR] == told[COMPANY] == ["edited"]
    (letter,) = [one for one in post.post.sent if one["To"] == PERSON and "plus à signer" in one["Subject"]]
    text, _ = parts(letter)
    assert "Changement fait par : l’entreprise d’accueil." in text
    assert "02 40 00 00 00" in text.replace("\u00a0", " ")
    assert IMPOSTOR not in text
    assert "Anne Martin" not in text
    assert "/signature/" not in text
    opened = await read(desk.world.session, first.removeprefix("/signature/"), desk.now)
    assert isinstance(opened, Old)


async def test_somebody_who_signs_no_more_is_told(desk: Conventions) -> None:
    convention, post = await sent(desk, whole_cast())
    alone = replace(whole_cast(), employed=False, employer=Employer())
    await change(desk, convention, "counsellor", alone)
    told = await post.run()
    assert told[EMPLOYER] == ["no_longer"]
    letter = next(parts(one)[0] for one in reversed(post.post.sent) if one["To"] == EMPLOYER)
    assert "Changement fait par : la structure prescriptrice (conseil)." in letter
    for whom in (As.BENEFICIARY, As.REPRESENTATIVE, As.COMPANY):
        await desk.sign(convention, whom)
    await post.run()
    (asked,) = [parts(one)[0] for one in post.post.sent if "pré-valider" in one["Subject"]]
    assert "L’employeur actuel ne signe plus : changement fait par la structure" in asked


async def test_who_is_replaced_reads_nothing_of_what_came_after(desk: Conventions) -> None:
    convention, post = await sent(desk, whole_cast())
    terms = whole_cast()
    other = replace(terms.host, name="Garage du Lac", contact=replace(terms.host.contact, email=IMPOSTOR))
    await change(desk, convention, "counsellor", replace(terms, host=other))
    await post.run()
    (letter,) = [one for one in post.post.sent if one["To"] == COMPANY and "plus à signer" in one["Subject"]]
    assert "Garage du Lac" not in letter["Subject"] + parts(letter)[0]
    assert "Boulangerie du Port" in letter["Subject"]


async def test_an_address_put_back_before_its_letter_is_not_told(desk: Conventions) -> None:
    convention, post = await sent(desk, whole_cast())
    await change(desk, convention, "counsellor", reached_at(email=IMPOSTOR))
    await change(desk, convention, "counsellor", whole_cast())
    told = await post.run()
    assert "no_longer" not in told[PERSON]
    assert told[IMPOSTOR] == ["no_longer"]


async def test_a_number_taken_away_is_told_in_one_message_without_a_link(desk: Conventions) -> None:
    convention, post = await sent(desk, whole_cast())
    links = [one.text.rsplit("/", 1)[1] for one in post.phones.sent if one.recipient == "+33612345678"]
    post.phones.sent.clear()
    await change(desk, convention, "owner", reached_at(phone="+33698765432"))
    told = await post.run()
    assert told[PERSON] == ["edited"]
    (text,) = [one.text for one in post.phones.sent if one.recipient == "+33612345678"]
    assert "a été retiré" in text
    assert "Appelez le 02 40 00 00 00" in text
    assert "http" not in text
    assert billed(text) == 1
    for token in links:
        assert isinstance(await read(desk.world.session, token, desk.now), Old)


async def test_who_decides_is_warned_by_mail(desk: Conventions) -> None:
    convention, post = await sent(desk, whole_cast())
    await change(desk, convention, "owner", reached_at(email=IMPOSTOR))
    for whom in (As.BENEFICIARY, As.REPRESENTATIVE, As.COMPANY, As.EMPLOYER):
        await desk.sign(convention, whom)
    await post.run()
    read_by = {one["To"]: parts(one)[0] for one in post.post.sent if "pré-valider" in one["Subject"]}
    assert set(read_by) == {COUNSELLOR}
    assert WARNING in read_by[COUNSELLOR]
    assert IMPOSTOR not in read_by[COUNSELLOR]
    others = [parts(one)[0] for one in post.post.sent if one["To"] != COUNSELLOR]
    assert all(WARNING not in text for text in others)
    (found,) = await replaced_of(desk.world.session, await desk.row(convention))
    assert (found.whom, found.by) == (As.BENEFICIARY, As.COMPANY)


async def test_who_takes_the_place_of_another_takes_away_their_own_lines_alone(desk: Conventions) -> None:
    """The address and the browser that a predecessor signed from are nobody else's."""
    convention, _ = await sent(desk, whole_cast())
    assert await desk.sign(convention, As.COMPANY)
    terms = (await desk.row(convention)).document
    contact = replace(terms.host.contact, email=IMPOSTOR)
    await change(desk, convention, "counsellor", replace(terms, host=replace(terms.host, contact=contact)))
    after = Person(user=UUID(int=1), email=IMPOSTOR, beneficiary=UUID(int=0))
    before = replace(after, email=COMPANY)
    assert await own_conventions.story(desk.world.session, after) == ()
    assert await desk.sign(convention, As.COMPANY)
    lines = await own_conventions.story(desk.world.session, after)
    assert {(one.kind, one.version) for one in lines} == {("code_sent", 2), ("signed", 2)}
    assert await own_conventions.story(desk.world.session, before) == ()


async def signing_as(desk: Conventions, email: str, company: int | None) -> bool:
    """Whether who signs for that company, at that address, is told as a stranger to it."""
    terms = a_document()
    host = replace(terms.host, contact=replace(terms.host.contact, email=email))
    convention = await desk.submitted(replace(terms, host=host))
    await desk.world.session.execute(
        update(conventions).where(conventions.c.id == convention).values(company_id=company)
    )
    return await is_stranger(desk.world.session, await desk.row(convention))


@pytest.mark.parametrize(
    ("email", "stranger"),
    [("contact@exemple.com", False), ("owner@exemple.fr", False), (COMPANY, True)],
    ids=["the company's contact", "one of its space", "whoever typed their own"],
)
async def test_who_signs_for_a_proved_company_at_an_address_of_their_own_is_told(
    desk: Conventions, email: str, stranger: bool
) -> None:
    assert await signing_as(desk, email, desk.world.company) is stranger


async def test_nothing_is_known_of_a_company_that_proved_nothing(desk: Conventions) -> None:
    assert not await signing_as(desk, COMPANY, await add_potentiel(desk.world.session))


async def test_nothing_is_known_of_a_company_that_is_not_here(desk: Conventions) -> None:
    assert not await signing_as(desk, COMPANY, None)


async def test_who_only_asked_for_the_space_of_a_company_is_a_stranger_to_it(desk: Conventions) -> None:
    right = insert(company_rights).values(
        company_id=desk.world.company,
        user_id=desk.world.ids["stranger"],
        role="company_contact",
        status="pending",
        asked_at=NOW,
    )
    await desk.world.session.execute(right)
    assert await signing_as(desk, "stranger@exemple.fr", desk.world.company)

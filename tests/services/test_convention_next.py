"""What the letters of a convention tell their readers to do next, what is asked of them first."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.convention import As
from domain.terms import Terms
from services.conventions import reviewing, signing
from services.followups import Event, follow
from tests.factories.conventions import Conventions, a_document
from tests.services.convention_round import (
    COMPANY,
    EMPLOYER,
    PARENT,
    PERSON,
    TUTOR,
    Round,
    reached_desk,
    whole_cast,
)
from tests.services.post import parts

COUNSELLOR = "counsellor@exemple.fr"
PHONE = "02 40 00 00 00"


@pytest.fixture
async def desk(reference: AsyncSession) -> Conventions:
    """An agency with a telephone."""
    return await reached_desk(reference)


async def letters(post: Round) -> Mapping[str, str]:
    """What waits, by its reader, the spaces that do not break as others."""
    before = len(post.post.sent)
    await post.run()
    return {one["To"]: parts(one)[0].replace("\u00a0", " ") for one in post.post.sent[before:]}


def paper_alone() -> Terms:
    """The person has neither an address nor a mobile."""
    terms = a_document()
    return replace(terms, beneficiary=replace(terms.beneficiary, email="", phone=""))


async def signed_on_paper(desk: Conventions) -> UUID:
    """The company signed by a code, the person on paper."""
    convention = await desk.submitted(paper_alone())
    await desk.sign(convention, As.COMPANY)
    await signing.attest_paper(desk.office, await desk.standing("counsellor", convention), As.BENEFICIARY)
    return convention


@pytest.mark.parametrize(
    ("move", "begins", "not_any_more"),
    [(reviewing.cancel, "validated", ", ou plus,"), (reviewing.reject, "signed", "")],
    ids=["cancelled", "rejected"],
)
async def test_whoever_would_have_come_reads_first_that_they_stay_away(
    desk: Conventions, move: Callable[..., Awaitable[None]], begins: str, not_any_more: str
) -> None:
    convention, post = await getattr(desk, begins)(whole_cast()), Round(desk)
    await post.settle()
    await move(desk.office, await desk.standing("counsellor", convention), "Fermeture")
    told = await letters(post)
    away = f"Zoé Durand ne va pas{not_any_more} dans l’entreprise : un accident ne serait pas couvert."
    said = {
        PERSON: f"N’allez pas{not_any_more} dans l’entreprise : un accident ne serait pas couvert.",
        COMPANY: f"N’accueillez pas{not_any_more} Zoé Durand : un accident ne serait pas couvert.",
        PARENT: away,
        EMPLOYER: away,
    }
    for reader, text in said.items():
        assert text in told[reader]
        assert told[reader].index(text) < told[reader].index("Fermeture")
        assert PHONE in told[reader]
        assert "Horaires" not in told[reader]
    assert (TUTOR in told) is (begins == "validated")


@pytest.mark.parametrize("event", [Event.CONVENTION_VALIDATED, Event.CONVENTION_REJECTED])
async def test_the_agency_tells_who_can_be_written_to_nowhere(desk: Conventions, event: Event) -> None:
    convention, post = await signed_on_paper(desk), Round(desk)
    await post.settle()
    counsellor = await desk.standing("counsellor", convention)
    if event is Event.CONVENTION_REJECTED:
        await reviewing.reject(desk.office, counsellor, "Trop tard")
    else:
        await reviewing.pre_approve(desk.office, counsellor)
        await post.settle()
        await reviewing.validate(desk.office, await desk.standing("stranger", convention))
    told = await letters(post)
    warning = "À prévenir vous-même, sans adresse e-mail ni mobile : Zoé Durand (la personne accueillie)"
    assert warning in told[COUNSELLOR]
    assert "Vous n’avez rien à faire" not in told[COUNSELLOR]
    assert warning not in told[COMPANY]


async def test_nobody_is_left_to_tell_who_was_written_to(desk: Conventions) -> None:
    terms = a_document()
    by_text = replace(terms, beneficiary=replace(terms.beneficiary, email=""))
    convention, post = await desk.signed(by_text), Round(desk)
    await post.settle()
    await reviewing.reject(desk.office, await desk.standing("counsellor", convention), "Trop tard")
    told = await letters(post)
    assert "À prévenir vous-même" not in told[COUNSELLOR]
    assert [one.recipient for one in post.phones.sent] == ["+33612345678"]


async def test_whoever_waits_reads_whom_to_call(desk: Conventions) -> None:
    convention, post = await desk.signed(), Round(desk)
    await post.settle()
    await follow(desk.world.session, Event.CONVENTION_STARTING, convention=str(convention), version=1)
    assert PHONE in (await letters(post))[PERSON]


async def test_each_is_told_whom_to_warn_and_whom_to_ask_for(desk: Conventions) -> None:
    convention = await desk.validated(whole_cast())
    post = Round(desk)
    told = await letters(post)
    for reader in (PERSON, PARENT, EMPLOYER):
        assert "Prévenez Boulangerie du Port et" in told[reader]
    for reader in (COMPANY, TUTOR):
        assert "Prévenez Zoé Durand et" in told[reader]
    tutor = replace(whole_cast().host.tutor, first_name="Inès", last_name="Roux", email="ines@exemple.com")
    await reviewing.change_tutor(desk.office, await desk.standing("counsellor", convention), tutor)
    told = await letters(post)
    assert "À votre arrivée, demandez Inès Roux." in told[PERSON]
    assert "À votre arrivée" not in told[COMPANY]

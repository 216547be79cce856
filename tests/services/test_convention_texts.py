"""What signatories get on their mobile, and codes: one message each, and nothing kept of a code."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import emails, outbox, sms
from domain.convention import As, Status
from domain.errors import ConflictError
from domain.roles import NOBODY
from domain.sms import parts as billed
from domain.terms import Terms
from services.conventions import letters, reviewing, signing, texts
from services.conventions.parties import as_named
from services.followups import Event, follow
from tests.factories.conventions import NOW, SECRET, Conventions, a_document
from tests.factories.discussions import build_world
from tests.services.convention_round import COMPANY, PERSON, Round, whole_cast
from tests.services.post import SITE, parts

MOBILE = "+33612345678"


@pytest.fixture
async def desk(reference: AsyncSession) -> Conventions:
    return Conventions(await build_world(reference))


async def test_mobiles_are_told_in_one_message_of_seven_bits(desk: Conventions) -> None:
    await desk.submitted(whole_cast())
    post = Round(desk)
    await post.run()
    assert {one.recipient for one in post.phones.sent} == {"+33612345678", "+33612345679"}
    for one in post.phones.sent:
        assert billed(one.text) == 1
        assert len(one.text) <= 160
        assert not set(one.text) & set("êœ’")
        assert "Zo" not in one.text


async def asked(desk: Conventions, whom: As) -> tuple[UUID, str]:
    """A code asked on a submitted convention; and the code."""
    convention = await desk.submitted()
    row, one = await desk.row(convention), await desk.signatory(convention, whom)
    await signing.ask_code(desk.office, as_named(NOBODY, row, whom), one)
    return convention, signing.code_of(SECRET, await desk.signatory(convention, whom), row.version)


async def test_the_code_is_sent_and_kept_nowhere(
    desk: Conventions, capsys: pytest.CaptureFixture[str]
) -> None:
    _, code = await asked(desk, As.COMPANY)
    post = Round(desk)
    assert sorted((await post.run())[COMPANY]) == ["code", "to_sign"]
    (message,) = [one for one in post.post.sent if code in parts(one)[0]]
    assert code not in message["Subject"]
    assert post.phones.sent
    assert all(code not in one.text for one in post.phones.sent)
    for table in (outbox, emails, sms):
        assert code not in str((await desk.world.session.execute(select(table))).all()).replace(" ", "")
    printed = capsys.readouterr()
    assert code not in printed.out + printed.err


async def test_a_mobile_gets_the_code_and_the_mail_when_the_provider_refuses(desk: Conventions) -> None:
    convention, code = await asked(desk, As.BENEFICIARY)
    post = Round(desk)
    await post.run()
    assert [one.text for one in post.phones.sent if code in one.text] == [
        f"Escale : votre code de signature est {code}. Il vaut 10 minutes. Ne le donnez à personne."
    ]
    again = replace(desk, now=NOW + timedelta(minutes=2))
    row, one = await again.row(convention), await again.signatory(convention, As.BENEFICIARY)
    await signing.ask_code(again.office, as_named(NOBODY, row, As.BENEFICIARY), one)
    post.desk, post.phones.refusing = again, True
    assert await post.run() == {PERSON: ["code"]}
    assert (await again.signatory(convention, As.BENEFICIARY)).code_channel == "email"


async def test_an_older_code_is_not_sent_nor_one_too_old(desk: Conventions) -> None:
    convention, code = await asked(desk, As.COMPANY)
    later = replace(desk, now=NOW + timedelta(minutes=5))
    row, one = await later.row(convention), await later.signatory(convention, As.COMPANY)
    await signing.ask_code(later.office, as_named(NOBODY, row, As.COMPANY), one)
    post = Round(later)
    assert (await post.run())[COMPANY].count("code") == 1
    assert all(code not in parts(message)[0] for message in post.post.sent)
    late = Round(replace(desk, now=NOW + timedelta(minutes=16)))
    assert "code" not in (await late.run())[COMPANY]


def by_mobile_alone() -> Terms:
    """The person has no address."""
    terms = a_document()
    return replace(terms, beneficiary=replace(terms.beneficiary, email=""))


async def _happen(desk: Conventions, convention: UUID, event: Event, whom: As = As.BENEFICIARY) -> None:
    """What leads to that event."""
    counsellor = await desk.standing("counsellor", convention)
    if event is Event.CONVENTION_VALIDATED:
        await reviewing.pre_approve(desk.office, counsellor)
        await reviewing.validate(desk.office, await desk.standing("stranger", convention))
    elif event is Event.CONVENTION_REJECTED:
        await reviewing.reject(desk.office, counsellor, "Trop tard")
    elif event is Event.CONVENTION_CANCELLED:
        await reviewing.cancel(desk.office, counsellor, "La boulangerie ferme")
    elif event is Event.CONVENTION_EXPIRED:
        await reviewing.expire(desk.office, await desk.row(convention))
    elif event is Event.CONVENTION_LINK_ASKED:
        one = await desk.signatory(convention, whom)
        await follow(desk.world.session, event, signatory=str(one.id))
    elif event is Event.CONVENTION_TUTOR_CHANGED:
        tutor = replace(a_document().host.tutor, first_name="Inès", email="ines@exemple.com")
        await reviewing.change_tutor(desk.office, counsellor, tutor)
    else:
        await follow(desk.world.session, event, convention=str(convention), version=1)


ALONE = (
    (Event.CONVENTION_VALIDATED, "signed", "validée. Venez le 30/11. Heure et adresse :"),
    (Event.CONVENTION_REJECTED, "signed", "refusée, n'y allez pas. La raison et la suite :"),
    (Event.CONVENTION_CANCELLED, "validated", "annulée. N'y allez pas, ou plus. La raison :"),
    (Event.CONVENTION_EXPIRED, "signed", "jamais validée. Convention close, rien à faire :"),
    (Event.CONVENTION_STARTING, "signed", "pas encore validée. N'y allez pas avant notre SMS :"),
    (Event.CONVENTION_LINK_ASKED, "submitted", "Escale : voici votre nouveau lien"),
    (Event.CONVENTION_TUTOR_CHANGED, "validated", "la personne qui vous accueille en immersion change :"),
)


@pytest.mark.parametrize(("event", "begins", "said"), ALONE, ids=[one[0].value for one in ALONE])
async def test_who_has_a_mobile_and_no_address_is_told_by_text(
    desk: Conventions, event: Event, begins: str, said: str
) -> None:
    convention, post = await getattr(desk, begins)(by_mobile_alone()), Round(desk)
    await post.settle()
    await _happen(desk, convention, event)
    await post.run()
    (message,) = post.phones.sent
    assert message.recipient == MOBILE
    assert said in message.text
    assert f"{SITE}/signature/" in message.text
    assert billed(message.text) == 1
    assert len(message.text) <= 160 - len("https://escale.beta.gouv.fr") + len(SITE)
    assert not {"Zo", "Durand", "Boulangerie"} & set(message.text.split())


@pytest.mark.parametrize(("event", "begins"), [one[:2] for one in ALONE], ids=[one[0].value for one in ALONE])
async def test_who_has_both_is_told_by_mail_alone(desk: Conventions, event: Event, begins: str) -> None:
    convention, post = await getattr(desk, begins)(), Round(desk)
    await post.settle()
    await _happen(desk, convention, event)
    assert PERSON in await post.run()
    assert post.phones.sent == []


TO_PARENT = {
    Event.CONVENTION_VALIDATED: "validée, elle commence le 30/11. Lieu, heures :",
    Event.CONVENTION_REJECTED: "refusée, elle n'a pas lieu. La raison et la suite :",
    Event.CONVENTION_CANCELLED: "annulée, elle n'a plus lieu. La raison :",
    Event.CONVENTION_STARTING: "pas encore validée. Elle ne peut pas commencer :",
    Event.CONVENTION_TUTOR_CHANGED: "la personne qui accueille l'immersion change :",
}


@pytest.mark.parametrize(("event", "begins", "said"), ALONE, ids=[one[0].value for one in ALONE])
async def test_a_parent_who_has_a_mobile_and_no_address_is_told_by_text(
    desk: Conventions, event: Event, begins: str, said: str
) -> None:
    whole = whole_cast()
    terms = replace(whole, employed=False, representative=replace(whole.representative, email=""))
    convention, post = await getattr(desk, begins)(terms), Round(desk)
    await post.settle()
    await _happen(desk, convention, event, As.REPRESENTATIVE)
    await post.run()
    (message,) = post.phones.sent
    assert message.recipient == "+33612345679"
    assert TO_PARENT.get(event, said) in message.text
    assert billed(message.text) == 1
    assert len(message.text) <= 160 - len("https://escale.beta.gouv.fr") + len(SITE)


async def test_a_parent_without_address_nor_mobile_signs_on_paper(desk: Conventions) -> None:
    whole = whole_cast()
    parent = replace(whole.representative, email="", phone="")
    convention = await desk.submitted(replace(whole, employed=False, representative=parent))
    await Round(desk).run()
    for whom in (As.BENEFICIARY, As.COMPANY):
        await desk.sign(convention, whom)
    await signing.attest_paper(desk.office, await desk.standing("counsellor", convention), As.REPRESENTATIVE)
    assert (await desk.row(convention)).status is Status.IN_REVIEW


def test_each_text_has_its_words() -> None:
    assert set(texts.TEXTS) == letters.TEXTED | letters.TEXTED_ALONE
    assert {one[0] for one in ALONE} == letters.TEXTED_ALONE


async def test_without_a_provider_nobody_is_told_that_a_text_comes(desk: Conventions) -> None:
    """Who has an address gets the code there; who has none signs on paper."""
    office = replace(desk.office, texts=False)
    convention = await desk.submitted()
    standing = as_named(NOBODY, await desk.row(convention), As.BENEFICIARY)
    one = await desk.signatory(convention, As.BENEFICIARY)
    assert await signing.ask_code(office, standing, one) == "email"
    with pytest.raises(ConflictError, match="signez sur papier"):
        await signing.ask_code(office, standing, replace(one, email=""))

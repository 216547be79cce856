"""What signatories get on their mobile, and codes: one message each, and nothing kept of a code."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import emails, outbox, sms
from domain.convention import As
from domain.roles import NOBODY
from domain.sms import parts as billed
from services.conventions import signing
from services.conventions.parties import as_named
from tests.factories.conventions import NOW, SECRET, Conventions
from tests.factories.discussions import build_world
from tests.services.convention_round import COMPANY, PERSON, Round, whole_cast
from tests.services.post import parts


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
    await signing.ask_code(desk.office, await as_named(desk.world.session, NOBODY, row, whom), one)
    return convention, signing.code_of(SECRET, await desk.signatory(convention, whom), row.version)


async def test_the_code_is_sent_and_kept_nowhere(
    desk: Conventions, capsys: pytest.CaptureFixture[str]
) -> None:
    _, code = await asked(desk, As.COMPANY)
    post = Round(desk)
    assert (await post.run())[COMPANY] == ["to_sign", "code"]
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
    await signing.ask_code(again.office, await as_named(desk.world.session, NOBODY, row, As.BENEFICIARY), one)
    post.desk, post.phones.refusing = again, True
    assert await post.run() == {PERSON: ["code"]}
    assert (await again.signatory(convention, As.BENEFICIARY)).code_channel == "email"


async def test_an_older_code_is_not_sent_nor_one_too_old(desk: Conventions) -> None:
    convention, code = await asked(desk, As.COMPANY)
    later = replace(desk, now=NOW + timedelta(minutes=5))
    row, one = await later.row(convention), await later.signatory(convention, As.COMPANY)
    await signing.ask_code(later.office, await as_named(desk.world.session, NOBODY, row, As.COMPANY), one)
    post = Round(later)
    assert (await post.run())[COMPANY].count("code") == 1
    assert all(code not in parts(message)[0] for message in post.post.sent)
    late = Round(replace(desk, now=NOW + timedelta(minutes=16)))
    assert "code" not in (await late.run())[COMPANY]

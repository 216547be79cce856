"""What is sent to whom: dead addresses, addresses outside the list, text messages, the operator's mail."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from clients.sms import Sms, SmsRefusedError
from clients.smtp import MailRefusedError
from data import outbox as work_rows
from data.queries import outbox as queries
from data.tables import address_states, agencies, beneficiaries, emails, outbox, referrals, sms, users
from domain.allowed import allowed
from domain.errors import UnavailableError
from services import addresses, operator_mails, referral_mails
from services.accounts import mail_links
from services.emails import Mail, Standing, send
from services.sms import TextMessage
from services.sms import send as send_text
from services.work import Tools, Work
from tests.factories.forms import NOW
from tests.services.company_helpers import job_names
from tests.services.post import Post, last_work, parts, tools

ADDRESS = "ana@dupont.example"
KEY = "k" * 32
WORDS = {"company": "Dupont"}


def a_mail(standing: Standing = Standing.KNOWN) -> Mail:
    return Mail(
        template="company_published", subject_id="1", recipient=ADDRESS, context=WORDS, standing=standing
    )


def work(number: int) -> Work:
    return Work(id=number, payload={}, created_at=NOW, now=NOW)


async def rows(session: AsyncSession) -> list[tuple[str, bool]]:
    """Why each e-mail was kept back, and whether it went."""
    found = await session.execute(select(emails.c.kept_back, emails.c.sent_at).order_by(emails.c.id))
    return [(row.kept_back, row.sent_at is not None) for row in found]


async def test_outside_the_list_it_is_kept_back_and_seen(session: AsyncSession) -> None:
    post = Post()
    listed = tools(post, allowed=allowed("escale.example"))
    assert not await send(session, listed, work(1), a_mail())
    assert post.sent == []
    assert await rows(session) == [("held", False)]
    assert await send(session, tools(post, allowed=allowed("dupont.example")), work(2), a_mail())
    assert len(post.sent) == 1


async def accompanied(session: AsyncSession, email: str, *, agreed: bool = True) -> UUID:
    """A person whose address an agent was told, and who agreed to be accompanied or has not answered."""
    known = {"created_at": NOW, "updated_at": NOW}
    agency = await session.execute(
        insert(agencies)
        .values(kind="autre", name="Mission locale", source="test", **known)
        .returning(agencies.c.id)
    )
    agent = await session.execute(
        insert(users).values(email=f"{uuid4()}@ml.example", created_at=NOW, seen_at=NOW).returning(users.c.id)
    )
    person = await session.execute(
        insert(beneficiaries).values(first_name="Ana", email=email, **known).returning(beneficiaries.c.id)
    )
    beneficiary: UUID = person.scalar_one()
    referral = {"agency_id": agency.scalar_one(), "user_id": agent.scalar_one(), "consent": "account"}
    answered = {"consented_at": NOW if agreed else None}
    await session.execute(
        insert(referrals).values(beneficiary_id=beneficiary, since=NOW, **referral, **answered)
    )
    return beneficiary


async def unreachable(session: AsyncSession, address: str) -> bool:
    hashed = address_states.c.address_hash == addresses.address_hash(KEY, address)
    query = select(address_states.c.unreachable_at).where(hashed)
    return await session.scalar(query) is not None


async def test_a_dead_address_is_learnt_told_once_and_left_alone(session: AsyncSession) -> None:
    await accompanied(session, ADDRESS)
    await accompanied(session, ADDRESS, agreed=False)
    await accompanied(session, "bob@dupont.example")
    post = Post()
    post.dead = True
    assert not await send(session, tools(post), work(1), a_mail())
    assert await unreachable(session, ADDRESS.upper())
    post.dead = False
    assert not await send(session, tools(post), work(2), a_mail())
    assert post.sent == []
    assert await rows(session) == [("refused", False), ("unreachable", False)]
    assert (await job_names(session)).count("referral.unreachable_mail") == 1


async def test_who_accompanies_the_person_reads_it(session: AsyncSession) -> None:
    beneficiary = await accompanied(session, ADDRESS)
    await addresses.died(session, KEY, ADDRESS.upper(), NOW)
    post = Post()
    job = await last_work(session, "referral.unreachable_mail")
    await referral_mails.unreachable_mail(session, tools(post), job)
    (message,) = post.sent
    assert message["Subject"] == "Les messages envoyés à Ana reviennent"
    assert str(message["To"]).endswith("@ml.example")
    assert f"/accompagnement/{beneficiary}" in parts(message)[0]


async def test_an_address_used_to_sign_in_is_written_to_again(session: AsyncSession) -> None:
    user = (
        await session.execute(
            insert(users).values(email=ADDRESS, created_at=NOW, seen_at=NOW).returning(users.c.id)
        )
    ).scalar_one()
    await addresses.died(session, KEY, ADDRESS, NOW)
    again = Work(id=1, payload={"user": str(user)}, created_at=NOW, now=NOW)
    await mail_links.address_proved(session, tools(Post()), again)
    assert not await unreachable(session, ADDRESS)


async def test_what_proves_an_address_goes_all_the_same(session: AsyncSession) -> None:
    await addresses.died(session, KEY, ADDRESS, NOW)
    post = Post()
    assert await send(session, tools(post), work(1), a_mail(Standing.TO_PROVE))
    assert not await send(session, tools(post), work(2), a_mail())
    assert await send(session, tools(post), work(3), a_mail(Standing.PROVED))
    assert await send(session, tools(post), work(4), a_mail())
    assert len(post.sent) == 3


async def test_refused_for_another_reason_says_nothing_of_the_address(session: AsyncSession) -> None:
    class Strict(Post):
        def addressed(self, sender: str, recipient: str) -> Any:  # noqa: ANN401 - the double's own
            raise MailRefusedError(f"SMTP 554: {len(sender + recipient)}")

    with pytest.raises(MailRefusedError):
        async with session.begin_nested():
            await send(session, tools(Strict()), work(1), a_mail())
    assert await rows(session) == []
    assert not await unreachable(session, ADDRESS)


class Phone:
    """Keeps the messages it is given, or fails as told."""

    def __init__(self, error: Exception | None = None) -> None:
        self.got: list[Sms] = []
        self.error = error

    async def send(self, sms: Sms) -> str:
        if self.error:
            raise self.error
        self.got.append(sms)
        return "1511"

    async def close(self) -> None:
        """Nothing is open."""


def a_text(number: str = "+33612345678") -> TextMessage:
    return TextMessage(kind="signature", subject_id="9", recipient=number, text="C’est prêt : 123456")


async def texts(session: AsyncSession) -> list[tuple[str, str, int]]:
    found = await session.execute(select(sms.c.kept_back, sms.c.provider_id, sms.c.parts).order_by(sms.c.id))
    return [(row.kept_back, row.provider_id, row.parts) for row in found]


async def test_a_text_message_is_sent_once(session: AsyncSession) -> None:
    phone = Phone()
    reached = tools(Post(), sms=phone)
    assert await send_text(session, reached, work(1), a_text())
    assert not await send_text(session, reached, work(1), a_text())
    assert phone.got == [Sms("+33612345678", "C'est pret : 123456", "signature")]
    assert await texts(session) == [("", "1511", 1)]


async def test_only_mobiles_and_only_the_list(session: AsyncSession) -> None:
    phone = Phone()
    assert not await send_text(session, tools(Post(), sms=phone), work(1), a_text("+33123456789"))
    nobody = tools(Post(), sms=phone, allowed=allowed(""))
    assert not await send_text(session, nobody, work(2), a_text())
    listed = tools(Post(), sms=phone, allowed=allowed("+33612345678"))
    assert await send_text(session, listed, work(3), a_text())
    assert [kept for kept, _, _ in await texts(session)] == ["refused", "held", ""]
    assert len(phone.got) == 1


@pytest.mark.parametrize("error", [UnavailableError("SMS 429"), SmsRefusedError("SMS 400")])
async def test_a_text_message_that_did_not_go_is_a_failure(session: AsyncSession, error: Exception) -> None:
    with pytest.raises(type(error)):
        await send_text(session, tools(Post(), sms=Phone(error)), work(1), a_text())


async def park(session: AsyncSession, reached: Tools, job: str, error: str, at: datetime) -> int:
    row_id = await work_rows.add(session, job, {})
    await work_rows.park(session, row_id, error, at)
    await operator_mails.alert(session, reached, job, at)
    return row_id


async def alerts(session: AsyncSession) -> list[Any]:
    query = select(outbox).where(outbox.c.job == operator_mails.JOB).order_by(outbox.c.id)
    return list(await session.execute(query))


async def tell(session: AsyncSession, reached: Tools, at: datetime) -> None:
    """Do the operator's mail that waits, as the worker would at that time."""
    row = (await alerts(session))[-1]
    assert await work_rows.take(session, row.id, at)
    await operator_mails.parked_mail(session, reached, Work(row.id, row.payload, row.created_at, at))


async def test_the_operator_is_told_once_an_hour_of_all_of_it(session: AsyncSession) -> None:
    post, start = Post(), datetime(2026, 11, 21, 9, tzinfo=UTC)
    reached = tools(post, operator_email="ops@escale.example")
    for _ in range(3):
        await park(session, reached, "company.proof_mail", "SMTP 421: message not taken now", start)
    await park(session, reached, "place.geocode", "KeyError (x.py:3)", start)
    (alert,) = await alerts(session)
    assert alert.available_at == start
    await tell(session, reached, start)
    (message,) = post.sent
    assert message["To"] == "ops@escale.example"
    assert message["Subject"] == "4 tâches ont été mises de côté"
    assert "3 × company.proof_mail : SMTP 421: message not taken now" in parts(message)[0]
    assert "1 × place.geocode : KeyError (x.py:3)" in parts(message)[0]
    assert "escale outbox retry" in parts(message)[0]
    soon = start + timedelta(minutes=10)
    await park(session, reached, "place.geocode", "KeyError (x.py:3)", soon)
    assert (await alerts(session))[-1].available_at == start + timedelta(hours=1)
    await tell(session, reached, start + timedelta(hours=1))
    assert post.sent[-1]["Subject"] == "Une tâche a été mise de côté"
    assert len(await alerts(session)) == len(post.sent) == 2


async def test_an_alert_that_cannot_go_asks_for_no_other(session: AsyncSession) -> None:
    reached = tools(Post(), operator_email="ops@escale.example")
    await park(session, reached, operator_mails.JOB, "SMTP 554: message refused", NOW)
    assert len(await alerts(session)) == 1  # the one parked above, and no other
    assert await queries.count_waiting(session) == 0


async def test_without_an_operator_nobody_is_told(session: AsyncSession) -> None:
    await park(session, tools(Post()), "place.geocode", "x", NOW)
    assert await alerts(session) == []


async def test_what_is_tried_again_starts_from_its_first_try(session: AsyncSession) -> None:
    row_id = await park(session, tools(Post()), "place.geocode", "x", NOW)
    await session.execute(insert(outbox).values(job="y", payload={}, done_at=NOW))
    await session.execute(update(outbox).where(outbox.c.id == row_id).values(tries=8, handed_at=NOW))
    (parked,) = await queries.parked(session, 10)
    assert (parked.id, parked.job, parked.error, parked.tries) == (row_id, "place.geocode", "x", 8)
    assert await queries.replay(session, row_id, NOW)
    assert not await queries.replay(session, row_id, NOW)
    assert await queries.parked(session, 10) == []
    assert await work_rows.claim(session, NOW, timedelta(minutes=5), 10) == [row_id]

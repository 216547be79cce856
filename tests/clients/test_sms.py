"""Text messages handed to a server that speaks Brevo's format: taken, refused, away, slow, babbling."""

import time
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from clients.sms import Brevo, NoSms, Sms, SmsFolder, SmsRefusedError, SmsSender
from domain.errors import UnavailableError
from tests.clients.http_server import Answer, closed_port, serve

MESSAGE = Sms("+33612345678", "Votre code : 123456", "signature")
TAKEN = {"messageId": 1511882900176220}
"""https://developers.brevo.com/reference/send-async-transactional-sms"""


def brevo(url: str, timeout_s: float = 2.0) -> Brevo:
    return Brevo(f"{url}/v3", "xkeysib-secret", "Escale", timeout_s)


async def test_a_message_is_told_as_the_provider_wants_it() -> None:
    async with serve(Answer(status=201, body=TAKEN)) as api:
        sender = brevo(api.url)
        assert await sender.send(MESSAGE) == "1511882900176220"
        await sender.close()
    assert api.asked == [("/v3/transactionalSMS/send", {})]
    assert api.bodies == [
        {
            "sender": "Escale",
            "recipient": "33612345678",
            "content": "Votre code : 123456",
            "type": "transactional",
            "tag": "signature",
        }
    ]
    assert api.headers[0]["api-key"] == "xkeysib-secret"


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (Answer(status=400, body={"code": "invalid_parameter"}), SmsRefusedError, "SMS 400"),
        (Answer(status=422, body={}), SmsRefusedError, "SMS 422"),
        (Answer(status=401, body={"code": "unauthorized"}), UnavailableError, "SMS 401"),
        (Answer(status=402, body={"code": "not_enough_credits"}), UnavailableError, "SMS 402"),
        (Answer(status=429, body={}), UnavailableError, "SMS 429"),
        (Answer(status=500, body={}), UnavailableError, "SMS 500"),
        (Answer(status=503, body=b"<html>"), UnavailableError, "SMS 503"),
        (Answer(raw=b"SMTP 220 hello\r\n"), UnavailableError, "SMS RemoteProtocolError"),
    ],
)
async def test_for_good_is_told_from_for_now(answer: Answer, error: type[Exception], said: str) -> None:
    async with serve(answer) as api:
        sender = brevo(api.url)
        with pytest.raises(error, match=said) as refused:
            await sender.send(MESSAGE)
        await sender.close()
    assert len(api.asked) == 1, "a request is never sent twice"
    assert "612345678" not in str(refused.value)


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b"{}", b'"x"'])
async def test_a_success_that_tells_nothing_is_a_success(body: bytes) -> None:
    async with serve(Answer(status=201, body=body)) as api:
        sender = brevo(api.url)
        assert await sender.send(MESSAGE) == ""
        await sender.close()


async def test_a_slow_provider_is_unavailable_in_time_and_not_asked_again() -> None:
    async with serve(Answer(status=201, body=TAKEN, after_s=5)) as api:
        sender = brevo(api.url, timeout_s=0.2)
        began = time.monotonic()
        with pytest.raises(UnavailableError):
            await sender.send(MESSAGE)
        assert time.monotonic() - began < 5
        await sender.close()
    assert len(api.asked) == 1


async def test_nobody_answers() -> None:
    sender = brevo(f"http://127.0.0.1:{await closed_port()}")
    with pytest.raises(UnavailableError, match="SMS ConnectError"):
        await sender.send(MESSAGE)
    await sender.close()


async def test_the_mailbox_shows_them_as_letters(tmp_path: Path) -> None:
    sender: SmsSender = SmsFolder(tmp_path)
    name = await sender.send(MESSAGE)
    await sender.close()
    letter = message_from_bytes((tmp_path / name).read_bytes(), policy=default)
    assert isinstance(letter, EmailMessage)
    assert (letter["To"], letter["Subject"]) == ("+33612345678", "SMS")
    assert letter.get_content().strip() == "Votre code : 123456"


async def test_without_a_provider_it_is_refused_aloud() -> None:
    sender = NoSms()
    with pytest.raises(SmsRefusedError, match="SMS_API_KEY"):
        await sender.send(MESSAGE)
    await sender.close()

"""Signing by a mail’s link or from an account: read, receive a code, sign; what is refused, and how."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, update

from api.cookies import SESSION_COOKIE
from data.queries import convention_signatories, conventions
from data.queries.convention_signatories import SignatoryRow
from data.tables import convention_events, outbox
from data.tables import convention_signatories as signatories_table
from domain.chain import END_SEALED
from domain.convention import As, Status
from services.conventions import reviewing
from services.conventions.drafting import edit
from services.conventions.signing import CODE_TRIES
from settings import Settings
from tests.api.space_callers import database
from tests.factories.signing import Desk, ToSign, code_sent, mint, now, to_sign

OK, SEE_OTHER, INVALID = httpx.codes.OK, httpx.codes.SEE_OTHER, httpx.codes.UNPROCESSABLE_ENTITY
NOT_FOUND, CONFLICT, GONE = httpx.codes.NOT_FOUND, httpx.codes.CONFLICT, httpx.codes.GONE
HASH = re.compile(r'name="document" value="([0-9a-f]{64})"')


@pytest.fixture
async def made(api_settings: Settings) -> ToSign:
    async with database(api_settings.database_url) as session:
        return await to_sign(session, api_settings, "sign")


async def signatory(settings: Settings, convention: UUID, whom: As) -> SignatoryRow:
    async with database(settings.database_url) as session:
        listed = await convention_signatories.of_convention(session, convention)
        return next(one for one in listed if one.whom is whom)


async def status_of(settings: Settings, convention: UUID) -> Status:
    async with database(settings.database_url) as session:
        row = await conventions.by_id(session, convention)
        assert row is not None
        return row.status


async def lines(settings: Settings, convention: UUID, kind: str) -> list[Any]:
    async with database(settings.database_url) as session:
        table = convention_events.c
        query = select(convention_events).where(table.convention_id == convention, table.kind == kind)
        return list((await session.execute(query.order_by(table.number))).mappings())


async def ask(client: httpx.AsyncClient, path: str) -> tuple[httpx.Response, str]:
    """Read the document, ask for a code; the answer, and the hash that was read."""
    page = await client.get(path)
    assert page.status_code == OK
    found = HASH.search(page.text)
    assert found is not None
    return await client.post(f"{path}/code", data={"document": found[1]}), found[1]


async def sign(client: httpx.AsyncClient, settings: Settings, made: ToSign, whom: As) -> httpx.Response:
    """Everything a signatory does."""
    path = made.paths[whom]
    _, document = await ask(client, path)
    async with database(settings.database_url) as session:
        code = await code_sent(session, settings, made.convention, whom)
    return await client.post(f"{path}/signer", data={"code": code, "document": document})


async def test_opening_changes_nothing(
    client: httpx.AsyncClient, made: ToSign, api_settings: Settings
) -> None:
    before = await signatory(api_settings, made.convention, As.COMPANY)
    for _ in range(2):
        page = await client.get(made.paths[As.COMPANY])
        assert page.status_code == OK
        assert "Peser, pétrir" in page.text
        assert "no-store" in page.headers["cache-control"]
    code_page = await client.get(f"{made.paths[As.COMPANY]}/code")
    assert code_page.headers["location"] == made.paths[As.COMPANY]
    assert await signatory(api_settings, made.convention, As.COMPANY) == before
    assert await lines(api_settings, made.convention, "opened") == []


async def test_read_code_signed(
    client: httpx.AsyncClient, made: ToSign, api_settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    path = made.paths[As.BENEFICIARY]
    answer, document = await ask(client, path)
    assert (answer.status_code, answer.headers["location"]) == (SEE_OTHER, f"{path}/code")
    typing = await client.get(f"{path}/code")
    assert "•• •• •• •• 78" in typing.text
    assert "06 12 34 56 78" not in typing.text
    assert 'autocomplete="one-time-code"' in typing.text
    assert 'inputmode="numeric"' in typing.text
    async with database(api_settings.database_url) as session:
        code = await code_sent(session, api_settings, made.convention, As.BENEFICIARY)
    typed = {"code": f" {code[:3]} {code[3:]} ", "document": document}
    signed = await client.post(
        f"{path}/signer", data=typed, headers={"user-agent": "Mozilla/5.0 (test)" + "x" * 500}
    )
    assert (signed.status_code, signed.headers["location"]) == (SEE_OTHER, path)
    assert await status_of(api_settings, made.convention) is Status.PARTLY_SIGNED
    page = await client.get(path)
    assert "Merci. Vous avez signé" in page.text
    assert "Il manque encore la signature d’Anne Martin" in page.text
    line = (await lines(api_settings, made.convention, "signed"))[0]
    assert line["facts"] == {"as": "beneficiary", "channel": "sms", "document": document, **END_SEALED}
    assert line["told"]["browser"].startswith("Mozilla/5.0 (test)")
    assert len(line["told"]["browser"]) == 300
    assert line["told"]["ip"]
    async with database(api_settings.database_url) as session:
        one = await signatory(api_settings, made.convention, As.BENEFICIARY)
        mine = outbox.c.payload["signatory"].astext == str(one.id)
        payloads = (await session.scalars(select(outbox.c.payload).where(mine))).all()
    assert [set(payload) for payload in payloads] == [{"signatory", "at"}]
    assert code not in "".join(capfd.readouterr())


async def test_the_last_signature_sends_it_to_review(
    client: httpx.AsyncClient, made: ToSign, api_settings: Settings
) -> None:
    for whom in (As.COMPANY, As.BENEFICIARY):
        assert (await sign(client, api_settings, made, whom)).status_code == SEE_OTHER
    assert await status_of(api_settings, made.convention) is Status.IN_REVIEW
    page = await client.get(made.paths[As.COMPANY])
    assert "Tout le monde a signé" in page.text
    assert "Prévenez l’équipe" in page.text


async def test_wrong_codes_are_counted_and_said(
    client: httpx.AsyncClient, made: ToSign, api_settings: Settings
) -> None:
    path = made.paths[As.COMPANY]
    _, document = await ask(client, path)
    async with database(api_settings.database_url) as session:
        right = await code_sent(session, api_settings, made.convention, As.COMPANY)
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    shape = await client.post(f"{path}/signer", data={"code": "12345", "document": document})
    assert (shape.status_code, "six chiffres" in shape.text) == (INVALID, True)
    for left in range(CODE_TRIES - 1, -1, -1):
        answer = await client.post(f"{path}/signer", data={"code": wrong, "document": document})
        assert answer.status_code == INVALID
        expected = f"reste {left} essai" if left else "ne peut plus servir"
        assert expected in answer.text.replace("\xa0", " ")
    assert 'href="#code"' not in answer.text
    assert (await signatory(api_settings, made.convention, As.COMPANY)).code_tries == CODE_TRIES
    again = await client.post(f"{path}/code", data={"document": document, "again": "1"})
    assert again.status_code == CONFLICT
    assert "Attendez une minute" in again.text
    spent = await client.post(f"{path}/signer", data={"code": right, "document": document})
    assert spent.status_code == CONFLICT
    assert "Recevoir un autre code" in spent.text
    assert await status_of(api_settings, made.convention) is Status.TO_SIGN


async def test_tries_at_once_are_all_counted(
    client: httpx.AsyncClient, made: ToSign, api_settings: Settings
) -> None:
    path = made.paths[As.COMPANY]
    _, document = await ask(client, path)
    async with database(api_settings.database_url) as session:
        right = await code_sent(session, api_settings, made.convention, As.COMPANY)
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    posts = [client.post(f"{path}/signer", data={"code": wrong, "document": document}) for _ in range(4)]
    await asyncio.gather(*posts)
    assert (await signatory(api_settings, made.convention, As.COMPANY)).code_tries == len(posts)


async def test_a_code_too_old_offers_another(
    client: httpx.AsyncClient, made: ToSign, api_settings: Settings
) -> None:
    path = made.paths[As.COMPANY]
    _, document = await ask(client, path)
    async with database(api_settings.database_url) as session:
        one = (await convention_signatories.of_convention(session, made.convention))[-1]
        assert one.code_sent_at is not None
        old = update(signatories_table).where(signatories_table.c.id == one.id)
        await session.execute(old.values(code_sent_at=one.code_sent_at - timedelta(minutes=11)))
    async with database(api_settings.database_url) as session:
        code = await code_sent(session, api_settings, made.convention, As.COMPANY)
    answer = await client.post(f"{path}/signer", data={"code": code, "document": document})
    assert answer.status_code == CONFLICT
    assert "il dure 10 minutes" in answer.text
    again = await client.post(f"{path}/code", data={"document": document})
    assert again.headers["location"] == f"{path}/code"
    assert "Signer la convention" in (await client.get(f"{path}/code")).text


async def test_a_double_click_counts_once(
    client: httpx.AsyncClient, made: ToSign, api_settings: Settings
) -> None:
    path = made.paths[As.COMPANY]
    asked = await client.get(path)
    document = HASH.search(asked.text)[1]  # type: ignore[index]
    codes = [client.post(f"{path}/code", data={"document": document}) for _ in range(3)]
    assert {one.headers.get("location") for one in await asyncio.gather(*codes)} == {f"{path}/code"}
    assert len(await lines(api_settings, made.convention, "code_sent")) == 1
    async with database(api_settings.database_url) as session:
        code = await code_sent(session, api_settings, made.convention, As.COMPANY)
    typed = {"code": code, "document": document}
    presses = await asyncio.gather(*(client.post(f"{path}/signer", data=typed) for _ in range(3)))
    assert [(one.status_code, one.headers["location"]) for one in presses] == [(SEE_OTHER, path)] * 3
    assert len(await lines(api_settings, made.convention, "signed")) == 1


async def test_two_people_sign_at_once(
    client: httpx.AsyncClient, made: ToSign, api_settings: Settings
) -> None:
    for whom in made.paths:
        await ask(client, made.paths[whom])
    document = HASH.search((await client.get(made.paths[As.COMPANY])).text)[1]  # type: ignore[index]
    async with database(api_settings.database_url) as session:
        codes = {one: await code_sent(session, api_settings, made.convention, one) for one in made.paths}
    posts = [
        client.post(f"{path}/signer", data={"code": codes[whom], "document": document})
        for whom, path in made.paths.items()
    ]
    assert {one.status_code for one in await asyncio.gather(*posts)} == {SEE_OTHER}
    assert await status_of(api_settings, made.convention) is Status.IN_REVIEW
    assert len(await lines(api_settings, made.convention, "signed")) == 2


async def test_an_edit_asks_to_read_again(
    client: httpx.AsyncClient, made: ToSign, api_settings: Settings
) -> None:
    path = made.paths[As.COMPANY]
    _, document = await ask(client, path)
    async with database(api_settings.database_url) as session:
        made.world.session = session
        desk = Desk(made.world, now(), api_settings)
        row = await desk.row(made.convention)
        terms = replace(row.document, activity=replace(row.document.activity, tasks="Vendre et ranger"))
        await edit(desk.office, await desk.standing("counsellor", made.convention), terms, row.version)
    stale = await client.post(f"{path}/signer", data={"code": "000000", "document": document})
    assert stale.status_code == CONFLICT
    assert "relisez-la" in stale.text
    assert "Vendre et ranger" in stale.text
    asked = await client.post(f"{path}/code", data={"document": document})
    assert (asked.status_code, "relisez-la" in asked.text) == (CONFLICT, True)
    page = await client.get(path)
    assert "La convention a été modifiée" in page.text.replace("\xa0", " ")


async def test_an_old_link_sends_a_new_one_to_the_address_on_file(
    client: httpx.AsyncClient, made: ToSign, api_settings: Settings
) -> None:
    one = await signatory(api_settings, made.convention, As.COMPANY)
    async with database(api_settings.database_url) as session:
        path = await mint(session, one.id, f"old{one.id.hex[:20]}", now() - timedelta(hours=1))
    page = await client.get(path)
    assert page.status_code == GONE
    assert "g•••@exemple.com" in page.text
    assert (await client.post(f"{path}/code", data={"document": ""})).status_code == GONE
    answer = await client.post(f"{path}/lien", data={"email": "voleur@exemple.net"})
    assert answer.status_code == OK
    assert "Un nouveau lien est envoyé" in answer.text
    for _ in range(api_settings.mails_per_hour - 1):
        await client.post(f"{path}/lien")
    assert (await client.post(f"{path}/lien")).status_code == httpx.codes.TOO_MANY_REQUESTS
    async with database(api_settings.database_url) as session:
        asked = outbox.c.payload["signatory"].astext == str(one.id)
        payloads = (await session.scalars(select(outbox.c.payload).where(asked))).all()
    assert all(payload == {"signatory": str(one.id)} for payload in payloads)


async def test_a_corrected_address_ends_the_links_of_the_old_one(
    client: httpx.AsyncClient, made: ToSign, api_settings: Settings
) -> None:
    async with database(api_settings.database_url) as session:
        made.world.session = session
        desk = Desk(made.world, now(), api_settings)
        row = await desk.row(made.convention)
        contact = replace(row.document.host.contact, email="autre@exemple.com")
        terms = replace(row.document, host=replace(row.document.host, contact=contact))
        await edit(desk.office, await desk.standing("counsellor", made.convention), terms, row.version)
    page = await client.get(made.paths[As.COMPANY])
    assert page.status_code == GONE
    assert "a•••@exemple.com" in page.text
    assert (await client.get(made.paths[As.BENEFICIARY])).status_code == OK


async def test_an_unknown_link_is_not_found(client: httpx.AsyncClient) -> None:
    for path in ("", "/code"):
        assert (await client.get(f"/signature/{'x' * 43}{path}")).status_code == NOT_FOUND
    for path in ("/code", "/signer", "/lien"):
        assert (await client.post(f"/signature/{'x' * 43}{path}")).status_code == NOT_FOUND


async def test_codes_are_bounded_a_day(
    client: httpx.AsyncClient, made: ToSign, api_settings: Settings
) -> None:
    path = made.paths[As.COMPANY]
    answers = []
    for _ in range(api_settings.codes_per_signatory_per_day + 1):
        answer, _ = await ask(client, path)
        answers.append(answer.status_code)
        async with database(api_settings.database_url) as session:
            mine = update(signatories_table).where(
                signatories_table.c.convention_id == made.convention,
                signatories_table.c.code_sent_at.is_not(None),
            )
            await session.execute(mine.values(code_sent_at=now() - timedelta(minutes=2)))
    assert set(answers[:-1]) == {SEE_OTHER}
    assert answers[-1] == httpx.codes.TOO_MANY_REQUESTS
    assert len(await lines(api_settings, made.convention, "code_sent")) == len(answers) - 1


async def test_an_account_signs_too(client: httpx.AsyncClient, made: ToSign, api_settings: Settings) -> None:
    url = f"/conventions/{made.convention}/signature"
    client.cookies.set(SESSION_COOKIE, made.world.tokens["person"])
    await ask(client, url)
    document = HASH.search((await client.get(url)).text)[1]  # type: ignore[index]
    async with database(api_settings.database_url) as session:
        code = await code_sent(session, api_settings, made.convention, As.BENEFICIARY)
    answer = await client.post(f"{url}/signer", data={"code": code, "document": document})
    assert answer.headers["location"] == url
    assert "Merci. Vous avez signé" in (await client.get(url)).text
    client.cookies.set(SESSION_COOKIE, made.world.tokens["stranger"])
    assert (await client.get(url)).status_code == NOT_FOUND
    assert (await client.post(f"{url}/code")).status_code == NOT_FOUND


async def test_an_agent_attests_a_signature_on_paper(
    client: httpx.AsyncClient, made: ToSign, api_settings: Settings
) -> None:
    url = f"/conventions/{made.convention}/papier"
    client.cookies.set(SESSION_COOKIE, made.world.tokens["person"])
    assert (await client.get(url)).status_code == httpx.codes.FORBIDDEN
    client.cookies.set(SESSION_COOKIE, made.world.tokens["counsellor"])
    document = HASH.search((await client.get(url)).text)[1]  # type: ignore[index]
    refused = await client.post(url, data={"document": document})
    assert refused.status_code == INVALID
    assert "Choisissez la personne" in refused.text
    assert "Cochez cette case" in refused.text
    assert "Recopiez le numéro de version" in refused.text
    typed = {"document": document, "whom": "beneficiary", "version": "1", "seen": "1"}
    stale = await client.post(url, data=typed | {"document": "0" * 64})
    assert (stale.status_code, "faites signer la nouvelle version" in stale.text) == (CONFLICT, True)
    done = await client.post(url, data=typed)
    assert done.headers["location"] == f"/conventions/{made.convention}?fait=papier"
    line = (await lines(api_settings, made.convention, "signed_on_paper"))[0]
    assert line["facts"]["document"] == document
    assert line["told"]["attested_by"] == str(made.world.ids["counsellor"])
    again = await client.post(url, data=typed)
    assert (again.status_code, "a déjà signé" in again.text) == (INVALID, True)
    page = await client.get(made.paths[As.BENEFICIARY])
    assert "sur papier" in page.text


async def test_a_refused_convention_is_not_signed_any_more(
    client: httpx.AsyncClient, made: ToSign, api_settings: Settings
) -> None:
    path = made.paths[As.COMPANY]
    _, document = await ask(client, path)
    async with database(api_settings.database_url) as session:
        made.world.session = session
        code = await code_sent(session, api_settings, made.convention, As.COMPANY)
        desk = Desk(made.world, now(), api_settings)
        await reviewing.reject(desk.office, await desk.standing("stranger", made.convention), "Trop loin")
    for answer in (
        await client.get(f"{path}/code"),
        await client.post(f"{path}/code", data={"document": document}),
        await client.post(f"{path}/signer", data={"document": document, "code": code}),
    ):
        assert answer.status_code == SEE_OTHER
    page = await client.get(path)
    assert "La structure a refusé cette convention" in page.text
    assert f"/connexion?suite=/conventions/{made.convention}" in page.text
    assert "Trop loin" in page.text
    assert await lines(api_settings, made.convention, "signed") == []

"""A company answers: by the link of a mail, from its space, several at once, two people at once."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, cast
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import func, insert, select, update

from api.cookies import SESSION_COOKIE
from data.queries import links
from data.tables import companies, consents, discussion_files, discussions, outbox, passports, users
from domain.roles import Role
from settings import Settings
from tests.api.space_callers import database
from tests.factories.companies import add_company
from tests.factories.discussions import World, add_request, build_world
from tests.factories.people import add_company_right

OK, SEE_OTHER, INVALID = httpx.codes.OK, httpx.codes.SEE_OTHER, httpx.codes.UNPROCESSABLE_ENTITY
NOT_FOUND, CONFLICT, GONE = httpx.codes.NOT_FOUND, httpx.codes.CONFLICT, httpx.codes.GONE
_numbers = count(1)


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the application has the real clock


async def minted(world: World, discussion: UUID, expires_at: datetime | None = None) -> str:
    token = f"answer-{next(_numbers):038}"
    until = expires_at or now() + timedelta(days=92)
    await links.mint(
        world.session, token, "discussion.answer", str(discussion), now() - timedelta(days=1), until
    )
    return f"/reponse/{token}"


class Made:
    """A world committed, with two requests that wait and the link of the first."""

    world: World
    first: UUID
    second: UUID
    link: str

    @property
    def url(self) -> str:
        return f"/entreprise/{self.world.company}/demandes"

    def sign_in(self, client: httpx.AsyncClient, name: str) -> None:
        client.cookies.clear()
        client.cookies.set(SESSION_COOKIE, self.world.tokens[name])


@pytest.fixture
async def made(api_settings: Settings) -> Made:
    made = Made()
    async with database(api_settings.database_url) as session:
        made.world = await build_world(session, now(), prefix=f"ans{next(_numbers)}")
        made.first = await add_request(made.world, now() - timedelta(days=1), phone="+33612345678")
        made.second = await add_request(made.world, now() - timedelta(hours=5))
        made.link = await minted(made.world, made.first)
    return made


async def row(settings: Settings, discussion: UUID) -> Any:  # noqa: ANN401 - a row
    async with database(settings.database_url) as session:
        return (await session.execute(select(discussions).where(discussions.c.id == discussion))).one()


async def followed(settings: Settings, discussion: UUID) -> list[str]:
    async with database(settings.database_url) as session:
        query = select(outbox.c.job).where(outbox.c.payload["discussion"].astext == str(discussion))
        return list((await session.scalars(query.order_by(outbox.c.id))).all())


async def test_opening_a_link_changes_nothing(
    client: httpx.AsyncClient, made: Made, api_settings: Settings
) -> None:
    before = await row(api_settings, made.first)
    for _ in range(2):
        page = await client.get(made.link)
        assert page.status_code == OK
        assert "Accepter la demande" in page.text
        assert "découvrir le métier de boulangère" in page.text
        assert "no-store" in page.headers["cache-control"]
        assert "@" not in re.sub(r"<[^>]+>", "", page.text.split("<main", 1)[1])
    await client.head(made.link)
    for name in ("accepter", "refuser"):
        await client.get(made.link, params={"acte": name, "told": "here", "reason": "no_capacity"})
    assert await row(api_settings, made.first) == before
    assert await followed(api_settings, made.first) == []


async def test_yes_by_the_link_of_a_mail(
    client: httpx.AsyncClient, made: Made, api_settings: Settings
) -> None:
    refused = await client.post(made.link, data={"acte": "accepter"})
    assert refused.status_code == INVALID
    assert "Dites comment la personne est prévenue" in refused.text
    answer = await client.post(made.link, data={"acte": "accepter", "told": "phone"})
    assert (answer.status_code, answer.headers["location"]) == (SEE_OTHER, f"{made.link}?fait=acceptee")
    found = await row(api_settings, made.first)
    assert (found.status, found.told, found.answered_by) == ("accepted", "phone", None)
    again = await client.post(made.link, data={"acte": "accepter", "told": "phone"})
    assert again.headers["location"] == answer.headers["location"]
    other = await client.post(made.link, data={"acte": "accepter", "told": "mail"})
    assert other.status_code == CONFLICT
    assert await followed(api_settings, made.first) == ["discussion.accepted_mail"]
    page = (await client.get(answer.headers["location"])).text
    assert "Vous acceptez. La personne est prévenue." in page
    assert "Accepter la demande" not in page
    assert "Votre message" in page


async def test_not_now_asks_until_when_and_pauses(
    client: httpx.AsyncClient, made: Made, api_settings: Settings
) -> None:
    said = {"acte": "refuser", "reason": "not_now", "text": "Nous déménageons."}
    refused = await client.post(made.link, data=said)
    assert refused.status_code == INVALID
    assert 'href="#until"' in refused.text
    assert "Nous déménageons." in refused.text
    until = now().date() + timedelta(days=40)
    answer = await client.post(made.link, data={**said, "until": until.isoformat()})
    assert answer.status_code == SEE_OTHER
    found = await row(api_settings, made.first)
    assert (found.status, found.reason, found.until) == ("rejected", "not_now", until)
    async with database(api_settings.database_url) as session:
        paused = select(companies.c.next_availability_date).where(companies.c.id == made.world.company)
        assert await session.scalar(paused) == until
    page = (await client.get(made.link)).text
    assert "Vous avez refusé le" in page
    assert "Nous déménageons." in page


async def test_links_that_are_old_or_unknown_explain_themselves(
    client: httpx.AsyncClient, made: Made, api_settings: Settings
) -> None:
    async with database(api_settings.database_url) as session:
        made.world.session = session
        old = await minted(made.world, made.first, now() - timedelta(minutes=1))
    for method in ("GET", "POST"):
        answer = await client.request(method, old)
        assert answer.status_code == GONE
        assert "vous n’avez plus à répondre" in answer.text
        unknown = await client.request(method, "/reponse/nothing-of-ours")
        assert unknown.status_code == NOT_FOUND
        assert "Copiez l’adresse entière" in unknown.text


async def test_two_people_answering_at_once(
    client: httpx.AsyncClient, api_app: Litestar, made: Made, api_settings: Settings
) -> None:
    cookies = {SESSION_COOKIE: made.world.tokens["contact"]}
    transport = httpx.ASGITransport(cast("Any", api_app))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://escale.test", cookies=cookies
    ) as colleague:
        answers = await asyncio.gather(
            client.post(made.link, data={"acte": "accepter", "told": "here"}),
            colleague.post(f"{made.url}/{made.first}", data={"acte": "refuser", "reason": "no_capacity"}),
        )
    assert sorted(one.status_code for one in answers) == [SEE_OTHER, CONFLICT]
    late = next(one for one in answers if one.status_code == CONFLICT)
    assert "Votre réponse n’est pas enregistrée" in late.text
    found = await row(api_settings, made.first)
    said = "Vous avez accepté le" if found.status == "accepted" else "Vous avez refusé le"
    assert said in late.text
    assert len(await followed(api_settings, made.first)) == 1


@pytest.mark.parametrize(
    ("name", "status"), [("owner", OK), ("contact", OK), ("stranger", NOT_FOUND), ("person", NOT_FOUND)]
)
async def test_only_the_companys_people_open_its_requests(
    client: httpx.AsyncClient, made: Made, name: str, status: int
) -> None:
    made.sign_in(client, name)
    for path in (made.url, f"{made.url}/{made.first}"):
        assert (await client.get(path)).status_code == status
    if status == NOT_FOUND:
        answer = await client.post(f"{made.url}/{made.first}", data={"acte": "accepter", "told": "here"})
        assert answer.status_code == NOT_FOUND
        many = {"chosen": str(made.first), "reason": "accepter"}
        assert (await client.post(f"{made.url}/reponses", data=many)).status_code == NOT_FOUND
    client.cookies.clear()
    assert (await client.get(made.url)).headers["location"].startswith("/connexion?")


async def test_a_request_of_another_company_stays_its_own(
    client: httpx.AsyncClient, made: Made, api_settings: Settings
) -> None:
    async with database(api_settings.database_url) as session:
        other = await add_company(session)
        await add_company_right(session, other, made.world.ids["stranger"], Role.COMPANY_ADMIN)
    made.sign_in(client, "stranger")
    assert (await client.get(f"/entreprise/{other}/demandes")).status_code == OK
    assert (await client.get(f"/entreprise/{other}/demandes/{made.first}")).status_code == NOT_FOUND
    many = {"chosen": [str(made.first)], "reason": "accepter"}
    assert (await client.post(f"/entreprise/{other}/demandes/reponses", data=many)).status_code == NOT_FOUND
    assert (await row(api_settings, made.first)).status == "pending"


async def test_what_a_referent_has_not_validated_is_nowhere(
    client: httpx.AsyncClient, made: Made, api_settings: Settings
) -> None:
    async with database(api_settings.database_url) as session:
        made.world.session = session
        hidden = await add_request(made.world, now(), status="awaiting_referent", reached_at=None)
        link = await minted(made.world, hidden)
    made.sign_in(client, "owner")
    assert str(hidden) not in (await client.get(made.url)).text
    assert (await client.get(f"{made.url}/{hidden}")).status_code == NOT_FOUND
    assert (await client.get(link)).status_code == NOT_FOUND


async def test_counts_are_right_everywhere(client: httpx.AsyncClient, made: Made) -> None:
    made.sign_in(client, "contact")
    assert (
        "2 demandes attendent votre réponse" in (await client.get(f"/entreprise/{made.world.company}")).text
    )
    assert "2 demandes attendent votre réponse" in (await client.get("/entreprise")).text
    page = (await client.get(made.url)).text
    assert "À répondre (2)" in page
    assert "Répondues ou closes (0)" in page
    await client.post(f"{made.url}/{made.first}", data={"acte": "accepter", "told": "mail"})
    page = (await client.get(made.url)).text
    assert "À répondre (1)" in page
    assert "Répondues ou closes (1)" in page
    assert "Une demande attend votre réponse" in (await client.get("/entreprise")).text


async def test_the_same_answer_to_several(
    client: httpx.AsyncClient, made: Made, api_settings: Settings
) -> None:
    made.sign_in(client, "contact")
    both = [str(made.first), str(made.second)]
    for data, field in (
        ({"reason": "accepter"}, "chosen"),
        ({"chosen": both}, "reason"),
        ({"chosen": both, "reason": "other"}, "text"),
        ({"chosen": both, "reason": "not_now"}, "until"),
        ({"chosen": ["nothing"], "reason": "accepter"}, "chosen"),
    ):
        refused = await client.post(f"{made.url}/reponses", data=data)
        assert refused.status_code == INVALID, data
        assert f'href="#{field}"' in refused.text
    await client.post(f"{made.url}/{made.first}", data={"acte": "accepter", "told": "here"})
    answer = await client.post(f"{made.url}/reponses", data={"chosen": both, "reason": "no_capacity"})
    assert answer.headers["location"] == f"{made.url}?repondues=1&deja=1"
    assert "Une autre avait déjà reçu" in (await client.get(answer.headers["location"])).text
    assert (await row(api_settings, made.first)).status == "accepted"
    assert (await row(api_settings, made.second)).reason == "no_capacity"


async def with_passport_and_cv(made: Made, settings: Settings, *, consent: bool) -> UUID:
    kept = {"token_hash": made.first.bytes * 2, "created_at": now(), "seen_at": now()}
    cv = {"kind": "cv", "name": "cv.pdf", "media_type": "application/pdf", "content": b"%PDF-1.4 Zo\xc3\xa9"}
    async with database(settings.database_url) as session:
        await session.execute(
            insert(passports).values(beneficiary_id=made.world.beneficiary, skills=["E0311"], **kept)
        )
        if consent:
            given = {"purpose": "passport_to_company", "target": str(made.world.company), "given_at": now()}
            await session.execute(insert(consents).values(beneficiary_id=made.world.beneficiary, **given))
        added = insert(discussion_files).values(discussion_id=made.first, added_at=now(), **cv)
        found: UUID = (await session.execute(added.returning(discussion_files.c.id))).scalar_one()
        return found


async def test_a_passport_is_shown_by_consent_alone(
    client: httpx.AsyncClient, made: Made, api_settings: Settings
) -> None:
    await with_passport_and_cv(made, api_settings, consent=False)
    assert "passeport de compétences" not in (await client.get(made.link)).text
    async with database(api_settings.database_url) as session:
        given = {"purpose": "passport_to_company", "target": str(made.world.company), "given_at": now()}
        await session.execute(insert(consents).values(beneficiary_id=made.world.beneficiary, **given))
    assert "passeport de compétences" in (await client.get(made.link)).text
    async with database(api_settings.database_url) as session:
        await session.execute(update(consents).values(revoked_at=now()))
    assert "passeport de compétences" not in (await client.get(made.link)).text


async def test_what_is_personal_closes_with_the_request(
    client: httpx.AsyncClient, made: Made, api_settings: Settings
) -> None:
    cv = await with_passport_and_cv(made, api_settings, consent=True)
    page = (await client.get(made.link)).text
    assert "passeport de compétences" in page
    assert "06 12 34 56 78" in page.replace("\u00a0", " ").replace("\u202f", " ")
    file = await client.get(f"{made.link}/fichiers/{cv}")
    assert file.headers["content-disposition"] == 'attachment; filename="cv.pdf"'
    assert file.content.startswith(b"%PDF")
    await client.post(made.link, data={"acte": "refuser", "reason": "no_capacity"})
    page = (await client.get(made.link)).text
    for gone in ("passeport de compétences", "06 12", f"/fichiers/{cv}", "Votre message"):
        assert gone not in page
    assert (await client.get(f"{made.link}/fichiers/{cv}")).status_code == NOT_FOUND


async def test_a_link_opens_its_own_request_alone(
    client: httpx.AsyncClient, made: Made, api_settings: Settings
) -> None:
    cv = await with_passport_and_cv(made, api_settings, consent=False)
    async with database(api_settings.database_url) as session:
        made.world.session = session
        other = await minted(made.world, made.second)
    assert (await client.get(f"{other}/fichiers/{cv}")).status_code == NOT_FOUND
    for act in ("retirer", "valider", "ecarter", "rien"):
        assert (await client.post(made.link, data={"acte": act})).status_code == NOT_FOUND
    assert (await row(api_settings, made.first)).status == "pending"


async def test_a_message_is_an_answer(client: httpx.AsyncClient, made: Made, api_settings: Settings) -> None:
    assert (await client.post(made.link, data={"acte": "ecrire", "message": " "})).status_code == INVALID
    answer = await client.post(made.link, data={"acte": "ecrire", "message": "Quand venez-vous ?"})
    assert answer.headers["location"] == f"{made.link}?fait=message"
    assert (await row(api_settings, made.first)).answered_at is not None
    assert await followed(api_settings, made.first) == ["discussion.message_candidate_mail"]


async def test_a_report_reaches_the_back_office_until_somebody_has_looked_at_it(
    client: httpx.AsyncClient, made: Made, api_settings: Settings
) -> None:
    words = f"Ce message est une publicité {made.first}."
    assert (await client.post(made.link, data={"acte": "signaler"})).status_code == INVALID
    assert (await client.post(made.link, data={"acte": "signaler", "report": words})).status_code == SEE_OTHER
    made.sign_in(client, "stranger")
    assert (await client.get("/gestion/signalements")).status_code == NOT_FOUND
    async with database(api_settings.database_url) as session:
        mine = users.c.id == made.world.ids["stranger"]
        await session.execute(update(users).where(mine).values(back_office=True))
    page = (await client.get("/gestion/signalements")).text
    assert words in page
    assert "découvrir le métier de boulangère" in page
    assert "signalée" in (await client.get("/gestion")).text
    closed = f"/gestion/signalements/{made.first}/traiter"
    assert (await client.post(closed)).headers["location"] == "/gestion/signalements?fait=traite"
    assert words not in (await client.get("/gestion/signalements")).text
    assert (await client.post(closed)).status_code == NOT_FOUND


async def test_a_company_set_aside_comes_back_from_its_space(
    client: httpx.AsyncClient, made: Made, api_settings: Settings
) -> None:
    async with database(api_settings.database_url) as session:
        mine = companies.c.id == made.world.company
        await session.execute(update(companies).where(mine).values(unresponsive_at=now()))
        token = f"back-{made.first}"
        until = now() + timedelta(days=365)
        await links.mint(session, token, "company.come_back", str(made.world.company), now(), until)
    space = f"/entreprise/{made.world.company}"
    page = await client.get(f"/entreprises/retour/{token}")
    assert "Revenir dans la recherche" in page.text
    made.sign_in(client, "contact")
    assert (await client.post(f"{space}/retour")).status_code == httpx.codes.FORBIDDEN
    made.sign_in(client, "owner")
    assert "Plusieurs demandes sont restées" in (await client.get(space)).text
    assert (await client.post(f"{space}/retour")).status_code == SEE_OTHER
    assert "Plusieurs demandes sont restées" not in (await client.get(space)).text
    client.cookies.clear()
    again = await client.post(f"/entreprises/retour/{token}")
    assert "de nouveau proposée" in again.text
    async with database(api_settings.database_url) as session:
        query = select(func.count()).select_from(companies).where(mine, companies.c.unresponsive_at.is_(None))
        assert await session.scalar(query) == 1

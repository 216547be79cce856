"""The link of an assessment past its time offers another, to the address on file."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select, update

from data.queries.links import hash_token
from data.tables import assessments, conventions, links, outbox
from services.assessments import letters
from settings import Settings
from tests.api.assessment_callers import Ended, ended
from tests.api.convention_callers import NOW
from tests.api.space_callers import database
from tests.services.post import Post, last_work, parts, tools

OK, GONE, NOT_FOUND = httpx.codes.OK, httpx.codes.GONE, httpx.codes.NOT_FOUND
JOB = "assessment.link_mail"
OFFERED = "Recevoir un nouveau lien"
ANSWERED = {
    "company": {"company_at": NOW, "outcome": "completed"},
    "person": {"company_at": NOW, "outcome": "completed", "person_at": NOW, "person_agrees": True},
    "follow": {"followed_at": NOW, "follow_up": "training"},
}


@pytest.fixture
async def done(api_settings: Settings) -> Ended:
    """Every link of its sides is too old."""
    made = await ended(api_settings.database_url)
    async with database(api_settings.database_url) as session:
        tokens = [hash_token(path.rsplit("/", 1)[1]) for path in made.paths.values()]
        old = update(links).where(links.c.token_hash.in_(tokens))
        times = {"created_at": NOW - timedelta(days=93), "expires_at": NOW - timedelta(days=1)}
        await session.execute(old.values(**times))
    return made


async def mailed(settings: Settings, convention: object) -> list[tuple[str, str]]:
    """To whom, and under what title, the job that was asked writes; nothing when none was."""
    async with database(settings.database_url) as session:
        asked = select(outbox.c.payload).where(outbox.c.job == JOB).order_by(outbox.c.id.desc())
        latest = (await session.scalars(asked.limit(1))).one_or_none()
        if latest is None or latest["convention"] != str(convention):
            return []
        post = Post()
        await letters.JOBS[JOB](session, tools(post), await last_work(session, JOB))
        return [(str(one["To"]), str(one["Subject"])) for one in post.sent]


@pytest.mark.parametrize("side", ["company", "person", "follow"])
async def test_each_side_receives_another(
    client: httpx.AsyncClient, done: Ended, api_settings: Settings, side: str
) -> None:
    path = done.paths[side]
    for answer in (await client.get(path), await client.post(path, data={"outcome": "completed"})):
        assert answer.status_code == GONE
        assert OFFERED in answer.text
        assert f'action="{path}/lien"' in answer.text
        assert "Ce lien n’ouvre plus le bilan" in answer.text
    assert await mailed(api_settings, done.convention) == []
    sent = await client.post(f"{path}/lien")
    assert (sent.status_code, "Un nouveau lien est envoyé" in sent.text) == (OK, True)
    ((to, _),) = await mailed(api_settings, done.convention)
    terms = done.site.terms
    reached = terms.host.tutor.email if side == "company" else terms.beneficiary.email
    assert to == reached
    assert reached not in sent.text


async def test_the_person_is_asked_to_answer_what_the_company_said(
    client: httpx.AsyncClient, done: Ended, api_settings: Settings
) -> None:
    async with database(api_settings.database_url) as session:
        said = {"convention_id": done.convention, "updated_at": NOW, **ANSWERED["company"]}
        await session.execute(assessments.insert().values(**said))
    await client.post(f"{done.paths['person']}/lien")
    async with database(api_settings.database_url) as session:
        post = Post()
        await letters.JOBS[JOB](session, tools(post), await last_work(session, JOB))
    assert "Lire et répondre" in parts(post.sent[-1])[0]


@pytest.mark.parametrize("side", list(ANSWERED))
async def test_nothing_is_offered_to_who_has_answered(
    client: httpx.AsyncClient, done: Ended, api_settings: Settings, side: str
) -> None:
    async with database(api_settings.database_url) as session:
        said = {"convention_id": done.convention, "updated_at": NOW, **ANSWERED[side]}
        await session.execute(assessments.insert().values(**said))
    page = await client.get(done.paths[side])
    assert (page.status_code, OFFERED in page.text) == (GONE, False)
    assert "déjà répondu" in page.text
    assert (await client.post(f"{done.paths[side]}/lien")).status_code == NOT_FOUND
    assert await mailed(api_settings, done.convention) == []


async def test_nothing_is_offered_for_what_is_restricted_or_unknown(
    client: httpx.AsyncClient, done: Ended, api_settings: Settings
) -> None:
    async with database(api_settings.database_url) as session:
        mine = update(conventions).where(conventions.c.id == done.convention)
        await session.execute(mine.values(archived_at=NOW))
    page = await client.get(done.paths["company"])
    assert (page.status_code, OFFERED in page.text) == (GONE, False)
    assert (await client.post("/bilan/rien/lien")).status_code == NOT_FOUND

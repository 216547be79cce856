"""The pages of an assessment over HTTP: each side’s form, its errors, the search of a skill, the passport."""

import re
from dataclasses import replace
from datetime import date
from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select, update

from data.queries import assessments, passports
from data.queries.assessments import AssessmentRow
from data.queries.conventions import by_id, plain
from data.tables import convention_events, conventions
from domain.assessment import FollowUp, Next, Outcome
from services.passports import show_passport
from settings import Settings
from tests.api.assessment_callers import Ended, archive, ended
from tests.api.space_callers import database

OK, SEE_OTHER, INVALID = httpx.codes.OK, httpx.codes.SEE_OTHER, httpx.codes.UNPROCESSABLE_ENTITY
WHOLE = {"outcome": "completed", "hired": "no", "next_step": "training", "feedback": "À l’heure."}
YES = {"agrees": "yes", "next_step": "immersion", "feedback": "J’ai appris."}


@pytest.fixture
async def done(api_settings: Settings) -> Ended:
    return await ended(api_settings.database_url)


async def said(settings: Settings, convention: UUID) -> AssessmentRow:
    async with database(settings.database_url) as session:
        return await assessments.of_convention(session, convention)


async def test_opening_changes_nothing(
    client: httpx.AsyncClient, done: Ended, api_settings: Settings
) -> None:
    for path in done.paths.values():
        for _ in range(2):
            answer = await client.get(path)
            assert answer.status_code == OK
            assert answer.headers["cache-control"] == "no-store"
    assert await said(api_settings, done.convention) == AssessmentRow()


async def test_the_company_then_the_person(
    client: httpx.AsyncClient, done: Ended, api_settings: Settings
) -> None:
    company, person = done.paths["company"], done.paths["person"]
    sent = await client.post(company, data={**WHOLE, "ogr": "E0311", "level.E0311": "2"})
    assert (sent.status_code, sent.headers["location"]) == (SEE_OTHER, company)
    row = await said(api_settings, done.convention)
    assert (row.outcome, row.hired, row.feedback) == (Outcome.COMPLETED, False, "À l’heure.")
    assert [(one.ogr, one.level) for one in row.skills] == [("E0311", 2)]
    assert "peut le lire et y répondre" in (await client.get(company)).text
    page = (await client.get(person)).text
    assert "Se débrouille" in page
    assert "Êtes-vous d’accord" in page
    assert (await client.post(person, data={**YES, "shares": "1"})).status_code == SEE_OTHER
    assert "Les retirer de mon passeport" in (await client.get(person)).text
    async with database(api_settings.database_url) as session:
        key = await passports.owned(session, done.site.world.beneficiary)
        kept = await show_passport(session, key) if key else None
        assert kept is not None
        assert [one.skill for one in kept.held.lines] == ["E0311"]
    await client.post(person, data={"action": "take_back"})
    assert "Les mettre dans mon passeport" in (await client.get(person)).text
    assert "Le bilan est complet" in (await client.get(company)).text
    again = await client.post(company, data=WHOLE)
    assert again.status_code == httpx.codes.CONFLICT
    assert "ne change plus" in again.text


async def test_a_minor_is_told_why_nothing_enters_their_passport(
    client: httpx.AsyncClient, done: Ended, api_settings: Settings
) -> None:
    person, why = done.paths["person"], "avant 18 ans, il faudrait aussi l’accord de votre représentant légal"
    async with database(api_settings.database_url) as session:
        row = await by_id(session, done.convention)
        assert row is not None
        young = replace(row.document.beneficiary, birth_date=date(2012, 5, 6))
        terms = plain(replace(row.document, beneficiary=young))
        mine = update(conventions).where(conventions.c.id == done.convention)
        await session.execute(mine.values(terms=terms))
    await client.post(done.paths["company"], data={**WHOLE, "ogr": "E0311", "level.E0311": "2"})
    page = (await client.get(person)).text
    assert why in page
    assert 'name="shares"' not in page
    assert (await client.post(person, data={**YES, "shares": "1"})).status_code == httpx.codes.CONFLICT
    assert (await client.post(person, data=YES)).status_code == SEE_OTHER
    page = (await client.get(person)).text
    assert why in page
    assert "Les mettre dans mon passeport" not in page


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "outcome"),
        ({"outcome": "did_not_show"}, "no_show_reason"),
        ({**WHOLE, "outcome": "partly_completed", "minutes": "douze", "last_day": "hier"}, "minutes"),
        ({**WHOLE, "hired": "yes"}, "contract"),
        ({**WHOLE, "next_step": "fusée"}, "next_step"),
    ],
)
async def test_errors_stand_beside_their_field(
    client: httpx.AsyncClient, done: Ended, typed: dict[str, str], field: str
) -> None:
    answer = await client.post(done.paths["company"], data=typed)
    assert answer.status_code == INVALID
    assert f'id="{field}-erreur"' in answer.text
    assert f'href="#{field}"' in answer.text


async def test_what_was_typed_is_kept_while_a_skill_is_searched(
    client: httpx.AsyncClient, done: Ended, api_settings: Settings
) -> None:
    path = done.paths["company"]
    typed = {**WHOLE, "ogr": "E0311", "level.E0311": "3", "action": "search"}
    page = await client.post(path, data={**typed, "words": "tenir une caisse"})
    assert page.status_code == OK
    assert "À l’heure." in page.text
    assert '<option value="3" selected>' in page.text
    assert f'formaction="{path}#ajouts"' in page.text
    before, _, after = page.text.partition('id="ajouts"')
    assert before.count('name="ogr"') == 1
    assert after.count('name="ogr"') >= 1
    assert (await said(api_settings, done.convention)).company_at is None
    nothing = await client.post(path, data={**typed, "words": "xyzzyx"})
    assert nothing.text.count('id="ajouts"') == 1
    assert "Rien de nouveau pour « xyzzyx »" in nothing.text.replace("\u00a0", " ")


async def test_a_code_that_nobody_knows_is_not_kept(
    client: httpx.AsyncClient, done: Ended, api_settings: Settings
) -> None:
    typed = {**WHOLE, "ogr": ["999999", "<b>"], "level.999999": "2"}
    assert (await client.post(done.paths["company"], data=typed)).status_code == SEE_OTHER
    assert (await said(api_settings, done.convention)).skills == ()


async def test_who_does_not_agree_says_why(
    client: httpx.AsyncClient, done: Ended, api_settings: Settings
) -> None:
    await client.post(
        done.paths["company"], data={"outcome": "did_not_show", "no_show_reason": "Aucune nouvelle."}
    )
    person = done.paths["person"]
    assert "Aucune nouvelle." in (await client.get(person)).text
    refused = await client.post(person, data={"agrees": "no"})
    assert re.findall(r'<a href="#(\w+)">', refused.text.partition("<form")[0]) == ["feedback", "next_step"]
    refused = await client.post(person, data={"agrees": "no", "next_step": "search"})
    assert 'id="feedback-erreur"' in refused.text
    await client.post(person, data={"agrees": "no", "next_step": "search", "feedback": "J’étais là."})
    row = await said(api_settings, done.convention)
    assert (row.person_agrees, row.person_feedback, row.person_next) == (False, "J’étais là.", Next.SEARCH)


async def test_six_months_later(client: httpx.AsyncClient, done: Ended, api_settings: Settings) -> None:
    path = done.paths["follow"]
    refused = await client.post(path, data={"follow_up": "lune"})
    assert refused.status_code == INVALID
    assert (await client.post(path, data={"follow_up": "job_there"})).status_code == SEE_OTHER
    assert (await said(api_settings, done.convention)).follow_up is FollowUp.JOB_THERE
    assert "Votre réponse" in (await client.get(path)).text


async def test_by_an_account(client: httpx.AsyncClient, done: Ended) -> None:
    done.site.sign_in(client, "owner")
    assert "L’immersion a-t-elle eu lieu" in (await client.get(done.url)).text
    assert (await client.post(done.url, data=WHOLE)).headers["location"] == done.url
    done.site.sign_in(client, "person")
    assert (await client.post(done.url, data=YES)).status_code == SEE_OTHER
    done.site.sign_in(client, "counsellor")
    assert (await client.get(done.url)).status_code == httpx.codes.FORBIDDEN
    done.site.sign_in(client, "nobody")
    assert (await client.get(done.url)).status_code == httpx.codes.NOT_FOUND


async def test_who_reads_it_on_the_page_of_the_convention(client: httpx.AsyncClient, done: Ended) -> None:
    await client.post(done.paths["company"], data=WHOLE)
    await client.post(done.paths["person"], data=YES)
    await client.post(done.paths["follow"], data={"follow_up": "job_elsewhere"})
    for name, reads, next_, later in (
        ("person", True, True, True),
        ("counsellor", True, True, True),
        ("owner", True, False, False),
    ):
        done.site.sign_in(client, name)
        page = (await client.get(done.site.url)).text
        assert ("À l’heure." in page) is reads, name
        assert ("Une autre immersion" in page) is next_, name
        assert ("Je travaille ailleurs" in page) is later, name


async def test_once_begun_the_convention_is_not_cancelled(
    client: httpx.AsyncClient, done: Ended, api_settings: Settings
) -> None:
    done.site.sign_in(client, "stranger")
    assert "Annuler la convention" in (await client.get(done.site.url)).text
    await client.post(done.paths["company"], data=WHOLE)
    assert "Annuler la convention" not in (await client.get(done.site.url)).text
    form = {"acte": "annuler", "reason": "Erreur de dates", "version": "1", "status": "validated"}
    refused = await client.post(done.site.url, data=form)
    assert refused.status_code == httpx.codes.CONFLICT
    assert "ne s’annule plus" in refused.text
    async with database(api_settings.database_url) as session:
        mine = select(conventions.c.status).where(conventions.c.id == done.convention)
        assert await session.scalar(mine) == "validated"


async def test_pressed_twice_the_person_s_button_says_it_once(
    client: httpx.AsyncClient, done: Ended, api_settings: Settings
) -> None:
    await client.post(done.paths["company"], data=WHOLE)
    for _ in range(2):
        sent = await client.post(done.paths["person"], data={**YES, "action": "send"})
        assert sent.status_code == SEE_OTHER
    async with database(api_settings.database_url) as session:
        c = convention_events.c
        answers = (c.convention_id == done.convention, c.kind == "assessment_agreed")
        assert await session.scalar(select(func.count()).where(*answers)) == 1


async def test_whoever_deletes_their_account_is_told_what_stays(
    client: httpx.AsyncClient, api_settings: Settings
) -> None:
    over = await ended(api_settings.database_url, "k", days_ago=2)
    over.site.sign_in(client, "person")
    assert "Votre convention terminée reste" in (await client.get("/compte/supprimer")).text
    over.site.sign_in(client, "nobody")
    assert "convention terminée reste" not in (await client.get("/compte/supprimer")).text


async def test_before_the_end(client: httpx.AsyncClient, api_settings: Settings) -> None:
    soon = await ended(api_settings.database_url, "s", days_ago=-20)
    page = (await client.get(soon.paths["company"])).text
    assert "Si l’immersion s’est arrêtée" in page
    assert 'value="completed"' not in page
    assert "Le bilan s’ouvre le" in (await client.get(soon.paths["person"])).text
    early = await client.post(soon.paths["person"], data=YES)
    assert early.status_code == httpx.codes.CONFLICT


async def test_a_wrong_link(client: httpx.AsyncClient) -> None:
    assert (await client.get("/bilan/rien")).status_code == httpx.codes.NOT_FOUND


async def test_an_archive_is_opened_once_with_a_reason(
    client: httpx.AsyncClient, done: Ended, api_settings: Settings
) -> None:
    await archive(api_settings.database_url, done)
    page = f"{done.site.url}/archive"
    done.site.sign_in(client, "counsellor")
    assert (await client.get(done.site.url)).headers["location"] == page
    assert "Pourquoi ouvrez-vous" in (await client.get(page)).text
    assert (await client.post(page, data={"reason": " "})).status_code == INVALID
    opened = await client.post(page, data={"reason": "Accident déclaré"})
    assert done.site.terms.beneficiary.last_name in opened.text
    assert "Archive consultée" in opened.text
    assert "Accident déclaré" in opened.text
    for name, status in (("owner", 403), ("nobody", 404)):
        done.site.sign_in(client, name)
        assert (await client.get(page)).status_code == status
        assert (await client.post(page, data={"reason": "x"})).status_code == status
    async with database(api_settings.database_url) as session:
        read = convention_events.c
        query = select(func.count()).where(
            read.convention_id == done.convention, read.kind == "archived_read"
        )
        assert await session.scalar(query) == 1
    done.site.sign_in(client, "person")
    assert (await client.get(page)).headers["location"] == done.site.url

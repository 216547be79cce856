"""The agency's desk and the lists of one's own: filters, words kept out of addresses, files, reminders."""

import csv
import io
import re
import zipfile
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import update

from data.queries import audit
from data.queries.audit import AuditSearch
from data.tables import conventions
from domain.audit import AuditAction
from services.conventions.exporting import HEADERS
from services.conventions.lists import PAGE
from tests.api.convention_callers import MONDAY, NOW, Site, document, made
from tests.api.space_callers import database

OK, SEE_OTHER, NOT_FOUND = httpx.codes.OK, httpx.codes.SEE_OTHER, httpx.codes.NOT_FOUND
DESK = "/accompagnement/conventions"
LINE = re.compile(r'class="person-name" href="/conventions/([0-9a-f-]{36})"')

HIDDEN = re.compile(r'type="hidden" name="([^"]+)" value="([^"]*)"')


def lines(answer: httpx.Response) -> list[str]:
    assert answer.status_code == OK
    return LINE.findall(answer.text)


@pytest.mark.parametrize(
    ("url", "who"),
    [(DESK, "counsellor"), ("/conventions", "person"), ("/entreprise/{}/conventions", "owner")],
)
async def test_a_place_that_no_list_has_begins_at_the_first_page(
    client: httpx.AsyncClient, starter_database: str, url: str, who: str
) -> None:
    site = await made(starter_database)
    site.sign_in(client, who)
    url = url.format(site.world.company)
    for rank, position in (
        ("9" * 23, "0"),
        ("0", "9" * 12),
        ("0", str(1 << 31)),
        ("0", f"-{(1 << 31) + 1}"),
        ("٣", "0"),
        ("", ""),
    ):
        page = await client.get(url, params={"apres": f"{rank}.{position}.{site.convention}"})
        assert (page.status_code, str(site.convention) in page.text) == (OK, True), (rank, position)
    posted = {"q": site.terms.beneficiary.last_name, "apres": f"{'9' * 23}.0.{site.convention}"}
    if url == DESK:
        assert lines(await client.post(DESK, data=posted)) == [str(site.convention)]


async def test_filters_are_in_the_address_and_words_are_not(
    client: httpx.AsyncClient, starter_database: str
) -> None:
    site = await made(starter_database)
    site.sign_in(client, "counsellor")
    mine = [str(site.convention)]
    page = await client.get(DESK)
    assert lines(page) == mine
    assert "À valider (1)" in page.text
    assert page.headers["cache-control"] == "no-store"
    for query, found in (
        ("statut=in_review", mine),
        ("statut=draft", []),
        (f"du={MONDAY}", mine),
        (f"au={MONDAY - timedelta(days=1)}", []),
        (f"conseil={site.world.ids['counsellor']}", []),
        ("conseil=aucun", mine),
        (f"structure={site.world.agency}", mine),
        ("structure=999999", []),
        ("retard=1", []),
        ("archives=1", []),
        ("statut=autre&du=demain&conseil=x&structure=9999999999999999999&apres=z", mine),
        ("q=personne", mine),
    ):
        assert lines(await client.get(f"{DESK}?{query}")) == found, query
    kept = await client.post(DESK, data={"q": " ", "statut": "in_review", "du": "", "apres": ""})
    assert (kept.status_code, kept.headers["location"]) == (SEE_OTHER, f"{DESK}?statut=in_review")
    name = site.terms.beneficiary.last_name
    found_page = await client.post(DESK, data={"q": name})
    assert lines(found_page) == mine
    assert 'href="/accompagnement/conventions?statut' not in found_page.text
    assert f'name="q" value="{name}"' in found_page.text
    assert lines(await client.post(DESK, data={"q": "zzzzzz"})) == []


async def test_what_is_late_is_red_and_first(client: httpx.AsyncClient, starter_database: str) -> None:
    site = await made(starter_database)
    async with database(starter_database) as session:
        site.world.session = session
        other = await site.desk.submitted(document(site.number + 40, "", -1))
        late = update(conventions).where(conventions.c.id == site.convention)
        await session.execute(late.values(status_at=NOW - timedelta(days=10)))
    page = await site.sign_in(client, "stranger").get(DESK)
    assert lines(page) == [str(site.convention), str(other)]
    assert "En retard (1)" in page.text
    assert page.text.count("chip-brick") == 1
    assert lines(await client.get(f"{DESK}?retard=1")) == [str(site.convention)]


async def test_a_validated_pmsmp_is_to_deposit_then_deposited(
    client: httpx.AsyncClient, starter_database: str
) -> None:
    site = await made(starter_database, "validated")
    mine, all_of = [str(site.convention)], update(conventions).where(conventions.c.id == site.convention)
    async with database(starter_database) as session:
        site.world.session = session
        waits = await site.desk.submitted(document(site.number + 60, "", 1))
    site.sign_in(client, "counsellor")
    for values, due, counted in (
        ({}, True, "À déposer (1)"),
        ({"deposited_at": NOW, "deposit_receipt": "A1"}, False, "Déposée (1)"),
    ):
        async with database(starter_database) as session:
            if values:
                await session.execute(all_of.values(**values))
        whole = await client.get(DESK)
        assert set(lines(whole)) == {*mine, str(waits)}
        assert whole.text.count("À déposer (") + whole.text.count("Déposée (") == 1
        assert counted in whole.text
        for asked, found in (("due", due), ("done", not due), ("other", True)):
            page = await client.get(f"{DESK}?depot={asked}&statut=validated")
            assert lines(page) == (mine if found else [])
            assert counted in page.text
        name = site.terms.beneficiary.last_name
        words = {"q": name, "depot": "due" if due else "done"}
        searched = await client.post(DESK, data=words)
        assert lines(searched) == mine
        assert f'name="depot" value="{words["depot"]}"' in searched.text
        for asked, many in (("due", 2 if due else 1), ("done", 1 if due else 2)):
            file = await client.post(f"{DESK}/export", data={"format": "csv", "depot": asked})
            assert file.text.count("\r\n") == many
    async with database(starter_database) as session:
        await session.execute(all_of.values(kind="mini_stage", deposited_at=None))
    other = await client.get(DESK)
    assert "À déposer (" not in other.text
    assert lines(await client.get(f"{DESK}?depot=due")) == []


async def test_pages_follow_and_the_file_has_all(client: httpx.AsyncClient, starter_database: str) -> None:
    site = await made(starter_database)
    async with database(starter_database) as session:
        site.world.session = session
        for at in range(PAGE):
            await site.desk.draft(document(at, "", at))
    site.sign_in(client, "counsellor")
    first = await client.get(DESK)
    assert len(lines(first)) == PAGE
    later = re.search(r'name="apres" value="([^"]+)"', first.text)
    assert later
    second = await client.get(DESK, params={"apres": later[1]})
    assert len(lines(second)) == 1
    assert "Revenir au début" in second.text
    words = {"q": "boulangerie", "apres": ""}
    begun = await client.post(DESK, data=words)
    later = re.search(r'name="apres" value="([^"]+)"', begun.text)
    assert later
    rest = lines(await client.post(DESK, data={**words, "apres": later[1]}))
    assert set(lines(begun)) | set(rest) == set(lines(first)) | set(lines(second))
    file = await client.post(f"{DESK}/export", data={"format": "csv"})
    assert file.headers["content-disposition"] == 'attachment; filename="conventions.csv"'
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig")), delimiter=";"))
    assert tuple(rows[0]) == HEADERS
    assert len(rows) == PAGE + 2
    only = await client.post(f"{DESK}/export", data={"format": "csv", "statut": "in_review"})
    assert only.text.count("\r\n") == 2
    async with database(starter_database) as session:
        action = AuditAction.CONVENTIONS_EXPORTED
        wanted = AuditSearch(action=action, agency_id=site.world.agency)
        told = [one.line.detail for one in await audit.search(session, wanted)]
    assert told == ["1 ligne", f"{PAGE + 1} lignes"]


async def test_a_file_runs_nothing(client: httpx.AsyncClient, starter_database: str) -> None:
    site = await made(starter_database)
    formula = '=HYPERLINK("http://x.example","Zoé")'
    async with database(starter_database) as session:
        site.world.session = session
        terms = document(site.number + 50, "")
        person = replace(terms.beneficiary, first_name=formula)
        await site.desk.draft(replace(terms, beneficiary=person))
    site.sign_in(client, "viewer")
    file = await client.post(f"{DESK}/export", data={"format": "csv", "statut": "draft"})
    (_, row) = csv.reader(io.StringIO(file.content.decode("utf-8-sig")), delimiter=";")
    found = dict(zip(HEADERS, row, strict=True))
    assert found["Prénom"] == f"'{formula}"
    assert found["Date de naissance"] == "02/04/1995"
    assert found["Heures de présence"] == "70"
    book = await client.post(f"{DESK}/export", data={"format": "xlsx", "statut": "draft"})
    with zipfile.ZipFile(io.BytesIO(book.content)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        written = sheet + "".join(parts.read(one).decode() for one in parts.namelist() if "shared" in one)
    assert "<f>" not in sheet
    assert "HYPERLINK" in written
    assert "Référence" in written


async def test_several_are_reminded_at_once(client: httpx.AsyncClient, starter_database: str) -> None:
    waits, decides = await made(starter_database, "submitted"), await made(starter_database)
    site = waits.sign_in(client, "counsellor")
    page = (await client.get(DESK)).text
    assert f'value="{waits.convention}" form="rappels"' in page
    none = await client.post(f"{DESK}/rappels", data={})
    assert none.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert "Cochez dans la liste" in none.text
    chosen = [str(waits.convention), str(decides.convention), "zzz"]
    done = await site.post(f"{DESK}/rappels", data={"chosen": chosen, "statut": "to_sign"})
    told = f"{DESK}?statut=to_sign&fait=relances&personnes=2&reste=1"
    assert (done.status_code, done.headers["location"]) == (SEE_OTHER, told)
    assert "2 personnes sont relancées. Une convention" in (await client.get(told)).text
    assert "relancées" not in (await client.get(told.replace("=2&", "=x&"))).text
    again = await client.post(f"{DESK}/rappels", data={"chosen": chosen[:1]})
    assert "Personne n’est relancé." in (await client.get(again.headers["location"])).text


async def test_reminders_of_a_search_come_back_to_it(
    client: httpx.AsyncClient, starter_database: str
) -> None:
    """With its words, its filters and its page; never in an address."""
    site = await made(starter_database, "submitted")
    site.sign_in(client, "counsellor")
    name = site.terms.beneficiary.last_name
    begins = f"0.-2147483647.{UUID(int=0)}"
    form = {"chosen": str(site.convention), "q": name, "statut": "to_sign", "apres": begins}
    done = await client.post(f"{DESK}/rappels", data=form)
    assert lines(done) == [str(site.convention)]
    assert "2 personnes sont relancées." in done.text
    hidden = dict(HIDDEN.findall(done.text.partition('id="rappels"')[2].partition("</form>")[0]))
    assert hidden == {"q": name, "statut": "to_sign", "apres": begins}
    again = await client.post(f"{DESK}/rappels", data=form)
    assert "Personne n’est relancé." in again.text
    refused = await client.post(f"{DESK}/rappels", data=form | {"chosen": ""})
    assert f'name="q" value="{name}"' in refused.text


@pytest.mark.parametrize("name", ["person", "owner", "nobody"])
async def test_the_desk_is_the_agencies(client: httpx.AsyncClient, starter_database: str, name: str) -> None:
    site = await made(starter_database)
    site.sign_in(client, name)
    assert (await client.get(DESK)).status_code == NOT_FOUND
    for path in ("", "/export", "/rappels"):
        assert (await client.post(f"{DESK}{path}", data={"q": "zoe"})).status_code == NOT_FOUND


async def test_who_reads_has_no_buttons(client: httpx.AsyncClient, starter_database: str) -> None:
    site = await made(starter_database, "submitted")
    page = await site.sign_in(client, "viewer").get(DESK)
    assert lines(page) == [str(site.convention)]
    assert "rappels" not in page.text
    answer = await client.post(f"{DESK}/rappels", data={"chosen": str(site.convention)})
    assert "Personne n’est relancé." in (await client.get(answer.headers["location"])).text
    assert 'href="/convention/nouvelle"' in page.text


async def test_my_conventions_and_my_company_s(client: httpx.AsyncClient, starter_database: str) -> None:
    site = await made(starter_database, "submitted")
    page = (await site.sign_in(client, "person").get("/conventions")).text
    assert "À signer par vous (1)" in page
    assert f"{site.url}/signature" in page
    company = f"/entreprise/{site.world.company}/conventions"
    assert (await client.get(company)).status_code == NOT_FOUND
    for name in ("owner", "contact"):
        page = (await site.sign_in(client, name).get(company)).text
        assert "À signer par l’entreprise (1)" in page
        assert site.terms.beneficiary.name in page
    assert "Les conventions" in (await client.get(f"/entreprise/{site.world.company}")).text
    empty = (await site.sign_in(client, "nobody").get("/conventions")).text
    assert "Aucune convention pour le moment." in empty


async def test_my_lists_have_pages(client: httpx.AsyncClient, starter_database: str) -> None:
    site: Site = await made(starter_database)
    async with database(starter_database) as session:
        site.world.session = session
        for at in range(PAGE):
            await site.desk.draft(document(at, "", at))
    site.sign_in(client, "person")
    first = (await client.get("/conventions")).text
    assert f"Brouillons ({PAGE})" in first
    later = re.search(r'href="(/conventions\?apres=[^"]+)"', first)
    assert later
    second = (await client.get(later[1])).text
    assert "Toutes" not in second
    assert site.url in second
    assert "Revenir au début" in second

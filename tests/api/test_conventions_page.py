"""A convention's page: who sees it, what each may do there, stale pages, and who reads it."""

import asyncio
import re
from uuid import UUID

import httpx
import pytest
from sqlalchemy import update

from data.queries import audit, convention_story
from data.queries.audit import AuditSearch
from data.tables import companies, convention_signatories, conventions
from domain.audit import AuditAction
from domain.convention import Status
from tests.api.convention_callers import Site, made, replace_person
from tests.api.space_callers import database
from tests.factories.people import add_active_agency, add_user

OK, SEE_OTHER, NOT_FOUND = httpx.codes.OK, httpx.codes.SEE_OTHER, httpx.codes.NOT_FOUND
CONFLICT, INVALID = httpx.codes.CONFLICT, httpx.codes.UNPROCESSABLE_ENTITY
ACT = re.compile(r'name="acte" value="([a-z-]+)"')
STATUS = {"submitted": "to_sign", "signed": "in_review", "validated": "validated"}
REVIEW = {"pre-valider", "valider", "refuser"}
SEEN = {
    "submitted": {
        "person": {"relancer"},
        "owner": {"relancer"},
        "counsellor": {"relancer", "refuser", "suivre"},
        "stranger": {"relancer", "refuser", "suivre"},
        "viewer": set(),
        "staff": {"refuser"},
    },
    "signed": {
        "person": set(),
        "owner": set(),
        "counsellor": {"pre-valider", "refuser", "suivre"},
        "stranger": {"refuser", "suivre"},
        "viewer": set(),
        "staff": {"refuser"},
    },
    "validated": {
        "person": set(),
        "owner": {"tuteur"},
        "counsellor": {"tuteur", "renouveler", "annuler", "deposer", "suivre"},
        "stranger": {"tuteur", "renouveler", "annuler", "deposer", "suivre"},
        "viewer": set(),
        "staff": {"annuler"},
    },
}
"""The forms that each finds on the page, written by hand; a transfer shows its own once searched."""


async def post(client: httpx.AsyncClient, site: Site, act: str, **values: str) -> httpx.Response:
    """What a page read now would post."""
    page = (await client.get(site.url)).text
    state = {
        name: found[1]
        for name in ("version", "status")
        if (found := re.search(rf'name="{name}" value="([^"]+)"', page))
    }
    return await client.post(site.url, data={"acte": act, **state, **values})


@pytest.mark.parametrize("status", sorted(SEEN))
async def test_each_finds_what_they_may_do(
    client: httpx.AsyncClient, starter_database: str, status: str
) -> None:
    site = await made(starter_database, status)
    for name, acts in SEEN[status].items():
        page = await site.sign_in(client, name).get(site.url)
        assert page.status_code == OK
        assert page.headers["cache-control"] == "no-store"
        assert set(ACT.findall(page.text)) == acts, name
        assert (f"{site.url}/modifier" in page.text) == (
            status != "validated" and name not in {"viewer", "staff"}
        ), name
        assert ("Transmettre à une autre structure" in page.text) == (
            status != "validated" and name in {"counsellor", "stranger", "staff"}
        )
        state = {"version": "1", "status": STATUS[status], "reason": "Non"}
        for act in REVIEW - acts:
            refused = await client.post(site.url, data={"acte": act, **state})
            assert refused.status_code in {httpx.codes.FORBIDDEN, CONFLICT}, (name, act)
    for name in ("nobody", "contact"):
        expected = OK if name == "contact" else NOT_FOUND
        assert (await site.sign_in(client, name).get(site.url)).status_code == expected
        assert (await client.post(site.url, data={"acte": "valider"})).status_code in {CONFLICT, NOT_FOUND}
    client.cookies.clear()
    assert (await client.get(site.url)).status_code == SEE_OTHER
    async with database(starter_database) as session:
        site.world.session = session
        row = await site.desk.row(site.convention)
    assert row.version == 1
    assert row.status.value == STATUS[status]


async def test_a_draft_opens_where_it_is_written(client: httpx.AsyncClient, starter_database: str) -> None:
    site = await made(starter_database, "draft")
    for name in ("person", "counsellor"):
        answer = await site.sign_in(client, name).get(site.url)
        assert (answer.status_code, answer.headers["location"]) == (
            SEE_OTHER,
            f"/convention/{site.convention}",
        )
    assert (await site.sign_in(client, "viewer").get(site.url)).status_code == OK


async def test_from_the_review_to_the_deposit(client: httpx.AsyncClient, starter_database: str) -> None:
    site = await made(starter_database)
    site.sign_in(client, "counsellor")
    assert (await post(client, site, "valider")).status_code == httpx.codes.FORBIDDEN
    early = await post(site.sign_in(client, "stranger"), site, "valider")
    assert (early.status_code, "doit d’abord pré-valider" in early.text) == (CONFLICT, True)
    site.sign_in(client, "counsellor")
    assert "Personne ne suit cette convention" in (await client.get(site.url)).text
    followed = await post(client, site, "suivre")
    page = (await client.get(followed.headers["location"])).text
    assert ("Vous suivez cette convention" in page, "Je suis cette convention" in page) == (True, False)
    done = await post(client, site, "pre-valider")
    assert done.headers["location"] == f"{site.url}?fait=prevalidee"
    assert "est pré-validée" in (await client.get(done.headers["location"])).text
    site.sign_in(client, "stranger")
    assert (await post(client, site, "valider")).headers["location"] == f"{site.url}?fait=validee"
    page = (await client.get(site.url)).text
    assert f"{site.url}/document.pdf" in page
    assert "Déposez-la auprès de l’État" in page
    empty = await post(client, site, "deposer", receipt=" ")
    assert (empty.status_code, "accusé de dépôt" in empty.text) == (INVALID, True)
    assert (await post(client, site, "deposer", receipt="AR-2026-12")).status_code == SEE_OTHER
    assert "AR-2026-12" in (await client.get(site.url)).text
    without = await post(client, site, "annuler", reason="")
    assert (without.status_code, 'href="#reason-annuler"' in without.text) == (INVALID, True)
    assert (await post(client, site, "annuler", reason="L’entreprise ferme.")).status_code == SEE_OTHER
    page = (await site.sign_in(client, "person").get(site.url)).text
    assert "L’entreprise ferme." in page
    assert ">Annulée</span>" in page


async def test_a_page_that_is_not_up_to_date_decides_nothing(
    client: httpx.AsyncClient, starter_database: str
) -> None:
    site = await made(starter_database)
    site.sign_in(client, "stranger")
    stale = {"acte": "valider", "version": "0", "status": "in_review"}
    answer = await client.post(site.url, data=stale)
    assert answer.status_code == CONFLICT
    assert "relisez-la, puis décidez" in answer.text
    before = {"acte": "valider", "version": "1", "status": "partly_signed"}
    assert (await client.post(site.url, data=before)).status_code == CONFLICT
    assert (await client.post(site.url, data={"acte": "effacer"})).status_code == NOT_FOUND
    async with database(starter_database) as session:
        site.world.session = session
        assert (await site.desk.row(site.convention)).status is Status.IN_REVIEW


async def test_two_at_once_and_a_button_pressed_twice(
    client: httpx.AsyncClient, starter_database: str
) -> None:
    """One decides, the other is told; the same person twice is no error."""
    site = await made(starter_database)
    data = {"version": "1", "status": "in_review"}
    site.sign_in(client, "counsellor")
    data["acte"] = "pre-valider"
    twice = await asyncio.gather(*(client.post(site.url, data=data) for _ in range(2)))
    assert [one.status_code for one in twice] == [SEE_OTHER, SEE_OTHER]
    late = await site.sign_in(client, "stranger").post(
        site.url, data={**data, "acte": "refuser", "reason": "Trop tard"}
    )
    assert late.status_code == CONFLICT
    async with database(starter_database) as session:
        entries = await convention_story.entries(session, site.convention)
    assert [one.kind for one in entries].count("pre_approved") == 1


async def test_a_transfer_keeps_signatures_and_closes_the_page(
    client: httpx.AsyncClient, starter_database: str
) -> None:
    site = await made(starter_database)
    async with database(starter_database) as session:
        admin = await add_user(session, f"chef-{site.number}@exemple.fr")
        other = await add_active_agency(session, admin, name=f"Mission du Lac {site.number}")
    site.sign_in(client, "counsellor")
    page = await client.get(f"{site.url}?structure=lac+{site.number}")
    assert f'value="{other}"' in page.text
    assert f'value="{site.world.agency}"' not in page.text
    assert "Aucune structure active" in (await client.get(f"{site.url}?structure=zzz")).text
    for wrong in ({"reason": "Déménagement"}, {"agency": str(other), "reason": ""}):
        assert (await post(client, site, "transmettre", **wrong)).status_code == INVALID
    done = await post(client, site, "transmettre", agency=str(other), reason="Déménagement")
    assert done.headers["location"] == "/accompagnement/conventions?fait=transmise"
    assert "est transmise" in (await client.get(done.headers["location"])).text
    assert (await client.get(site.url)).status_code == NOT_FOUND
    async with database(starter_database) as session:
        site.world.session = session
        row = await site.desk.row(site.convention)
    assert (row.agency_id, row.status) == (other, Status.IN_REVIEW)


async def test_renewal_tutor_and_reminder(client: httpx.AsyncClient, starter_database: str) -> None:
    site = await made(starter_database, "validated")
    site.sign_in(client, "counsellor")
    renewed = await post(client, site, "renouveler", reason="Il reste la pâtisserie à voir.")
    draft = renewed.headers["location"]
    assert re.fullmatch(r"/convention/[0-9a-f-]{36}", draft)
    assert (await post(client, site, "renouveler", reason="Encore")).headers["location"] == draft
    site.sign_in(client, "contact")
    tutor = {"first_name": "Inès", "last_name": "Roy", "function": "Pâtissière", "phone": ""}
    typed = {f"host.tutor.{name}": value for name, value in tutor.items()}
    wrong = await post(client, site, "tuteur", **typed, **{"host.tutor.email": "inès"})
    assert (wrong.status_code, 'id="host-tutor-email-erreur"' in wrong.text) == (INVALID, True)
    whole = {"acte": "tuteur", "version": "1", "status": "validated", **typed}
    whole |= {"host.tutor.email": "ines@exemple.com"}
    pressed = [await client.post(site.url, data=whole) for _ in range(2)]
    assert [one.status_code for one in pressed] == [SEE_OTHER, SEE_OTHER]
    assert "Inès Roy" in (await client.get(site.url)).text
    waits = await made(starter_database, "submitted")
    waits.sign_in(client, "counsellor")
    assert (await post(client, waits, "relancer", whom="fée")).status_code == INVALID
    sent = await post(client, waits, "relancer", whom="company")
    assert sent.headers["location"] == f"{waits.url}?fait=relancee"
    again = await post(client, waits, "relancer", whom="company")
    assert (again.status_code, "déjà été relancée aujourd’hui" in again.text) == (CONFLICT, True)


async def test_what_agents_read_is_written_and_the_person_sees_it(
    client: httpx.AsyncClient, starter_database: str
) -> None:
    site = await made(starter_database)
    for name in ("counsellor", "viewer", "staff", "owner", "person"):
        assert (await site.sign_in(client, name).get(site.url)).status_code == OK
    async with database(starter_database) as session:
        wanted = AuditSearch(action=AuditAction.CONVENTION_READ, object_id=str(site.convention))
        lines = await audit.search(session, wanted)
    read_by = {site.world.ids[name] for name in ("counsellor", "viewer", "staff")}
    assert {one.line.actor_id for one in lines} == read_by
    assert {one.line.beneficiary_id for one in lines} == {site.world.beneficiary}
    page = (await site.sign_in(client, "person").get(site.url)).text
    assert page.count("Convention consultée par une structure") == len(lines)
    assert "Convention consultée" in (await client.get("/compte/accompagnement")).text
    assert "Qui a consulté" not in (await site.sign_in(client, "owner").get(site.url)).text


async def readers(url: str, site: Site) -> list[UUID | None]:
    """Who is written down as having read the convention."""
    async with database(url) as session:
        wanted = AuditSearch(action=AuditAction.CONVENTION_READ, object_id=str(site.convention))
        return [one.line.actor_id for one in await audit.search(session, wanted)]


@pytest.mark.parametrize("page", ["", "/personne", "/horaires", "/relire"])
async def test_a_draft_that_agents_read_is_written_once_for_each(
    client: httpx.AsyncClient, starter_database: str, page: str
) -> None:
    site = await made(starter_database, "draft")
    url = f"/convention/{site.convention}{page}"
    for name in ("counsellor", "stranger", "counsellor", "person"):
        assert (await site.sign_in(client, name).get(url)).status_code == OK
    read_by = await readers(starter_database, site)
    assert read_by == [site.world.ids["stranger"], site.world.ids["counsellor"]]


async def test_the_pages_of_a_sent_one_are_written_down_too(
    client: httpx.AsyncClient, starter_database: str
) -> None:
    for url in ("/conventions/{}/modifier", "/convention/{}/envoyee"):
        site = await made(starter_database, "submitted")
        for name in ("counsellor", "person"):
            answer = await site.sign_in(client, name).get(url.format(site.convention))
            assert answer.status_code == OK, url
        assert await readers(starter_database, site) == [site.world.ids["counsellor"]]


@pytest.mark.parametrize(
    ("status", "there", "missing"),
    [
        ("submitted", ("Chaque personne ci-dessous signe", "À signer", "Suivre la convention"), "fermer"),
        ("signed", ("Tout le monde a signé.", "vérifie et valide"), "Chacun relit"),
        ("validated", ("statut : validée", "Les signatures", "Ouvrir la convention"), "La suite"),
        ("rejected", ("statut : refusée", "Pas signée"), "À signer"),
    ],
)
async def test_what_follows_the_sending(
    client: httpx.AsyncClient, starter_database: str, status: str, there: tuple[str, ...], missing: str
) -> None:
    site = await made(starter_database, "submitted" if status == "rejected" else status)
    if status == "rejected":
        async with database(starter_database) as session:
            change = update(conventions).where(conventions.c.id == site.convention)
            await session.execute(change.values(status=status))
    page = await site.sign_in(client, "counsellor").get(f"/convention/{site.convention}/envoyee")
    text = page.text.replace("\u00a0", " ")
    for words in there:
        assert words in text
    assert missing not in text


async def test_the_document_and_the_story_are_there(client: httpx.AsyncClient, starter_database: str) -> None:
    site = await made(starter_database)
    page = (await site.sign_in(client, "counsellor").get(site.url)).text
    assert "Peser, pétrir, façonner" in page

    assert page.count("A signé le") == 2
    assert "Convention envoyée à signer" in page


async def test_an_archive_is_not_shown_without_a_reason(
    client: httpx.AsyncClient, starter_database: str
) -> None:
    site = await made(starter_database, "validated")
    async with database(starter_database) as session:
        archived = update(conventions).where(conventions.c.id == site.convention)
        await session.execute(archived.values(archived_at=site.desk.now))
    answer = await site.sign_in(client, "counsellor").get(site.url)
    assert answer.headers.get("location") == f"{site.url}/archive"


async def test_who_decides_is_warned_of_an_address_changed_by_another_side(
    client: httpx.AsyncClient, starter_database: str
) -> None:
    site = await made(starter_database, "submitted")
    warning = "Avant de décider, appelez les personnes concernées"
    assert warning not in (await site.sign_in(client, "counsellor").get(site.url)).text
    await replace_person(site, starter_database, "owner")
    page = (await site.sign_in(client, "counsellor").get(site.url)).text
    assert warning in page
    assert "Adresse e-mail de la personne accueillie : changement fait par l’entreprise" in page.replace(
        "\u00a0", " "
    )
    for name in ("person", "viewer"):
        assert warning not in (await site.sign_in(client, name).get(site.url)).text


async def test_who_decides_is_warned_of_a_signatory_whom_the_company_never_named(
    client: httpx.AsyncClient, starter_database: str
) -> None:
    site = await made(starter_database, "signed")
    warning = "une adresse e-mail que l’entreprise n’a pas donnée sur sa fiche"
    assert warning in (await site.sign_in(client, "counsellor").get(site.url)).text
    for name in ("person", "viewer"):
        assert warning not in (await site.sign_in(client, name).get(site.url)).text
    async with database(starter_database) as session:
        own = update(companies).where(companies.c.id == site.world.company)
        await session.execute(own.values(contact_email=site.terms.host.contact.email))
    assert warning not in (await site.sign_in(client, "counsellor").get(site.url)).text


@pytest.mark.parametrize(
    ("phone", "said"), [("+33612345678", "que l’essentiel, par SMS"), ("", "ne reçoit pas nos messages")]
)
async def test_the_agency_reads_who_has_no_address(
    client: httpx.AsyncClient, starter_database: str, phone: str, said: str
) -> None:
    site = await made(starter_database, "submitted")
    mine = convention_signatories.c.convention_id == site.convention
    person = update(convention_signatories).where(mine, convention_signatories.c.whom == "beneficiary")
    async with database(starter_database) as session:
        await session.execute(person.values(email="", phone=phone))
    assert said in (await site.sign_in(client, "counsellor").get(site.url)).text
    assert said not in (await site.sign_in(client, "person").get(site.url)).text

"""A candidate and a company at once, each in a browser: from the request to the visit and its end.

With them, what happens at the same moment: a button pressed twice, two answers, links opened by a scanner.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select, update

from api.cookies import SESSION_COOKIE
from data.queries import links
from data.tables import companies, discussion_messages, discussions, emails, outbox, visits
from domain.discussion import Side, Status
from domain.visit import Proposal, VisitStatus
from services.discussions import visiting
from services.links import KINDS, Purpose
from tests.api.space_callers import METZ, add_people, database
from tests.browser.conftest import Opener
from tests.browser.test_contact_request import fill, patient, press
from tests.browser.whole import Whole, letter_link
from tests.conftest import run_async
from tests.factories.discussions import World, build_world

pytestmark = pytest.mark.browser
_LOOKS, _EACH_MS = 120, 250
POST = (
    "([url, form]) => fetch(url, {method: 'POST', body: new URLSearchParams(form)}).then((one) => one.status)"
)


def later(page: Page, words: str) -> None:
    """Open the page again until it says that: what comes by mail takes a moment."""
    for _ in range(_LOOKS):
        page.reload()
        if page.get_by_text(words).count():
            return
        page.wait_for_timeout(_EACH_MS)
    pytest.fail(f"never read: {words}")


def scanned(url: str) -> None:
    """What a mail filter does with a link, before its reader."""
    for method in ("GET", "HEAD", "GET"):
        answer = httpx.request(method, url, follow_redirects=True, timeout=10)
        assert answer.status_code < 500


async def _people(whole: Whole) -> tuple[str, str]:
    async with database(whole.database_url) as session:
        people = await add_people(session, METZ)
    return people.siret, people.emails["admin"]


async def _requests(whole: Whole, siret: str) -> list[tuple[UUID, str, int]]:
    """Those to a company: id, status, number of messages."""
    said = select(func.count()).where(discussion_messages.c.discussion_id == discussions.c.id)
    query = select(discussions.c.id, discussions.c.status, said.scalar_subquery())
    of = query.join(companies, companies.c.id == discussions.c.company_id).where(companies.c.siret == siret)
    async with database(whole.database_url) as session:
        return [(row[0], row[1], row[2]) for row in await session.execute(of)]


async def _begun(whole: Whole, request: UUID) -> None:
    """The visit's moment has come."""
    now = datetime.now(UTC)  # noqa: TID251 - the service has the real clock
    async with database(whole.database_url) as session:
        mine = visits.c.discussion_id == request
        await session.execute(update(visits).where(mine).values(starts_at=now - timedelta(hours=1)))


def answer_by_mail(page: Page, email: str, words: str) -> None:
    """Answer the newest letter to that address that may be answered, as its reader."""
    page.goto("/boite-aux-lettres")
    one = page.locator(".letter", has_text=f"Pour {email}").filter(has_text="Répondre par e-mail").first
    one.locator("summary", has_text="Répondre par e-mail").click()
    one.get_by_label("Votre réponse").fill(words)
    with page.expect_navigation():
        one.get_by_role("button", name="Envoyer la réponse").click()


def test_from_the_request_to_the_visit(whole_opened: Opener, whole: Whole) -> None:
    siret, company_email = run_async(_people(whole))
    email = f"zoe-{secrets.token_hex(4)}@exemple.fr"
    candidate, company = whole_opened(f"/entreprises/{siret}", width=360), whole_opened()
    with candidate.expect_navigation():
        candidate.get_by_role("link", name="Demander une immersion").click()
    fill(candidate)
    candidate.get_by_label("Adresse e-mail").fill(email)
    patient(candidate)
    press(candidate, "Envoyer la demande")
    proof = letter_link(candidate, email, "/demande/preuve/")
    scanned(whole.url + proof)
    assert run_async(_requests(whole, siret)) == []
    candidate.goto(proof)
    press(candidate, "Envoyer ma demande")
    expect(candidate).to_have_url(re.compile("/demandes/[0-9a-f-]{36}$"))

    link = letter_link(company, company_email, "/reponse/")
    scanned(whole.url + link)
    scanned(f"{whole.url}{link}?acte=accepter&told=here&fait=acceptee")
    ((request, status, said),) = run_async(_requests(whole, siret))
    assert (status, said) == (Status.PENDING, 1)
    answer_by_mail(company, company_email, "Bonjour Zoé, que savez-vous faire ?")
    later(candidate, "que savez-vous faire ?")
    expect(candidate.locator(".message").last).to_contain_text("par e-mail")
    assert company_email not in candidate.content()
    candidate.get_by_label("Écrire à l’entreprise").fill("Je sais pétrir et façonner.")
    press(candidate, "Envoyer le message")

    company.goto(link)
    later(company, "Je sais pétrir et façonner.")
    assert email not in company.content()
    company.get_by_text("Proposer une visite").click()
    now = datetime.now(UTC)  # noqa: TID251 - the service has the real clock
    company.get_by_label("Jour 1").fill((now + timedelta(days=3)).date().isoformat())
    company.get_by_label("Heure 1").fill("10:00")
    press(company, "Proposer ces dates")
    candidate.goto(f"/demandes/{request}")
    candidate.get_by_role("radio").first.check()
    press(candidate, "Confirmer cette date")
    expect(candidate.get_by_role("status")).to_contain_text("La visite est confirmée")

    run_async(_begun(whole, request))
    company.goto(link)
    press(company, "Oui, la visite a eu lieu")
    expect(company.get_by_text("A eu lieu")).to_be_visible()
    press(company, "Accepter la demande")
    expect(company.get_by_role("status")).to_contain_text("Vous acceptez")
    later(candidate, "Acceptée")
    assert letter_link(candidate, email, "/demandes/") == f"/demandes/{request}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to a company, the company's link, and a visit that it proposes."""

    world: World
    request: UUID
    link: str
    visit: UUID
    slots: tuple[datetime, ...]
    email: str
    """The candidate's."""

    @property
    def url(self) -> str:
        return f"/demandes/{self.request}"


async def _asked(whole: Whole) -> Asked:
    now = datetime.now(UTC)  # noqa: TID251 - the service has the real clock
    token, prefix = secrets.token_urlsafe(32), f"two-{secrets.token_hex(4)}-"
    slots = (now + timedelta(days=3), now + timedelta(days=4))
    async with database(whole.database_url) as session:
        world = await build_world(session, now, prefix=prefix)
        request = await world.asked()
        life = KINDS[Purpose.ANSWER].life
        await links.mint(session, token, Purpose.ANSWER, str(request), now, now + life)
        owner = await world.party("owner", request)
        visit = await visiting.propose(
            session, owner, Side.COMPANY, Proposal(slots, 60, "1 rue du Four"), now
        )
    return Asked(world, request, f"/reponse/{token}", visit, slots, f"{prefix}person@exemple.fr")


@pytest.fixture
def asked(whole: Whole) -> Asked:
    return run_async(_asked(whole))


async def _visit(whole: Whole, asked: Asked) -> tuple[VisitStatus, datetime | None]:
    async with database(whole.database_url) as session:
        row = (await session.execute(select(visits).where(visits.c.id == asked.visit))).one()
        return VisitStatus(row.status), row.starts_at


async def _counted(whole: Whole, asked: Asked, job: str) -> int:
    """How often something was to be told of that request."""
    mine = outbox.c.payload["discussion"].astext == str(asked.request)
    async with database(whole.database_url) as session:
        return int(await session.scalar(select(func.count()).where(outbox.c.job == job, mine)) or 0)


async def _status(whole: Whole, asked: Asked) -> tuple[str, int]:
    """Where the request stands, and how many mails told the candidate that it is accepted."""
    told = select(func.count()).where(
        emails.c.subject_id == str(asked.request), emails.c.template == "discussion_accepted"
    )
    async with database(whole.database_url) as session:
        found = await session.scalar(select(discussions.c.status).where(discussions.c.id == asked.request))
        return str(found), int(await session.scalar(told) or 0)


def as_person(page: Page, whole: Whole, asked: Asked) -> None:
    token = asked.world.tokens["person"]
    page.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": whole.url}])
    page.goto(asked.url)


def at_once(*posts: tuple[Page, str, dict[str, str]]) -> list[int]:
    """Post from several pages at the same moment; the answers' statuses."""
    for page, url, form in posts:
        page.evaluate(f"(given) => {{ window.posted = ({POST})(given); }}", [url, form])
    return [page.evaluate("window.posted") for page, _, _ in posts]


@pytest.mark.parametrize("javascript", [True, False])
def test_a_double_click_accepts_once(
    whole_opened: Opener, whole: Whole, asked: Asked, javascript: bool
) -> None:
    page = whole_opened(asked.link, javascript=javascript)
    page.get_by_role("button", name="Accepter la demande").dblclick()
    expect(page.get_by_role("status")).to_contain_text("Vous acceptez")
    assert page.get_by_role("alert").count() == 0
    assert letter_link(page, asked.email, "/demandes/") == asked.url
    assert run_async(_counted(whole, asked, "discussion.accepted_mail")) == 1
    assert run_async(_status(whole, asked)) == (Status.ACCEPTED, 1)


def test_the_person_picks_in_two_windows_at_once(whole_opened: Opener, whole: Whole, asked: Asked) -> None:
    """One date holds; the other window says that the visit has changed."""
    windows = [whole_opened(asked.link), whole_opened(asked.link)]
    for one in windows:
        as_person(one, whole, asked)
    forms = [{"acte": "choisir", "visit": str(asked.visit), "slot": slot.isoformat()} for slot in asked.slots]
    first, second = at_once(*((one, asked.url, form) for one, form in zip(windows, forms, strict=True)))
    assert sorted((first, second)) == [200, 409]
    status, starts_at = run_async(_visit(whole, asked))
    assert (status, starts_at) == (VisitStatus.CONFIRMED, asked.slots[0 if first == 200 else 1])
    assert run_async(_counted(whole, asked, "visit.company_mail")) == 1


def test_one_picks_while_the_other_cancels(whole_opened: Opener, whole: Whole, asked: Asked) -> None:
    """Whoever is first, the visit is cancelled in the end, and nobody is told of one that holds."""
    company, person = whole_opened(asked.link), whole_opened(asked.link)
    as_person(person, whole, asked)
    slot = asked.slots[0].isoformat()
    picked, cancelled = at_once(
        (person, asked.url, {"acte": "choisir", "visit": str(asked.visit), "slot": slot}),
        (company, asked.link, {"acte": "annuler", "visit": str(asked.visit)}),
    )
    assert cancelled == 200
    assert picked in {200, 409}
    assert run_async(_visit(whole, asked))[0] is VisitStatus.CANCELLED
    assert run_async(_counted(whole, asked, "visit.company_mail")) == (1 if picked == 200 else 0)
    for page, address in ((person, asked.url), (company, asked.link)):
        page.goto(address)
        expect(page.locator("#visite-bloc")).to_contain_text("Annulée")


def test_both_cancel_at_once(whole_opened: Opener, whole: Whole, asked: Asked) -> None:
    company, person = whole_opened(asked.link), whole_opened(asked.link)
    as_person(person, whole, asked)
    form = {"acte": "annuler", "visit": str(asked.visit)}
    assert sorted(at_once((person, asked.url, form), (company, asked.link, form))) == [200, 409]
    assert run_async(_visit(whole, asked))[0] is VisitStatus.CANCELLED
    told = [run_async(_counted(whole, asked, f"visit.{who}_mail")) for who in ("candidate", "company")]
    assert sum(told) == 2  # the proposal, and one cancellation

"""Four people and a convention in Martinique: signed, edited, signed again, validated, and its file verified.

The person is seventeen and works elsewhere: their parent, the company and their employer sign with them.
Everybody uses what they received: the link of their own mail, the code of their own mail or mobile.
"""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from api.cookies import SESSION_COOKIE
from data.queries import conventions
from domain.convention import As
from domain.terms import Terms, contact_of
from services.conventions.drafting import submit
from settings import Settings
from tests.api.space_callers import database
from tests.browser.conftest import Opener
from tests.browser.whole import Whole
from tests.conftest import run_async
from tests.factories import signing
from tests.factories.discussions import build_world

pytestmark = pytest.mark.browser
FOUR = (As.BENEFICIARY, As.REPRESENTATIVE, As.COMPANY, As.EMPLOYER)
BEFORE, AFTER = "Peser, pétrir, façonner avec le boulanger", "Peser et servir, sans approcher du four."
REASON = "Les horaires empêchent de suivre les cours du soir."
_LOOKS, _EACH_MS, _PDF_LOOKS = 160, 250, 120


@dataclass
class Case:
    """One convention of the journey: who signs it, and the codes and links already read."""

    whole: Whole
    convention: UUID
    terms: Terms
    tokens: dict[str, str]
    codes: set[str] = field(default_factory=set)

    @property
    def url(self) -> str:
        """The page of the convention."""
        return f"/conventions/{self.convention}"

    def email(self, whom: As) -> str:
        """Where that signatory reads their mails."""
        return contact_of(self.terms, whom).email

    def sign_in(self, page: Page, name: str) -> Page:
        """The same page, as that account."""
        page.context.clear_cookies()
        token = {"name": SESSION_COOKIE, "value": self.tokens[name], "url": self.whole.url}
        page.context.add_cookies([token])  # type: ignore[list-item]
        return page


def in_martinique(number: int) -> Terms:
    """A document of somebody whom no other test names, with four who sign; the person has a mobile."""
    terms = signing.whole(number, signing.now().date(), minor=True, employed=True)
    person = replace(terms.beneficiary, phone=f"+596696{number:06}")
    host = replace(terms.host, postal_code="97200", city="Fort-de-France", insee="97209")
    host = replace(host, contact=replace(host.contact, email=f"gerante{number}@exemple.com"))
    return replace(terms, beneficiary=person, host=host)


async def _made(whole: Whole, number: int, *, sent: bool = False) -> Case:
    settings = Settings(environment="test", database_url=whole.database_url)
    terms, at = in_martinique(number), signing.now()
    async with database(whole.database_url) as session:
        desk = signing.Desk(await build_world(session, at, prefix=f"journey{number}-"), at, settings)
        convention = await desk.draft(terms)
        if sent:
            await submit(desk.office, await desk.standing("person", convention), 1)
        return Case(whole, convention, terms, desk.world.tokens)


async def _reference(case: Case) -> str:
    async with database(case.whole.database_url) as session:
        row = await conventions.by_id(session, case.convention)
        assert row is not None
        return row.reference


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def received(page: Page, to: str, wanted: str, *, but: frozenset[str] = frozenset()) -> re.Match[str]:
    """What the newest message to that address or mobile says, in the mailbox; `but`: what was read before."""
    for _ in range(_LOOKS):
        page.goto("/boite-aux-lettres")
        for text in page.locator(".letter").all_inner_texts():
            found = re.search(wanted, text, re.DOTALL)
            if f"Pour {to}" in text and found and found[1] not in but:
                return found
        page.wait_for_timeout(_EACH_MS)
    pytest.fail(f"nothing to {to} like {wanted}")


def sign(page: Page, case: Case, whom: As, subject: str) -> None:
    """By the link of the mail of that subject, and a code: the person's by SMS, the others' by mail."""
    page.goto(received(page, case.email(whom), rf"^{subject}.*http\S+?(/signature/[\w-]+)")[1])
    expect(page.locator("h1")).to_have_text("Lisez la convention, puis signez")
    expect(page.locator("main")).to_contain_text("97200 Fort-de-France")
    expect(page.locator("main")).to_contain_text("Les heures sont celles du lieu de travail")
    press(page, "J’ai lu le document : recevoir mon code")
    url, mobile = page.url, case.terms.beneficiary.phone if whom is As.BENEFICIARY else ""
    code = received(page, mobile or case.email(whom), r"code.*?\b(\d{6})\b", but=frozenset(case.codes))[1]
    case.codes.add(code)
    page.goto(url)
    page.get_by_label("Code à six chiffres").fill(code)
    press(page, "Signer la convention")
    expect(page.locator("h1")).to_have_text("Vous avez signé la convention")


def send(page: Page, case: Case) -> None:
    """The draft is read, with the hours of the place, then sent to its four people."""
    page.goto(f"/convention/{case.convention}/horaires")
    expect(page.locator("main")).to_contain_text(re.compile("Quand il y est midi, il est 1[78] h à Paris"))
    page.goto(f"/convention/{case.convention}/relire")
    press(page, "Envoyer à signer")
    expect(page.locator("h1")).to_have_text("La convention est envoyée")


def edit(page: Page, case: Case) -> None:
    """The counsellor changes what two people have signed."""
    page.goto(case.url)
    expect(page.get_by_text("A signé le")).to_have_count(2)
    page.goto(f"{case.url}/modifier")
    page.get_by_label("Activités confiées").fill(AFTER)
    press(page, "Voir ce qui change")
    expect(page.locator("#changements + dl")).to_contain_text(AFTER)
    press(page, "Enregistrer et redemander les signatures")
    expect(page.get_by_text("Doit encore signer")).to_have_count(len(FOUR))


def read_change(page: Page, case: Case, whom: As) -> None:
    """The mail and the page say what changed, before and after."""
    letter = received(page, case.email(whom), r"^À signer de nouveau.*http\S+?(/signature/[\w-]+)")
    assert AFTER in letter[0]
    page.goto(letter[1])
    change = page.get_by_role("region", name="La convention a été modifiée")
    expect(change.locator("del")).to_contain_text(BEFORE)
    expect(change.locator("ins")).to_have_text(AFTER)


def download(page: Page, case: Case, folder: Path) -> Path:
    """The sealed file, by the link of the mail that says it is validated."""
    page.goto(received(page, case.email(As.EMPLOYER), r"^Validée.*http\S+?(/signature/[\w-]+)")[1])
    link = page.get_by_role("link", name="Ouvrir le document signé (PDF)")
    address = str(link.get_attribute("href"))
    for _ in range(_PDF_LOOKS):
        if page.request.get(address).ok:
            break
        page.wait_for_timeout(_EACH_MS)
    with page.expect_download() as found:
        link.click()
    path = folder / found.value.suggested_filename
    found.value.save_as(path)
    return path


def verify(page: Page, file: Path) -> None:
    page.goto("/verifier")
    page.locator("#file").set_input_files(file)
    press(page, "Vérifier")


def test_four_sign_twice_and_the_file_is_verified(whole_opened: Opener, whole: Whole, tmp_path: Path) -> None:
    case = run_async(_made(whole, 701))
    agent, phone = whole_opened(), whole_opened(width=360)
    send(case.sign_in(agent, "person"), case)
    for whom in FOUR[:2]:
        sign(phone, case, whom, "À signer :")
    edit(case.sign_in(agent, "counsellor"), case)
    for whom in FOUR:
        read_change(phone, case, whom)
        sign(phone, case, whom, "À signer de nouveau")
    agent.goto(case.url)
    press(agent, "Pré-valider la convention")
    case.sign_in(agent, "stranger").goto(case.url)
    press(agent, "Valider la convention")
    expect(agent.get_by_role("status")).to_contain_text("La convention est validée")

    file, reference = download(phone, case, tmp_path), run_async(_reference(case))
    verify(phone, file)
    expect(phone.get_by_role("status")).to_contain_text(f"Ce fichier est bien la convention {reference}")
    content = bytearray(file.read_bytes())
    assert content.startswith(b"%PDF-")
    content[len(content) // 2] ^= 1
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(content)
    verify(phone, changed)
    expect(phone.get_by_role("status")).to_contain_text("Attention à ce fichier")
    expect(phone.locator("main")).not_to_contain_text("Le fichier est le bon")


def test_a_refusal_is_read_by_the_four(whole_opened: Opener, whole: Whole) -> None:
    case = run_async(_made(whole, 702, sent=True))
    page = case.sign_in(whole_opened(), "counsellor")
    page.goto(case.url)
    page.locator("summary", has_text="Refuser").click()
    page.get_by_label("Pourquoi refusez-vous cette convention ?").fill(REASON)
    press(page, "Refuser la convention")
    expect(page.get_by_role("status")).to_contain_text("Tout le monde reçoit la raison")
    reader = whole_opened(width=360)
    for whom in FOUR:
        letter = received(reader, case.email(whom), r"^Refusée.*http\S+?(/signature/[\w-]+)")
        assert REASON in letter[0]
        reader.goto(letter[1])
        expect(reader.locator("h1")).to_have_text("La convention d’immersion")
        expect(reader.locator("main")).to_contain_text(f"La raison : {REASON}")

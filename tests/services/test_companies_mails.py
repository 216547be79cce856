"""Mails: rendered in French with one action, sent once, with a link that a repeat does not change."""

from html.parser import HTMLParser

import pytest
from jinja2 import Environment, meta
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import emails, links, outbox
from domain.company import Step
from domain.errors import UnavailableError
from domain.values import siret_groups
from services import company_mails
from services.edits import open_edit, request_edit
from services.emails import TEMPLATES, Action, Mail, render
from services.links import Purpose
from services.registrations import prove, save_step, submit
from services.review import refuse, to_check
from services.work import Work
from tests.factories.forms import NOW, a_contact, a_form, an_identity
from tests.services.company_helpers import company, filled, jobs, mail_link, registered
from tests.services.post import SITE, Post, last_work, parts, path_in, tools


async def test_the_proof_mail_carries_a_link_that_proves(reference: AsyncSession) -> None:
    form = a_form()
    token = await filled(reference, form)
    await submit(reference, token, NOW)
    post = Post()
    await company_mails.proof_mail(reference, tools(post), await last_work(reference, "company.proof_mail"))
    (message,) = post.sent
    assert message["To"] == "ana@dupont.example"
    assert message["Subject"] == "Confirmez l’inscription de Boulangerie Dupont"
    assert message["Auto-Submitted"] == "auto-generated"
    assert all(f"(SIRET {siret_groups(form.identity.siret)})" in text for text in parts(message))
    path = path_in(message)
    assert path.startswith("/entreprises/preuve/")
    assert (await prove(reference, path.rpartition("/")[2], NOW)).status == "published"


async def test_a_mail_already_sent_is_not_sent_again(reference: AsyncSession) -> None:
    await submit(reference, await filled(reference, a_form()), NOW)
    work, post = await last_work(reference, "company.proof_mail"), Post()
    await company_mails.proof_mail(reference, tools(post), work)
    await company_mails.proof_mail(reference, tools(post), work)
    assert len(post.sent) == 1


async def test_a_repeat_after_a_crash_is_the_same_mail_with_the_same_link(reference: AsyncSession) -> None:
    await submit(reference, await filled(reference, a_form()), NOW)
    work, post = await last_work(reference, "company.proof_mail"), Post()
    for _ in range(2):
        crash = await reference.begin_nested()
        await company_mails.proof_mail(reference, tools(post), work)
        await crash.rollback()
    first, second = post.sent
    assert first["Message-ID"] == second["Message-ID"]
    assert path_in(first) == path_in(second)


async def test_nothing_is_recorded_of_a_mail_that_did_not_go(reference: AsyncSession) -> None:
    await submit(reference, await filled(reference, a_form()), NOW)
    work, post = await last_work(reference, "company.proof_mail"), Post()
    post.failing = True
    async with reference.begin_nested() as tried:
        with pytest.raises(UnavailableError):
            await company_mails.proof_mail(reference, tools(post), work)
        await tried.rollback()
    assert (await reference.execute(select(emails.c.sent_at))).all() == []
    post.failing = False
    await company_mails.proof_mail(reference, tools(post), work)
    assert (await reference.execute(select(emails.c.sent_at))).scalar_one() == NOW


async def test_the_token_is_kept_as_a_hash_and_differs_each_time(reference: AsyncSession) -> None:
    await submit(reference, await filled(reference, a_form()), NOW)
    await submit(reference, await filled(reference, a_form()), NOW)
    post = Post()
    for row in (await reference.execute(select(outbox).order_by(outbox.c.id))).all():
        work = Work(id=row.id, payload=row.payload, created_at=row.created_at, now=NOW)
        await company_mails.proof_mail(reference, tools(post), work)
    tokens = {path_in(message).rpartition("/")[2] for message in post.sent}
    kept = (await reference.execute(select(links.c.token_hash))).scalars().all()
    assert len(tokens) == len(set(kept)) == 2
    assert all(len(token) == 43 for token in tokens)


async def test_payloads_hold_ids_only(reference: AsyncSession) -> None:
    form = a_form(contact=a_contact(email="ana@gmail.com"))
    await prove(reference, await registered(reference, form), NOW)
    for _, payload in await jobs(reference):
        assert set(payload) <= {"registration", "company", "place"}
        assert "@" not in str(payload)


async def test_the_checked_and_the_refused_are_told_why(reference: AsyncSession) -> None:
    form = a_form(contact=a_contact(email="ana@gmail.com"))
    await prove(reference, await registered(reference, form), NOW)
    post = Post()
    work = await last_work(reference, "company.to_check_mail")
    await company_mails.to_check_mail(reference, tools(post), work)
    (waiting,) = await to_check(reference)
    await refuse(reference, waiting.id, "Ce n’est pas <votre> entreprise.", NOW)
    await company_mails.to_check_mail(reference, tools(post), work)
    work = await last_work(reference, "company.refused_mail")
    await company_mails.refused_mail(reference, tools(post), work)
    checked, refused = post.sent
    assert "parce que l’adresse est chez un fournisseur ouvert à tous." in parts(checked)[1]
    text, html = parts(refused)
    assert "Ce n’est pas <votre> entreprise." in text
    assert "Ce n’est pas &lt;votre&gt; entreprise." in html


async def test_the_mails_of_an_edit(reference: AsyncSession) -> None:
    form = a_form(identity=an_identity(custom_name="Le Pont Doré"))
    await prove(reference, await registered(reference, form), NOW)
    post = Post()
    published = await last_work(reference, "company.published_mail")
    await company_mails.published_mail(reference, tools(post), published)
    await request_edit(reference, form.identity.siret, NOW)
    await company_mails.edit_mail(reference, tools(post), await last_work(reference, "company.edit_mail"))
    token, _ = await open_edit(reference, path_in(post.sent[-1]).rpartition("/")[2], NOW)
    await save_step(reference, token, Step.CONTACT, a_contact(email="lea@dupont.example"), NOW)
    await submit(reference, token, NOW)
    notice = await last_work(reference, "company.address_notice_mail")
    await company_mails.address_notice_mail(reference, tools(post), notice)
    asked = await last_work(reference, "company.new_address_mail")
    await company_mails.new_address_mail(reference, tools(post), asked)
    assert [message["To"] for message in post.sent] == ["ana@dupont.example"] * 3 + ["lea@dupont.example"]
    assert path_in(post.sent[0]) == f"/entreprises/{form.identity.siret}"
    await prove(reference, path_in(post.sent[-1]).rpartition("/")[2], NOW)
    assert (await company(reference, form.identity.siret)).contact_email == "lea@dupont.example"
    await company_mails.address_notice_mail(reference, tools(post), notice)
    assert len(post.sent) == 4


async def test_a_new_address_checked_then_refused_is_told_in_its_own_words(reference: AsyncSession) -> None:
    form = a_form()
    await prove(reference, await registered(reference, form), NOW)
    company_id = (await company(reference, form.identity.siret)).id
    token, _ = await open_edit(reference, await mail_link(reference, company_id, Purpose.EDIT, "edit"), NOW)
    await save_step(reference, token, Step.CONTACT, a_contact(email="ana@gmail.com"), NOW)
    sent = await submit(reference, token, NOW)
    await prove(reference, await mail_link(reference, sent.id, token="second"), NOW)
    post = Post()
    checked = await last_work(reference, "company.to_check_mail")
    await company_mails.to_check_mail(reference, tools(post), checked)
    await refuse(reference, sent.id, "Écrivez-nous avec une adresse de l’entreprise.", NOW)
    refused = await last_work(reference, "company.refused_mail")
    await company_mails.refused_mail(reference, tools(post), refused)
    assert [message["Subject"] for message in post.sent] == [
        "Nous vérifions la nouvelle adresse de Boulangerie Dupont",
        "La nouvelle adresse de Boulangerie Dupont n’est pas acceptée",
    ]
    assert {message["To"] for message in post.sent} == {"ana@gmail.com"}


async def test_what_is_gone_needs_no_mail(reference: AsyncSession) -> None:
    await prove(reference, await registered(reference, a_form()), NOW)
    post = Post()
    await company_mails.proof_mail(reference, tools(post), await last_work(reference, "company.proof_mail"))
    gone = Work(id=1, payload={"company": 999_999_999}, created_at=NOW, now=NOW)
    await company_mails.published_mail(reference, tools(post), gone)
    await company_mails.edit_mail(reference, tools(post), gone)
    assert post.sent == []


async def test_replies_go_where_the_settings_say(reference: AsyncSession) -> None:
    await submit(reference, await filled(reference, a_form()), NOW)
    work, post = await last_work(reference, "company.proof_mail"), Post()
    await company_mails.proof_mail(reference, tools(post, "contact@escale.example"), work)
    (message,) = post.sent
    assert message["Reply-To"] == "contact@escale.example"
    assert "ne sont pas lues" not in parts(message)[0]


HOSTILE = "Dupont <script>alert(1)</script>\r\nBcc: x@y.example"
NAMES = sorted(folder.name for folder in TEMPLATES.iterdir() if folder.is_dir())


def words(name: str) -> dict[str, str]:
    """Everything that the parts of a template ask for, at its worst."""
    parts = (path.read_text() for path in (TEMPLATES / name).iterdir())
    asked = set().union(
        *(meta.find_undeclared_variables(Environment(autoescape=True).parse(part)) for part in parts)
    )
    return dict.fromkeys(asked, HOSTILE)


class Tags(HTMLParser):
    """What the tests look at in a mail's HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.mark.parametrize("name", NAMES)
def test_every_template_is_accessible_and_safe(name: str) -> None:
    mail = Mail(
        template=name,
        subject_id="1",
        recipient="x",
        context=words(name),
        action=Action("Ouvrir", "/x?a=1&b=2"),
    )
    rendered = render(mail, SITE, can_reply=False)
    tags = Tags(rendered.html)
    assert "\n" not in rendered.subject
    assert "\r" not in rendered.subject
    assert tags.all("script") == []
    assert tags.all("html")[0]["lang"] == "fr"
    assert len(tags.all("h1")) == 1
    assert all(table["role"] == "presentation" for table in tags.all("table"))
    stop = {mail.context["stop"].replace("\r\n", "\n")} if "stop" in mail.context else set()
    assert {link["href"] for link in tags.all("a")} == {f"{SITE}/x?a=1&b=2"} | stop
    assert "background-color: #0b4f6c" in str(tags.all("a")[0]["style"])
    assert f"{SITE}/x?a=1&b=2" in rendered.text
    assert rendered.text.startswith("Bonjour,\n")
    assert "{{" not in rendered.html + rendered.text


async def test_a_link_minted_by_hand_in_tests_is_one(reference: AsyncSession) -> None:
    """The shortcut the other tests take mints the kind of link the mails carry."""
    await mail_link(reference, "x", Purpose.EDIT, "by-hand")
    row = (await reference.execute(select(links))).one()
    assert (row.purpose, len(row.token_hash)) == ("company.edit", 32)

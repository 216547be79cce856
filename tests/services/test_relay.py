"""Answers by mail: whose are taken, what is handed on, what is dropped, who is told why."""

from datetime import timedelta
from email.message import EmailMessage
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import discussions, inbound
from data.tables import discussion_files, discussion_messages, inbound_mails, outbox
from domain.attachments import DOCX, JPEG
from domain.discussion import Side
from domain.inbound import Outcome
from domain.reply_text import MARK
from domain.visit import Proposal
from services.discussions import deciding, relay, visiting
from services.discussions.letters import JOBS as LETTERS
from services.discussions.relay import Arrived
from services.discussions.visit_letters import JOBS as VISITS
from tests.factories import mails
from tests.factories.discussions import NOW, World, accompany, build_world
from tests.factories.mails import MACHINES, mail, samples
from tests.services.post import Post, last_work, parts, tools

DOMAIN = "reponse.escale.example"
COMPANY = "contact@exemple.com"
PERSON = "person@exemple.fr"
SLOT = NOW + timedelta(days=1)


@pytest.fixture
async def world(reference: AsyncSession) -> World:
    return await build_world(reference)


class Line:
    """One discussion, and mails that come in for it."""

    def __init__(self, world: World, discussion: UUID, addresses: dict[Side, str]) -> None:
        self.world, self.session, self.id, self.addresses = world, world.session, discussion, addresses
        self.post = Post()

    def to(self, side: Side) -> str:
        return f"{self.addresses[side]}@{DOMAIN}"

    async def comes(
        self, content: bytes, to: Side = Side.CANDIDATE, *, null_sender: bool = False
    ) -> Outcome | None:
        """What became of a mail; None when it had been taken."""
        arrived = Arrived(
            source="mime", recipient=self.addresses[to], content=content, null_sender=null_sender
        )
        if not await relay.take(self.session, arrived, NOW):
            return None
        work = await last_work(self.session, relay.PROCESS)
        made = tools(self.post, relay_domain=DOMAIN, relay_authserv="mx.escale.example")
        await relay.process(self.session, made, work)
        query = select(inbound_mails).where(inbound_mails.c.id == work.payload["inbound"])
        row = (await self.session.execute(query)).one()
        assert row.content is None
        return Outcome(row.status)

    async def thread(self) -> list[tuple[Side, str, str]]:
        """Messages that came by mail."""
        found = await discussions.messages(self.session, self.id)
        return [(one.side, one.channel, one.body) for one in found if one.channel == "mail"]

    async def explanations(self) -> int:
        query = select(func.count()).select_from(outbox).where(outbox.c.job == relay.EXPLAIN)
        return int((await self.session.execute(query)).scalar_one())


@pytest.fixture
async def line(world: World) -> Line:
    asked = await world.asked()
    row = await discussions.by_id(world.session, asked)
    assert row is not None
    return Line(world, asked, {Side.CANDIDATE: row.candidate_address, Side.COMPANY: row.company_address})


SAMPLES = tuple(samples("a@b.fr", "c@d.fr"))


@pytest.mark.parametrize("name", SAMPLES)
async def test_every_way_of_writing_is_read(line: Line, name: str) -> None:
    content = samples(f"Jean Martin <{COMPANY.title()}>", line.to(Side.CANDIDATE))[name]
    assert await line.comes(content) is Outcome.DELIVERED
    ((side, channel, body),) = await line.thread()
    assert (side, channel) == (Side.COMPANY, "mail")
    assert body.replace("*", "") == "Oui, venez mardi."


async def test_an_answer_reaches_the_other_side_and_counts(line: Line) -> None:
    assert await line.comes(mail(COMPANY, line.to(Side.CANDIDATE)).as_bytes()) is Outcome.DELIVERED
    row = await discussions.by_id(line.session, line.id)
    assert row is not None
    assert row.answered_at == NOW
    work = await last_work(line.session, "discussion.message_candidate_mail")
    assert work.payload["discussion"] == str(line.id)
    back = mail(PERSON, line.to(Side.COMPANY), "Merci, à mardi.", identity="b@mail.example").as_bytes()
    assert await line.comes(back, Side.COMPANY) is Outcome.DELIVERED
    assert [one[0] for one in await line.thread()] == [Side.COMPANY, Side.CANDIDATE]


async def test_the_same_mail_is_taken_once_however_often_it_comes(line: Line) -> None:
    content = mail(COMPANY, line.to(Side.CANDIDATE)).as_bytes()
    assert await line.comes(content) is Outcome.DELIVERED
    assert await line.comes(content) is None
    work = await last_work(line.session, relay.PROCESS)
    await relay.process(line.session, tools(line.post, relay_domain=DOMAIN), work)
    assert len(await line.thread()) == 1


@pytest.mark.parametrize("name", MACHINES)
async def test_machines_are_dropped_without_a_word(line: Line, name: str) -> None:
    made = mail(COMPANY, line.to(Side.CANDIDATE))
    for header, value in MACHINES[name].items():
        made[header] = value
    assert await line.comes(made.as_bytes()) in {Outcome.AUTOMATIC, Outcome.BOUNCE}
    assert await line.thread() == []
    assert await line.explanations() == 0


async def test_bounces_and_loops_are_told_apart(line: Line) -> None:
    to = line.to(Side.CANDIDATE)
    assert await line.comes(mail(COMPANY, to).as_bytes(), null_sender=True) is Outcome.BOUNCE
    report = mails.raw("x@y.fr", to, "Content-Type: multipart/report; boundary=a", b"--a--")
    assert await line.comes(report) is Outcome.BOUNCE
    ours = mail(COMPANY, to, identity=f"{'a' * 32}@escale.example")
    assert await line.comes(ours.as_bytes()) is Outcome.LOOP
    away = mail(COMPANY, to, identity="away@x.example")
    away.replace_header("Subject", "Réponse automatique : Demande")
    assert await line.comes(away.as_bytes()) is Outcome.AUTOMATIC
    assert await line.explanations() == 0
    assert (await inbound.by_outcome(line.session))[Outcome.BOUNCE] == 2


async def test_a_stranger_is_told_why_once_a_day(line: Line) -> None:
    to = line.to(Side.CANDIDATE)
    for number in range(3):
        content = mail("autre@exemple.org", to, identity=f"{number}@x.example").as_bytes()
        assert await line.comes(content) is Outcome.STRANGER
    assert await line.explanations() == 1
    work = await last_work(line.session, relay.EXPLAIN)
    await relay.explain_mail(line.session, tools(line.post), work)
    (sent,) = line.post.sent
    assert (sent["To"], sent["Auto-Submitted"]) == ("autre@exemple.org", "auto-generated")
    assert "adresse à laquelle Escale vous écrit" in parts(sent)[0]
    assert "Zoé" not in str(sent)
    kept = (await line.session.execute(select(func.max(inbound_mails.c.sender)))).scalar_one()
    assert kept == ""
    await relay.explain_mail(line.session, tools(line.post), work)
    assert len(line.post.sent) == 1
    assert await line.thread() == []


@pytest.mark.parametrize(
    "sender",
    [
        f'"{COMPANY}" <voleur@exemple.org>',
        f"{COMPANY}, voleur@exemple.org",
        "voleur@exemple.org (contact@exemple.com)",
        PERSON,
        "",
    ],
)
async def test_who_only_looks_like_the_company_is_a_stranger(line: Line, sender: str) -> None:
    content = mails.raw(sender, line.to(Side.CANDIDATE), "X-A: b", b"Oui")
    assert await line.comes(content) is Outcome.STRANGER
    assert await line.thread() == []


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("mx.escale.example; dmarc=fail header.from=exemple.com", Outcome.SPOOFED),
        ("mx.escale.example; spf=fail smtp.mailfrom=x; dkim=none", Outcome.SPOOFED),
        ("mx.escale.example; spf=fail; dkim=pass; dmarc=pass", Outcome.DELIVERED),
        ("evil.example; dmarc=fail", Outcome.DELIVERED),
    ],
)
async def test_what_the_mail_server_found_forged_is_dropped(line: Line, said: str, outcome: Outcome) -> None:
    content = mails.raw(COMPANY, line.to(Side.CANDIDATE), f"Authentication-Results: {said}", b"Oui")
    assert await line.comes(content) is outcome
    assert await line.explanations() == 0


async def test_accepted_members_and_agents_answer_too(line: Line) -> None:
    await accompany(line.world)
    to = line.to(Side.CANDIDATE)
    assert await line.comes(mail("owner@exemple.fr", to).as_bytes()) is Outcome.DELIVERED
    back = mail("counsellor@exemple.fr", line.to(Side.COMPANY), identity="c@x.example").as_bytes()
    assert await line.comes(back, Side.COMPANY) is Outcome.DELIVERED
    query = select(discussion_messages.c.author_id).where(discussion_messages.c.channel == "mail")
    authors = set((await line.session.execute(query)).scalars())
    assert authors == {line.world.ids["owner"], line.world.ids["counsellor"]}


async def test_a_closed_discussion_and_a_long_message_are_explained(line: Line) -> None:
    to = line.to(Side.CANDIDATE)
    long = mail(COMPANY, to, "mot " * 1200, identity="long@x.example").as_bytes()
    assert await line.comes(long) is Outcome.TOO_LONG
    assert (
        await line.comes(mail("owner@exemple.fr", to, "\n", identity="e@x.example").as_bytes())
        is Outcome.EMPTY
    )
    await deciding.withdraw(line.session, await line.world.party("person", line.id), NOW)
    late = mail("contact@exemple.fr", to, identity="late@x.example").as_bytes()
    assert await line.comes(late) is Outcome.CLOSED
    assert await line.explanations() == 3
    assert await line.thread() == []


async def test_an_address_that_reaches_nobody_ends_there(line: Line) -> None:
    line.addresses[Side.CANDIDATE] = "inconnue"
    assert await line.comes(mail(COMPANY, f"inconnue@{DOMAIN}").as_bytes()) is Outcome.UNKNOWN
    assert await line.explanations() == 0


async def test_neither_links_that_answer_nor_addresses_cross(line: Line) -> None:
    body = f"Voici https://escale.example/reponse/secret et {COMPANY} et {line.to(Side.CANDIDATE)}. Oui."
    assert await line.comes(mail(COMPANY, line.to(Side.CANDIDATE), body).as_bytes()) is Outcome.DELIVERED
    ((_, _, kept),) = await line.thread()
    assert kept == "Voici  et (adresse retirée) et . Oui."


async def test_files_are_told_by_their_bytes(line: Line) -> None:
    made = mail(COMPANY, line.to(Side.CANDIDATE))
    made.add_attachment(
        mails.JPEG, maintype="application", subtype="octet-stream", filename="../plan d’accès.exe"
    )
    made.add_attachment(mails.docx(), maintype="application", subtype="pdf", filename="fiche.pdf")
    made.add_attachment(b"MZ program", maintype="image", subtype="png", filename="photo.png")
    made.add_attachment(
        mails.docx("word/vbaProject.bin"), maintype="application", subtype="x", filename="macro.docx"
    )
    made.add_attachment(b"%PDF-1.7 broken", maintype="application", subtype="pdf", filename="x.pdf")
    made.add_attachment(mails.LOGO, "image", "png", filename="logo.png", cid="<l@x>", disposition="inline")
    assert await line.comes(made.as_bytes()) is Outcome.DELIVERED
    rows = (await line.session.execute(select(discussion_files).order_by(discussion_files.c.name))).all()
    assert [(row.name, row.media_type) for row in rows] == [("fiche.docx", DOCX), ("plan d’accès.jpg", JPEG)]
    ((_, _, body),) = await line.thread()
    assert body == "Oui, venez mardi.\n\n[3 fichiers n’ont pas été transmis : photo.png, macro.docx, x.pdf.]"


async def test_ten_megabytes_of_pictures_keep_the_words(line: Line) -> None:
    made = mail(COMPANY, line.to(Side.CANDIDATE))
    made.add_attachment(
        mails.JPEG + b"\2" * 6_000_000, maintype="image", subtype="jpeg", filename="grande.jpg"
    )
    content = made.as_bytes()
    assert 8_000_000 < len(content) < 10 * 2**20
    assert await line.comes(content) is Outcome.DELIVERED
    ((_, _, body),) = await line.thread()
    assert body == "Oui, venez mardi.\n\n[Un fichier n’a pas été transmis : grande.jpg.]"


async def test_thousands_of_nested_parts_end_somewhere(line: Line) -> None:
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (one, one) for one in range(20000)
    )
    head = mails.raw(COMPANY, line.to(Side.CANDIDATE), "X-A: b", b"").removesuffix(b"\r\n\r\n")
    assert await line.comes(head + b"\r\n" + nested) in {Outcome.UNREADABLE, Outcome.EMPTY}


async def letter(line: Line, job: str, relay_domain: str = DOMAIN) -> EmailMessage:
    work = await last_work(line.session, job)
    await (LETTERS | VISITS)[job](line.session, tools(line.post, relay_domain=relay_domain), work)
    return line.post.sent.pop()


async def test_a_letter_is_answered_by_mail(line: Line) -> None:
    sent = await letter(line, "discussion.asked_company_mail")
    assert str(sent["Reply-To"]) == line.to(Side.CANDIDATE)
    assert str(sent["From"]) == "Zoé via Escale <ne-pas-repondre@escale.example>"
    text, html = parts(sent)
    assert text.startswith(f"{MARK} : votre message sera transmis, sans votre adresse e-mail.")
    assert MARK in html
    assert "ne sont pas lues" not in text + html
    assert PERSON not in str(sent)
    content = mail(COMPANY, line.to(Side.CANDIDATE), f"Oui.\n\nLe 3 mai, A a écrit :\n{text}").as_bytes()
    assert await line.comes(content) is Outcome.DELIVERED
    assert [one[2] for one in await line.thread()] == ["Oui."]
    back = await letter(line, "discussion.message_candidate_mail")
    assert str(back["Reply-To"]) == line.to(Side.COMPANY)
    assert back["References"] == sent["References"]
    assert back["Message-ID"] != sent["Message-ID"]
    assert COMPANY not in str(back)


async def visit_of(line: Line) -> None:
    """The company proposes a visit, the person picks it."""
    owner, person = [await line.world.party(name, line.id) for name in ("owner", "person")]
    visit = await visiting.propose(line.session, owner, Side.COMPANY, Proposal((SLOT,), 60, "Ici"), NOW)
    await visiting.pick(line.session, person, Side.CANDIDATE, visit, SLOT, NOW)


@pytest.mark.parametrize(
    ("job", "reader"),
    [
        ("visit.candidate_mail", Side.CANDIDATE),
        ("visit.company_mail", Side.COMPANY),
        ("visit.tomorrow_candidate_mail", Side.CANDIDATE),
        ("visit.tomorrow_company_mail", Side.COMPANY),
        ("visit.untold_mail", Side.COMPANY),
    ],
)
async def test_a_mail_of_a_visit_is_answered_by_mail(line: Line, job: str, reader: Side) -> None:
    """In the same conversation as the other letters, until the request is closed."""
    await visit_of(line)
    await visiting.remind(line.session, NOW)
    await visiting.remind(line.session, SLOT + visiting.UNTOLD_AFTER + timedelta(seconds=1))
    other = Side.COMPANY if reader is Side.CANDIDATE else Side.CANDIDATE
    writer = PERSON if reader is Side.CANDIDATE else COMPANY
    asked = await letter(line, "discussion.asked_company_mail")
    sent = await letter(line, job)
    assert (sent["To"], sent["Reply-To"]) == (writer, line.to(other))
    assert sent["References"] == asked["References"]
    assert parts(sent)[0].count(MARK) == 1
    content = mail(writer, line.to(other), f"J’y serai.\n\nLe 3 mai, A a écrit :\n{parts(sent)[0]}")
    assert await line.comes(content.as_bytes(), other) is Outcome.DELIVERED
    assert [(one[0], one[2]) for one in await line.thread()] == [(reader, "J’y serai.")]


async def test_the_mail_of_a_visit_that_a_closed_request_takes_along_is_not_answered(line: Line) -> None:
    await visit_of(line)
    await deciding.withdraw(line.session, await line.world.party("person", line.id), NOW)
    assert (await letter(line, "visit.company_mail"))["Reply-To"] is None


async def test_without_a_relay_answers_are_on_the_page(line: Line) -> None:
    sent = await letter(line, "discussion.asked_company_mail", relay_domain="")
    assert sent["Reply-To"] is None
    assert "les réponses ne sont pas lues" in parts(sent)[0]


async def test_files_are_announced_and_not_attached(line: Line) -> None:
    made = mail(COMPANY, line.to(Side.CANDIDATE))
    made.add_attachment(mails.JPEG, maintype="image", subtype="jpeg", filename="plan.jpg")
    assert await line.comes(made.as_bytes()) is Outcome.DELIVERED
    sent = await letter(line, "discussion.message_candidate_mail")
    assert "Un fichier est joint : ouvrez la page pour le lire." in parts(sent)[0]
    assert [part.get_content_type() for part in sent.iter_parts()] == ["text/plain", "text/html"]


async def test_a_closed_discussion_is_not_answered_by_mail(line: Line) -> None:
    await deciding.withdraw(line.session, await line.world.party("person", line.id), NOW)
    sent = await letter(line, "discussion.withdrawn_mail")
    assert sent["Reply-To"] is None

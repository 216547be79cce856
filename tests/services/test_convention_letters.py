"""Who is told what at each move of a convention, and what no message may say."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import convention_signatories
from data.tables import agencies, conventions, outbox
from domain.convention import As
from domain.errors import ConflictError
from domain.roles import Role
from domain.terms import Contact
from services.conventions import letters, reviewing
from services.conventions.drafting import edit
from services.conventions.following import take_on
from services.conventions.reading import story_of
from services.conventions.reminding import remind
from services.followups import FOLLOWUPS, Event, follow
from services.links import Purpose, find
from tests.factories.conventions import NOW, Conventions
from tests.factories.discussions import build_world
from tests.factories.people import add_active_agency, add_right, add_user
from tests.services.convention_round import (
    COMPANY,
    EMPLOYER,
    PARENT,
    PERSON,
    TUTOR,
    Round,
    one_step,
    whole_cast,
)
from tests.services.post import SITE, parts, path_in

COUNSELLOR, VALIDATOR = "counsellor@exemple.fr", "stranger@exemple.fr"
SIGNERS = (PERSON, PARENT, COMPANY, EMPLOYER)
NEW_TUTOR = Contact(first_name="Inès", last_name="Roux", function="Chef", email="ines@exemple.com")


@pytest.fixture
async def desk(reference: AsyncSession) -> Conventions:
    return Conventions(await build_world(reference))


async def other_agency(desk: Conventions) -> int:
    user = await add_user(desk.world.session, "autre@exemple.fr")
    return await add_active_agency(desk.world.session, user, name="Autre structure")


async def _edit(desk: Conventions, convention: UUID) -> None:
    row = await desk.row(convention)
    changed = replace(row.document, activity=replace(row.document.activity, tasks="Vendre et ranger"))
    await edit(desk.office, await desk.standing("counsellor", convention), changed, row.version)


async def _sign_all(desk: Conventions, convention: UUID) -> None:
    for one in await convention_signatories.of_convention(desk.world.session, convention):
        if one.signed_at is None:
            await desk.sign(convention, one.whom)


async def _transfer(desk: Conventions, convention: UUID) -> None:
    to, standing = await other_agency(desk), await desk.standing("counsellor", convention)
    await reviewing.transfer(desk.office, standing, to, "Elle a déménagé")


async def _pre_approve(desk: Conventions, convention: UUID) -> None:
    await reviewing.pre_approve(desk.office, await desk.standing("counsellor", convention))


async def _validate(desk: Conventions, convention: UUID) -> None:
    await reviewing.validate(desk.office, await desk.standing("stranger", convention))


async def _tutor(desk: Conventions, convention: UUID) -> None:
    await reviewing.change_tutor(desk.office, await desk.standing("counsellor", convention), NEW_TUTOR)


async def _take_on(desk: Conventions, convention: UUID) -> None:
    await take_on(desk.office, await desk.standing("counsellor", convention))


async def _take_over(desk: Conventions, convention: UUID) -> None:
    await take_on(desk.office, await desk.standing("stranger", convention))


async def _cancel(desk: Conventions, convention: UUID) -> None:
    await reviewing.cancel(desk.office, await desk.standing("counsellor", convention), "Fermeture")


async def _reject(desk: Conventions, convention: UUID) -> None:
    await reviewing.reject(desk.office, await desk.standing("counsellor", convention), "Dates trop courtes")


async def _expire(desk: Conventions, convention: UUID) -> None:
    await reviewing.expire(desk.office, await desk.row(convention))


async def _sign(desk: Conventions, convention: UUID) -> None:
    await desk.sign(convention, As.COMPANY)


async def _remind(desk: Conventions, convention: UUID) -> None:
    await remind(desk.office, await desk.standing("person", convention), As.EMPLOYER)


async def _link(desk: Conventions, convention: UUID) -> None:
    one = await desk.signatory(convention, As.REPRESENTATIVE)
    await follow(desk.world.session, Event.CONVENTION_LINK_ASKED, signatory=str(one.id))


async def _share(desk: Conventions, convention: UUID) -> None:
    ids = {"convention": str(convention), "whom": As.COMPANY.value}
    await follow(desk.world.session, Event.CONVENTION_SHARED, **ids)


def _says(event: Event) -> Callable[[Conventions, UUID], Awaitable[None]]:
    async def by_the_clock(desk: Conventions, convention: UUID) -> None:
        version = (await desk.row(convention)).version
        await follow(desk.world.session, event, convention=str(convention), version=version)

    return by_the_clock


Act = Callable[[Conventions, UUID], Awaitable[None]]
EACH = dict.fromkeys
TOLD: tuple[tuple[Event, str, tuple[Act, ...], dict[str, str]], ...] = (
    (Event.CONVENTION_SHARED, "draft", (_share,), {COMPANY: "shared"}),
    (
        Event.CONVENTION_TO_SIGN,
        "submitted",
        (),
        {**EACH(SIGNERS, "to_sign"), COUNSELLOR: "to_sign_agency"},
    ),
    (
        Event.CONVENTION_EDITED,
        "submitted",
        (_edit,),
        {**EACH(SIGNERS, "edited"), COUNSELLOR: "edited_agency"},
    ),
    (Event.CONVENTION_LINK_ASKED, "submitted", (_link,), {PARENT: "link"}),
    (Event.CONVENTION_SIGNED, "submitted", (_sign,), {COMPANY: "signed"}),
    (Event.CONVENTION_REMINDED, "submitted", (_remind,), {EMPLOYER: "reminder"}),
    (
        Event.CONVENTION_TO_REVIEW,
        "submitted",
        (_sign_all,),
        {**EACH(SIGNERS, "to_review"), COUNSELLOR: "to_review_agency"},
    ),
    (
        Event.CONVENTION_UNREVIEWED,
        "signed",
        (_says(Event.CONVENTION_UNREVIEWED),),
        {COUNSELLOR: "unreviewed"},
    ),
    (
        Event.CONVENTION_STARTING,
        "signed",
        (_says(Event.CONVENTION_STARTING),),
        {**EACH(SIGNERS, "starting"), COUNSELLOR: "starting_agency"},
    ),
    (
        Event.CONVENTION_PRE_APPROVED,
        "signed",
        (_pre_approve,),
        {**EACH(SIGNERS, "pre_approved"), VALIDATOR: "pre_approved_agency"},
    ),
    (
        Event.CONVENTION_VALIDATED,
        "signed",
        (_pre_approve, _validate),
        {**EACH((*SIGNERS, TUTOR), "validated"), COUNSELLOR: "validated_agency"},
    ),
    (
        Event.CONVENTION_UNDEPOSITED,
        "validated",
        (_says(Event.CONVENTION_UNDEPOSITED),),
        {COUNSELLOR: "undeposited"},
    ),
    (
        Event.CONVENTION_TUTOR_CHANGED,
        "validated",
        (_tutor,),
        {
            **EACH((*SIGNERS, COUNSELLOR), "tutor_changed"),
            TUTOR: "tutor_former",
            NEW_TUTOR.email: "tutor_new",
        },
    ),
    (Event.CONVENTION_TAKEN_ON, "signed", (_take_on, _take_over), {COUNSELLOR: "taken_on"}),
    (Event.CONVENTION_REJECTED, "signed", (_reject,), EACH((*SIGNERS, COUNSELLOR), "rejected")),
    (
        Event.CONVENTION_CANCELLED,
        "validated",
        (_cancel,),
        EACH((*SIGNERS, TUTOR, COUNSELLOR), "cancelled"),
    ),
    (Event.CONVENTION_EXPIRED, "signed", (_expire,), EACH((*SIGNERS, COUNSELLOR), "expired")),
    (
        Event.CONVENTION_TRANSFERRED,
        "signed",
        (_transfer,),
        {
            **EACH(SIGNERS, "transferred"),
            "autre@exemple.fr": "transferred_to",
            COUNSELLOR: "transferred_from",
        },
    ),
)
"""Each event, where the convention stands, what is done, and every letter of the last move by its reader."""


async def told(desk: Conventions, begins: str, acts: tuple[Act, ...]) -> tuple[Round, dict[str, list[str]]]:
    """What the last act tells, codes and receipts of single signatures left out."""
    convention, post = await getattr(desk, begins)(whole_cast()), Round(desk)
    for act in acts:
        await post.settle()
        await act(desk, convention)
    receipts = {"code"} if acts == (_sign,) else {"code", "signed"}
    read = {
        reader: [one for one in names if one not in receipts] for reader, names in (await post.run()).items()
    }
    return post, {reader: names for reader, names in read.items() if names}


@pytest.mark.parametrize(
    ("begins", "acts", "expected"), [one[1:] for one in TOLD], ids=[one[0].value for one in TOLD]
)
async def test_each_move_tells_each_of_its_people_once(
    desk: Conventions, begins: str, acts: tuple[Act, ...], expected: dict[str, str]
) -> None:
    post, read = await told(desk, begins, acts)
    assert read == {reader: [name] for reader, name in expected.items()}
    for message in post.post.sent:
        text, html = parts(message)
        assert "None" not in text + html
        assert len(message["Subject"]) < 120
        assert text.count(SITE) <= 1


SIGN = ("beneficiary", "representative", "company", "employer")
READERS = {
    "convention.shared": (*SIGN, "tutor"),
    "convention.to_sign": (*SIGN, "followers"),
    "convention.edited": (*SIGN, "followers", *(f"former_{one}" for one in SIGN)),
    "convention.link_asked": SIGN,
    "convention.signed": SIGN,
    "convention.reminded": SIGN,
    "convention.to_review": (*SIGN, "deciders"),
    "convention.unreviewed": ("deciders",),
    "convention.starting": (*SIGN, "deciders"),
    "convention.pre_approved": (*SIGN, "deciders"),
    "convention.validated": (*SIGN, "tutor", "followers"),
    "convention.undeposited": ("followers",),
    "convention.rejected": (*SIGN, "followers"),
    "convention.cancelled": (*SIGN, "tutor", "followers"),
    "convention.expired": (*SIGN, "followers"),
    "convention.transferred": (*SIGN, "deciders", "former_agency"),
    "convention.tutor_changed": ("tutor", "former_tutor", *SIGN, "followers"),
    "convention.taken_on": ("former_counsellor",),
}


def test_every_move_and_reader_is_in_one_table() -> None:
    found: dict[str, tuple[str, ...]] = {}
    for event, reader in letters.LETTERS:
        found[event.value] = (*found.get(event.value, ()), reader.value)
    assert found == READERS
    assert {event.value for event, *_ in TOLD} == set(READERS)
    assert all(event in FOLLOWUPS[Event(event)] for event in READERS)


async def test_each_signatory_has_a_link_of_their_own_and_agents_their_page(desk: Conventions) -> None:
    convention, post = await desk.submitted(whole_cast()), Round(desk)
    await post.run()
    found = {}
    for message in post.post.sent:
        path = path_in(message)
        if message["To"] == COUNSELLOR:
            assert path == f"/conventions/{convention}"
            continue
        token = path.removeprefix("/signature/")
        found[message["To"]] = (
            await find(desk.world.session, token, Purpose.CONVENTION_SIGN, NOW)
        ).subject_id
    signatories = await convention_signatories.of_convention(desk.world.session, convention)
    assert found == {one.email: str(one.id) for one in signatories}


async def test_the_persons_counsellor_comes_first_and_news_are_theirs(desk: Conventions) -> None:
    session, agency = desk.world.session, desk.world.agency
    own = await add_user(session, "referente.own@exemple.fr")
    await add_right(session, agency, own, (Role.COUNSELLOR,), notified=False)
    convention, post = await desk.submitted(), Round(desk)
    values = {"counsellor_id": own}
    await session.execute(update(conventions).where(conventions.c.id == convention).values(**values))
    assert "referente.own@exemple.fr" in await post.run()
    assert COUNSELLOR not in {message["To"] for message in post.post.sent}
    await _sign_all(desk, convention)
    await post.run()
    deciding = [message["To"] for message in post.post.sent if "À pré-valider" in message["Subject"]]
    assert deciding == ["referente.own@exemple.fr", COUNSELLOR]


async def test_in_one_step_those_are_asked_who_validate_for_the_agency(desk: Conventions) -> None:
    await one_step(desk)
    session = desk.world.session
    validates = await add_user(session, "valide@exemple.fr")
    referred = await add_active_agency(session, validates, name="Celle qui valide")
    await session.execute(
        update(agencies).where(agencies.c.id == desk.world.agency).values(refers_to=referred)
    )
    post = Round(desk)
    await desk.signed()
    read = await post.run()
    assert "to_review_agency" in read["valide@exemple.fr"]
    assert not {VALIDATOR, COUNSELLOR} & read.keys()


async def test_a_letter_that_lost_its_sense_is_not_sent(desk: Conventions) -> None:
    convention, post = await desk.submitted(), Round(desk)
    await _edit(desk, convention)
    read = await post.run()
    assert read[PERSON] == ["edited"]
    text = next(parts(one)[0] for one in post.post.sent if one["To"] == PERSON)
    assert "Activités confiées : Peser, pétrir, façonner" in text
    assert "→ Vendre et ranger" in text


async def test_coordinates_that_changed_are_not_written_in_mails(desk: Conventions) -> None:
    convention, post = await desk.submitted(), Round(desk)
    row = await desk.row(convention)
    person = replace(row.document.beneficiary, email="nouvelle@exemple.fr")
    changed = replace(row.document, beneficiary=person)
    await edit(desk.office, await desk.standing("counsellor", convention), changed, row.version)
    read = await post.run()
    assert read["nouvelle@exemple.fr"] == ["edited"]
    assert read[PERSON] == ["no_longer"]
    text = next(parts(one)[0] for one in post.post.sent if one["To"] == COMPANY)
    assert "Adresse e-mail de la personne accueillie : changé" in text
    assert "nouvelle@exemple.fr" not in text


async def test_the_validated_read_their_first_day_and_what_an_accident_asks(desk: Conventions) -> None:
    convention = await desk.validated(whole_cast())
    post = Round(desk)
    read = await post.run()
    assert read[TUTOR] == ["validated"]
    sent = {one["To"]: parts(one)[0] for one in post.post.sent if "Validée" in one["Subject"]}
    assert "présentez-vous le lundi 30 novembre 2026 à 9 h, 3 rue du Port, 44000 Nantes" in sent[PERSON]
    assert "Demandez Paul Petit." in sent[PERSON]
    assert "Paul Petit accueille Zoé Durand le lundi 30 novembre 2026 à 9 h" in sent[COMPANY]
    assert "de 9 h à 12 h et de 13 h à 17 h" in sent[EMPLOYER]
    for text in sent.values():
        assert ("dans les 24 heures" in text) is ("déposez-la" not in text)
    assert f"/conventions/{convention}" in sent[TUTOR]


async def test_a_signatory_is_reminded_once_a_day(desk: Conventions) -> None:
    convention, post = await desk.submitted(), Round(desk)
    await post.run()
    await remind(desk.office, await desk.standing("person", convention), As.COMPANY)
    assert await post.run() == {COMPANY: ["reminder"]}
    read = await story_of(desk.world.session, await desk.standing("person", convention))
    assert (read[-1].title, read[-1].said) == ("Rappel envoyé", "Envoyé à : L’entreprise d’accueil")
    with pytest.raises(ConflictError, match="aujourd’hui"):
        await remind(desk.office, await desk.standing("counsellor", convention), As.COMPANY)
    with pytest.raises(ConflictError, match="votre signature"):
        await remind(desk.office, await desk.standing("person", convention), As.BENEFICIARY)
    with pytest.raises(ConflictError, match="n’a pas à signer"):
        await remind(desk.office, await desk.standing("person", convention), As.EMPLOYER)
    tomorrow = replace(desk, now=NOW + timedelta(days=1))
    await remind(tomorrow.office, await tomorrow.standing("counsellor", convention), As.COMPANY)
    post.desk = tomorrow
    assert await post.run() == {COMPANY: ["reminder"]}


async def test_payloads_name_nobody(desk: Conventions) -> None:
    convention = await desk.validated(whole_cast())
    post = Round(desk)
    await post.run()
    await _tutor(desk, convention)
    await post.run()
    rows = (await desk.world.session.execute(select(outbox.c.payload))).scalars().all()
    assert all("@" not in str(payload) and "+33" not in str(payload) for payload in rows)

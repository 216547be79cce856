"""The letters of a convention: one table says who reads which after what, and the page it opens.

An event leads to one job, which writes a job for each reader that the convention has: one mail to one
person, and a text message to the mobile of whoever has to sign. Each is read anew when it is sent. What is
about one person, and only a letter to them, is sent by the event's own job.
Whoever has something to do, or whose days it changes, is told; the platform's own staff never is.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

from data.queries import agencies, convention_story, conventions
from data.queries.conventions import ConventionRow
from data.session import Session
from domain.convention import EDITABLE, LIVE, SIGNABLE, As, Status
from services.conventions.draft_links import SIDES, subject
from services.conventions.letter_words import Case, words
from services.conventions.prescribers import referent
from services.conventions.readers import AGENTS, FORMER, SIGNERS, Person, Reader, people
from services.emails import Action, Mail, send
from services.followups import Event, follow_all
from services.links import Purpose, mint
from services.sms import can_reach
from services.work import Tools, Work

ROOT = "/conventions"
_ANY = frozenset(Status)
_DRAFT = frozenset({Status.DRAFT})
_REVIEW = EDITABLE - SIGNABLE
_PRE_APPROVED = frozenset({Status.PRE_APPROVED})
_VALIDATED = frozenset({Status.VALIDATED})
_OPEN, _READ = "Ouvrir la convention", "Voir la convention"
_SIGN, _DECIDE = "Lire et signer", "Lire et décider"


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail: its template, what its button says, and the only statuses it still makes sense in.

    `strict`: about one version, not sent once there is another. `signed`: only to who has signed this
    version (True), or has not (False). Without a button, it asks for nothing.
    """

    template: str
    action: str
    statuses: frozenset[Status] = _ANY
    strict: bool = True
    signed: bool | None = None


_TO_SIGN = Letter("convention_to_sign", _SIGN, SIGNABLE, signed=False)
_TO_SIGN_AGENCY = Letter("convention_to_sign_agency", "Suivre les signatures", SIGNABLE)
_EDITED = Letter("convention_edited", "Relire et signer", SIGNABLE, strict=False, signed=False)
_EDITED_AGENCY = Letter("convention_edited_agency", _READ, EDITABLE, strict=False)
_REMINDER = Letter("convention_reminder", _SIGN, SIGNABLE, signed=False)
_TO_REVIEW_AGENCY = Letter("convention_to_review_agency", _DECIDE, _REVIEW)
_STARTING = Letter("convention_starting", _READ, EDITABLE, signed=True)
_STARTING_AGENCY = Letter("convention_starting_agency", _OPEN, EDITABLE)
_PRE_APPROVED_AGENCY = Letter("convention_pre_approved_agency", _DECIDE, _PRE_APPROVED)
_VALIDATED_AGENCY = Letter("convention_validated_agency", _OPEN, _VALIDATED)
_UNDEPOSITED = Letter("convention_undeposited", "Écrire le numéro de dépôt", _VALIDATED)
_TUTOR_NEW = Letter("convention_tutor_new", _OPEN, _VALIDATED)
_TUTOR_FORMER = Letter("convention_tutor_former", "", strict=False)
_TUTOR_CHANGED = Letter("convention_tutor_changed", _OPEN, _VALIDATED, strict=False)
_E, _R = Event, Reader
_TOLD: tuple[tuple[Event, tuple[Reader, ...], Letter], ...] = (
    (_E.CONVENTION_SHARED, (*SIGNERS, _R.TUTOR), Letter("convention_shared", "Compléter ma partie", _DRAFT)),
    (_E.CONVENTION_TO_SIGN, SIGNERS, _TO_SIGN),
    (_E.CONVENTION_TO_SIGN, (_R.FOLLOWERS,), _TO_SIGN_AGENCY),
    (_E.CONVENTION_EDITED, SIGNERS, _EDITED),
    (_E.CONVENTION_EDITED, (_R.FOLLOWERS,), _EDITED_AGENCY),
    (_E.CONVENTION_EDITED, tuple(FORMER), Letter("convention_no_longer", "", strict=False)),
    (_E.CONVENTION_LINK_ASKED, SIGNERS, Letter("convention_link", _OPEN)),
    (_E.CONVENTION_SIGNED, SIGNERS, Letter("convention_signed", _READ, signed=True)),
    (_E.CONVENTION_REMINDED, SIGNERS, _REMINDER),
    (_E.CONVENTION_TO_REVIEW, SIGNERS, Letter("convention_to_review", _READ, _REVIEW)),
    (_E.CONVENTION_TO_REVIEW, (_R.DECIDERS,), _TO_REVIEW_AGENCY),
    (_E.CONVENTION_UNREVIEWED, (_R.DECIDERS,), Letter("convention_unreviewed", _DECIDE, _REVIEW)),
    (_E.CONVENTION_STARTING, SIGNERS, _STARTING),
    (_E.CONVENTION_STARTING, (_R.DECIDERS,), _STARTING_AGENCY),
    (_E.CONVENTION_PRE_APPROVED, SIGNERS, Letter("convention_pre_approved", _READ, _REVIEW)),
    (_E.CONVENTION_PRE_APPROVED, (_R.DECIDERS,), _PRE_APPROVED_AGENCY),
    (
        _E.CONVENTION_VALIDATED,
        (*SIGNERS, _R.TUTOR),
        Letter("convention_validated", _OPEN, _VALIDATED),
    ),
    (_E.CONVENTION_VALIDATED, (_R.FOLLOWERS,), _VALIDATED_AGENCY),
    (_E.CONVENTION_UNDEPOSITED, (_R.FOLLOWERS,), _UNDEPOSITED),
    (_E.CONVENTION_REJECTED, (*SIGNERS, _R.FOLLOWERS), Letter("convention_rejected", _READ)),
    (_E.CONVENTION_CANCELLED, (*SIGNERS, _R.TUTOR, _R.FOLLOWERS), Letter("convention_cancelled", _READ)),
    (_E.CONVENTION_EXPIRED, (*SIGNERS, _R.FOLLOWERS), Letter("convention_expired", _READ)),
    (_E.CONVENTION_TRANSFERRED, SIGNERS, Letter("convention_transferred", _READ, EDITABLE)),
    (_E.CONVENTION_TRANSFERRED, (_R.DECIDERS,), Letter("convention_transferred_to", _OPEN, EDITABLE)),
    (_E.CONVENTION_TRANSFERRED, (_R.FORMER_AGENCY,), Letter("convention_transferred_from", "")),
    (_E.CONVENTION_TUTOR_CHANGED, (_R.TUTOR,), _TUTOR_NEW),
    (_E.CONVENTION_TUTOR_CHANGED, (_R.FORMER_TUTOR,), _TUTOR_FORMER),
    (_E.CONVENTION_TUTOR_CHANGED, (*SIGNERS, _R.FOLLOWERS), _TUTOR_CHANGED),
    (_E.CONVENTION_TAKEN_ON, (_R.FORMER_COUNSELLOR,), Letter("convention_taken_on", "", LIVE)),
)
LETTERS: Mapping[tuple[Event, Reader], Letter] = {
    (event, reader): letter for event, readers, letter in _TOLD for reader in readers
}
"""Event and reader → letter, in the order they are told."""
TEXTED = frozenset({_E.CONVENTION_TO_SIGN, _E.CONVENTION_EDITED, _E.CONVENTION_REMINDED})
"""What signatories are also told on their mobile."""
TEXTED_ALONE = frozenset(
    {
        _E.CONVENTION_VALIDATED,
        _E.CONVENTION_REJECTED,
        _E.CONVENTION_CANCELLED,
        _E.CONVENTION_EXPIRED,
        _E.CONVENTION_STARTING,
        _E.CONVENTION_LINK_ASKED,
        _E.CONVENTION_TUTOR_CHANGED,
    }
)
"""What is told on their mobile to those alone who have no address: else they would come uninsured."""
_EACH = frozenset({_E.CONVENTION_SHARED, _E.CONVENTION_TO_SIGN, _E.CONVENTION_EDITED})
"""Each reader has their own part: two of them with one address get two letters, else one."""
_DECIDED_ON = frozenset({_E.CONVENTION_TO_REVIEW, _E.CONVENTION_PRE_APPROVED, _E.CONVENTION_UNREVIEWED})
"""What an agent reads who decides: the story tells which addresses others than their owners changed."""
_STORIED = frozenset({_E.CONVENTION_EDITED, _E.CONVENTION_TRANSFERRED, _E.CONVENTION_TUTOR_CHANGED})
"""What is told is in the story, not in the convention."""
_PASSED_ON = ("version", "former", "counsellor", "to", "as")


async def spread(event: Event, session: Session, tools: Tools, work: Work) -> None:
    """Write a job for each reader of an event, and one for each mobile; one person's letter goes at once."""
    found = await _found(session, work.payload)
    if found is None:
        return
    row, whom = found
    seen: set[str] = set()
    told: list[tuple[Event, dict[str, int | str]]] = []
    passed = {name: work.payload[name] for name in _PASSED_ON if name in work.payload}
    for reader in (one for of, one in LETTERS if of is event and whom in {None, one.value}):
        for person in await people(session, row, reader, passed):
            told_already = person.email in seen and event not in _EACH
            if moot(LETTERS[event, reader], row, person, passed) or told_already:
                continue
            ids = {"convention": str(row.id), "letter": event.value, "reader": reader.value, **passed}
            if person.user is not None:
                ids["user"] = str(person.user)
            if person.email:
                seen.add(person.email)
                told.append((Event.CONVENTION_LETTER, ids))
            by_text = event in TEXTED or (event in TEXTED_ALONE and not person.email)
            if by_text and can_reach(tools, person.phone):
                told.append((Event.CONVENTION_TEXT, ids))
    alone = [event for event, _ in told] == [Event.CONVENTION_LETTER]
    if alone and whom is not None:  # tried again, it would go to the same one, by the same link
        await letter_mail(session, tools, replace(work, payload=told[0][1]))
    else:
        await follow_all(session, told)


async def _found(session: Session, payload: Mapping[str, Any]) -> tuple[ConventionRow, str | None] | None:
    """The convention, and the one reader when the event is about one person."""
    whom = payload.get("whom")
    convention = payload.get("convention")
    if convention is None:
        signatory = UUID(payload["signatory"])
        row = await conventions.by_signatory(session, signatory)
        whom = next((one.whom.value for one in row.signatories if one.id == signatory), whom) if row else None
    else:
        row = await conventions.by_id(session, UUID(convention))
    return (row, whom) if row and row.terms else None


def moot(letter: Letter, row: ConventionRow, person: Person, ids: Mapping[str, Any]) -> bool:
    """Whether a letter has lost its sense since its event."""
    old = letter.strict and ids.get("version", row.version) != row.version
    if old or row.status not in letter.statuses:
        return True
    signed = person.signatory is not None and person.signatory.signed_at is not None
    return letter.signed is not None and person.signatory is not None and letter.signed is not signed


async def case_of(session: Session, tools: Tools, work: Work) -> tuple[Letter, Case] | None:
    """What one message is written from; None when it has lost its sense, or its reader."""
    ids = work.payload
    found = await _found(session, ids)
    if found is None:
        return None
    row, _ = found
    event, reader = Event(ids["letter"]), Reader(ids["reader"])
    listed = await people(session, row, reader, ids)
    person = next((one for one in listed if ids.get("user") in {None, str(one.user)}), None)
    letter = LETTERS[event, reader]
    if person is None or moot(letter, row, person, ids):
        return None
    storied = event in _STORIED or (event in _DECIDED_ON and reader in AGENTS)
    former = await agencies.by_id(session, int(ids["former"])) if "former" in ids else None
    case = Case(
        event=event,
        reader=reader,
        row=replace(row, terms=person.terms) if person.terms else row,
        person=person,
        now=work.now,
        ids=ids,
        unsigned=tuple(one.whom for one in row.signatories if one.signed_at is None),
        unreached=tuple(
            one.whom for one in row.signatories if not one.email and not can_reach(tools, one.phone)
        ),
        story=tuple(await convention_story.entries(session, row.id)) if storied else (),
        former=former.name if former else "",
        referent=await referent(session, row) if event is Event.CONVENTION_TAKEN_ON else "",
    )
    return letter, case


async def page(session: Session, tools: Tools, work: Work, case: Case) -> str:
    """The page a message opens: by a link of their own for who signs, by their account for others."""
    row, signatory = case.row, case.person.signatory
    if case.event is Event.CONVENTION_SHARED:
        side = As(case.reader.value)
        draft = await mint(session, tools.secret_key, work, Purpose.CONVENTION_DRAFT, subject(row.id, side))
        return f"{draft}/{SIDES[side]}" if side in SIDES else draft
    if signatory is not None:
        return await mint(session, tools.secret_key, work, Purpose.CONVENTION_SIGN, str(signatory.id))
    return f"{ROOT}/{row.id}"


async def letter_mail(session: Session, tools: Tools, work: Work) -> None:
    """Write one letter, unless the convention has moved on or its reader has no address."""
    found = await case_of(session, tools, work)
    if found is None or not found[1].person.email:
        return
    letter, case = found
    mail = Mail(
        template=letter.template,
        subject_id=str(case.row.id),
        recipient=case.person.email,
        context=words(case),
        action=Action(letter.action, await page(session, tools, work, case)) if letter.action else None,
        thread=str(case.row.id),
    )
    await send(session, tools, work, mail)


JOBS: dict[str, Callable[[Session, Tools, Work], Awaitable[None]]] = {
    **{event.value: partial(spread, event) for event in {event: None for event, _ in LETTERS}},
    Event.CONVENTION_LETTER.value: letter_mail,
}

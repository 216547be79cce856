"""To whom a convention's letters go: its people by the document, agents by their agency."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from data.queries import agency_rights, convention_story
from data.queries.agency_rights import MemberRow
from data.queries.convention_signatories import SignatoryRow
from data.queries.conventions import ConventionRow
from data.session import ReadSession
from domain.convention import SIGNATORIES, As, Status
from domain.roles import Role
from domain.terms import Terms, contact_of, signatories
from services.conventions.opening import version_of
from services.conventions.story import Line

_TUTOR_EMAIL = "host.tutor.email"


class Reader(StrEnum):
    """To whom a letter goes. The platform's own staff reads none."""

    BENEFICIARY = As.BENEFICIARY
    REPRESENTATIVE = As.REPRESENTATIVE
    COMPANY = As.COMPANY
    EMPLOYER = As.EMPLOYER
    TUTOR = As.TUTOR
    FORMER_TUTOR = "former_tutor"
    FORMER_BENEFICIARY = "former_beneficiary"
    """Who was asked to sign, at an address or a number that an edit replaced, or who signs no more."""
    FORMER_REPRESENTATIVE = "former_representative"
    FORMER_COMPANY = "former_company"
    FORMER_EMPLOYER = "former_employer"
    DECIDERS = "deciders"
    """In the agency, those who decide at this stage; the person's own counsellor first."""
    FOLLOWERS = "followers"
    """In the agency, the person's own counsellor; without one, those who are sent what waits for them."""
    FORMER_AGENCY = "former_agency"
    """In the agency that followed it, those who were sent what waited; the person's own counsellor first."""
    FORMER_COUNSELLOR = "former_counsellor"
    """The counsellor whose place another agent took, while they still belong there."""


SIGNERS = tuple(Reader(one.value) for one in SIGNATORIES)
FORMER = {Reader(f"former_{one.value}"): one for one in SIGNATORIES}
"""Those who signed before an edit, and as whom."""
AGENTS = (Reader.DECIDERS, Reader.FOLLOWERS, Reader.FORMER_AGENCY, Reader.FORMER_COUNSELLOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One who is written to. `signatory`: of who signs by a code; `user`: an agent's account.

    `terms`: the document that they were sent, when what came after is not theirs to read.
    """

    email: str
    phone: str = ""
    signatory: SignatoryRow | None = None
    user: UUID | None = None
    terms: Terms | None = None


async def people(
    session: ReadSession,
    row: ConventionRow,
    reader: Reader,
    ids: Mapping[str, Any],
) -> Sequence[Person]:
    """Everybody that a reader stands for, perhaps nobody; `ids` came with the event."""
    if reader in SIGNERS:
        return _signer(row, As(reader.value))
    if reader is Reader.TUTOR:
        return (Person(email=row.document.host.tutor.email),)
    if reader in FORMER:
        return await _former(session, row, FORMER[reader], int(ids["version"]))
    if reader is Reader.FORMER_TUTOR:
        return await _former_tutor(session, row, int(ids["version"]))
    if reader in {Reader.FORMER_AGENCY, Reader.FORMER_COUNSELLOR}:
        own, left = str(ids.get("counsellor", "")), reader is Reader.FORMER_AGENCY
        return _agents(
            await (_before(session, int(ids["former"]), own) if left else _relieved(session, row, own))
        )
    handed_over_again = "to" in ids and int(ids["to"]) != row.agency_id
    return () if handed_over_again else await _agency(session, row, reader)


async def _agency(session: ReadSession, row: ConventionRow, reader: Reader) -> Sequence[Person]:
    stage = _stage(row)
    members = await _members(session, row, stage)
    own = [one for one in members if one.user_id == row.counsellor_id and not one.waiting]
    if reader is Reader.FOLLOWERS:
        return _agents(own or [one for one in members if one.notified and stage in one.roles])
    deciding = [one for one in members if stage in one.roles and (one.notified or one in own)]
    return _agents(sorted(deciding, key=lambda one: one not in own))


def _signer(row: ConventionRow, whom: As) -> Sequence[Person]:
    if row.status is Status.DRAFT:
        return (Person(email=contact_of(row.document, whom).email),)
    return tuple(
        Person(email=one.email, phone=one.phone, signatory=one) for one in row.signatories if one.whom is whom
    )


async def _former_tutor(session: ReadSession, row: ConventionRow, version: int) -> Sequence[Person]:
    """Who was named before the change that made this version, when their address is not the new one's.

    Who signs for the company reads that the tutor changed, as those who sign do.
    """
    for line in reversed(await convention_story.entries(session, row.id)):
        if line.kind == Line.TUTOR_CHANGED and line.version == version - 1 and line.told:
            changed = dict(zip(line.facts["fields"], line.told["changes"], strict=True))
            before = str(changed.get(_TUTOR_EMAIL, {}).get("before", ""))
            return (Person(email=before),) if before not in {"", row.document.host.contact.email} else ()
    return ()


async def _former(session: ReadSession, row: ConventionRow, whom: As, version: int) -> Sequence[Person]:
    """Where the version before was sent to somebody, when neither that one nor today's goes there."""
    before = await version_of(session, row.id, version - 1)
    after = await version_of(session, row.id, version)
    if before is None or after is None or whom not in signatories(before):
        return ()
    was = contact_of(before, whom)
    now = [contact_of(one, whom) for one in (after, row.document) if whom in signatories(one)]
    email = "" if was.email in {one.email for one in now} else was.email
    phone = "" if was.phone in {one.phone for one in now} else was.phone
    return (Person(email=email, phone=phone, terms=before),) if email or phone else ()


def _stage(row: ConventionRow) -> Role:
    """The role that decides next in the agency."""
    return Role.COUNSELLOR if row.two_step and row.status is not Status.PRE_APPROVED else Role.VALIDATOR


async def _members(session: ReadSession, row: ConventionRow, stage: Role) -> Sequence[MemberRow]:
    """Those of the agency; for the validation, of the one that validates for it and the own counsellor."""
    found = list(await agency_rights.members(session, row.agency_id)) if row.agency_id is not None else []
    if stage is Role.COUNSELLOR or row.refers_to is None:
        return found
    validating = await agency_rights.members(session, row.refers_to)
    known = {one.user_id for one in validating}
    own = (one for one in found if one.user_id == row.counsellor_id and one.user_id not in known)
    return [*(replace(one, roles=one.roles - {stage}) for one in own), *validating]


async def _before(session: ReadSession, agency: int, counsellor: str) -> list[MemberRow]:
    """Its counsellor there, and those who were sent what waited: counsellors, else validators."""
    members = await agency_rights.members(session, agency)
    own = [one for one in members if str(one.user_id) == counsellor and not one.waiting]
    notified = [one for one in members if one.notified and one not in own]
    counselling = [one for one in notified if Role.COUNSELLOR in one.roles]
    return own + (counselling or [one for one in notified if Role.VALIDATOR in one.roles])


async def _relieved(session: ReadSession, row: ConventionRow, user: str) -> Sequence[MemberRow]:
    """Who followed it before another does, unless they gave up their right there or follow it again."""
    if row.counsellor_id is None or str(row.counsellor_id) == user:
        return ()
    found = [
        one
        for agency in (row.agency_id, row.refers_to)
        if agency is not None
        for one in await agency_rights.members(session, agency)
        if str(one.user_id) == user and not one.waiting
    ]
    return found[:1]


def _agents(members: Iterable[MemberRow]) -> Sequence[Person]:
    return tuple(Person(email=one.email, user=one.user_id) for one in members)

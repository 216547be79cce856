"""A convention as people read it: who prescribes, and its story, each line in words."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from data.queries import (
    agencies,
    companies,
    company_rights,
    convention_story,
    users,
)
from data.queries.conventions import ConventionRow
from data.session import ReadSession
from domain.chain import Entry
from domain.contacts import masked
from domain.convention import AS_LABELS, STAFF, As
from domain.convention_addresses import Replaced, replaced
from domain.sms import is_mobile
from domain.terms import contact_of
from domain.terms_mentions import Prescriber
from services.conventions.parties import Standing
from services.conventions.prescribers import referent
from services.conventions.story import LINE_LABELS, Line

_PERSON = frozenset({As.BENEFICIARY, As.REPRESENTATIVE})
_CHANNELS = {"email": "par un code reçu par e-mail", "sms": "par un code reçu par SMS", "paper": "sur papier"}
_SENT = {"email": "par e-mail", "sms": "par SMS"}
_OWN = "beneficiary.situation"
"""A change that only the person and the agency read: it may tell a disability or a benefit."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One field that was changed, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """One line of the story. `who` may be empty (the service); `evidence` is read by staff only."""

    number: int
    at: datetime
    kind: Line
    title: str
    who: str
    said: str = ""
    changes: tuple[Changed, ...] = ()
    evidence: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """One who signs, and when they did: None while they have not."""

    whom: As
    label: str
    name: str
    at: datetime | None
    how: str
    written: bool
    """Whether they have an address: letters go nowhere else."""
    reached: bool
    """Whether a link goes to them, by mail or on their mobile."""


def signed_by(row: ConventionRow) -> tuple[Signed, ...]:
    """Who has signed this version, and who is still to sign."""
    return tuple(
        Signed(
            whom=one.whom,
            label=AS_LABELS[one.whom],
            name=contact_of(row.document, one.whom).name,
            at=one.signed_at,
            how=_CHANNELS.get(one.channel or "", ""),
            written=bool(one.email),
            reached=bool(one.email) or is_mobile(one.phone),
        )
        for one in row.signatories
    )


async def prescriber(session: ReadSession, row: ConventionRow) -> Prescriber | None:
    """The agency as the document names it; None while none is chosen."""
    found = await agencies.by_id(session, row.agency_id) if row.agency_id is not None else None
    if found is None:
        return None
    city = f"{found.postal_code} {found.city}".strip()
    return Prescriber(
        name=found.name,
        kind=found.kind_said,
        address=", ".join(part for part in (found.address, city) if part),
        phone=found.contact_phone,
        email=found.contact_email,
        referent=await referent(session, row),
    )


async def story_of(session: ReadSession, standing: Standing) -> tuple[StoryLine, ...]:
    """The story as this person may read it, the first line first."""
    entries = await convention_story.entries(session, standing.row.id)
    names = await _names(session, entries)
    return tuple(_line(one, standing.whom, names) for one in entries)


async def last_changes(session: ReadSession, standing: Standing) -> tuple[Changed, ...]:
    """What the last edit changed, for those asked to sign again; empty when there was none."""
    if standing.row.version < 2:  # noqa: PLR2004 - an edit makes the second
        return ()
    entries = await convention_story.entries(session, standing.row.id)
    edits = [one for one in entries if one.kind == Line.EDITED]
    return tuple(_changes(edits[-1], standing.whom)) if edits else ()


async def replaced_of(session: ReadSession, row: ConventionRow) -> tuple[Replaced, ...]:
    """Of whom somebody else changed the address or the number: read before deciding."""
    return replaced(await convention_story.entries(session, row.id), row.document)


async def is_stranger(session: ReadSession, row: ConventionRow) -> bool:
    """Whether who signs for a company that proved its record here has an address that is none of its own.

    The code goes where the convention says: whoever wrote it may have written their own address.
    """
    company = await companies.by_id(session, row.company_id) if row.company_id is not None else None
    if company is None or company.proof != "proved":
        return False
    team = await company_rights.team(session, company.id)
    own = {company.contact.email, *(one.email for one in team if one.accepted)}
    return row.document.host.contact.email.lower() not in {one.lower() for one in own}


async def _names(session: ReadSession, entries: Iterable[Entry]) -> Mapping[str, str]:
    """The accounts and agencies that the lines name, by their id."""
    found: dict[str, str] = {}
    for entry in entries:
        for user in {(entry.told or {}).get(key) for key in ("by", "attested_by")} - {None} - set(found):
            account = await users.by_id(session, UUID(str(user)))
            found[str(user)] = f"{account.first_name} {account.last_name}".strip() if account else ""
        for agency in {entry.facts.get(key) for key in ("from", "to")} - {None} - set(found):
            one = await agencies.by_id(session, int(agency)) if isinstance(agency, int) else None
            found[str(agency)] = one.name if one else ""
    return found


def _line(entry: Entry, whom: frozenset[As], names: Mapping[str, str]) -> StoryLine:
    line = Line(entry.kind)
    return StoryLine(
        number=entry.number,
        at=entry.at,
        kind=line,
        title=LINE_LABELS[line],
        who=_who(entry, names),
        said=_said(line, entry, names),
        changes=tuple(_changes(entry, whom)),
        evidence=tuple(_evidence(entry)) if whom & STAFF else (),
    )


def _who(entry: Entry, names: Mapping[str, str]) -> str:
    told = entry.told or {}
    acting = entry.facts.get("as") or told.get("as")
    label = AS_LABELS[As(str(acting))] if acting in set(As) else ""
    name = str(told.get("name") or names.get(str(told.get("by")), ""))
    return f"{label} : {name}" if label and name else label or name


def _said(line: Line, entry: Entry, names: Mapping[str, str]) -> str:
    """What the line adds to its title."""
    facts, told = entry.facts, entry.told or {}
    if line is Line.CODE_SENT:
        return _SENT.get(str(facts.get("channel")), "")
    if line in {Line.SIGNED, Line.SIGNED_ON_PAPER}:
        return _signed(entry, names)
    if line is Line.TRANSFERRED:
        before, after = (names.get(str(facts.get(key)), "") for key in ("from", "to"))
        return f"De « {before} » à « {after} ». {told.get('reason', '')}".strip()
    if line is Line.REMINDED and facts.get("whom") in set(As):
        return f"Envoyé à : {AS_LABELS[As(str(facts['whom']))]}"
    if line is Line.DEPOSITED and told.get("receipt"):
        return f"Accusé de dépôt : {told['receipt']}"
    return str(told.get("reason", ""))


def _signed(entry: Entry, names: Mapping[str, str]) -> str:
    how = _CHANNELS.get(str(entry.facts.get("channel")), "")
    by = names.get(str((entry.told or {}).get("attested_by")), "")
    attested = "attestée par la structure prescriptrice" + (f" ({by})" if by else "")
    return f"{how}, {attested}" if entry.facts.get("channel") == "paper" else how


def _changes(entry: Entry, whom: frozenset[As]) -> Iterator[Changed]:
    listed = (entry.told or {}).get("changes", [])
    paths = entry.facts.get("fields", [])
    for path, one in zip(paths, listed, strict=False):
        if path == _OWN and not whom & (STAFF | _PERSON):
            continue
        yield Changed(one["label"], one["before"], one["after"])


def _evidence(entry: Entry) -> Iterator[tuple[str, str]]:
    """What proves it, for the staff, who may have to answer for it: address, browser, hashes."""
    told, facts = entry.told or {}, entry.facts
    if told.get("reached"):
        yield "Code envoyé à", masked(str(told["reached"]))
    if told.get("ip"):
        yield "Adresse IP", str(told["ip"])
    if told.get("browser"):
        yield "Navigateur", str(told["browser"])
    if facts.get("document"):
        yield "Empreinte du document", str(facts["document"])
    if facts.get("scan"):
        yield "Empreinte du papier signé", str(facts["scan"])

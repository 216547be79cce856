"""What seals a convention, read from its story: who signed what, who validated, the last line before."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from data.queries import agencies, convention_story, users
from data.queries.conventions import ConventionRow, read_terms
from data.session import ReadSession
from domain.chain import Break, ChainKeys, Entry, breaks
from domain.convention import As
from domain.french import french_date
from domain.terms import Terms
from services.conventions.document_data import Paper, Prescriber, Proof, Signature
from services.conventions.prescribers import referent
from services.conventions.story import Line

_SIGNED = frozenset({Line.SIGNED, Line.SIGNED_ON_PAPER})


class RewrittenError(Exception):
    """The story or the signed text is no longer what was sealed: nothing is made of it."""

    def __init__(self, faults: Iterable[Break] = ()) -> None:
        super().__init__(", ".join(str(one.number) for one in faults) or "the signed text")


async def whole_story(session: ReadSession, row: ConventionRow, keys: ChainKeys) -> Sequence[Entry]:
    """The lines of a story whose seals all hold; raises `RewrittenError`."""
    entries = await convention_story.entries(session, row.id)
    if faults := breaks(entries, row.head, keys.by_id):
        raise RewrittenError(faults)
    return entries


def validation_of(entries: Iterable[Entry]) -> Entry:
    """The line of the validation; raises `LookupError` when there is none."""
    return next(one for one in entries if one.kind == Line.VALIDATED)


async def signed_terms(session: ReadSession, row: ConventionRow, version: int) -> Terms:
    """The text that was signed, with the tutor of now; raises `RewrittenError` when it changed."""
    text = await convention_story.version_text(session, row.id, version)
    if text is None or hashlib.sha256(text.encode()).digest() != row.terms_sha256:
        raise RewrittenError
    signed = read_terms(json.loads(text))
    return replace(signed, host=replace(signed.host, tutor=row.document.host.tutor))


async def proof_of(session: ReadSession, row: ConventionRow, entries: Sequence[Entry]) -> Proof:
    """The proof of a validated convention; `entries` is its whole story."""
    validation = validation_of(entries)
    signatures = [one for one in entries if one.kind in _SIGNED and one.version == validation.version]
    return Proof(
        version=validation.version,
        document=row.terms_sha256.hex() if row.terms_sha256 else "",
        signatures=tuple([await _signature(session, one) for one in signatures]),
        validated_by=await _name(session, (validation.told or {}).get("by")),
        validated_at=validation.at,
        chain_head=row.chain_head.hex(),
        changed_since=_changed_since(row, entries),
    )


async def _signature(session: ReadSession, line: Entry) -> Signature:
    told = line.told or {}
    return Signature(
        whom=As(line.facts["as"]),
        name=str(told.get("name", "")),
        at=line.at,
        channel=str(line.facts["channel"]),
        reached=str(told.get("reached", "")),
        document=str(line.facts["document"]),
        attested_by=await _name(session, told.get("attested_by")),
        scan=str(line.facts.get("scan", "")),
    )


async def _name(session: ReadSession, user: object) -> str:
    account = await users.by_id(session, UUID(str(user))) if user else None
    return f"{account.first_name} {account.last_name}".strip() if account else ""


def _changed_since(row: ConventionRow, entries: Sequence[Entry]) -> str:
    """The one change that the law lets be made without signing again."""
    changes = [one for one in entries if one.kind == Line.TUTOR_CHANGED]
    if not changes:
        return ""
    tutor = row.document.host.tutor
    return f"Tuteur ou tutrice : {tutor.name}, depuis le {french_date(changes[-1].at)}."


async def paper_of(session: ReadSession, row: ConventionRow, public_url: str) -> Paper:
    """Which convention it is, for whom it is prescribed, where it is verified."""
    agency = await agencies.by_id(session, row.agency_id) if row.agency_id is not None else None
    prescriber = Prescriber(name=row.agency, kind="", siret="", address="")
    if agency is not None:
        town = f"{agency.postal_code} {agency.city}".strip()
        prescriber = Prescriber(
            name=agency.name,
            kind=agency.kind_said,
            siret=agency.siret or "",
            address=", ".join(part for part in (agency.address, town) if part),
            phone=agency.contact_phone,
            email=agency.contact_email,
            validates=agency.refers_to_name or "",
            referent=await referent(session, row),
        )
    return Paper(
        reference=row.reference,
        verify_url=f"{public_url}/verifier/{row.reference}",
        prescriber=prescriber,
    )

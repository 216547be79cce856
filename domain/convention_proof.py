"""Whether what is kept of a convention agrees with its chained story: each row that does not is named.

The chain (`domain.chain`) protects the story alone; the rest repeats it, and is compared with it here: the
texts that were signed, the document, the signatures, the scans of papers, the decisions, the status.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from domain.chain import START, Entry, Head, breaks, canonical
from domain.convention import AS_LABELS, STATUS_LABELS, As, Status
from domain.convention_lines import Line
from domain.convention_replay import Replay, replay
from domain.terms_checks import PATHS

_NOTHING = "—"
_TUTOR = "host.tutor."


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that does not agree: its table and what names it there, and why in French."""

    row: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptConvention:
    """What the convention's own row repeats. `terms`: the document as JSON, None once anonymised."""

    status: Status
    status_reason: str
    version: int
    terms: Any
    terms_sha256: bytes | None
    chain_head: bytes
    chain_end: bytes | None
    agency_id: int | None
    kind: str
    siret: str
    company_name: str
    person_key: str
    birth_date: date | None
    person_email: str
    rome: str
    department: str
    objective: str | None
    aims_key: str
    age: int | None
    starts_on: date | None
    ends_on: date | None
    days: int
    minutes: int
    submitted_at: datetime | None
    validated_at: datetime | None
    validated_by: UUID | None
    deposited_at: datetime | None
    deposit_receipt: str
    anonymised_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptVersion:
    """A text that was sent to be signed; None once anonymised."""

    version: int
    terms: str | None
    sha256: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSignature:
    """One who signs, as their row says."""

    whom: As
    email: str
    phone: str
    signed_at: datetime | None
    signed_version: int | None
    channel: str | None
    attested_by: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptScan:
    """The scan of a paper signed by hand. `found`: the hash of its content as it is now."""

    version: int
    whom: As
    sha256: bytes
    found: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDocument:
    """A sealed file, as its row says."""

    number: int
    sealed_sha256: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Everything that is kept of one convention."""

    convention: KeptConvention
    entries: Sequence[Entry]
    versions: Sequence[KeptVersion]
    signatures: Sequence[KeptSignature]
    scans: Sequence[KeptScan]
    documents: Sequence[KeptDocument]


def faults(kept: Kept, keys: Mapping[str, bytes], repeats: Mapping[str, Any]) -> tuple[Fault, ...]:
    """Every row that does not agree with the story, or with its seal; empty when all is whole.

    `repeats`: what the columns that repeat the document should hold, by column; none once anonymised.
    """
    story = replay(kept.entries)
    return (
        *_chain(kept, keys),
        *_versions(kept, story),
        *_document(kept, story, repeats),
        *_signatures(kept, story),
        *_scans(kept, story),
        *_decisions(kept, story),
        *_documents(kept, story),
    )


def _chain(kept: Kept, keys: Mapping[str, bytes]) -> Iterator[Fault]:
    head = Head(kept.convention.chain_head, kept.convention.chain_end)
    for one in breaks(kept.entries, head, keys):
        yield Fault(f"convention_events, ligne {one.number}", one.why)
    if kept.convention.anonymised_at is None:
        for entry in kept.entries:
            if entry.told is None and entry.told_hash != START:
                yield Fault(
                    f"convention_events, ligne {entry.number}", "Les noms de cette ligne ont été effacés."
                )


def _versions(kept: Kept, story: Replay) -> Iterator[Fault]:
    """The texts that were sent, against the hashes that the story tells."""
    rows = {one.version: one for one in kept.versions}
    for version in sorted(story.sent.keys() | rows.keys()):
        name, row, told = (
            f"convention_versions, version {version}",
            rows.get(version),
            story.sent.get(version),
        )
        if row is None:
            yield Fault(name, "Ce texte, envoyé à signer, a disparu.")
        elif told is None:
            yield Fault(name, "Le récit ne parle pas de ce texte.")
        elif row.sha256.hex() != told:
            yield Fault(name, "L’empreinte de ce texte n’est pas celle que dit le récit.")
        elif row.terms is not None and hashlib.sha256(row.terms.encode()).hexdigest() != told:
            yield Fault(name, "Ce texte a été changé après coup.")


def _document(kept: Kept, story: Replay, repeats: Mapping[str, Any]) -> Iterator[Fault]:
    """The document as it is shown, against the last text that was sent; the columns that repeat it."""
    row, last = kept.convention, story.last_sent
    if last is None:
        return
    version, sha256 = last
    if row.terms_sha256 is None or row.terms_sha256.hex() != sha256:
        yield Fault("conventions, terms_sha256", "L’empreinte du document n’est pas celle que dit le récit.")
    if row.version != version + len(story.tutors):
        yield Fault("conventions, version", "Le numéro de version n’est pas celui que dit le récit.")
    if row.terms is None:
        return
    if not _same_document(kept, story, version):
        yield Fault("conventions, terms", "Le document n’est pas celui qui a été envoyé à signer.")
    for name, shown in repeats.items():
        if getattr(row, name) != shown:
            yield Fault(f"conventions, {name}", "Cette colonne ne dit pas ce que dit le document.")


def _same_document(kept: Kept, story: Replay, version: int) -> bool:
    """Whether the document is the last text sent, but for its tutor, changed as the story tells."""
    text = next((one.terms for one in kept.versions if one.version == version), None)
    if text is None:
        return True
    expected = json.loads(text)
    if story.tutors and None in story.tutors:
        expected["host"]["tutor"] = kept.convention.terms["host"]["tutor"]
    for changed in story.tutors:
        for path, after in (changed or {}).items():
            if path.startswith(_TUTOR):
                expected["host"]["tutor"][path.removeprefix(_TUTOR)] = "" if after == _NOTHING else after
    return canonical(expected) == canonical(kept.convention.terms)


def _signatures(kept: Kept, story: Replay) -> Iterator[Fault]:
    """Who signed, how and when, against the story; where codes go, against the document."""
    for number, said in story.other_documents.items():
        yield Fault(f"convention_events, ligne {number}", said)
    if story.last_sent is None:
        return
    rows = {one.whom: one for one in kept.signatures}
    for whom in story.signed.keys() - rows.keys():
        yield Fault(f"convention_signatories, {whom}", f"{AS_LABELS[whom]} a signé, et sa ligne a disparu.")
    for whom, row in rows.items():
        told = story.signed.get(whom)
        for why in (*_signature(row, told), *_reached(row, kept.convention.terms)):
            yield Fault(f"convention_signatories, {whom}", why)


def _signature(row: KeptSignature, told: Entry | None) -> Iterator[str]:
    if told is None:
        if row.signed_at is not None:
            yield "Cette signature n’est pas dans le récit."
        return
    if row.signed_at is None:
        yield "Cette personne a signé d’après le récit, et n’a pas signé d’après sa ligne."
        return
    agent = (told.told or {}).get("attested_by")
    if row.signed_at != told.at:
        yield "La date de cette signature n’est pas celle du récit."
    if row.channel != told.facts.get("channel"):
        yield "Le moyen de cette signature n’est pas celui du récit."
    if row.signed_version != told.version:
        yield "La version signée n’est pas celle du récit."
    if agent and row.attested_by is not None and str(row.attested_by) != agent:
        yield "Cette signature sur papier a été attestée par quelqu’un d’autre, d’après le récit."


def _reached(row: KeptSignature, terms: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Where codes go is what the document says: a row changed would send them to somebody else."""
    if terms is None:
        return
    person = terms
    for part in PATHS[row.whom].split("."):
        person = person[part]
    if (row.email and row.email != person["email"]) or (row.phone and row.phone != person["phone"]):
        yield "Son adresse ou son numéro ne sont pas ceux du document."


def _scans(kept: Kept, story: Replay) -> Iterator[Fault]:
    """The papers signed by hand, against the hashes that the story tells; anonymising deletes them."""
    rows = {(one.version, one.whom): one for one in kept.scans}
    for key in sorted(story.scans.keys() | rows.keys()):
        row, told = rows.get(key), story.scans.get(key)
        name = f"convention_scans, {key[1]}, version {key[0]}"
        if row is None:
            if kept.convention.anonymised_at is None:
                yield Fault(name, "Ce papier signé, numérisé, a disparu.")
        elif told is None:
            yield Fault(name, "Le récit ne parle pas de ce papier signé.")
        elif {row.sha256.hex(), row.found.hex()} != {told}:
            yield Fault(name, "Ce papier signé, numérisé, a été changé après coup.")


def _decisions(kept: Kept, story: Replay) -> Iterator[Fault]:
    """The status and what was decided, against the story."""
    row = kept.convention
    told = story.status({one.whom for one in kept.signatures})
    if row.status is not told:
        why = f"Elle est « {STATUS_LABELS[row.status]} », et le récit dit « {STATUS_LABELS[told]} »."
        yield Fault("conventions, status", why)
    compared: tuple[tuple[str, object, object], ...] = (
        ("submitted_at", row.submitted_at, story.at(Line.SUBMITTED)),
        ("validated_at", row.validated_at, story.at(Line.VALIDATED)),
        ("deposited_at", row.deposited_at, story.at(Line.DEPOSITED)),
    )
    for name, found, expected in compared:
        if found != expected:
            yield Fault(f"conventions, {name}", "Cette date n’est pas celle que dit le récit.")
    if story.agency is not None and row.agency_id != story.agency:
        yield Fault("conventions, agency_id", "La structure prescriptrice n’est pas celle que dit le récit.")
    yield from _words(kept, story)


def _words(kept: Kept, story: Replay) -> Iterator[Fault]:
    """What only the erasable words of the story tell."""
    row = kept.convention
    by = story.told(Line.VALIDATED, "by")
    if by and row.validated_by is not None and str(row.validated_by) != by:
        yield Fault("conventions, validated_by", "Quelqu’un d’autre a validé, d’après le récit.")
    reason = story.reason
    if reason is not None and row.status_reason != reason:
        yield Fault("conventions, status_reason", "Cette raison n’est pas celle que dit le récit.")
    receipt = story.told(Line.DEPOSITED, "receipt")
    if receipt and row.deposit_receipt != receipt:
        yield Fault("conventions, deposit_receipt", "Cet accusé de dépôt n’est pas celui que dit le récit.")


def _documents(kept: Kept, story: Replay) -> Iterator[Fault]:
    """The sealed files, against the hashes that the story tells."""
    rows = {one.number: one.sealed_sha256.hex() for one in kept.documents}
    for number in sorted(story.sealed.keys() | rows.keys()):
        name, found, told = f"convention_documents, n° {number}", rows.get(number), story.sealed.get(number)
        if found is None:
            yield Fault(name, "Ce document scellé a disparu.")
        elif told is None:
            yield Fault(name, "Le récit ne parle pas de ce document.")
        elif found != told:
            yield Fault(name, "L’empreinte de ce document n’est pas celle que dit le récit.")

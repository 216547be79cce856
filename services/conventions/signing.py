"""Signing: a code to the signatory's own phone or address, then the proof, chained (domain.md, §5).

A code is never kept: it is computed from the key of the service, the signatory, the document's version and
the moment it was asked, by whoever sends it and whoever checks it.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from data.queries import convention_scans, convention_signatories, conventions
from data.queries.convention_signatories import SignatoryRow
from data.queries.conventions import ConventionRow
from data.session import Session
from domain.convention import As, Move, Status
from domain.errors import ConflictError, FieldError, InvalidInputError
from domain.paper_scan import Scan
from domain.roles import require_account
from domain.sms import is_mobile
from domain.terms import contact_of
from services.conventions.parties import Standing
from services.conventions.story import Line, Office, Said, tell
from services.followups import Event, follow

CODE_LIFE = timedelta(minutes=10)
CODE_TRIES = 5
CODE_PAUSE = timedelta(seconds=60)
"""Between two codes."""
_UNREACHED = (
    "Nous ne pouvons pas vous envoyer de code : signez sur papier avec la structure qui vous accompagne."
)
_CHANGED = "La convention a changé depuis que vous l’avez ouverte : relisez-la avant de signer."


@dataclass(frozen=True, slots=True)
class Device:
    """What signs: kept as evidence. `agent`: what the browser says it is, 300 characters at most."""

    ip: str
    agent: str


def code_of(secret_key: str, signatory: SignatoryRow, version: int) -> str:
    """The six figures last asked by that signatory for that version."""
    if signatory.code_sent_at is None:
        raise ValueError("no code was asked")
    at = signatory.code_sent_at.astimezone(UTC).isoformat()
    seed = f"code:{signatory.id}:{version}:{at}"
    digest = hmac.new(secret_key.encode(), seed.encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"


def reach(office: Office, signatory: SignatoryRow) -> tuple[str, str]:
    """By what channel a code goes to them, and where: their own mobile, else their address, else nowhere."""
    if office.texts and is_mobile(signatory.phone):
        return "sms", signatory.phone
    return "email", signatory.email


async def ask_code(office: Office, standing: Standing, signatory: SignatoryRow) -> str:
    """Send a code by SMS when a mobile is known, else by mail; the channel. Raises `ConflictError`."""
    standing.step(Move.SIGN)
    sent = signatory.code_sent_at
    if sent is not None and office.now - sent < CODE_PAUSE:
        raise ConflictError("Un code vient d’être envoyé. Attendez une minute avant d’en demander un autre.")
    channel, reached = reach(office, signatory)
    if not reached:
        raise ConflictError(_UNREACHED)
    values = {"code_channel": channel, "code_sent_at": office.now, "code_tries": 0}
    await convention_signatories.change(office.session, signatory.id, values)
    facts = {"as": signatory.whom.value, "channel": channel}
    await tell(office, standing.row, Said(Line.CODE_SENT, facts))
    at = office.now.astimezone(UTC).isoformat()
    event = Event.CONVENTION_CODE_ASKED if channel == "sms" else Event.CONVENTION_CODE_BY_MAIL
    await follow(office.session, event, signatory=str(signatory.id), at=at)
    return channel


@dataclass(frozen=True, slots=True)
class Typed:
    """What a signatory sends: the code, and the hash of the document they read."""

    code: str
    document: str


async def sign(
    office: Office,
    standing: Standing,
    signatory: SignatoryRow,
    typed: Typed,
    device: Device,
) -> bool:
    """Sign the version that was read; True when it is signed, False when the code is wrong.

    A wrong code is counted, so it raises nothing: the count must be committed. Raises `ConflictError` when
    the document changed meanwhile or the code is too old, as every move when it is signed already.
    """
    status, _ = standing.step(Move.SIGN)
    row = standing.row
    if row.terms_sha256 is None or typed.document != row.terms_sha256.hex():
        raise ConflictError(_CHANGED)
    _check_age(signatory, office.now)
    if not hmac.compare_digest(code_of(office.secret_key, signatory, row.version), typed.code):
        tries = signatory.code_tries + 1
        await convention_signatories.change(office.session, signatory.id, {"code_tries": tries})
        return False
    channel = signatory.code_channel or "email"
    values = {
        "signed_at": office.now,
        "signed_version": row.version,
        "channel": channel,
        "code_sent_at": None,
    }
    await convention_signatories.change(office.session, signatory.id, values)
    facts = {"as": signatory.whom.value, "channel": channel, "document": typed.document}
    reached = signatory.phone if channel == "sms" else signatory.email
    told = {"name": contact_of(row.document, signatory.whom).name, "reached": reached}
    told |= {"ip": device.ip, "browser": device.agent[:300]}
    await tell(office, row, Said(Line.SIGNED, facts, told))
    await _signed(office.session, row, status, signatory.whom, office.now)
    return True


def _check_age(signatory: SignatoryRow, now: datetime) -> None:
    sent = signatory.code_sent_at
    if sent is None or now - sent > CODE_LIFE:
        raise ConflictError("Ce code ne vaut plus : il dure 10 minutes. Demandez-en un autre.")
    if signatory.code_tries >= CODE_TRIES:
        raise ConflictError("Trop d’essais avec ce code. Demandez-en un autre.")


async def attest_paper(office: Office, standing: Standing, whom: As, scan: Scan | None = None) -> None:
    """An agent attests a signature on paper, and keeps its scan if they joined one.

    Raises `InvalidInputError` on `whom`, or as every move.
    """
    status, agent = standing.step(Move.ATTEST_PAPER)
    row = standing.row
    signatory = next((one for one in row.signatories if one.whom is whom and one.signed_at is None), None)
    if signatory is None:
        said = "Cette personne a déjà signé, ou n’a pas à signer."
        raise InvalidInputError((FieldError("whom", said, "signed"),))
    user = require_account(standing.actor)
    values = {"signed_at": office.now, "signed_version": row.version, "channel": "paper", "attested_by": user}
    await convention_signatories.change(office.session, signatory.id, values)
    sha256 = row.terms_sha256.hex() if row.terms_sha256 else ""
    facts = {"as": whom.value, "channel": "paper", "document": sha256, "attested_as": agent.value}
    if scan is not None:
        await _keep_scan(office, row, whom, scan, user)
        facts["scan"] = scan.sha256.hex()
    told = {"name": contact_of(row.document, whom).name, "attested_by": str(user)}
    await tell(office, row, Said(Line.SIGNED_ON_PAPER, facts, told))
    await _signed(office.session, row, status, whom, office.now)


async def _keep_scan(office: Office, row: ConventionRow, whom: As, scan: Scan, user: UUID) -> None:
    values = {"convention_id": row.id, "version": row.version, "whom": whom.value, "sha256": scan.sha256}
    values |= {"media_type": scan.media_type, "content": scan.content, "by_user": user, "at": office.now}
    await convention_scans.add(office.session, values)


async def _signed(session: Session, row: ConventionRow, status: Status, whom: As, now: datetime) -> None:
    await conventions.change(session, row.id, {"status": status.value}, now)
    event = Event.CONVENTION_TO_REVIEW if status is Status.IN_REVIEW else Event.CONVENTION_SIGNED
    ids: dict[str, int | str] = {"convention": str(row.id), "version": row.version}
    if event is Event.CONVENTION_SIGNED:
        ids["whom"] = whom.value
    await follow(session, event, **ids)

"""What the prescriber decides: pre-approval, validation, refusal, cancellation, transfer, deposit."""

from dataclasses import replace
from uuid import UUID

from data.queries import agencies, conventions
from data.queries.conventions import ConventionRow, plain
from data.session import Session
from domain.assessment import Side
from domain.contacts import is_email
from domain.convention import As, Move, Status, check_not_over, check_reason
from domain.convention_leaving import REASON
from domain.errors import ConflictError, FieldError, InvalidInputError
from domain.french import PARIS
from domain.roles import NOBODY, require_account
from domain.terms import Contact, Terms
from domain.terms_changes import changes
from domain.terms_checks import check_terms, tidied
from domain.values import clean_line
from services.assessments.opening import reached, subject
from services.conventions.following import deciding_referent
from services.conventions.limits import begun, today_at
from services.conventions.parties import Standing
from services.conventions.story import Line, Office, Said, tell
from services.followups import Event, follow
from services.links import Purpose, revoke, sent_since

_MAX_RECEIPT = 100
_BEGUN = "L’immersion devait déjà commencer : changez d’abord les dates, puis faites signer."


async def pre_approve(office: Office, standing: Standing) -> None:
    """A counsellor finds it right; the validators are told. Without a referent, they are it."""
    await _decide(office, standing, Move.PRE_APPROVE, Line.PRE_APPROVED)
    await _follow(office.session, Event.CONVENTION_PRE_APPROVED, standing.row, version=True)


async def validate(office: Office, standing: Standing) -> None:
    """The prescriber signs; raises `ConflictError` once begun, or when its delegation has ended."""
    row = standing.row
    standing.step(Move.VALIDATE)
    if begun(row.document, office.now):
        raise ConflictError(_BEGUN)
    if not row.agency_validates(office.now.date()):
        raise ConflictError("La délégation de votre structure a pris fin : elle ne peut plus valider.")
    user = require_account(standing.actor)
    await conventions.change(
        office.session, row.id, {"validated_at": office.now, "validated_by": user}, office.now
    )
    await _decide(office, standing, Move.VALIDATE, Line.VALIDATED)
    await _follow(office.session, Event.CONVENTION_VALIDATED, row)


async def reject(office: Office, standing: Standing, reason: str) -> None:
    """Refuse, with a reason that everybody reads; raises `InvalidInputError` on `reason`."""
    await _decide(office, standing, Move.REJECT, Line.REJECTED, check_reason(reason))
    await _follow(office.session, Event.CONVENTION_REJECTED, standing.row)


async def cancel(office: Office, standing: Standing, reason: str) -> None:
    """Cancel what was validated, with a reason that everybody reads, until a month after its end."""
    row = standing.row
    standing.step(Move.CANCEL)
    check_not_over(row.ends_on, office.now.astimezone(PARIS).date())
    await _decide(office, standing, Move.CANCEL, Line.CANCELLED, check_reason(reason))
    await _follow(office.session, Event.CONVENTION_CANCELLED, row)


async def withdraw(office: Office, row: ConventionRow) -> None:
    """Cancel what was not decided: the account of its person is being deleted."""
    standing = Standing(NOBODY, row, frozenset({As.BENEFICIARY}))
    await _decide(office, standing, Move.LEAVE, Line.CANCELLED, REASON)
    await _follow(office.session, Event.CONVENTION_CANCELLED, row)


async def expire(office: Office, row: ConventionRow) -> None:
    """The clock abandons what nobody validated, a month after its end."""
    standing = Standing(NOBODY, row, frozenset({As.CLOCK}))
    await _decide(office, standing, Move.EXPIRE, Line.EXPIRED)
    await _follow(office.session, Event.CONVENTION_EXPIRED, row)


async def transfer(office: Office, standing: Standing, agency: int, reason: str) -> None:
    """Hand over to another agency, signatures kept; raises `InvalidInputError` on `agency`, `reason`."""
    said = check_reason(reason)
    found = await agencies.by_id(office.session, agency)
    if found is None or not found.validates(office.now.date()) or agency == standing.row.agency_id:
        raise InvalidInputError(
            (FieldError("agency", "Choisissez une autre structure, qui valide ici.", "agency"),)
        )
    status, whom = standing.step(Move.TRANSFER)
    row = standing.row
    values = {"agency_id": agency, "counsellor_id": None, "status": status.value}
    await conventions.change(office.session, row.id, values, office.now)
    facts = {"from": row.agency_id, "to": agency, "as": whom.value}
    await tell(office, row, Said(Line.TRANSFERRED, facts, standing.by | {"reason": said}))
    ids: dict[str, int | str] = {"convention": str(row.id), "version": row.version, "to": agency}
    if row.agency_id is not None:
        ids["former"] = row.agency_id
    if row.counsellor_id is not None:
        ids["counsellor"] = str(row.counsellor_id)
    await follow(office.session, Event.CONVENTION_TRANSFERRED, **ids)


async def change_tutor(office: Office, standing: Standing, tutor: Contact) -> None:
    """The only change after validation: everybody is told, and the document is made again.

    A new address answers for the company in the assessment, and the former one no more.
    """
    _, whom = standing.step(Move.CHANGE_TUTOR)
    row = standing.row
    terms = tidied(replace(row.document, host=replace(row.document.host, tutor=tutor)))
    found = check_terms(terms, today_at(terms, office.now))
    errors = tuple(one for one in found if one.field.startswith("host.tutor"))
    if errors or not is_email(terms.host.tutor.email):
        raise InvalidInputError(errors)
    different = changes(row.document, terms)
    if not different:
        raise ConflictError("Rien n’a changé.")
    values = {"terms": plain(terms), "version": row.version + 1}
    await conventions.change(office.session, row.id, values, office.now)
    words = [{"label": one.label, "before": one.before, "after": one.after} for one in different]
    facts = {"as": whom.value, "fields": [one.field for one in different]}
    await tell(office, row, Said(Line.TUTOR_CHANGED, facts, standing.by | {"changes": words}))
    ids: dict[str, int | str] = {"convention": str(row.id), "version": row.version + 1}
    await follow(office.session, Event.CONVENTION_TUTOR_CHANGED, **ids)
    await _pass_assessment_on(office.session, row, terms)


async def _pass_assessment_on(session: Session, row: ConventionRow, terms: Terms) -> None:
    """Revoke the former tutor's link to the assessment; whoever follows is asked, if they had been."""
    side = Side.COMPANY
    fresh = replace(row, terms=terms)
    if reached(row, side) == reached(fresh, side):
        return
    about = subject(row.id, side)
    asked = await sent_since(session, Purpose.ASSESSMENT, about, row.created_at)
    await revoke(session, Purpose.ASSESSMENT, about)
    if asked:
        await follow(session, Event.ASSESSMENT_ASKED, convention=str(row.id), side=side.value)


async def record_deposit(office: Office, standing: Standing, receipt: str) -> None:
    """The convention was deposited with the State's teleservice: when, by whom, with what receipt."""
    _, whom = standing.step(Move.RECORD_DEPOSIT)
    tidy = clean_line(receipt)
    if not 0 < len(tidy) <= _MAX_RECEIPT:
        said = f"Écrivez le numéro de l’accusé de dépôt, en {_MAX_RECEIPT} caractères au plus."
        raise InvalidInputError((FieldError("receipt", said, "required"),))
    user = require_account(standing.actor)
    values = {"deposited_at": office.now, "deposited_by": user, "deposit_receipt": tidy}
    await conventions.change(office.session, standing.row.id, values, office.now)
    said_ = Said(Line.DEPOSITED, {"as": whom.value}, standing.by | {"receipt": tidy})
    await tell(office, standing.row, said_)


async def _decide(
    office: Office,
    standing: Standing,
    move: Move,
    line: Line,
    reason: str = "",
) -> Status:
    status, whom = standing.step(move)
    values: dict[str, str | UUID] = {"status": status.value, "status_reason": reason}
    if move in {Move.PRE_APPROVE, Move.VALIDATE}:
        values |= deciding_referent(standing)
    await conventions.change(office.session, standing.row.id, values, office.now)
    sha256 = standing.row.terms_sha256.hex() if standing.row.terms_sha256 else ""
    facts = {"as": whom.value, "document": sha256}
    told = standing.by | ({"reason": reason} if reason else {})
    await tell(office, standing.row, Said(line, facts, told))
    return status


async def _follow(session: Session, event: Event, row: ConventionRow, *, version: bool = False) -> None:
    ids: dict[str, int | str] = {"convention": str(row.id)}
    await follow(session, event, **(ids | {"version": row.version} if version else ids))

"""A company's registration: a draft saved at each step, submitted, proved by a link, then published."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from data.queries import companies, links, places, registrations
from data.queries.registrations import RegistrationRow
from data.session import ReadSession, Session
from domain.company import (
    CompanyForm,
    RegistrationStatus,
    Step,
    check,
    needs_check,
    siret_fault,
    tidy,
)
from domain.company_inputs import StepValues, step_of
from domain.errors import ConflictError, FieldError, InvalidInputError, RegisteredError
from domain.flags import Flag
from domain.roles import NOBODY, Actor
from domain.values import compact_siret
from services import edits, settling, steps
from services import links as mailed
from services.companies import BANNED, KNOWN, Lookup, LookupOutcome, publish
from services.drafts import (
    CLOSED,
    FORM_STEPS,
    Kept,
    Registration,
    check_holder,
    data_of,
    emptied,
    found,
    open_to_change,
    seen,
    written,
)
from services.flags import check_open
from services.followups import Event, follow
from services.links import Purpose

TOKEN_BYTES = 32
_PROVED = {RegistrationStatus.PUBLISHED, RegistrationStatus.TO_CHECK}


@dataclass(frozen=True, slots=True)
class Proved:
    """What a proof led to: `published`, or `to_check` by a person first."""

    status: RegistrationStatus
    siret: str


async def _refuse_known(session: ReadSession, siret: str) -> None:
    """Raise `ConflictError` when that SIRET cannot be registered any more."""
    company = await companies.by_siret(session, siret)
    if company and company.banned:
        raise ConflictError(BANNED)
    if company and company.proof == "proved":
        raise RegisteredError(KNOWN)


async def _prefilled(session: ReadSession, siret: str, answer: Lookup | None) -> Kept:
    """What is known of that SIRET: by the register, else by the public file it was imported from."""
    if answer and answer.draft:
        draft = answer.draft
        form = CompanyForm(identity=draft.identity, places=(draft.place,) if draft.place else ())
        return Kept(form=form, diffusible=draft.diffusible)
    known = await companies.by_siret(session, siret)
    if known is None:
        return Kept(form=CompanyForm(identity=replace(CompanyForm().identity, siret=siret)))
    listed = await places.places_of(session, known.id)
    form = CompanyForm(identity=known.identity, places=tuple(row.place for row in listed))
    return Kept(form=form, diffusible=known.diffusible)


async def start_registration(
    session: Session, siret: str, now: datetime, answer: Lookup | None = None
) -> tuple[str, Registration]:
    """Start a draft: the browser's token (only its hash is kept) and the draft, filled with `answer`.

    Raises `InvalidInputError` on `siret`, `ConflictError` when the company is proved or banned.
    """
    await check_open(session, Flag.COMPANY_REGISTRATION)
    compact = compact_siret(siret)
    if fault := siret_fault(compact):
        raise InvalidInputError((fault,))
    if answer and answer.outcome is LookupOutcome.CLOSED:
        raise InvalidInputError((FieldError("siret", answer.message, "closed"),))
    await _refuse_known(session, compact)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    kept = await _prefilled(session, compact, answer)
    return token, seen(await registrations.start(session, token, compact, data_of(kept), now))


async def load_registration(session: ReadSession, token: str, actor: Actor = NOBODY) -> Registration:
    """The browser's registration; raises `NotFoundError`, `SignInError` for an edit of another account."""
    registration = seen(found(await registrations.by_token(session, token)))
    check_holder(registration, actor)
    return registration


async def save_step(
    session: Session,
    token: str,
    step: Step,
    values: StepValues | Mapping[str, object],
    now: datetime,
) -> Registration:
    """Keep one step, given as its shape or as the inputs of its page.

    Going back to a step after the mail was sent takes the registration back to a draft: the link sent is
    withdrawn, for the address may have been the mistake. Raises `InvalidInputError`, `NotFoundError`,
    `ConflictError`.
    """
    row = open_to_change(await registrations.lock_by_token(session, token))
    typed = step_of(step, values) if isinstance(values, Mapping) else values
    before = seen(row)
    form = await steps.with_step(session, before, step, typed)
    if form.identity.siret != row.siret:
        await _refuse_known(session, form.identity.siret)
    if row.status is RegistrationStatus.TO_PROVE:
        await links.revoke(session, Purpose.PROVE, str(row.id))
    draft = replace(
        before,
        status=RegistrationStatus.DRAFT,
        siret=form.identity.siret,
        form=form,
        done=tuple(known for known in FORM_STEPS if known in before.done or known is step),
        updated_at=now,
    )
    await registrations.save(session, written(row, draft, now), now)
    return draft


async def _whole(session: ReadSession, form: CompanyForm) -> CompanyForm:
    """A tidied form, settled; raises `InvalidInputError` with everything that cannot be accepted."""
    errors = check(form)
    if errors:
        raise InvalidInputError(errors)
    settled, errors = await settling.settle(session, form)
    if errors:
        raise InvalidInputError(errors)
    return settled


async def submit(session: Session, token: str, now: datetime, actor: Actor = NOBODY) -> Registration:
    """Send the registration: a mail carries the link that proves its address.

    An edit is published at once, except for a new address, which is proved first. Submitting twice sends
    one mail. Raises `InvalidInputError`, `NotFoundError`, `ConflictError`; for an edit, `StaleError` when
    somebody else changed the company meanwhile, and `SignInError`, `ForbiddenError` when it was opened
    by an account.
    """
    row = open_to_change(await registrations.lock_by_token(session, token))
    if row.status is RegistrationStatus.TO_PROVE:
        return seen(row)
    draft = seen(row)
    form = await _whole(session, draft.form)
    if row.company_id is not None:
        return await edits.submit_edit(session, row, replace(draft, form=form), now, actor)
    await _refuse_known(session, row.siret)
    sent = replace(draft, form=form, status=RegistrationStatus.TO_PROVE, updated_at=now)
    await registrations.save(session, written(row, sent, now), now)
    await follow(session, Event.REGISTRATION_SUBMITTED, registration=str(row.id))
    return sent


async def resend_proof(session: Session, token: str, now: datetime) -> Registration:
    """Send the mail of a submitted registration once more; raises `NotFoundError`, `ConflictError`."""
    row = open_to_change(await registrations.lock_by_token(session, token))
    if row.status is not RegistrationStatus.TO_PROVE:
        raise ConflictError("Terminez d’abord l’inscription : l’e-mail part à la dernière étape.")
    await registrations.save(session, replace(row, updated_at=now), now)
    await follow(session, Event.REGISTRATION_SUBMITTED, registration=str(row.id))
    return replace(seen(row), updated_at=now)


async def register(
    session: Session, form: CompanyForm, now: datetime, answer: Lookup | None = None
) -> tuple[str, Registration]:
    """The whole form at once, by the same rules: started, saved and submitted. Gives as `start` does."""
    tidied = tidy(form)
    settled = await _whole(session, tidied)
    token, _ = await start_registration(session, tidied.identity.siret, now, answer)
    row = found(await registrations.lock_by_token(session, token))
    draft = replace(seen(row), form=settled, done=FORM_STEPS)
    await registrations.save(session, written(row, draft, now), now)
    return token, await submit(session, token, now)


async def already_proved(session: ReadSession, link_token: str) -> Proved | None:
    """What a link that has served led to, None while there is something to confirm; writes nothing."""
    subject_id = await links.read_used(session, link_token, Purpose.PROVE)
    row = await registrations.by_id(session, UUID(subject_id)) if subject_id else None
    if row is None or row.status not in _PROVED:
        return None
    return Proved(row.status, row.siret)


async def prove(session: Session, link_token: str, now: datetime) -> Proved:
    """The person opened the link sent to their address: publish, or ask a person to look first.

    The same link again tells the same. Raises `NotFoundError` or `ExpiredError` for the link,
    `ConflictError` when the company was proved by somebody else meanwhile, or is banned.
    """
    link = await mailed.find(session, link_token, Purpose.PROVE, now)
    row = found(await registrations.lock(session, UUID(link.subject_id)))
    if row.status in _PROVED:
        return Proved(row.status, row.siret)
    if row.status in CLOSED:
        raise ConflictError(CLOSED[row.status])
    await mailed.use(session, Purpose.PROVE, link, now)
    draft = seen(row)
    if needs_check(draft.form):
        return await _to_check(session, row, draft, now)
    return await publish_proved(session, row, now)


async def _to_check(session: Session, row: RegistrationRow, draft: Registration, now: datetime) -> Proved:
    if row.company_id is None:
        await _refuse_known(session, row.siret)
    checked = replace(draft, status=RegistrationStatus.TO_CHECK)
    await registrations.save(session, written(row, checked, now), now)
    await follow(session, Event.REGISTRATION_TO_CHECK, registration=str(row.id))
    return Proved(RegistrationStatus.TO_CHECK, row.siret)


async def publish_proved(session: Session, row: RegistrationRow, now: datetime) -> Proved:
    """Publish a locked registration whose address is proved; raises `ConflictError` as `publish` does."""
    if row.company_id is not None:
        await edits.prove_address(session, row, now)
    else:
        draft = seen(row)
        await publish(session, draft.form, now, diffusible=draft.diffusible)
        await registrations.save(session, emptied(row, now), now)
    return Proved(RegistrationStatus.PUBLISHED, row.siret)

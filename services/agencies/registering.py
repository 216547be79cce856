"""An agency says that it exists, or that it is one we know by a public file: a person decides then."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from clients.sirene import Sirene
from data.queries import agencies, agency_rights, users
from data.queries.agencies import FORM, AgencyRow
from data.session import ReadSession, Session
from domain.agency import AgencyStatus
from domain.agency_form import AgencyForm, check_roles
from domain.audit import AuditAction
from domain.errors import ConflictError, NotFoundError, SignInError
from domain.flags import Flag
from domain.roles import Actor, Role
from services import audit
from services.agencies.serving import GONE, locked
from services.agencies.settling import form_of, same_address, settle
from services.companies import LOOKUP_MESSAGES, Lookup, LookupOutcome, lookup
from services.flags import check_open
from services.followups import Event, follow

CLAIMED = (
    "Quelqu’un a déjà inscrit cette structure. Demandez plutôt à la rejoindre : "
    "son administration vous répond."
)
_SIGN_IN = "Connectez-vous pour inscrire votre structure."


class KnownAgencyError(ConflictError):
    """Agencies that look the same are known: the person chooses to join one, or says that it is another."""

    code = "known"

    def __init__(self, alike: tuple[AgencyRow, ...]) -> None:
        super().__init__("Nous connaissons déjà une structure qui ressemble à la vôtre. Est-ce la même ?")
        self.alike = alike


@dataclass(frozen=True, slots=True)
class Prefilled:
    """A form begun for the person, and what to tell them of it (empty: nothing)."""

    form: AgencyForm
    told: str = ""


def signed_in(actor: Actor) -> UUID:
    """The account that asks; raises `SignInError`."""
    if actor.user is None:
        raise SignInError(_SIGN_IN)
    return actor.user


async def prefilled(sirene: Sirene, siret: str, email: str) -> Prefilled:
    """A form with what the register says of that SIRET; raises `InvalidInputError` on `siret`.

    A register that is slow or down, or does not know it, leaves the form to be filled by hand.
    """
    form = AgencyForm(siret=siret, contact_email=email)
    answer: Lookup = await lookup(sirene, siret)
    told = LOOKUP_MESSAGES[answer.outcome]
    if answer.outcome is not LookupOutcome.FOUND or answer.draft is None:
        return Prefilled(form, told)
    identity, place = answer.draft.identity, answer.draft.place
    form = replace(form, siret=identity.siret, name=identity.custom_name or identity.name)
    if place:
        form = replace(form, address=place.address, postal_code=place.postal_code, city=place.city)
    return Prefilled(form, told)


async def claimable(session: ReadSession, agency_id: int, email: str) -> AgencyForm:
    """What a public file says of an agency, to be completed by its people.

    Raises `NotFoundError` when there is no such agency, `ConflictError` when somebody claimed it,
    `ClosedError` while registration is closed.
    """
    await check_open(session, Flag.AGENCY_REGISTRATION)
    agency = await agencies.by_id(session, agency_id)
    await _refuse_claimed(session, agency)
    return replace(form_of(agency), contact_email=agency.contact_email or email) if agency else AgencyForm()


async def _refuse_claimed(session: ReadSession, agency: AgencyRow | None) -> None:
    if agency is None or agency.status in {AgencyStatus.REJECTED, AgencyStatus.CLOSED}:
        raise NotFoundError(GONE)
    if agency.status is AgencyStatus.ACTIVE or await agencies.claimed(session, agency.id):
        raise ConflictError(CLAIMED)


async def register(
    session: Session,
    actor: Actor,
    form: AgencyForm,
    roles: Iterable[Role],
    now: datetime,
    *,
    another: bool = False,
) -> int:
    """Write an agency that waits to be activated; its registrant will administer it. Gives its id.

    `another` says that it is none of those that look the same. Raises `InvalidInputError`,
    `KnownAgencyError`, `SignInError`, `ClosedError` while registration is closed.
    """
    user, asked = signed_in(actor), frozenset(roles)
    await check_open(session, Flag.AGENCY_REGISTRATION)
    settled = await settle(session, form, now, check_roles(asked, refers=form.refers_to is not None))
    if not another:
        await _refuse_alike(session, settled.form)
    agency_id = await agencies.add(session, {**settled.values(), "source": FORM}, now)
    await _first_admin(session, agency_id, user, asked, now)
    if settled.form.address:
        await follow(session, Event.AGENCY_UNPLACED, agency=agency_id)
    await audit.record(
        session, actor, AuditAction.AGENCY_REGISTERED, "agency", agency_id, now, agency=agency_id
    )
    return agency_id


async def _refuse_alike(session: ReadSession, form: AgencyForm, but: int = 0) -> None:
    alike = await agencies.similar(session, form.siret, form.name, form.postal_code, but)
    if alike:
        raise KnownAgencyError(alike)


async def claim(
    session: Session, actor: Actor, agency_id: int, form: AgencyForm, roles: Iterable[Role], now: datetime
) -> None:
    """Say that an agency of a public file is one's own, with what the file lacked.

    Raises `InvalidInputError`, `NotFoundError`, `ConflictError`, `SignInError`, `ClosedError`.
    """
    user, asked = signed_in(actor), frozenset(roles)
    await check_open(session, Flag.AGENCY_REGISTRATION)
    before = await locked(session, agency_id)
    await _refuse_claimed(session, before)
    settled = await settle(
        session, form, now, check_roles(asked, refers=form.refers_to is not None), before=before
    )
    await agencies.change(session, agency_id, settled.values(before), now)
    await _first_admin(session, agency_id, user, asked, now)
    if settled.form.address and not (before.point and same_address(before, settled.form)):
        await follow(session, Event.AGENCY_UNPLACED, agency=agency_id)
    await audit.record(session, actor, AuditAction.AGENCY_CLAIMED, "agency", agency_id, now, agency=agency_id)


async def _first_admin(
    session: Session, agency_id: int, user: UUID, roles: frozenset[Role], now: datetime
) -> None:
    await agency_rights.remove(session, agency_id, user)
    await agency_rights.ask(session, agency_id, user, {Role.AGENCY_ADMIN, *roles}, now)
    await follow(session, Event.AGENCY_REGISTERED, agency=agency_id, user=str(user))


async def own_address(session: ReadSession, actor: Actor) -> str:
    """The address of the account that asks, empty when it is gone."""
    account = await users.by_id(session, signed_in(actor))
    return account.email if account else ""


async def validators(session: ReadSession, but: int = 0) -> tuple[tuple[int, str], ...]:
    """The agencies another may refer to: id and name; `but` aside."""
    return tuple(one for one in await agencies.validating(session) if one[0] != but)

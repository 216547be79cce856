"""Signing in with ProConnect: the flow a browser started is ended in the same browser, once.

An account is found by the subject that ProConnect gives for good; else by the address, which is a
professional one that ProConnect verified, and is then linked to that subject. A passport of the browser is
left alone: at work, it is often that of a person who was helped.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from clients.oidc import Identity, ProConnect, RefusedError, flow_of
from data.queries import sign_ins, users
from data.queries.users import Told
from data.session import Session
from domain.account import MAX_NAME, account_email, local_path
from domain.errors import ConflictError, ExpiredError, InvalidInputError
from domain.values import clean_line, is_siret
from services.accounts.entering import Browser, Entered, Proof, enter

FLOW_LIFE = timedelta(minutes=10)
"""Time to sign in at the provider."""
_OLD = "Cette connexion n’est plus valable, ou a été commencée dans un autre onglet. Recommencez."
_TAKEN = (
    "Cette adresse est déjà celle d’un compte lié à une autre identité ProConnect. "
    "Connectez-vous par e-mail, ou écrivez-nous."
)
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class CameBack:
    """What a browser brings back: the parameters of the address, and the state of its cookie."""

    state: str
    code: str
    error: str
    kept_state: str


async def start(
    session: Session, provider: ProConnect, secret_key: str, next_path: str, now: datetime
) -> tuple[str, str]:
    """The address where the browser is sent, and the state it keeps; raises `UnavailableError`."""
    state = secrets.token_urlsafe(_TOKEN_BYTES)
    address = await provider.authorize_url(flow_of(secret_key, state))
    await sign_ins.start_flow(session, state, local_path(next_path), now)
    return address, state


async def finish(
    session: Session,
    provider: ProConnect,
    secret_key: str,
    came: CameBack,
    browser: Browser,
    now: datetime,
) -> Entered:
    """Enter the account of whoever came back.

    Raises `ExpiredError` for a state that is not this browser's or has served, `RefusedError`,
    `ConflictError` and `UnavailableError`. ProConnect is asked before PostgreSQL: nothing is held meanwhile.
    """
    if not came.state or not hmac.compare_digest(came.state.encode(), came.kept_state.encode()):
        raise ExpiredError(_OLD)
    if came.error or not came.code:
        raise RefusedError(came.error[:40] or "no code")
    person = await provider.identify(came.code, flow_of(secret_key, came.state))
    next_path = await sign_ins.take_flow(session, came.state, now - FLOW_LIFE)
    if next_path is None:
        raise ExpiredError(_OLD)
    told = _told(person)
    user = await users.entered_as(session, told, now)
    if user is None:
        raise ConflictError(_TAKEN)
    proof = Proof(method="proconnect", email=told.email, next=next_path, id_token=person.id_token)
    return await enter(session, user, proof, browser, now)


async def sign_out_url(provider: ProConnect, id_token: str, back_url: str) -> str:
    """Where the browser ends the person's ProConnect session too; raises `UnavailableError`."""
    return await provider.logout_url(id_token, secrets.token_urlsafe(_TOKEN_BYTES), back_url)


def _told(person: Identity) -> Told:
    """What is kept of an identity; raises `RefusedError` when its address is none."""
    try:
        email = account_email(person.email)
    except InvalidInputError as error:
        raise RefusedError("no address") from error
    siret = person.siret.replace(" ", "")
    return Told(
        subject=person.subject,
        email=email,
        first_name=clean_line(person.first_name)[:MAX_NAME],
        last_name=clean_line(person.last_name)[:MAX_NAME],
        siret=siret if is_siret(siret) else "",
    )

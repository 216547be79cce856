"""`/api/v1/webhooks`: what providers report. Brevo tells which mails came back.

Its events and how it authenticates itself, as read on 2026-11-21:
https://developers.brevo.com/docs/transactional-webhooks,
https://developers.brevo.com/docs/username-and-password-authentication (« Bearer token authorization »).
"""

import hmac
from typing import Annotated, Any

import msgspec
from litestar import Request, post
from litestar.datastructures import State
from litestar.params import JSONBody
from msgspec import Meta

from api.deps import ClientIpDep, CountersDep, NowDep, SessionDep, SettingsDep
from api.limits import limit_webhooks
from api.openapi import problems, shown
from data.queries.addresses import Kind
from domain.errors import ForbiddenError
from domain.roles import Right
from services import addresses
from services.addresses import Bounce

_LINE = r"^[^\u0000-\u001f\u007f]*$"
KINDS: dict[str, Kind] = {"hard_bounce": "hard", "invalid_email": "hard", "soft_bounce": "soft"}
"""Brevo's events that say something of the address; the others are taken and forgotten."""
_REFUSED = "Ce rapport n’est pas signé par le fournisseur de messagerie."


class BrevoEvent(msgspec.Struct, kw_only=True):
    """One event of Brevo. It has other fields, and may get more: they are ignored."""

    event: Annotated[str, Meta(pattern=_LINE, max_length=100, examples=["hard_bounce"])]
    email: Annotated[
        str,
        Meta(pattern=_LINE, min_length=3, max_length=320, examples=["ana@boulangerie-du-pont.example"]),
    ]
    message_id: Annotated[
        str, Meta(pattern=_LINE, max_length=1000, examples=["<5787683@escale.example>"])
    ] = msgspec.field(name="message-id", default="")
    ts_event: Annotated[int, Meta(ge=0, le=2**53, examples=[1604933654])] = 0


class BounceOut(msgspec.Struct):
    """`news`: the report was not known yet, and says something of the address."""

    news: Annotated[bool, shown(example=True)]


def _check_secret(said: str, secret: str) -> None:
    """Compare in constant time; an empty secret lets nobody in."""
    if not secret or not hmac.compare_digest(said.encode(), f"Bearer {secret}".encode()):
        raise ForbiddenError(_REFUSED)


@post(
    "/webhooks/bounces",
    right=Right.ANYONE,
    status_code=200,
    responses=problems(403, 413, 429),
    summary="Rapport d’un message revenu (Brevo)",
)
async def receive_bounce(  # noqa: PLR0913 - each is a dependency
    *,
    data: JSONBody[BrevoEvent],
    request: Request[Any, Any, State],
    session: SessionDep,
    now: NowDep,
    settings: SettingsDep,
    counters: CountersDep,
    client_ip: ClientIpDep,
) -> BounceOut:
    """Hard: the address is not written to any more until it is proved anew. Soft: it is counted."""
    await limit_webhooks(counters, settings, client_ip)
    _check_secret(request.headers.get("authorization", ""), settings.bounce_secret)
    kind = KINDS.get(data.event)
    if kind is None:
        return BounceOut(news=False)
    bounce = Bounce(kind=kind, address=data.email, message_id=data.message_id, at=data.ts_event)
    return BounceOut(news=await addresses.reported(session, settings.secret_key, bounce, now))


HANDLERS = [receive_bounce]

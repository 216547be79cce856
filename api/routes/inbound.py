"""`/api/v1/webhooks/inbound-mail`: answers by mail, in the format of Brevo's inbound parsing.

Its items and how it authenticates itself, as read on 2026-11-21:
https://developers.brevo.com/docs/inbound-parse-webhooks,
https://developers.brevo.com/docs/username-and-password-authentication (« Bearer token authorization »).
A gateway of one's own signs the body instead (HMAC-SHA256, as RDV-Insertion does).
"""

import hashlib
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
from domain.errors import ForbiddenError
from domain.inbound import MAX_MAIL
from domain.roles import Right
from services.discussions.relay import Arrived, address_in, is_known, take

MAX_ITEMS = 50
SIGNATURE = "x-escale-signature"
_REFUSED = "Ce message n’est pas remis par le fournisseur de messagerie."
Text = Annotated[str, Meta(max_length=5_000_000, examples=["Oui, venez mardi."])]
Line = Annotated[str, Meta(max_length=1000, examples=["Re: Demande d’immersion"])]
Address = Annotated[str, Meta(max_length=320, examples=["ana@boulangerie-du-pont.example"])]
Listed = Annotated[list[Line], Meta(max_length=500)]


class BrevoMailbox(msgspec.Struct, kw_only=True):
    """Who writes, or is written to."""

    address: Address | None = msgspec.field(name="Address", default=None)
    name: Line | None = msgspec.field(name="Name", default=None)


class BrevoFile(msgspec.Struct, kw_only=True):
    """A file that came with a mail, to be fetched with its token."""

    name: Line | None = msgspec.field(name="Name", default=None)
    content_type: Line | None = msgspec.field(name="ContentType", default=None)
    content_length: Annotated[int, Meta(ge=0, le=2**53)] | None = msgspec.field(
        name="ContentLength", default=None
    )
    content_id: Line | None = msgspec.field(name="ContentID", default=None)
    token: Annotated[str, Meta(min_length=1, max_length=4000)] = msgspec.field(name="DownloadToken")


class BrevoMail(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One mail. It has other fields, and may get more: they are ignored."""

    uuid: Listed | None = msgspec.field(name="Uuid", default=None)
    message_id: Line | None = msgspec.field(name="MessageId", default=None)
    sender: BrevoMailbox | None = msgspec.field(name="From", default=None)
    to: Annotated[list[BrevoMailbox], Meta(max_length=500)] | None = msgspec.field(name="To", default=None)
    cc: Annotated[list[BrevoMailbox], Meta(max_length=500)] | None = msgspec.field(name="Cc", default=None)
    recipients: Listed | None = msgspec.field(name="Recipients", default=None)
    subject: Line | None = msgspec.field(name="Subject", default=None)
    html: Text | None = msgspec.field(name="RawHtmlBody", default=None)
    text: Text | None = msgspec.field(name="RawTextBody", default=None)
    headers: dict[str, str | list[str]] | None = msgspec.field(name="Headers", default=None)
    files: Annotated[list[BrevoFile], Meta(max_length=100)] | None = msgspec.field(
        name="Attachments", default=None
    )

    def addresses(self) -> list[str]:
        """Everybody it was sent to: as the provider was told, else as it says itself."""
        named = [one.address or "" for one in [*(self.to or ()), *(self.cc or ())]]
        return list(self.recipients or named)


class BrevoInbound(msgspec.Struct, kw_only=True):
    """What Brevo sends: one mail or several."""

    items: Annotated[list[BrevoMail], Meta(max_length=MAX_ITEMS)]


class TakenOut(msgspec.Struct):
    """How many mails were not known yet; those for nobody here are forgotten."""

    taken: Annotated[int, shown(example=1)]


def check_provider(headers: Any, body: bytes, secret: str) -> None:  # noqa: ANN401 - Litestar's headers
    """Compare in constant time what is said, or how the bytes are signed; no secret lets nobody in."""
    said = headers.get("authorization", "").encode()
    signed = headers.get(SIGNATURE, "").removeprefix("sha256=").encode()
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode()
    right = hmac.compare_digest(said, f"Bearer {secret}".encode()) | hmac.compare_digest(signed, digest)
    if not secret or not right:
        raise ForbiddenError(_REFUSED)


@post(
    "/webhooks/inbound-mail",
    right=Right.ANYONE,
    status_code=200,
    request_max_body_size=MAX_MAIL,
    responses=problems(403, 413, 429),
    summary="Réponse reçue par e-mail (Brevo)",
)
async def receive_mail(  # noqa: PLR0913 - each is a dependency
    *,
    data: JSONBody[BrevoInbound],
    request: Request[Any, Any, State],
    session: SessionDep,
    now: NowDep,
    settings: SettingsDep,
    counters: CountersDep,
    client_ip: ClientIpDep,
) -> TakenOut:
    """Answered once the mails are kept; the same mail sent again is known, and ignored."""
    await limit_webhooks(counters, settings, client_ip)
    check_provider(request.headers, await request.body(), settings.inbound_secret)
    taken = 0
    for item in data.items:
        content = msgspec.json.encode(item)
        for recipient in sorted({address_in(one, settings.relay_domain) for one in item.addresses()} - {""}):
            if await is_known(session, recipient):
                arrived = Arrived(
                    source="brevo", recipient=recipient, content=content, message_id=item.message_id or ""
                )
                taken += await take(session, arrived, now)
    return TakenOut(taken=taken)


HANDLERS = [receive_mail]

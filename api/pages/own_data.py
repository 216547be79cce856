"""What is held about the account that asks: what it is, and a copy of it as data or as a document."""

from typing import Any

import msgspec
from litestar import Response, get
from litestar.response import Template

from api.deps import ActorDep, CountersDep, NowDep, SealerDep, SessionDep, SettingsDep
from api.limits import limit_exports
from api.pages.forms import PRIVATE
from api.routes.passport_export import exported
from domain.roles import Right, require_account
from services.accounts.export import OwnData, as_pdf, everything, titles

ROOT = "/compte/donnees"
_NAME = "mes-donnees-escale"


@get(ROOT, right=Right.SIGNED_IN)
async def own_data_page() -> Template:
    """What the copy holds, and its two forms."""
    return Template("account/own_data.html", context={"titles": titles()}, headers=PRIVATE)


@get(f"{ROOT}/{_NAME}.json", right=Right.SIGNED_IN)
async def as_data(
    *,
    session: SessionDep,
    actor: ActorDep,
    sealer: SealerDep,
    now: NowDep,
    counters: CountersDep,
    settings: SettingsDep,
) -> Response[bytes]:
    """All of it, for another service to read."""
    await limit_exports(counters, settings, require_account(actor))
    data = await everything(session, sealer, actor, now)
    content = msgspec.json.format(msgspec.json.encode(_plain(data)), indent=2)
    return _file(content, "application/json", "json")


@get(f"{ROOT}/{_NAME}.pdf", right=Right.SIGNED_IN)
async def as_document(
    *,
    session: SessionDep,
    actor: ActorDep,
    sealer: SealerDep,
    now: NowDep,
    counters: CountersDep,
    settings: SettingsDep,
) -> Response[bytes]:
    """All of it, for a person to read."""
    await limit_exports(counters, settings, require_account(actor))
    return _file(await as_pdf(await everything(session, sealer, actor, now)), "application/pdf", "pdf")


def _plain(data: OwnData) -> dict[str, Any]:
    """Section by section; the passport in the shape of its own export."""
    held: dict[str, Any] = msgspec.to_builtins(data.held)
    passport = exported(data.passport) if data.passport else None
    return {"made_at": data.made_at, **held, "passport": passport}


def _file(content: bytes, media_type: str, extension: str) -> Response[bytes]:
    attached = {"Content-Disposition": f'attachment; filename="{_NAME}.{extension}"'}
    return Response(content, media_type=media_type, headers={**PRIVATE, **attached})


HANDLERS = [own_data_page, as_data, as_document]

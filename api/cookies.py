"""The cookies of a passport and of a session: never in an address, never read by a script."""

from litestar.datastructures import Cookie

from data.queries.passports import PassportKey
from domain.account import SESSION_LIFE
from domain.retention import RETENTION, Kept
from domain.roles import Actor
from settings import Settings

PASSPORT_COOKIE = "escale_passeport"
SESSION_COOKIE = "escale_session"
_KEPT_S = int(RETENTION[Kept.UNCLAIMED_PASSPORTS].life.total_seconds())


def passport_cookie(token: str, settings: Settings) -> Cookie:
    """The cookie that keeps a passport's id as long as the passport is."""
    return Cookie(
        key=PASSPORT_COOKIE,
        value=token,
        path="/",
        max_age=_KEPT_S,
        httponly=True,
        samesite="lax",
        secure=settings.behind_tls,
    )


def passport_key(actor: Actor, cookie: str | None) -> PassportKey:
    """What opens the passport of a request, empty when there is none.

    Signed in, it is the account's or that of the person accompanied; never what the browser still holds,
    which may be somebody else's.
    """
    if actor.signed_in:
        return actor.open_passport or ""
    return cookie or ""


def session_cookie(token: str, settings: Settings) -> Cookie:
    """The cookie of a session, as long as the session lives at most."""
    return Cookie(
        key=SESSION_COOKIE,
        value=token,
        path="/",
        max_age=int(SESSION_LIFE.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=settings.behind_tls,
    )


def no_session_cookie() -> Cookie:
    """What takes the session's cookie off the browser."""
    return Cookie(key=SESSION_COOKIE, value="", path="/", max_age=0, httponly=True, samesite="lax")


def no_passport_cookie() -> Cookie:
    """What takes the cookie off the browser."""
    return Cookie(key=PASSPORT_COOKIE, value="", path="/", max_age=0, httponly=True, samesite="lax")

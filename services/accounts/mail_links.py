"""Signing in by mail: a link to an address, whoever it belongs to, that opens one session once.

The account is made when the link is used, never when it is asked: asking says nothing of who is known,
and leaves nothing behind.
"""

from datetime import datetime
from uuid import UUID

from data.queries import sign_ins, users
from data.session import Session
from domain.account import account_email, local_path
from domain.errors import ExpiredError
from services import addresses, links
from services.accounts.entering import Browser, Entered, Proof, enter
from services.emails import Action, Mail, Standing, send
from services.followups import Event, follow
from services.links import KINDS, Purpose, mint
from services.work import Tools, Work

_GONE = "Ce lien n’est plus valable. Demandez-en un nouveau ci-dessous."


async def ask_link(session: Session, email: str, next_path: str, now: datetime) -> None:
    """Send a link to that address; raises `InvalidInputError` on `email`."""
    sign_in = await sign_ins.add(session, account_email(email), local_path(next_path), now)
    await follow(session, Event.SIGN_IN_ASKED, sign_in=str(sign_in))


async def sign_in_mail(session: Session, tools: Tools, work: Work) -> None:
    """The link that signs in."""
    asked = await sign_ins.by_id(session, UUID(work.payload["sign_in"]))
    if asked is None:
        return
    path = await mint(session, tools.secret_key, work, Purpose.SIGN_IN, str(asked.id))
    mail = Mail(
        template="account_sign_in",
        subject_id=str(asked.id),
        recipient=asked.email,
        context={"life": KINDS[Purpose.SIGN_IN].said},
        action=Action("Me connecter", path),
        standing=Standing.TO_PROVE,
    )
    await send(session, tools, work, mail)


async def address_proved(session: Session, tools: Tools, work: Work) -> None:
    """A link received at the account's address was used: it is written to again."""
    user = await users.by_id(session, UUID(work.payload["user"]))
    if user is not None:
        await addresses.proved(session, tools.secret_key, user.email)


async def check_link(session: Session, token: str, now: datetime) -> None:
    """Let a link through that could serve; raises `NotFoundError` or `ExpiredError`. Nothing is burnt."""
    link = await links.find(session, token, Purpose.SIGN_IN, now)
    links.check_unused(Purpose.SIGN_IN, link)


async def sign_in(session: Session, token: str, browser: Browser, now: datetime) -> Entered:
    """Use a link: the account of its address is entered, made when there is none.

    Raises `NotFoundError` or `ExpiredError`, which say what to do.
    """
    link = await links.find(session, token, Purpose.SIGN_IN, now)
    await links.use(session, Purpose.SIGN_IN, link, now)
    asked = await sign_ins.by_id(session, UUID(link.subject_id))
    if asked is None:
        raise ExpiredError(_GONE)
    user = await users.entered(session, asked.email, now)
    await follow(session, Event.ADDRESS_PROVED, user=str(user))
    proof = Proof(method="mail", email=asked.email, next=asked.next)
    return await enter(session, user, proof, browser, now)

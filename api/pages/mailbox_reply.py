"""Answering a letter of the demonstration's mailbox, as its reader would from their own mail reader.

Mounted with the mailbox only. What is typed goes in by the way of every answer by mail: kept, then handed
on by a job, to whom the letter's Reply-To reaches.
"""

import asyncio
import secrets
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Annotated

from litestar import post
from litestar.params import Parameter
from litestar.response import Redirect

from api.deps import NowDep, SessionDep, SettingsDep
from api.pages.forms import PageRequest, posted, see_other, text
from api.pages.mailbox import NAME, letter_body, read_letter
from domain.discussion import check_message
from domain.errors import NotFoundError
from domain.roles import Right
from services.discussions.relay import Arrived, address_in, is_known, take

_NO_ANSWER = "On ne répond pas à cette lettre par e-mail : ouvrez son lien."


def answer_to(letter: EmailMessage, words: str) -> EmailMessage:
    """The answer of the letter's reader, with the letter quoted under it as mail readers do."""
    made = EmailMessage()
    made["From"], made["To"] = parseaddr(str(letter["To"]))[1], str(letter["Reply-To"])
    made["Subject"] = f"Re: {letter['Subject']}"
    made["Message-ID"] = f"<{secrets.token_hex(12)}@boite.example>"
    made["In-Reply-To"] = str(letter["Message-ID"])
    quoted = "\n".join(f"> {line}" for line in letter_body(letter, "plain").splitlines())
    made.set_content(f"{words}\n\nLe {letter['Date']}, {letter['From']} a écrit :\n\n{quoted}\n")
    return made


@post("/boite-aux-lettres/{name:str}/reponse", right=Right.ANYONE)
async def answer_letter(
    *,
    name: Annotated[str, Parameter(pattern=NAME)],
    request: PageRequest,
    session: SessionDep,
    settings: SettingsDep,
    now: NowDep,
) -> Redirect:
    """Hand the answer over; the mailbox then shows what it led to."""
    letter = await asyncio.to_thread(read_letter, Path(settings.mailbox_path), name)
    recipient = address_in(str(letter["Reply-To"] or ""), settings.relay_domain)
    if not recipient or not await is_known(session, recipient):
        raise NotFoundError(_NO_ANSWER)
    made = answer_to(letter, check_message(text(await posted(request), "message")))
    made["Date"] = format_datetime(now)
    await take(session, Arrived(source="mime", recipient=recipient, content=made.as_bytes()), now)
    return see_other("/boite-aux-lettres#recus")


HANDLERS = [answer_letter]

"""Text messages: one row each, handed to the provider once, to mobiles of France only.

As an e-mail, a message is sent in the transaction of its job; a crash between the provider's answer and
the commit sends it again. Its text is not kept.
"""

from dataclasses import dataclass

from clients.sms import NoSms, Sms
from data.queries import sms
from data.queries.emails import KeptBack
from data.queries.sms import SmsRow
from data.session import Session
from domain.sms import is_mobile, parts, plain
from services.work import Tools, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMessage:
    """One message to one number (E.164). `kind` names it, `subject_id` is the id of what it is about."""

    kind: str
    subject_id: str
    recipient: str
    text: str


def can_reach(tools: Tools, recipient: str) -> bool:
    """Whether a message to that number would be handed over: a provider is set, and nothing keeps it back."""
    return not isinstance(tools.sms, NoSms) and not _kept_back(tools, recipient)


def _kept_back(tools: Tools, recipient: str) -> KeptBack:
    if not is_mobile(recipient):
        return "refused"
    return "" if recipient in tools.allowed else "held"


async def send(session: Session, tools: Tools, work: Work, message: TextMessage) -> bool:
    """Send a message, unless this work sent it already; whether it did. One message a job.

    Written in the 7-bit alphabet, whatever was given. Raises as `SmsSender.send` does: nothing is then
    recorded.
    """
    text = plain(message.text)
    row = SmsRow(
        kind=message.kind,
        subject_id=message.subject_id,
        recipient=message.recipient,
        reason=str(work.id),
        parts=parts(text),
    )
    if kept_back := _kept_back(tools, message.recipient):
        await sms.add(session, row, work.now, kept_back)
        return False
    await work.last_step()
    sms_id = await sms.add(session, row, work.now)
    if sms_id is None:
        return False
    provider_id = await tools.sms.send(Sms(message.recipient, text, message.kind))
    await sms.name(session, sms_id, provider_id)
    return True

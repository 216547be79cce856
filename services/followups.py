"""One table: what each event of a use case leads to, once it is committed.

Each job named here is registered in `workers/jobs.py`; its payload holds the ids given with the event.
"""

from enum import StrEnum

from data import outbox
from data.session import Session


class Event(StrEnum):
    """What happened; the ids that come with it are in the comment."""

    REGISTRATION_SUBMITTED = "registration.submitted"  # registration
    REGISTRATION_TO_CHECK = "registration.to_check"  # registration
    REGISTRATION_REFUSED = "registration.refused"  # registration
    COMPANY_PUBLISHED = "company.published"  # company
    PLACE_UNPLACED = "place.unplaced"  # place
    EDIT_ASKED = "company.edit_asked"  # company
    EMAIL_CHANGE_ASKED = "company.email_change_asked"  # registration, company
    SIGN_IN_ASKED = "account.sign_in_asked"  # sign_in
    ADDRESS_UNREACHABLE = "address.unreachable"  # address (its state), email (that came back; 0: unknown)
    FILE_STARTED = "file.started"  # referral
    REFERRAL_ASKED = "referral.asked"  # referral
    REFERRAL_ANSWERED = "referral.answered"  # referral
    REFERRAL_ENDED = "referral.ended"  # referral
    REFERRAL_HANDED_OVER = "referral.handed_over"  # referral (the new one)


FOLLOWUPS: dict[Event, tuple[str, ...]] = {
    Event.REGISTRATION_SUBMITTED: ("company.proof_mail",),
    Event.REGISTRATION_TO_CHECK: ("company.to_check_mail",),
    Event.REGISTRATION_REFUSED: ("company.refused_mail",),
    Event.COMPANY_PUBLISHED: ("company.published_mail",),
    Event.PLACE_UNPLACED: ("place.geocode",),
    Event.EDIT_ASKED: ("company.edit_mail",),
    Event.EMAIL_CHANGE_ASKED: ("company.new_address_mail", "company.address_notice_mail"),
    Event.SIGN_IN_ASKED: ("account.sign_in_mail",),
    Event.ADDRESS_UNREACHABLE: (),
    Event.FILE_STARTED: ("referral.file_mail",),
    Event.REFERRAL_ASKED: ("referral.asked_mail",),
    Event.REFERRAL_ANSWERED: ("referral.answered_mail",),
    Event.REFERRAL_ENDED: ("referral.ended_person_mail", "referral.ended_agent_mail"),
    Event.REFERRAL_HANDED_OVER: ("referral.new_agent_person_mail", "referral.entrusted_mail"),
}


async def follow(session: Session, event: Event, **ids: int | str) -> None:
    """Write the jobs of an event in the transaction of what happened."""
    for job in FOLLOWUPS[event]:
        await outbox.add(session, job, ids)

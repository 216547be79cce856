"""One table: what each event of a use case leads to, once it is committed.

Each job named here is registered in `workers/jobs.py`; its payload holds the ids given with the event.
"""

from collections.abc import Iterable, Mapping
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
    COMPANY_RIGHT_ASKED = "company.right_asked"  # company, user (asking), to (admin; empty: on file)
    COMPANY_RIGHT_ACCEPTED = "company.right_accepted"  # company, user
    COMPANY_RIGHT_REFUSED = "company.right_refused"  # company, user
    COMPANY_RIGHT_CHANGED = "company.right_changed"  # company, user
    COMPANY_RIGHT_REMOVED = "company.right_removed"  # company, user
    COMPANY_COLLEAGUE_INVITED = "company.colleague_invited"  # invitation
    COMPANY_BANNED = "company.banned"  # company, to (a member; empty: address on file)
    COMPANY_UNBANNED = "company.unbanned"  # company, to (as above)
    COMPANY_NUDGED = "company.nudged"  # company
    COMPANY_SET_ASIDE = "company.set_aside"  # company
    SIGN_IN_ASKED = "account.sign_in_asked"  # sign_in
    ADDRESS_PROVED = "account.address_proved"  # user
    ACCOUNT_UNUSED = "account.unused"  # user
    ACCOUNT_DELETED = "account.deleted"  # user, of whom nothing is left
    AGENCY_REGISTERED = "agency.registered"  # agency, user
    AGENCY_UNPLACED = "agency.unplaced"  # agency
    AGENCY_ACTIVATED = "agency.activated"  # agency, user
    AGENCY_REJECTED = "agency.rejected"  # agency, user
    AGENCY_CLOSED = "agency.closed"  # agency, user
    RIGHT_ASKED = "agency_right.asked"  # agency, user, admin (who may answer)
    RIGHT_GRANTED = "agency_right.granted"  # agency, user
    RIGHT_REFUSED = "agency_right.refused"  # agency, user
    RIGHT_CHANGED = "agency_right.changed"  # agency, user
    RIGHT_REMOVED = "agency_right.removed"  # agency, user
    AGENT_INVITED = "agency_right.invited"  # invitation
    DELEGATION_ENDING = "agency.delegation_ending"  # agency, user
    FILE_STARTED = "file.started"  # referral
    REFERRAL_ASKED = "referral.asked"  # referral
    REFERRAL_ANSWERED = "referral.answered"  # referral
    REFERRAL_ENDED = "referral.ended"  # referral
    REFERRAL_HANDED_OVER = "referral.handed_over"  # referral (the new one)
    PERSON_UNREACHABLE = "referral.person_unreachable"  # referral
    REQUEST_TO_PROVE = "request.to_prove"  # draft
    DISCUSSION_ASKED = "discussion.asked"  # discussion
    DISCUSSION_READDRESSED = "discussion.readdressed"  # discussion, whose company has a new address
    DISCUSSION_TO_VALIDATE = "discussion.to_validate"  # discussion, referral
    DISCUSSION_TOLD = "discussion.told"  # discussion, referral
    DISCUSSION_ACCEPTED = "discussion.accepted"  # discussion
    DISCUSSION_REJECTED = "discussion.rejected"  # discussion
    DISCUSSION_WITHDRAWN = "discussion.withdrawn"  # discussion
    DISCUSSION_EXPIRED = "discussion.expired"  # discussion
    DISCUSSION_REMINDED = "discussion.reminded"  # discussion
    DISCUSSION_UNANSWERED = "discussion.unanswered"  # discussion
    DISCUSSION_MET_ASKED = "discussion.met_asked"  # discussion
    SEARCH_DUE = "saved_search.due"  # search
    VISIT_TO_COMPANY = "visit.to_company"  # discussion, visit
    VISIT_TO_CANDIDATE = "visit.to_candidate"  # discussion, visit
    VISIT_TOMORROW = "visit.tomorrow"  # discussion, visit
    VISIT_UNTOLD = "visit.untold"  # discussion, visit
    MESSAGE_TO_COMPANY = "discussion.message_to_company"  # discussion, message
    MESSAGE_TO_CANDIDATE = "discussion.message_to_candidate"  # discussion, message
    CONVENTION_TO_SIGN = "convention.to_sign"  # convention, version
    CONVENTION_EDITED = "convention.edited"  # convention, version
    CONVENTION_CODE_ASKED = "convention.code_asked"  # signatory, at (of the asking)
    CONVENTION_CODE_BY_MAIL = "convention.code_by_mail"  # signatory, at: no text message reaches them
    CONVENTION_LINK_ASKED = "convention.link_asked"  # signatory
    CONVENTION_SIGNED = "convention.signed"  # convention, version, whom
    CONVENTION_TO_REVIEW = "convention.to_review"  # convention, version
    CONVENTION_PRE_APPROVED = "convention.pre_approved"  # convention, version
    CONVENTION_VALIDATED = "convention.validated"  # convention
    CONVENTION_REJECTED = "convention.rejected"  # convention
    CONVENTION_CANCELLED = "convention.cancelled"  # convention
    CONVENTION_EXPIRED = "convention.expired"  # convention
    CONVENTION_TRANSFERRED = "convention.transferred"  # convention, version, former, to, counsellor
    CONVENTION_TUTOR_CHANGED = "convention.tutor_changed"  # convention, version
    CONVENTION_TAKEN_ON = "convention.taken_on"  # convention, counsellor (who followed it before)
    CONVENTION_REMINDED = "convention.reminded"  # convention, version, whom
    CONVENTION_FILE_FORGOTTEN = "convention.file_forgotten"  # file (its hash)
    CONVENTION_SEALED = "convention.sealed"  # convention, number (of the document)
    DOCUMENT_TO_LOOK_AT = "document.to_look_at"  # convention, number: for the operator
    CONVENTION_SHARED = "convention.shared"  # convention, whom (whose part it is)
    CONVENTION_UNREVIEWED = "convention.unreviewed"  # convention, version
    CONVENTION_STARTING = "convention.starting"  # convention, version
    CONVENTION_UNDEPOSITED = "convention.undeposited"  # convention
    CONVENTION_LETTER = "convention.letter"  # convention, letter (event), reader; user, version…
    CONVENTION_TEXT = "convention.text"  # the same
    ASSESSMENT_ASKED = "assessment.asked"  # convention, side
    ASSESSMENT_TOLD = "assessment.told"  # convention, by the company
    ASSESSMENT_DISPUTED = "assessment.disputed"  # convention
    ASSESSMENT_FOLLOWED = "assessment.followed"  # convention
    ASSESSMENT_NEWS = "assessment.news"  # convention, user (of the agency)
    ASSESSMENT_LINK_ASKED = "assessment.link_asked"  # convention, side (or "follow")
    MAIL_RECEIVED = "inbound.received"  # inbound
    MAIL_NOT_HANDED_ON = "inbound.not_handed_on"  # inbound


FOLLOWUPS: dict[Event, tuple[str, ...]] = {
    Event.REGISTRATION_SUBMITTED: ("company.proof_mail",),
    Event.REGISTRATION_TO_CHECK: ("company.to_check_mail",),
    Event.REGISTRATION_REFUSED: ("company.refused_mail",),
    Event.COMPANY_PUBLISHED: ("saved_search.match", "company.published_mail"),
    Event.PLACE_UNPLACED: ("place.geocode",),
    Event.EDIT_ASKED: ("company.edit_mail",),
    Event.EMAIL_CHANGE_ASKED: ("company.new_address_mail", "company.address_notice_mail"),
    Event.COMPANY_RIGHT_ASKED: ("company.right_asked_mail",),
    Event.COMPANY_RIGHT_ACCEPTED: ("company.right_accepted_mail",),
    Event.COMPANY_RIGHT_REFUSED: ("company.right_refused_mail",),
    Event.COMPANY_RIGHT_CHANGED: ("company.right_changed_mail",),
    Event.COMPANY_RIGHT_REMOVED: ("company.right_removed_mail",),
    Event.COMPANY_COLLEAGUE_INVITED: ("company.invitation_mail",),
    Event.COMPANY_BANNED: ("company.banned_mail",),
    Event.COMPANY_UNBANNED: ("company.unbanned_mail",),
    Event.COMPANY_NUDGED: ("company.nudge_mail",),
    Event.COMPANY_SET_ASIDE: ("company.set_aside_mail",),
    Event.SIGN_IN_ASKED: ("account.sign_in_mail",),
    Event.ADDRESS_PROVED: ("account.address_proved",),
    Event.ACCOUNT_UNUSED: ("account.unused_mail",),
    Event.ACCOUNT_DELETED: ("account.deleted",),
    Event.AGENCY_REGISTERED: ("agency.registered_mail",),
    Event.AGENCY_UNPLACED: ("agency.geocode",),
    Event.AGENCY_ACTIVATED: ("agency.activated_mail",),
    Event.AGENCY_REJECTED: ("agency.rejected_mail",),
    Event.AGENCY_CLOSED: ("agency.closed_mail",),
    Event.RIGHT_ASKED: ("agency.right_asked_mail",),
    Event.RIGHT_GRANTED: ("agency.right_granted_mail",),
    Event.RIGHT_REFUSED: ("agency.right_refused_mail",),
    Event.RIGHT_CHANGED: ("agency.right_changed_mail",),
    Event.RIGHT_REMOVED: ("agency.right_removed_mail",),
    Event.AGENT_INVITED: ("agency.invitation_mail",),
    Event.DELEGATION_ENDING: ("agency.delegation_mail",),
    Event.FILE_STARTED: ("referral.file_mail",),
    Event.REFERRAL_ASKED: ("referral.asked_mail",),
    Event.REFERRAL_ANSWERED: ("referral.answered_mail",),
    Event.REFERRAL_ENDED: ("referral.ended_person_mail", "referral.ended_agent_mail"),
    Event.REFERRAL_HANDED_OVER: ("referral.new_agent_person_mail", "referral.entrusted_mail"),
    Event.PERSON_UNREACHABLE: ("referral.unreachable_mail",),
    Event.REQUEST_TO_PROVE: ("request.proof_mail",),
    Event.DISCUSSION_ASKED: ("discussion.asked_company_mail", "discussion.asked_candidate_mail"),
    Event.DISCUSSION_READDRESSED: ("discussion.asked_company_mail",),
    Event.DISCUSSION_TO_VALIDATE: ("discussion.to_validate_mail",),
    Event.DISCUSSION_TOLD: ("discussion.told_mail",),
    Event.DISCUSSION_ACCEPTED: ("discussion.accepted_mail",),
    Event.DISCUSSION_REJECTED: ("discussion.rejected_mail",),
    Event.DISCUSSION_WITHDRAWN: ("discussion.withdrawn_mail",),
    Event.DISCUSSION_EXPIRED: ("discussion.expired_candidate_mail", "discussion.expired_company_mail"),
    Event.DISCUSSION_REMINDED: ("discussion.reminder_mail",),
    Event.DISCUSSION_UNANSWERED: ("discussion.unanswered_mail",),
    Event.DISCUSSION_MET_ASKED: ("discussion.met_candidate_mail", "discussion.met_company_mail"),
    Event.SEARCH_DUE: ("saved_search.news_mail",),
    Event.VISIT_TO_COMPANY: ("visit.company_mail",),
    Event.VISIT_TO_CANDIDATE: ("visit.candidate_mail",),
    Event.VISIT_TOMORROW: (
        "visit.tomorrow_candidate_mail",
        "visit.tomorrow_candidate_sms",
        "visit.tomorrow_company_mail",
    ),
    Event.VISIT_UNTOLD: ("visit.untold_mail",),
    Event.MESSAGE_TO_COMPANY: ("discussion.message_company_mail",),
    Event.MESSAGE_TO_CANDIDATE: ("discussion.message_candidate_mail",),
    Event.CONVENTION_TO_SIGN: ("convention.to_sign",),
    Event.CONVENTION_EDITED: ("convention.edited",),
    Event.CONVENTION_CODE_ASKED: ("convention.code_asked",),
    Event.CONVENTION_CODE_BY_MAIL: ("convention.code_by_mail",),
    Event.CONVENTION_LINK_ASKED: ("convention.link_asked",),
    Event.CONVENTION_SIGNED: ("convention.signed",),
    Event.CONVENTION_TO_REVIEW: ("convention.to_review",),
    Event.CONVENTION_PRE_APPROVED: ("convention.pre_approved",),
    Event.CONVENTION_VALIDATED: ("convention.validated", "convention.document"),
    Event.CONVENTION_REJECTED: ("convention.rejected",),
    Event.CONVENTION_CANCELLED: ("convention.cancelled",),
    Event.CONVENTION_EXPIRED: ("convention.expired",),
    Event.CONVENTION_TRANSFERRED: ("convention.transferred",),
    Event.CONVENTION_TUTOR_CHANGED: ("convention.tutor_changed", "convention.document"),
    Event.CONVENTION_TAKEN_ON: ("convention.taken_on",),
    Event.CONVENTION_REMINDED: ("convention.reminded",),
    Event.CONVENTION_FILE_FORGOTTEN: ("convention.forget_file",),
    Event.CONVENTION_SEALED: ("convention.file",),
    Event.DOCUMENT_TO_LOOK_AT: ("operator.document_mail",),
    Event.CONVENTION_SHARED: ("convention.shared",),
    Event.CONVENTION_UNREVIEWED: ("convention.unreviewed",),
    Event.CONVENTION_STARTING: ("convention.starting",),
    Event.CONVENTION_UNDEPOSITED: ("convention.undeposited",),
    Event.CONVENTION_LETTER: ("convention.letter",),
    Event.CONVENTION_TEXT: ("convention.text",),
    Event.ASSESSMENT_ASKED: ("assessment.asked_mail",),
    Event.ASSESSMENT_TOLD: ("assessment.answer_mail", "assessment.tell_agency"),
    Event.ASSESSMENT_DISPUTED: ("assessment.tell_agency",),
    Event.ASSESSMENT_FOLLOWED: ("assessment.follow_up_mail",),
    Event.ASSESSMENT_NEWS: ("assessment.agency_mail",),
    Event.ASSESSMENT_LINK_ASKED: ("assessment.link_mail",),
    Event.MAIL_RECEIVED: ("inbound.process",),
    Event.MAIL_NOT_HANDED_ON: ("inbound.explain_mail",),
}


async def follow(session: Session, event: Event, **ids: int | str) -> None:
    """Write the jobs of an event in the transaction of what happened."""
    await follow_all(session, ((event, ids),))


async def follow_all(session: Session, happened: Iterable[tuple[Event, Mapping[str, int | str]]]) -> None:
    """The same, for many events at once."""
    works = [(job, ids) for event, ids in happened for job in FOLLOWUPS[event]]
    await outbox.add_all(session, works)

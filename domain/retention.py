"""How long what is written about people is kept (domain.md, §8; RGPD, article 5.1.e).

One table, applied each night by one job; each row has its statement in `data/queries/retention.py` and
its test.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from domain.convention import DRAFT_LIFE


class Kept(StrEnum):
    """What is kept for a time."""

    UNPROVED_REGISTRATIONS = "unproved_registrations"
    ENDED_REGISTRATIONS = "ended_registrations"
    UNCLAIMED_PASSPORTS = "unclaimed_passports"
    LINKS = "links"
    EMAILS = "emails"
    SMS = "sms"
    BOUNCES = "bounces"
    INBOUND_MAILS = "inbound_mails"
    ADDRESS_STATES = "address_states"
    DONE_WORK = "done_work"
    SCHEDULED_RUNS = "scheduled_runs"
    SESSIONS = "sessions"
    SIGN_INS = "sign_ins"
    OIDC_FLOWS = "oidc_flows"
    UNUSED_ACCOUNTS = "unused_accounts"
    UNCLAIMED_FILES = "unclaimed_files"
    PERSON_SEARCHES = "person_searches"
    WITHDRAWN_CONSENTS = "withdrawn_consents"
    AUDIT = "audit"
    COMPANY_INVITATIONS = "company_invitations"
    CONTACT_DRAFTS = "contact_drafts"
    MESSAGE_BODIES = "message_bodies"
    DISCUSSION_FILES = "discussion_files"
    CLOSED_DISCUSSIONS = "closed_discussions"
    DISCUSSIONS = "discussions"
    SAVED_SEARCHES = "saved_searches"
    CONVENTION_DRAFTS = "convention_drafts"
    UNVALIDATED_CONVENTIONS = "unvalidated_conventions"
    CONVENTIONS = "conventions"
    ARCHIVED_CONVENTIONS = "archived_conventions"
    CONVENTION_TEMPLATES = "convention_templates"
    AGENCY_INVITATIONS = "agency_invitations"


SIX_MONTHS = timedelta(days=183)
FIVE_YEARS = timedelta(days=1826)
"""While an act may be questioned in court, so may the consent it stood on (Code civil, article 2224)."""
WARNED_BEFORE = timedelta(days=30)
"""An unused account is told this long before it goes: at 23 months."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How long, counted from when."""

    life: timedelta
    since: str


RETENTION: dict[Kept, Rule] = {
    Kept.UNPROVED_REGISTRATIONS: Rule(timedelta(days=30), "last change of a draft or of an unproved form"),
    Kept.ENDED_REGISTRATIONS: Rule(timedelta(days=30), "publication, or refusal: its holder may still look"),
    Kept.UNCLAIMED_PASSPORTS: Rule(timedelta(days=60), "last visit of its browser"),
    Kept.LINKS: Rule(timedelta(days=30), "expiry: until then an old link says why it opens nothing"),
    Kept.EMAILS: Rule(timedelta(days=365), "writing"),
    Kept.SMS: Rule(timedelta(days=365), "writing; their text is never kept"),
    Kept.BOUNCES: Rule(timedelta(days=365), "report; addresses are hashes"),
    Kept.INBOUND_MAILS: Rule(timedelta(days=30), "arrival; the content goes once handed on"),
    Kept.ADDRESS_STATES: Rule(timedelta(days=365), "last bounce; addresses are hashes"),
    Kept.DONE_WORK: Rule(timedelta(days=30), "end; ids only"),
    Kept.SCHEDULED_RUNS: Rule(timedelta(days=365), "moment it was planned for"),
    Kept.SESSIONS: Rule(timedelta(0), "expiry"),
    Kept.SIGN_INS: Rule(timedelta(days=1), "request: its mail may wait for a server"),
    Kept.OIDC_FLOWS: Rule(timedelta(days=1), "start: it serves for ten minutes"),
    Kept.UNUSED_ACCOUNTS: Rule(timedelta(days=730), "last sign-in; its owner was told a month before"),
    Kept.UNCLAIMED_FILES: Rule(
        timedelta(days=60), "end of the last accompaniment, nobody having taken it over"
    ),
    Kept.PERSON_SEARCHES: Rule(timedelta(days=365), "the last time it was made"),
    Kept.WITHDRAWN_CONSENTS: Rule(FIVE_YEARS, "withdrawal: until then it can be proved that it was given"),
    Kept.AUDIT: Rule(timedelta(days=365), "writing"),
    Kept.CONTACT_DRAFTS: Rule(timedelta(days=30), "last change of a request that was not sent"),
    Kept.MESSAGE_BODIES: Rule(SIX_MONTHS, "sending; that a message was sent stays as long as its request"),
    Kept.DISCUSSION_FILES: Rule(SIX_MONTHS, "sending; before that, with their request"),
    Kept.CLOSED_DISCUSSIONS: Rule(timedelta(days=365), "refusal, withdrawal or expiry"),
    Kept.DISCUSSIONS: Rule(timedelta(days=730), "last decision"),
    Kept.SAVED_SEARCHES: Rule(timedelta(days=365), "last visit of its owner"),
    Kept.CONVENTION_DRAFTS: Rule(DRAFT_LIFE, "last change of one not sent, or left unsigned by its person"),
    Kept.UNVALIDATED_CONVENTIONS: Rule(timedelta(days=730), "last move of one that was never in force"),
    Kept.CONVENTIONS: Rule(
        timedelta(days=730), "end of the immersion: then read with a reason; at once if its person left"
    ),
    Kept.ARCHIVED_CONVENTIONS: Rule(FIVE_YEARS, "end of the immersion: then facts without names stay"),
    Kept.CONVENTION_TEMPLATES: Rule(timedelta(days=730), "making: who is named in it may be there no more"),
    Kept.COMPANY_INVITATIONS: Rule(timedelta(days=30), "last sending: its link is dead for two weeks"),
    Kept.AGENCY_INVITATIONS: Rule(timedelta(days=30), "last sending, likewise"),
}

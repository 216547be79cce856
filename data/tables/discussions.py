"""Mises en relation: requests, their thread, files and visits; drafts; reminders already sent."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from data.tables.base import Timestamp, metadata, one_of
from domain.discussion import Reason, Side, Status, Told
from domain.saved import Frequency
from domain.search import ContactMode, Objective
from domain.visit import VisitStatus

_NEW_ID = text("gen_random_uuid()")
_OPEN = text("status IN ('awaiting_referent', 'pending')")

contact_drafts = Table(
    "contact_drafts",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=_NEW_ID),
    Column("token_hash", LargeBinary, nullable=False, unique=True, comment="SHA-256 of the browser's token"),
    Column("offer_id", ForeignKey("offers.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("email", Text, nullable=False, server_default="", comment="to be proved; empty for an account"),
    Column("data", JSONB, nullable=False, server_default="{}"),
    Column("sent_at", Timestamp, nullable=True, comment="when the mail that proves the address was asked"),
    Column("created_at", Timestamp, nullable=False),
    Column("updated_at", Timestamp, nullable=False),
    CheckConstraint("octet_length(token_hash) = 32", name="token_hash_length"),
    CheckConstraint("jsonb_typeof(data) = 'object'", name="data_is_object"),
    CheckConstraint("pg_column_size(data) < 20000", name="data_bounded"),
    Index("ix_contact_drafts_updated_at", "updated_at"),
)

discussions = Table(
    "discussions",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=_NEW_ID),
    Column("company_id", ForeignKey("companies.id", ondelete="CASCADE"), nullable=False),
    Column("offer_id", ForeignKey("offers.id", ondelete="SET NULL"), nullable=True, index=True),
    Column("rome", Text, nullable=False),
    Column("label", Text, nullable=False, comment="the job, as the offer named it then"),
    Column("contact_mode", Text, nullable=False, comment="the company's, at the request"),
    Column("place", Text, nullable=False, server_default="", comment="where, as shown then; empty: any"),
    Column("beneficiary_id", ForeignKey("beneficiaries.id", ondelete="CASCADE"), nullable=False),
    Column("agent_id", ForeignKey("users.id", ondelete="SET NULL"), nullable=True, index=True),
    Column("agency_id", ForeignKey("agencies.id", ondelete="SET NULL"), nullable=True, index=True),
    Column("status", Text, nullable=False),
    Column("status_at", Timestamp, nullable=False),
    Column("objective", Text, nullable=False),
    Column("availability", JSONB, nullable=False, server_default="{}"),
    Column("phone", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=True),
    Column("reason_text", Text, nullable=False, server_default="", comment="told to the candidate"),
    Column("until", Date, nullable=True, comment="« pas maintenant »: from when again"),
    Column("told", Text, nullable=True, comment="how the candidate learnt of the acceptance"),
    Column("reached_at", Timestamp, nullable=True, comment="when the company could read it"),
    Column("answered_at", Timestamp, nullable=True),
    Column("answered_by", ForeignKey("users.id", ondelete="SET NULL"), nullable=True, index=True),
    Column("met_candidate", Boolean, nullable=True, comment="the candidate says that they met"),
    Column("met_company", Boolean, nullable=True, comment="the company says that they met"),
    Column("reported_at", Timestamp, nullable=True),
    Column("report_text", Text, nullable=False, server_default=""),
    Column("report_closed_at", Timestamp, nullable=True, comment="the back office has looked at the report"),
    Column("candidate_address", Text, nullable=False, unique=True, comment="local part that reaches them"),
    Column("company_address", Text, nullable=False, unique=True, comment="local part that reaches them"),
    Column(
        "shown_terms",
        JSONB(none_as_null=True),
        nullable=True,
        comment="of the search it was asked from, until it ends",
    ),
    Column("shown_position", Integer, nullable=True),
    Column("created_at", Timestamp, nullable=False),
    Column("updated_at", Timestamp, nullable=False),
    one_of("status", Status),
    one_of("contact_mode", tuple(mode for mode in ContactMode if mode is not ContactMode.NONE)),
    one_of("objective", Objective),
    one_of("reason", Reason),
    one_of("told", Told),
    CheckConstraint("jsonb_typeof(availability) = 'object'", name="availability_is_object"),
    CheckConstraint("pg_column_size(availability) < 2000", name="availability_bounded"),
    CheckConstraint("(status = 'rejected') = (reason IS NOT NULL)", name="rejected_why"),
    CheckConstraint("(status = 'accepted') = (told IS NOT NULL)", name="accepted_told_how"),
    CheckConstraint(
        "length(label) BETWEEN 1 AND 300 AND length(reason_text) <= 1000 AND length(report_text) <= 1000",
        name="texts_bounded",
    ),
    CheckConstraint("candidate_address <> company_address", name="two_addresses"),
    CheckConstraint("length(place) <= 500", name="place_bounded"),
    CheckConstraint("pg_column_size(shown_terms) < 2000", name="shown_terms_bounded"),
    CheckConstraint("(shown_terms IS NULL) = (shown_position IS NULL)", name="shown_whole"),
    Index("ix_discussions_company_id_created_at", "company_id", "created_at"),
    Index("ix_discussions_beneficiary_id_created_at", "beneficiary_id", "created_at"),
    Index("ix_discussions_status_status_at", "status", "status_at"),
    Index("ix_discussions_reported_at", "reported_at", postgresql_where=text("reported_at IS NOT NULL")),
    Index(
        "uq_discussions_one_open",
        "beneficiary_id",
        "company_id",
        "rome",
        unique=True,
        postgresql_where=_OPEN,
    ),
)

discussion_messages = Table(
    "discussion_messages",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("discussion_id", ForeignKey("discussions.id", ondelete="CASCADE"), nullable=False),
    Column("side", Text, nullable=False),
    Column("author_id", ForeignKey("users.id", ondelete="SET NULL"), nullable=True, index=True),
    Column("channel", Text, nullable=False),
    Column("body", Text, nullable=False, comment="plain text; empty once wiped"),
    Column("received_id", Text, nullable=True, comment="hash of the Message-ID of the mail it came by"),
    Column("sent_at", Timestamp, nullable=False),
    Column("wiped_at", Timestamp, nullable=True),
    one_of("side", Side),
    one_of("channel", ("page", "mail")),
    CheckConstraint("length(body) <= 20000", name="body_bounded"),
    CheckConstraint("(body = '') = (wiped_at IS NOT NULL)", name="wiped_whole"),
    UniqueConstraint("discussion_id", "received_id"),
    Index("ix_discussion_messages_sent_at", "sent_at"),
)

discussion_files = Table(
    "discussion_files",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=_NEW_ID),
    Column("discussion_id", ForeignKey("discussions.id", ondelete="CASCADE"), nullable=True, index=True),
    Column("draft_id", ForeignKey("contact_drafts.id", ondelete="CASCADE"), nullable=True, index=True),
    Column("message_id", ForeignKey("discussion_messages.id", ondelete="CASCADE"), nullable=True, index=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("added_at", Timestamp, nullable=False),
    one_of("kind", ("cv", "attachment")),
    CheckConstraint("num_nonnulls(discussion_id, draft_id) = 1", name="one_owner"),
    CheckConstraint("length(name) BETWEEN 1 AND 200", name="name_bounded"),
    CheckConstraint("octet_length(content) BETWEEN 1 AND 5242880", name="content_bounded"),
    Index("ix_discussion_files_added_at", "added_at"),
)

discussion_reminders = Table(
    "discussion_reminders",
    metadata,
    Column("discussion_id", ForeignKey("discussions.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("at", Timestamp, nullable=False),
)
"""What was already reminded of each discussion: one row is one reminder, whatever the clock does."""

visits = Table(
    "visits",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=_NEW_ID),
    Column("discussion_id", ForeignKey("discussions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("proposed_by", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("slots", ARRAY(Timestamp), nullable=False),
    Column("starts_at", Timestamp, nullable=True, comment="the slot that was picked"),
    Column("minutes", Integer, nullable=False),
    Column("place", Text, nullable=False),
    Column(
        "sequence", Integer, nullable=False, server_default="0", comment="of its calendar file (RFC 5545)"
    ),
    Column("reminded_at", Timestamp, nullable=True),
    Column("created_at", Timestamp, nullable=False),
    Column("updated_at", Timestamp, nullable=False),
    one_of("proposed_by", (Side.CANDIDATE, Side.COMPANY)),
    one_of("status", VisitStatus),
    CheckConstraint("cardinality(slots) BETWEEN 1 AND 5", name="some_slots"),
    CheckConstraint("minutes BETWEEN 15 AND 480", name="minutes_range"),
    CheckConstraint("length(place) BETWEEN 1 AND 300", name="place_bounded"),
    CheckConstraint(
        "status NOT IN ('confirmed', 'done', 'no_show') OR starts_at IS NOT NULL", name="picked_when"
    ),
    Index(
        "uq_visits_one_live",
        "discussion_id",
        unique=True,
        postgresql_where=text("status IN ('proposed', 'confirmed')"),
    ),
    Index("ix_visits_starts_at", "starts_at"),
)

saved_searches = Table(
    "saved_searches",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=_NEW_ID),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("label", Text, nullable=False),
    Column("query", Text, nullable=False, comment="the address's query: codes and places, nobody's name"),
    Column("rome", ARRAY(Text), nullable=False, server_default="{}", comment="jobs asked; none: any"),
    Column("lat", Double, nullable=True, comment="about a kilometre"),
    Column("lon", Double, nullable=True),
    Column("radius_km", Integer, nullable=False, server_default="30"),
    Column("frequency", Text, nullable=False),
    Column("checked_at", Timestamp, nullable=False, comment="companies later than this are new"),
    Column("seen_at", Timestamp, nullable=False, comment="last visit of its owner"),
    Column("created_at", Timestamp, nullable=False),
    one_of("frequency", Frequency),
    CheckConstraint("(lat IS NULL) = (lon IS NULL)", name="point_whole"),
    CheckConstraint("lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180", name="on_earth"),
    CheckConstraint("radius_km BETWEEN 1 AND 100", name="radius_range"),
    CheckConstraint("cardinality(rome) <= 20", name="rome_bounded"),
    CheckConstraint("length(label) BETWEEN 1 AND 200", name="label_bounded"),
    CheckConstraint("length(query) BETWEEN 1 AND 2000", name="query_bounded"),
    UniqueConstraint("user_id", "query"),
)

favourites = Table(
    "favourites",
    metadata,
    Column("beneficiary_id", ForeignKey("beneficiaries.id", ondelete="CASCADE"), primary_key=True),
    Column("company_id", ForeignKey("companies.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("rome", Text, nullable=False, server_default=""),
    Column("note", Text, nullable=False, server_default=""),
    Column("added_by", ForeignKey("users.id", ondelete="SET NULL"), nullable=True, index=True),
    Column("added_at", Timestamp, nullable=False),
    CheckConstraint("length(note) <= 500", name="note_bounded"),
)
"""A person's own, and what who accompanies them puts there; seen by both."""

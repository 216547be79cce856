"""Conventions: the document and its versions, who signs, the chained story, the sealed file, the assessment.

`conventions` repeats a few facts of its document, which lists, limits and statistics ask in SQL. What names
people lives in `terms`, `convention_versions.terms`, `convention_signatories`, `convention_events.told`
and the assessment's words: anonymising empties these, and leaves the facts.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from data.tables.base import Timestamp, metadata, one_of
from domain.convention import SIGNATORIES, Kind, Status
from domain.search import Objective

_NEW_ID = text("gen_random_uuid()")
SEARCH_KEY = (
    "(((person_key || ' '::text) || translate(lower(company_name), "
    "'àâäçéèêëîïôöùûüœ''’-'::text, 'aaaceeeeiioouuuo   '::text)) || ' '::text) || lower(reference)"
)
"""The person, the company and the reference, as PostgreSQL writes the expression back."""
TUTOR_EMAIL = "(terms #>> '{host,tutor,email}'::text[])"
_LIVE = "status IN ('to_sign', 'partly_signed', 'in_review', 'pre_approved', 'validated')"
_COUNTED = "status IN ('to_sign', 'partly_signed', 'in_review', 'pre_approved', 'validated', 'cancelled')"
"""What may count against the limits of law: a cancelled one did insure, if it had begun."""

conventions = Table(
    "conventions",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=_NEW_ID),
    Column("reference", Text, nullable=False, unique=True, comment="on the paper and in its QR code"),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False, server_default="draft"),
    Column("status_at", Timestamp, nullable=False),
    Column("status_reason", Text, nullable=False, server_default=""),
    Column("version", Integer, nullable=False, server_default="1", comment="one more at each change"),
    Column("terms", JSONB(none_as_null=True), nullable=True, comment="the document; none once anonymised"),
    Column("terms_sha256", LargeBinary, nullable=True, comment="of its canonical form, once sent"),
    Column("chain_head", LargeBinary, nullable=False, comment="seal of the last line of its story"),
    Column("chain_end", LargeBinary, nullable=True, comment="seal of its end; none before ends were sealed"),
    Column("agency_id", ForeignKey("agencies.id"), nullable=True, index=True, comment="the prescriber"),
    Column("company_id", ForeignKey("companies.id", ondelete="SET NULL"), nullable=True, index=True),
    Column("discussion_id", ForeignKey("discussions.id", ondelete="SET NULL"), nullable=True, index=True),
    Column("beneficiary_id", ForeignKey("beneficiaries.id", ondelete="SET NULL"), nullable=True, index=True),
    Column("counsellor_id", ForeignKey("users.id", ondelete="SET NULL"), nullable=True, index=True),
    Column("renews", ForeignKey("conventions.id", ondelete="SET NULL"), nullable=True),
    Column("person_key", Text, nullable=False, server_default="", comment="names without accents or case"),
    Column("birth_date", Date, nullable=True),
    Column("person_email", Text, nullable=False, server_default=""),
    Column("siret", Text, nullable=False, server_default=""),
    Column("company_name", Text, nullable=False, server_default=""),
    Column(
        "search_key",
        Text,
        Computed(SEARCH_KEY, persisted=True),
        nullable=False,
        comment="what lists are searched by",
    ),
    Column("rome", Text, nullable=False, server_default=""),
    Column("department", Text, nullable=False, server_default=""),
    Column("objective", Text, nullable=True),
    Column("aims_key", Text, nullable=False, server_default="", comment="precise aims, folded"),
    Column("age", SmallInteger, nullable=True, comment="at the start"),
    Column("starts_on", Date, nullable=True),
    Column("ends_on", Date, nullable=True),
    Column("days", SmallInteger, nullable=False, server_default="0"),
    Column("minutes", Integer, nullable=False, server_default="0"),
    Column("created_by", ForeignKey("users.id", ondelete="SET NULL"), nullable=True, index=True),
    Column("created_at", Timestamp, nullable=False),
    Column("updated_at", Timestamp, nullable=False),
    Column("submitted_at", Timestamp, nullable=True),
    Column("validated_at", Timestamp, nullable=True),
    Column("validated_by", ForeignKey("users.id", ondelete="SET NULL"), nullable=True, index=True),
    Column("deposited_at", Timestamp, nullable=True),
    Column("deposited_by", ForeignKey("users.id", ondelete="SET NULL"), nullable=True, index=True),
    Column("deposit_receipt", Text, nullable=False, server_default=""),
    Column("archived_at", Timestamp, nullable=True, comment="restricted: reading it is told why"),
    Column("anonymised_at", Timestamp, nullable=True),
    one_of("kind", Kind),
    one_of("status", Status),
    one_of("objective", Objective),
    CheckConstraint("version > 0", name="version_positive"),
    CheckConstraint("reference ~ '^[A-Z0-9]{10}$'", name="reference_format"),
    CheckConstraint("length(status_reason) <= 1000", name="reason_bounded"),
    CheckConstraint("octet_length(terms_sha256) = 32", name="hash_length"),
    CheckConstraint("octet_length(chain_head) = 32", name="chain_head_length"),
    CheckConstraint("octet_length(chain_end) = 32", name="chain_end_length"),
    CheckConstraint("(terms IS NULL) = (anonymised_at IS NOT NULL)", name="anonymised_whole"),
    CheckConstraint(
        "status = 'draft' OR (agency_id IS NOT NULL AND starts_on <= ends_on AND submitted_at IS NOT NULL)",
        name="sent_whole",
    ),
    CheckConstraint("status <> 'validated' OR validated_at IS NOT NULL", name="validated_when"),
    CheckConstraint("renews <> id", name="not_itself"),
    Index(
        "uq_conventions_renews",
        "renews",
        unique=True,
        postgresql_where=text(f"renews IS NOT NULL AND {_LIVE}"),
    ),
    Index("ix_conventions_renews", "renews", postgresql_where=text("renews IS NOT NULL")),
    Index("ix_conventions_agency_id_status", "agency_id", "status", "starts_on"),
    Index(
        "ix_conventions_agency_id_starts_on",
        "agency_id",
        "starts_on",
        postgresql_include=[
            *("id", "status", "status_at", "version", "ends_on", "validated_at", "deposited_at"),
            *("counsellor_id", "kind"),
        ],
        postgresql_where=text("archived_at IS NULL AND anonymised_at IS NULL"),
    ),
    Index("ix_conventions_siret_person_key", "siret", "person_key", postgresql_where=text(_COUNTED)),
    Index("ix_conventions_siret_person_email", "siret", "person_email", postgresql_where=text(_COUNTED)),
    Index("ix_conventions_person_email", text("lower(person_email)")),
    Index("ix_conventions_status_status_at", "status", "status_at"),
    Index("ix_conventions_ends_on", "ends_on"),
    Index("ix_conventions_tutor_email", text(TUTOR_EMAIL), postgresql_where=text("status <> 'draft'")),
    Index(
        "ix_conventions_search_key_trigrams",
        "search_key",
        postgresql_using="gin",
        postgresql_ops={"search_key": "gin_trgm_ops"},
    ),
)

convention_versions = Table(
    "convention_versions",
    metadata,
    Column("convention_id", ForeignKey("conventions.id", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("terms", Text, nullable=True, comment="canonical form; none once anonymised"),
    Column("sha256", LargeBinary, nullable=False),
    Column("at", Timestamp, nullable=False),
    CheckConstraint("octet_length(sha256) = 32", name="hash_length"),
)
"""Each document that was sent to be signed, exactly as it was."""

convention_signatories = Table(
    "convention_signatories",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=_NEW_ID),
    Column("convention_id", ForeignKey("conventions.id", ondelete="CASCADE"), nullable=False),
    Column("whom", Text, nullable=False),
    Column("email", Text, nullable=False, server_default=""),
    Column("phone", Text, nullable=False, server_default=""),
    Column("signed_at", Timestamp, nullable=True),
    Column("signed_version", Integer, nullable=True),
    Column("channel", Text, nullable=True, comment="how they signed"),
    Column("attested_by", ForeignKey("users.id", ondelete="SET NULL"), nullable=True, index=True),
    Column("code_channel", Text, nullable=True),
    Column("code_sent_at", Timestamp, nullable=True),
    Column("code_tries", SmallInteger, nullable=False, server_default="0"),
    one_of("whom", SIGNATORIES),
    one_of("channel", ("email", "sms", "paper")),
    one_of("code_channel", ("email", "sms")),
    CheckConstraint("(signed_at IS NULL) = (signed_version IS NULL)", name="signed_whole"),
    CheckConstraint("(signed_at IS NULL) = (channel IS NULL)", name="signed_how"),
    CheckConstraint("code_tries BETWEEN 0 AND 100", name="tries_range"),
    UniqueConstraint("convention_id", "whom"),
    Index("ix_convention_signatories_email", "email"),
)

convention_events = Table(
    "convention_events",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("convention_id", ForeignKey("conventions.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", Timestamp, nullable=False),
    Column("kind", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("facts", JSONB, nullable=False, comment="nothing that names anybody"),
    Column(
        "told",
        JSONB(none_as_null=True),
        nullable=True,
        comment="names, addresses, words; none once anonymised",
    ),
    Column("salt", LargeBinary, nullable=True),
    Column("told_hash", LargeBinary, nullable=False),
    Column("key", Text, nullable=False, comment="which key sealed it"),
    Column("mac", LargeBinary, nullable=False),
    CheckConstraint("number > 0", name="number_positive"),
    CheckConstraint("(told IS NULL) = (salt IS NULL)", name="told_with_salt"),
    CheckConstraint("octet_length(told_hash) = 32 AND octet_length(mac) = 32", name="hash_length"),
    UniqueConstraint("convention_id", "number"),
)

convention_documents = Table(
    "convention_documents",
    metadata,
    Column("convention_id", ForeignKey("conventions.id", ondelete="CASCADE"), primary_key=True),
    Column("number", SmallInteger, primary_key=True, comment="a tutor's change makes another"),
    Column("data", Text, nullable=True, comment="canonical JSON that the typesetter read"),
    Column("made_with", JSONB, nullable=False, comment="versions of typesetter, template, fonts"),
    Column("unsealed_sha256", LargeBinary, nullable=False),
    Column("sealed_sha256", LargeBinary, nullable=False, unique=True),
    Column("tail", LargeBinary, nullable=True, comment="what the seal added to the file"),
    Column("at", Timestamp, nullable=False),
    CheckConstraint("octet_length(unsealed_sha256) = 32", name="unsealed_hash_length"),
    CheckConstraint("octet_length(sealed_sha256) = 32", name="sealed_hash_length"),
)

convention_reminders = Table(
    "convention_reminders",
    metadata,
    Column("convention_id", ForeignKey("conventions.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("at", Timestamp, nullable=False),
)
"""What was already reminded of each convention and version: one row is one reminder."""

convention_templates = Table(
    "convention_templates",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=_NEW_ID),
    Column("agency_id", ForeignKey("agencies.id", ondelete="CASCADE"), nullable=True, index=True),
    Column("company_id", ForeignKey("companies.id", ondelete="CASCADE"), nullable=True, index=True),
    Column("label", Text, nullable=False),
    Column("terms", JSONB, nullable=False, comment="without the beneficiary"),
    Column("created_by", ForeignKey("users.id", ondelete="SET NULL"), nullable=True, index=True),
    Column("created_at", Timestamp, nullable=False),
    CheckConstraint("num_nonnulls(agency_id, company_id) = 1", name="one_owner"),
    CheckConstraint("length(label) BETWEEN 1 AND 100", name="label_bounded"),
)

assessments = Table(
    "assessments",
    metadata,
    Column("convention_id", ForeignKey("conventions.id", ondelete="CASCADE"), primary_key=True),
    Column("outcome", Text, nullable=True, comment="as the company says"),
    Column("last_day", Date, nullable=True, comment="when it ended early"),
    Column("minutes", Integer, nullable=True, comment="really done"),
    Column("no_show_reason", Text, nullable=False, server_default=""),
    Column("hired", Boolean, nullable=True),
    Column("contract", Text, nullable=False, server_default=""),
    Column("hired_on", Date, nullable=True),
    Column("next_step", Text, nullable=False, server_default=""),
    Column("feedback", Text, nullable=True, comment="the company's words"),
    Column("advice", Text, nullable=True),
    Column("skills", JSONB(none_as_null=True), nullable=True, comment="OGR, label and observed level"),
    Column("company_at", Timestamp, nullable=True),
    Column("person_feedback", Text, nullable=True),
    Column("person_next", Text, nullable=False, server_default=""),
    Column("person_agrees", Boolean, nullable=True),
    Column("person_shares", Boolean, nullable=True, comment="observed skills go to their passport"),
    Column("person_at", Timestamp, nullable=True),
    Column("followed_at", Timestamp, nullable=True, comment="the question at six months was asked"),
    Column("follow_up", Text, nullable=False, server_default="", comment="and answered"),
    Column("updated_at", Timestamp, nullable=False),
    one_of("outcome", ("completed", "partly_completed", "did_not_show")),
    CheckConstraint("minutes >= 0", name="minutes_range"),
    CheckConstraint("(company_at IS NULL) = (outcome IS NULL)", name="told_by_company"),
    CheckConstraint("length(feedback) <= 2000 AND length(advice) <= 2000", name="words_bounded"),
    CheckConstraint("length(person_feedback) <= 2000", name="person_words_bounded"),
)

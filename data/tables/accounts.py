"""Accounts, how they sign in, and what was done by whom.

A session and a sign-in under way are kept as hashes of what the browser holds. `audit` names accounts
and objects by id, never by their words.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)

from data.tables.base import Timestamp, metadata, one_of

SIGN_IN_METHODS = ("mail", "proconnect")
_NEW_ID = text("gen_random_uuid()")
_FALSE = text("false")

users = Table(
    "users",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=_NEW_ID),
    Column("email", Text, nullable=False, unique=True),
    Column("first_name", Text, nullable=False, server_default=""),
    Column("last_name", Text, nullable=False, server_default=""),
    Column("phone", Text, nullable=False, server_default=""),
    Column("subject", Text, nullable=True, unique=True, comment="how ProConnect names the person"),
    Column("siret", Text, nullable=True, comment="the establishment ProConnect tells"),
    Column("back_office", Boolean, nullable=False, server_default=_FALSE),
    Column("created_at", Timestamp, nullable=False),
    Column("seen_at", Timestamp, nullable=False, comment="last sign-in"),
    Column("warned_at", Timestamp, nullable=True, comment="told that an unused account is removed"),
    CheckConstraint("email = lower(email) AND length(email) BETWEEN 3 AND 254", name="email_lower"),
    CheckConstraint("length(first_name) <= 100 AND length(last_name) <= 100", name="names_bounded"),
    Index("ix_users_seen_at", "seen_at"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=_NEW_ID),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("method", Text, nullable=False),
    Column("device", Text, nullable=False, server_default="", comment="browser and system, in words"),
    Column("id_token", Text, nullable=False, server_default="", comment="what ProConnect's logout asks"),
    Column(
        "acting_for",
        ForeignKey("beneficiaries.id", ondelete="SET NULL"),
        nullable=True,
        index=True,
        comment="the person an agent works with: their passport is the one open",
    ),
    Column("created_at", Timestamp, nullable=False),
    Column("expires_at", Timestamp, nullable=False),
    one_of("method", SIGN_IN_METHODS),
    CheckConstraint("octet_length(token_hash) = 32", name="token_hash_length"),
    CheckConstraint("length(device) <= 120", name="device_bounded"),
    Index("ix_sessions_expires_at", "expires_at"),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=_NEW_ID),
    Column("email", Text, nullable=False),
    Column("next", Text, nullable=False, server_default="/", comment="path to go to once signed in"),
    Column("created_at", Timestamp, nullable=False),
    CheckConstraint("next LIKE '/%' AND length(next) <= 500", name="next_is_path"),
    Index("ix_sign_ins_created_at", "created_at"),
)

oidc_flows = Table(
    "oidc_flows",
    metadata,
    Column("state_hash", LargeBinary, primary_key=True, comment="SHA-256 of the state the browser carries"),
    Column("next", Text, nullable=False, server_default="/"),
    Column("created_at", Timestamp, nullable=False),
    CheckConstraint("octet_length(state_hash) = 32", name="state_hash_length"),
    CheckConstraint("next LIKE '/%' AND length(next) <= 500", name="next_is_path"),
    Index("ix_oidc_flows_created_at", "created_at"),
)

company_rights = Table(
    "company_rights",
    metadata,
    Column("company_id", ForeignKey("companies.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("role", Text, nullable=False),
    Column("status", Text, nullable=False, server_default="pending"),
    Column("asked_at", Timestamp, nullable=False),
    Column("decided_at", Timestamp, nullable=True),
    Column("decided_by", ForeignKey("users.id", ondelete="SET NULL"), nullable=True),
    one_of("role", ("company_admin", "company_contact")),
    one_of("status", ("pending", "accepted")),
    CheckConstraint("status <> 'accepted' OR decided_at IS NOT NULL", name="accepted_when"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", Timestamp, nullable=False),
    Column("actor_id", ForeignKey("users.id", ondelete="SET NULL"), nullable=True),
    Column("role", Text, nullable=False, server_default="", comment="as what the actor did it"),
    Column("action", Text, nullable=False),
    Column("object_kind", Text, nullable=False),
    Column("object_id", Text, nullable=False),
    Column("agency_id", ForeignKey("agencies.id", ondelete="SET NULL"), nullable=True),
    Column(
        "beneficiary_id",
        ForeignKey("beneficiaries.id", ondelete="CASCADE"),
        nullable=True,
        comment="whose file it is: they see the line",
    ),
    Column("detail", Text, nullable=False, server_default="", comment="no personal data"),
    CheckConstraint("length(detail) <= 500", name="detail_bounded"),
    Index("ix_audit_at", "at"),
    Index("ix_audit_actor_id_at", "actor_id", "at"),
    Index("ix_audit_beneficiary_id_at", "beneficiary_id", "at"),
    Index("ix_audit_object_kind_object_id", "object_kind", "object_id"),
)

flags = Table(
    "flags",
    metadata,
    Column("name", Text, primary_key=True, comment="as domain.flags names it"),
    Column("enabled", Boolean, nullable=False),
    Column("updated_at", Timestamp, nullable=False),
    Column("updated_by", ForeignKey("users.id", ondelete="SET NULL"), nullable=True),
)

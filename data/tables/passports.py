"""Skills passports: kept for a browser, under an opaque id that only its cookie knows, then for a person.

Claiming one gives it a new hash that no cookie has: a shared computer opens it no more.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from data.tables.base import Timestamp, metadata

passports = Table(
    "passports",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=text("gen_random_uuid()")),
    Column("token_hash", LargeBinary, nullable=False, unique=True, comment="SHA-256 of the opaque id"),
    Column(
        "beneficiary_id",
        ForeignKey("beneficiaries.id", ondelete="CASCADE"),
        nullable=True,
        unique=True,
        comment="whose it is once claimed, or started by a prescriber",
    ),
    Column("skills", ARRAY(Text), nullable=False, server_default="{}"),
    Column(
        "data",
        JSONB,
        nullable=False,
        server_default="{}",
        comment="what its holder wrote beside the skills",
    ),
    Column("created_at", Timestamp, nullable=False),
    Column("seen_at", Timestamp, nullable=False, comment="dropped 60 days later when unclaimed"),
    CheckConstraint("octet_length(token_hash) = 32", name="token_hash_length"),
    CheckConstraint("cardinality(skills) <= 200", name="skills_bounded"),
    CheckConstraint("jsonb_typeof(data) = 'object'", name="data_is_object"),
    CheckConstraint("pg_column_size(data) < 500000", name="data_bounded"),
    Index("ix_passports_seen_at", "seen_at"),
)

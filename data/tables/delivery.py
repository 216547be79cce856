"""What must follow a commit: the outbox, the e-mails it leads to, the links they carry.

Payloads hold ids only. An e-mail row is unique by what it is about and whom it is for, so that
nothing is sent twice; a link is kept as a hash, so that the database alone opens nothing.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from data.tables.base import Timestamp, metadata

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("job", Text, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("created_at", Timestamp, nullable=False, server_default=text("now()")),
    Column("available_at", Timestamp, nullable=False, server_default=text("now()")),
    Column("tries", SmallInteger, nullable=False, server_default="0"),
    Column("handed_at", Timestamp, nullable=True, comment="given to the queue, waiting for the job"),
    Column("done_at", Timestamp, nullable=True),
    Column("parked_at", Timestamp, nullable=True, comment="given up; `error` says why"),
    Column("error", Text, nullable=False, server_default=""),
    CheckConstraint("done_at IS NULL OR parked_at IS NULL", name="done_or_parked"),
    Index(
        "ix_outbox_waiting",
        "available_at",
        postgresql_where=text("done_at IS NULL AND parked_at IS NULL"),
    ),
)

emails = Table(
    "emails",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("template", Text, nullable=False),
    Column("subject_id", Text, nullable=False, comment="id of what it is about"),
    Column("recipient", Text, nullable=False),
    Column(
        "reason", Text, nullable=False, server_default="", comment="tells two mails of one template apart"
    ),
    Column("message_id", Text, nullable=False, unique=True),
    Column("created_at", Timestamp, nullable=False),
    Column("sent_at", Timestamp, nullable=True),
    UniqueConstraint("template", "subject_id", "recipient", "reason", name="uq_emails_once"),
)

links = Table(
    "links",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("purpose", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("expires_at", Timestamp, nullable=False),
    Column("used_at", Timestamp, nullable=True),
    CheckConstraint("octet_length(token_hash) = 32", name="token_hash_length"),
    CheckConstraint("expires_at > created_at", name="expires_later"),
    Index("ix_links_purpose_subject_id", "purpose", "subject_id"),
    Index("ix_links_expires_at", "expires_at"),
)

"""Mails that came in for a discussion: kept whole until they are handed on, then only counted."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Identity,
    Index,
    LargeBinary,
    Table,
    Text,
    text,
)

from data.tables.base import Timestamp, metadata, one_of
from domain.inbound import Outcome

inbound_mails = Table(
    "inbound_mails",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column(
        "received_hash", LargeBinary, nullable=False, unique=True, comment="of its Message-ID and recipient"
    ),
    Column("source", Text, nullable=False, comment="the format of its content"),
    Column("recipient", Text, nullable=False, comment="local part of the address it was sent to"),
    Column("null_sender", Boolean, nullable=False, comment="its envelope names nobody: a bounce"),
    Column("content", LargeBinary, nullable=True, comment="until it is handed on, or refused"),
    Column("status", Text, nullable=False),
    Column("sender", Text, nullable=False, server_default="", comment="until they are told why"),
    Column("sender_hash", LargeBinary, nullable=True, comment="HMAC of the address that was told why"),
    Column("explained_at", Timestamp, nullable=True),
    Column("received_at", Timestamp, nullable=False),
    Column("ended_at", Timestamp, nullable=True),
    one_of("source", ("mime", "brevo")),
    one_of("status", Outcome),
    CheckConstraint("octet_length(received_hash) = 32", name="received_hash_length"),
    CheckConstraint("octet_length(content) BETWEEN 1 AND 10485760", name="content_bounded"),
    CheckConstraint("(status = 'waiting') = (content IS NOT NULL)", name="content_while_waiting"),
    CheckConstraint("(status = 'waiting') = (ended_at IS NULL)", name="ended_when"),
    CheckConstraint("(explained_at IS NULL) = (sender_hash IS NULL)", name="explained_to_whom"),
    CheckConstraint("length(recipient) BETWEEN 1 AND 64", name="recipient_bounded"),
    Index("ix_inbound_mails_received_at", "received_at"),
    Index(
        "ix_inbound_mails_sender_hash",
        "sender_hash",
        "explained_at",
        postgresql_where=text("sender_hash IS NOT NULL"),
    ),
)

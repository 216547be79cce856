"""What must follow a commit: the outbox, the e-mails and SMS it leads to, the links they carry.

Payloads hold ids only. A message's row is unique by what it is about and whom it is for, so that
nothing is sent twice; a link is kept as a hash, so that the database alone opens nothing. What is known
of an address that bounces is kept under its HMAC: a list of dead addresses is nobody's business.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from data.tables.base import Timestamp, metadata, one_of

KEPT_BACK = ("", "held", "unreachable", "refused")
"""Why a message was not sent: outside the allow-list, to a dead address, refused by the server."""

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
    Index("ix_outbox_parked", "parked_at", postgresql_where=text("parked_at IS NOT NULL")),
)

scheduled_runs = Table(
    "scheduled_runs",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("job", Text, nullable=False),
    Column("planned_for", Timestamp, nullable=False),
    Column("started_at", Timestamp, nullable=True, comment="of the last try"),
    Column("ended_at", Timestamp, nullable=True),
    Column("treated", Integer, nullable=True, comment="how many rows it treated, when it counts them"),
    Column("outcome", Text, nullable=False, server_default="waiting"),
    one_of("outcome", ("waiting", "done", "failed", "parked")),
    UniqueConstraint("job", "planned_for", name="uq_scheduled_runs_once"),
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
    Column("kept_back", Text, nullable=False, server_default="", comment="why it was not sent"),
    one_of("kept_back", KEPT_BACK),
    CheckConstraint("sent_at IS NULL OR kept_back = ''", name="sent_or_kept_back"),
    UniqueConstraint("template", "subject_id", "recipient", "reason", name="uq_emails_once"),
)

sms = Table(
    "sms",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject_id", Text, nullable=False, comment="id of what it is about"),
    Column("recipient", Text, nullable=False, comment="E.164"),
    Column("reason", Text, nullable=False, comment="tells two messages of one kind apart"),
    Column("created_at", Timestamp, nullable=False),
    Column("sent_at", Timestamp, nullable=True),
    Column("kept_back", Text, nullable=False, server_default="", comment="why it was not sent"),
    Column("parts", SmallInteger, nullable=False, comment="what the operator bills"),
    Column("provider_id", Text, nullable=False, server_default=""),
    one_of("kept_back", KEPT_BACK),
    CheckConstraint("sent_at IS NULL OR kept_back = ''", name="sent_or_kept_back"),
    UniqueConstraint("kind", "subject_id", "recipient", "reason", name="uq_sms_once"),
)

address_states = Table(
    "address_states",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("address_hash", LargeBinary, nullable=False, unique=True),
    Column("unreachable_at", Timestamp, nullable=True, comment="a hard bounce; until proved anew"),
    Column("soft_bounces", Integer, nullable=False, server_default="0"),
    Column("updated_at", Timestamp, nullable=False),
    CheckConstraint("octet_length(address_hash) = 32", name="address_hash_length"),
)

bounces = Table(
    "bounces",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("event_hash", LargeBinary, nullable=False, unique=True, comment="one row a report"),
    Column("address_hash", LargeBinary, nullable=False),
    Column("kind", Text, nullable=False),
    Column("received_at", Timestamp, nullable=False),
    CheckConstraint("octet_length(event_hash) = 32", name="event_hash_length"),
    one_of("kind", ("hard", "soft")),
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

"""Company forms under way: what a registrant typed, until it is proved and becomes a company.

`data` is the form as typed (names, e-mail, phone included); it goes with the row, 30 days after the
last change when nobody proved it, and when it is published.
"""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, LargeBinary, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from data.tables.base import Timestamp, metadata, one_of

REGISTRATION_STATUSES = ("draft", "to_prove", "to_check", "published", "refused")

registrations = Table(
    "registrations",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=text("gen_random_uuid()")),
    Column("token_hash", LargeBinary, nullable=False, unique=True, comment="SHA-256 of the browser's token"),
    Column("status", Text, nullable=False, server_default="draft"),
    Column("siret", Text, nullable=False),
    Column("email", Text, nullable=False, server_default=""),
    Column("data", JSONB, nullable=False),
    Column(
        "company_id",
        ForeignKey("companies.id", ondelete="CASCADE"),
        nullable=True,
        comment="the company it edits",
    ),
    Column("created_at", Timestamp, nullable=False),
    Column("updated_at", Timestamp, nullable=False),
    Column("proved_at", Timestamp, nullable=True),
    one_of("status", REGISTRATION_STATUSES),
    CheckConstraint("status NOT IN ('to_check', 'published') OR proved_at IS NOT NULL", name="proved_first"),
    CheckConstraint("octet_length(token_hash) = 32", name="token_hash_length"),
    Index("ix_registrations_siret", "siret"),
    Index("ix_registrations_updated_at", "updated_at"),
)

"""Scans and photos of papers signed by hand: what an agent had before their eyes when they attested it."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from data.tables.base import Timestamp, metadata, one_of
from domain.convention import SIGNATORIES
from domain.paper_scan import MAX_BYTES, MEDIA_TYPES

convention_scans = Table(
    "convention_scans",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=text("gen_random_uuid()")),
    Column("convention_id", ForeignKey("conventions.id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False, comment="that was signed"),
    Column("whom", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("sha256", LargeBinary, nullable=False, comment="the story has it too"),
    Column("content", LargeBinary, nullable=False),
    Column("by_user", ForeignKey("users.id", ondelete="SET NULL"), nullable=True, index=True),
    Column("at", Timestamp, nullable=False),
    one_of("whom", SIGNATORIES),
    one_of("media_type", MEDIA_TYPES),
    CheckConstraint("octet_length(sha256) = 32", name="hash_length"),
    CheckConstraint(f"octet_length(content) BETWEEN 1 AND {MAX_BYTES}", name="content_bounded"),
    UniqueConstraint("convention_id", "version", "whom"),
)
"""Deleted when the convention is anonymised: a signature by hand names its author."""

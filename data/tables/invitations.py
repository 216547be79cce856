"""Colleagues invited to a company by e-mail, until they answer."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Table, Text, Uuid, text

from data.tables.base import Timestamp, metadata, one_of

company_invitations = Table(
    "company_invitations",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=text("gen_random_uuid()")),
    Column("company_id", BigInteger, ForeignKey("companies.id", ondelete="CASCADE"), nullable=False),
    Column("email", Text, nullable=False, comment="who is invited: only an account of that address accepts"),
    Column("role", Text, nullable=False),
    Column("invited_by", ForeignKey("users.id", ondelete="SET NULL"), nullable=True),
    Column("created_at", Timestamp, nullable=False, comment="last sent"),
    one_of("role", ("company_admin", "company_contact")),
    CheckConstraint("email = lower(email) AND length(email) BETWEEN 3 AND 254", name="email_lower"),
    Index("uq_company_invitations_company_id_email", "company_id", "email", unique=True),
    Index("ix_company_invitations_email", "email"),
    Index("ix_company_invitations_created_at", "created_at"),
)

"""Mails that come in for a discussion, kept until they are handed on."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inbound_mails",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "received_hash", sa.LargeBinary(), nullable=False, comment="of its Message-ID and recipient"
        ),
        sa.Column("source", sa.Text(), nullable=False, comment="the format of its content"),
        sa.Column("recipient", sa.Text(), nullable=False, comment="local part of the address it was sent to"),
        sa.Column("null_sender", sa.Boolean(), nullable=False, comment="its envelope names nobody: a bounce"),
        sa.Column("content", sa.LargeBinary(), nullable=True, comment="until it is handed on, or refused"),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), server_default="", nullable=False, comment="until they are told why"),
        sa.Column(
            "sender_hash", sa.LargeBinary(), nullable=True, comment="HMAC of the address that was told why"
        ),
        sa.Column("explained_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("source IN ('mime', 'brevo')", name=op.f("ck_inbound_mails_source_known")),
        sa.CheckConstraint(
            "status IN ('waiting', 'delivered', 'automatic', 'bounce', 'loop', 'spoofed', 'unknown', 'stranger', "
            "'closed', 'too_long', 'empty', 'unreadable')",
            name=op.f("ck_inbound_mails_status_known"),
        ),
        sa.CheckConstraint(
            "octet_length(received_hash) = 32", name=op.f("ck_inbound_mails_received_hash_length")
        ),
        sa.CheckConstraint(
            "octet_length(content) BETWEEN 1 AND 10485760", name=op.f("ck_inbound_mails_content_bounded")
        ),
        sa.CheckConstraint(
            "(status = 'waiting') = (content IS NOT NULL)",
            name=op.f("ck_inbound_mails_content_while_waiting"),
        ),
        sa.CheckConstraint(
            "(status = 'waiting') = (ended_at IS NULL)", name=op.f("ck_inbound_mails_ended_when")
        ),
        sa.CheckConstraint(
            "(explained_at IS NULL) = (sender_hash IS NULL)", name=op.f("ck_inbound_mails_explained_to_whom")
        ),
        sa.CheckConstraint(
            "length(recipient) BETWEEN 1 AND 64", name=op.f("ck_inbound_mails_recipient_bounded")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_mails")),
        sa.UniqueConstraint("received_hash", name=op.f("uq_inbound_mails_received_hash")),
    )
    op.create_index("ix_inbound_mails_received_at", "inbound_mails", ["received_at"], unique=False)
    op.create_index(
        "ix_inbound_mails_sender_hash",
        "inbound_mails",
        ["sender_hash", "explained_at"],
        unique=False,
        postgresql_where=sa.text("sender_hash IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("inbound_mails")

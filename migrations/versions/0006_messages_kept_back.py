"""What became of each message, dead addresses, SMS, and the runs of the clock.

`ix_outbox_parked` holds a handful of rows, and is built in a moment over a table kept for 30 days.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "address_states",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "unreachable_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="a hard bounce; until proved anew",
        ),
        sa.Column("soft_bounces", sa.Integer(), server_default="0", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "octet_length(address_hash) = 32", name=op.f("ck_address_states_address_hash_length")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_states")),
        sa.UniqueConstraint("address_hash", name=op.f("uq_address_states_address_hash")),
    )
    op.create_table(
        "bounces",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_hash", sa.LargeBinary(), nullable=False, comment="one row a report"),
        sa.Column("address_hash", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('hard', 'soft')", name=op.f("ck_bounces_kind_known")),
        sa.CheckConstraint("octet_length(event_hash) = 32", name=op.f("ck_bounces_event_hash_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounces")),
        sa.UniqueConstraint("event_hash", name=op.f("uq_bounces_event_hash")),
    )
    op.create_table(
        "scheduled_runs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("planned_for", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True, comment="of the last try"),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "treated", sa.Integer(), nullable=True, comment="how many rows it treated, when it counts them"
        ),
        sa.Column("outcome", sa.Text(), server_default="waiting", nullable=False),
        sa.CheckConstraint(
            "outcome IN ('waiting', 'done', 'failed', 'parked')", name=op.f("ck_scheduled_runs_outcome_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduled_runs")),
        sa.UniqueConstraint("job", "planned_for", name="uq_scheduled_runs_once"),
    )
    op.create_table(
        "sms",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False, comment="id of what it is about"),
        sa.Column("recipient", sa.Text(), nullable=False, comment="E.164"),
        sa.Column("reason", sa.Text(), nullable=False, comment="tells two messages of one kind apart"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kept_back", sa.Text(), server_default="", nullable=False, comment="why it was not sent"),
        sa.Column("parts", sa.SmallInteger(), nullable=False, comment="what the operator bills"),
        sa.Column("provider_id", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "kept_back IN ('', 'held', 'unreachable', 'refused')", name=op.f("ck_sms_kept_back_known")
        ),
        sa.CheckConstraint("sent_at IS NULL OR kept_back = ''", name=op.f("ck_sms_sent_or_kept_back")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sms")),
        sa.UniqueConstraint("kind", "subject_id", "recipient", "reason", name="uq_sms_once"),
    )
    op.add_column(
        "emails",
        sa.Column("kept_back", sa.Text(), server_default="", nullable=False, comment="why it was not sent"),
    )
    op.create_check_constraint(
        op.f("ck_emails_kept_back_known"), "emails", "kept_back IN ('', 'held', 'unreachable', 'refused')"
    )
    op.create_check_constraint(
        op.f("ck_emails_sent_or_kept_back"), "emails", "sent_at IS NULL OR kept_back = ''"
    )
    op.create_index(
        "ix_outbox_parked",
        "outbox",
        ["parked_at"],
        unique=False,
        postgresql_where=sa.text("parked_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_parked", table_name="outbox", postgresql_where=sa.text("parked_at IS NOT NULL"))
    op.drop_constraint(op.f("ck_emails_sent_or_kept_back"), "emails")
    op.drop_constraint(op.f("ck_emails_kept_back_known"), "emails")
    op.drop_column("emails", "kept_back")
    op.drop_table("sms")
    op.drop_table("scheduled_runs")
    op.drop_table("bounces")
    op.drop_table("address_states")

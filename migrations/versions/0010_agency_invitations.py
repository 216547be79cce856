"""Colleagues invited into an agency, and which reminder of its delegation was sent."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agency_invitations",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "roles <@ ARRAY['counsellor', 'validator', 'agency_admin', 'agency_viewer']",
            name=op.f("ck_agency_invitations_roles_known"),
        ),
        sa.CheckConstraint("cardinality(roles) > 0", name=op.f("ck_agency_invitations_some_role")),
        sa.CheckConstraint(
            "email = lower(email) AND length(email) BETWEEN 3 AND 254",
            name=op.f("ck_agency_invitations_email_lower"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agencies.id"],
            name=op.f("fk_agency_invitations_agency_id_agencies"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["invited_by"],
            ["users.id"],
            name=op.f("fk_agency_invitations_invited_by_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_invitations")),
    )
    op.create_index(
        "uq_agency_invitations_agency_id_email", "agency_invitations", ["agency_id", "email"], unique=True
    )
    op.create_index("ix_agency_invitations_invited_at", "agency_invitations", ["invited_at"])
    op.create_index(op.f("ix_agency_invitations_invited_by"), "agency_invitations", ["invited_by"])
    op.add_column(
        "agencies",
        sa.Column(
            "delegation_reminded_days",
            sa.SmallInteger(),
            nullable=True,
            comment="how long before the end the last reminder was for",
        ),
    )


def downgrade() -> None:
    op.drop_column("agencies", "delegation_reminded_days")
    op.drop_table("agency_invitations")

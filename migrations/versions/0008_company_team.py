"""A company's people: invitations, always an admin, and when it was last asked to look at its file.

The rule of the admin is that of `domain/company_team.py`; here it holds whatever writes the rows, two
removals at once included. An account that is erased goes all the same: that is its person's right, and
whoever proves the company's address administers it again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

FUNCTION = """
CREATE FUNCTION company_administered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM users WHERE id = OLD.user_id) THEN
        RETURN NULL;
    END IF;
    PERFORM FROM companies WHERE id = OLD.company_id FOR NO KEY UPDATE;
    IF FOUND AND NOT EXISTS (
        SELECT FROM company_rights
        WHERE company_id = OLD.company_id AND role = 'company_admin' AND status = 'accepted'
    ) THEN
        RAISE EXCEPTION 'company % would have no admin left', OLD.company_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'company_administered';
    END IF;
    RETURN NULL;
END $$
"""
TRIGGER = """
CREATE CONSTRAINT TRIGGER company_administered AFTER UPDATE OR DELETE ON company_rights
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.role = 'company_admin' AND OLD.status = 'accepted')
    EXECUTE FUNCTION company_administered()
"""


def upgrade() -> None:
    op.add_column(
        "companies",
        sa.Column(
            "nudged_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="last asked whether its file is up to date",
        ),
    )
    op.create_table(
        "company_invitations",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "email",
            sa.Text(),
            nullable=False,
            comment="who is invited: only an account of that address accepts",
        ),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="last sent"),
        sa.CheckConstraint(
            "role IN ('company_admin', 'company_contact')", name=op.f("ck_company_invitations_role_known")
        ),
        sa.CheckConstraint(
            "email = lower(email) AND length(email) BETWEEN 3 AND 254",
            name=op.f("ck_company_invitations_email_lower"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["companies.id"],
            name=op.f("fk_company_invitations_company_id_companies"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["invited_by"],
            ["users.id"],
            name=op.f("fk_company_invitations_invited_by_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_invitations")),
    )
    op.create_index(
        "uq_company_invitations_company_id_email", "company_invitations", ["company_id", "email"], unique=True
    )
    op.create_index("ix_company_invitations_email", "company_invitations", ["email"])
    op.create_index("ix_company_invitations_created_at", "company_invitations", ["created_at"])
    op.execute(FUNCTION)
    op.execute(TRIGGER)


def downgrade() -> None:
    op.execute("DROP TRIGGER company_administered ON company_rights")
    op.execute("DROP FUNCTION company_administered()")
    op.drop_table("company_invitations")
    op.drop_column("companies", "nudged_at")

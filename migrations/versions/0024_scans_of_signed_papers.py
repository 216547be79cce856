"""The scan or photo of a convention signed by hand is kept with it."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "convention_scans",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="that was signed"),
        sa.Column("whom", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False, comment="the story has it too"),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("by_user", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "media_type IN ('application/pdf', 'image/png', 'image/jpeg')",
            name=op.f("ck_convention_scans_media_type_known"),
        ),
        sa.CheckConstraint(
            "whom IN ('beneficiary', 'representative', 'company', 'employer')",
            name=op.f("ck_convention_scans_whom_known"),
        ),
        sa.CheckConstraint(
            "octet_length(content) BETWEEN 1 AND 5242880", name=op.f("ck_convention_scans_content_bounded")
        ),
        sa.CheckConstraint("octet_length(sha256) = 32", name=op.f("ck_convention_scans_hash_length")),
        sa.ForeignKeyConstraint(
            ["by_user"], ["users.id"], name=op.f("fk_convention_scans_by_user_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["convention_id"],
            ["conventions.id"],
            name=op.f("fk_convention_scans_convention_id_conventions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_convention_scans")),
        sa.UniqueConstraint(
            "convention_id",
            "version",
            "whom",
            name=op.f("uq_convention_scans_convention_id_version_whom"),
        ),
    )
    op.create_index(op.f("ix_convention_scans_by_user"), "convention_scans", ["by_user"], unique=False)


def downgrade() -> None:
    op.drop_table("convention_scans")

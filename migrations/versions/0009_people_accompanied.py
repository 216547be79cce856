"""Whom an agent works with in a session, and the searches made for them."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person_searches",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("beneficiary_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True, comment="who searched"),
        sa.Column(
            "query", sa.Text(), nullable=False, comment="the address's query: codes and places, nobody's name"
        ),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("searched_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(query) BETWEEN 1 AND 2000", name=op.f("ck_person_searches_query_bounded")),
        sa.CheckConstraint("total >= 0", name=op.f("ck_person_searches_total_range")),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"],
            ["beneficiaries.id"],
            name=op.f("fk_person_searches_beneficiary_id_beneficiaries"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_person_searches_user_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_searches")),
    )
    op.create_index("ix_person_searches_searched_at", "person_searches", ["searched_at"], unique=False)
    op.create_index(
        "uq_person_searches_beneficiary_id_query", "person_searches", ["beneficiary_id", "query"], unique=True
    )
    op.add_column(
        "sessions",
        sa.Column(
            "acting_for",
            sa.Uuid(),
            nullable=True,
            comment="the person an agent works with: their passport is the one open",
        ),
    )
    op.create_index(op.f("ix_sessions_acting_for"), "sessions", ["acting_for"], unique=False)
    op.create_foreign_key(
        op.f("fk_sessions_acting_for_beneficiaries"),
        "sessions",
        "beneficiaries",
        ["acting_for"],
        ["id"],
        ondelete="SET NULL",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("fk_sessions_acting_for_beneficiaries"), "sessions", type_="foreignkey")
    op.drop_index(op.f("ix_sessions_acting_for"), table_name="sessions")
    op.drop_column("sessions", "acting_for")
    op.drop_index("uq_person_searches_beneficiary_id_query", table_name="person_searches")
    op.drop_index("ix_person_searches_searched_at", table_name="person_searches")
    op.drop_table("person_searches")

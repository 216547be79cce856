"""Requests keep where they stood in the search they come from until they end, and the ranking how."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

CHECKS = {
    "discussions": {
        "shown_terms_bounded": "pg_column_size(shown_terms) < 2000",
        "shown_whole": "(shown_terms IS NULL) = (shown_position IS NULL)",
    },
    "ranking_outcomes": {
        "ended_known": "ended IN ('accepted', 'rejected', 'expired')",
        "position_counted": "position > 0",
    },
}


def upgrade() -> None:
    op.add_column(
        "discussions",
        sa.Column(
            "shown_terms",
            postgresql.JSONB(),
            nullable=True,
            comment="of the search it was asked from, until it ends",
        ),
    )
    op.add_column("discussions", sa.Column("shown_position", sa.Integer(), nullable=True))
    op.add_column(
        "ranking_outcomes",
        sa.Column(
            "ended",
            sa.Text(),
            nullable=True,
            comment="how: accepted, rejected, or expired without an answer",
        ),
    )
    op.add_column(
        "ranking_outcomes",
        sa.Column("position", sa.Integer(), nullable=True, comment="in the search it was asked from, from 1"),
    )
    for table, checks in CHECKS.items():
        for name, condition in checks.items():
            op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def downgrade() -> None:
    for table, checks in CHECKS.items():
        for name in checks:
            op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.drop_column("ranking_outcomes", "position")
    op.drop_column("ranking_outcomes", "ended")
    op.drop_column("discussions", "shown_position")
    op.drop_column("discussions", "shown_terms")

"""Companies out of search because they do not answer, and reports that the back office has looked at."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "companies",
        sa.Column(
            "unresponsive_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="out of search: it left requests unanswered",
        ),
    )
    op.add_column(
        "companies",
        sa.Column(
            "returned_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="came back: requests before do not count",
        ),
    )
    op.add_column(
        "discussions",
        sa.Column(
            "report_closed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="the back office has looked at the report",
        ),
    )
    op.create_index(
        "ix_discussions_reported_at",
        "discussions",
        ["reported_at"],
        unique=False,
        postgresql_where=sa.text("reported_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_discussions_reported_at", table_name="discussions")
    op.drop_column("discussions", "report_closed_at")
    op.drop_column("companies", "returned_at")
    op.drop_column("companies", "unresponsive_at")

"""A tutor finds the conventions that name them, by an index of the address in the document."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_conventions_tutor_email",
        "conventions",
        [sa.literal_column("(terms #>> '{host,tutor,email}'::text[])")],
        unique=False,
        postgresql_where=sa.text("status <> 'draft'"),
    )


def downgrade() -> None:
    op.drop_index("ix_conventions_tutor_email", table_name="conventions")

"""An agency's desk reads its conventions from an index alone, without their documents."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_conventions_agency_id_starts_on",
        "conventions",
        ["agency_id", "starts_on"],
        unique=False,
        postgresql_include=[
            *("id", "status", "status_at", "version", "ends_on", "validated_at", "deposited_at"),
            "counsellor_id",
        ],
        postgresql_where=sa.text("archived_at IS NULL AND anonymised_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_conventions_agency_id_starts_on", table_name="conventions")

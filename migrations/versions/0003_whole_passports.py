"""What a skills passport holds beside its skills: levels, past jobs, wishes, place and mobility.

One document: it is read and written whole, by its holder alone, and nothing searches inside. The skills
stay in their own column, which searches read.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "passports",
        sa.Column(
            "data",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
            comment="what its holder wrote beside the skills",
        ),
    )
    op.create_check_constraint(
        op.f("ck_passports_data_is_object"), "passports", "jsonb_typeof(data) = 'object'"
    )
    op.create_check_constraint(
        op.f("ck_passports_data_bounded"), "passports", "pg_column_size(data) < 500000"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_passports_data_bounded"), "passports")
    op.drop_constraint(op.f("ck_passports_data_is_object"), "passports")
    op.drop_column("passports", "data")

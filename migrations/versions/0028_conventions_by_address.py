"""The conventions of an account that goes are found by its address: each removal went through all of them."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_NAME = "ix_conventions_person_email"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            _NAME,
            "conventions",
            [sa.text("lower(person_email)")],
            unique=False,
            postgresql_concurrently=True,
            if_not_exists=True,
        )


def downgrade() -> None:
    op.drop_index(_NAME, table_name="conventions")

"""What renews a convention is found by an index: each reading of a convention went through all of them."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_NAME = "ix_conventions_renews"


def upgrade() -> None:
    given = sa.text("renews IS NOT NULL")
    op.create_index(_NAME, "conventions", ["renews"], unique=False, postgresql_where=given)


def downgrade() -> None:
    op.drop_index(_NAME, table_name="conventions")

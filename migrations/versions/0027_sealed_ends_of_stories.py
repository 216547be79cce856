"""The end of a story is sealed, so that lines cut off it are missed; one written before has no such seal."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_CHECK = "ck_conventions_chain_end_length"


def upgrade() -> None:
    said = "seal of its end; none before ends were sealed"
    op.add_column("conventions", sa.Column("chain_end", sa.LargeBinary(), nullable=True, comment=said))
    op.create_check_constraint(op.f(_CHECK), "conventions", "octet_length(chain_end) = 32")


def downgrade() -> None:
    op.drop_constraint(op.f(_CHECK), "conventions", type_="check")
    op.drop_column("conventions", "chain_end")

"""A request says which of the company's places it is for."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    place = sa.Column(
        "place", sa.Text(), server_default="", nullable=False, comment="where, as shown then; empty: any"
    )
    op.add_column("discussions", place)
    op.create_check_constraint(op.f("ck_discussions_place_bounded"), "discussions", "length(place) <= 500")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_discussions_place_bounded"), "discussions")
    op.drop_column("discussions", "place")

"""Searches kept say which jobs and where, so that newcomers are found by SQL."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

CHECKS = {
    "point_whole": "(lat IS NULL) = (lon IS NULL)",
    "on_earth": "lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180",
    "radius_range": "radius_km BETWEEN 1 AND 100",
    "rome_bounded": "cardinality(rome) <= 20",
}


def upgrade() -> None:
    op.add_column(
        "saved_searches",
        sa.Column(
            "rome",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="jobs asked; none: any",
        ),
    )
    op.add_column("saved_searches", sa.Column("lat", sa.Double(), nullable=True, comment="about a kilometre"))
    op.add_column("saved_searches", sa.Column("lon", sa.Double(), nullable=True))
    op.add_column("saved_searches", sa.Column("radius_km", sa.Integer(), server_default="30", nullable=False))
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_saved_searches_{name}"), "saved_searches", condition)


def downgrade() -> None:
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_saved_searches_{name}"), "saved_searches")
    op.drop_column("saved_searches", "radius_km")
    op.drop_column("saved_searches", "lon")
    op.drop_column("saved_searches", "lat")
    op.drop_column("saved_searches", "rome")

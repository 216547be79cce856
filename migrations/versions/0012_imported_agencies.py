"""Agencies are imported too: their last import is recorded like the others."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_NAME = "ck_reference_imports_kind_known"


def _known(*kinds: str) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.drop_constraint(op.f(_NAME), "reference_imports", type_="check")
    op.create_check_constraint(op.f(_NAME), "reference_imports", f"kind IN ({listed})")


def upgrade() -> None:
    _known("rome", "communes", "naf", "companies", "agencies")


def downgrade() -> None:
    op.execute("DELETE FROM reference_imports WHERE kind = 'agencies'")
    _known("rome", "communes", "naf", "companies")

"""A person's file is deleted with their account."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_NAME = "fk_beneficiaries_user_id_users"


def _replace(ondelete: str) -> None:
    op.drop_constraint(_NAME, "beneficiaries", type_="foreignkey")
    op.create_foreign_key(_NAME, "beneficiaries", "users", ["user_id"], ["id"], ondelete=ondelete)


def upgrade() -> None:
    _replace("CASCADE")


def downgrade() -> None:
    _replace("SET NULL")

"""The indexes of conventions know their kind, and those that were cancelled."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_LIVE = "'to_sign', 'partly_signed', 'in_review', 'pre_approved', 'validated'"
_READ = ("id", "status", "status_at", "version", "ends_on", "validated_at", "deposited_at", "counsellor_id")


def _remake(statuses: str, read: tuple[str, ...]) -> None:
    desk = "ix_conventions_agency_id_starts_on"
    op.drop_index(desk, table_name="conventions")
    op.create_index(
        desk,
        "conventions",
        ["agency_id", "starts_on"],
        unique=False,
        postgresql_include=list(read),
        postgresql_where=sa.text("archived_at IS NULL AND anonymised_at IS NULL"),
    )
    for column in ("person_key", "person_email"):
        name = f"ix_conventions_siret_{column}"
        op.drop_index(name, table_name="conventions")
        op.create_index(
            name,
            "conventions",
            ["siret", column],
            unique=False,
            postgresql_where=sa.text(f"status IN ({statuses})"),
        )


def upgrade() -> None:
    _remake(f"{_LIVE}, 'cancelled'", (*_READ, "kind"))


def downgrade() -> None:
    _remake(_LIVE, _READ)

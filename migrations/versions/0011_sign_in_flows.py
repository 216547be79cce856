"""A ProConnect sign-in is known by the hash of its state alone; companies found by their proved address."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("oidc_flows", "verifier")
    op.drop_column("oidc_flows", "nonce")
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_companies_contact_email",
            "companies",
            [sa.text("lower(contact_email)")],
            postgresql_where=sa.text("contact_email <> ''"),
            postgresql_concurrently=True,
            if_not_exists=True,
        )


def downgrade() -> None:
    op.drop_index("ix_companies_contact_email", "companies")
    op.add_column("oidc_flows", sa.Column("nonce", sa.Text(), nullable=False))
    op.add_column("oidc_flows", sa.Column("verifier", sa.Text(), nullable=False))

"""Conventions are searched by person, company and reference, mistyped or not, with one index."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

SEARCH_KEY = (
    "(((person_key || ' '::text) || translate(lower(company_name), "
    "'àâäçéèêëîïôöùûüœ''’-'::text, 'aaaceeeeiioouuuo   '::text)) || ' '::text) || lower(reference)"
)


def upgrade() -> None:
    op.add_column(
        "conventions",
        sa.Column(
            "search_key",
            sa.Text(),
            sa.Computed(SEARCH_KEY, persisted=True),
            nullable=False,
            comment="what lists are searched by",
        ),
    )
    op.drop_index("ix_conventions_person_key_trigrams", table_name="conventions", postgresql_using="gin")
    op.create_index(
        "ix_conventions_search_key_trigrams",
        "conventions",
        ["search_key"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"search_key": "gin_trgm_ops"},
    )


def downgrade() -> None:
    op.drop_index("ix_conventions_search_key_trigrams", table_name="conventions", postgresql_using="gin")
    op.create_index(
        "ix_conventions_person_key_trigrams",
        "conventions",
        [sa.literal_column("person_key gin_trgm_ops")],
        unique=False,
        postgresql_using="gin",
    )
    op.drop_column("conventions", "search_key")

"""How companies answer, how requests ended, and the weights learned from it.

A change of a company's activity stamps the company like a change of its places does, so that the index
follows; new weights are notified on their own channel by the command that writes them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_EVENTS = (("inserted", "INSERT", "NEW"), ("updated", "UPDATE", "NEW"), ("deleted", "DELETE", "OLD"))


def _count(name: str, comment: str | None = None) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default="0", nullable=False, comment=comment)


def _activity() -> None:
    op.create_table(
        "company_activity",
        sa.Column("company_id", sa.BigInteger(), autoincrement=False, nullable=False),
        _count("asked", "requests answered, or old enough to be judged"),
        _count("answered"),
        sa.Column(
            "delay_hours",
            sa.Double(),
            server_default="0",
            nullable=False,
            comment="of all the answers together",
        ),
        _count("contacts_28d"),
        _count("contacts_7d"),
        _count("hired", "immersions that ended with a job"),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "answered BETWEEN 0 AND asked", name=op.f("ck_company_activity_answered_were_asked")
        ),
        sa.CheckConstraint(
            "delay_hours >= 0 AND delay_hours < 'infinity'", name=op.f("ck_company_activity_delay_counted")
        ),
        sa.CheckConstraint(
            "contacts_7d BETWEEN 0 AND contacts_28d", name=op.f("ck_company_activity_week_within_month")
        ),
        sa.CheckConstraint("hired >= 0", name=op.f("ck_company_activity_hired_counted")),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["companies.id"],
            name=op.f("fk_company_activity_company_id_companies"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("company_id", name=op.f("pk_company_activity")),
    )
    for suffix, event, side in _EVENTS:
        op.execute(
            f"CREATE TRIGGER company_activity_{suffix} AFTER {event} ON company_activity"
            f" REFERENCING {side} TABLE AS changed"
            " FOR EACH STATEMENT EXECUTE FUNCTION company_part_changed()"
        )


def upgrade() -> None:
    _activity()
    op.create_table(
        "ranking_outcomes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "terms",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="value of each term that applied, by code",
        ),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "jsonb_typeof(terms) = 'object'", name=op.f("ck_ranking_outcomes_terms_is_object")
        ),
        sa.CheckConstraint("pg_column_size(terms) < 2000", name=op.f("ck_ranking_outcomes_terms_bounded")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking_outcomes")),
    )
    op.create_index(op.f("ix_ranking_outcomes_day"), "ranking_outcomes", ["day"])
    op.create_table(
        "ranking_weights",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "weights",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="weight of each term, by code",
        ),
        sa.Column("outcomes", sa.Integer(), nullable=False, comment="how many they were learned from"),
        sa.Column(
            "exposure",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="of each group, against that of the priors",
        ),
        sa.CheckConstraint(
            "jsonb_typeof(weights) = 'object'", name=op.f("ck_ranking_weights_weights_is_object")
        ),
        sa.CheckConstraint(
            "jsonb_typeof(exposure) = 'object'", name=op.f("ck_ranking_weights_exposure_is_object")
        ),
        sa.CheckConstraint("outcomes >= 0", name=op.f("ck_ranking_weights_outcomes_counted")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking_weights")),
    )
    op.create_index("ix_ranking_weights_since", "ranking_weights", ["since", "id"])


def downgrade() -> None:
    for suffix, _, _ in _EVENTS:
        op.execute(f"DROP TRIGGER company_activity_{suffix} ON company_activity")
    for table in ("ranking_weights", "ranking_outcomes", "company_activity"):
        op.drop_table(table)

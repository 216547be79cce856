"""What the ranking learns from: how companies answer, how hits ended, and the weights in force."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB

from data.tables.base import Timestamp, metadata, one_of
from domain.discussion import TEACHING


def _count(name: str, comment: str | None = None) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default="0", comment=comment)


company_activity = Table(
    "company_activity",
    metadata,
    Column(
        "company_id",
        BigInteger,
        ForeignKey("companies.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    _count("asked", "requests answered, or old enough to be judged"),
    _count("answered"),
    Column("delay_hours", Double, nullable=False, server_default="0", comment="of all the answers together"),
    _count("contacts_28d"),
    _count("contacts_7d"),
    _count("hired", "immersions that ended with a job"),
    Column("updated_at", Timestamp, nullable=False),
    CheckConstraint("answered BETWEEN 0 AND asked", name="answered_were_asked"),
    CheckConstraint("delay_hours >= 0 AND delay_hours < 'infinity'", name="delay_counted"),
    CheckConstraint("contacts_7d BETWEEN 0 AND contacts_28d", name="week_within_month"),
    CheckConstraint("hired >= 0", name="hired_counted"),
)
"""Its rows stamp their company (triggers), so that the index follows; a company without one is new."""

ranking_outcomes = Table(
    "ranking_outcomes",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("day", Date, nullable=False, index=True),
    Column("terms", JSONB, nullable=False, comment="value of each term that applied, by code"),
    Column("accepted", Boolean, nullable=False),
    Column("ended", Text, nullable=True, comment="how: accepted, rejected, or expired without an answer"),
    Column("position", Integer, nullable=True, comment="in the search it was asked from, from 1"),
    one_of("ended", TEACHING),
    CheckConstraint("position > 0", name="position_counted"),
    CheckConstraint("jsonb_typeof(terms) = 'object'", name="terms_is_object"),
    CheckConstraint("pg_column_size(terms) < 2000", name="terms_bounded"),
)
"""How requests ended. No person and no company: a day, numbers, and how it ended."""

ranking_weights = Table(
    "ranking_weights",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("since", Timestamp, nullable=False),
    Column("weights", JSONB, nullable=False, comment="weight of each term, by code"),
    Column("outcomes", Integer, nullable=False, comment="how many they were learned from"),
    Column("exposure", JSONB, nullable=False, comment="of each group, against that of the priors"),
    CheckConstraint("jsonb_typeof(weights) = 'object'", name="weights_is_object"),
    CheckConstraint("jsonb_typeof(exposure) = 'object'", name="exposure_is_object"),
    CheckConstraint("outcomes >= 0", name="outcomes_counted"),
    Index("ix_ranking_weights_since", "since", "id"),
)
"""Weights learned; the last row is in force, the others are its history."""

"""Prescribing structures, who works there, and whom they accompany.

Two rules hold at each commit, by deferred triggers of their migration: an active agency has an admin
and a notified validator (its own, or those of the agency it refers to, and then a notified counsellor);
`two_step` says whether a counsellor is notified, and nothing else writes it.
"""

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
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from data.tables.base import Timestamp, metadata, one_of
from domain.agency import AgencyKind, AgencyStatus

_NOW_EMPTY = "{}"
_TRUE, _FALSE = text("true"), text("false")

agencies = Table(
    "agencies",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("kind_label", Text, nullable=False, server_default="", comment="as its source says, for `autre`"),
    Column("name", Text, nullable=False),
    Column("siret", Text, nullable=True),
    Column("address", Text, nullable=False, server_default=""),
    Column("postal_code", Text, nullable=False, server_default=""),
    Column("city", Text, nullable=False, server_default=""),
    Column("insee", Text, nullable=True),
    Column("lat", Double, nullable=True),
    Column("lon", Double, nullable=True),
    Column("departments", ARRAY(Text), nullable=False, server_default=_NOW_EMPTY, comment="covered whole"),
    Column(
        "communes", ARRAY(Text), nullable=False, server_default=_NOW_EMPTY, comment="covered, INSEE codes"
    ),
    Column("contact_email", Text, nullable=False, server_default=""),
    Column("contact_phone", Text, nullable=False, server_default=""),
    Column("signature", Text, nullable=False, server_default="", comment="last lines of its mails"),
    Column("logo", LargeBinary, nullable=True, comment="PNG, re-encoded"),
    Column("status", Text, nullable=False, server_default="to_review"),
    Column("status_reason", Text, nullable=False, server_default=""),
    Column("two_step", Boolean, nullable=False, server_default=_FALSE),
    Column("refers_to", ForeignKey("agencies.id"), nullable=True, comment="the agency that validates for it"),
    Column("delegation_ends_on", Date, nullable=True),
    Column(
        "delegation_reminded_days",
        SmallInteger,
        nullable=True,
        comment="how long before the end the last reminder was for",
    ),
    Column(
        "validates_first",
        ARRAY(Text),
        nullable=False,
        server_default="{}",
        comment="situations of the people whose requests its agents validate before the company reads them",
    ),
    Column("source", Text, nullable=False, comment="form, or the public file it comes from"),
    Column("source_key", Text, nullable=True, comment="what names it in that file"),
    Column("transferred_to", ForeignKey("agencies.id"), nullable=True),
    Column("created_at", Timestamp, nullable=False),
    Column("updated_at", Timestamp, nullable=False),
    Column("activated_at", Timestamp, nullable=True),
    Column("closed_at", Timestamp, nullable=True),
    one_of("kind", AgencyKind),
    one_of("status", AgencyStatus),
    CheckConstraint("siret ~ '^[0-9]{14}$'", name="siret_format"),
    CheckConstraint("length(name) BETWEEN 2 AND 200", name="name_length"),
    CheckConstraint("(lat IS NULL) = (lon IS NULL)", name="point_whole"),
    CheckConstraint("lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180", name="on_earth"),
    CheckConstraint("refers_to <> id AND transferred_to <> id", name="not_itself"),
    CheckConstraint(
        "status <> 'active' OR (contact_email <> '' AND activated_at IS NOT NULL)", name="active_reachable"
    ),
    CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed_when"),
    CheckConstraint("octet_length(logo) <= 200000", name="logo_bounded"),
    Index("uq_agencies_source_source_key", "source", "source_key", unique=True),
    Index("ix_agencies_status", "status"),
    Index("ix_agencies_departments", "departments", postgresql_using="gin"),
    Index("ix_agencies_siret", "siret"),
    Index("ix_agencies_refers_to", "refers_to"),
)

agency_rights = Table(
    "agency_rights",
    metadata,
    Column("agency_id", ForeignKey("agencies.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("roles", ARRAY(Text), nullable=False),
    Column("notified", Boolean, nullable=False, server_default=_TRUE, comment="is sent what waits for them"),
    Column("asked_at", Timestamp, nullable=False),
    Column("decided_at", Timestamp, nullable=True),
    Column("decided_by", ForeignKey("users.id", ondelete="SET NULL"), nullable=True),
    CheckConstraint(
        "roles <@ ARRAY['counsellor', 'validator', 'agency_admin', 'agency_viewer', 'to_review']",
        name="roles_known",
    ),
    CheckConstraint("cardinality(roles) > 0", name="some_role"),
    CheckConstraint("NOT 'to_review' = ANY (roles) OR cardinality(roles) = 1", name="waits_alone"),
)

agency_invitations = Table(
    "agency_invitations",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=text("gen_random_uuid()")),
    Column("agency_id", ForeignKey("agencies.id", ondelete="CASCADE"), nullable=False),
    Column("email", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("invited_by", ForeignKey("users.id", ondelete="SET NULL"), nullable=True, index=True),
    Column("invited_at", Timestamp, nullable=False),
    CheckConstraint(
        "roles <@ ARRAY['counsellor', 'validator', 'agency_admin', 'agency_viewer']", name="roles_known"
    ),
    CheckConstraint("cardinality(roles) > 0", name="some_role"),
    CheckConstraint("email = lower(email) AND length(email) BETWEEN 3 AND 254", name="email_lower"),
    Index("uq_agency_invitations_agency_id_email", "agency_id", "email", unique=True),
    Index("ix_agency_invitations_invited_at", "invited_at"),
)

beneficiaries = Table(
    "beneficiaries",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=text("gen_random_uuid()")),
    Column(
        "user_id",
        ForeignKey("users.id", ondelete="CASCADE"),
        nullable=True,
        unique=True,
        comment="none until handed over",
    ),
    Column("first_name", Text, nullable=False, server_default=""),
    Column("last_name", Text, nullable=False, server_default=""),
    Column("email", Text, nullable=False, server_default="", comment="as told to the prescriber, unproved"),
    Column("insee", Text, nullable=True, comment="commune of residence"),
    Column("private", LargeBinary, nullable=True, comment="status and constraints, encrypted"),
    Column("created_at", Timestamp, nullable=False),
    Column("updated_at", Timestamp, nullable=False),
    CheckConstraint("length(first_name) <= 100 AND length(last_name) <= 100", name="names_bounded"),
    CheckConstraint("octet_length(private) <= 20000", name="private_bounded"),
)

referrals = Table(
    "referrals",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("beneficiary_id", ForeignKey("beneficiaries.id", ondelete="CASCADE"), nullable=False),
    Column("agency_id", ForeignKey("agencies.id"), nullable=False, index=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("since", Timestamp, nullable=False),
    Column("until", Timestamp, nullable=True),
    Column("consent", Text, nullable=False, comment="how the person agreed"),
    Column("consented_at", Timestamp, nullable=True, comment="none: the person has not answered yet"),
    Column("end_reason", Text, nullable=False, server_default=""),
    one_of("consent", ("account", "beside")),
    one_of("end_reason", ("", "agent", "person", "refused", "handed_over", "agency_closed", "member_left")),
    CheckConstraint("(until IS NULL) = (end_reason = '')", name="ended_why"),
    Index(
        "uq_referrals_current",
        "beneficiary_id",
        "user_id",
        unique=True,
        postgresql_where=text("until IS NULL"),
    ),
)

person_searches = Table(
    "person_searches",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("beneficiary_id", ForeignKey("beneficiaries.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", ForeignKey("users.id", ondelete="SET NULL"), nullable=True, comment="who searched"),
    Column("query", Text, nullable=False, comment="the address's query: codes and places, nobody's name"),
    Column("total", Integer, nullable=False),
    Column("searched_at", Timestamp, nullable=False),
    CheckConstraint("length(query) BETWEEN 1 AND 2000", name="query_bounded"),
    CheckConstraint("total >= 0", name="total_range"),
    Index("uq_person_searches_beneficiary_id_query", "beneficiary_id", "query", unique=True),
    Index("ix_person_searches_searched_at", "searched_at"),
)

consents = Table(
    "consents",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("beneficiary_id", ForeignKey("beneficiaries.id", ondelete="CASCADE"), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("target", Text, nullable=False, server_default="", comment="id of the agency or company"),
    Column("given_at", Timestamp, nullable=False),
    Column("revoked_at", Timestamp, nullable=True),
    one_of("purpose", ("passport_to_agency", "passport_to_company", "private_lines", "parent")),
    CheckConstraint("revoked_at >= given_at", name="revoked_after"),
    Index(
        "uq_consents_current",
        "beneficiary_id",
        "purpose",
        "target",
        unique=True,
        postgresql_where=text("revoked_at IS NULL"),
    ),
)

"""Companies, their places and their offers: what search finds.

`companies.stamp` is the number of the transaction that last touched the company, one of its places
or one of its offers (triggers of the first migration keep it); each API process re-reads what was
stamped since its last snapshot. `company_removals` does the same for rows that are gone.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from data.tables.base import Timestamp, Xid8, metadata, one_of
from domain.search import ContactMode, DisabledFit, RemoteMode
from domain.values import HEADCOUNTS

PROOFS = ("proved", "public_register")

_STAMP = text("pg_current_xact_id()")
_TRUE, _FALSE = text("true"), text("false")

companies = Table(
    "companies",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("siret", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("custom_name", Text, nullable=False, server_default=""),
    Column("naf", Text, nullable=True, comment="dotted sub-class: 56.10A"),
    Column("naf_division", Text, Computed("left(naf, 2)", persisted=True)),
    Column("headcount", Text, nullable=False, server_default="NN"),
    Column("website", Text, nullable=False, server_default=""),
    Column("additional_information", Text, nullable=False, server_default=""),
    Column("contact_mode", Text, nullable=False),
    Column("contact_name", Text, nullable=False, server_default=""),
    Column("contact_job", Text, nullable=False, server_default=""),
    Column("contact_email", Text, nullable=False, server_default=""),
    Column("contact_phone", Text, nullable=False, server_default=""),
    Column("fit_for_disabled_workers", Text, nullable=False, server_default=DisabledFit.NO),
    Column("for_job_seekers", Boolean, nullable=False, server_default=_TRUE),
    Column("for_pupils", Boolean, nullable=False, server_default=_FALSE),
    Column("engaged", Boolean, nullable=False, server_default=_FALSE),
    Column("source", Text, nullable=False),
    Column("proof", Text, nullable=False),
    Column("diffusible", Boolean, nullable=False, server_default=_TRUE, comment="may be shown by its name"),
    Column("max_contacts_per_month", Integer, nullable=False, server_default="6"),
    Column("next_availability_date", Date, nullable=True, comment="paused until that day"),
    Column("closed_at", Timestamp, nullable=True),
    Column("banned_at", Timestamp, nullable=True),
    Column("ban_reason", Text, nullable=False, server_default="", comment="told to the company"),
    Column(
        "conditions",
        JSONB,
        nullable=False,
        server_default="{}",
        comment="practical: dress, access, hours, meals, accessibility",
    ),
    Column("opted_out_at", Timestamp, nullable=True, comment="a « potentiel » that asked to leave, for good"),
    Column("created_at", Timestamp, nullable=False),
    Column("updated_at", Timestamp, nullable=False),
    Column("nudged_at", Timestamp, nullable=True, comment="last asked whether its file is up to date"),
    Column("unresponsive_at", Timestamp, nullable=True, comment="out of search: it left requests unanswered"),
    Column("returned_at", Timestamp, nullable=True, comment="came back: requests before do not count"),
    Column("stamp", Xid8, nullable=False, server_default=_STAMP),
    CheckConstraint("siret ~ '^[0-9]{14}$'", name="siret_format"),
    CheckConstraint("naf ~ '^[0-9]{2}\\.[0-9]{2}[A-Z]$'", name="naf_format"),
    CheckConstraint("max_contacts_per_month BETWEEN 0 AND 1000", name="max_contacts_range"),
    CheckConstraint("length(name) BETWEEN 1 AND 200", name="name_length"),
    CheckConstraint("jsonb_typeof(conditions) = 'object'", name="conditions_is_object"),
    CheckConstraint("pg_column_size(conditions) < 20000", name="conditions_bounded"),
    CheckConstraint(
        "(proof = 'public_register') = (contact_mode = 'none')", name="potentiel_takes_no_request"
    ),
    CheckConstraint(
        "contact_mode <> 'email' OR contact_email <> ''",
        name="email_mode_has_email",
    ),
    CheckConstraint(
        "contact_mode <> 'phone' OR contact_phone <> ''",
        name="phone_mode_has_phone",
    ),
    one_of("contact_mode", ContactMode),
    one_of("fit_for_disabled_workers", DisabledFit),
    one_of("headcount", HEADCOUNTS),
    one_of("proof", PROOFS),
    Index("ix_companies_stamp", "stamp"),
    Index(
        "ix_companies_contact_email",
        text("lower(contact_email)"),
        postgresql_where=text("contact_email <> ''"),
    ),
)

company_places = Table(
    "company_places",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("company_id", ForeignKey("companies.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("address", Text, nullable=False, server_default=""),
    Column("postal_code", Text, nullable=False),
    Column("city", Text, nullable=False),
    Column("insee", Text, nullable=True),
    Column("lat", Double, nullable=True),
    Column("lon", Double, nullable=True),
    Column(
        "approximate", Boolean, nullable=False, server_default=_FALSE, comment="the point is the commune's"
    ),
    CheckConstraint("(lat IS NULL) = (lon IS NULL)", name="point_whole"),
    CheckConstraint("lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180", name="on_earth"),
    CheckConstraint("postal_code ~ '^[0-9]{5}$'", name="postal_code_format"),
)

offers = Table(
    "offers",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("company_id", ForeignKey("companies.id", ondelete="CASCADE"), nullable=False),
    Column("rome", ForeignKey("rome_occupations.code"), nullable=False, index=True),
    Column("appellation", Text, nullable=True, comment="OGR code, when one was chosen"),
    Column("label", Text, nullable=False),
    Column("remote_mode", Text, nullable=False, server_default=RemoteMode.ON_SITE),
    Column(
        "skills", ARRAY(Text), nullable=False, server_default="{}", comment="skills the company would like"
    ),
    Column("text", Text, nullable=False, server_default=""),
    one_of("remote_mode", RemoteMode),
    CheckConstraint("length(label) BETWEEN 1 AND 300", name="label_length"),
    Index("uq_offers_company_id_rome_label", "company_id", "rome", "label", unique=True),
)

company_removals = Table(
    "company_removals",
    metadata,
    Column("company_id", BigInteger, primary_key=True),
    Column("stamp", Xid8, nullable=False, server_default=_STAMP),
    Index("ix_company_removals_stamp", "stamp"),
)

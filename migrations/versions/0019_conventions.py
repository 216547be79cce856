"""Conventions: documents, signatories, story, sealed files, templates, assessments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")  # trusted: the owner of the database may
    op.create_table(
        "convention_templates",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=True),
        sa.Column("company_id", sa.BigInteger(), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column(
            "terms",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="without the beneficiary",
        ),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(label) BETWEEN 1 AND 100", name=op.f("ck_convention_templates_label_bounded")
        ),
        sa.CheckConstraint(
            "num_nonnulls(agency_id, company_id) = 1", name=op.f("ck_convention_templates_one_owner")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agencies.id"],
            name=op.f("fk_convention_templates_agency_id_agencies"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["companies.id"],
            name=op.f("fk_convention_templates_company_id_companies"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["users.id"],
            name=op.f("fk_convention_templates_created_by_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_convention_templates")),
    )
    op.create_index(
        op.f("ix_convention_templates_agency_id"), "convention_templates", ["agency_id"], unique=False
    )
    op.create_index(
        op.f("ix_convention_templates_company_id"), "convention_templates", ["company_id"], unique=False
    )
    op.create_index(
        op.f("ix_convention_templates_created_by"), "convention_templates", ["created_by"], unique=False
    )
    op.create_table(
        "conventions",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False, comment="on the paper and in its QR code"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="draft", nullable=False),
        sa.Column("status_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status_reason", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "version", sa.Integer(), server_default="1", nullable=False, comment="one more at each change"
        ),
        sa.Column(
            "terms",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="the document; none once anonymised",
        ),
        sa.Column(
            "terms_sha256", sa.LargeBinary(), nullable=True, comment="of its canonical form, once sent"
        ),
        sa.Column(
            "chain_head", sa.LargeBinary(), nullable=False, comment="seal of the last line of its story"
        ),
        sa.Column("agency_id", sa.BigInteger(), nullable=True, comment="the prescriber"),
        sa.Column("company_id", sa.BigInteger(), nullable=True),
        sa.Column("discussion_id", sa.Uuid(), nullable=True),
        sa.Column("beneficiary_id", sa.Uuid(), nullable=True),
        sa.Column("counsellor_id", sa.Uuid(), nullable=True),
        sa.Column("renews", sa.Uuid(), nullable=True),
        sa.Column(
            "person_key",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="names without accents or case",
        ),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("person_email", sa.Text(), server_default="", nullable=False),
        sa.Column("siret", sa.Text(), server_default="", nullable=False),
        sa.Column("company_name", sa.Text(), server_default="", nullable=False),
        sa.Column("rome", sa.Text(), server_default="", nullable=False),
        sa.Column("department", sa.Text(), server_default="", nullable=False),
        sa.Column("objective", sa.Text(), nullable=True),
        sa.Column("aims_key", sa.Text(), server_default="", nullable=False, comment="precise aims, folded"),
        sa.Column("age", sa.SmallInteger(), nullable=True, comment="at the start"),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("days", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("minutes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("validated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("validated_by", sa.Uuid(), nullable=True),
        sa.Column("deposited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deposited_by", sa.Uuid(), nullable=True),
        sa.Column("deposit_receipt", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "archived_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="restricted: reading it is told why",
        ),
        sa.Column("anonymised_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('pmsmp', 'mini_stage')", name=op.f("ck_conventions_kind_known")),
        sa.CheckConstraint(
            "objective IN ('discover', 'confirm', 'recruit')", name=op.f("ck_conventions_objective_known")
        ),
        sa.CheckConstraint("reference ~ '^[A-Z0-9]{10}$'", name=op.f("ck_conventions_reference_format")),
        sa.CheckConstraint(
            "status <> 'validated' OR validated_at IS NOT NULL", name=op.f("ck_conventions_validated_when")
        ),
        sa.CheckConstraint(
            "status = 'draft' OR (agency_id IS NOT NULL AND starts_on <= ends_on AND submitted_at IS NOT NULL)",
            name=op.f("ck_conventions_sent_whole"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'to_sign', 'partly_signed', 'in_review', 'pre_approved', 'validated', 'rejected', 'cancelled', 'expired')",
            name=op.f("ck_conventions_status_known"),
        ),
        sa.CheckConstraint(
            "(terms IS NULL) = (anonymised_at IS NOT NULL)", name=op.f("ck_conventions_anonymised_whole")
        ),
        sa.CheckConstraint("length(status_reason) <= 1000", name=op.f("ck_conventions_reason_bounded")),
        sa.CheckConstraint("octet_length(chain_head) = 32", name=op.f("ck_conventions_chain_head_length")),
        sa.CheckConstraint("octet_length(terms_sha256) = 32", name=op.f("ck_conventions_hash_length")),
        sa.CheckConstraint("renews <> id", name=op.f("ck_conventions_not_itself")),
        sa.CheckConstraint("version > 0", name=op.f("ck_conventions_version_positive")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_conventions_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"],
            ["beneficiaries.id"],
            name=op.f("fk_conventions_beneficiary_id_beneficiaries"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["companies.id"],
            name=op.f("fk_conventions_company_id_companies"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["counsellor_id"],
            ["users.id"],
            name=op.f("fk_conventions_counsellor_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name=op.f("fk_conventions_created_by_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["deposited_by"],
            ["users.id"],
            name=op.f("fk_conventions_deposited_by_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["discussion_id"],
            ["discussions.id"],
            name=op.f("fk_conventions_discussion_id_discussions"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["renews"],
            ["conventions.id"],
            name=op.f("fk_conventions_renews_conventions"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["validated_by"],
            ["users.id"],
            name=op.f("fk_conventions_validated_by_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conventions")),
        sa.UniqueConstraint("reference", name=op.f("uq_conventions_reference")),
    )
    op.create_index(op.f("ix_conventions_agency_id"), "conventions", ["agency_id"], unique=False)
    op.create_index(
        "ix_conventions_agency_id_status", "conventions", ["agency_id", "status", "starts_on"], unique=False
    )
    op.create_index(op.f("ix_conventions_beneficiary_id"), "conventions", ["beneficiary_id"], unique=False)
    op.create_index(op.f("ix_conventions_company_id"), "conventions", ["company_id"], unique=False)
    op.create_index(op.f("ix_conventions_counsellor_id"), "conventions", ["counsellor_id"], unique=False)
    op.create_index(op.f("ix_conventions_created_by"), "conventions", ["created_by"], unique=False)
    op.create_index(op.f("ix_conventions_deposited_by"), "conventions", ["deposited_by"], unique=False)
    op.create_index(op.f("ix_conventions_discussion_id"), "conventions", ["discussion_id"], unique=False)
    op.create_index("ix_conventions_ends_on", "conventions", ["ends_on"], unique=False)
    op.create_index(
        "ix_conventions_person_key_trigrams",
        "conventions",
        [sa.literal_column("person_key gin_trgm_ops")],
        unique=False,
        postgresql_using="gin",
    )
    op.create_index(
        "ix_conventions_siret_person_email",
        "conventions",
        ["siret", "person_email"],
        unique=False,
        postgresql_where=sa.text(
            "status IN ('to_sign', 'partly_signed', 'in_review', 'pre_approved', 'validated')"
        ),
    )
    op.create_index(
        "ix_conventions_siret_person_key",
        "conventions",
        ["siret", "person_key"],
        unique=False,
        postgresql_where=sa.text(
            "status IN ('to_sign', 'partly_signed', 'in_review', 'pre_approved', 'validated')"
        ),
    )
    op.create_index("ix_conventions_status_status_at", "conventions", ["status", "status_at"], unique=False)
    op.create_index(op.f("ix_conventions_validated_by"), "conventions", ["validated_by"], unique=False)
    op.create_index(
        "uq_conventions_renews",
        "conventions",
        ["renews"],
        unique=True,
        postgresql_where=sa.text(
            "renews IS NOT NULL AND status IN ('to_sign', 'partly_signed', 'in_review', 'pre_approved', 'validated')"
        ),
    )
    op.create_table(
        "assessments",
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True, comment="as the company says"),
        sa.Column("last_day", sa.Date(), nullable=True, comment="when it ended early"),
        sa.Column("minutes", sa.Integer(), nullable=True, comment="really done"),
        sa.Column("no_show_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("hired", sa.Boolean(), nullable=True),
        sa.Column("contract", sa.Text(), server_default="", nullable=False),
        sa.Column("hired_on", sa.Date(), nullable=True),
        sa.Column("next_step", sa.Text(), server_default="", nullable=False),
        sa.Column("feedback", sa.Text(), nullable=True, comment="the company's words"),
        sa.Column("advice", sa.Text(), nullable=True),
        sa.Column(
            "skills",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="OGR, label and observed level",
        ),
        sa.Column("company_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("person_feedback", sa.Text(), nullable=True),
        sa.Column("person_next", sa.Text(), server_default="", nullable=False),
        sa.Column("person_agrees", sa.Boolean(), nullable=True),
        sa.Column(
            "person_shares", sa.Boolean(), nullable=True, comment="observed skills go to their passport"
        ),
        sa.Column("person_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "followed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="the question at six months was asked",
        ),
        sa.Column("follow_up", sa.Text(), server_default="", nullable=False, comment="and answered"),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('completed', 'partly_completed', 'did_not_show')",
            name=op.f("ck_assessments_outcome_known"),
        ),
        sa.CheckConstraint(
            "(company_at IS NULL) = (outcome IS NULL)", name=op.f("ck_assessments_told_by_company")
        ),
        sa.CheckConstraint(
            "length(feedback) <= 2000 AND length(advice) <= 2000", name=op.f("ck_assessments_words_bounded")
        ),
        sa.CheckConstraint(
            "length(person_feedback) <= 2000", name=op.f("ck_assessments_person_words_bounded")
        ),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_assessments_minutes_range")),
        sa.ForeignKeyConstraint(
            ["convention_id"],
            ["conventions.id"],
            name=op.f("fk_assessments_convention_id_conventions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("convention_id", name=op.f("pk_assessments")),
    )
    op.create_table(
        "convention_documents",
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False, comment="a tutor's change makes another"),
        sa.Column("data", sa.Text(), nullable=True, comment="canonical JSON that the typesetter read"),
        sa.Column(
            "made_with",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="versions of typesetter, template, fonts",
        ),
        sa.Column("unsealed_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("tail", sa.LargeBinary(), nullable=True, comment="what the seal added to the file"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "octet_length(sealed_sha256) = 32", name=op.f("ck_convention_documents_sealed_hash_length")
        ),
        sa.CheckConstraint(
            "octet_length(unsealed_sha256) = 32", name=op.f("ck_convention_documents_unsealed_hash_length")
        ),
        sa.ForeignKeyConstraint(
            ["convention_id"],
            ["conventions.id"],
            name=op.f("fk_convention_documents_convention_id_conventions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("convention_id", "number", name=op.f("pk_convention_documents")),
        sa.UniqueConstraint("sealed_sha256", name=op.f("uq_convention_documents_sealed_sha256")),
    )
    op.create_table(
        "convention_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "facts",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="nothing that names anybody",
        ),
        sa.Column(
            "told",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="names, addresses, words; none once anonymised",
        ),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("told_hash", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="which key sealed it"),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(told IS NULL) = (salt IS NULL)", name=op.f("ck_convention_events_told_with_salt")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_convention_events_number_positive")),
        sa.CheckConstraint(
            "octet_length(told_hash) = 32 AND octet_length(mac) = 32",
            name=op.f("ck_convention_events_hash_length"),
        ),
        sa.ForeignKeyConstraint(
            ["convention_id"],
            ["conventions.id"],
            name=op.f("fk_convention_events_convention_id_conventions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_convention_events")),
        sa.UniqueConstraint(
            "convention_id", "number", name=op.f("uq_convention_events_convention_id_number")
        ),
    )
    op.create_table(
        "convention_reminders",
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["convention_id"],
            ["conventions.id"],
            name=op.f("fk_convention_reminders_convention_id_conventions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("convention_id", "kind", name=op.f("pk_convention_reminders")),
    )
    op.create_table(
        "convention_signatories",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("whom", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_version", sa.Integer(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True, comment="how they signed"),
        sa.Column("attested_by", sa.Uuid(), nullable=True),
        sa.Column("code_channel", sa.Text(), nullable=True),
        sa.Column("code_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_tries", sa.SmallInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "channel IN ('email', 'sms', 'paper')", name=op.f("ck_convention_signatories_channel_known")
        ),
        sa.CheckConstraint(
            "code_channel IN ('email', 'sms')", name=op.f("ck_convention_signatories_code_channel_known")
        ),
        sa.CheckConstraint(
            "whom IN ('beneficiary', 'representative', 'company', 'employer')",
            name=op.f("ck_convention_signatories_whom_known"),
        ),
        sa.CheckConstraint(
            "(signed_at IS NULL) = (channel IS NULL)", name=op.f("ck_convention_signatories_signed_how")
        ),
        sa.CheckConstraint(
            "(signed_at IS NULL) = (signed_version IS NULL)",
            name=op.f("ck_convention_signatories_signed_whole"),
        ),
        sa.CheckConstraint(
            "code_tries BETWEEN 0 AND 100", name=op.f("ck_convention_signatories_tries_range")
        ),
        sa.ForeignKeyConstraint(
            ["attested_by"],
            ["users.id"],
            name=op.f("fk_convention_signatories_attested_by_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["convention_id"],
            ["conventions.id"],
            name=op.f("fk_convention_signatories_convention_id_conventions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_convention_signatories")),
        sa.UniqueConstraint(
            "convention_id", "whom", name=op.f("uq_convention_signatories_convention_id_whom")
        ),
    )
    op.create_index(
        op.f("ix_convention_signatories_attested_by"), "convention_signatories", ["attested_by"], unique=False
    )
    op.create_index("ix_convention_signatories_email", "convention_signatories", ["email"], unique=False)
    op.create_table(
        "convention_versions",
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=True, comment="canonical form; none once anonymised"),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("octet_length(sha256) = 32", name=op.f("ck_convention_versions_hash_length")),
        sa.ForeignKeyConstraint(
            ["convention_id"],
            ["conventions.id"],
            name=op.f("fk_convention_versions_convention_id_conventions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("convention_id", "version", name=op.f("pk_convention_versions")),
    )


def downgrade() -> None:
    op.drop_table("convention_versions")
    op.drop_index("ix_convention_signatories_email", table_name="convention_signatories")
    op.drop_index(op.f("ix_convention_signatories_attested_by"), table_name="convention_signatories")
    op.drop_table("convention_signatories")
    op.drop_table("convention_reminders")
    op.drop_table("convention_events")
    op.drop_table("convention_documents")
    op.drop_table("assessments")
    op.drop_index(
        "uq_conventions_renews",
        table_name="conventions",
        postgresql_where=sa.text(
            "renews IS NOT NULL AND status IN ('to_sign', 'partly_signed', 'in_review', 'pre_approved', 'validated')"
        ),
    )
    op.drop_index(op.f("ix_conventions_validated_by"), table_name="conventions")
    op.drop_index("ix_conventions_status_status_at", table_name="conventions")
    op.drop_index(
        "ix_conventions_siret_person_key",
        table_name="conventions",
        postgresql_where=sa.text(
            "status IN ('to_sign', 'partly_signed', 'in_review', 'pre_approved', 'validated')"
        ),
    )
    op.drop_index(
        "ix_conventions_siret_person_email",
        table_name="conventions",
        postgresql_where=sa.text(
            "status IN ('to_sign', 'partly_signed', 'in_review', 'pre_approved', 'validated')"
        ),
    )
    op.drop_index("ix_conventions_person_key_trigrams", table_name="conventions", postgresql_using="gin")
    op.drop_index("ix_conventions_ends_on", table_name="conventions")
    op.drop_index(op.f("ix_conventions_discussion_id"), table_name="conventions")
    op.drop_index(op.f("ix_conventions_deposited_by"), table_name="conventions")
    op.drop_index(op.f("ix_conventions_created_by"), table_name="conventions")
    op.drop_index(op.f("ix_conventions_counsellor_id"), table_name="conventions")
    op.drop_index(op.f("ix_conventions_company_id"), table_name="conventions")
    op.drop_index(op.f("ix_conventions_beneficiary_id"), table_name="conventions")
    op.drop_index("ix_conventions_agency_id_status", table_name="conventions")
    op.drop_index(op.f("ix_conventions_agency_id"), table_name="conventions")
    op.drop_table("conventions")
    op.drop_index(op.f("ix_convention_templates_created_by"), table_name="convention_templates")
    op.drop_index(op.f("ix_convention_templates_company_id"), table_name="convention_templates")
    op.drop_index(op.f("ix_convention_templates_agency_id"), table_name="convention_templates")
    op.drop_table("convention_templates")

"""Referentials, companies, registrations, delivery, passports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from data.tables.base import Xid8

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "communes",
        sa.Column("insee", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="commune", nullable=False),
        sa.Column("postal_codes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("population", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column(
            "approximate",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="the point is a neighbour's",
        ),
        sa.Column("retired", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('commune', 'arrondissement', 'other')", name=op.f("ck_communes_kind_known")
        ),
        sa.CheckConstraint(
            "lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180", name=op.f("ck_communes_on_earth")
        ),
        sa.PrimaryKeyConstraint("insee", name=op.f("pk_communes")),
    )
    op.create_index(
        "ix_communes_postal_codes", "communes", ["postal_codes"], unique=False, postgresql_using="gin"
    )
    op.create_table(
        "companies",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("custom_name", sa.Text(), server_default="", nullable=False),
        sa.Column("naf", sa.Text(), nullable=True, comment="dotted sub-class: 56.10A"),
        sa.Column("naf_division", sa.Text(), sa.Computed("left(naf, 2)", persisted=True), nullable=True),
        sa.Column("headcount", sa.Text(), server_default="NN", nullable=False),
        sa.Column("website", sa.Text(), server_default="", nullable=False),
        sa.Column("additional_information", sa.Text(), server_default="", nullable=False),
        sa.Column("contact_mode", sa.Text(), nullable=False),
        sa.Column("contact_name", sa.Text(), server_default="", nullable=False),
        sa.Column("contact_job", sa.Text(), server_default="", nullable=False),
        sa.Column("contact_email", sa.Text(), server_default="", nullable=False),
        sa.Column("contact_phone", sa.Text(), server_default="", nullable=False),
        sa.Column("fit_for_disabled_workers", sa.Text(), server_default="no", nullable=False),
        sa.Column("for_job_seekers", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("for_pupils", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("engaged", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column(
            "diffusible",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="may be shown by its name",
        ),
        sa.Column("max_contacts_per_month", sa.Integer(), server_default="6", nullable=False),
        sa.Column("next_availability_date", sa.Date(), nullable=True, comment="paused until that day"),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("banned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "opted_out_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="a « potentiel » that asked to leave, for good",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stamp", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.CheckConstraint(
            "(proof = 'public_register') = (contact_mode = 'none')",
            name=op.f("ck_companies_potentiel_takes_no_request"),
        ),
        sa.CheckConstraint(
            "contact_mode <> 'email' OR contact_email <> ''", name=op.f("ck_companies_email_mode_has_email")
        ),
        sa.CheckConstraint(
            "contact_mode <> 'phone' OR contact_phone <> ''", name=op.f("ck_companies_phone_mode_has_phone")
        ),
        sa.CheckConstraint(
            "contact_mode IN ('email', 'phone', 'in_person', 'none')",
            name=op.f("ck_companies_contact_mode_known"),
        ),
        sa.CheckConstraint(
            "fit_for_disabled_workers IN ('certified', 'declared', 'no')",
            name=op.f("ck_companies_fit_for_disabled_workers_known"),
        ),
        sa.CheckConstraint(
            "headcount IN ('NN', '00', '01', '02', '03', '11', '12', '21', '22', '31', '32', '41', '42', '51', '52', '53')",
            name=op.f("ck_companies_headcount_known"),
        ),
        sa.CheckConstraint("naf ~ '^[0-9]{2}\\.[0-9]{2}[A-Z]$'", name=op.f("ck_companies_naf_format")),
        sa.CheckConstraint("proof IN ('proved', 'public_register')", name=op.f("ck_companies_proof_known")),
        sa.CheckConstraint("siret ~ '^[0-9]{14}$'", name=op.f("ck_companies_siret_format")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_companies_name_length")),
        sa.CheckConstraint(
            "max_contacts_per_month BETWEEN 0 AND 1000", name=op.f("ck_companies_max_contacts_range")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_companies")),
        sa.UniqueConstraint("siret", name=op.f("uq_companies_siret")),
    )
    op.create_index("ix_companies_stamp", "companies", ["stamp"], unique=False)
    op.create_table(
        "company_removals",
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("stamp", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.PrimaryKeyConstraint("company_id", name=op.f("pk_company_removals")),
    )
    op.create_index("ix_company_removals_stamp", "company_removals", ["stamp"], unique=False)
    op.create_table(
        "departments",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_departments")),
    )
    op.create_table(
        "emails",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False, comment="id of what it is about"),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column(
            "reason",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="tells two mails of one template apart",
        ),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emails")),
        sa.UniqueConstraint("message_id", name=op.f("uq_emails_message_id")),
        sa.UniqueConstraint("template", "subject_id", "recipient", "reason", name="uq_emails_once"),
    )
    op.create_table(
        "links",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_links_expires_later")),
        sa.CheckConstraint("octet_length(token_hash) = 32", name=op.f("ck_links_token_hash_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_links_token_hash")),
    )
    op.create_index("ix_links_expires_at", "links", ["expires_at"], unique=False)
    op.create_index("ix_links_purpose_subject_id", "links", ["purpose", "subject_id"], unique=False)
    op.create_table(
        "naf_divisions",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), server_default="", nullable=False),
        sa.Column("section_label", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("code ~ '^[0-9]{2}$'", name=op.f("ck_naf_divisions_code_format")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_naf_divisions")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "available_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("tries", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column(
            "handed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="given to the queue, waiting for the job",
        ),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "parked_at", sa.DateTime(timezone=True), nullable=True, comment="given up; `error` says why"
        ),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("done_at IS NULL OR parked_at IS NULL", name=op.f("ck_outbox_done_or_parked")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["available_at"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL AND parked_at IS NULL"),
    )
    op.create_table(
        "passports",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the opaque id"),
        sa.Column("skills", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "seen_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="dropped 60 days later when unclaimed",
        ),
        sa.CheckConstraint("cardinality(skills) <= 200", name=op.f("ck_passports_skills_bounded")),
        sa.CheckConstraint("octet_length(token_hash) = 32", name=op.f("ck_passports_token_hash_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passports")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_passports_token_hash")),
    )
    op.create_index("ix_passports_seen_at", "passports", ["seen_at"], unique=False)
    op.create_table(
        "reference_imports",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "version", sa.Text(), nullable=False, comment="`starter`, or the version of the official files"
        ),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "kind IN ('rome', 'communes', 'naf', 'companies')", name=op.f("ck_reference_imports_kind_known")
        ),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_reference_imports")),
    )
    op.create_table(
        "rome_occupations",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), server_default="", nullable=False),
        sa.Column("parent", sa.Text(), nullable=True, comment="ROME 3 code of the same family, when known"),
        sa.Column("retired", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("code ~ '^[A-N][0-9]{4}$'", name=op.f("ck_rome_occupations_code_format")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_rome_occupations")),
    )
    op.create_table(
        "rome_skills",
        sa.Column("code", sa.Text(), nullable=False, comment="OGR code, or E0001… in the starter data"),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("macro", sa.Text(), nullable=True, comment="code of the macro-competence it belongs to"),
        sa.Column("is_macro", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("category", sa.Text(), server_default="", nullable=False),
        sa.Column("replaced_by", sa.Text(), nullable=True, comment="official code of a starter skill"),
        sa.Column("retired", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('savoir_faire', 'savoir', 'savoir_etre')", name=op.f("ck_rome_skills_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["replaced_by"], ["rome_skills.code"], name=op.f("fk_rome_skills_replaced_by_rome_skills")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_rome_skills")),
    )
    op.create_table(
        "company_places",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("postal_code", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("insee", sa.Text(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column(
            "approximate",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="the point is the commune's",
        ),
        sa.CheckConstraint("postal_code ~ '^[0-9]{5}$'", name=op.f("ck_company_places_postal_code_format")),
        sa.CheckConstraint("(lat IS NULL) = (lon IS NULL)", name=op.f("ck_company_places_point_whole")),
        sa.CheckConstraint(
            "lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180", name=op.f("ck_company_places_on_earth")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["companies.id"],
            name=op.f("fk_company_places_company_id_companies"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_places")),
    )
    op.create_index(op.f("ix_company_places_company_id"), "company_places", ["company_id"], unique=False)
    op.create_table(
        "naf_codes",
        sa.Column("code", sa.Text(), nullable=False, comment="dotted: 56.10A"),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("division", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["division"], ["naf_divisions.code"], name=op.f("fk_naf_codes_division_naf_divisions")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_naf_codes")),
    )
    op.create_table(
        "naf_rome",
        sa.Column("division", sa.Text(), nullable=False),
        sa.Column("rome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["division"], ["naf_divisions.code"], name=op.f("fk_naf_rome_division_naf_divisions")
        ),
        sa.ForeignKeyConstraint(
            ["rome"], ["rome_occupations.code"], name=op.f("fk_naf_rome_rome_rome_occupations")
        ),
        sa.PrimaryKeyConstraint("division", "rome", name=op.f("pk_naf_rome")),
    )
    op.create_table(
        "offers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("rome", sa.Text(), nullable=False),
        sa.Column("appellation", sa.Text(), nullable=True, comment="OGR code, when one was chosen"),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("remote_mode", sa.Text(), server_default="on_site", nullable=False),
        sa.Column(
            "skills",
            sa.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="skills the company would like",
        ),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "remote_mode IN ('on_site', 'hybrid', 'full_remote')", name=op.f("ck_offers_remote_mode_known")
        ),
        sa.CheckConstraint("length(label) BETWEEN 1 AND 300", name=op.f("ck_offers_label_length")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_offers_company_id_companies"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["rome"], ["rome_occupations.code"], name=op.f("fk_offers_rome_rome_occupations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
    )
    op.create_index(op.f("ix_offers_rome"), "offers", ["rome"], unique=False)
    op.create_index("uq_offers_company_id_rome_label", "offers", ["company_id", "rome", "label"], unique=True)
    op.create_table(
        "registrations",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the browser's token"),
        sa.Column("status", sa.Text(), server_default="draft", nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=True, comment="the company it edits"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('draft', 'to_prove', 'to_check', 'published', 'refused')",
            name=op.f("ck_registrations_status_known"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('to_check', 'published') OR proved_at IS NOT NULL",
            name=op.f("ck_registrations_proved_first"),
        ),
        sa.CheckConstraint("octet_length(token_hash) = 32", name=op.f("ck_registrations_token_hash_length")),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["companies.id"],
            name=op.f("fk_registrations_company_id_companies"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_registrations_token_hash")),
    )
    op.create_index("ix_registrations_siret", "registrations", ["siret"], unique=False)
    op.create_index("ix_registrations_updated_at", "registrations", ["updated_at"], unique=False)
    op.create_table(
        "rome_appellations",
        sa.Column("ogr", sa.Text(), nullable=False),
        sa.Column("rome", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("short_label", sa.Text(), nullable=False),
        sa.Column("rare", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("retired", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["rome"], ["rome_occupations.code"], name=op.f("fk_rome_appellations_rome_rome_occupations")
        ),
        sa.PrimaryKeyConstraint("ogr", name=op.f("pk_rome_appellations")),
    )
    op.create_index(op.f("ix_rome_appellations_rome"), "rome_appellations", ["rome"], unique=False)
    op.create_table(
        "rome_mobilities",
        sa.Column("rome", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rome"], ["rome_occupations.code"], name=op.f("fk_rome_mobilities_rome_rome_occupations")
        ),
        sa.ForeignKeyConstraint(
            ["target"], ["rome_occupations.code"], name=op.f("fk_rome_mobilities_target_rome_occupations")
        ),
        sa.PrimaryKeyConstraint("rome", "target", name=op.f("pk_rome_mobilities")),
    )
    op.create_table(
        "rome_occupation_skills",
        sa.Column("rome", sa.Text(), nullable=False),
        sa.Column("skill", sa.Text(), nullable=False),
        sa.Column("core", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["rome"], ["rome_occupations.code"], name=op.f("fk_rome_occupation_skills_rome_rome_occupations")
        ),
        sa.ForeignKeyConstraint(
            ["skill"], ["rome_skills.code"], name=op.f("fk_rome_occupation_skills_skill_rome_skills")
        ),
        sa.PrimaryKeyConstraint("rome", "skill", name=op.f("pk_rome_occupation_skills")),
    )
    op.create_index("ix_rome_occupation_skills_skill", "rome_occupation_skills", ["skill"], unique=False)
    op.create_table(
        "rome_tags",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("rome", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('theme', 'sector', 'interest', 'riasec', 'context')",
            name=op.f("ck_rome_tags_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["rome"], ["rome_occupations.code"], name=op.f("fk_rome_tags_rome_rome_occupations")
        ),
        sa.PrimaryKeyConstraint("kind", "code", "rome", name=op.f("pk_rome_tags")),
    )
    op.create_table(
        "rome_texts",
        sa.Column("rome", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('definition', 'acces_metier')", name=op.f("ck_rome_texts_kind_known")),
        sa.ForeignKeyConstraint(
            ["rome"], ["rome_occupations.code"], name=op.f("fk_rome_texts_rome_rome_occupations")
        ),
        sa.PrimaryKeyConstraint("rome", "kind", "position", name=op.f("pk_rome_texts")),
    )
    op.create_table(
        "rome_words",
        sa.Column("word", sa.Text(), nullable=False, comment="everyday word, as people type it"),
        sa.Column("rome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rome"], ["rome_occupations.code"], name=op.f("fk_rome_words_rome_rome_occupations")
        ),
        sa.PrimaryKeyConstraint("word", "rome", name=op.f("pk_rome_words")),
    )


def downgrade() -> None:
    op.drop_table("rome_words")
    op.drop_table("rome_texts")
    op.drop_table("rome_tags")
    op.drop_index("ix_rome_occupation_skills_skill", table_name="rome_occupation_skills")
    op.drop_table("rome_occupation_skills")
    op.drop_table("rome_mobilities")
    op.drop_index(op.f("ix_rome_appellations_rome"), table_name="rome_appellations")
    op.drop_table("rome_appellations")
    op.drop_index("ix_registrations_updated_at", table_name="registrations")
    op.drop_index("ix_registrations_siret", table_name="registrations")
    op.drop_table("registrations")
    op.drop_index("uq_offers_company_id_rome_label", table_name="offers")
    op.drop_index(op.f("ix_offers_rome"), table_name="offers")
    op.drop_table("offers")
    op.drop_table("naf_rome")
    op.drop_table("naf_codes")
    op.drop_index(op.f("ix_company_places_company_id"), table_name="company_places")
    op.drop_table("company_places")
    op.drop_table("rome_skills")
    op.drop_table("rome_occupations")
    op.drop_table("reference_imports")
    op.drop_index("ix_passports_seen_at", table_name="passports")
    op.drop_table("passports")
    op.drop_index(
        "ix_outbox_waiting",
        table_name="outbox",
        postgresql_where=sa.text("done_at IS NULL AND parked_at IS NULL"),
    )
    op.drop_table("outbox")
    op.drop_table("naf_divisions")
    op.drop_index("ix_links_purpose_subject_id", table_name="links")
    op.drop_index("ix_links_expires_at", table_name="links")
    op.drop_table("links")
    op.drop_table("emails")
    op.drop_table("departments")
    op.drop_index("ix_company_removals_stamp", table_name="company_removals")
    op.drop_table("company_removals")
    op.drop_index("ix_companies_stamp", table_name="companies")
    op.drop_table("companies")
    op.drop_index("ix_communes_postal_codes", table_name="communes", postgresql_using="gin")
    op.drop_table("communes")

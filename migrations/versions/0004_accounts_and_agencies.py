"""Accounts and their sessions, agencies and their people, candidates’ files, the audit, flags."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agencies",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "kind_label",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="as its source says, for `autre`",
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("postal_code", sa.Text(), server_default="", nullable=False),
        sa.Column("city", sa.Text(), server_default="", nullable=False),
        sa.Column("insee", sa.Text(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column(
            "departments",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="covered whole",
        ),
        sa.Column(
            "communes",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="covered, INSEE codes",
        ),
        sa.Column("contact_email", sa.Text(), server_default="", nullable=False),
        sa.Column("contact_phone", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "signature", sa.Text(), server_default="", nullable=False, comment="last lines of its mails"
        ),
        sa.Column("logo", sa.LargeBinary(), nullable=True, comment="PNG, re-encoded"),
        sa.Column("status", sa.Text(), server_default="to_review", nullable=False),
        sa.Column("status_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("two_step", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("refers_to", sa.BigInteger(), nullable=True, comment="the agency that validates for it"),
        sa.Column("delegation_ends_on", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False, comment="form, or the public file it comes from"),
        sa.Column("source_key", sa.Text(), nullable=True, comment="what names it in that file"),
        sa.Column("transferred_to", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_agencies_closed_when")
        ),
        sa.CheckConstraint(
            "kind IN ('france_travail', 'mission_locale', 'cap_emploi', 'conseil_departemental', 'structure_iae', 'operateur_cep', 'plie', 'ccas', 'fonction_publique', 'cci', 'cma', 'chambre_agriculture', 'autre')",
            name=op.f("ck_agencies_kind_known"),
        ),
        sa.CheckConstraint("siret ~ '^[0-9]{14}$'", name=op.f("ck_agencies_siret_format")),
        sa.CheckConstraint(
            "status <> 'active' OR (contact_email <> '' AND activated_at IS NOT NULL)",
            name=op.f("ck_agencies_active_reachable"),
        ),
        sa.CheckConstraint(
            "status IN ('to_review', 'active', 'rejected', 'closed')", name=op.f("ck_agencies_status_known")
        ),
        sa.CheckConstraint("(lat IS NULL) = (lon IS NULL)", name=op.f("ck_agencies_point_whole")),
        sa.CheckConstraint(
            "lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180", name=op.f("ck_agencies_on_earth")
        ),
        sa.CheckConstraint("length(name) BETWEEN 2 AND 200", name=op.f("ck_agencies_name_length")),
        sa.CheckConstraint("octet_length(logo) <= 200000", name=op.f("ck_agencies_logo_bounded")),
        sa.CheckConstraint("refers_to <> id AND transferred_to <> id", name=op.f("ck_agencies_not_itself")),
        sa.ForeignKeyConstraint(["refers_to"], ["agencies.id"], name=op.f("fk_agencies_refers_to_agencies")),
        sa.ForeignKeyConstraint(
            ["transferred_to"], ["agencies.id"], name=op.f("fk_agencies_transferred_to_agencies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agencies")),
    )
    op.create_index(
        "ix_agencies_departments", "agencies", ["departments"], unique=False, postgresql_using="gin"
    )
    op.create_index("ix_agencies_refers_to", "agencies", ["refers_to"], unique=False)
    op.create_index("ix_agencies_siret", "agencies", ["siret"], unique=False)
    op.create_index("ix_agencies_status", "agencies", ["status"], unique=False)
    op.create_index("uq_agencies_source_source_key", "agencies", ["source", "source_key"], unique=True)
    op.create_table(
        "oidc_flows",
        sa.Column(
            "state_hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the state the browser carries"
        ),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False, comment="PKCE"),
        sa.Column("next", sa.Text(), server_default="/", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("next LIKE '/%' AND length(next) <= 500", name=op.f("ck_oidc_flows_next_is_path")),
        sa.CheckConstraint("octet_length(state_hash) = 32", name=op.f("ck_oidc_flows_state_hash_length")),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_oidc_flows")),
    )
    op.create_index("ix_oidc_flows_created_at", "oidc_flows", ["created_at"], unique=False)
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column(
            "next", sa.Text(), server_default="/", nullable=False, comment="path to go to once signed in"
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("next LIKE '/%' AND length(next) <= 500", name=op.f("ck_sign_ins_next_is_path")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
    )
    op.create_index("ix_sign_ins_created_at", "sign_ins", ["created_at"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text(), server_default="", nullable=False),
        sa.Column("last_name", sa.Text(), server_default="", nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("subject", sa.Text(), nullable=True, comment="how ProConnect names the person"),
        sa.Column("siret", sa.Text(), nullable=True, comment="the establishment ProConnect tells"),
        sa.Column("back_office", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False, comment="last sign-in"),
        sa.Column(
            "warned_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="told that an unused account is removed",
        ),
        sa.CheckConstraint(
            "email = lower(email) AND length(email) BETWEEN 3 AND 254", name=op.f("ck_users_email_lower")
        ),
        sa.CheckConstraint(
            "length(first_name) <= 100 AND length(last_name) <= 100", name=op.f("ck_users_names_bounded")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
        sa.UniqueConstraint("subject", name=op.f("uq_users_subject")),
    )
    op.create_index("ix_users_seen_at", "users", ["seen_at"], unique=False)
    op.create_table(
        "agency_rights",
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "notified",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="is sent what waits for them",
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "NOT 'to_review' = ANY (roles) OR cardinality(roles) = 1",
            name=op.f("ck_agency_rights_waits_alone"),
        ),
        sa.CheckConstraint(
            "roles <@ ARRAY['counsellor', 'validator', 'agency_admin', 'agency_viewer', 'to_review']",
            name=op.f("ck_agency_rights_roles_known"),
        ),
        sa.CheckConstraint("cardinality(roles) > 0", name=op.f("ck_agency_rights_some_role")),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agencies.id"],
            name=op.f("fk_agency_rights_agency_id_agencies"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_agency_rights_decided_by_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_agency_rights_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agency_id", "user_id", name=op.f("pk_agency_rights")),
    )
    op.create_index(op.f("ix_agency_rights_user_id"), "agency_rights", ["user_id"], unique=False)
    op.create_table(
        "beneficiaries",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True, comment="none until handed over"),
        sa.Column("first_name", sa.Text(), server_default="", nullable=False),
        sa.Column("last_name", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "email",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="as told to the prescriber, unproved",
        ),
        sa.Column("insee", sa.Text(), nullable=True, comment="commune of residence"),
        sa.Column("private", sa.LargeBinary(), nullable=True, comment="status and constraints, encrypted"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(first_name) <= 100 AND length(last_name) <= 100",
            name=op.f("ck_beneficiaries_names_bounded"),
        ),
        sa.CheckConstraint("octet_length(private) <= 20000", name=op.f("ck_beneficiaries_private_bounded")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_beneficiaries_user_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_beneficiaries")),
        sa.UniqueConstraint("user_id", name=op.f("uq_beneficiaries_user_id")),
    )
    op.create_table(
        "company_rights",
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "role IN ('company_admin', 'company_contact')", name=op.f("ck_company_rights_role_known")
        ),
        sa.CheckConstraint(
            "status <> 'accepted' OR decided_at IS NOT NULL", name=op.f("ck_company_rights_accepted_when")
        ),
        sa.CheckConstraint("status IN ('pending', 'accepted')", name=op.f("ck_company_rights_status_known")),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["companies.id"],
            name=op.f("fk_company_rights_company_id_companies"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_company_rights_decided_by_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_company_rights_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "user_id", name=op.f("pk_company_rights")),
    )
    op.create_index(op.f("ix_company_rights_user_id"), "company_rights", ["user_id"], unique=False)
    op.create_table(
        "flags",
        sa.Column("name", sa.Text(), nullable=False, comment="as domain.flags names it"),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["updated_by"], ["users.id"], name=op.f("fk_flags_updated_by_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_flags")),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column(
            "device", sa.Text(), server_default="", nullable=False, comment="browser and system, in words"
        ),
        sa.Column(
            "id_token", sa.Text(), server_default="", nullable=False, comment="what ProConnect's logout asks"
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("method IN ('mail', 'proconnect')", name=op.f("ck_sessions_method_known")),
        sa.CheckConstraint("length(device) <= 120", name=op.f("ck_sessions_device_bounded")),
        sa.CheckConstraint("octet_length(token_hash) = 32", name=op.f("ck_sessions_token_hash_length")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_sessions_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"], unique=False)
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"], unique=False)
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.Text(), server_default="", nullable=False, comment="as what the actor did it"),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=True),
        sa.Column("beneficiary_id", sa.Uuid(), nullable=True, comment="whose file it is: they see the line"),
        sa.Column("detail", sa.Text(), server_default="", nullable=False, comment="no personal data"),
        sa.CheckConstraint("length(detail) <= 500", name=op.f("ck_audit_detail_bounded")),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["users.id"], name=op.f("fk_audit_actor_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_audit_agency_id_agencies"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"],
            ["beneficiaries.id"],
            name=op.f("fk_audit_beneficiary_id_beneficiaries"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_actor_id_at", "audit", ["actor_id", "at"], unique=False)
    op.create_index("ix_audit_at", "audit", ["at"], unique=False)
    op.create_index("ix_audit_beneficiary_id_at", "audit", ["beneficiary_id", "at"], unique=False)
    op.create_index("ix_audit_object_kind_object_id", "audit", ["object_kind", "object_id"], unique=False)
    op.create_table(
        "consents",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("beneficiary_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column(
            "target", sa.Text(), server_default="", nullable=False, comment="id of the agency or company"
        ),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('passport_to_agency', 'passport_to_company', 'private_lines', 'parent')",
            name=op.f("ck_consents_purpose_known"),
        ),
        sa.CheckConstraint("revoked_at >= given_at", name=op.f("ck_consents_revoked_after")),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"],
            ["beneficiaries.id"],
            name=op.f("fk_consents_beneficiary_id_beneficiaries"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(
        "uq_consents_current",
        "consents",
        ["beneficiary_id", "purpose", "target"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "referrals",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("beneficiary_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consent", sa.Text(), nullable=False, comment="how the person agreed"),
        sa.Column(
            "consented_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="none: the person has not answered yet",
        ),
        sa.Column("end_reason", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("(until IS NULL) = (end_reason = '')", name=op.f("ck_referrals_ended_why")),
        sa.CheckConstraint("consent IN ('account', 'beside')", name=op.f("ck_referrals_consent_known")),
        sa.CheckConstraint(
            "end_reason IN ('', 'agent', 'person', 'refused', 'handed_over', 'agency_closed', 'member_left')",
            name=op.f("ck_referrals_end_reason_known"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_referrals_agency_id_agencies")),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"],
            ["beneficiaries.id"],
            name=op.f("fk_referrals_beneficiary_id_beneficiaries"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_referrals_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
    )
    op.create_index(op.f("ix_referrals_agency_id"), "referrals", ["agency_id"], unique=False)
    op.create_index(op.f("ix_referrals_user_id"), "referrals", ["user_id"], unique=False)
    op.create_index(
        "uq_referrals_current",
        "referrals",
        ["beneficiary_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.add_column(
        "companies",
        sa.Column("ban_reason", sa.Text(), server_default="", nullable=False, comment="told to the company"),
    )
    op.add_column(
        "companies",
        sa.Column(
            "conditions",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
            comment="practical: dress, access, hours, meals, accessibility",
        ),
    )
    op.create_check_constraint(
        op.f("ck_companies_conditions_is_object"), "companies", "jsonb_typeof(conditions) = 'object'"
    )
    op.create_check_constraint(
        op.f("ck_companies_conditions_bounded"), "companies", "pg_column_size(conditions) < 20000"
    )
    op.add_column(
        "passports",
        sa.Column(
            "beneficiary_id",
            sa.Uuid(),
            nullable=True,
            comment="whose it is once claimed, or started by a prescriber",
        ),
    )
    op.create_unique_constraint(op.f("uq_passports_beneficiary_id"), "passports", ["beneficiary_id"])
    op.create_foreign_key(
        op.f("fk_passports_beneficiary_id_beneficiaries"),
        "passports",
        "beneficiaries",
        ["beneficiary_id"],
        ["id"],
        ondelete="CASCADE",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("fk_passports_beneficiary_id_beneficiaries"), "passports", type_="foreignkey")
    op.drop_constraint(op.f("uq_passports_beneficiary_id"), "passports", type_="unique")
    op.drop_column("passports", "beneficiary_id")
    op.drop_column("companies", "conditions")
    op.drop_column("companies", "ban_reason")
    op.drop_index("uq_referrals_current", table_name="referrals", postgresql_where=sa.text("until IS NULL"))
    op.drop_index(op.f("ix_referrals_user_id"), table_name="referrals")
    op.drop_index(op.f("ix_referrals_agency_id"), table_name="referrals")
    op.drop_table("referrals")
    op.drop_index(
        "uq_consents_current", table_name="consents", postgresql_where=sa.text("revoked_at IS NULL")
    )
    op.drop_table("consents")
    op.drop_index("ix_audit_object_kind_object_id", table_name="audit")
    op.drop_index("ix_audit_beneficiary_id_at", table_name="audit")
    op.drop_index("ix_audit_at", table_name="audit")
    op.drop_index("ix_audit_actor_id_at", table_name="audit")
    op.drop_table("audit")
    op.drop_index(op.f("ix_sessions_user_id"), table_name="sessions")
    op.drop_index("ix_sessions_expires_at", table_name="sessions")
    op.drop_table("sessions")
    op.drop_table("flags")
    op.drop_index(op.f("ix_company_rights_user_id"), table_name="company_rights")
    op.drop_table("company_rights")
    op.drop_table("beneficiaries")
    op.drop_index(op.f("ix_agency_rights_user_id"), table_name="agency_rights")
    op.drop_table("agency_rights")
    op.drop_index("ix_users_seen_at", table_name="users")
    op.drop_table("users")
    op.drop_index("ix_sign_ins_created_at", table_name="sign_ins")
    op.drop_table("sign_ins")
    op.drop_index("ix_oidc_flows_created_at", table_name="oidc_flows")
    op.drop_table("oidc_flows")
    op.drop_index("uq_agencies_source_source_key", table_name="agencies")
    op.drop_index("ix_agencies_status", table_name="agencies")
    op.drop_index("ix_agencies_siret", table_name="agencies")
    op.drop_index("ix_agencies_refers_to", table_name="agencies")
    op.drop_index("ix_agencies_departments", table_name="agencies", postgresql_using="gin")
    op.drop_table("agencies")

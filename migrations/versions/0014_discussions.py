"""Mises en relation: requests, their thread, files, visits; searches kept and favourites."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_searches",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column(
            "query", sa.Text(), nullable=False, comment="the address's query: codes and places, nobody's name"
        ),
        sa.Column("frequency", sa.Text(), nullable=False),
        sa.Column(
            "checked_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="companies later than this are new",
        ),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False, comment="last visit of its owner"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "frequency IN ('immediate', 'daily', 'weekly', 'none')",
            name=op.f("ck_saved_searches_frequency_known"),
        ),
        sa.CheckConstraint("length(label) BETWEEN 1 AND 200", name=op.f("ck_saved_searches_label_bounded")),
        sa.CheckConstraint("length(query) BETWEEN 1 AND 2000", name=op.f("ck_saved_searches_query_bounded")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_saved_searches_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
        sa.UniqueConstraint("user_id", "query", name=op.f("uq_saved_searches_user_id_query")),
    )
    op.create_index(op.f("ix_saved_searches_user_id"), "saved_searches", ["user_id"], unique=False)
    op.create_table(
        "contact_drafts",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the browser's token"),
        sa.Column("offer_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "email",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="to be proved; empty for an account",
        ),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column(
            "sent_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the mail that proves the address was asked",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("jsonb_typeof(data) = 'object'", name=op.f("ck_contact_drafts_data_is_object")),
        sa.CheckConstraint("octet_length(token_hash) = 32", name=op.f("ck_contact_drafts_token_hash_length")),
        sa.CheckConstraint("pg_column_size(data) < 20000", name=op.f("ck_contact_drafts_data_bounded")),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["offers.id"], name=op.f("fk_contact_drafts_offer_id_offers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_drafts")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_contact_drafts_token_hash")),
    )
    op.create_index(op.f("ix_contact_drafts_offer_id"), "contact_drafts", ["offer_id"], unique=False)
    op.create_index("ix_contact_drafts_updated_at", "contact_drafts", ["updated_at"], unique=False)
    op.create_table(
        "discussions",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("offer_id", sa.BigInteger(), nullable=True),
        sa.Column("rome", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False, comment="the job, as the offer named it then"),
        sa.Column("contact_mode", sa.Text(), nullable=False, comment="the company's, at the request"),
        sa.Column("beneficiary_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("agency_id", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("objective", sa.Text(), nullable=False),
        sa.Column(
            "availability", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "reason_text", sa.Text(), server_default="", nullable=False, comment="told to the candidate"
        ),
        sa.Column("until", sa.Date(), nullable=True, comment="« pas maintenant »: from when again"),
        sa.Column("told", sa.Text(), nullable=True, comment="how the candidate learnt of the acceptance"),
        sa.Column(
            "reached_at", sa.DateTime(timezone=True), nullable=True, comment="when the company could read it"
        ),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("met_candidate", sa.Boolean(), nullable=True, comment="the candidate says that they met"),
        sa.Column("met_company", sa.Boolean(), nullable=True, comment="the company says that they met"),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report_text", sa.Text(), server_default="", nullable=False),
        sa.Column("candidate_address", sa.Text(), nullable=False, comment="local part that reaches them"),
        sa.Column("company_address", sa.Text(), nullable=False, comment="local part that reaches them"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(status = 'accepted') = (told IS NOT NULL)", name=op.f("ck_discussions_accepted_told_how")
        ),
        sa.CheckConstraint(
            "(status = 'rejected') = (reason IS NOT NULL)", name=op.f("ck_discussions_rejected_why")
        ),
        sa.CheckConstraint(
            "contact_mode IN ('email', 'phone', 'in_person')", name=op.f("ck_discussions_contact_mode_known")
        ),
        sa.CheckConstraint(
            "jsonb_typeof(availability) = 'object'", name=op.f("ck_discussions_availability_is_object")
        ),
        sa.CheckConstraint(
            "objective IN ('discover', 'confirm', 'recruit')", name=op.f("ck_discussions_objective_known")
        ),
        sa.CheckConstraint(
            "reason IN ('no_capacity', 'not_this_job', 'not_now', 'already_told', 'other', 'company_closed', 'referent')",
            name=op.f("ck_discussions_reason_known"),
        ),
        sa.CheckConstraint(
            "status IN ('awaiting_referent', 'pending', 'accepted', 'rejected', 'withdrawn', 'expired')",
            name=op.f("ck_discussions_status_known"),
        ),
        sa.CheckConstraint(
            "told IN ('phone', 'mail', 'in_person', 'here')", name=op.f("ck_discussions_told_known")
        ),
        sa.CheckConstraint("candidate_address <> company_address", name=op.f("ck_discussions_two_addresses")),
        sa.CheckConstraint(
            "length(label) BETWEEN 1 AND 300 AND length(reason_text) <= 1000 AND length(report_text) <= 1000",
            name=op.f("ck_discussions_texts_bounded"),
        ),
        sa.CheckConstraint(
            "pg_column_size(availability) < 2000", name=op.f("ck_discussions_availability_bounded")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agencies.id"],
            name=op.f("fk_discussions_agency_id_agencies"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["users.id"], name=op.f("fk_discussions_agent_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["users.id"], name=op.f("fk_discussions_answered_by_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"],
            ["beneficiaries.id"],
            name=op.f("fk_discussions_beneficiary_id_beneficiaries"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["companies.id"],
            name=op.f("fk_discussions_company_id_companies"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["offers.id"], name=op.f("fk_discussions_offer_id_offers"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discussions")),
        sa.UniqueConstraint("candidate_address", name=op.f("uq_discussions_candidate_address")),
        sa.UniqueConstraint("company_address", name=op.f("uq_discussions_company_address")),
    )
    op.create_index(op.f("ix_discussions_agency_id"), "discussions", ["agency_id"], unique=False)
    op.create_index(op.f("ix_discussions_agent_id"), "discussions", ["agent_id"], unique=False)
    op.create_index(op.f("ix_discussions_answered_by"), "discussions", ["answered_by"], unique=False)
    op.create_index(
        "ix_discussions_beneficiary_id_created_at",
        "discussions",
        ["beneficiary_id", "created_at"],
        unique=False,
    )
    op.create_index(
        "ix_discussions_company_id_created_at", "discussions", ["company_id", "created_at"], unique=False
    )
    op.create_index(op.f("ix_discussions_offer_id"), "discussions", ["offer_id"], unique=False)
    op.create_index("ix_discussions_status_status_at", "discussions", ["status", "status_at"], unique=False)
    op.create_index(
        "uq_discussions_one_open",
        "discussions",
        ["beneficiary_id", "company_id", "rome"],
        unique=True,
        postgresql_where=sa.text("status IN ('awaiting_referent', 'pending')"),
    )
    op.create_table(
        "favourites",
        sa.Column("beneficiary_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("rome", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(note) <= 500", name=op.f("ck_favourites_note_bounded")),
        sa.ForeignKeyConstraint(
            ["added_by"], ["users.id"], name=op.f("fk_favourites_added_by_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"],
            ["beneficiaries.id"],
            name=op.f("fk_favourites_beneficiary_id_beneficiaries"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["companies.id"],
            name=op.f("fk_favourites_company_id_companies"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("beneficiary_id", "company_id", name=op.f("pk_favourites")),
    )
    op.create_index(op.f("ix_favourites_added_by"), "favourites", ["added_by"], unique=False)
    op.create_index(op.f("ix_favourites_company_id"), "favourites", ["company_id"], unique=False)
    op.create_table(
        "discussion_messages",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("discussion_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False, comment="plain text; empty once wiped"),
        sa.Column(
            "received_id", sa.Text(), nullable=True, comment="hash of the Message-ID of the mail it came by"
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wiped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(body = '') = (wiped_at IS NOT NULL)", name=op.f("ck_discussion_messages_wiped_whole")
        ),
        sa.CheckConstraint("channel IN ('page', 'mail')", name=op.f("ck_discussion_messages_channel_known")),
        sa.CheckConstraint(
            "side IN ('candidate', 'company', 'referent', 'service')",
            name=op.f("ck_discussion_messages_side_known"),
        ),
        sa.CheckConstraint("length(body) <= 20000", name=op.f("ck_discussion_messages_body_bounded")),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["users.id"],
            name=op.f("fk_discussion_messages_author_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["discussion_id"],
            ["discussions.id"],
            name=op.f("fk_discussion_messages_discussion_id_discussions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discussion_messages")),
        sa.UniqueConstraint(
            "discussion_id", "received_id", name=op.f("uq_discussion_messages_discussion_id_received_id")
        ),
    )
    op.create_index(
        op.f("ix_discussion_messages_author_id"), "discussion_messages", ["author_id"], unique=False
    )
    op.create_index("ix_discussion_messages_sent_at", "discussion_messages", ["sent_at"], unique=False)
    op.create_table(
        "discussion_reminders",
        sa.Column("discussion_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["discussion_id"],
            ["discussions.id"],
            name=op.f("fk_discussion_reminders_discussion_id_discussions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("discussion_id", "kind", name=op.f("pk_discussion_reminders")),
    )
    op.create_table(
        "visits",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("discussion_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("slots", postgresql.ARRAY(sa.DateTime(timezone=True)), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True, comment="the slot that was picked"),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column(
            "sequence",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="of its calendar file (RFC 5545)",
        ),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "proposed_by IN ('candidate', 'company')", name=op.f("ck_visits_proposed_by_known")
        ),
        sa.CheckConstraint(
            "status IN ('proposed', 'confirmed', 'done', 'no_show', 'cancelled')",
            name=op.f("ck_visits_status_known"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('confirmed', 'done', 'no_show') OR starts_at IS NOT NULL",
            name=op.f("ck_visits_picked_when"),
        ),
        sa.CheckConstraint("cardinality(slots) BETWEEN 1 AND 5", name=op.f("ck_visits_some_slots")),
        sa.CheckConstraint("length(place) BETWEEN 1 AND 300", name=op.f("ck_visits_place_bounded")),
        sa.CheckConstraint("minutes BETWEEN 15 AND 480", name=op.f("ck_visits_minutes_range")),
        sa.ForeignKeyConstraint(
            ["discussion_id"],
            ["discussions.id"],
            name=op.f("fk_visits_discussion_id_discussions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
    )
    op.create_index(op.f("ix_visits_discussion_id"), "visits", ["discussion_id"], unique=False)
    op.create_index("ix_visits_starts_at", "visits", ["starts_at"], unique=False)
    op.create_index(
        "uq_visits_one_live",
        "visits",
        ["discussion_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('proposed', 'confirmed')"),
    )
    op.create_table(
        "discussion_files",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("discussion_id", sa.Uuid(), nullable=True),
        sa.Column("draft_id", sa.Uuid(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('cv', 'attachment')", name=op.f("ck_discussion_files_kind_known")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_discussion_files_name_bounded")),
        sa.CheckConstraint(
            "num_nonnulls(discussion_id, draft_id) = 1", name=op.f("ck_discussion_files_one_owner")
        ),
        sa.CheckConstraint(
            "octet_length(content) BETWEEN 1 AND 5242880", name=op.f("ck_discussion_files_content_bounded")
        ),
        sa.ForeignKeyConstraint(
            ["discussion_id"],
            ["discussions.id"],
            name=op.f("fk_discussion_files_discussion_id_discussions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["contact_drafts.id"],
            name=op.f("fk_discussion_files_draft_id_contact_drafts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["discussion_messages.id"],
            name=op.f("fk_discussion_files_message_id_discussion_messages"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discussion_files")),
    )
    op.create_index("ix_discussion_files_added_at", "discussion_files", ["added_at"], unique=False)
    op.create_index(
        op.f("ix_discussion_files_discussion_id"), "discussion_files", ["discussion_id"], unique=False
    )
    op.create_index(op.f("ix_discussion_files_draft_id"), "discussion_files", ["draft_id"], unique=False)
    op.create_index(op.f("ix_discussion_files_message_id"), "discussion_files", ["message_id"], unique=False)
    op.add_column(
        "agencies",
        sa.Column(
            "validates_first",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="situations of the people whose requests its agents validate before the company reads them",
        ),
    )


def downgrade() -> None:
    op.drop_column("agencies", "validates_first")
    for table in (
        "discussion_files",
        "visits",
        "discussion_reminders",
        "discussion_messages",
        "favourites",
        "discussions",
        "contact_drafts",
        "saved_searches",
    ):
        op.drop_table(table)

"""Stamp a company with the transaction that touched it, and tell the API processes.

One notification a transaction, however many rows it wrote: PostgreSQL folds equal ones. The
statement triggers skip companies already stamped by the same transaction, so that a bulk import
pays for one write a company.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FUNCTIONS = """
CREATE FUNCTION company_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.stamp := pg_current_xact_id();
    RETURN NEW;
END $$;

CREATE FUNCTION company_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('companies', '');
    RETURN NULL;
END $$;

CREATE FUNCTION company_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO company_removals (company_id) SELECT id FROM gone
    ON CONFLICT (company_id) DO UPDATE SET stamp = pg_current_xact_id();
    PERFORM pg_notify('companies', '');
    RETURN NULL;
END $$;

CREATE FUNCTION company_part_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE companies SET stamp = pg_current_xact_id()
    WHERE id IN (SELECT company_id FROM changed) AND stamp <> pg_current_xact_id();
    RETURN NULL;
END $$;
"""

COMPANY_TRIGGERS = """
CREATE TRIGGER companies_stamp BEFORE UPDATE ON companies
    FOR EACH ROW EXECUTE FUNCTION company_stamp();
CREATE TRIGGER companies_notify AFTER INSERT OR UPDATE ON companies
    FOR EACH STATEMENT EXECUTE FUNCTION company_notify();
CREATE TRIGGER companies_removed AFTER DELETE ON companies
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION company_removed();
"""

PART_TRIGGERS = """
CREATE TRIGGER {table}_inserted AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION company_part_changed();
CREATE TRIGGER {table}_updated AFTER UPDATE ON {table}
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION company_part_changed();
CREATE TRIGGER {table}_deleted AFTER DELETE ON {table}
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION company_part_changed();
"""


def _statements(script: str) -> list[str]:
    """Split on blank lines between functions, on final semicolons between triggers: asyncpg takes one each."""
    if "$$" in script:
        return [part for part in script.split("\n\n") if part.strip()]
    return [part for part in script.split(";\n") if part.strip()]


def upgrade() -> None:
    for statement in _statements(FUNCTIONS) + _statements(COMPANY_TRIGGERS):
        op.execute(statement)
    for table in ("company_places", "offers"):
        for statement in _statements(PART_TRIGGERS.format(table=table)):
            op.execute(statement)


def downgrade() -> None:
    for table in ("company_places", "offers"):
        for event in ("inserted", "updated", "deleted"):
            op.execute(f"DROP TRIGGER {table}_{event} ON {table}")
    for name in ("stamp", "notify", "removed"):
        op.execute(f"DROP TRIGGER companies_{name} ON companies")
    for function in ("company_stamp", "company_notify", "company_removed", "company_part_changed"):
        op.execute(f"DROP FUNCTION {function}()")

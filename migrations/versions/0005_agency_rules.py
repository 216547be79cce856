"""What holds of agencies at each commit: somebody serves an active one, and `two_step` says the truth.

The rules are those of `domain/agency.py`; here they hold whatever wrote the rows, an account's removal
included. They are checked at the end of the transaction, so that roles can change hands within it.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

FUNCTIONS = """
CREATE FUNCTION agency_has(agency bigint, wanted text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM agency_rights r
        WHERE r.agency_id = agency AND wanted = ANY (r.roles) AND (r.notified OR wanted = 'agency_admin')
    )
$$;

CREATE FUNCTION agency_two_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.two_step := agency_has(NEW.id, 'counsellor');
    RETURN NEW;
END $$;

CREATE FUNCTION agency_rights_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE agencies SET two_step = two_step
    WHERE id IN (coalesce(NEW.agency_id, OLD.agency_id), coalesce(OLD.agency_id, NEW.agency_id));
    RETURN NULL;
END $$;

CREATE FUNCTION agency_served() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    faulty bigint;
BEGIN
    SELECT a.id INTO faulty
    FROM agencies a LEFT JOIN agencies v ON v.id = a.refers_to
    WHERE (a.id = NEW.id OR a.refers_to = NEW.id) AND a.status = 'active' AND NOT (
        agency_has(a.id, 'agency_admin')
        AND CASE WHEN v.id IS NULL THEN agency_has(a.id, 'validator')
            ELSE v.status = 'active' AND agency_has(a.id, 'counsellor') AND agency_has(v.id, 'validator') END
    )
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'agency % is active without the people it needs', faulty
            USING ERRCODE = 'check_violation', CONSTRAINT = 'agencies_served';
    END IF;
    RETURN NULL;
END $$;
"""

TRIGGERS = """
CREATE TRIGGER agencies_two_step BEFORE INSERT OR UPDATE ON agencies
    FOR EACH ROW EXECUTE FUNCTION agency_two_step();
CREATE TRIGGER agency_rights_changed AFTER INSERT OR UPDATE OR DELETE ON agency_rights
    FOR EACH ROW EXECUTE FUNCTION agency_rights_changed();
CREATE CONSTRAINT TRIGGER agencies_served AFTER INSERT OR UPDATE ON agencies
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION agency_served();
"""


def upgrade() -> None:
    # asyncpg takes one statement at a time: blank lines part functions, final semicolons triggers.
    for statement in (*FUNCTIONS.split("\n\n"), *TRIGGERS.split(";\n")):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER agencies_served ON agencies")
    op.execute("DROP TRIGGER agency_rights_changed ON agency_rights")
    op.execute("DROP TRIGGER agencies_two_step ON agencies")
    for function in (
        "agency_served()",
        "agency_rights_changed()",
        "agency_two_step()",
        "agency_has(bigint, text)",
    ):
        op.execute(f"DROP FUNCTION {function}")

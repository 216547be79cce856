"""PostgreSQL: tables, queries, the outbox and the importers of referentials."""

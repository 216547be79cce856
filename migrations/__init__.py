"""Alembic migrations; run by `escale migrate`."""

"""Accounts: signing in, sessions, what is held about a person, and how it ends."""

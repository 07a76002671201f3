"""Keeping every article once, in SQLite or PostgreSQL."""

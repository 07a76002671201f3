"""Fixtures for every test."""

from tests.databases import (
    database,
    database_url,
    empty_database_url,
    empty_postgres_url,
    postgres_server,
    postgres_shared,
    postgres_url,
    sqlite_template,
    sqlite_url,
)

__all__ = [
    "database",
    "database_url",
    "empty_database_url",
    "empty_postgres_url",
    "postgres_server",
    "postgres_shared",
    "postgres_url",
    "sqlite_template",
    "sqlite_url",
]

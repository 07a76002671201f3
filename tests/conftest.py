"""Fixtures for every test."""

import signal

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

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # in a shell's background job; tests press Ctrl-C all the same
    signal.signal(signal.SIGINT, signal.default_int_handler)

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

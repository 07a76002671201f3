"""Engines: how connections to each kind of database are opened, and what they promise."""

import sqlite3
from collections.abc import Callable
from math import ceil
from typing import cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.exc import NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from news.errors import ConfigError

WRITE = "presswatch_write"  # the execution option of a connection that is going to write
_CONNECT = 10  # seconds for a connection to be made


def sqlite_engine(url: URL, echo: bool, patience: float) -> Engine:
    """Open SQLite so that nothing committed is lost, and a writer is one from its first word."""
    options = {"timeout": patience, "cached_statements": 512}
    engine = create_engine(url, echo=echo, connect_args=options, pool_timeout=patience, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves: the driver's own comes late and is DEFERRED
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA journal_mode = {'WAL' if wal_is_safe(sqlite3.sqlite_version_info) else 'TRUNCATE'}")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA temp_store = MEMORY")
    cursor.execute("PRAGMA cache_size = -16000")  # 16 MB: a commit of 2,000 articles spills nothing before its end
    cursor.close()


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Say whether this library has the fix for the WAL reset that could lose committed pages."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


def _begin_sqlite(connection: Connection) -> None:
    # a deferred transaction that turns writer half-way is refused at once, whatever the busy timeout
    writes = connection.get_execution_options().get(WRITE)
    spoken(connection).execute("BEGIN IMMEDIATE" if writes else "BEGIN")


def spoken(connection: Connection) -> sqlite3.Connection:
    """Give the driver's own connection to SQLite, for statements that take less time than SQLAlchemy's part in them."""
    return cast("sqlite3.Connection", connection.connection.driver_connection)


def postgres_engine(url: URL, echo: bool, patience: float) -> Engine:
    """Open PostgreSQL so that nothing is waited for without end; raises ConfigError."""
    try:
        engine = create_engine(
            url,
            echo=echo,
            connect_args=_wakeful(url, patience),
            pool_pre_ping=True,
            pool_timeout=patience,
            pool_size=8,
            hide_parameters=True,
        )
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise ConfigError("PostgreSQL needs one more package", hint="pip install 'presswatch[postgres]'") from error
    event.listen(engine, "connect", _limits(patience))
    event.listen(engine, "handle_error", _keep_rows_out)
    return engine


def _wakeful(url: URL, patience: float) -> dict[str, int]:
    """Give the options by which a server, or a network, that has fallen silent is noticed within two minutes."""
    options = {
        "connect_timeout": ceil(min(patience, _CONNECT)),
        "keepalives": 1,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 60_000,  # milliseconds
    }
    return {name: value for name, value in options.items() if name not in url.query}


def _limits(patience: float) -> Callable[[DBAPIConnection, ConnectionPoolEntry], None]:
    """Make every new connection give up in time, and the server end a transaction whose program stopped within it."""
    wait, work = (f"{round(seconds * 1000)}ms" for seconds in (patience, 2 * patience))
    limits = {"lock_timeout": wait, "statement_timeout": work, "idle_in_transaction_session_timeout": work}

    def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for name, limit in limits.items():
            cursor.execute(f"SET {name} = '{limit}'")
        cursor.close()
        connection.commit()  # or a rollback would take them back

    return prepare


def _keep_rows_out(context: ExceptionContext) -> None:
    """Cut an error of PostgreSQL to its first line: the next one may show the row, and so an article's text."""
    if context.connection is None:
        return  # the server could not be reached: every line tells why
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args:
            error.args = (str(error.args[0]).strip().partition("\n")[0], *error.args[1:])

"""The database: one engine, short transactions, a schema that brings itself up to date."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry

from news.errors import ConfigError, StorageError
from storage.migrations import HEAD

_WRITE = "presswatch_write"
_MIGRATE_LOCK, _WRITE_LOCK = 7_203_001, 7_203_002  # PostgreSQL advisory locks; any two numbers that nobody else uses


class Database:
    """Gives connections inside transactions, `write` or `read`, and nothing else."""

    def __init__(self, url: str, *, echo: bool = False, patience: float = 30) -> None:
        """Open nothing yet; patience: seconds to wait for other writers. Raises ConfigError."""
        self._url = _understood(url)
        self.dialect = self._url.get_backend_name()  # "sqlite" or "postgresql"
        self._is_sqlite = self.dialect == "sqlite"
        self._engine = (_sqlite_engine if self._is_sqlite else _postgres_engine)(self._url, echo, patience)
        self._pen: AbstractContextManager[object] = threading.Lock() if self._is_sqlite else nullcontext()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that may write; SQLite lets one in at a time, so that none is refused at its end."""
        with self._pen, _explained(self._url), self._engine.connect() as connection:
            connection.execution_options(**{_WRITE: True})
            with connection.begin():
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of things; keep it short, for in SQLite it makes writers wait."""
        with _explained(self._url), self._engine.connect() as connection, connection.begin():
            yield connection

    def migrate(self) -> None:
        """Bring the schema to this program's revision; safe when several processes start together.

        Raises StorageError where a newer program made the schema.
        """
        with self.read() as connection:
            found = _revision(connection)
        if found == HEAD:
            return
        from storage.migrations.upgrade import upgrade  # here, for alembic is heavy and rarely needed

        with self.write() as connection:
            if not self._is_sqlite:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATE_LOCK})"))
            upgrade(connection)

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()


def hold_pen(connection: Connection) -> None:
    """Make this the only transaction that keeps articles, until it ends; SQLite has only one writer anyhow.

    Two workers that keep copies of one text at the same moment would make two stories, and two alerts, of it.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_HOLD_PEN)


_HOLD_PEN = text(f"SELECT pg_advisory_xact_lock({_WRITE_LOCK})")


def _understood(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigError(
            "the database address cannot be read",
            hint="write sqlite:///presswatch.db or postgresql://user@host/name",
        ) from error
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        raise ConfigError(f"the database {parsed.drivername!r} is not supported", hint="use sqlite or postgresql")
    if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise ConfigError("the database must be a file", hint="write sqlite:///presswatch.db")
    return parsed


def _sqlite_engine(url: URL, echo: bool, patience: float) -> Engine:
    engine = create_engine(
        url, echo=echo, connect_args={"timeout": patience, "cached_statements": 512}, pool_timeout=patience
    )
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
    writes = connection.get_execution_options().get(_WRITE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgres_engine(url: URL, echo: bool, patience: float) -> Engine:
    try:
        return create_engine(url, echo=echo, pool_pre_ping=True, pool_timeout=patience, pool_size=8)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise ConfigError("PostgreSQL needs one more package", hint="pip install 'presswatch[postgres]'") from error


def _revision(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


@contextmanager
def _explained(url: URL) -> Iterator[None]:
    """Turn what the driver says into a sentence that tells an operator what to do."""
    try:
        yield
    except DBAPIError as error:
        advice = _advice(str(error.orig).lower(), url)
        if not advice:
            raise  # a wrong statement or a broken constraint is a bug, not a state of the world
        raise StorageError(f"{advice} ({_first_line(error)})") from error
    except PoolTimeoutError as error:
        raise StorageError("every database connection stayed busy for too long: run less at once") from error


def _first_line(error: DBAPIError) -> str:
    lines = str(error.orig).strip().splitlines()
    return lines[0] if lines else type(error.orig).__name__


def _advice(said: str, url: URL) -> str:
    where = url.render_as_string(hide_password=True)
    return next((advice.format(where=where, file=url.database) for sign, advice in _ADVICE if sign in said), "")


_ADVICE = (
    (
        "unable to open database file",
        "cannot open the database file {file}: does its folder exist, and may we write there?",
    ),
    ("readonly database", "cannot write the database file {file}: give us write permission on it and on its folder"),
    ("not a database", "{file} is not a SQLite database: choose another file, or restore it from a backup"),
    ("malformed", "the database file {file} is damaged: restore it from a backup"),
    ("database or disk is full", "the disk that holds {file} is full: free some space"),
    ("disk i/o error", "the disk that holds {file} fails or is full: check it"),
    ("database is locked", "another program held the database file {file} for too long: close it and try again"),
    ("database table is locked", "another program held the database file {file} for too long: close it and try again"),
    ("no space left", "the disk of the database server {where} is full: free some space"),
    ("password authentication failed", "the database server {where} refuses our user or password: check them"),
    ("does not exist", "the database {where} lacks something we need: create the database, then run presswatch again"),
    ("permission denied", "our user may not do this in {where}: grant it the rights on its schema"),
    ("no such table", "{file} holds no presswatch tables yet: run a presswatch command that opens it, such as crawl"),
    ("too many clients", "the database server {where} has no connection left: raise its limit, or run fewer workers"),
    ("connection", "cannot reach the database server {where}: is it running, and is the address right?"),
    ("server closed", "the database server {where} went away: is it running?"),
    ("terminating", "the database server {where} went away: is it running?"),
    ("could not translate host name", "cannot find the database server {where}: is the address right?"),
    ("deadlock detected", "two programs waited for one another in {where}: trying again helps"),
)

"""The database: one engine, short transactions, a schema that brings itself up to date."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from news.errors import ConfigError, StorageError
from storage.engines import WRITE, postgres_engine, sqlite_engine
from storage.migrations import HEAD
from storage.tables import metadata

# PostgreSQL advisory locks; any numbers that nobody else uses
_MIGRATE_LOCK, _WRITE_LOCK, _CLAIM_LOCK, _TELL_LOCK = 7_203_001, 7_203_002, 7_203_003, 7_203_005


class Database:
    """Gives connections inside transactions, `write` or `read`, and nothing else."""

    def __init__(self, url: str, *, echo: bool = False, patience: float = 30) -> None:
        """Open nothing yet; patience: seconds to wait for other writers, twice as long for one statement.

        Raises ConfigError.
        """
        self._url = _understood(url)
        self.dialect = self._url.get_backend_name()  # "sqlite" or "postgresql"
        self._is_sqlite = self.dialect == "sqlite"
        self._engine = (sqlite_engine if self._is_sqlite else postgres_engine)(self._url, echo, patience)
        # PostgreSQL's default shows each statement of a transaction another state
        self._reading = self._engine.execution_options(**({} if self._is_sqlite else _ONE_STATE))
        self._pen: AbstractContextManager[object] = threading.Lock() if self._is_sqlite else nullcontext()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that may write; SQLite lets one in at a time, so that none is refused at its end."""
        with self._pen, _explained(self._url, self._engine), self._engine.connect() as connection:
            connection.execution_options(**{WRITE: True})
            with connection.begin():
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of things; keep it short, for in SQLite it makes writers wait."""
        with _explained(self._url, self._engine), self._reading.connect() as connection, connection.begin():
            yield connection

    def __repr__(self) -> str:
        return f"Database({_shown(self._url)})"

    def migrate(self) -> None:
        """Bring the schema to this program's revision; safe when several processes start together.

        Raises StorageError where a newer program made the schema.
        """
        with self.read() as connection:
            found = _revision(connection)
        if found == HEAD:
            return
        with self.write() as connection:
            if not self._is_sqlite:
                connection.execute(_WITHOUT_LIMITS)  # a migration may have much to do, or another's to wait for
            _alone(connection, _MIGRATE_LOCK)
            if not inspect(connection).get_table_names():
                _create(connection)
                return
            from storage.migrations.upgrade import upgrade  # here, for alembic is heavy and rarely needed

            upgrade(connection)

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()


def hold_pen(connection: Connection) -> None:
    """Make this the only transaction that keeps articles, until it ends.

    Two workers that keep copies of one text at the same moment would make two stories, and two alerts, of it.
    """
    _alone(connection, _WRITE_LOCK)


def take_turns(connection: Connection) -> None:
    """Make this the only transaction that claims sources, until it ends: one that is under way is not seen yet."""
    _alone(connection, _CLAIM_LOCK)


def tell_alone(connection: Connection) -> None:
    """Make this the only transaction that tells operators, until it ends."""
    _alone(connection, _TELL_LOCK)


def _alone(connection: Connection, lock: int) -> None:
    """Wait for whoever holds the lock, and hold it until the transaction ends; SQLite has only one writer anyhow."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"lock": lock})


_LOCK = text("SELECT pg_advisory_xact_lock(:lock)")
_ONE_STATE = {"isolation_level": "REPEATABLE READ"}
_WITHOUT_LIMITS = text(
    "SELECT set_config('lock_timeout', '0', true), set_config('statement_timeout', '0', true),"
    " set_config('idle_in_transaction_session_timeout', '0', true)"
)


def _understood(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # the latter for a port that is no number
        raise ConfigError(
            "the database address cannot be read",
            hint="write sqlite:///presswatch.db or postgresql://user@host/name; in a password, / @ : are %2F %40 %3A",
        ) from None  # the cause may cite a part of the password
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        raise ConfigError(f"the database {parsed.drivername!r} is not supported", hint="use sqlite or postgresql")
    if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise ConfigError("the database must be a file", hint="write sqlite:///presswatch.db")
    return parsed


def _create(connection: Connection) -> None:
    """Make all tables of an empty database at once, as the migrations would; to load alembic takes longer."""
    metadata.create_all(connection, checkfirst=False)
    connection.execute(_VERSIONS)
    connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:head)"), {"head": HEAD})


_VERSIONS = text(  # letter for letter what alembic makes
    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,"
    " CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
)


def _revision(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


@contextmanager
def _explained(url: URL, engine: Engine) -> Iterator[None]:
    """Turn what the driver says into a sentence that tells an operator what to do."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        said = error.orig if isinstance(error, DBAPIError) else error
        words = str(said).lower()
        advice = _OTHER.format(where=_shown(url)) if _is_other(engine, words) else _advice(words, url)
        if not advice:
            raise  # a wrong statement or a broken constraint is a bug, not a state of the world
        raise StorageError(f"{advice} ({_first_line(said)})") from error
    except PoolTimeoutError as error:
        raise StorageError("every database connection stayed busy for too long: run less at once") from error


_OTHER = (
    "{where} was made by an earlier, unreleased presswatch that had other tables, and cannot be used any more:"
    " move it away, or name another under `database`"
)


def _is_other(engine: Engine, said: str) -> bool:
    """Say whether a complaint about tables or columns comes from a schema that is not ours; else it is a bug."""
    if not any(sign in said for sign in ("column", "not null", "no such table", "relation")):
        return False
    found = inspect(engine)
    there = {name: {each["name"] for each in found.get_columns(name)} for name in found.get_table_names()}
    differs = any(there.get(table.name) != set(table.c.keys()) for table in metadata.tables.values())
    return differs and "alembic_version" in there


def _first_line(error: BaseException | None) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _advice(said: str, url: URL) -> str:
    where = _shown(url)
    return next((advice.format(where=where, file=url.database) for sign, advice in _ADVICE if sign in said), "")


def _shown(url: URL) -> str:
    """Write an address for people: no password, in whichever place it stands."""
    query = {name: value for name, value in url.query.items() if name in ("host", "port", "dbname", "user", "mode")}
    return url.set(query=query).render_as_string(hide_password=True)


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
    ("idle-in-transaction", "we were stopped for too long in the midst of work on {where}: trying again helps"),
    ("server closed", "the database server {where} went away: is it running?"),
    ("terminating", "the database server {where} went away: is it running?"),
    ("connection", "cannot reach the database server {where}: is it running, and is the address right?"),
    ("could not translate host name", "cannot find the database server {where}: is the address right?"),
    ("lock timeout", "another program held the database {where} for too long: trying again helps, if none is stopped"),
    ("statement timeout", "the database server {where} took too long: is it overloaded? Trying again helps"),
    ("deadlock detected", "two programs waited for one another in {where}: trying again helps"),
)

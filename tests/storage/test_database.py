"""Opening a database: what goes wrong is said in a sentence that helps; transactions are whole."""

import signal
import socket
import sqlite3
import subprocess
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError, OperationalError

from news.errors import ConfigError, StorageError
from storage.database import Database, hold_pen
from storage.engines import wal_is_safe
from storage.tables import articles, tombstones
from tests.storage.press import NOW


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("sqlite://", "must be a file"),
        ("sqlite:///:memory:", "must be a file"),
        ("mysql://root@localhost/x", "'mysql' is not supported"),
        ("presswatch.db", "cannot be read"),
        ("", "cannot be read"),
        ("postgresql://me@host:port/press", "cannot be read"),
    ],
)
def test_wrong_address_is_a_configuration_error(url: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Database(url)


def test_missing_folder_is_named(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/nowhere/presswatch.db")
    with pytest.raises(StorageError, match=r"cannot open the database file .*nowhere.*folder"):
        database.migrate()
    database.close()


def test_file_of_another_kind_is_named(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear reader, " * 500)
    database = Database(f"sqlite:///{tmp_path}/letter.txt")
    with pytest.raises(StorageError, match="is not a SQLite database"):
        database.migrate()
    database.close()


def test_unreachable_server_is_named_without_its_password() -> None:
    database = Database("postgresql://me:hunter2@127.0.0.1:1/press")
    with pytest.raises(StorageError, match="cannot reach the database server") as caught:
        database.migrate()
    assert "hunter2" not in str(caught.value)
    database.close()


@pytest.mark.parametrize("address", ["me:hunter2@127.0.0.1:1/press", "me@127.0.0.1:1/press?password=hunter2"])
def test_password_is_shown_nowhere(address: str) -> None:
    database = Database(f"postgresql://{address}")
    with pytest.raises(StorageError) as caught:
        database.migrate()
    shown = f"{database!r} {database} {''.join(traceback.format_exception(caught.value))}"
    assert "127.0.0.1:1/press" in shown
    assert "hunter2" not in shown
    database.close()


def test_password_that_splits_the_address_is_not_shown() -> None:
    with pytest.raises(ConfigError, match="in a password") as caught:
        Database("postgresql://me:hunt@h:er2@127.0.0.1/press")
    assert "er2" not in str(caught.value)
    assert caught.value.__suppress_context__  # the error below it cites what stands after the colon
    assert caught.value.__cause__ is None


def test_error_carries_no_text_of_an_article(database: Database) -> None:
    values = {column.name: "confidential" for column in articles.c if column.name != "url"}
    numbers = dict.fromkeys(("id", "source_id", "joined_with", "listed", "changes", "joined_figure", "quality"), 1) | {
        "paywalled": False
    }
    times = dict.fromkeys(("published_at", "first_seen_at", "revised_at"), NOW)
    with pytest.raises(IntegrityError) as caught, database.write() as connection:
        connection.execute(insert(articles), values | numbers | times | {"story_id": None})
    shown = "".join(traceback.format_exception(caught.value))
    assert "INSERT INTO articles" in shown
    assert "confidential" not in shown


def test_reader_sees_one_state(database: Database, database_url: str) -> None:
    other = Database(database_url, patience=0.05)
    count = text("SELECT count(*) FROM tombstones")
    with database.read() as connection:
        assert connection.execute(count).scalar() == 0
        with suppress(StorageError), other.write() as writing:  # in SQLite a writer waits for the reader
            writing.execute(text("INSERT INTO tombstones (mark) VALUES (1)"))
        assert connection.execute(count).scalar() == 0
    other.close()


@pytest.mark.postgres
def test_missing_database_is_named(postgres_server: str) -> None:
    database = Database(postgres_server.replace("/postgres?", "/nobody_made_this?"))
    with pytest.raises(StorageError, match="create the database"):
        database.migrate()
    database.close()


_HOLDER = """
import sys
from storage.database import Database, hold_pen
with Database(sys.argv[1], patience=0.5).write() as connection:
    hold_pen(connection)
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.postgres
def test_worker_stopped_in_the_midst_of_a_commit_is_an_error_and_then_gone(postgres_url: str) -> None:
    command = [sys.executable, "-c", _HOLDER, postgres_url]
    database = Database(postgres_url, patience=0.2)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        holder.send_signal(signal.SIGSTOP)
        with pytest.raises(StorageError, match=r"another program held the database .*lock timeout"):
            _write_something(database)
        for _ in range(50):  # each waits a moment: the server ends what the stopped worker began
            with suppress(StorageError):
                _write_something(database)
                break
        else:
            pytest.fail("the pen was never given back")
        holder.kill()
    database.close()


def _write_something(database: Database) -> None:
    with database.write() as connection:
        hold_pen(connection)


def test_server_that_says_nothing_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        database = Database(f"postgresql://me@127.0.0.1:{silent.getsockname()[1]}/press", patience=1)
        with pytest.raises(StorageError, match="cannot reach the database server"):
            database.migrate()
        database.close()


@pytest.mark.postgres
def test_statement_without_end_is_ended(postgres_url: str) -> None:
    database = Database(postgres_url, patience=0.1)
    with pytest.raises(StorageError, match="took too long"), database.write() as connection:
        connection.execute(text("SELECT pg_sleep(60)"))
    with database.read() as connection:  # a network that is cut is noticed, though it says nothing
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        assert {"keepalives_idle", "tcp_user_timeout"} <= driver.info.get_parameters().keys()
    database.close()


@pytest.mark.postgres
def test_migration_waits_for_another_however_long_it_takes(empty_postgres_url: str) -> None:
    slow, quick = Database(empty_postgres_url), Database(empty_postgres_url, patience=0.3)
    with ThreadPoolExecutor(1) as pool:
        with slow.write() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(7203001)"))
            migration = pool.submit(quick.migrate)
            connection.execute(text("SELECT pg_sleep(1)"))
        migration.result()
    slow.close()
    quick.close()


def test_file_held_by_another_program_is_said(sqlite_url: str) -> None:
    database = Database(sqlite_url, patience=0.05)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StorageError, match="another program held the database file"), database.write():
        pass
    other.close()
    database.close()


def test_failed_transaction_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        _write_and_fail(database)
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM tombstones")).scalar() == 0


def _write_and_fail(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("INSERT INTO tombstones (mark) VALUES (1)"))
        raise ZeroDivisionError


def test_many_writers_wait_for_one_another(database: Database) -> None:
    def add(number: int) -> None:
        with database.write() as connection:
            count = connection.execute(text("SELECT count(*) FROM tombstones")).scalar()
            connection.execute(text("INSERT INTO tombstones (mark) VALUES (:mark)"), {"mark": number})
            assert count is not None

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(100)))
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM tombstones")).scalar() == 100


_WRITER = """
import sys
from sqlalchemy import text
from storage.database import Database
database = Database(sys.argv[1])
for number in range(20):
    with database.write() as connection:
        connection.execute(text("SELECT count(*) FROM tombstones")).scalar()
        mark = int(sys.argv[2]) * 100 + number
        connection.execute(text("INSERT INTO tombstones (mark) VALUES (:mark)"), {"mark": mark})
database.close()
"""


def test_processes_write_side_by_side(database: Database, database_url: str) -> None:
    command = [sys.executable, "-c", _WRITER, database_url]
    workers = [subprocess.Popen([*command, str(number)]) for number in range(3)]
    assert [worker.wait(60) for worker in workers] == [0, 0, 0]
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM tombstones")).scalar() == 60


def test_sqlite_is_durable_and_checks_its_keys(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.read() as connection:
        found = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("synchronous", "foreign_keys")}
        journal = connection.execute(text("PRAGMA journal_mode")).scalar()
    assert found == {"synchronous": 2, "foreign_keys": 1}
    assert journal == ("wal" if wal_is_safe(sqlite3.sqlite_version_info) else "truncate")
    database.close()


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False), ((3, 44, 5), False), ((3, 44, 6), True), ((3, 45, 0), False), ((3, 50, 6), False),
        ((3, 50, 7), True), ((3, 51, 0), False), ((3, 51, 2), False), ((3, 51, 3), True), ((3, 52, 0), True),
        ((4, 0, 0), True),
    ],
)  # fmt: skip
def test_wal_is_used_only_where_it_is_mended(version: tuple[int, ...], safe: bool) -> None:
    assert wal_is_safe(version) is safe


def test_up_to_date_database_opens_without_alembic(sqlite_url: str) -> None:
    code = (
        "import sys; from storage.database import Database; d = Database(sys.argv[1]); d.migrate(); d.close();"
        " print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, sqlite_url], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    "earlier",
    [
        "CREATE TABLE tombstones (sign INTEGER)",
        "CREATE TABLE tombstones (mark INTEGER, sign TEXT NOT NULL)",
        "SELECT 1",
    ],
    ids=["a column is missing", "a column is left over", "the table is missing"],
)
def test_database_of_an_earlier_schema_says_what_to_do(database: Database, earlier: str) -> None:
    with database.write() as connection:
        connection.execute(text("DROP TABLE tombstones"))
        connection.execute(text(earlier))
    try:
        with pytest.raises(StorageError, match="unreleased presswatch"), database.write() as connection:
            connection.execute(text("INSERT INTO tombstones (mark) VALUES (1)"))
    finally:
        with database.write() as connection:
            connection.execute(text("DROP TABLE IF EXISTS tombstones"))
            tombstones.create(connection)


def test_complaint_about_the_columns_of_our_own_tables_stays_a_bug(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with pytest.raises(OperationalError, match="no such column"), database.read() as connection:
        connection.execute(text("SELECT nonsense FROM tombstones"))
    database.close()


def test_read_only_file_is_named(sqlite_url: str) -> None:
    path = sqlite_url.removeprefix("sqlite:///")
    database = Database(f"sqlite:///file:{path}?mode=ro&uri=true")
    with pytest.raises(StorageError, match="give us write permission"), database.write() as connection:
        connection.execute(text("INSERT INTO tombstones (mark) VALUES (1)"))
    database.close()

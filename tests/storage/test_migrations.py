"""The schema: migrated and fresh are the same, up, down and up again, whoever comes first."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from news.errors import StorageError
from storage.database import Database
from storage.migrations import HEAD
from storage.migrations.upgrade import configuration, downgrade, upgrade
from storage.tables import metadata

_SQLITE = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE :not"
_POSTGRES = (
    """SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
       WHERE table_schema = 'public' AND table_name NOT LIKE :not""",
    """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
       WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE :not""",
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE :not",
    "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public' AND viewname NOT LIKE :not",
)


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Database]:
    opened = Database(empty_database_url)
    yield opened
    opened.close()


def _schema(connection: Connection) -> set[tuple[tuple[str, ...], ...]]:
    statements = (_SQLITE,) if connection.dialect.name == "sqlite" else _POSTGRES
    rows = (row for sql in statements for row in connection.execute(text(sql), {"not": "%alembic%"}))
    return {tuple(_parts(str(value)) for value in row) for row in rows}


def _parts(definition: str) -> tuple[str, ...]:
    return tuple(sorted(part.strip() for part in re.split(r"[,\n]", definition)))  # constraints may stand in any order


def test_migrated_database_equals_a_fresh_one(empty: Database) -> None:
    with empty.write() as connection:
        upgrade(connection)
        migrated = _schema(connection)
        for extra in ("VIEW v_article", "TABLE IF EXISTS article_words"):
            connection.execute(text(f"DROP {extra}"))
        metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
    empty.migrate()  # finds nothing there, and makes the tables at once
    with empty.write() as connection:
        assert _schema(connection) == migrated
        assert len(migrated) > 20
        upgrade(connection)  # knows the revision, and leaves everything as it is
        assert _schema(connection) == migrated


def test_alembic_sees_nothing_left_to_do(database: Database) -> None:
    with database.read() as connection:
        ours = set(metadata.tables)
        context = MigrationContext.configure(
            connection, opts={"include_name": lambda name, kind, _: kind != "table" or name in ours}
        )
        found = compare_metadata(context, metadata)
    by_hand = ("ix_articles_words", "ix_deliveries_untold")
    assert [one for one in found if not any(name in str(one) for name in by_hand)] == []


def test_down_and_up_again_leaves_the_same_schema(empty: Database) -> None:
    empty.migrate()
    with empty.read() as connection:
        before = _schema(connection)
    with empty.write() as connection:
        downgrade(connection, "base")
        assert not _schema(connection) - {row for row in before if ("sqlite_sequence",) in row}
        upgrade(connection)
        assert _schema(connection) == before


def test_the_programs_revision_is_the_newest_script(database: Database) -> None:
    with database.read() as connection:
        assert ScriptDirectory.from_config(configuration(connection)).get_current_head() == HEAD


def test_four_processes_that_start_together_migrate_once(empty_database_url: str) -> None:
    databases = [Database(empty_database_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(Database.migrate, databases))
    with databases[0].read() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [HEAD]
    for one in databases:
        one.close()


def test_newer_schema_is_refused_with_what_to_do(empty: Database) -> None:
    empty.migrate()
    with empty.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'f00d'"))
    with pytest.raises(StorageError, match="a newer presswatch made this database"):
        empty.migrate()


def test_view_for_own_tools_has_the_documented_columns(database: Database) -> None:
    with database.read() as connection:
        names = tuple(connection.execute(text("SELECT * FROM v_article")).keys())
    assert names == ("url", "title", "text", "lang", "source", "published_at", "first_seen_at", "story_id")


def test_migrations_are_found_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    database = Database("sqlite:///here.db")
    database.migrate()
    database.close()
    assert (tmp_path / "here.db").exists()

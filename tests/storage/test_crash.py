"""kill -9 in the middle of a commit: all of it is there or none."""

import random
import subprocess
import sys

from sqlalchemy import Connection, text

from storage.database import Database
from storage.sources import Sources
from tests.storage.crash_worker import BATCH, SOURCES
from tests.storage.press import NOW, source

_ROUNDS = 4


def _kill_while_it_keeps(url: str, chance: random.Random) -> None:
    command = [sys.executable, "-m", "tests.storage.crash_worker", url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "kept\n"
        try:
            worker.wait(timeout=chance.uniform(0.0, 0.15))
        except subprocess.TimeoutExpired:
            worker.kill()
        else:
            raise AssertionError("the worker ended by itself")


def _count(connection: Connection, what: str) -> int:
    return int(connection.execute(text(f"SELECT count(*) FROM {what}")).scalar_one())


_BROKEN = {
    "articles without a story": "articles a LEFT JOIN stories s ON s.id = a.story_id WHERE s.id IS NULL",
    "articles without an address": "articles a WHERE NOT EXISTS (SELECT 1 FROM urls u WHERE u.article_id = a.id)",
    "articles not matched": "articles a WHERE NOT EXISTS (SELECT 1 FROM matches m WHERE m.article_id = a.id)",
    "stories not told": "stories s WHERE NOT EXISTS (SELECT 1 FROM alerts t WHERE t.story_id = s.id)",
    "alerts not owed": "alerts t WHERE (SELECT count(*) FROM deliveries d WHERE d.alert_id = t.id) <> 2",
    "stories miscounted": "stories s WHERE s.articles <> (SELECT count(*) FROM articles a WHERE a.story_id = s.id)",
    "sketches of nothing": "sketches k WHERE NOT EXISTS (SELECT 1 FROM articles a WHERE a.id = k.article_id)",
}


def broken(connection: Connection) -> dict[str, int]:
    """Count what no transaction may leave behind."""
    found = {what: _count(connection, query) for what, query in _BROKEN.items()}
    return {what: count for what, count in found.items() if count}


def test_killed_worker_leaves_whole_batches_and_no_half_one(database: Database, database_url: str) -> None:
    Sources(database).sync([source(f"outlet{number}") for number in range(SOURCES)], now=NOW)
    chance = random.Random(20260920)
    for _ in range(_ROUNDS):
        _kill_while_it_keeps(database_url, chance)
    with database.write() as connection:
        assert broken(connection) == {}
        kept, fetched = _count(connection, "articles"), _count(connection, "fetches")
        assert kept == fetched * BATCH
        assert fetched >= _ROUNDS
        if database.dialect == "sqlite":
            connection.execute(text("INSERT INTO article_words (article_words) VALUES ('integrity-check')"))
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"

"""Which pages are read again: kept with the article, told by the claim, settled with the run."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, event, select

from news.article import Prepared
from news.reread import Reread
from news.source import Lease
from storage.articles import Archive
from storage.database import Database
from storage.maintain import Retention, maintain
from storage.rereads import reread_at
from storage.sources import Sources
from storage.tables import rereads
from tests.storage.press import LEASE, NOW, later, lease_of, prepared, settlement, source, tell

HOUR = later(hours=1)


def waiting(number: int, at: datetime = HOUR, **fields: object) -> Prepared:
    return replace(prepared(number, **fields), reread_at=at)  # type: ignore[arg-type]


def claim(database: Database, now: datetime = HOUR, name: str = "gazette") -> Lease:
    (lease,) = Sources(database).claim(owner="me", now=now, lease=LEASE, limit=9, names=[name], due_only=False)
    return lease


@pytest.fixture
def held(database: Database) -> Lease:
    """A source whose articles 1 and 2 are due in an hour, and 3 never."""
    lease = lease_of(database)
    Archive(database).keep(lease, [prepared(3), waiting(2), waiting(1)], settlement(), now=NOW, decide=tell)
    return lease


@pytest.mark.usefixtures("held")
def test_claim_says_whether_something_is_due(database: Database) -> None:
    assert not claim(database, later(minutes=59)).rereads
    Sources(database).release("me")
    assert claim(database).rereads


@pytest.mark.usefixtures("held")
def test_another_sources_articles_are_not_this_ones(database: Database) -> None:
    assert not lease_of(database, "herald", now=HOUR).rereads


@pytest.mark.usefixtures("held")
def test_due_ones_come_longest_due_first_and_as_many_as_fit(database: Database) -> None:
    lease, archive = claim(database), Archive(database)
    assert [each.id for each in archive.to_reread(lease, now=HOUR, limit=9)] == [1, 2]
    assert [each.id for each in archive.to_reread(lease, now=HOUR, limit=1)] == [1]
    assert archive.to_reread(lease, now=NOW, limit=9) == []
    assert "word1x1 " in archive.to_reread(lease, now=HOUR, limit=1)[0].article.text


@pytest.mark.usefixtures("held")
def test_run_settles_the_next_date_the_end_and_a_note(database: Database) -> None:
    done = [Reread(article_id=1, next_at=later(hours=24), note="what\nis"), Reread(article_id=2, note="gone")]
    Sources(database).settle([(claim(database), settlement(HOUR, rereads=done))], now=HOUR)
    assert (reread_at(database, 1), reread_at(database, 2)) == (later(hours=24), None)
    notes = [each.article.note for each in Archive(database).export()]
    assert notes == ["what is", "gone", ""]
    again = [Reread(article_id=1, note="and more")]
    Sources(database).settle([(claim(database), settlement(HOUR, rereads=again))], now=HOUR)
    assert next(Archive(database).export()).article.note == "what is; and more"
    with database.read() as connection:
        assert connection.execute(select(rereads)).all() == []


def test_lost_lease_moves_no_date(database: Database, held: Lease) -> None:
    claim(database)
    done = [Reread(article_id=1)]
    assert Sources(database).settle([(held, settlement(HOUR, rereads=done))], now=HOUR) == [held]
    assert reread_at(database, 1) == HOUR


@pytest.mark.usefixtures("held")
def test_article_that_is_kept_already_keeps_its_date(database: Database) -> None:
    lease = claim(database)
    again = waiting(1, later(hours=7), text="Other words are here now, many of them.", topics=["arms"])
    kept = Archive(database).keep(lease, [again], now=HOUR, decide=tell)
    assert (kept.revised, reread_at(database, 1)) == (1, HOUR)


@pytest.mark.usefixtures("held")
def test_article_that_meets_a_topic_since_it_was_changed_is_read_again(database: Database) -> None:
    lease = claim(database)
    words = "Other words are here now, many of them."
    Archive(database).keep(lease, [waiting(3, later(hours=2), text=words)], now=HOUR, decide=tell)
    assert reread_at(database, 3) is None
    met = waiting(3, later(hours=2), text=f"{words} Arms, too.", topics=["arms"])
    Archive(database).keep(lease, [met], now=HOUR, decide=tell)
    assert reread_at(database, 3) == later(hours=2)


@pytest.mark.usefixtures("held")
def test_expired_article_is_not_read_again(database: Database) -> None:
    assert Archive(database).expire(now=later(days=400), keep=timedelta(days=1)) == 3
    assert reread_at(database, 1) is None


@pytest.mark.usefixtures("held")
def test_source_that_was_off_for_a_week_has_nothing_waiting(database: Database) -> None:
    Sources(database).sync([source("gazette", enabled=False)], now=NOW)
    maintain(database, Retention(), now=later(days=7))
    assert reread_at(database, 1) == HOUR
    maintain(database, Retention(), now=later(days=8))
    assert reread_at(database, 1) is None


@contextmanager
def overheard() -> Iterator[list[str]]:
    """Give every statement that any database is asked inside the block."""
    said: list[str] = []

    def hear(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    yield said
    event.remove(Engine, "before_cursor_execute", hear)


def test_unchanged_round_asks_no_statement_more_for_it(database: Database) -> None:
    queue = Sources(database)
    queue.sync([source(f"s{number}") for number in range(100)], now=NOW)
    with overheard() as said:
        leases = queue.claim(owner="me", now=NOW, lease=LEASE, limit=100)
        queue.settle([(lease, settlement()) for lease in leases], now=NOW)
    assert len(leases) == 100
    assert [words.split()[0] for words in said if "rereads" in words] == ["WITH"], "the claim alone"

"""Several runs in one transaction, and several workers at the same articles."""

import resource
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from sqlalchemy import text

from news.article import Kept, Prepared
from news.source import Lease
from storage.articles import Archive
from storage.database import Database
from storage.outbox import DeliveryStore
from storage.sources import Sources
from tests.storage.press import NOW, later, lease_of, leased, prepared, settlement, source, tell, tell_all
from tests.storage.test_crash import broken


def _carried_by(outlet: str, *numbers: int) -> list[Prepared]:
    """The same texts at each outlet's own addresses."""
    return [
        prepared(number, topics=["defence"], url=f"https://{outlet}.example/{number}", guid="", source=outlet)
        for number in numbers
    ]


def test_runs_kept_together_are_counted_apart(database: Database) -> None:
    archive = Archive(database)
    a, b, c = leased(database, "a", "b", "c")
    Sources(database).sync([source("c", url="https://c.example/new")], now=NOW, whole=False)  # c's lease is lost
    runs = [
        (a, _carried_by("a", 1, 2), settlement()),
        (b, [*_carried_by("b", 2, 3), *_carried_by("a", 1)], None),
        (c, _carried_by("c", 4), settlement()),
    ]
    assert archive.keep_many(runs, now=NOW, decide=tell_all) == [
        Kept(new=2, alerts=2),
        Kept(new=2, known=1, copies=1, alerts=1),
        None,
    ]
    assert archive.count() == 4
    statuses = {status.source.name: status for status in Sources(database).statuses(NOW)}
    assert statuses["a"].last_success_at == NOW
    assert statuses["b"].last_success_at is None
    assert statuses["c"].last_fetch is None


def _looks(database: Database, now: datetime, *articles: Prepared, complete: bool) -> Kept:
    lease = lease_of(database, now=now, due_only=False)
    ends = settlement(now, complete=complete)
    return Archive(database).keep(lease, articles, ends, now=now, decide=tell)


def test_a_backlog_of_several_runs_is_held_to_its_end(database: Database) -> None:
    first = _looks(database, NOW, prepared(1, topics=["defence"]), complete=False)
    second = _looks(database, later(minutes=1), prepared(2, topics=["defence"]), complete=False)
    third = _looks(database, later(minutes=2), prepared(3, topics=["defence"]), complete=True)
    assert [kept.held for kept in (first, second, third)] == [1, 1, 1]
    assert Sources(database).statuses(NOW)[0].last_success_at == later(minutes=2)
    news = _looks(database, later(minutes=3), prepared(4, topics=["defence"]), complete=False)
    assert (news.alerts, news.held) == (1, 0)


def test_a_first_look_that_never_ends_is_over_after_a_day(database: Database) -> None:
    assert _looks(database, NOW, prepared(1, topics=["defence"]), complete=False).held == 1
    assert _looks(database, later(hours=23), prepared(2, topics=["defence"]), complete=False).held == 1
    assert _looks(database, later(hours=24), prepared(3, topics=["defence"]), complete=False).alerts == 1


def test_only_a_first_look_is_backlog(database: Database) -> None:
    archive, queue = Archive(database), Sources(database)
    queue.settle([(lease, settlement()) for lease in leased(database, "old")], now=NOW)
    old, new = leased(database, "old", "new", now=later(hours=1))
    if old.source.name == "new":
        old, new = new, old
    runs = [(old, _carried_by("old", 1), None), (new, _carried_by("new", 2), None)]
    told, held = archive.keep_many(runs, now=NOW, decide=tell)
    assert (told, held) == (Kept(new=1, alerts=1), Kept(new=1, held=1))


def test_nothing_to_keep_still_settles(database: Database) -> None:
    archive = Archive(database)
    (lease,) = leased(database, "a")
    assert archive.keep_many([], now=NOW, decide=tell) == []
    assert archive.keep(lease, [], settlement(), now=NOW, decide=tell) == Kept()
    assert Sources(database).statuses(NOW)[0].last_success_at == NOW


def test_copies_kept_at_the_same_moment_are_one_story_and_one_alert(database: Database) -> None:
    archive = Archive(database)
    leases = leased(database, "a", "b", "c", "d")

    def work(lease: Lease) -> Kept:
        return archive.keep(lease, _carried_by(lease.source.name, *range(20)), now=NOW, decide=tell_all)

    with ThreadPoolExecutor(4) as pool:
        kept = list(pool.map(work, leases))
    assert sum(each.new for each in kept) == 80
    assert sum(each.copies for each in kept) == 60
    assert sum(each.alerts for each in kept) == 20
    told = DeliveryStore(database).alerts(100)
    assert {status.alert.story.articles for status in told} == {4}
    assert sum(len(status.deliveries) for status in told) == 40


def test_same_addresses_kept_at_the_same_moment_are_kept_once(database: Database) -> None:
    archive = Archive(database)
    leases = leased(database, "a", "b", "c", "d")

    def work(lease: Lease) -> Kept:
        return archive.keep(lease, _carried_by("wire", *range(30)), now=NOW, decide=tell_all)

    with ThreadPoolExecutor(4) as pool:
        assert sum(kept.new for kept in pool.map(work, leases)) == 30
    assert archive.count() == 30


def _small_files_only() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write beyond the limit fails instead, as on a full disk
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))


def test_full_disk_stops_between_whole_batches_and_says_so(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    Sources(database).sync([source("a")], now=NOW)
    command = [sys.executable, "-m", "tests.storage.crash_worker", sqlite_url]
    worker = subprocess.run(command, capture_output=True, text=True, preexec_fn=_small_files_only, check=False)
    assert worker.stdout.count("kept") > 3
    assert "StorageError: the disk that holds" in worker.stderr
    with database.write() as connection:
        assert broken(connection) == {}
        kept, fetched = connection.execute(
            text("SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM fetches)")
        ).one()
    assert kept == fetched * 10
    database.close()

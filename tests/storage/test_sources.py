"""Sources: the configuration in rows, each claimed by one worker, its runs settled."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text

from news.fetch import Outcome
from news.source import Kind, Lease, Validators
from storage.database import Database
from storage.maintain import Retention, maintain
from storage.roster import Synced
from storage.sources import Sources
from storage.tables import sources
from tests.storage.press import LEASE, NOW, failure, later, lease_of, leased, settlement, source


def _claim(queue: Sources, now: datetime = NOW, owner: str = "me", **how: object) -> list[Lease]:
    return queue.claim(owner=owner, now=now, lease=LEASE, limit=100, **how)  # type: ignore[arg-type]


def test_sync_counts_and_a_second_one_changes_nothing(database: Database) -> None:
    queue = Sources(database)
    three = [source(name) for name in ("a", "b", "c")]
    assert queue.sync(three, now=NOW) == Synced(added=3)
    assert queue.sync(three, now=NOW) == Synced()
    changed = source("a", lang="tr", group="wires", kind=Kind.SITEMAP, links="/n/", full_text=False)
    assert queue.sync([changed, source("d")], now=NOW) == Synced(added=1, changed=1, removed=2)
    assert [status.source for status in queue.statuses(NOW)] == [changed, source("d")]


def test_removed_source_is_not_claimed_and_comes_back_due(database: Database) -> None:
    queue = Sources(database)
    queue.sync([source("a"), source("b", enabled=False)], now=NOW)
    queue.sync([source("b", enabled=False)], now=NOW)
    assert _claim(queue) == []
    queue.sync([source("a")], now=later(days=3))
    assert [lease.source.name for lease in _claim(queue, later(days=3))] == ["a"]


def test_a_source_that_is_given_another_name_is_the_same_source(database: Database) -> None:
    queue = Sources(database)
    held = lease_of(database)
    queue.settle([(held, settlement(due_at=later(hours=1), validators=Validators(etag='"1"')))], now=NOW)
    renamed = replace(held.source, name="Another name")
    assert queue.sync([renamed], now=later(hours=1)) == Synced(changed=1)
    assert [status.source.name for status in queue.statuses(NOW)] == ["Another name"]
    (again,) = _claim(queue, later(hours=1))
    assert (again.source_id, again.first_look, again.validators.etag) == (held.source_id, False, '"1"')
    elsewhere = replace(renamed, name="Third", url="https://elsewhere.example/")
    assert queue.sync([elsewhere], now=later(hours=1)) == Synced(added=1, removed=1)


def test_a_visited_source_is_asked_by_name_alone(database: Database) -> None:
    queue = Sources(database)
    queue.sync([source("ours")], now=NOW)
    visited = [source("theirs"), source("ours", url="https://elsewhere.example/")]
    assert queue.visit(visited, now=NOW) == Synced(added=1)
    assert queue.visit(visited, now=NOW) == Synced()
    assert [lease.source for lease in _claim(queue)] == [source("ours")]
    assert [status.source.name for status in queue.statuses(NOW)] == ["ours"]
    (lease,) = _claim(queue, names=["theirs"])
    assert queue.sync([source("ours")], now=NOW) == Synced()  # another process comes, and leaves it alone
    assert queue.settle([(lease, settlement())], now=NOW) == []
    by_daemon = _claim(queue, later(hours=1), owner="daemon", due_only=False)
    assert [lease.source.name for lease in by_daemon] == ["ours"]
    (again,) = _claim(queue, later(hours=1), names=["theirs"])
    assert again.validators.etag == '"1"'


def test_a_visited_source_may_become_one_of_ours(database: Database) -> None:
    queue = Sources(database)
    queue.visit([source("a")], now=NOW)
    queue.settle([(lease, settlement()) for lease in _claim(queue, names=["a"])], now=NOW)
    assert queue.sync([source("a")], now=NOW) == Synced(changed=1)
    assert [(lease.source.name, lease.validators) for lease in _claim(queue)] == [("a", Validators())]
    queue.sync([], now=NOW)
    assert queue.visit([source("a", lang="tr")], now=NOW) == Synced(changed=1)
    assert _claim(queue) == []
    assert [lease.source.lang for lease in _claim(queue, names=["a"])] == ["tr"]


def test_changed_address_drops_validators_and_takes_the_lease_away(database: Database) -> None:
    queue = Sources(database)
    assert queue.settle([(lease_of(database), settlement())], now=NOW) == []
    old = lease_of(database, now=later(hours=1))
    assert old.validators.etag == '"1"'
    queue.sync([source(url="https://new.example/feed")], now=later(hours=1))
    assert queue.settle([(old, settlement())], now=later(hours=1)) == [old]
    new = _claim(queue, later(hours=1))[0]
    assert (new.validators, new.first_look) == (Validators(), False)


@pytest.mark.parametrize(
    "change", [{"kind": Kind.SECTION}, {"links": "/news/"}, {"full_text": True}], ids=["kind", "links", "full text"]
)
def test_what_a_change_brings_to_light_is_asked_for(database: Database, change: dict[str, object]) -> None:
    queue = Sources(database)
    before = source(full_text=False)
    queue.sync([before], now=NOW)
    queue.settle([(lease, settlement()) for lease in _claim(queue)], now=NOW)
    (running,) = _claim(queue, names=["gazette"], due_only=False)
    queue.sync([replace(before, **change)], now=later(minutes=1))  # type: ignore[arg-type]
    assert queue.settle([(running, settlement())], now=later(minutes=1)) == [running]
    (lease,) = _claim(queue, later(minutes=1))
    assert (lease.validators, lease.first_look) == (Validators(), False)


@pytest.mark.parametrize(
    "change", [{"group": "wires"}, {"lang": "tr"}, {"full_text": False}], ids=["group", "language", "no full text"]
)
def test_other_changes_keep_validators_and_the_lease(database: Database, change: dict[str, object]) -> None:
    queue = Sources(database)
    queue.settle([(lease_of(database), settlement())], now=NOW)
    (running,) = _claim(queue, names=["gazette"], due_only=False)
    queue.sync([replace(source(), **change)], now=later(minutes=1))  # type: ignore[arg-type]
    assert queue.settle([(running, settlement(validators=None))], now=later(minutes=1)) == []
    assert _claim(queue, later(hours=1))[0].validators.etag == '"1"'


@pytest.mark.postgres
def test_a_change_takes_sources_in_the_order_in_which_runs_end(postgres_url: str) -> None:
    database = Database(postgres_url)
    queue, names = Sources(database), ("zebra", "aardvark")
    queue.sync([source(name) for name in names], now=NOW)
    changed = [source(name, group="wires") for name in reversed(names)]
    with ThreadPoolExecutor(1) as pool:
        with database.write() as ending:
            ending.execute(select(sources.c.id).where(sources.c.name == "zebra").with_for_update())
            syncing = pool.submit(queue.sync, changed, now=NOW)
            while not ending.execute(text("SELECT 1 FROM pg_locks WHERE NOT granted")).first():
                assert not syncing.done()
            ending.execute(select(sources.c.id).where(sources.c.name == "aardvark").with_for_update(nowait=True))
        assert syncing.result().changed == 2
    database.close()


def test_shorter_interval_counts_from_now(database: Database) -> None:
    queue = Sources(database)
    queue.settle([(lease_of(database), settlement(due_at=later(hours=24)))], now=NOW)
    queue.sync([source(interval=timedelta(minutes=5))], now=NOW)
    assert queue.statuses(NOW)[0].due_at == later(minutes=5)


def test_times_are_kept_and_other_times_begin_at_once(database: Database) -> None:
    queue = Sources(database)
    queue.sync([source()], now=NOW)
    (lease,) = _claim(queue)
    long = settlement(due_at=later(hours=9), interval=timedelta(hours=24))
    queue.settle([(lease, long)], now=NOW)
    daily = source(cron="0 7 * * *")
    queue.sync([daily], now=later(minutes=1))
    (lease,) = _claim(queue, later(minutes=1))
    assert (lease.source, lease.interval) == (daily, timedelta(minutes=15))
    queue.settle([(lease, replace(long, interval=lease.interval))], now=later(minutes=1))
    assert queue.sync([daily], now=later(minutes=2)) == Synced()
    assert _claim(queue, later(minutes=2)) == []
    queue.sync([source()], now=later(minutes=3))
    assert [each.source.cron for each in _claim(queue, later(minutes=3))] == [""]


def test_claim_gives_the_longest_due_first_up_to_the_limit(database: Database) -> None:
    queue = Sources(database)
    for number, name in enumerate("cab"):
        queue.sync([source(name)], now=later(minutes=number), whole=False)
    first = queue.claim(owner="me", now=later(hours=1), lease=LEASE, limit=2)
    assert [lease.source.name for lease in first] == ["c", "a"]
    assert [lease.source.name for lease in _claim(queue, later(hours=1))] == ["b"]


def test_claim_by_name_before_its_time(database: Database) -> None:
    queue = Sources(database)
    queue.settle([(lease, settlement()) for lease in leased(database, "a", "b")], now=NOW)
    assert _claim(queue, later(minutes=1)) == []
    assert _claim(queue, later(minutes=1), names=["a"]) == []
    (early,) = _claim(queue, later(minutes=1), names=["a"], due_only=False)
    assert (early.source.name, early.due_at) == ("a", None)


def test_attempts_are_counted_at_the_claim_until_a_run_settles(database: Database) -> None:
    assert lease_of(database).attempts == 1
    second = lease_of(database, now=later(minutes=2))
    assert second.attempts == 2
    assert Sources(database).statuses(NOW)[0].attempts == 2
    Sources(database).settle([(second, failure())], now=NOW)
    assert Sources(database).statuses(NOW)[0].attempts == 0
    third = lease_of(database, now=later(hours=1))
    assert (third.attempts, third.failures, third.first_look) == (1, 1, True)


def test_failed_run_keeps_validators_and_its_reason(database: Database) -> None:
    queue = Sources(database)
    queue.settle([(lease_of(database), settlement(moved_to="https://there.example/"))], now=NOW)
    queue.settle(
        [(lease_of(database, now=later(hours=1)), failure(later(hours=1), moved_to="https://there.example/"))],
        now=later(hours=1),
    )
    status = queue.statuses(NOW)[0]
    assert (status.last_success_at, status.failures, status.moved_to) == (NOW, 1, "https://there.example/")
    assert [fetch.outcome for fetch in queue.history("gazette")] == [Outcome.FAILED, Outcome.READ]
    assert queue.history("gazette")[0].detail == "no such host"
    assert lease_of(database, now=later(hours=2)).validators.etag == '"1"'


def test_gaps_are_counted_and_the_length_of_the_list_remembered(database: Database) -> None:
    queue = Sources(database)
    past = settlement().fetch
    for hour, gap in enumerate((False, True, True)):
        (lease,) = leased(database, "gazette", now=later(hours=hour))
        assert lease.listed == (20 if hour else 0)
        asked = settlement(
            later(hours=hour), fetch=replace(past, at=later(hours=hour), gap=gap), listed=None if hour else 20
        )
        queue.settle([(lease, asked)], now=later(hours=hour, minutes=5))
    assert queue.statuses(NOW)[0].gaps == 2
    assert [fetch.gap for fetch in queue.history("gazette")] == [True, True, False]
    (lease,) = leased(database, "gazette", now=later(hours=3))
    assert (lease.listed, lease.looked_at, lease.last_success_at) == (20, later(hours=2), later(hours=2, minutes=5))
    queue.settle([(lease, failure(later(hours=3)))], now=later(hours=3))
    assert lease_of(database, now=later(hours=4)).last_success_at == later(hours=2, minutes=5)
    queue.sync([source(url="https://moved.example/")], now=later(hours=5))
    assert _claim(queue, later(hours=5))[0].listed == 0


def test_what_a_source_taught_of_itself_is_remembered_until_its_address_changes(database: Database) -> None:
    queue = Sources(database)
    first = lease_of(database)
    assert (first.whole_at, first.lied_at, first.address) == (None, None, source().url)
    taught = settlement(moved_to="https://there.example/", moved_times=3, lied_at=NOW)
    queue.settle([(first, taught)], now=NOW)
    second = lease_of(database, now=later(hours=1))
    assert (second.whole_at, second.lied_at, second.address) == (NOW, NOW, "https://there.example/")
    asked = replace(taught, fetch=replace(taught.fetch, status=304))
    queue.settle([(second, asked)], now=later(hours=1))
    assert lease_of(database, now=later(hours=2)).whole_at == NOW
    status = queue.statuses(NOW)[0]
    assert (status.lied_at, status.moved_to, status.moved_times) == (NOW, "https://there.example/", 3)
    queue.sync([source(url="https://new.example/")], now=later(hours=3))
    (afresh,) = _claim(queue, later(hours=3))
    assert (afresh.whole_at, afresh.lied_at, afresh.address) == (None, None, "https://new.example/")


def test_who_only_writes_to_a_source_waits_for_its_run_and_not_for_its_host(database: Database) -> None:
    queue = Sources(database)
    queue.sync([source("gazette"), source("weekly", url="https://gazette.example/weekly")], now=NOW)
    (running,) = _claim(queue, names=["gazette"])
    assert _claim(queue, owner="other", names=["weekly"]) == []
    assert queue.hold("gazette", owner="filler", now=NOW, lease=LEASE) is None
    held = queue.hold("weekly", owner="filler", now=NOW, lease=LEASE)
    assert held
    assert queue.renew([held, running], until=later(hours=1)) == []
    queue.release("filler")
    assert queue.renew([held], until=later(hours=1)) == [held]


def test_renewed_lease_is_kept_and_a_lost_one_named(database: Database) -> None:
    queue = Sources(database)
    kept, lost = leased(database, "a", "b")
    assert queue.renew([kept], until=later(minutes=10)) == []
    (other,) = _claim(queue, later(minutes=2), owner="other")
    assert other.source.name == "b"
    assert queue.renew([kept, lost], until=later(minutes=20)) == [lost]
    assert queue.settle([(kept, settlement()), (lost, settlement())], now=NOW) == [lost]


def test_released_sources_are_due_as_before(database: Database) -> None:
    queue = Sources(database)
    leased(database, "a", "b")
    queue.release("somebody else")
    assert _claim(queue) == []
    queue.release("me")
    again = _claim(queue)
    assert [(lease.source.name, lease.attempts) for lease in again] == [("a", 1), ("b", 1)]
    assert [lease.attempts for lease in _claim(queue, later(minutes=2))] == [2, 2]
    queue.release("me")
    assert [lease.attempts for lease in _claim(queue)] == [1, 1]


def test_nobody_waits_for_a_clock_that_was_set_back(database: Database) -> None:
    queue = Sources(database)
    ahead, far = leased(database, "ahead", "far")
    queue.settle([(ahead, settlement(later(days=1), due_at=later(days=1, minutes=15)))], now=later(days=1))
    queue.settle([(far, settlement(later(days=885), due_at=later(days=900)))], now=NOW)  # put right during the run
    assert {status.due_at for status in queue.statuses(later(minutes=1))} == {later(minutes=1)}
    assert [lease.source.name for lease in _claim(queue, later(minutes=1))] == ["ahead", "far"]
    assert _claim(queue, later(days=-3))  # leases from the future hold nobody up


def test_sources_that_were_added_by_a_clock_set_back_are_due(database: Database) -> None:
    queue = Sources(database)
    queue.settle([(lease_of(database), settlement())], now=NOW)
    queue.sync([source(url="https://moved.example/"), source("new")], now=later(days=900))
    assert [lease.source.name for lease in _claim(queue, later(minutes=1))] == ["gazette", "new"]


@pytest.mark.parametrize("days", [1, 14, 30, 365])
def test_a_long_interval_is_waited_for(database: Database, days: int) -> None:
    queue = Sources(database)
    queue.settle([(lease_of(database), settlement(due_at=later(days=days)))], now=NOW)
    assert queue.statuses(later(minutes=1))[0].due_at == later(days=days)
    assert _claim(queue, later(minutes=1)) == _claim(queue, later(days=days, minutes=-1)) == []
    assert [lease.due_at for lease in _claim(queue, later(days=days))] == [later(days=days)]


def test_a_lease_longer_than_ours_is_respected(database: Database) -> None:
    queue = Sources(database)
    lease = lease_of(database)
    short = timedelta(seconds=1)
    assert queue.claim(owner="hasty", now=NOW, lease=short, limit=1) == []
    assert queue.renew([lease], until=later(minutes=30)) == []
    assert queue.claim(owner="hasty", now=NOW, lease=short, limit=1) == []


def test_two_thousand_sources_are_claimed_once_by_four_workers(database: Database) -> None:
    queue = Sources(database)
    queue.sync([source(f"s{number}") for number in range(2000)], now=NOW)

    def work(owner: int) -> list[Lease]:
        mine: list[Lease] = []
        while batch := queue.claim(owner=str(owner), now=NOW, lease=LEASE, limit=50):
            mine += batch
        return mine

    with ThreadPoolExecutor(4) as pool:
        names = [lease.source.name for leases in pool.map(work, range(4)) for lease in leases]
    assert len(names) == len(set(names)) == 2000


def test_history_is_cut_to_the_last_thirty(database: Database) -> None:
    queue = Sources(database)
    for hour in range(35):
        (lease,) = leased(database, "gazette", now=later(hours=hour))
        queue.settle([(lease, settlement(later(hours=hour)))], now=later(hours=hour))
    assert maintain(database, Retention(), now=NOW).fetches == 5
    assert [fetch.at for fetch in queue.history("gazette", 99)] == [later(hours=hour) for hour in range(34, 4, -1)]


def test_naive_times_are_refused(database: Database) -> None:
    with pytest.raises(Exception, match="time without a zone"):
        Sources(database).sync([source()], now=datetime(2026, 1, 1))  # noqa: DTZ001

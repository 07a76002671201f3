"""Hosts: one process at a time asks one, and the next is told how it may."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest

from news.pace import Pace
from news.source import Lease
from storage.database import Database
from storage.hosts import Hosts
from storage.identity import host_of
from storage.maintain import Retention, maintain
from storage.sources import Sources
from tests.storage.press import LEASE, NOW, later, lease_of, settlement, source

TWO = [source("front", url="https://Press.example/front"), source("sport", url="http://press.example:80/sport")]


def claimed(queue: Sources, owner: str, minutes: float = 0.0, limit: int = 100) -> list[Lease]:
    return queue.claim(owner=owner, now=later(minutes=minutes), lease=LEASE, limit=limit)


def pace(host: str = "gazette.example", **fields: object) -> Pace:
    waits = {"next_at": later(seconds=30), "rests_until": NOW, "holds_until": later(seconds=30)}
    return Pace(**{"host": host, **waits, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://User@WWW.Press.example:8080/a", "www.press.example"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
        ("http://[::1]:80/", "::1"),
        ("http://[no/", "http://[no/"),
        ("nowhere", "nowhere"),
    ],
)
def test_the_host_of_an_address(url: str, host: str) -> None:
    assert host_of(url) == host


def test_sources_of_a_host_that_another_process_asks_are_not_to_be_had(database: Database) -> None:
    queue = Sources(database)
    queue.sync([*TWO, source("other")], now=NOW)
    (front,) = claimed(queue, "one", limit=1)
    assert front.source.name == "front"
    assert [lease.source.name for lease in claimed(queue, "two")] == ["other"]
    (sport,) = claimed(queue, "one")
    assert sport.source.name == "sport"


def test_a_host_is_free_when_the_last_run_on_it_ends_or_its_lease_does(database: Database) -> None:
    queue = Sources(database)
    queue.sync(TWO, now=NOW)
    front, sport = claimed(queue, "one")
    queue.settle([(front, settlement(due_at=NOW))], now=NOW)
    assert claimed(queue, "two") == []
    queue.settle([(sport, settlement(due_at=later(days=1)))], now=NOW)
    assert [lease.source.name for lease in claimed(queue, "two")] == ["front"]
    assert [lease.source.name for lease in claimed(queue, "three", 2)] == ["front"]
    assert claimed(queue, "two", -60 * 24 * 900)  # leases from the future hold nobody up


@pytest.mark.postgres
def test_two_claims_at_once_never_share_a_host(postgres_url: str) -> None:
    database = Database(postgres_url)
    queue = Sources(database)
    for round_ in range(20):
        queue.sync([source(f"{round_}-{n}", url=f"https://{round_}.example/{n}") for n in range(8)], now=NOW)
        line = Barrier(4)

        def take(owner: str, line: Barrier = line) -> list[Lease]:
            line.wait()
            return claimed(queue, owner, limit=3)

        with ThreadPoolExecutor(4) as threads:
            taken = list(threads.map(take, "abcd"))
        assert sum(bool(leases) for leases in taken) == 1
    database.close()


def test_the_pace_of_a_host_comes_with_the_claim_of_whoever_did_not_write_it(database: Database) -> None:
    queue = Sources(database)
    written = pace(delay=30.0, factor=4.0, latency=0.5)
    queue.settle([(lease_of(database), settlement(due_at=NOW, paces=[pace("else.example"), written]))], now=NOW)
    assert [lease.pace for lease in claimed(queue, "me")] == [None]
    queue.release("me")
    assert [lease.pace for lease in claimed(queue, "other")] == [written]
    queue.release("other")
    assert [lease.pace for lease in claimed(queue, "other", 1)] == [None]  # it holds no more


def test_processes_tell_one_another_and_the_longer_wait_is_kept(database: Database) -> None:
    hosts = Hosts(database)
    assert hosts.exchange([pace(rests_until=later(hours=1), holds_until=later(hours=1))], owner="one", now=NOW) == []
    assert hosts.exchange([pace(delay=9.0)], owner="two", now=NOW) == []
    (heard,) = hosts.exchange([], owner="one", now=NOW)
    assert (heard.rests_until, heard.delay) == (later(hours=1), 9.0)
    assert hosts.exchange([], owner="one", now=later(hours=1)) == []


def test_what_a_clock_wrote_that_was_set_back_is_not_believed(database: Database) -> None:
    hosts = Hosts(database)
    ahead = later(days=1)
    wrong = pace(next_at=ahead, rests_until=ahead, holds_until=ahead)
    hosts.exchange([wrong], owner="one", now=ahead - timedelta(hours=2))
    assert hosts.exchange([], owner="two", now=NOW) == []
    hosts.exchange([pace()], owner="one", now=NOW)
    assert hosts.exchange([], owner="two", now=NOW) == [pace()]


def test_paces_that_say_nothing_any_more_are_swept_away(database: Database) -> None:
    hosts = Hosts(database)
    hosts.exchange([pace("old"), pace("slow", holds_until=later(days=1))], owner="one", now=NOW)
    hosts.exchange([pace("ahead", holds_until=later(days=9))], owner="one", now=later(days=8))
    assert maintain(database, Retention(), now=later(minutes=1)).hosts == 2
    assert [each.host for each in hosts.exchange([], owner="two", now=later(minutes=1))] == ["slow"]


def test_a_hosts_turn_is_had_by_one_process_at_a_time(database: Database) -> None:
    hosts = Hosts(database)
    have = partial(hosts.reserve, "pages.example", 5.0, lease=LEASE)
    assert have(owner="one", now=NOW) == 0
    assert have(owner="two", now=later(seconds=2)) == 3
    assert have(owner="one", now=later(seconds=2)) == 0, "who has it knows its own pace"
    assert have(owner="two", now=later(seconds=7)) == 0
    assert have(owner="one", now=later(seconds=8)) == 4


def test_a_host_whose_source_another_process_runs_is_left_to_it(database: Database) -> None:
    queue, hosts = Sources(database), Hosts(database)
    queue.sync([source("front", url="https://press.example/front")], now=NOW)
    have = partial(hosts.reserve, "press.example", 5.0, lease=LEASE)
    (front,) = claimed(queue, "one")
    assert have(owner="two", now=NOW) == 1
    assert have(owner="one", now=NOW) == 0
    queue.settle([(front, settlement())], now=NOW)
    assert have(owner="one:front", now=later(seconds=6)) == 0
    queue.hold("front", owner="two:front", now=later(seconds=6), lease=LEASE)
    assert have(owner="two", now=later(seconds=12)) == 0, "a back-fill writes to it"
    assert have(owner="one", now=later(minutes=9)) == 0, "its lease ended"


def test_a_turn_keeps_what_is_known_of_a_host(database: Database) -> None:
    hosts = Hosts(database)
    slow = pace("pages.example", next_at=NOW, delay=30.0, factor=2.0, holds_until=later(days=1))
    hosts.exchange([slow], owner="one", now=NOW)
    assert hosts.reserve("pages.example", 60.0, owner="two", now=NOW, lease=LEASE) == 0
    (told,) = hosts.exchange([], owner="one", now=NOW)
    assert (told.delay, told.factor, told.holds_until) == (30.0, 2.0, later(days=1))


def test_of_many_processes_one_has_the_turn(database: Database) -> None:
    hosts, barrier = Hosts(database), Barrier(4)

    def have(owner: int) -> float:
        barrier.wait(10)
        return hosts.reserve("pages.example", 5.0, owner=f"o{owner}", now=NOW, lease=LEASE)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(have, range(4))) == [0, 5, 5, 5]

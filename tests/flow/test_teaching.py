"""What a server teaches of itself over real HTTP, hours passing in an instant."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from crawler.crawl import Crawler
from news.fetch import Outcome
from news.source import Source, SourceStatus
from scheduler.cadence import Rhythm
from scheduler.looking import Looker
from scheduler.pipeline import Pipeline
from scheduler.report import Report
from scheduler.writer import Writer
from storage.articles import Archive
from storage.database import Database
from storage.sources import Sources
from tests.crawler.acts import ManualClock, open_limits
from tests.rig import Document, Rig, feed, running
from tests.scheduler.fakes import decide, here, prepare

NOWHERE = "http://169.254.169.254/feed"


@pytest.fixture(scope="module")
def shared_rig() -> Iterator[Rig]:
    with running("127.0.0.1", "127.0.0.2") as rig:
        yield rig


@pytest.fixture
def rig(shared_rig: Rig) -> Rig:
    shared_rig.forget()
    return shared_rig


@dataclass
class Watch:
    """One source of one desk, asked by hand."""

    database: Database
    url: str
    clock: ManualClock = field(default_factory=ManualClock)

    def __post_init__(self) -> None:
        self.sources = Sources(self.database)
        self.sources.sync([Source(name="quay", url=self.url, full_text=False)], now=self.clock.now())

    def ask(self, *waits: timedelta, before: Callable[[int], object] = lambda _round: None) -> list[Report]:
        """Ask after each wait; `before` hears the number of the round."""

        async def rounds() -> list[Report]:
            async with Crawler(open_limits(), clock=self.clock) as crawler:
                return [await self._round(crawler, wait, before, n) for n, wait in enumerate(waits)]

        return asyncio.run(rounds())

    async def _round(self, crawler: Crawler, wait: timedelta, before: Callable[[int], object], number: int) -> Report:
        self.clock.seconds += wait.total_seconds()
        before(number)
        archive, now = Archive(self.database), self.clock.now()
        writer = Writer(
            keeper=archive, sources=self.sources, prepare=prepare, decide=decide, clock=self.clock, run=here
        )
        pipeline = Pipeline(
            gather=crawler, archive=archive, looker=Looker(archive=archive, run=here),
            writer=writer, clock=self.clock, chance=lambda: 0.5, run=here,
            paces=tuple,
            rhythm=Rhythm(),
        )  # fmt: skip
        (lease,) = self.sources.claim(
            owner="me", now=now, lease=timedelta(minutes=1), limit=1, names=["quay"], due_only=False
        )
        return await pipeline.source(lease)

    @property
    def status(self) -> SourceStatus:
        return self.sources.statuses(self.clock.now())[0]


HOUR = timedelta(hours=1)


def test_a_server_that_calls_a_changed_list_unchanged_is_found_out(rig: Rig, database: Database) -> None:
    url = rig.serve("/feed", Document(body=feed(3), etag='"always"'))
    watch = Watch(database, url)

    def publish(number: int) -> None:
        if number == 1:
            rig.serve("/feed", Document(body=feed(5), etag='"always"'))

    first, blind, found = watch.ask(HOUR, HOUR, 11 * HOUR, before=publish)
    assert (first.kept.new, found.kept.new) == (3, 2)
    assert blind.fetch.status == 304
    assert "asked without conditions" in found.fetch.detail
    assert watch.status.lied_at
    rig.serve("/feed", Document(body=feed(6), etag='"always"'))
    (again, same) = watch.ask(HOUR, HOUR)
    assert again.kept.new == 1
    assert same.fetch.outcome is Outcome.UNCHANGED, "the body's hash still spares the reading"
    assert [hit.headers.get("if-none-match") for hit in rig.asked("/feed")] == [None, '"always"', None, None, None]


def test_a_server_that_was_mended_is_believed_again_a_month_after_its_last_lie(rig: Rig, database: Database) -> None:
    url = rig.serve("/feed", Document(body=feed(3), etag='"always"'))
    watch = Watch(database, url)

    def publish(number: int) -> None:
        tag = '"always"' if number < 3 else '"mended"'
        rig.serve("/feed", Document(body=feed(3 + number), etag=tag))

    watch.ask(HOUR, 13 * HOUR, 24 * 29 * HOUR, 24 * 20 * HOUR, before=publish)
    lied = watch.status.lied_at
    assert lied
    watch.ask(24 * 11 * HOUR, HOUR)
    assert watch.status.lied_at is None
    watch.ask(HOUR)
    assert rig.asked("/feed")[-1].headers.get("if-none-match")


def test_an_honest_server_is_asked_for_its_list_twice_a_day(rig: Rig, database: Database) -> None:
    watch = Watch(database, rig.serve("/feed", Document(body=feed(3), etag='"1"')))
    watch.ask(*[6 * HOUR] * 5)
    conditions = [hit.headers.get("if-none-match") for hit in rig.asked("/feed")]
    assert conditions == [None, '"1"', None, '"1"', None]
    assert watch.status.lied_at is None


def test_a_source_that_moved_for_good_is_asked_at_its_new_address(rig: Rig, database: Database) -> None:
    rig.serve("/new", feed(3))
    watch = Watch(database, rig.serve("/old", Document(status=301, headers={"Location": "/new"})))
    watch.ask(*[HOUR] * 3)
    assert (watch.status.moved_to, watch.status.moved_times) == (rig.url("/new"), 3)
    watch.ask(HOUR)
    assert len(rig.asked("/old")) == 3
    assert watch.status.source.url == rig.url("/old")
    del rig.documents["/new"]
    rig.serve("/old", feed(4))
    failed, found = watch.ask(HOUR, HOUR)
    assert failed.failed
    assert found.kept.new == 1
    assert (watch.status.moved_to, watch.status.failures) == ("", 0)


@pytest.mark.parametrize("status", [302, 307])
def test_a_detour_is_never_learned(rig: Rig, database: Database, status: int) -> None:
    rig.serve("/new", feed(3))
    watch = Watch(database, rig.serve("/old", Document(status=status, headers={"Location": "/new"})))
    watch.ask(*[HOUR] * 4)
    assert watch.status.moved_to == ""
    assert len(rig.asked("/old")) == 4


def test_a_move_to_a_forbidden_address_is_refused_and_never_learned(rig: Rig, database: Database) -> None:
    watch = Watch(database, rig.serve("/old", Document(status=308, headers={"Location": NOWHERE})))
    reports = watch.ask(*[HOUR] * 4)
    assert {report.fetch.reason for report in reports} == {"blocked_address"}
    assert (watch.status.moved_to, len(rig.asked("/old"))) == ("", 4)

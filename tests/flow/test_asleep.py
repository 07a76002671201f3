"""A machine that slept catches up once, at the hosts' pace."""

import asyncio
from datetime import timedelta
from itertools import pairwise

from crawler.crawl import Crawler
from news.source import Source
from scheduler.cadence import Rhythm
from scheduler.crew import Crew
from scheduler.looking import Looker
from scheduler.pipeline import Pipeline
from scheduler.writer import Writer
from storage.articles import Archive
from storage.database import Database
from storage.hosts import Hosts
from storage.sources import Sources
from tests.crawler.acts import ManualClock, open_limits
from tests.rig import Document, Hit, Rig, feed, running
from tests.scheduler.fakes import decide, here, prepare

DELAY = 5.0


def catch_up(database: Database, crawler: Crawler, clock: ManualClock) -> Crew:
    """What runs sources, on a clock that is slept on."""
    archive, sources = Archive(database), Sources(database)
    writer = Writer(keeper=archive, sources=sources, prepare=prepare, decide=decide, clock=clock, run=here)
    pipeline = Pipeline(
        gather=crawler, archive=archive, looker=Looker(archive=archive, run=here),
        writer=writer, clock=clock, chance=lambda: 0.5, run=here, rhythm=Rhythm(),
        paces=crawler.gate.paces,
    )  # fmt: skip
    return Crew(
        source=pipeline.source,
        quarantine=pipeline.quarantine,
        queue=sources,
        gate=crawler.gate,
        hosts=Hosts(database),
        clock=clock,
        run=here,
        owner="me",
    )


def test_a_machine_that_slept_for_a_day_asks_each_source_once_and_in_turn(database: Database) -> None:
    clock = ManualClock()
    with running("127.0.0.1") as rig:
        asked = _watch(rig, database, clock)

        async def work() -> None:
            async with Crawler(open_limits(delay=DELAY), clock=clock, sleep=clock.sleep) as crawler:
                crew = catch_up(database, crawler, clock)
                await crew.all()
                assert sorted(path for path, _ in asked) == [f"/feed/{n}" for n in range(8)]
                asked.clear()
                clock.seconds += timedelta(days=1).total_seconds()
                await crew.all()

        asyncio.run(work())
    assert sorted(path for path, _ in asked) == [f"/feed/{n}" for n in range(8)]
    times = [time for _, time in asked]
    assert min(later - sooner for sooner, later in pairwise(times)) >= DELAY / 2


def _watch(rig: Rig, database: Database, clock: ManualClock) -> list[tuple[str, float]]:
    """Put eight feeds of one host up; gives what was asked of them, and when by that clock."""
    asked: list[tuple[str, float]] = []

    def answer(hit: Hit) -> Document:
        asked.append((hit.path, clock.seconds))
        return Document(body=feed(3, base=f"http://127.0.0.1{hit.path}"))

    paths = [f"/feed/{number}" for number in range(8)]
    sources = [Source(name=path, url=rig.serve(path, answer), full_text=False) for path in paths]
    Sources(database).sync(sources, now=clock.now())
    return asked

"""A time of day that jumps is noticed, and keeps nobody waiting."""

import asyncio
from datetime import UTC, datetime, timedelta

import time_machine

from news.source import Lease
from news.time import SystemClock
from scheduler.daemon import Daemon, Jobs
from scheduler.jump import Jumps
from scheduler.report import Report
from tests.scheduler.fakes import NOW, FakeStore, lease
from tests.scheduler.test_crew import crew


class TwoClocks:
    """A time of day and seconds that part when the clock is set."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.at = NOW

    def now(self) -> datetime:
        return self.at + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds


def test_a_jump_is_seen_once_in_either_direction_and_time_that_passes_is_none() -> None:
    clock = TwoClocks()
    jumps = Jumps(clock, over=timedelta(seconds=10))
    clock.seconds += 3600
    assert not jumps.seen()
    clock.at -= timedelta(hours=1)
    assert jumps.seen()
    assert not jumps.seen()
    clock.at += timedelta(seconds=30)
    assert jumps.seen()
    clock.at += timedelta(seconds=9)
    assert not jumps.seen()


def test_a_clock_set_back_by_an_hour_keeps_no_job_waiting() -> None:
    async def work() -> None:
        ran = asyncio.Event()

        async def judge() -> None:
            ran.set()

        made, _ = crew(FakeStore())
        tick = timedelta(seconds=0.1)
        jobs = Jobs(deliver={}, judge=judge, maintain=judge, watch=judge, room=lambda: True)
        daemon = Daemon(crew=made, jobs=jobs, clock=SystemClock(), tick=tick, judge_every=tick, maintain_every=tick)
        with time_machine.travel(datetime.now(UTC), tick=True) as traveller:
            running = asyncio.create_task(daemon.run(asyncio.Event()))
            async with asyncio.timeout(10):
                await ran.wait()
                traveller.shift(timedelta(hours=-1))
                for _ in range(3):
                    ran.clear()
                    await ran.wait()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    asyncio.run(work())


def test_a_crew_keeps_what_it_runs_when_the_time_of_day_jumps() -> None:
    async def work() -> None:
        store, clock = FakeStore(due=[lease(1)]), TwoClocks()
        made, _ = crew(store, endless)
        made.clock = clock
        made.__post_init__()
        await made.fill()
        clock.at += timedelta(hours=6)
        await made.fill()
        assert store.renewed == [1], "before it claims, or it would claim its own"
        await made.stop(within=timedelta(0))

    asyncio.run(work())


async def endless(held: Lease) -> Report:
    await asyncio.Event().wait()
    raise AssertionError(held)

"""The daemon: a few APScheduler jobs in one event loop, stopped cleanly, watched from outside the loop."""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from news.errors import PresswatchError
from news.time import Clock
from scheduler.crew import Crew
from scheduler.jump import Jumps

log = logging.getLogger(__name__)
_STUCK = 70  # exit status of a process whose loop no longer turns; the service manager starts it again


@dataclass(frozen=True, slots=True, kw_only=True)
class Jobs:
    """What the daemon does again and again."""

    deliver: Mapping[str, Callable[[], Awaitable[None]]]  # channel -> send what it is owed; none waits for another
    judge: Callable[[], Awaitable[None]]  # how sources do, and what operators are told
    maintain: Callable[[], Awaitable[None]]  # trim, expire
    watch: Callable[[], Awaitable[None]]  # whether the configuration was changed
    room: Callable[[], bool]  # False: the disk is nearly full, fetching pauses


@dataclass(kw_only=True)
class Daemon:
    """Runs until one of its ends comes."""

    crew: Crew
    jobs: Jobs
    clock: Clock
    tick: timedelta = timedelta(seconds=15)
    deliver_every: timedelta = timedelta(seconds=5)
    judge_every: timedelta = timedelta(minutes=1)
    maintain_every: timedelta = timedelta(hours=1)
    drain: timedelta = timedelta(seconds=25)
    stuck_after: timedelta = timedelta(seconds=90)
    _running: set[asyncio.Future[None]] = field(default_factory=set, init=False)  # jobs under way

    async def run(self, *ends: asyncio.Event) -> None:
        """Work until one of the events is set, then let runs end within the drain time and give the rest back."""
        watchdog = Watchdog(clock=self.clock, stuck_after=self.stuck_after)
        scheduler = self._scheduler()
        beats = [
            asyncio.create_task(each) for each in (self.crew.keep_alive(), watchdog.beat(), self._mind_jumps(scheduler))
        ]
        scheduler.start()
        watchdog.start()
        log.info("started", extra={"owner": self.crew.owner})
        try:
            await any_of(ends)
            log.info("stopping", extra={"running": self.crew.busy})
            scheduler.pause()
            late = await self.crew.stop(within=self.drain * 0.8)
            await self._last_deliveries(self.drain * 0.15)
            if self._running:
                await asyncio.wait(self._running, timeout=self.drain.total_seconds() * 0.05)
            log.info("stopped", extra={"handed_back": late})
        finally:
            for beat in beats:
                beat.cancel()
            watchdog.stop()
            scheduler.shutdown(wait=False)

    def _scheduler(self) -> AsyncIOScheduler:
        """Few jobs; what is due is a column of the database, not a job. A late run is run, never dropped."""
        scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        now = self.clock.now()

        def add(name: str, job: Callable[[], Awaitable[object]], every: timedelta) -> None:
            seconds = every.total_seconds()
            scheduler.add_job(self._one, "interval", (name, job), seconds=seconds, next_run_time=now, id=name)

        add("tick", self._tick, self.tick)
        add("judge", self.jobs.judge, self.judge_every)
        add("maintain", self.jobs.maintain, self.maintain_every)
        add("watch", self.jobs.watch, self.tick)
        for channel, deliver in self.jobs.deliver.items():
            add(f"deliver {channel}", deliver, self.deliver_every)
        return scheduler

    async def _one(self, name: str, job: Callable[[], Awaitable[object]]) -> None:
        """One run of a job; one that is still under way at the end is interrupted, and that is no failure."""
        run = asyncio.ensure_future(_guarded(name, job))
        self._running.add(run)
        run.add_done_callback(self._running.discard)
        try:
            await run
        except asyncio.CancelledError:
            log.info("job_interrupted", extra={"job": name})

    async def _mind_jumps(self, scheduler: AsyncIOScheduler) -> None:
        """Run every job when the time of day jumped: set back by an hour, jobs would rest until it was made good."""
        jumps = Jumps(self.clock, over=self.tick)
        while True:
            await asyncio.sleep(self.tick.total_seconds())
            if jumps.seen():
                log.info("clock_jumped", extra={"effect": "everything that is due is looked at now"})
                for job in scheduler.get_jobs():
                    job.modify(next_run_time=self.clock.now())

    async def _tick(self) -> None:
        if self.jobs.room():
            await self.crew.fill()
        else:
            log.warning("disk_nearly_full", extra={"effect": "fetching pauses, delivering goes on"})

    async def _last_deliveries(self, within: timedelta) -> None:
        last = asyncio.gather(*(_guarded(f"deliver {name}", deliver) for name, deliver in self.jobs.deliver.items()))
        try:
            await asyncio.wait_for(last, within.total_seconds())
        except TimeoutError:
            log.info("deliveries_left", extra={"effect": "they stay owed and are sent after the next start"})


def asked_to_stop() -> asyncio.Event:
    """Set when the process is told to end, by SIGTERM or SIGINT, from now on; SIGHUP, by default the end, is not."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    effect = {"effect": "none: whether the configuration was changed is looked at each tick"}
    loop.add_signal_handler(signal.SIGHUP, lambda: log.info("hung_up", extra=effect))
    return stop


async def any_of(ends: Iterable[asyncio.Event]) -> None:
    """Wait until one of the events is set."""
    waiting = [asyncio.create_task(each.wait()) for each in ends]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waiting:
            each.cancel()


async def _guarded(name: str, job: Callable[[], Awaitable[object]]) -> None:
    """A job that fails is logged and runs again at its next time: the database may be back by then."""
    try:
        await job()
    except PresswatchError as error:
        log.error("job_failed", extra={"job": name, "error": str(error)})  # noqa: TRY400  a known failure needs no traceback
    except Exception:
        log.exception("job_crashed", extra={"job": name})


class Watchdog:
    """Ends the process when its event loop has not turned for too long; measured by a clock that cannot be set."""

    def __init__(self, *, clock: Clock, stuck_after: timedelta) -> None:
        self._clock = clock
        self._limit = stuck_after.total_seconds()
        self._last = clock.monotonic()
        self._stopped = threading.Event()

    async def beat(self) -> None:
        """Say from inside the loop that it turns, again and again until cancelled."""
        while True:
            self._last = self._clock.monotonic()
            await asyncio.sleep(self._limit / 10)

    def start(self) -> None:
        """Begin to watch, in a thread of its own."""
        self._last = self._clock.monotonic()
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def stop(self) -> None:
        """Stop watching."""
        self._stopped.set()

    def _watch(self) -> None:
        while not self._stopped.wait(self._limit / 10):
            if self._clock.monotonic() - self._last > self._limit:
                log.error("loop_stuck", extra={"seconds": self._limit})
                os._exit(_STUCK)

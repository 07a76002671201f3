"""One pace per host for the whole process: feeds, pages and robots.txt of a host pass the same gate."""

import asyncio
import random
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from crawler.manners import Strain
from crawler.seats import Seat
from crawler.settings import Limits
from news.errors import CrawlError
from news.fetch import Reason
from news.time import Clock

Sleep = Callable[[float], Awaitable[object]]

_DELAYS = 20_000  # hosts whose Crawl-delay is remembered
_REMEMBERED = 4096  # hosts kept before those that are idle and past their pause are forgotten


@dataclass(slots=True)
class _Place:
    """What we know of one host's pace; times are monotonic seconds."""

    slots: asyncio.Semaphore
    door: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_at: float = 0.0  # no request before this
    rests_until: float = 0.0  # the host asked to be left alone, by Retry-After
    delay: float = 0.0
    strain: Strain = field(default_factory=Strain)
    users: int = 0  # inside or waiting


class Gate:
    """Lets `per_host` requests to a host at a time, `concurrency` in all, each `delay` after the one before."""

    def __init__(
        self,
        limits: Limits,
        clock: Clock,
        *,
        chance: Callable[[], float] = random.random,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._chance = chance
        self._sleep = sleep
        self._all = asyncio.Semaphore(limits.concurrency)
        self._places: dict[str, _Place] = {}
        self._asked: OrderedDict[str, float] = OrderedDict()  # what robots.txt files ask for, longest unsaid first

    @asynccontextmanager
    async def turn(self, host: str, seat: Seat | None = None) -> AsyncIterator[None]:
        """Wait for the host's turn and hold it while the request runs; a seat is taken when the turn has come."""
        place = self._place(host)
        place.users += 1
        try:
            async with place.slots:
                await self._start(place, seat)
                try:
                    yield
                finally:
                    self._all.release()
        finally:
            place.users -= 1
            if not place.users and not place.delay and place.next_at <= self._clock.monotonic():
                self._places.pop(host, None)

    def ask_delay(self, host: str, seconds: float) -> None:
        """Raise a host's delay to what its robots.txt asks for, up to the cap; never lower it."""
        delay = max(self._asked.pop(host, 0.0), min(seconds, self._limits.crawl_delay_cap))
        self._asked[host] = delay  # outlives the place, for a host that is idle is forgotten
        while len(self._asked) > _DELAYS:
            self._asked.popitem(last=False)
        place = self._place(host)
        place.delay = max(place.delay, delay)

    def answered(self, host: str, seconds: float, *, refused: bool) -> None:
        """Hear how long a host took, and whether it had enough of us (429, 503, no answer in time)."""
        place = self._places.get(host)
        if place is not None and place.delay:
            place.strain = place.strain.after(seconds, refused=refused)
            place.next_at = max(place.next_at, self._clock.monotonic() + self._gap(place) - seconds)

    def pause(self, host: str, seconds: float) -> None:
        """Keep away from a host for a while, as it asked by Retry-After."""
        place = self._place(host)
        place.rests_until = max(place.rests_until, self._clock.monotonic() + seconds)
        place.next_at = max(place.next_at, place.rests_until)

    def wait(self, host: str) -> float:
        """Say how many seconds a request to this host would wait at least."""
        place = self._places.get(host)
        return max(0.0, place.next_at - self._clock.monotonic()) if place else 0.0

    def in_line(self, host: str) -> bool:
        """Say whether others than the one inside want this host's turn."""
        place = self._places.get(host)
        return place is not None and place.users > 1

    async def _start(self, place: _Place, seat: Seat | None) -> None:
        if not place.delay and not place.next_at:
            await self._enter(seat)
            return
        async with place.door:  # one at a time decides when it starts, or two slots would start at the same instant
            while (early := place.next_at - self._clock.monotonic()) > 0:
                self._check_patience(place)
                await self._sleep(min(early, self._limits.patience))  # a rest may be asked for meanwhile
            await self._enter(seat)
            place.next_at = max(place.next_at, self._clock.monotonic() + self._gap(place))

    async def _enter(self, seat: Seat | None) -> None:
        if seat is not None:
            await seat.take()
        await self._all.acquire()

    def _check_patience(self, place: _Place) -> None:
        rest = place.rests_until - self._clock.monotonic()
        if rest > self._limits.patience:
            raise CrawlError(
                Reason.RATE_LIMITED, "the host asked to be left alone for a while", retry_after=timedelta(seconds=rest)
            )

    def _gap(self, place: _Place) -> float:
        delay = place.strain.gap(place.delay, self._limits.crawl_delay_cap)
        return delay * (1 + self._limits.jitter * (2 * self._chance() - 1))

    def _place(self, host: str) -> _Place:
        place = self._places.get(host)
        if place is None:
            if len(self._places) >= _REMEMBERED:
                self._forget()
            delay = max(self._limits.delay, self._asked.get(host, 0.0))
            place = _Place(slots=asyncio.Semaphore(self._limits.per_host), delay=delay)
            self._places[host] = place
        return place

    def _forget(self) -> None:
        now = self._clock.monotonic()
        for host, place in list(self._places.items()):
            if not place.users and place.next_at <= now:
                del self._places[host]

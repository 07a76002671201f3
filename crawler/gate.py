"""One pace per host: feeds, pages and robots.txt pass the same gate, and what it learns is told to other processes."""

import asyncio
import random
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crawler.manners import Strain
from crawler.seats import Seat
from crawler.settings import Limits
from news.errors import CrawlError
from news.fetch import Reason
from news.pace import Pace
from news.time import Clock

Sleep = Callable[[float], Awaitable[object]]
Leave = Callable[[str, float], Awaitable[float]]
"""Asks leave of the other processes for a request to a host, the next not before so many seconds; 0: granted.

Else it is to be asked again after so many seconds.
"""

_DELAYS = 20_000  # hosts whose Crawl-delay is remembered
_REMEMBERED = 4096  # hosts kept before those that are idle and past their pause are forgotten
_A_DAY = timedelta(days=1)  # for which a host is asked more slowly than others though nobody hears from it


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
    taken_until: float = 0.0  # another process did not let us in for long: until then it is not even asked


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
        self._leave: Leave | None = None  # None: there are no other processes
        self._places: dict[str, _Place] = {}
        self._asked: OrderedDict[str, float] = OrderedDict()  # what robots.txt files ask for, longest unsaid first
        self._changed: dict[str, None] = {}  # hosts to tell other processes of; a dict, for a set has no order

    def share(self, leave: Leave) -> None:
        """Ask leave of the other processes for each request to a host that has a delay."""
        self._leave = leave

    @asynccontextmanager
    async def turn(self, host: str, seat: Seat | None = None) -> AsyncIterator[None]:
        """Wait for the host's turn and hold it while the request runs; a seat is taken when the turn has come."""
        place = self._place(host)
        place.users += 1
        try:
            async with place.slots:
                await self._start(host, place, seat)
                try:
                    yield
                finally:
                    self._all.release()
        finally:
            place.users -= 1
            if not place.users and not place.delay and place.next_at <= self._clock.monotonic():
                self._places.pop(host, None)

    def ask_delay(self, host: str, seconds: float) -> None:
        """Raise a host's delay to what its robots.txt asks for now, up to the cap; 0: to nothing."""
        delay, before = min(seconds, self._limits.crawl_delay_cap), self._asked.pop(host, 0.0)
        if delay:
            self._asked[host] = delay  # outlives the place, for a host that is idle is forgotten
        while len(self._asked) > _DELAYS:
            self._asked.popitem(last=False)
        if delay != before:
            self._place(host).delay = self._delay(host)
            self._changed[host] = None

    def answered(self, host: str, seconds: float, *, refused: bool) -> None:
        """Hear how long a host took, and whether it had enough of us (429, 503, no answer in time)."""
        place = self._places.get(host)
        if place is not None and place.delay:
            place.strain = place.strain.after(seconds, refused=refused)
            place.next_at = max(place.next_at, self._clock.monotonic() + self._gap(place) - seconds)
            self._changed[host] = None

    def pause(self, host: str, seconds: float) -> None:
        """Keep away from a host for a while, as it asked by Retry-After."""
        place = self._place(host)
        place.rests_until = max(place.rests_until, self._clock.monotonic() + seconds)
        place.next_at = max(place.next_at, place.rests_until)
        self._changed[host] = None

    def paces(self) -> list[Pace]:
        """Tell how the hosts may be asked next that were asked since the last call."""
        changed, self._changed = self._changed, {}
        return [self._pace(host, self._places[host]) for host in changed if host in self._places]

    def heed(self, paces: Iterable[Pace]) -> None:
        """Take over what other processes learnt of hosts, no wait longer than we would set one ourselves."""
        now, here = self._clock.now(), self._clock.monotonic()
        for pace in paces:
            if pace.delay:
                self._asked[pace.host] = min(pace.delay, self._limits.crawl_delay_cap)
            place = self._place(pace.host)
            place.delay = self._delay(pace.host)
            if pace.factor > place.strain.factor:
                place.strain = Strain(factor=pace.factor, latency=pace.latency)
            wait = min((pace.next_at - now).total_seconds(), self._limits.crawl_delay_cap * (1 + self._limits.jitter))
            rest = min(pace.rests_until - now, self._limits.retry_after_cap).total_seconds()
            place.rests_until = max(place.rests_until, here + rest)
            place.next_at = max(place.next_at, here + max(wait, rest))

    def wait(self, host: str) -> float:
        """Say how many seconds a request to this host would wait at least."""
        place = self._places.get(host)
        return max(0.0, place.next_at - self._clock.monotonic()) if place else 0.0

    def in_line(self, host: str) -> bool:
        """Say whether others than the one inside want this host's turn."""
        place = self._places.get(host)
        return place is not None and place.users > 1

    async def _start(self, host: str, place: _Place, seat: Seat | None) -> None:
        if not place.delay and not place.next_at:
            await self._enter(seat)
            return
        async with place.door:  # one at a time decides when it starts, or two slots would start at the same instant
            began = self._clock.monotonic()
            while True:
                await self._until_due(place)
                gap = self._gap(place)
                await self._enter(seat)
                wait = await self._ask_leave(host, gap, seat)
                if wait <= 0:
                    break
                self._check_taken(place, began)
                place.next_at = max(place.next_at, self._clock.monotonic() + wait)
            place.next_at = max(place.next_at, self._clock.monotonic() + gap)

    async def _until_due(self, place: _Place) -> None:
        while (early := place.next_at - self._clock.monotonic()) > 0:
            self._check_patience(place)
            await self._sleep(min(early, self._limits.patience))  # a rest may be asked for meanwhile

    async def _ask_leave(self, host: str, gap: float, seat: Seat | None) -> float:
        """Ask the other processes last, when the request would start; what was entered is left where they refuse."""
        if self._leave is None:
            return 0.0
        wait = 1.0
        try:
            wait = await self._leave(host, gap)
        finally:
            if wait > 0:
                self._all.release()
                if seat is not None:
                    seat.leave()
        return wait

    def _check_taken(self, place: _Place, began: float) -> None:
        """Put requests off for a while where another process has kept a host for itself for as long as any may wait."""
        now, longest = self._clock.monotonic(), self._limits.crawl_delay_cap * (1 + self._limits.jitter)
        if now - began > longest:
            place.taken_until = now + longest
        if place.taken_until > now:
            raise CrawlError(Reason.RATE_LIMITED, "another process is asking this host all the time")

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
            place = _Place(slots=asyncio.Semaphore(self._limits.per_host), delay=self._delay(host))
            self._places[host] = place
        return place

    def _delay(self, host: str) -> float:
        return max(self._limits.delay, self._asked.get(host, 0.0))

    def _pace(self, host: str, place: _Place) -> Pace:
        now, here = self._clock.now(), self._clock.monotonic()

        def moment(seconds: float) -> datetime:
            return now + timedelta(seconds=max(0.0, seconds - here))

        delay, factor, latency = self._asked.get(host, 0.0), place.strain.factor, place.strain.latency
        slow = place.strain.gap(place.delay, self._limits.crawl_delay_cap) > self._limits.delay
        return Pace(
            host=host,
            next_at=moment(place.next_at),
            rests_until=moment(place.rests_until),
            delay=delay,
            factor=factor,
            latency=latency,
            holds_until=max(moment(place.next_at), now + _A_DAY if slow else now),
        )

    def _forget(self) -> None:
        now = self._clock.monotonic()
        for host, place in list(self._places.items()):
            if not place.users and place.next_at <= now:
                del self._places[host]
                self._changed.pop(host, None)

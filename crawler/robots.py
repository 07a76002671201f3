"""robots.txt of each origin, asked once a day and remembered."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field

from yarl import URL

from crawler.engine import Ask, Engine
from crawler.gate import Gate
from crawler.guard import parse_url
from crawler.manners import ALLOW_ALL, product, rules_without_file
from crawler.robotstxt import Rules, read_robots
from crawler.settings import Limits
from news.errors import CrawlError
from news.fetch import Reason
from news.time import Clock

_TROUBLE_SECONDS = 1800.0  # after which a host that had no answer is asked again
_SMALL = 16 * 1024  # bytes that are read in a millisecond; more is read in a thread
_NOT_THE_HOSTS_FAULT = frozenset({Reason.BLOCKED_ADDRESS, Reason.BAD_URL})


@dataclass(slots=True)
class _Known:
    rules: Rules | None = None  # None: not asked yet
    until: float = 0.0
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)


class Robots:
    """Says whether a page may be fetched; also slows the gate to the Crawl-delay asked for."""

    def __init__(self, limits: Limits, clock: Clock, gate: Gate, engine: Engine) -> None:
        self._limits = limits
        self._clock = clock
        self._gate = gate
        self._engine = engine
        self._agent = product(limits.user_agent)
        self._known: OrderedDict[str, _Known] = OrderedDict()  # least lately used first
        self.weight = 0  # about how many bytes of rules are remembered

    async def check(self, url: URL, proxy: str = "") -> None:
        """Raise CrawlError ROBOTS where the host does not want this address fetched."""
        rules = await self.rules(url, proxy)
        if rules.had:  # each time, for the gate may have forgotten the host, or been told of an earlier file
            self._gate.ask_delay(url.raw_host or "", rules.delay)
        if not rules.allow(url.raw_path_qs):
            why = "robots.txt says no" if rules.had else "robots.txt could not be had, so nothing is fetched"
            raise CrawlError(Reason.ROBOTS, why)

    async def sitemaps(self, url: str) -> tuple[str, ...]:
        """Return the sitemaps that a site's robots.txt names."""
        return (await self.rules(parse_url(url, self._limits))).sitemaps

    async def rules(self, url: URL, proxy: str = "") -> Rules:
        """Return the rules of an address's origin, asking for them where they are not known or too old."""
        origin = url.origin()
        known = self._known.setdefault(str(origin), _Known())
        self._known.move_to_end(str(origin))
        async with known.asking:
            if known.rules is None or known.until <= self._clock.monotonic():
                self._remember(str(origin), known, await self._asked(origin, known, proxy))
            return known.rules or ALLOW_ALL

    async def _asked(self, origin: URL, known: _Known, proxy: str) -> Rules:
        try:
            return await self._ask(origin, proxy)
        except CrawlError:
            if known.rules is None:
                self._known.pop(str(origin), None)
            raise

    async def _ask(self, origin: URL, proxy: str) -> Rules:
        limits = self._limits
        ask = Ask(
            url=f"{origin}/robots.txt",
            seconds=limits.feed_seconds,
            max_bytes=limits.robots_bytes,
            accept="text/plain, */*",
            keep_partial=True,
            keep_first=True,
            proxy=proxy,
        )
        try:
            answer = await self._engine.fetch(ask)
        except CrawlError as error:
            if error.reason in _NOT_THE_HOSTS_FAULT:
                raise
            return rules_without_file(error)
        if not answer.body.strip():
            return ALLOW_ALL
        if len(answer.body) <= _SMALL:
            return read_robots(answer.body, self._agent, limits.robots_bytes)
        return await asyncio.to_thread(read_robots, answer.body, self._agent, limits.robots_bytes)

    def _remember(self, origin: str, known: _Known, rules: Rules) -> None:
        """Keep rules for a day, and let go of those least lately used while all of them weigh too much."""
        if self._known.get(origin) is known:  # not let go of while it was asked
            self.weight += rules.weight - (known.rules.weight if known.rules else 0)
        seconds = self._limits.robots_hours * 3600 if rules.had else _TROUBLE_SECONDS
        known.rules, known.until = rules, self._clock.monotonic() + seconds
        while self.weight > self._limits.robots_memory and len(self._known) > 1:
            _, oldest = self._known.popitem(last=False)
            self.weight -= oldest.rules.weight if oldest.rules else 0

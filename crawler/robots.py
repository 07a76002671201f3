"""robots.txt of each origin, asked once a day and remembered."""

import asyncio
from dataclasses import dataclass, field

from yarl import URL

from crawler.engine import Ask, Engine
from crawler.gate import Gate
from crawler.manners import ALLOW_ALL, Rules, product, read_rules, rules_without_file
from crawler.settings import MIB, Limits
from news.errors import CrawlError
from news.fetch import Reason
from news.time import Clock

_TROUBLE_SECONDS = 1800.0  # after which a host that had no answer is asked again
_MOST_BYTES = 2 * MIB  # taken in at all; what is read of it is less
_REMEMBERED = 10_000  # origins
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
        self._known: dict[str, _Known] = {}

    async def check(self, url: URL) -> None:
        """Raise CrawlError ROBOTS where the host does not want this address fetched."""
        rules = await self.rules(url)
        if not rules.allow(str(url), self._agent):
            why = "robots.txt could not be had, so nothing is fetched" if rules.parsed is None else "robots.txt says no"
            raise CrawlError(Reason.ROBOTS, why)

    async def rules(self, url: URL) -> Rules:
        """Return the rules of an address's origin, asking for them where they are not known or too old."""
        origin = url.origin()
        known = self._place(str(origin))
        async with known.asking:
            if known.rules is None or known.until <= self._clock.monotonic():
                known.rules = await self._ask(origin)
                trouble = known.rules.parsed is None and not known.rules.otherwise
                seconds = _TROUBLE_SECONDS if trouble else self._limits.robots_hours * 3600
                known.until = self._clock.monotonic() + seconds
            return known.rules

    async def _ask(self, origin: URL) -> Rules:
        limits = self._limits
        ask = Ask(
            url=f"{origin}/robots.txt", seconds=limits.feed_seconds, max_bytes=_MOST_BYTES, accept="text/plain, */*"
        )
        try:
            answer = await self._engine.fetch(ask)
        except CrawlError as error:
            if error.reason in _NOT_THE_HOSTS_FAULT:
                raise
            return rules_without_file(error)
        rules = read_rules(answer.body, self._agent, limits.robots_bytes) if answer.body else ALLOW_ALL
        if rules.delay:
            self._gate.ask_delay(origin.host or "", rules.delay)
        return rules

    def _place(self, origin: str) -> _Known:
        if len(self._known) > _REMEMBERED:
            now = self._clock.monotonic()
            self._known = {key: known for key, known in self._known.items() if known.until > now}
        return self._known.setdefault(origin, _Known())

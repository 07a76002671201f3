"""The HTTP conversation with a generated press: the only thing of a replay that is not the product."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from urllib.parse import urlsplit

from crawler.gate import Gate
from crawler.history import Past
from news.article import Listing, Page
from news.errors import CrawlError
from news.fetch import Fetch, Outcome, Reason
from news.source import Source, Validators
from tests.replay.newsroom import Manner, Outlet
from tests.replay.time import MIDNIGHT, Machine

_NOON, _SIX = MIDNIGHT + timedelta(hours=12), MIDNIGHT + timedelta(hours=18)
_SPEEDS = (0.1, 0.2, 0.2, 0.4)  # seconds
_GONE, _MOVED = MIDNIGHT + timedelta(hours=10), MIDNIGHT + timedelta(hours=8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, as the world's clock saw it."""

    source: str
    host: str
    at: datetime
    until: datetime
    awake: float  # seconds the machine was awake when it began
    status: int  # 0: no answer
    rest: timedelta = timedelta(0)  # that the host asked for
    saw: int = 0  # items published by then, where a list was sent; else 0


@dataclass(kw_only=True)
class Conversation:
    """Gathers from the press, through the product's gate."""

    gate: Gate
    machine: Machine
    press: Sequence[Outlet]
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._outlets = {outlet.source.name: outlet for outlet in self.press}
        self._dice = {name: Random(name) for name in self._outlets}
        self._speeds = {outlet.host: Random(outlet.host).choice(_SPEEDS) for outlet in self.press}

    async def listing(self, source: Source, validators: Validators, /, *, address: str) -> Listing:
        """Ask a source, and follow it where it moved; raises CrawlError as the crawler does."""
        outlet = self._outlets[source.name]
        host = urlsplit(address).hostname or ""
        moved_to = ""
        if outlet.manner is Manner.MOVED and host == outlet.host and self.machine.world() >= _MOVED:
            moved_to = f"https://new-{host}/feed"
            await self._ask(outlet, host, 301)
            host, validators = f"new-{host}", Validators()
        request = await self._ask(outlet, host, self._status(outlet), validators)
        if request.status not in {200, 304}:
            raise self._refusal(outlet, request)
        return self._listing(outlet, request, validators, address, moved_to)

    async def history(
        self, source: Source, *, since: datetime, until: datetime, limit: int, listed: Iterable[str] = ()
    ) -> Past:
        """Ask a site's sitemap, where it has one."""
        outlet = self._outlets[source.name]
        request = await self._ask(outlet, outlet.host, 200 if outlet.sitemap else 404)
        if not outlet.sitemap:
            raise CrawlError(Reason.NOT_A_SITEMAP, "the site has no sitemap")
        found = [
            item for item, at in zip(outlet.items, outlet.times, strict=True) if since <= at <= min(until, request.at)
        ]
        return Past(items=tuple(found[::-1][:limit]))

    async def page(self, url: str, source: Source, /) -> Page:
        """Refuse: this press has no pages."""
        raise CrawlError(Reason.HTTP_4XX, f"no page at {url}", status=404)

    async def _ask(self, outlet: Outlet, host: str, status: int, validators: Validators | None = None) -> Request:
        """Hold one conversation, in the host's turn."""
        async with self.gate.turn(host):
            began, awake = self.machine.world(), self.machine.monotonic()
            await asyncio.sleep(self._seconds(outlet, status))
            seen = outlet.published(self.machine.world())
            if status == 200 and validators and self._says_unchanged(outlet, validators, seen):
                status = 304
            self.gate.answered(host, self.machine.monotonic() - awake, refused=status in {0, 429, 503})
        request = Request(
            source=outlet.source.name,
            host=host,
            at=began,
            until=self.machine.world(),
            awake=awake,
            status=status,
            rest=timedelta(seconds=self._rest(outlet, status)),
            saw=seen if status == 200 and validators is not None else 0,
        )
        self.requests.append(request)
        return request

    def _seconds(self, outlet: Outlet, status: int) -> float:
        """How long an answer takes: as long as its host always takes, or one time in twenty thrice that."""
        if status == 0 and outlet.manner is Manner.FLAKY:
            return 20.0
        return self._speeds[outlet.host] * (3 if self._dice[outlet.source.name].random() < 0.05 else 1)

    def _rest(self, outlet: Outlet, status: int) -> float:
        return self._dice[outlet.source.name].choice([20, 300, 1800]) if status in {429, 503} else 0

    def _status(self, outlet: Outlet) -> int:
        """What a source would answer now to whoever sets no conditions."""
        now, roll = self.machine.world(), self._dice[outlet.source.name].random()
        if outlet.manner is Manner.DYING and _NOON <= now < _SIX:
            return 0
        if outlet.manner is Manner.GONE and now >= _GONE:
            return 410
        if outlet.manner is Manner.LIMITED and roll < 0.1:
            return 429 if roll < 0.05 else 503
        if outlet.manner is Manner.FLAKY and roll < 0.2:
            return 500 if roll < 0.1 else 0
        return 200

    def _says_unchanged(self, outlet: Outlet, validators: Validators, seen: int) -> bool:
        if outlet.manner is Manner.LIAR:
            return bool(validators.etag)
        return outlet.tagged and validators.etag == f'"{seen}"'

    def _refusal(self, outlet: Outlet, request: Request) -> CrawlError:
        if request.status == 0:
            return CrawlError(Reason.TIMEOUT if outlet.manner is Manner.FLAKY else Reason.REFUSED, "no answer")
        if request.rest:
            self.gate.pause(request.host, request.rest.total_seconds())
        return CrawlError(
            {410: Reason.GONE, 429: Reason.RATE_LIMITED}.get(request.status, Reason.HTTP_5XX),
            f"the server answered {request.status}",
            status=request.status,
            retry_after=request.rest or None,
        )

    def _listing(
        self, outlet: Outlet, request: Request, validators: Validators, address: str, moved_to: str
    ) -> Listing:
        etag = '"always"' if outlet.manner is Manner.LIAR else f'"{request.saw}"' if outlet.tagged else ""
        seen = Validators(etag=etag, body_hash=f"{outlet.source.name} {request.saw}")
        unchanged = request.status == 304 or seen.body_hash == validators.body_hash
        items = () if unchanged else outlet.items[max(0, request.saw - outlet.window) : request.saw][::-1]
        fetch = Fetch(
            url=moved_to or address,
            at=self.machine.now(),
            outcome=Outcome.UNCHANGED if unchanged else Outcome.READ,
            status=request.status,
            seconds=(request.until - request.at).total_seconds(),
            items=len(items),
        )
        return Listing(
            items=items, validators=validators if request.status == 304 else seen, fetch=fetch, moved_to=moved_to
        )

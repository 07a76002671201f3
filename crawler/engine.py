"""Fetch one document: pace, deadline, redirects, conditional headers, and one word for whatever goes wrong.

Drives Scrapy's downloader below its engine; docs/decisions says why. With `download` the only code that knows the
downloader and aiohttp.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Self

from yarl import URL

from crawler.gate import Gate
from crawler.guard import Guard, parse_url
from crawler.inflate import ACCEPTED, inflate
from crawler.seats import Seat
from crawler.settings import Limits, pinned
from news.errors import CrawlError
from news.fetch import Reason
from news.retry import retry_after
from news.source import Validators
from news.time import Clock

if TYPE_CHECKING:
    from crawler.download import GuardedDownload, Received, Wanted

_PERMANENT = frozenset({301, 308})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_READABLE = frozenset({200, 203, 226})  # 226: the delta that A-IM asks for
_CONDITIONS = frozenset({"If-None-Match", "If-Modified-Since"})
_WORTH_A_RETRY = frozenset({Reason.NETWORK, Reason.CUT_SHORT})

ACCEPT_PAGE = "text/html, application/xhtml+xml, */*;q=0.5"

Permit = Callable[[URL], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What to fetch, and how much time and body it may take."""

    url: str
    seconds: float
    max_bytes: int
    accept: str = ACCEPT_PAGE
    delta: bool = False  # ask for changed items alone (RFC 3229)
    keep_alive: bool = True  # False: close it unless others wait for the host; thousands of idle sockets are dear
    keep_partial: bool = False  # take what arrived of a body that was cut short, and say so
    keep_first: bool = False  # take the first `max_bytes` of a longer body
    validators: Validators = field(default_factory=Validators)
    headers: Mapping[str, str] = field(default_factory=dict)  # secrets among them go to the first origin alone
    proxy: str = field(default="", repr=False)  # asked through it; what is dialled is then the proxy's affair
    seat: Seat | None = None  # taken with the host's turn, left before another turn is waited for
    permit: Permit | None = None  # asked before every hop; raises CrawlError where it may not be fetched


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A document, or word that it is unchanged (status 304)."""

    url: str  # after redirects
    status: int
    body: bytes = b""
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case
    seconds: float = 0.0
    whole: bool = True  # False: cut short, on the wire or inside its compression
    moved_to: str = ""  # where permanent redirects alone led; "": nowhere


@dataclass(slots=True)
class _Purse:
    """The time a fetch may still spend in conversation, over hops and retries."""

    left: float


class Engine:
    """The process's one way to the network: `async with Engine(…) as engine: await engine.fetch(Ask(…))`."""

    def __init__(self, limits: Limits, clock: Clock, gate: Gate, *, guard: Guard | None = None) -> None:
        self._guard = guard or Guard(allow_private=limits.allow_private_networks)
        self._limits = limits
        self._clock = clock
        self._gate = gate
        self._download: GuardedDownload | None = None

    async def __aenter__(self) -> Self:
        logging.getLogger("scrapy").setLevel(logging.ERROR)  # its warnings repeat what our errors say
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._download is not None:
            await self._download.close()

    async def fetch(self, ask: Ask) -> Answer:
        """Have a document, or a typed CrawlError; time spent waiting for the host's turn does not count."""
        url = parse_url(ask.url, self._limits)
        fields, purse = self._fields(ask), _Purse(ask.seconds)
        moved, permanent = "", True
        for _ in range(self._limits.redirects + 1):
            if ask.permit is not None:
                await ask.permit(url)
            if ask.seat is not None:
                ask.seat.leave()
            response = await self._converse(url, fields, ask, purse)
            target = self._target(url, response)
            if target is None:
                if response.status == 304 and _CONDITIONS.isdisjoint(fields):
                    raise CrawlError(Reason.NETWORK, "answered 304 to a request that set no condition", status=304)
                return self._answer(url, response, ask, ask.seconds - purse.left, moved)
            permanent = permanent and response.status in _PERMANENT
            moved = str(target) if permanent else moved
            if target.origin() != url.origin():
                fields = self._fields(replace(ask, validators=Validators(), headers={}))
            url = target
        raise CrawlError(Reason.REDIRECTS, f"more than {self._limits.redirects} redirects")

    async def _converse(self, url: URL, fields: dict[str, str], ask: Ask, purse: _Purse) -> "Received":
        """Ask one address, a second time where the network failed."""
        try:
            return await self._turn(url, fields, ask, purse, partial=False)
        except CrawlError as error:
            if error.reason not in _WORTH_A_RETRY:
                raise
        if ask.seat is not None:
            ask.seat.leave()
        return await self._turn(url, fields, ask, purse, partial=ask.keep_partial)

    async def _turn(self, url: URL, fields: dict[str, str], ask: Ask, purse: _Purse, *, partial: bool) -> "Received":
        download, host = self._handler(), url.raw_host or ""
        if not ask.proxy:
            self._guard.check_digits(url.host or "")
        async with self._gate.turn(host, ask.seat):
            if not ask.keep_alive and not self._gate.in_line(host):
                fields = fields | {"Connection": "close"}
            started, refused = self._clock.monotonic(), False
            try:
                async with asyncio.timeout(purse.left):
                    response = await download.download_request(_wanted(url, fields, ask, partial=partial))
                refused = response.status in {429, 503}
                return response
            except TimeoutError as error:
                refused = True
                raise CrawlError(Reason.TIMEOUT, f"no whole answer within {ask.seconds:g} s") from error
            finally:
                seconds = self._clock.monotonic() - started
                self._gate.answered(host, seconds, refused=refused)
                purse.left -= seconds

    def _handler(self) -> "GuardedDownload":
        if self._download is None:  # half a second of imports, spared by who fetches nothing, and no host's fault
            from scrapy import Spider
            from scrapy.crawler import Crawler

            from crawler.download import GuardedDownload

            self._download = GuardedDownload(Crawler(Spider, pinned(self._limits)), self._guard)
        return self._download

    def _fields(self, ask: Ask) -> dict[str, str]:
        fields = {"User-Agent": self._limits.user_agent, "Accept": ask.accept, "Accept-Encoding": ACCEPTED}
        if ask.validators.etag:
            fields["If-None-Match"] = ask.validators.etag
        if ask.validators.last_modified:
            fields["If-Modified-Since"] = ask.validators.last_modified
        if ask.delta and ask.validators.etag:
            fields["A-IM"] = "feed"
        return fields | dict(ask.headers)

    def _target(self, url: URL, response: "Received") -> URL | None:
        """Where a redirect leads, checked like any address; None: this is no redirect."""
        if response.status not in _REDIRECTS:
            return None
        text = response.headers.get("location", "")
        if not text:
            raise CrawlError(Reason.REDIRECTS, "a redirect to nowhere", status=response.status)
        try:
            return parse_url(str(url.join(URL(text))), self._limits)
        except ValueError as error:
            raise CrawlError(Reason.BAD_URL, f"redirects to {text[:200]!r}: {error}") from error

    def _answer(self, url: URL, response: "Received", ask: Ask, seconds: float, moved: str) -> Answer:
        headers = response.headers
        if response.status not in _READABLE and response.status != 304:
            raise self._refusal(url, response.status, headers)
        body, whole = inflate(response.body, headers.get("content-encoding", ""), ask.max_bytes, first=ask.keep_first)
        if not whole and not ask.keep_partial:
            raise CrawlError(Reason.CUT_SHORT, "the compressed body ended too early")
        return Answer(
            url=str(url),
            status=response.status,
            body=body,
            content_type=headers.get("content-type", ""),
            etag=headers.get("etag", ""),
            last_modified=headers.get("last-modified", ""),
            headers=headers,
            seconds=seconds,
            whole=whole and response.whole,
            moved_to=moved,
        )

    def _refusal(self, url: URL, status: int, headers: Mapping[str, str]) -> CrawlError:
        """Name an answer that holds no document; a host that asks for rest is given it."""
        wait: timedelta | None = None
        if status in {429, 503}:
            wait = retry_after(headers.get("retry-after", ""), self._clock.now(), self._limits.retry_after_cap)
            if wait:
                self._gate.pause(url.raw_host or "", wait.total_seconds())
        if status == 407:  # said by a proxy alone; one that opens a tunnel is heard by the client
            return CrawlError(Reason.NETWORK, f"the proxy answered {status}", status=status)
        reason = {410: Reason.GONE, 429: Reason.RATE_LIMITED}.get(status)
        if reason is None:
            reason = Reason.HTTP_5XX if status >= 500 else Reason.HTTP_4XX
        return CrawlError(reason, f"the server answered {status}", status=status, retry_after=wait)


def _wanted(url: URL, fields: dict[str, str], ask: Ask, *, partial: bool) -> "Wanted":
    from crawler.download import Wanted

    return Wanted(url=url, fields=fields, most=ask.max_bytes, first=ask.keep_first, partial=partial, through=ask.proxy)

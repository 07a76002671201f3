"""Scrapy's streaming download handler, with our address guard in its connector and our words for what goes wrong."""

import re
import socket
import ssl
from base64 import b64encode
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType

import aiohttp
from aiohttp.abc import ResolveResult
from scrapy.core.downloader.handlers._aiohttp import AiohttpDownloadHandler
from scrapy.core.downloader.handlers._base_streaming import BaseStreamingDownloadHandler
from scrapy.crawler import Crawler
from scrapy.utils.ssl import _make_ssl_context
from yarl import URL

from crawler.guard import BlockedAddressError, Guard
from news.errors import CrawlError
from news.fetch import Reason

_KEEP_ALIVE = 15.0  # seconds an idle connection stays open: long enough for a page after its feed
_FOREVER = aiohttp.ClientTimeout(total=None, sock_connect=None)  # the engine holds the one deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to send, and what of the answer to take."""

    url: URL  # parsed and checked: nobody rewrites it
    fields: dict[str, str]
    most: int  # bytes of the body
    first: bool  # take the first `most` bytes of a longer body
    partial: bool  # take what arrived of a body that was cut short
    through: str  # the address of a proxy, or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """An answer as it came, its compression not undone."""

    status: int
    headers: dict[str, str]  # names in lower case, values of one name joined
    body: bytes
    whole: bool  # False: the connection ended too early, or there was more than was wanted


class GuardedDownload(AiohttpDownloadHandler):
    """Scrapy's aiohttp handler; dials only what the guard lets through, and asks for the very URL that was checked."""

    experimental = False  # ours to vouch for: the fault tests run against it

    def __init__(self, crawler: Crawler, guard: Guard) -> None:
        BaseStreamingDownloadHandler.__init__(self, crawler)
        self._tls: ssl.SSLContext | None = None
        self._names = Names(guard, self._pool_size_total)
        # limit=0: the gate counts. Two pools, for a client gives a connection back before the answer is looked at.
        self._session = _session(
            aiohttp.TCPConnector(resolver=self._names, socket_factory=guard, limit=0, keepalive_timeout=_KEEP_ALIVE)
        )
        self._open: aiohttp.ClientSession | None = None
        self._brief = _session(
            aiohttp.TCPConnector(resolver=self._names, socket_factory=guard, limit=0, force_close=True)
        )

    async def download_request(self, request: Wanted) -> Received:  # type: ignore[override]
        """Have an answer, read to its end; Scrapy's own objects for either cost half as much as the request.

        Raises CrawlError.
        """
        async with _Conversation(self, request.url, request.fields, request.through) as response:
            body, whole = await _body(response, request.most, first=request.first, partial=request.partial)
            return Received(status=response.status, headers=_headers(response), body=body, whole=whole)

    async def open(self, url: URL, fields: dict[str, str], proxy: str) -> aiohttp.ClientResponse:
        """Send a GET and read the head of its answer; through a proxy nothing is guarded, for it dials."""
        tls = self._context() if url.scheme == "https" else False
        if proxy:
            self._open = self._open or _session(aiohttp.TCPConnector(limit=0, force_close=True))
            through, login = _without_login(URL(proxy))
            fields = fields if tls else fields | login  # a tunnel is asked for with it, and what goes through is not
            return await self._open.request(
                "GET", url, headers=fields, ssl=tls, allow_redirects=False, proxy=through, proxy_headers=login
            )
        session = self._brief if fields.get("Connection") == "close" else self._session
        return await session.request("GET", url, headers=fields, ssl=tls, allow_redirects=False)

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:  # reading the certificates takes longer than a whole round of plain HTTP
            self._tls = _make_ssl_context(self.crawler.settings)
        return self._tls

    async def close(self) -> None:
        """Close every connection and the threads that look up names."""
        await self._session.close()
        await self._brief.close()
        if self._open is not None:
            await self._open.close()
        self._names.stop()


def _without_login(proxy: URL) -> tuple[URL, dict[str, str]]:
    """Part a proxy's address, which the client shows in its errors, from the log-in, as a header field."""
    if proxy.user is None:
        return proxy, {}
    login = b64encode(f"{proxy.user}:{proxy.password or ''}".encode()).decode()
    return proxy.with_user(None), {"Proxy-Authorization": f"Basic {login}"}


async def _body(response: aiohttp.ClientResponse, most: int, *, first: bool, partial: bool) -> tuple[bytes, bool]:
    """Return a body and whether it is whole: its first bytes where these are enough, what arrived where a part is.

    Raises CrawlError TOO_LARGE and CUT_SHORT.
    """
    body = bytearray()
    if not first and (response.content_length or 0) > most:
        raise _too_large(most)
    try:
        async for chunk in response.content.iter_any():
            body += chunk
            if len(body) > most and not first:
                raise _too_large(most)
            if len(body) > most:
                return bytes(body[:most]), False
    except aiohttp.ClientPayloadError as error:
        if not first and not partial:
            raise CrawlError(Reason.CUT_SHORT, "the connection ended before the body did") from error
        return bytes(body), False
    return bytes(body), True


def _too_large(most: int) -> CrawlError:
    return CrawlError(Reason.TOO_LARGE, f"more than {most:,} bytes")


def _headers(response: aiohttp.ClientResponse) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in response.headers.items():
        key = name.lower()
        text = value if value.isascii() else value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def _session(connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        timeout=_FOREVER,
        skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
    )


Entry = tuple[int, int, int, str, tuple[object, ...]]
Lookup = Callable[[str, int, int, int, int, int], Sequence[Entry]]


class Names(aiohttp.ThreadedResolver):
    """Looks names up in threads of its own: a name server that hangs must not hold up whoever shares the loop's few."""

    def __init__(self, guard: Guard, threads: int, *, ask: Lookup = socket.getaddrinfo) -> None:
        super().__init__()
        self._guard = guard
        self._ask = ask
        self._threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return a name's addresses; raises OSError."""
        return await self._loop.run_in_executor(self._threads, self._look_up, host, port, int(family))

    def stop(self) -> None:
        """Let the threads go; a look-up that hangs is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _look_up(self, host: str, port: int, family: int) -> list[ResolveResult]:
        """Ask the system, and leave out what may not be dialled; the guard checks again at the socket."""
        entries = self._ask(host, port, family, socket.SOCK_STREAM, 0, socket.AI_ADDRCONFIG)
        allowed = [entry for entry in entries if self._guard.allows(str(entry[4][0]))]
        if entries and not allowed:
            raise BlockedAddressError(f"{host} is {entries[0][4][0]}, not a public address")
        return [_result(host, port, entry) for entry in allowed]


def _result(host: str, port: int, entry: Entry) -> ResolveResult:
    address = str(entry[4][0])
    return ResolveResult(
        hostname=host, host=address, port=port, family=entry[0], proto=entry[2], flags=socket.AI_NUMERICHOST
    )


class _Conversation:
    """One request as an async context: inside it the answer's head is read, and errors leave it in our words."""

    __slots__ = ("_download", "_fields", "_proxy", "_response", "_url")

    def __init__(self, download: GuardedDownload, url: URL, fields: dict[str, str], proxy: str) -> None:
        self._download = download
        self._url = url
        self._fields = fields
        self._proxy = proxy
        self._response: aiohttp.ClientResponse | None = None

    async def __aenter__(self) -> aiohttp.ClientResponse:
        try:
            self._response = await self._download.open(self._url, self._fields, self._proxy)
        except (aiohttp.ClientError, BlockedAddressError, ValueError) as error:
            raise in_our_words(error) from error
        return self._response

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._response is not None:
            self._response.release()  # closes the connection where a body was left unread
        if isinstance(error, aiohttp.ClientError):
            raise in_our_words(error) from error


_NAMED: tuple[tuple[type[Exception], Reason], ...] = (
    (BlockedAddressError, Reason.BLOCKED_ADDRESS),
    (aiohttp.ClientConnectorDNSError, Reason.DNS),
    (aiohttp.ClientSSLError, Reason.TLS),
    (aiohttp.ClientConnectorError, Reason.REFUSED),
    (aiohttp.InvalidURL, Reason.BAD_URL),
    (aiohttp.ClientPayloadError, Reason.CUT_SHORT),
)


_CONTEXT = re.compile(r" ssl:(?:<[^>]*>|\w+)")  # what the client says of its own insides


def in_our_words(error: Exception) -> CrawlError:
    """Name what a client reported; what has no name of its own is NETWORK."""
    reason = next((reason for kind, reason in _NAMED if isinstance(error, kind)), Reason.NETWORK)
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return CrawlError(reason, f"the proxy answered {error.status}")
    words = _CONTEXT.sub("", " ".join(str(error).split()))
    return CrawlError(reason, words[:300] or type(error).__name__)

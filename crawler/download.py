"""Scrapy's streaming download handler, with our address guard in its connector and our words for what goes wrong."""

import re
import socket
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType

import aiohttp
from aiohttp.abc import ResolveResult
from scrapy import Request
from scrapy.core.downloader.handlers._aiohttp import AiohttpDownloadHandler
from scrapy.core.downloader.handlers._base_streaming import BaseStreamingDownloadHandler, _BaseResponseArgs
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response
from scrapy.utils._download_handlers import make_response
from scrapy.utils.ssl import _make_ssl_context
from yarl import URL

from crawler.guard import BlockedAddressError, Guard
from news.errors import CrawlError
from news.fetch import Reason

_KEEP_ALIVE = 15.0  # seconds an idle connection stays open: long enough for a page after its feed
_FOREVER = aiohttp.ClientTimeout(total=None, sock_connect=None)  # the engine holds the one deadline


class GuardedDownload(AiohttpDownloadHandler):
    """Scrapy's aiohttp handler; dials only what the guard lets through, and asks for the very URL that was checked.

    Request.meta: `url`, the parsed address; `fields`, the header fields to send; `first`, whether a longer body is
    read to its first bytes; `through`, the address of a proxy, or "".
    """

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

    def _make_request(self, request: Request, timeout: float) -> "_Conversation":  # type: ignore[override]  # noqa: ARG002
        return _Conversation(self, request.meta["url"], request.meta["fields"], request.meta["through"])

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

    async def _read_response(self, response: aiohttp.ClientResponse, request: Request) -> Response:
        if not request.meta["first"]:
            return await super()._read_response(response, request)  # type: ignore[arg-type]
        body, flags = await _first_bytes(response, request.meta["download_maxsize"])
        headers = self._extract_headers(response)
        return make_response(**self._build_base_response_args(response, request, headers), body=body, flags=flags)

    @staticmethod
    def _extract_headers(response: aiohttp.ClientResponse) -> Headers:
        return Headers(response.headers.items())

    @staticmethod
    def _build_base_response_args(
        response: aiohttp.ClientResponse, request: Request, headers: Headers
    ) -> _BaseResponseArgs:
        return {"status": response.status, "url": request.url, "headers": headers, "protocol": None}

    @staticmethod
    def _iter_body_chunks(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
        return response.content.iter_any()

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


async def _first_bytes(response: aiohttp.ClientResponse, most: int) -> tuple[bytes, list[str]]:
    """Return a body's first bytes, flagged where there was more or the rest was lost."""
    body = bytearray()
    try:
        async for chunk in response.content.iter_any():
            body += chunk
            if len(body) > most:
                return bytes(body[:most]), ["dataloss"]
    except aiohttp.ClientPayloadError:
        return bytes(body[:most]), ["dataloss"]
    return bytes(body), []


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

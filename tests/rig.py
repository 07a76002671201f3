"""A web server that misbehaves on purpose, on loopback: what the crawler's tests are run against.

It runs in a thread with a loop of its own, so that a test may block. `rig.serve` puts documents up; each path in
`FAULTS` misbehaves in one way. `rig.hits` holds what was asked, in order. Only loopback addresses are bound.
"""

import asyncio
import contextlib
import ssl
import threading
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Final
from urllib.parse import parse_qs, urlsplit

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One request as it arrived."""

    host: str
    path: str
    headers: Mapping[str, str]  # names in lower case
    at: float  # the loop's clock


@dataclass(slots=True, kw_only=True)
class Document:
    """What a path answers."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: str = ""  # where set, a request that names it is answered 304
    last_modified: str = ""


Answer = Callable[[Hit], Document]
Fault = Callable[[asyncio.StreamWriter, Hit], Awaitable[None]]


class Rig:
    """The server's face: where it is, what it serves, what it was asked."""

    def __init__(self, port: int, scheme: str = "http") -> None:
        self.port = port
        self.scheme = scheme
        self.hits: list[Hit] = []
        self.documents: dict[str, Document | Answer] = {}
        self.connections = 0

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """Return the address of a path on one of the loopback hosts."""
        return f"{self.scheme}://{host}:{self.port}{path}"

    def serve(self, path: str, document: Document | Answer | bytes | str) -> str:
        """Put a document up and return its address; a function is asked anew for every request."""
        if isinstance(document, str):
            document = document.encode()
        self.documents[path] = Document(body=document) if isinstance(document, bytes) else document
        return self.url(path)

    def asked(self, path: str) -> list[Hit]:
        """Return the requests for one path."""
        return [hit for hit in self.hits if hit.path == path]

    def forget(self) -> None:
        """Take every document down and forget every request."""
        self.hits.clear()
        self.documents.clear()
        self.connections = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until it closes."""
        self.connections += 1
        with contextlib.suppress(
            ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError
        ):
            async for hit in _requests(reader):
                self.hits.append(hit)
                if not await self._one(writer, hit):
                    break
        writer.close()

    async def _one(self, writer: asyncio.StreamWriter, hit: Hit) -> bool:
        path = urlsplit(hit.path).path
        fault = FAULTS.get(path)
        if fault is not None:
            await fault(writer, hit)
            return False
        found = self.documents.get(hit.path, self.documents.get(path, Document(status=404, body=b"nothing here")))
        document = found(hit) if callable(found) else found
        writer.write(_response(document, hit))
        await writer.drain()
        return True


async def _requests(reader: asyncio.StreamReader) -> AsyncIterator[Hit]:
    while True:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        path = first.split(" ")[1]
        yield Hit(host=fields.get("host", ""), path=path, headers=fields, at=asyncio.get_running_loop().time())


def _response(document: Document, hit: Hit) -> bytes:
    fields = dict(document.headers)
    if document.etag:
        fields["ETag"] = document.etag
    if document.last_modified:
        fields["Last-Modified"] = document.last_modified
    same = (document.etag and hit.headers.get("if-none-match") == document.etag) or (
        document.last_modified and hit.headers.get("if-modified-since") == document.last_modified
    )
    status, body = (304, b"") if same else (document.status, document.body)
    if status != 304:
        fields.setdefault("Content-Length", str(len(body)))
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} So\r\n{lines}\r\n".encode("latin-1") + body


@contextlib.contextmanager
def running(*hosts: str, tls: ssl.SSLContext | None = None) -> Iterator[Rig]:
    """Run a rig on one free port of the given loopback addresses."""
    ready = threading.Event()
    rig = Rig(0, "https" if tls else "http")
    stops: list[Callable[[], object]] = []

    async def serve() -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        servers = []
        for host in hosts or ("127.0.0.1",):
            servers.append(await asyncio.start_server(rig.answer, host, rig.port, ssl=tls))
            rig.port = servers[0].sockets[0].getsockname()[1]
        stops.append(partial(loop.call_soon_threadsafe, stop.set))
        ready.set()
        await stop.wait()
        for server in servers:
            server.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="rig", daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield rig
    finally:
        stops[0]()
        thread.join(10)


# Bombs: little on the wire, a great deal once unpacked.


@lru_cache(maxsize=1)
def deflate_bomb() -> bytes:
    """Return raw deflate of 1 GiB of zeros, made of one packed MiB repeated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * 1024 + packer.flush()


def gzip_of(deflated: bytes) -> bytes:
    """Wrap raw deflate as gzip; the check sum is wrong, nobody gets so far."""
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff" + deflated + bytes(8)


@lru_cache(maxsize=1)
def brotli_bomb() -> bytes:
    import brotli

    packer = brotli.Compressor(quality=1)
    return b"".join(packer.process(bytes(MIB)) for _ in range(512)) + bytes(packer.finish())


@lru_cache(maxsize=1)
def zstd_bomb() -> bytes:
    from backports import zstd

    packer = zstd.ZstdCompressor(level=1)
    return b"".join(packer.compress(bytes(MIB)) for _ in range(1024)) + packer.flush()


def _packed(coding: str, make: Callable[[], bytes]) -> Fault:
    async def fault(writer: asyncio.StreamWriter, _: Hit) -> None:
        body = make()
        writer.write(f"HTTP/1.1 200 So\r\nContent-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n\r\n".encode())
        writer.write(body)
        await writer.drain()

    return fault


def _said(text: str, *, close: bool = True) -> Fault:
    async def fault(writer: asyncio.StreamWriter, _: Hit) -> None:
        writer.write(text.encode("latin-1"))
        await writer.drain()
        if not close:
            await asyncio.sleep(3600)

    return fault


def _dripping(head: str, drop: str, pause: float) -> Fault:
    async def fault(writer: asyncio.StreamWriter, _: Hit) -> None:
        writer.write(head.encode("latin-1"))
        while True:
            writer.write(drop.encode("latin-1"))
            await writer.drain()
            await asyncio.sleep(pause)

    return fault


async def _reset(writer: asyncio.StreamWriter, _: Hit) -> None:
    writer.transport.abort()


async def _cut_gzip(writer: asyncio.StreamWriter, _: Hit) -> None:
    whole = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    body = (whole.compress(LONG_FEED) + whole.flush())[:-200]
    writer.write(f"HTTP/1.1 200 So\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    await writer.drain()


async def _short(writer: asyncio.StreamWriter, _: Hit) -> None:
    writer.write(f'HTTP/1.1 200 So\r\nETag: "whole"\r\nContent-Length: {len(LONG_FEED)}\r\n\r\n'.encode())
    writer.write(LONG_FEED[: len(LONG_FEED) // 2])
    await writer.drain()


async def _redirect(writer: asyncio.StreamWriter, hit: Hit) -> None:
    asked = parse_qs(urlsplit(hit.path).query)
    target, status = asked["to"][0], asked.get("status", ["302"])[0]
    writer.write(f"HTTP/1.1 {status} So\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode())
    await writer.drain()


async def _later(writer: asyncio.StreamWriter, hit: Hit) -> None:
    await asyncio.sleep(0.25)
    await _redirect(writer, hit)


async def _drop_later(writer: asyncio.StreamWriter, _: Hit) -> None:
    await asyncio.sleep(0.25)
    writer.transport.abort()


async def _status(writer: asyncio.StreamWriter, hit: Hit) -> None:
    asked = parse_qs(urlsplit(hit.path).query)
    wait = "".join(f"Retry-After: {value}\r\n" for value in asked.get("after", []))
    writer.write(f"HTTP/1.1 {asked['code'][0]} So\r\n{wait}Content-Length: 0\r\n\r\n".encode())
    await writer.drain()


def feed(count: int, *, start: int = 0, base: str = "http://127.0.0.1/news") -> bytes:
    """Return a plain RSS feed of so many items of our own words."""
    items = "".join(
        f"<item><title>Harbour report number {n}</title><link>{base}/harbour-report-{n}</link>"
        f'<guid isPermaLink="false">harbour-{n}</guid><description>Ships came and went on day {n}.</description></item>'
        for n in range(start, start + count)
    )
    return f'<rss version="2.0"><channel><title>The Quay</title>{items}</channel></rss>'.encode()


LONG_FEED: Final = feed(300)

_OK = "HTTP/1.1 200 So\r\n"

FAULTS: Final[dict[str, Fault]] = {
    "/bomb/gzip": _packed("gzip", lambda: gzip_of(deflate_bomb())),
    "/bomb/deflate": _packed("deflate", deflate_bomb),
    "/bomb/br": _packed("br", brotli_bomb),
    "/bomb/zstd": _packed("zstd", zstd_bomb),
    "/bomb/nested": _packed("gzip, gzip", lambda: zlib.compress(gzip_of(deflate_bomb()), 1, zlib.MAX_WBITS | 16)),
    "/bomb/fifty": _packed(", ".join(["gzip"] * 50), lambda: gzip_of(deflate_bomb())),
    "/bomb/members": _packed("gzip", lambda: zlib.compress(b"", 9, zlib.MAX_WBITS | 16) * 400_000),
    "/body/endless": _dripping(f"{_OK}\r\n", "x" * 65536, 0),
    "/body/slow": _dripping(f"{_OK}\r\n", "x", 0.05),
    "/headers/slow": _dripping(_OK, "X-Drop: 1\r\n", 0.05),
    "/headers/million": _said(_OK + "X-Many: 1\r\n" * 1_000_000 + "\r\n"),
    "/header/endless": _dripping(f"{_OK}X-Long: ", "x" * 65536, 0),
    "/hang": _said("", close=False),
    "/half-status": _said("HTTP/1.1 20", close=False),
    "/1xx": _dripping("", "HTTP/1.1 100 Continue\r\n\r\n" * 100, 0.001),
    "/length/huge": _said(f"{_OK}Content-Length: 1000000000000\r\n\r\nabc", close=False),
    "/length/negative": _said(f"{_OK}Content-Length: -5\r\n\r\nabc"),
    "/length/two": _said(f"{_OK}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"),
    "/length/short": _short,
    "/chunks/cut": _said(f"{_OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
    "/chunks/broken": _said(f"{_OK}Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n"),
    "/gzip/cut": _cut_gzip,
    "/gzip/broken": _packed("gzip", lambda: b"this is not gzip at all"),
    "/coding/unknown": _packed("snappy", lambda: b"?"),
    "/reset": _reset,
    "/silent": _said(""),
    "/garbage": _said("SSH-2.0-OpenSSH_9.9\r\n"),
    "/redirect": _redirect,
    "/redirect/later": _later,
    "/reset/later": _drop_later,
    "/redirect/nowhere": _said("HTTP/1.1 302 So\r\nContent-Length: 0\r\n\r\n"),
    "/redirect/loop": _said("HTTP/1.1 302 So\r\nLocation: /redirect/loop\r\nContent-Length: 0\r\n\r\n"),
    "/status": _status,
}

"""A newsroom on loopback for the benchmarks: N feeds of M articles, their pages, and a count of who asked for what.

    python benchmarks/newsroom.py --feeds 200 --items 20 --port 8080

    /feeds.txt            every feed's address, one a line
    /feed/<n>.xml         a feed, with ETag and Last-Modified; 304 for who has it already
    /feed/<n>/<m>.html    an article's page, 25-40 kB
    /stats                what was asked for since the last /reset, as JSON

Everything follows from the seed. It runs in a process of its own, so its CPU time is nobody's.
"""

import argparse
import asyncio
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import format_datetime
from functools import lru_cache
from hashlib import blake2b

from pages import FORMATS, article_page, published

ARTICLE = re.compile(r"/feed/(\d+)/(\d+)\.html")
FEED = re.compile(r"/feed/(\d+)\.xml")
ROBOTS = b"User-agent: *\nDisallow: /admin/\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the newsroom publishes."""

    feeds: int
    items: int
    seed: int = 1
    format: str = "rss"  # or "atom" or "html": RSS whose bodies are whole articles in HTML
    hosts: int = 1  # feeds are spread over 127.0.0.1, 127.0.0.2, ...

    def host(self, feed: int) -> str:
        """The address that publishes `feed`."""
        index = feed % self.hosts
        return f"127.0.{index // 250}.{index % 250 + 1}"

    def feed_urls(self, port: int) -> list[str]:
        """Every feed's address."""
        return [f"http://{self.host(feed)}:{port}/feed/{feed}.xml" for feed in range(self.feeds)]


@dataclass(slots=True)
class Newsroom:
    """Answers requests and counts them."""

    plan: Plan
    port: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    body: Callable[[int], bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.body = lru_cache(maxsize=None)(self._body)

    def _body(self, feed: int) -> bytes:
        origin = f"http://{self.plan.host(feed)}:{self.port}"
        return FORMATS[self.plan.format](self.plan.seed, feed, self.plan.items, origin)

    def answer(self, path: str, headers: dict[str, str]) -> tuple[str, str, bytes, str]:
        """Status line, content type, body and further header lines for one GET."""
        if found := FEED.fullmatch(path):
            return self._feed(int(found[1]), headers)
        if found := ARTICLE.fullmatch(path):
            return self._page(int(found[1]), int(found[2]))
        if path == "/robots.txt":
            self.counts["robots"] += 1
            return "200 OK", "text/plain", ROBOTS, ""
        return self._desk(path)

    def _feed(self, feed: int, headers: dict[str, str]) -> tuple[str, str, bytes, str]:
        self.counts["feeds"] += 1
        if feed >= self.plan.feeds:
            return self._missing()
        body = self.body(feed)
        tag = f'"{blake2b(body, digest_size=8).hexdigest()}"'
        changed = format_datetime(published(feed, 0), usegmt=True)
        extra = f"ETag: {tag}\r\nLast-Modified: {changed}\r\nCache-Control: max-age=0\r\n"
        if headers.get("if-none-match") == tag or headers.get("if-modified-since") == changed:
            self.counts["not_modified"] += 1
            return "304 Not Modified", "", b"", extra
        return "200 OK", "application/xml; charset=utf-8", body, extra

    def _page(self, feed: int, item: int) -> tuple[str, str, bytes, str]:
        self.counts["pages"] += 1
        if feed >= self.plan.feeds or item >= self.plan.items:
            return self._missing()
        body = article_page(self.plan.seed, feed, item, f"http://{self.plan.host(feed)}:{self.port}")
        return "200 OK", "text/html; charset=utf-8", body, ""

    def _desk(self, path: str) -> tuple[str, str, bytes, str]:
        """What the benchmark itself asks for; not counted."""
        if path == "/stats":
            return "200 OK", "application/json", json.dumps(self.counts).encode(), ""
        if path == "/reset":
            self.counts.clear()
            return "200 OK", "text/plain", b"counts are zero\n", ""
        if path == "/feeds.txt":
            return "200 OK", "text/plain", "".join(f"{url}\n" for url in self.plan.feed_urls(self.port)).encode(), ""
        self.counts["other"] += 1
        return self._missing()

    def _missing(self) -> tuple[str, str, bytes, str]:
        return "404 Not Found", "text/plain", b"no such page\n", ""


class Conversation(asyncio.Protocol):
    """One HTTP/1.1 connection, kept alive; knows only GET and HEAD without a body."""

    def __init__(self, newsroom: Newsroom) -> None:
        self.newsroom = newsroom
        self.buffer = b""
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head, self.buffer = self.buffer[:end], self.buffer[end + 4 :]
            self._reply(head.decode("latin-1"))

    def _reply(self, head: str) -> None:
        request, *lines = head.split("\r\n")
        method, target, _ = request.split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        status, kind, body, extra = self.newsroom.answer(target.partition("?")[0], headers)
        content = f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n" if kind else ""
        self.transport.write(f"HTTP/1.1 {status}\r\nServer: newsroom\r\n{content}{extra}\r\n".encode("latin-1"))
        if method != "HEAD":
            self.transport.write(body)
        if headers.get("connection", "").lower() == "close":
            self.transport.close()


async def serve(plan: Plan, port: int) -> None:
    """Serve until cancelled; prints the port once it listens."""
    newsroom = Newsroom(plan)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Conversation(newsroom), "127.0.0.1", port, backlog=1024)
    newsroom.port = server.sockets[0].getsockname()[1]
    others = sorted({plan.host(feed) for feed in range(plan.hosts)} - {"127.0.0.1"})
    for host in others:
        await loop.create_server(lambda: Conversation(newsroom), host, newsroom.port, backlog=64)
    for feed in range(plan.feeds):  # made before anybody asks, so that the first contender does not wait for it
        newsroom.body(feed)
    print(newsroom.port, flush=True)
    await server.serve_forever()


def main() -> None:
    """Read the options and serve."""
    options = argparse.ArgumentParser(description="Serve generated feeds and articles on loopback.")
    options.add_argument("--feeds", type=int, default=20)
    options.add_argument("--items", type=int, default=20)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--format", choices=sorted(FORMATS), default="rss")
    options.add_argument("--hosts", type=int, default=1, help="spread the feeds over this many loopback addresses")
    options.add_argument("--port", type=int, default=0)
    chosen = options.parse_args()
    plan = Plan(
        feeds=chosen.feeds, items=chosen.items, seed=chosen.seed, format=chosen.format, hosts=max(1, chosen.hosts)
    )
    asyncio.run(serve(plan, chosen.port))


if __name__ == "__main__":
    main()

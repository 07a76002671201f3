"""A small press of our own on loopback: feeds, pages, a webhook receiver, and a log of what was asked."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Self

from presswatch.demo.http import Answer, LoopbackServer, Request

_TEXT = """
harbour minister bridge winter market teacher railway garden council river engine letter holiday museum doctor village
orchestra summer factory island newspaper border student kitchen weather stadium library mountain budget forest captain
parliament bakery painter telephone hospital tunnel airport farmer judge festival lighthouse ferry almond carpet violin
"""
_WORDS = _TEXT.split()
_NAMES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'


def prose(seed: str, words: int = 70) -> str:
    """Text like nobody else's: the same seed gives the same words."""
    chance = random.Random(seed)
    sentences = []
    while words > 0:
        length = min(words, chance.randint(7, 14))
        sentences.append(" ".join(chance.choice(_WORDS) for _ in range(length)).capitalize() + ".")
        words -= length
    return " ".join(sentences)


@dataclass
class Site:
    """Feeds `/feed/N` of items `/feed/N/M`; an item whose number is in `hits` speaks of drones."""

    feeds: int = 4
    items: int = 3
    oldest: int = 0  # the first item that a feed still lists
    sitemap: bool = False  # whether there is one, of every item there ever was
    published: Callable[[int], datetime] = lambda _item: datetime.now(UTC)
    hits: frozenset[int] = frozenset({0})
    host: str = "127.0.0.1"
    asked: Counter[str] = field(default_factory=Counter)
    unchanged: int = 0
    query: str = ""  # what the addresses in feeds carry, as XML writes it
    queries: set[str] = field(default_factory=set)  # what pages were asked with
    headline: str = ""  # instead of each item's own
    broken: dict[str, int] = field(default_factory=dict)  # path -> status to answer with
    instead: dict[str, str] = field(default_factory=dict)  # path -> the page to show in its place
    on_request: Callable[[str], None] = lambda _path: None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _server: LoopbackServer | None = None

    def __enter__(self) -> Self:
        self._server = LoopbackServer(self.answer, host=self.host)
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server
        self._server.stop()

    @property
    def url(self) -> str:
        assert self._server
        return self._server.url

    @property
    def feed_urls(self) -> list[str]:
        return [f"{self.url}/feed/{number}" for number in range(self.feeds)]

    @property
    def article_urls(self) -> set[str]:
        return {f"{url}/{item}" for url in self.feed_urls for item in range(self.items)}

    @property
    def pages_asked(self) -> Counter[str]:
        return Counter({path: count for path, count in self.asked.items() if path.count("/") == 3})

    def answer(self, request: Request) -> Answer:
        path = request.path
        with self._lock:
            self.asked[path] += 1
            self.queries.add(request.query)
        self.on_request(path)
        if path in self.broken:
            return Answer(status=self.broken[path])
        if path in self.instead:
            return Answer(body=self.instead[path].encode(), headers={"Content-Type": "text/html; charset=utf-8"})
        parts = path.strip("/").split("/")
        if path == "/sitemap.xml" and self.sitemap:
            return self._sitemap()
        if parts[0] != "feed":
            return Answer(status=404)
        return self._page(*parts[1:]) if len(parts) == 3 else self._feed(parts[1], request)

    def _feed(self, number: str, request: Request) -> Answer:
        etag = f'"{number}-{self.oldest}-{self.items}"'
        if request.headers.get("if-none-match") == etag:
            with self._lock:
                self.unchanged += 1
            return Answer(status=304, headers={"ETag": etag})
        short = "<description>In short.</description>"
        entries = "".join(
            f"<item><title>{self.title(number, item)}</title><link>{self.url}/feed/{number}/{item}{self.query}</link>"
            f"<guid>{number}-{item}</guid><pubDate>{self._date(item)}</pubDate>{short}</item>"
            for item in reversed(range(self.oldest, self.items))
        )
        body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Feed {number}</title>{entries}</channel></rss>'
        return Answer(body=body.encode(), headers={"ETag": etag, "Content-Type": "application/rss+xml"})

    def _sitemap(self) -> Answer:
        entries = "".join(
            f"<url><loc>{url}/{item}</loc><n:news><n:title>{self.title(url[-1], item)}</n:title>"
            f"<n:publication_date>{self.published(item).isoformat()}</n:publication_date></n:news></url>"
            for url in self.feed_urls
            for item in range(self.items)
        )
        return Answer(
            body=f"<urlset {_NAMES}>{entries}</urlset>".encode(),
            headers={"Content-Type": "application/xml"},
        )

    def _date(self, item: int) -> str:
        """A feed tells whole seconds: the next, or news would be older than a look in the second of its publication."""
        return format_datetime(self.published(item) + timedelta(seconds=1, microseconds=-1))

    def title(self, number: str, item: int) -> str:
        if self.headline:
            return self.headline
        return f"Drone news {number}-{item}" if item in self.hits else f"Quiet news {number}-{item}"

    def _page(self, number: str, item: str) -> Answer:
        paragraphs = "".join(f"<p>{prose(f'{number}-{item}-{part}')}</p>" for part in range(3))
        title = self.title(number, int(item))
        body = (
            f"<html lang=en><head><title>{title} | Outlet</title></head><body><nav><a href=/>Home</a></nav>"
            f"<article><h1>{title}</h1>{paragraphs}</article><footer>All rights reserved</footer></body></html>"
        )
        return Answer(body=body.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


@dataclass
class Receiver:
    """Takes webhooks and remembers every id; `verdict` may answer otherwise."""

    received: Counter[str] = field(default_factory=Counter)
    bodies: dict[str, bytes] = field(default_factory=dict)
    verdict: Callable[[str], int] = lambda _id: 204
    on_request: Callable[[str], None] = lambda _path: None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, request: Request) -> Answer:
        number = request.headers["webhook-id"]
        status = self.verdict(number)
        if status < 300:
            with self._lock:
                self.received[number] += 1
                self.bodies[number] = request.body
        self.on_request("webhook")
        return Answer(status=status)


@contextmanager
def receiving(receiver: Receiver) -> Iterator[str]:
    """Serve a receiver; gives its address."""
    server = LoopbackServer(receiver.answer)
    server.start()
    try:
        yield f"{server.url}/hook"
    finally:
        server.stop()

"""Short ways to do what most of the crawler's tests do."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from crawler.documents import Document
from crawler.engine import Answer, Ask, Engine
from crawler.gate import Gate
from crawler.settings import MIB, Limits
from news.time import Clock, SystemClock

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class ManualClock:
    """A clock that moves when it is told to, or slept on."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds - 1000.0)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)


def open_limits(**changes: Any) -> Limits:
    """Limits for loopback: private networks allowed, no delay; deadlines that a busy machine keeps."""
    values: dict[str, Any] = {
        "allow_private_networks": True,
        "delay": 0.0,
        "feed_seconds": 8.0,
        "page_seconds": 8.0,
        "parse_seconds": 5.0,
    }
    return Limits(**(values | changes))


def fetch(ask: Ask, limits: Limits | None = None, clock: Clock | None = None) -> Answer:
    """Fetch one document with an engine of its own."""
    return fetch_all([ask], limits, clock)[0]


def fetch_all(asks: list[Ask], limits: Limits | None = None, clock: Clock | None = None) -> list[Answer]:
    """Fetch documents one after the other with one engine."""

    async def run() -> list[Answer]:
        used, watch = limits or open_limits(), clock or SystemClock()
        async with Engine(used, watch, Gate(used, watch)) as engine:
            return [await engine.fetch(ask) for ask in asks]

    return asyncio.run(run())


def ask(url: str, **changes: Any) -> Ask:
    """Ask for a document the way the crawler asks for feeds."""
    values: dict[str, Any] = {"url": url, "seconds": 8.0, "max_bytes": 10 * MIB}
    return Ask(**(values | changes))


def document(body: bytes | str, **changes: Any) -> Document:
    """Make a document as a parsing child is given it."""
    values: dict[str, Any] = {
        "body": body.encode() if isinstance(body, str) else body,
        "url": "http://quay.example/dir/feed.xml",
        "content_type": "application/xml",
        "now": NOW,
        "limits": Limits(),
    }
    return Document(**(values | changes))


def words(text: str) -> list[str]:
    """Split a table of short cases."""
    return text.split()

"""What no crawler built on these libraries can go below: each library alone, on the same bytes, in one process.

python limits.py http FEEDS.txt SAVED    bare aiohttp, 16 at a time; conditional when SAVED exists
python limits.py feedparser FOLDER       feedparser on every file of FOLDER
python limits.py lxml FOLDER             lxml reading title, link, date and summary of every item
python limits.py trafilatura FOLDER      trafilatura's defaults on every file of FOLDER
python limits.py trafilatura-fast FOLDER its fast option

Prints {"cpu": seconds without imports, "units": documents}.
"""

import asyncio
import io
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path


def http(feeds: str, saved: str) -> int:
    """Ask for every feed."""
    import aiohttp

    path = Path(saved)
    known: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    urls = Path(feeds).read_text(encoding="utf-8").split()

    async def ask(session: aiohttp.ClientSession, queue: list[str]) -> None:
        while queue:
            url = queue.pop()
            sent = {"If-None-Match": known[url]} if url in known else {}
            async with session.get(url, headers=sent) as answer:
                await answer.read()
                known[url] = answer.headers["ETag"]

    async def ask_all() -> None:
        queue = urls.copy()
        async with aiohttp.ClientSession() as session:
            await asyncio.gather(*(ask(session, queue) for _ in range(16)))

    asyncio.run(ask_all())
    path.write_text(json.dumps(known), encoding="utf-8")
    return len(urls)


def each(read: Callable[[bytes], object], bodies: list[bytes]) -> int:
    """Put every document through `read`."""
    for body in bodies:
        read(body)
    return len(bodies)


def feed_parser() -> Callable[[bytes], object]:
    """feedparser as it comes."""
    import feedparser

    return lambda body: feedparser.parse(io.BytesIO(body))


def bare_lxml() -> Callable[[bytes], object]:
    """Four fields of every item, nothing checked or cleaned."""
    from lxml import etree

    def read(body: bytes) -> list[list[str | None]]:
        fields = ("title", "link", "pubDate", "description")
        return [[item.findtext(name) for name in fields] for item in etree.fromstring(body).iter("item")]

    return read


def extractor(*, fast: bool) -> Callable[[bytes], object]:
    """trafilatura on a page's text."""
    import trafilatura

    return lambda body: trafilatura.extract(body.decode(), fast=fast)


READERS: dict[str, Callable[[], Callable[[bytes], object]]] = {
    "feedparser": feed_parser,
    "lxml": bare_lxml,
    "trafilatura": lambda: extractor(fast=False),
    "trafilatura-fast": lambda: extractor(fast=True),
}


def main(what: str, *rest: str) -> None:
    """Measure one library."""
    if what == "http":
        import aiohttp  # noqa: F401  (imported before the clock starts)

        started = time.process_time()
        units = http(*rest)
    else:
        bodies = [path.read_bytes() for path in sorted(Path(rest[0]).iterdir())]
        read = READERS[what]()
        read(bodies[0])  # lazy imports and tables, before the clock starts
        started = time.process_time()
        units = each(read, bodies)
    print(json.dumps({"cpu": time.process_time() - started, "units": units}))


if __name__ == "__main__":
    main(*sys.argv[1:])

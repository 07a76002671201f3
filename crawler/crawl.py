"""The entry: ask a source for its list, an article for its page."""

import hashlib
from types import TracebackType
from typing import Self

from crawler.documents import Document, Reading
from crawler.engine import ACCEPT_FEED, Answer, Ask, Engine
from crawler.gate import Gate
from crawler.sandbox import Sandbox
from crawler.settings import Limits
from news.article import Listing, Page
from news.fetch import Fetch, Outcome
from news.source import Source, Validators
from news.time import Clock, SystemClock


class Crawler:
    """Gathers: `async with Crawler(limits) as crawler: await crawler.listing(source, validators)`."""

    def __init__(self, limits: Limits, *, clock: Clock | None = None) -> None:
        self._limits = limits
        self._clock = clock or SystemClock()
        self._engine = Engine(limits, self._clock, Gate(limits, self._clock))
        self._sandbox = Sandbox(limits)

    async def __aenter__(self) -> Self:
        await self._engine.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._engine.__aexit__(kind, error, trace)
        await self._sandbox.close()

    async def listing(self, source: Source, validators: Validators) -> Listing:
        """Ask a source what it lists; UNCHANGED holds no items. Raises CrawlError."""
        limits = self._limits
        answer = await self._engine.fetch(
            Ask(
                url=source.url,
                seconds=limits.feed_seconds,
                max_bytes=limits.feed_bytes,
                accept=ACCEPT_FEED,
                delta=True,
                keep_partial=True,
                validators=validators,
            )
        )
        seen = _validators(answer)
        if answer.status == 304 or (seen.body_hash and seen.body_hash == validators.body_hash):
            kept = validators if answer.status == 304 else seen
            return Listing(
                items=(), validators=kept, fetch=self._fetch(answer, Outcome.UNCHANGED), moved_to=answer.moved_to
            )
        reading = await self._read(answer, source)
        return Listing(
            items=reading.items,
            validators=seen,
            fetch=self._fetch(answer, Outcome.READ, reading),
            title=reading.title,
            surplus=reading.surplus,
            moved_to=answer.moved_to,
        )

    async def page(self, url: str, source: Source) -> Page:
        """Have an article's own page, read. Raises CrawlError."""
        from crawler.pages import read_page

        limits = self._limits
        answer = await self._engine.fetch(Ask(url=url, seconds=limits.page_seconds, max_bytes=limits.page_bytes))
        return await self._sandbox.run(read_page, self._document(answer))

    async def _read(self, answer: Answer, source: Source) -> Reading:
        from crawler.feeds import read_feed

        return await self._sandbox.run(read_feed, self._document(answer, source.links))

    def _document(self, answer: Answer, links: str = "") -> Document:
        return Document(
            body=answer.body,
            url=answer.url,
            content_type=answer.content_type,
            now=self._clock.now(),
            limits=self._limits,
            links=links,
        )

    def _fetch(self, answer: Answer, outcome: Outcome, reading: Reading | None = None) -> Fetch:
        return Fetch(
            url=answer.url,
            at=self._clock.now(),
            outcome=outcome,
            status=answer.status,
            size=len(answer.body),
            seconds=answer.seconds,
            detail=_detail(answer, reading),
            items=len(reading.items) if reading else 0,
        )


def _validators(answer: Answer) -> Validators:
    """Return what to send next time; nothing for a body that was cut short, or its tail would never be seen."""
    if not answer.whole or answer.status == 304:
        return Validators()
    digest = hashlib.blake2b(answer.body, digest_size=16).hexdigest()
    return Validators(etag=answer.etag, last_modified=answer.last_modified, body_hash=digest)


def _detail(answer: Answer, reading: Reading | None) -> str:
    words = [] if answer.whole else ["cut short: what arrived was read, the rest is asked for again"]
    if reading and reading.surplus:
        words.append(f"{reading.surplus} items over the limit")
    if reading and reading.detail:
        words.append(reading.detail)
    return "; ".join(words)

"""The entry: ask a source for its list, an article for its page."""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self

from crawler.discover import Found, discover, look
from crawler.documents import Document, Reading
from crawler.engine import Answer, Ask, Engine
from crawler.gate import Gate, Sleep
from crawler.guard import parse_url
from crawler.home import home_of
from crawler.index import digest, follow
from crawler.kinds import Sight, kind_named, read_list
from crawler.patience import fresh_for
from crawler.robots import Robots
from crawler.sandbox import Sandbox
from crawler.seats import Seats
from crawler.settings import MIB, Limits
from crawler.sites import PLAIN_SITE, Site
from news.article import Listing, Page
from news.errors import CrawlError
from news.fetch import Fetch, Outcome, Reason
from news.source import Kind, Source, Validators
from news.time import Clock, SystemClock

if TYPE_CHECKING:
    from crawler.history import Past
    from crawler.past import Leaf
    from crawler.spans import Span


log = logging.getLogger(__name__)
SITEMAP_BYTES = 50 * MIB  # what the sitemaps protocol allows one document


class Crawler:
    """Gathers: `async with Crawler(limits) as crawler: await crawler.listing(source, validators)`."""

    def __init__(
        self,
        limits: Limits,
        *,
        sites: Mapping[str, Site] | None = None,  # by name of source
        clock: Clock | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._limits = limits
        self._sites = sites or {}
        self._clock = clock or SystemClock()
        self.gate = Gate(limits, self._clock, sleep=sleep)
        self._engine = Engine(limits, self._clock, self.gate)
        self._robots = Robots(limits, self._clock, self.gate, self._engine)
        self._sandbox = Sandbox(limits)
        self._seats = Seats(limits.concurrency + 2 * self._sandbox.children, self._sandbox.children)

    async def __aenter__(self) -> Self:
        proxied = sorted(name for name, site in self._sites.items() if site.proxy)
        if proxied:
            log.warning("proxy_dials_unguarded", extra={"sources": proxied})
        await self._engine.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._engine.__aexit__(kind, error, trace)
        await self._sandbox.close()

    async def listing(self, source: Source, validators: Validators, *, address: str = "") -> Listing:
        """Ask a source what it lists; UNCHANGED holds no items. Raises CrawlError and nothing else.

        address: where to ask it, if not at its own address; what is told its own origin alone stays there.
        """
        with in_a_word():
            return self._learnable(await self._listing(source, validators, address or source.url), source)

    async def page(self, url: str, source: Source) -> Page:
        """Have an article's own page, read. Raises CrawlError and nothing else, ROBOTS among its reasons."""
        with in_a_word():
            return await self._page(url, source)

    async def read(self, document: Document, source: Source) -> Page:
        """Read a page that somebody kept, as an article's own. Raises CrawlError and nothing else."""
        from crawler.pages import read_page

        with in_a_word():
            return await self._sandbox.run(read_page, replace(document, picks=self._site(source).picks))

    async def discover(self, url: str, source: Source | None = None) -> Found:
        """Find out what an address that somebody typed is, asked as a source of its site where there is one.

        Raises CrawlError and nothing else.
        """
        with in_a_word():
            return await discover(url, partial(self._see, source), self._robots.sitemaps)

    async def history(
        self, source: Source, *, since: datetime, until: datetime, limit: int, listed: Iterable[str] = ()
    ) -> "Past":
        """Return the articles that the site's sitemaps date within a time, both ends included, newest first.

        The result is a sequence of items that also says what finding it took and what was left out. When an item was
        printed is known for the choice alone: `published_at` is set where a news sitemap states it. Raises CrawlError
        and nothing else: NOT_A_SITEMAP where the site has none.

        listed: addresses of the source's own list; what is shaped like them is an article.
        """
        from crawler.shape import shapes_of
        from crawler.spans import Span

        with in_a_word():
            return await self._history(source, Span(since, until), limit, shapes_of(listed))

    async def _history(self, source: Source, wanted: "Span", limit: int, shapes: frozenset[str]) -> "Past":
        from crawler.history import Walk, walk
        from crawler.past import read_past

        home = home_of(source.url)

        async def read(url: str) -> tuple["Leaf", int]:
            answer, document = await self._sitemap(source, url)
            leaf = await self._sandbox.run(read_past, document, home, wanted, limit, shapes)
            return leaf, len(answer.body)

        way = Walk(read=read, wanted=wanted, now=self._clock.now(), limit=limit)
        start = source.url if source.kind is Kind.SITEMAP else ""
        return await walk(way, start, home, partial(self._named_sitemaps, source, home))

    async def _named_sitemaps(self, source: Source, home: str) -> tuple[str, ...]:
        proxy = self._site(source).proxy
        for origin in dict.fromkeys((parse_url(source.url, self._limits).origin(), parse_url(home, self._limits))):
            if found := (await self._robots.rules(origin, proxy)).sitemaps:
                return found
        return ()

    async def _sitemap(self, source: Source, url: str) -> tuple[Answer, Document]:
        """Have one sitemap of a site's past; robots.txt has a say in all but the source itself."""
        limits = replace(self._limits, feed_bytes=SITEMAP_BYTES)
        ask = replace(self._ask_list(replace(source, kind=Kind.SITEMAP), Validators(), url), max_bytes=SITEMAP_BYTES)
        if url != source.url:
            ask = replace(ask, permit=self._robots.check)
        answer = await self._engine.fetch(self._told(ask, source))
        return answer, replace(self._document(answer, source.links), limits=limits)

    async def _listing(self, source: Source, validators: Validators, address: str) -> Listing:
        answer = await self._engine.fetch(self._told(self._ask_list(source, validators, address), source))
        seen = _validators(answer)
        if answer.status == 304:
            return self._unchanged(answer, validators)
        if seen.body_hash and seen.body_hash == validators.body_hash:
            return self._unchanged(answer, seen)
        reading = await self._read(answer, source)
        if reading.children:
            read = partial(self._read_list, source)
            reading, seen = await follow(answer, reading, seen, read, self._limits)
            if seen.body_hash and seen.body_hash == validators.body_hash:
                return self._unchanged(answer, seen)
        return Listing(
            items=reading.items,
            validators=seen,
            fetch=self._fetch(answer, Outcome.READ, reading),
            title=reading.title,
            surplus=reading.surplus,
            moved_to=answer.moved_to,
            not_before=fresh_for(answer.headers, answer.body, self._clock.now()),
            whole=bool(seen.body_hash) and not _is_delta(answer),
        )

    async def _page(self, url: str, source: Source) -> Page:
        from crawler.pages import read_page

        async with self._seats.seat() as seat:
            ask = replace(self._ask_page(url), permit=self._robots.check, seat=seat)
            answer = await self._engine.fetch(self._told(ask, source))
            document = replace(self._document(answer), asked=url, picks=self._site(source).picks)
            async with self._seats.reading(source.name):
                return await self._sandbox.run(read_page, document)

    async def _see(self, source: Source | None, url: str) -> Sight:
        ask = self._ask_page(url, max_bytes=self._limits.feed_bytes)
        answer = await self._engine.fetch(self._told(ask, source) if source else ask)
        return await self._sandbox.run(look, self._document(answer))

    def _ask_list(self, source: Source, validators: Validators, url: str) -> Ask:
        limits, manner = self._limits, kind_named(source.kind).MANNER
        page = manner.like_pages
        return Ask(
            url=url,
            seconds=limits.page_seconds if page else limits.feed_seconds,
            max_bytes=limits.page_bytes if page else limits.feed_bytes,
            accept=manner.accept,
            delta=manner.delta,
            keep_alive=page,
            keep_partial=True,
            validators=validators,
            permit=self._robots.check if page else None,
        )

    def _site(self, source: Source) -> Site:
        return self._sites.get(source.name, PLAIN_SITE)

    def _told(self, ask: Ask, source: Source) -> Ask:
        """Ask as the operator says for this source; its header fields may be secrets and stay with its own origin."""
        site = self._site(source)
        if site is PLAIN_SITE:
            return ask
        return replace(
            ask,
            headers=site.headers if self._at_home(ask.url, source) else {},
            seconds=site.seconds or ask.seconds,
            proxy=site.proxy,
            permit=partial(self._robots.check, proxy=site.proxy) if ask.permit else None,
        )

    def _at_home(self, url: str, source: Source) -> bool:
        return parse_url(url, self._limits).origin() == parse_url(source.url, self._limits).origin()

    def _learnable(self, listing: Listing, source: Source) -> Listing:
        """Take a move away that cannot be learned: what the source is asked with may not follow it there."""
        if not listing.moved_to or not self._site(source).headers or self._at_home(listing.moved_to, source):
            return listing
        there = parse_url(listing.moved_to, self._limits).origin()
        said = f"moved for good to {there}, where its header fields do not go: put its new address into sources.yaml"
        detail = f"{listing.fetch.detail}; {said}" if listing.fetch.detail else said
        return replace(listing, moved_to="", fetch=replace(listing.fetch, detail=detail))

    def _ask_page(self, url: str, max_bytes: int = 0) -> Ask:
        limits = self._limits
        return Ask(url=url, seconds=limits.page_seconds, max_bytes=max_bytes or limits.page_bytes)

    async def _read(self, answer: Answer, source: Source) -> Reading:
        document = replace(self._document(answer, source.links), asked=source.url)
        return await self._sandbox.run(read_list, source.kind, document)

    async def _read_list(self, source: Source, url: str) -> tuple[Answer, Reading]:
        """Have one list of a sitemap index."""
        answer = await self._engine.fetch(self._told(self._ask_list(source, Validators(), url), source))
        return answer, await self._read(answer, source)

    def _unchanged(self, answer: Answer, validators: Validators) -> Listing:
        return Listing(
            items=(),
            validators=validators,
            fetch=self._fetch(answer, Outcome.UNCHANGED),
            moved_to=answer.moved_to,
            not_before=fresh_for(answer.headers, answer.body, self._clock.now()),
        )

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


@contextmanager
def in_a_word() -> Iterator[None]:
    """Give whatever goes wrong inside a CrawlError's form: what documents and addresses can do has no end."""
    try:
        yield
    except CrawlError:
        raise
    except Exception as error:
        log.exception("crawl_surprised")
        raise CrawlError(Reason.PARSE_ERROR, f"{type(error).__name__}: {error}"[:300]) from error


def _validators(answer: Answer) -> Validators:
    """Return what to send next time; nothing for a body that was cut short, or its tail would never be seen."""
    if not answer.whole or answer.status == 304:
        return Validators()
    return Validators(etag=answer.etag, last_modified=answer.last_modified, body_hash=digest(answer.body))


def _is_delta(answer: Answer) -> bool:
    """Say whether an answer holds only what changed (RFC 3229); some servers say so with status 200."""
    return answer.status == 226 or bool(answer.headers.get("im"))


def _detail(answer: Answer, reading: Reading | None) -> str:
    words = [] if answer.whole else ["cut short: what arrived was read, the rest is asked for again"]
    if reading and reading.surplus:
        words.append(f"{reading.surplus} items over the limit")
    if reading and reading.detail:
        words.append(reading.detail)
    return "; ".join(words)

"""A back-fill, wired: where its articles come from, whose they are, and what became of them."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from alerts.outbox import FlushReport
from crawler.backfill import Form, Offer, form_of, offers
from news.errors import ConfigError, CrawlError
from news.source import Source
from presswatch.addresses import lone_articles
from presswatch.app import App
from presswatch.owners import Owners, named
from presswatch.thread import StorageThread
from scheduler.backfill import Backfill, Filled

if TYPE_CHECKING:
    from crawler.crawl import Crawler

_BATCH = 20  # articles kept in one transaction; what is fetched or read at once
_LINES = 200  # the same, of a file that holds the texts themselves
_NAMED = 1000  # problems, and hosts without a source, that a report names; more are counted
_MOST = 100_000  # articles of one look into a site's past


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a back-fill is to bring: what files hold, or what a site printed in a time."""

    files: tuple[Path, ...] = ()
    form: Form | None = None  # None: found out from each file
    source: str = ""  # whose all of it is; "": each article is its host's
    since: datetime | None = None  # None: files
    until: datetime | None = None
    any_host: bool = False  # True: articles of hosts that no source has are kept, too
    backlog: bool = False  # True: alert on them


@dataclass(slots=True, kw_only=True)
class Fill:
    """What a back-fill came to so far; it grows batch by batch, and stands as it is where the work was stopped."""

    said: Callable[[str], object] = lambda _words: None  # hears of each problem at once
    step: Callable[[int], object] = lambda _count: None  # hears how many more articles were dealt with
    expect: Callable[[int], object] = lambda _count: None
    sources: dict[str, Filled] = field(default_factory=dict)
    strangers: Counter[str] = field(default_factory=Counter)  # hosts that no source has -> articles
    off: Counter[str] = field(default_factory=Counter)  # sources that are switched off -> articles
    problems: list[str] = field(default_factory=list)
    problem_count: int = 0
    unlike: int = 0  # addresses that a look into the past left out for their looks
    notes: list[str] = field(default_factory=list)  # what a look into the past had to leave out
    deliveries: FlushReport = field(default_factory=FlushReport)
    _busy: set[str] = field(default_factory=set)

    @property
    def total(self) -> Filled:
        """Everything added up."""
        return sum(self.sources.values(), Filled(source=""))

    @property
    def failed(self) -> bool:
        """True when some line, page or delivery failed; the rest went on."""
        undelivered = self.deliveries.due + self.deliveries.dead + self.deliveries.refused
        return bool(self.problem_count or undelivered or self.total.failed)

    def problem(self, words: str) -> None:
        """Note what could not be used."""
        self.problem_count += 1
        if len(self.problems) < _NAMED:
            self.problems.append(words)
        self.said(words)

    def note(self, words: str) -> None:
        """Note what was left out with good reason."""
        self.notes.append(words)
        self.said(words)

    def busy(self, name: str) -> None:
        """Say once that another process runs a source."""
        if name not in self._busy:
            self._busy.add(name)
            self.said(f"waiting for {name!r}, which another process is reading")

    def add(self, filled: Filled) -> None:
        """Add what became of a batch."""
        before = self.sources.get(filled.source)
        self.sources[filled.source] = before + filled if before else filled
        self.step(filled.offered)

    def strange(self, url: str) -> None:
        """Count an article whose host no source has."""
        host = urlsplit(url).hostname or ""
        self.strangers[host if host in self.strangers or len(self.strangers) < _NAMED else "other hosts"] += 1
        self.step(1)


async def fill(app: App, wanted: Wanted, done: Fill) -> None:
    """Bring what is wanted; raises ConfigError before anything is done. `done` says what came of it, whenever asked.

    What was read by the time it is cancelled is kept first.
    """
    owners = Owners(app.sources, _whole(app, wanted.source) if wanted.source else None)
    forms = {path: wanted.form or form_of(path) for path in wanted.files}
    outbox = app.outbox() if wanted.backlog else None
    if not app.room():
        raise ConfigError("the disk is nearly full: nothing was fetched (see min_free_bytes)")
    run = StorageThread()
    try:
        async with app.gathering() as crawler:
            await run(app.sync)
            desk = app.backfill(crawler, run, busy=done.busy, backlog=wanted.backlog)
            keep = _Keep(app=app, desk=desk, owners=owners, any_host=wanted.any_host, done=done, run=run)
            for path, form in forms.items():
                found = offers(path, form, now=app.clock.now(), limits=app.limits, told=done.problem)
                await keep.all(found, _LINES if form is Form.JSONL else _BATCH)
            if wanted.since is not None:
                await keep.all(await _past(app, crawler, owners, wanted, done), _BATCH)
            if not app.room():
                done.problem("the disk is nearly full: the rest was left for another run (see min_free_bytes)")
            if outbox is not None:
                done.deliveries = await outbox.flush(until_idle=True, digests=True)
    finally:
        run.close()


async def _past(app: App, crawler: "Crawler", owners: "Owners", wanted: Wanted, done: Fill) -> Iterator[Offer]:
    """What the site's sitemaps list of the time, the oldest first; what they leave out is said."""
    source, now = owners.all_of_it, app.clock.now()
    if source is None or wanted.since is None:
        return iter(())
    try:
        past = await crawler.history(source, since=wanted.since, until=wanted.until or now, limit=_MOST)
    except CrawlError as error:
        done.problem(f"the site of {source.name!r} has no past to read: {error}")
        return iter(())
    for words in _left_out(past.undated, past.unlike, past.surplus, past.unread):
        done.note(words)
    done.unlike = past.unlike
    for failure in past.failures:
        done.problem(f"a sitemap could not be read: {failure}")
    done.expect(len(past))
    return (Offer(item=item) for item in reversed(past))


def _left_out(undated: int, unlike: int, surplus: int, unread: int) -> Iterator[str]:
    if undated:
        yield f"{undated} articles left out: nothing says when they were printed"
    if unlike:
        yield f"{unlike} addresses left out that look like no articles: a pattern under `links` says which are"
    if surplus:
        yield f"{surplus} articles left out, the oldest: there were more than {_MOST:,}; ask for a shorter time"
    if unread:
        yield f"{unread} sitemaps not asked for: there were too many; ask for a shorter time"


def _whole(app: App, name: str) -> Source:
    source = named(name, {source.name: source for source in app.sources})
    if not source.enabled:
        raise ConfigError(f"source {name!r} is switched off", hint="write `enabled: true` while it is back-filled")
    return source


@dataclass(frozen=True, slots=True, kw_only=True)
class _Keep:
    """Hands batches of offers to their sources."""

    app: App
    desk: Backfill
    owners: Owners
    any_host: bool
    done: Fill
    run: StorageThread
    visited: set[str] = field(default_factory=set)  # the hosts' sources that have a row by now

    async def all(self, found: Iterator[Offer], size: int) -> None:
        """Take offers a batch at a time, in a thread: a packed archive takes long to read. A full disk ends it."""
        while self.app.room() and (batch := await asyncio.to_thread(list, islice(found, size))):
            shares = await self._sorted(batch)
            ended = await asyncio.gather(
                *(self._share(source, share) for source, share in shares), return_exceptions=True
            )
            for error in filter(None, ended):  # not before the other shares are kept
                raise error

    async def _share(self, source: Source, share: Sequence[Offer]) -> None:
        self.done.add(await self.desk.keep(source, share))

    async def _sorted(self, batch: Iterable[Offer]) -> Sequence[tuple[Source, Sequence[Offer]]]:
        """Sort a batch by source; what is nobody's is counted, or becomes its host's."""
        shares: dict[str, tuple[Source, list[Offer]]] = {}
        strange: dict[str, Source] = {}  # seen for the first time
        for offer in batch:
            url = offer.item.url
            source = self.owners.of(url)
            if source is None and self.any_host:
                source = lone_articles(url)
                if source.name not in self.visited:
                    strange[source.name] = source
            if source is None:
                self.done.strange(url)
            elif not source.enabled:
                self.done.off[source.name] += 1
                self.done.step(1)
            else:
                shares.setdefault(source.name, (source, []))[1].append(offer)
        if strange:
            await self.run(self.app.source_store.visit, list(strange.values()), now=self.app.clock.now())
            self.visited.update(strange)
        return list(shares.values())

"""Back-fill: articles from elsewhere are kept, put into stories and matched, a batch at a time.

Their source is held only while a batch is written, and given back as it was: when it is due, what it answered last and
whether it was ever read are no affair of a back-fill, which may take days at a polite pace.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from crawler.backfill import Offer
from crawler.compose import compose
from crawler.documents import Document
from news.article import Article, Item, Kept, Page, not_read
from news.errors import CrawlError, PresswatchError, StorageError
from news.fetch import PASSING, Reason
from news.source import Lease, Source
from news.time import Clock
from scheduler.pacing import HostStore, Pacing, Turns, exchange
from scheduler.writer import Run, Writer

log = logging.getLogger(__name__)
_AGAIN = 1.0  # seconds until a source that another process runs is asked for again
_TRIES = 3600  # times; no run of a source holds back what was read for longer
_MOMENT = 3.0  # seconds that are given to what is under way when the work is stopped
_FAILED = PASSING | {Reason.PARSE_TIMEOUT, Reason.PARSE_CRASH, Reason.PARSE_ERROR, Reason.CRASH}


class PageReader(Protocol):
    """What a back-fill needs from the crawler."""

    async def page(self, url: str, source: Source, /) -> Page:
        """Fetch and read an article's page; raises CrawlError."""
        ...

    async def read(self, document: Document, source: Source, /) -> Page:
        """Read a page that is there already; raises CrawlError."""
        ...


class Knowing(Protocol):
    """What a back-fill needs from the archive."""

    def absent(self, source: str, items: Sequence[Item], /) -> Sequence[Item]:
        """Of items that are to be a source's, those that are neither kept nor expired; each once."""
        ...


class Holding(Protocol):
    """What a back-fill needs from the sources' store."""

    def hold(self, name: str, /, *, owner: str, now: datetime, lease: timedelta) -> Lease | None:
        """Take one source to write to it, due or not; None: it is being run. Raises StorageError where it is off."""
        ...

    def release(self, owner: str, /) -> None:
        """Give back what `owner` holds, due as before."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What became of the articles that were offered for one source."""

    source: str
    offered: int = 0
    known: int = 0  # kept before, or offered twice
    kept: Kept = field(default_factory=Kept)
    refused: Mapping[str, int] = field(default_factory=dict)  # by reason: no articles, or not to be had
    failed: Mapping[str, int] = field(default_factory=dict)  # by reason: another run may bring them

    def __add__(self, more: "Filled") -> "Filled":
        return Filled(
            source=self.source,
            offered=self.offered + more.offered,
            known=self.known + more.known,
            kept=self.kept + more.kept,
            refused=dict(Counter(self.refused) + Counter(more.refused)),
            failed=dict(Counter(self.failed) + Counter(more.failed)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """Keeps what is offered for sources."""

    gather: PageReader
    archive: Knowing
    queue: Holding
    gate: Pacing
    hosts: HostStore
    writer: Writer
    clock: Clock
    run: Run
    owner: str
    lease: timedelta
    busy: Callable[[str], object]  # hears the name of a source that another process holds
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep

    def __post_init__(self) -> None:
        self.gate.share(
            Turns(hosts=self.hosts, run=self.run, clock=self.clock, owner=self.owner, lease=self.lease, ours=())
        )

    async def keep(self, source: Source, offers: Sequence[Offer]) -> Filled:
        """Keep what is new of a batch; known articles are left alone before their pages are asked for.

        Raises StorageError. What cannot be had or read is an outcome. Cancelled, it keeps what was read by then, which
        may have taken minutes, and says what came of that alone.
        """
        fresh = await self._fresh(source, offers)
        await self._exchange()
        read, stopped = await self._read_all(source, fresh)
        if stopped and not read:
            raise asyncio.CancelledError
        articles = [each for each in read if isinstance(each, Article)]
        reasons = Counter(each for each in read if isinstance(each, str))
        kept = Kept()
        try:
            kept = await self._through(source, articles, stopped=stopped) if articles else kept
        except PresswatchError:
            raise
        except Exception:  # a bug must be seen, and must not end what may have taken days
            log.exception("backfill_crashed", extra={"source": source.name})
            reasons[Reason.CRASH] += len(articles)
        await self._exchange()
        return Filled(
            source=source.name,
            offered=len(offers) - len(fresh) + len(read),
            known=len(offers) - len(fresh) + kept.known,
            kept=kept,
            refused={reason: times for reason, times in reasons.items() if reason not in _FAILED},
            failed={reason: times for reason, times in reasons.items() if reason in _FAILED},
        )

    async def _exchange(self) -> None:
        """Before hosts are asked, and after: other processes ask them too."""
        await exchange(self.gate, self.hosts, self.run, owner=self.owner, now=self.clock.now())

    async def _fresh(self, source: Source, offers: Sequence[Offer]) -> Sequence[Offer]:
        documents = {offer.item.url: offer.document for offer in reversed(offers)}
        items = await self.run(self.archive.absent, source.name, [offer.item for offer in offers])
        return [Offer(item=item, document=documents[item.url]) for item in items]

    async def _read_all(self, source: Source, fresh: Sequence[Offer]) -> tuple[Sequence[Article | str], bool]:
        """Make the articles of a batch, and say whether that was cancelled before all were made."""
        tasks = [asyncio.create_task(self._one(source, each)) for each in fresh]
        stopped = False
        try:
            if tasks:
                await asyncio.wait(tasks)
        except asyncio.CancelledError:
            stopped = True
            await asyncio.wait(tasks, timeout=_MOMENT)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        return [task.result() for task in tasks if not task.cancelled()], stopped

    async def _one(self, source: Source, offer: Offer) -> Article | str:
        """Make the article of one offer; a bug that it brings to light costs this one alone."""
        try:
            return await self._read(source, offer)
        except Exception:  # as in `keep`
            log.exception("backfill_crashed", extra={"source": source.name, "url": offer.item.url})
            return Reason.CRASH

    async def _read(self, source: Source, offer: Offer) -> Article | str:
        """Make the article, or say the reason why there is none."""
        item, note = offer.item, ""
        page: Page | None = None
        try:
            if offer.document is not None:
                page = await self.gather.read(offer.document, source)
            elif not item.text:
                page = await self.gather.page(item.url, source)
        except CrawlError as error:
            if error.reason in _FAILED or not item.summary:
                return error.reason
            note = not_read(error)
        wanted = source if page or note else replace(source, full_text=False)
        return compose(wanted, item, page, now=self.clock.now(), note=note)

    async def _through(self, source: Source, articles: Sequence[Article], *, stopped: bool) -> Kept:
        """Write a batch to its end even if that is cancelled; whoever stopped the work waits for it, but not long."""
        writing = asyncio.create_task(self._write(source, articles))
        if not stopped:
            try:
                return await asyncio.shield(writing)
            except asyncio.CancelledError:
                pass
        await asyncio.wait([writing], timeout=_MOMENT)
        writing.cancel()
        return await writing

    async def _write(self, source: Source, articles: Sequence[Article]) -> Kept:
        """Write a batch as the backlog of its source, which is not due and not read any more or less for it."""
        owner = f"{self.owner}:{source.name}"  # its own, so that no other's lease is given back with it
        try:
            lease = await self._claimed(source.name, owner)
            newest_first = list(reversed(articles))  # as the archive is given them; ids rise with the offers
            return await self.writer.write(replace(lease, first_look=True), newest_first, None)
        finally:
            await self.run(self.queue.release, owner)

    async def _claimed(self, name: str, owner: str) -> Lease:
        for _ in range(_TRIES):
            lease = await self.run(self.queue.hold, name, owner=owner, now=self.clock.now(), lease=self.lease)
            if lease is not None:
                return lease
            self.busy(name)
            await self.sleep(_AGAIN)
        raise StorageError(
            f"another process has held {name!r} for {_TRIES * _AGAIN / 60:.0f} minutes: the last articles were not"
            " kept; stop that process, or give the same command again later"
        )

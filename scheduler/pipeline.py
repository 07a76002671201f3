"""The flow, top to bottom: ask a source, read what is new, keep, match and owe in one commit."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from crawler.compose import compose
from news.article import Article, Item, Listing, Page, not_read
from news.errors import CrawlError, PresswatchError
from news.fetch import PASSING, Reason
from news.pace import Pace
from news.reread import Reread
from news.source import Gap, Lease, Source, Validators
from news.time import Clock
from scheduler.asking import conditions, doubted, joined
from scheduler.cadence import Rhythm
from scheduler.catchup import GAP_TRIES, Catchup, Comparing, Historian, lies, settled, was_there
from scheduler.ending import Ending
from scheduler.gap import may_have_moved
from scheduler.looking import Looker
from scheduler.report import Report, count, detail
from scheduler.reread import Rereading, Waiting
from scheduler.writer import Run, Writer

log = logging.getLogger(__name__)
_PAGE_TRIES = 3  # runs that ask again for a page that could not be read, while the list's text stands in for it
_UNKEPT = PASSING - {Reason.ROBOT_CHECK}  # a title without more waits for its page; some sites always show a check
_BATCH = 20  # articles kept in one transaction while pages come in


class Gatherer(Historian, Protocol):
    """What the flow needs from the crawler."""

    async def listing(self, source: Source, validators: Validators, /, *, address: str) -> Listing:
        """Ask a source, at an address that is its own or that it moved to; raises CrawlError."""
        ...

    async def page(self, url: str, source: Source, /) -> Page:
        """Read an article's page; raises CrawlError."""
        ...


class Remembering(Comparing, Waiting, Protocol):
    """What the flow needs from the archive, besides looking and writing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """Runs sources, one at a time or many side by side."""

    gather: Gatherer
    archive: Remembering
    looker: Looker
    writer: Writer
    clock: Clock
    chance: Callable[[], float]
    run: Run  # runs a storage call in its thread
    rhythm: Rhythm
    paces: Callable[[], Sequence[Pace]]  # what was learnt of hosts and is to be told with a run's end
    max_pages: int = 200
    full_text: bool = True
    reread: bool = True  # False: what waits to be read again goes on waiting

    async def source(self, lease: Lease) -> Report:
        """Run one source from asking to owing; a source that fails is an outcome, not an exception.

        Raises StorageError and LeaseLostError: then nothing can be written about it either.
        """
        try:
            return await self._run(lease)
        except PresswatchError:
            raise
        except Exception as error:  # the outermost boundary of a run: a bug must be seen, and must not hammer a source
            log.exception("run_crashed", extra={"source": lease.source.name})
            return await self._failed(lease, CrawlError(Reason.CRASH, f"a bug in presswatch: {type(error).__name__}"))

    async def quarantine(self, lease: Lease) -> Report:
        """Settle a source whose runs ended the process, again and again, without asking it."""
        detail = f"its last {lease.attempts - 1} runs never came to an end; asked again later"
        return await self._failed(lease, CrawlError(Reason.QUARANTINE, detail))

    async def _run(self, lease: Lease) -> Report:
        started = self.clock.monotonic()
        try:
            asked_with = conditions(lease, self.clock.now())
            listing = await self.gather.listing(lease.source, asked_with, address=lease.address)
        except CrawlError as error:
            return await self._failed(lease, error, self.clock.monotonic() - started)
        fresh = await self.looker.unknown(lease, listing.items)
        if may_have_moved(lease, listing, len(fresh)):
            lease, listing = await self._catchup().notice(lease, listing)
        if not fresh:
            return await self._look_back(lease, listing, _report(lease, listing), room=self.max_pages)
        return await self._keep(lease, doubted(lease, listing), fresh)

    def _catchup(self) -> Catchup:
        return Catchup(gather=self.gather, archive=self.archive, clock=self.clock, run=self.run)

    def _reads_pages(self, lease: Lease) -> bool:
        return self.full_text and lease.source.full_text

    async def _look_back(self, lease: Lease, listing: Listing, report: Report, *, room: int) -> Report:
        """End a run whose news are kept, after what its list dropped before, and corrections of earlier articles."""
        done: Sequence[Reread] = ()
        gap, pages = lease.open_gap, report.pages
        if gap and room and listing.items:
            gap, report = await self._catch_up(lease, gap, listing, report, room=room)
            room = max(0, room - (report.pages - pages))
        if room and self._rereads(lease):
            again = Rereading(
                gather=self.gather, archive=self.archive, writer=self.writer, clock=self.clock, run=self.run
            )
            report, done = await again.after(lease, report, room=room)
        settlement = self._ending().good(lease, listing, report)
        if done or gap is not lease.open_gap:
            settlement = replace(settlement, rereads=done, open_gap=gap)
        await self.writer.write(lease, (), settlement)
        return replace(report, fetch=settlement.fetch)

    async def _catch_up(
        self, lease: Lease, gap: Gap, listing: Listing, report: Report, *, room: int
    ) -> tuple[Gap | None, Report]:
        """Keep what fell into a gap; in the last try by its title, where its page cannot be had."""
        missed = await self._catchup().missed(lease, gap, listing, room=room, pages=self._reads_pages(lease))
        before = report
        for batch in self._batches(missed.items, pages=self._reads_pages(lease)):
            if not lies(before, report):
                report = await self._keep_batch(lease, batch, report, gap=gap)
        return settled(gap, missed, before, report)

    def _rereads(self, lease: Lease) -> bool:
        return self.reread and lease.rereads and self._reads_pages(lease)

    async def _keep(self, lease: Lease, listing: Listing, fresh: Sequence[Item]) -> Report:
        """Keep articles batch by batch; what the page limit puts off stays unknown until the next run."""
        pages, more = self._reads_pages(lease), bool(lease.open_gap) or self._rereads(lease)
        todo = fresh[: self.max_pages] if pages else fresh
        report = replace(_report(lease, listing), left=len(fresh) - len(todo))
        *batches, last = self._batches(todo, pages=pages)
        for batch in batches:
            report = await self._keep_batch(lease, batch, report)
        report = await self._keep_batch(lease, last, report, None if more else listing)
        if more:
            return await self._look_back(lease, listing, report, room=max(0, self.max_pages - len(todo)))
        return replace(report, fetch=replace(report.fetch, new=report.kept.new, detail=detail(report)))

    def _batches(self, todo: Sequence[Item], *, pages: bool) -> Iterator[Sequence[Item]]:
        """Part items, newest first, so that the oldest are kept first and ids rise with the news."""
        size = _BATCH if pages else max(1, len(todo))
        for start in reversed(range(0, len(todo), size)):
            yield todo[start : start + size]

    async def _keep_batch(
        self, lease: Lease, batch: Sequence[Item], report: Report, ends: Listing | None = None, gap: Gap | None = None
    ) -> Report:
        """Read and keep a batch; `ends`: the list whose run ends with it; `gap`: what it fell into, as it is said."""
        read = await self._read(lease, batch, bare=gap is not None and gap.tries + 1 >= GAP_TRIES)
        report = _with_pages(report, read)
        articles = [each.article for each in read if each.article]
        if gap and (old := [each for each in articles if was_there(each, gap)]):
            kept = await self.writer.write(replace(lease, first_look=True), old, None)  # no news to anybody
            report = replace(report, kept=report.kept + kept, old=report.old + len(old))
            articles = [each for each in articles if each not in old]
        settlement = self._ending().good(lease, ends, report, len(articles)) if ends else None
        kept = await self.writer.write(lease, articles, settlement)
        return replace(report, kept=report.kept + kept)

    async def _read(self, lease: Lease, items: Sequence[Item], *, bare: bool) -> Sequence["_Read"]:
        if self._reads_pages(lease):
            return await asyncio.gather(*(self._page(lease.source, item, bare=bare) for item in items))
        now = self.clock.now()
        return [_Read(article=compose(lease.source, item, None, now=now)) for item in items]

    async def _page(self, source: Source, item: Item, *, bare: bool) -> "_Read":
        """The item with its page's text, or with its own where the page cannot be had."""
        if not item.own_link:  # the page there is not this item's
            return _Read(article=compose(source, item, None, now=self.clock.now()))
        try:
            found = await self.gather.page(item.url, source)
        except CrawlError as error:
            if error.reason in _UNKEPT and not (item.text or item.summary or bare):
                return _Read(reason=error.reason)  # nothing to keep yet: stays unknown, so that the next run asks again
            note = not_read(error)
            again = error.reason in PASSING and item.tries < _PAGE_TRIES and item.listed != 0
            if again:
                item = replace(item, listed=-(item.tries + 1))  # unlike any hash: the next run finds it changed
            article = compose(source, item, None, now=self.clock.now(), note=note)
            return _Read(article=article, reason=error.reason, again=again)
        return _Read(article=compose(source, item, found, now=self.clock.now()), page=True)

    async def _failed(self, lease: Lease, error: CrawlError, seconds: float = 0.0) -> Report:
        settlement = self._ending().failed(lease, error, seconds)
        await self.writer.write(lease, (), settlement)
        return Report(source=lease.source.name, fetch=settlement.fetch)

    def _ending(self) -> Ending:
        return Ending(now=self.clock.now(), chance=self.chance(), rhythm=self.rhythm, paces=self.paces())


def _report(lease: Lease, listing: Listing) -> Report:
    fetch = listing.fetch
    if lease.failures:
        back = f"answers again after {count(lease.failures, 'failure')}"
        fetch = replace(fetch, detail=joined(back, fetch.detail))
    return Report(source=lease.source.name, fetch=fetch, surplus=listing.surplus)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    article: Article | None = None  # None: nothing to keep yet
    reason: str = ""  # why the page could not be had
    page: bool = False
    again: bool = False  # kept with the list's text for now; the page is asked for again in the next run


def _with_pages(report: Report, read: Sequence[_Read]) -> Report:
    return replace(
        report,
        pages=report.pages + sum(each.page for each in read),
        unread=(*report.unread, *(each.reason for each in read if each.reason)),
        missed=report.missed + sum(each.article is None for each in read),
        again=report.again + sum(each.again for each in read),
    )

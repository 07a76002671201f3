"""The flow, top to bottom: ask a source, read what is new, keep, match and owe in one commit."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

import structlog

from crawler.compose import compose
from news.article import Article, Item, Listing, Page
from news.errors import CrawlError, PresswatchError
from news.fetch import PASSING, Fetch, Outcome, Reason
from news.source import Lease, Settlement, Source, Validators
from news.time import Clock
from scheduler.cadence import Rhythm, adapt, back_off, due_after
from scheduler.catchup import Catchup, Comparing, Historian
from scheduler.gap import may_have_moved
from scheduler.report import Report, count, reasons
from scheduler.writer import Run, Writer

log = structlog.get_logger()
_PAGE_TRIES = 3  # runs that ask again for a page that could not be read, while the list's text stands in for it
_BATCH = 20  # articles kept in one transaction while pages come in
_LONGEST_RETRY_AFTER = timedelta(hours=24)


class Gatherer(Historian, Protocol):
    """What the flow needs from the crawler."""

    async def listing(self, source: Source, validators: Validators, /) -> Listing:
        """Ask a source; raises CrawlError."""
        ...

    async def page(self, url: str, source: Source, /) -> Page:
        """Read an article's page; raises CrawlError."""
        ...


class Remembering(Comparing, Protocol):
    """What the flow needs from the archive."""

    def unknown(self, lease: Lease, items: Sequence[Item], /) -> Sequence[Item]:
        """Of a source's items, those that are not kept yet, or listed otherwise than before."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """Runs sources, one at a time or many side by side."""

    gather: Gatherer
    archive: Remembering
    writer: Writer
    clock: Clock
    chance: Callable[[], float]
    run: Run  # runs a storage call in its thread
    rhythm: Rhythm
    max_pages: int = 200
    full_text: bool = True

    async def source(self, lease: Lease) -> Report:
        """Run one source from asking to owing; a source that fails is an outcome, not an exception.

        Raises StorageError and LeaseLostError: then nothing can be written about it either.
        """
        try:
            return await self._run(lease)
        except PresswatchError:
            raise
        except Exception as error:  # the outermost boundary of a run: a bug must be seen, and must not hammer a source
            log.exception("run_crashed", source=lease.source.name)
            return await self._failed(lease, CrawlError(Reason.CRASH, f"a bug in presswatch: {type(error).__name__}"))

    async def quarantine(self, lease: Lease) -> Report:
        """Settle a source whose runs ended the process, again and again, without asking it."""
        detail = f"its last {lease.attempts - 1} runs never came to an end; asked again later"
        return await self._failed(lease, CrawlError(Reason.QUARANTINE, detail))

    async def _run(self, lease: Lease) -> Report:
        started = self.clock.monotonic()
        try:
            listing = await self.gather.listing(lease.source, lease.validators)
        except CrawlError as error:
            return await self._failed(lease, error, self.clock.monotonic() - started)
        fresh = await self._fresh(lease, listing)
        if may_have_moved(lease, listing, len(fresh)):
            listing, missed = await self._catch_up(lease, listing, len(fresh))
            fresh = [*fresh, *missed]
        if not fresh:
            return await self._nothing_new(lease, listing)
        return await self._keep(lease, listing, fresh)

    async def _fresh(self, lease: Lease, listing: Listing) -> Sequence[Item]:
        return await self.run(self.archive.unknown, lease, listing.items) if listing.items else ()

    async def _catch_up(self, lease: Lease, listing: Listing, fresh: int) -> tuple[Listing, Sequence[Item]]:
        catchup = Catchup(gather=self.gather, archive=self.archive, clock=self.clock, run=self.run)
        pages = self.full_text and lease.source.full_text
        return await catchup.after(lease, listing, room=self.max_pages - fresh, pages=pages)

    async def _nothing_new(self, lease: Lease, listing: Listing) -> Report:
        report = Report(source=lease.source.name, fetch=listing.fetch, surplus=listing.surplus)
        await self.writer.write(lease, (), self._settlement(lease, listing, report))
        return report

    async def _keep(self, lease: Lease, listing: Listing, fresh: Sequence[Item]) -> Report:
        """Keep articles batch by batch; what the page limit puts off stays unknown until the next run."""
        pages = self.full_text and lease.source.full_text
        todo = fresh[: self.max_pages] if pages else fresh
        size = _BATCH if pages else len(todo)
        report = Report(
            source=lease.source.name, fetch=listing.fetch, left=len(fresh) - len(todo), surplus=listing.surplus
        )
        for start in reversed(range(0, len(todo), size)):  # the oldest first, so that ids rise with the news
            batch = todo[start : start + size]
            read = await self._read(lease.source, batch, pages=pages)
            report = _with_pages(report, read)
            articles = [each.article for each in read if each.article]
            settlement = self._settlement(lease, listing, report, len(articles)) if start == 0 else None
            kept = await self.writer.write(lease, articles, settlement)
            report = replace(report, kept=report.kept + kept)
        return replace(report, fetch=replace(report.fetch, new=report.kept.new, detail=_detail(report)))

    async def _read(self, source: Source, items: Sequence[Item], *, pages: bool) -> Sequence["_Read"]:
        if pages:
            return await asyncio.gather(*(self._page(source, item) for item in items))
        now = self.clock.now()
        return [_Read(article=compose(source, item, None, now=now)) for item in items]

    async def _page(self, source: Source, item: Item) -> "_Read":
        """The item with its page's text, or with its own where the page cannot be had."""
        if not item.own_link:  # the page there is not this item's
            return _Read(article=compose(source, item, None, now=self.clock.now()))
        try:
            found = await self.gather.page(item.url, source)
        except CrawlError as error:
            if error.reason in PASSING and not (item.text or item.summary):
                return _Read(reason=error.reason)  # nothing to keep yet: stays unknown, so that the next run asks again
            note = f"page not read: {error.reason}: {error.detail}"
            again = error.reason in PASSING and item.tries < _PAGE_TRIES and item.listed != 0
            if again:
                item = replace(item, listed=-(item.tries + 1))  # unlike any hash: the next run finds it changed
            article = compose(source, item, None, now=self.clock.now(), note=note)
            return _Read(article=article, reason=error.reason, again=again)
        return _Read(article=compose(source, item, found, now=self.clock.now()), page=True)

    def _settlement(self, lease: Lease, listing: Listing, report: Report, last: int = 0) -> Settlement:
        """How a good run ends; validators are kept only when every item is, else the rest would never be seen."""
        now = self.clock.now()
        new = report.kept.new + last
        interval = lease.source.interval or self._adapted(lease, listing, report, new)
        wait = timedelta(0) if report.left else max(interval, listing.not_before or timedelta(0))
        return Settlement(
            fetch=replace(listing.fetch, new=new, detail=_detail(report)),
            validators=None if report.left or report.missed or report.again else listing.validators,
            due_at=due_after(now, wait, chance=self.chance(), rhythm=self.rhythm),
            interval=interval,
            moved_to=listing.moved_to,
            complete=not (report.left or report.missed),
            listed=_listed(listing, report, new),
        )

    def _adapted(self, lease: Lease, listing: Listing, report: Report, new: int) -> timedelta:
        if lease.first_look:
            return self.rhythm.start  # everything is new on a first look; that says nothing of the pace
        if listing.fetch.gap:
            return self.rhythm.shortest
        if report.left or not listing.whole:
            return lease.interval  # the run goes on in the next one, or the list says nothing of what was known
        return adapt(lease.interval, items=len(listing.items), new=new, rhythm=self.rhythm)

    async def _failed(self, lease: Lease, error: CrawlError, seconds: float = 0.0) -> Report:
        now = self.clock.now()
        failures = lease.failures + 1
        wait = back_off(lease.source.interval or lease.interval, failures, rhythm=self.rhythm)
        if error.reason == Reason.GONE:
            wait = max(wait, timedelta(days=7))  # the publisher says that it will not come back; look once a week
        at_least = now + min(error.retry_after or timedelta(0), _LONGEST_RETRY_AFTER)
        fetch = Fetch(
            url=lease.source.url, at=now, outcome=Outcome.FAILED, status=error.status, seconds=seconds,
            reason=error.reason, detail=error.detail,
        )  # fmt: skip
        due_at = max(at_least, due_after(now, wait, chance=self.chance(), rhythm=self.rhythm))
        settlement = Settlement(fetch=fetch, due_at=due_at, interval=lease.interval, failures=failures)
        await self.writer.write(lease, (), settlement)
        return Report(source=lease.source.name, fetch=fetch)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    article: Article | None = None  # None: nothing to keep yet
    reason: str = ""  # why the page could not be had
    page: bool = False
    again: bool = False  # kept with the list's text for now; the page is asked for again in the next run


def _listed(listing: Listing, report: Report, new: int) -> int | None:
    """How many items the next list is held against; 0 where nothing of this one could be kept."""
    if listing.fetch.outcome is Outcome.UNCHANGED or not listing.whole:
        return None
    held = new or len(listing.items) > report.left + report.missed
    return len(listing.items) if held else 0


def _with_pages(report: Report, read: Sequence[_Read]) -> Report:
    return replace(
        report,
        pages=report.pages + sum(each.page for each in read),
        unread=(*report.unread, *(each.reason for each in read if each.reason)),
        missed=report.missed + sum(each.article is None for each in read),
        again=report.again + sum(each.again for each in read),
    )


def _detail(report: Report) -> str:
    """What of a good run an operator should know, in plain words."""
    parts = [report.fetch.detail] if report.fetch.detail else []
    if report.unread:
        parts.append(f"{count(len(report.unread), 'page')} not read: {reasons(report.unread)}")
    if report.left:
        parts.append(f"{count(report.left, 'item')} left for the next run")
    return "; ".join(parts)

"""Reads articles' pages again, an hour and a day after they were first seen, for what a list does not show."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from crawler.compose import compose
from news.article import Article, DateFrom, Item, Kept, Page, Prepared, Stored, TextFrom
from news.errors import CrawlError
from news.fetch import PASSING, Reason
from news.reread import AFTER, Reread, Which
from news.source import Kind, Lease, Source
from news.time import Clock
from scheduler.report import Report, Revisited
from scheduler.writer import Run, Writer

_NOTED = "read again"  # how a note begins that is made once
_A_TEXT = 400  # characters that are worth a comparison
_A_STUB = 1 / 3  # the share that is left of a text cut to a teaser


class PageReader(Protocol):
    """What reading again needs from the crawler."""

    async def page(self, url: str, source: Source, /) -> Page:
        """Read an article's page; raises CrawlError."""
        ...


class Waiting(Protocol):
    """What reading again needs from the archive."""

    def to_reread(self, lease: Lease, /, *, now: datetime, limit: int) -> Sequence[Stored]:
        """Give the articles of a source whose pages are to be read again by now, the longest due first."""
        ...


def dated(prepare: Callable[[Article], Prepared], which: Which, clock: Clock) -> Callable[[Article], Prepared]:
    """Have prepared articles say when their pages are read again."""

    def prepared(article: Article) -> Prepared:
        made = prepare(article)
        return replace(made, reread_at=next_date(clock.now(), clock.now())) if is_wanted(which, made) else made

    return prepared


def is_wanted(which: Which, prepared: Prepared) -> bool:
    """Say whether an article's page is read again: one that gave the text, and is nobody else's."""
    if not prepared.article.own_link or prepared.article.text_from is not TextFrom.PAGE:
        return False
    return which is Which.ALL or (which is Which.MATCHED and bool(prepared.matches))


def next_date(first_seen: datetime, now: datetime) -> datetime | None:
    """Say when an article is read next; None: no more. Dates that passed unused are not made up for."""
    return next((first_seen + wait for wait in AFTER if first_seen + wait > now), None)


def listed_as(stored: Article, source: Source) -> Item:
    """Give an article as its source listed it; what was taken from the page is left to the page."""
    return Item(
        url=stored.url,
        guid=stored.guid,
        title="" if source.kind is Kind.ADDRESSES else stored.title,
        summary=stored.summary,
        authors=stored.authors,
        lang=stored.lang,
        section=stored.section,
        published_at=stored.published_at if stored.date_from is DateFrom.LISTED else None,
    )


def hidden(before: Article, after: Article, tokens: Sequence[str]) -> str:
    """Say what stands where the article stood: a wall, or a stub of it; "": an article."""
    from news.walls import is_wall  # loaded where pages are read

    shorter = len(before.text) >= _A_TEXT and len(after.text) < _A_STUB * len(before.text)
    if after.paywalled and not before.paywalled and len(after.text) < len(before.text):
        return "it went behind a paywall"
    if is_wall(tokens):
        return f"{Reason.LOGIN_WALL}: a page that asks for something else stands in its place"
    return "little of its text is left" if shorter else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Again:
    """What one page came to."""

    reread: Reread
    prepared: Prepared | None = None  # None: nothing changed, or it is no article any more
    unread: bool = False  # could not be had this time
    gone: bool = False  # something else stands there


@dataclass(frozen=True, slots=True, kw_only=True)
class Rereading:
    """Reads again what is due of one source, within its run."""

    gather: PageReader
    archive: Waiting
    writer: Writer
    clock: Clock
    run: Run

    async def after(self, lease: Lease, report: Report, *, room: int) -> tuple[Report, Sequence[Reread]]:
        """Read at most `room` pages again and keep what changed; gives what is to be settled of each."""
        due = await self.run(self.archive.to_reread, lease, now=self.clock.now(), limit=room)
        read = await asyncio.gather(*(self._page(lease.source, each) for each in due))
        changed = [each.prepared.article for each in read if each.prepared]
        kept = await self.writer.write(lease, changed, None) if changed else Kept()
        tally = Revisited(
            pages=len(read),
            revised=kept.revised,
            gone=sum(each.gone for each in read),
            unread=sum(each.unread for each in read),
        )
        told = Kept(alerts=kept.alerts, held=kept.held)
        return replace(report, reread=tally, kept=report.kept + told), [each.reread for each in read]

    async def _page(self, source: Source, stored: Stored) -> _Again:
        before = stored.article
        try:
            page = await self.gather.page(before.url, source)
        except CrawlError as error:
            if error.reason in PASSING:
                return _Again(reread=self._next(stored), unread=True)
            return _Again(reread=self._next(stored, f"{error.reason}: {error.detail}"), gone=True)
        after = compose(source, listed_as(before, source), page, now=self.clock.now())
        if (after.title, after.text) == (before.title, before.text):
            return _Again(reread=self._next(stored))
        prepared = self.writer.prepare(after)
        if found := hidden(before, after, prepared.tokens):
            return _Again(reread=self._next(stored, found), gone=True)
        return _Again(reread=self._next(stored), prepared=prepared)

    def _next(self, stored: Stored, found: str = "") -> Reread:
        now, before = self.clock.now(), stored.article
        note = f"{_NOTED} {now:%Y-%m-%d %H:%M} UTC, the text is the earlier one: {found}" if found else ""
        return Reread(
            article_id=stored.id,
            next_at=next_date(before.first_seen_at, now),
            note="" if _NOTED in before.note else note,
        )

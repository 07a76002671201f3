"""What a list that moved past us had in between: asked of the site's sitemaps, after the list's own news are kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from news.article import Article, Item, Listing, Overlap
from news.errors import CrawlError
from news.fetch import PASSING
from news.source import Gap, Lease, Source
from news.time import Clock
from scheduler.asking import joined
from scheduler.gap import akin, moved_past
from scheduler.report import Report, count
from scheduler.writer import Run

if TYPE_CHECKING:
    from crawler.history import Past

GAP_TRIES = 3  # runs in a row that bring nothing of a gap; then the rest is given up


class Historian(Protocol):
    """What catching up needs from the crawler."""

    async def history(
        self, source: Source, *, since: datetime, until: datetime, limit: int, listed: Iterable[str] = ()
    ) -> "Past":
        """Give what the site's sitemaps date between two moments, newest first; raises CrawlError.

        listed: addresses of the source's own list; what is shaped like them is an article.
        """
        ...


class Comparing(Protocol):
    """What catching up needs from the archive."""

    def overlap(self, lease: Lease, items: Sequence[Item], /) -> Overlap:
        """Say how much of a source's list is known."""
        ...

    def open_gap(self, lease: Lease, gap: Gap, /) -> None:
        """Note what a source's list dropped."""
        ...

    def absent(self, source: str, items: Sequence[Item], /) -> Sequence[Item]:
        """Of items that are to be a source's, those that are neither kept nor expired; each once."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """What fell into a gap, as far as the site's sitemaps say."""

    items: Sequence[Item] = ()  # to be read now, newest first
    over: int = 0  # more of them, over the page limit
    again: bool = False  # True: sitemaps could not be had for a passing reason, and may name more
    said: str = ""  # the same in words


@dataclass(frozen=True, slots=True, kw_only=True)
class Catchup:
    """Finds gaps, and what fell into them."""

    gather: Historian
    archive: Comparing
    clock: Clock
    run: Run

    async def notice(self, lease: Lease, listing: Listing) -> tuple[Lease, Listing]:
        """Give a list, marked where it moved past us, and its lease with what is to be caught up with.

        That is written down at once: when the list's own items are kept, nothing else tells of the gap any more.
        """
        overlap = await self.run(self.archive.overlap, lease, listing.items)
        since = lease.looked_at
        if since is None or not moved_past(lease, listing, overlap, now=self.clock.now()):
            return lease, listing
        gap = Gap(since=min(since, lease.open_gap.since) if lease.open_gap else since)
        await self.run(self.archive.open_gap, lease, gap)
        return replace(lease, open_gap=gap), _marked(listing, since)

    async def missed(self, lease: Lease, gap: Gap, listing: Listing, *, room: int, pages: bool) -> Missed:
        """Ask the site's sitemaps what fell into a gap; gives at most `room` items.

        pages: False where no pages are read; then only items with a title are of use.
        """
        listed = {item.url for item in listing.items}
        try:
            past = await self.gather.history(
                lease.source, since=gap.since, until=self.clock.now() + _AHEAD, limit=_MOST, listed=listed
            )
        except CrawlError as error:
            said = f"the site's sitemaps could not be asked: {error}"
            return Missed(again=error.reason in PASSING, said=said)
        theirs = [each for each in akin(past, lease.source, listing.items) if each.url not in listed]
        theirs = [each for each in theirs if pages or each.title]
        found = await self.run(self.archive.absent, lease.source.name, theirs) if theirs else ()
        taken = found[:room]
        said = joined(_words(len(taken), len(found)), _unseen(past))
        return Missed(items=taken, over=len(found) - len(taken), again=past.passing, said=said)


_MOST = 2000  # addresses of one site between two looks at it
_AHEAD = timedelta(days=1)  # by which a site's clock may be wrong


def was_there(article: Article, gap: Gap) -> bool:
    """Say whether an article was printed before its gap, as its own page is sure: its sitemap dates something else."""
    sure = article.published_at if article.date_from.sure else None
    return sure is not None and sure < gap.since - _AHEAD


def lies(before: Report, after: Report) -> bool:
    """Say whether most of what a sitemap dates into a gap is older: then the rest is not worth its pages."""
    old, read = after.old - before.old, after.kept.new - before.kept.new
    return old >= _FEW and 2 * old > read


_FEW = 5


def settled(gap: Gap, missed: Missed, before: Report, after: Report) -> tuple[Gap | None, Report]:
    """Say what is left of a gap once what was missed is read, None for nothing, and tell it.

    Given up is what brings nothing three times in a row: then the source is watched as before.
    """
    failed = after.missed - before.missed
    left = missed.over + failed
    old = after.old - before.old
    said = joined(missed.said, f"{old} of them are older and no news" if old else "")
    if lies(before, after):
        return None, _told(after, before, said, "the dates of the site's sitemaps are not true: the rest is left alone")
    brought = after.kept.new > before.kept.new
    if not left and not missed.again:
        return None, _told(after, before, said)
    tries = int(bool(failed) or missed.again) if brought else gap.tries + 1
    names = count(left, "missed article") if left else "what was missed"
    if tries >= GAP_TRIES:
        return None, _told(after, before, said, f"{names} given up after {GAP_TRIES} tries")
    open_gap = Gap(since=gap.since, left=left, tries=tries)
    return open_gap, _told(after, before, said, f"{names} left for the next run")


def _told(after: Report, before: Report, *words: str) -> Report:
    """Tell it in the report; pages of a gap that were not had are no items of the list, which all may be kept."""
    fetch = replace(after.fetch, detail=joined(after.fetch.detail, *words))
    return replace(after, fetch=fetch, missed=before.missed)


def _marked(listing: Listing, since: datetime) -> Listing:
    fetch = listing.fetch
    gap = f"a gap: none of its {len(listing.items)} items was known, it moved on since {since:%Y-%m-%d %H:%M} UTC"
    return replace(listing, fetch=replace(fetch, gap=True, detail=joined(fetch.detail, gap)))


def _words(taken: int, found: int) -> str:
    if not found:
        return "the site's sitemaps name nothing that was missed"
    over = f", {found - taken} more are over the page limit" if found > taken else ""
    return f"{count(taken, 'missed article')} found in the site's sitemaps{over}"


def _unseen(past: "Past") -> str:
    """Say what the sitemaps may hold besides."""
    parts = [
        f"{past.surplus} older ones were too many to look at" if past.surplus else "",
        f"{count(past.unread, 'sitemap')} not asked for: too many" if past.unread else "",
        f"{count(len(past.failures), 'sitemap')} could not be read" if past.failures else "",
        _unlike(past.unlike),
        f"{past.undated} addresses without a date left out" if past.undated and not past.items else "",
    ]
    return joined(*parts)


def _unlike(left_out: int) -> str:
    if not left_out:
        return ""
    looks = "address that looks like no article was" if left_out == 1 else "addresses that look like no articles were"
    return f"{left_out} {looks} left out: give the source `links`"

"""What a list that moved past us had in between: asked of the site's sitemaps."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from news.article import Item, Listing, Overlap
from news.errors import CrawlError
from news.source import Lease, Source
from news.time import Clock
from scheduler.asking import joined
from scheduler.gap import akin, moved_past
from scheduler.report import count
from scheduler.writer import Run


class Historian(Protocol):
    """What catching up needs from the crawler."""

    async def history(self, source: Source, *, since: datetime, until: datetime, limit: int) -> Sequence[Item]:
        """Give what the site's sitemaps date between two moments, newest first; raises CrawlError."""
        ...


class Comparing(Protocol):
    """What catching up needs from the archive."""

    def overlap(self, lease: Lease, items: Sequence[Item], /) -> Overlap:
        """Say how much of a source's list is known."""
        ...

    def absent(self, source: str, items: Sequence[Item], /) -> Sequence[Item]:
        """Of items that are to be a source's, those that are neither kept nor expired; each once."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Catchup:
    """Finds gaps, and what fell into them."""

    gather: Historian
    archive: Comparing
    clock: Clock
    run: Run

    async def after(self, lease: Lease, listing: Listing, *, room: int, pages: bool) -> tuple[Listing, Sequence[Item]]:
        """Give a list, marked where it moved past us, and at most `room` items that it does not have any more.

        pages: False where no pages are read; then only items with a title are of use.
        """
        overlap = await self.run(self.archive.overlap, lease, listing.items)
        since = lease.looked_at
        if since is None or not moved_past(lease, listing, overlap, now=self.clock.now()):
            return listing, ()
        try:
            found = await self._missed(lease, listing, since)
        except CrawlError as error:
            return _marked(listing, since, f"the site's sitemaps could not be asked: {error}"), ()
        found = [item for item in found if pages or item.title]
        missed = found[: max(0, room)]
        return _marked(listing, since, _words(len(missed), len(found))), missed

    async def _missed(self, lease: Lease, listing: Listing, since: datetime) -> list[Item]:
        """Give what was published since, looks like this source's, and is not known; newest first."""
        listed = {item.url for item in listing.items}
        until = self.clock.now() + _AHEAD
        found = await self.gather.history(lease.source, since=since, until=until, limit=_MOST)
        theirs = [item for item in akin(found, lease.source, listing.items) if item.url not in listed]
        return list(await self.run(self.archive.absent, lease.source.name, theirs)) if theirs else []


_MOST = 2000  # addresses of one site between two looks at it
_AHEAD = timedelta(days=1)  # by which a site's clock may be wrong


def _marked(listing: Listing, since: datetime, found: str) -> Listing:
    fetch = listing.fetch
    gap = f"a gap: none of its {len(listing.items)} items was known, it moved on since {since:%Y-%m-%d %H:%M} UTC"
    return replace(listing, fetch=replace(fetch, gap=True, detail=joined(fetch.detail, gap, found)))


def _words(taken: int, found: int) -> str:
    if not found:
        return "the site's sitemaps name nothing that was missed"
    over = f", {found - taken} more are over the page limit" if found > taken else ""
    return f"{count(taken, 'missed article')} found in the site's sitemaps{over}"

"""A list that moved past us: between two looks more was published than it holds, and what came between fell out."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from news.article import Item, Listing, Overlap
from news.source import Kind, Lease, Source

if TYPE_CHECKING:
    import re

_BY_AGE = timedelta(days=2)  # a news sitemap holds what is so young; its protocol says so
_NEVER_FULL = 10  # addresses; no sitemap is cut at so few


def may_have_moved(lease: Lease, listing: Listing, fresh: int) -> bool:
    """Say whether it is worth asking how much of a list is known: cheap, and true wherever there is a gap."""
    if lease.first_look or not lease.listed or not listing.whole:
        return False
    return len(listing.items) > 1 and fresh * 2 > len(listing.items)  # some of a list may be its other items' doubles


def moved_past(lease: Lease, listing: Listing, overlap: Overlap, *, now: datetime) -> bool:
    """Say whether a list shares nothing with what we know of its source because it moved on too fast.

    Not so where the list reaches back to before our last look: then it shows what was there and under other names
    (new addresses and GUIDs, another order). The same where its titles are known.
    """
    if overlap.known or overlap.items < 2 or overlap.titles * 2 >= overlap.items:
        return False
    if lease.source.kind is Kind.SITEMAP and _has_room(lease, listing, now):
        return False
    dates = [item.published_at for item in listing.items if item.published_at]
    return not (dates and lease.looked_at and min(dates) <= lease.looked_at)


def _has_room(lease: Lease, listing: Listing, now: datetime) -> bool:
    """Say whether a sitemap lost what it had by age, not by number: it is shorter than it was, or short at all."""
    full = len(listing.items) >= max(lease.listed, _NEVER_FULL)
    return not full and lease.looked_at is not None and now - lease.looked_at < _BY_AGE


def akin(found: Sequence[Item], source: Source, listed: Sequence[Item]) -> list[Item]:
    """Pick, of what a whole site published, what looks like one source's: host, folder and `links` as its articles."""
    hosts = {_host(item.url) for item in listed}
    folder = _common_folder([item.url for item in listed])
    pattern = _compiled(source.links)
    return [
        item
        for item in found
        if _host(item.url) in hosts
        and _folders(item.url)[: len(folder)] == folder
        and (pattern is None or pattern.search(item.url))
    ]


def _compiled(links: str) -> "re.Pattern[str] | None":
    from crawler.sitemaps import compiled  # it loads lxml, and gaps are rare

    return compiled(links)


def _common_folder(urls: Sequence[str]) -> list[str]:
    """Give the folders that all addresses begin with, up to one that is a year, a day or a number."""
    levels = zip(*(_folders(url) for url in urls), strict=False)
    shared = takewhile(lambda names: len(set(names)) == 1, levels)
    return list(takewhile(lambda name: not name.isdigit(), (names[0] for names in shared)))


def _folders(url: str) -> list[str]:
    return urlsplit(url).path.strip("/").split("/")[:-1]


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")

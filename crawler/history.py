"""A walk through a site's sitemaps for what it printed in a span of time: few requests, never all of them."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import overload
from urllib.parse import urljoin, urlsplit

from crawler.discover import USUAL_SITEMAPS
from crawler.past import Child, Dated, Leaf, Place, choose
from crawler.spans import Span
from news.article import Item
from news.errors import CrawlError
from news.fetch import PASSING, Reason

DOCUMENTS = 24  # sitemaps that one look into the past may cost
BYTES = 200 * 1024 * 1024  # and their size in all, unpacked by the transport
_CERTAIN = 2  # lists later than the time, after which those changed later still are left alone
_RECENT = timedelta(days=2)  # what a news sitemap holds

_NOT_THERE = frozenset((Reason.HTTP_4XX, Reason.GONE, Reason.NOT_A_SITEMAP, Reason.ROBOTS))

Read = Callable[[str], Awaitable[tuple[Leaf, int]]]  # fetches and reads a sitemap, and says its size; raises CrawlError


@dataclass(frozen=True, slots=True, kw_only=True)
class Past(Sequence[Item]):
    """What a site's sitemaps list of a span of time, newest first, and what finding it took."""

    items: tuple[Item, ...]
    undated: int = 0  # articles left out because nothing says when they were printed
    unlike: int = 0  # addresses left out because they do not look like articles'
    surplus: int = 0  # articles of the time over the limit, the oldest
    documents: int = 0  # sitemaps asked for
    unread: int = 0  # sitemaps that might have held more, not asked for: there were too many
    failures: tuple[str, ...] = ()  # sitemaps that could not be read, and why
    passing: bool = False  # True: some of them may be read another day

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Item]: ...
    def __getitem__(self, index: int | slice) -> Item | Sequence[Item]:
        return self.items[index]

    def __len__(self) -> int:
        return len(self.items)


@dataclass(slots=True, kw_only=True)
class Walk:
    """A look into a site's past between `wanted.first` and `wanted.last`, and what was met on the way."""

    read: Read
    wanted: Span
    now: datetime
    limit: int
    indexes: int = 0
    met: set[str] = field(default_factory=set)
    found: dict[str, Dated] = field(default_factory=dict)  # by address, the newest first
    undated: int = 0
    unlike: int = 0
    surplus: int = 0
    documents: int = 0
    size: int = 0
    read_well: int = 0
    unread: int = 0
    failures: list[tuple[str, CrawlError]] = field(default_factory=list)

    async def visit(self, places: Iterable[Place]) -> Leaf | None:
        """Read sitemaps and what they lead to; returns the last that lists articles, None where none was read."""
        last, beyond = None, 0
        for place in places:
            if place.url in self.met or self._has_newer(place.span) or (place.by_change and beyond >= _CERTAIN):
                continue
            if self.documents >= DOCUMENTS or self.size >= BYTES:
                self.unread += 1
                continue
            self.met.add(place.url)
            leaf = await self._one(place.url)
            if leaf is not None and leaf.index:
                self.indexes += 1
                leaf = await self.visit(leaf.places)
            beyond += leaf is not None and leaf.earliest is not None and leaf.earliest > self.wanted.last
            last = leaf or last
        return last

    async def _one(self, url: str) -> Leaf | None:
        self.documents += 1
        try:
            leaf, size = await self.read(url)
        except CrawlError as error:
            self.failures.append((url, error))
            return None
        self.size += size
        self.read_well += 1
        self.undated += leaf.undated
        self.unlike += leaf.unlike
        self.unread += leaf.unread
        self._keep(leaf)
        return leaf

    def _keep(self, leaf: Leaf) -> None:
        """Keep the newest of what was found: a site may list more than there is room for."""
        self.surplus += leaf.surplus
        for one in leaf.found:
            self.found.setdefault(one.item.url, one)
        newest = sorted(self.found.values(), key=lambda one: one.at, reverse=True)[: self.limit]
        self.surplus += len(self.found) - len(newest)
        self.found = {one.item.url: one for one in newest}

    def _has_newer(self, span: Span | None) -> bool:
        """Say whether enough was found that is newer than all of a list."""
        if span is None or len(self.found) < self.limit:
            return False
        return min(one.at for one in self.found.values()) > span.last

    def past(self) -> Past:
        """Return what was found."""
        return Past(
            items=tuple(one.item for one in self.found.values()),
            undated=self.undated,
            unlike=self.unlike,
            surplus=self.surplus,
            documents=self.documents,
            unread=self.unread,
            failures=tuple(f"{url}: {error}" for url, error in self.failures),
            passing=any(error.reason in PASSING for _, error in self.failures),
        )


async def walk(way: Walk, start: str, home: str, named: Callable[[], Awaitable[tuple[str, ...]]]) -> Past:
    """Look into a site's past from its own sitemap (`start`, "" for none), those robots.txt names, or the usual places.

    Raises CrawlError where no sitemap can be read.
    """
    if start:
        leaf = await way.visit([Place(url=start)])
        if _is_all(leaf, way.wanted) or (way.found and way.indexes):
            return way.past()
    for place in by_promise(await named(), way.wanted, way.now):
        if _is_all(await way.visit([place]), way.wanted):
            return way.past()
    if not way.read_well:
        await _guess(way, home)
    if way.read_well:
        return way.past()
    if way.failures:
        raise way.failures[0][1]
    raise CrawlError(Reason.NOT_A_SITEMAP, "neither robots.txt nor a usual place leads to a sitemap of the site")


async def _guess(way: Walk, home: str) -> None:
    """Try the usual places until one is a sitemap; that most are not there is no failure."""
    told = len(way.failures)
    for place in by_promise([urljoin(home, path) for path in USUAL_SITEMAPS], way.wanted, way.now):
        if await way.visit([place]) is not None:
            break
    way.failures[told:] = [pair for pair in way.failures[told:] if pair[1].reason not in _NOT_THERE]


def by_promise(urls: Sequence[str], wanted: Span, now: datetime) -> list[Place]:
    """Order a site's sitemaps: those of news come first for the last days and not at all for what is older."""
    places = choose([Child(url=url, changed=None) for url in urls], wanted, now)
    news = [place for place in places if "news" in urlsplit(place.url).path.lower()]
    others = [place for place in places if place not in news]
    if wanted.first >= now - _RECENT:
        return news + others
    return others or news


def _is_all(leaf: Leaf | None, wanted: Span) -> bool:
    """Say whether a news sitemap reaches back beyond the time: it holds every article of its days."""
    return leaf is not None and leaf.news and leaf.earliest is not None and leaf.earliest <= wanted.first

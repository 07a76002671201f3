"""What an address that somebody typed is: a feed, a sitemap, a page that lists articles, a site, or one article."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from crawler.documents import Document
from crawler.kinds import Sight, kind_named
from crawler.nature import unpacked
from news.errors import CrawlError
from news.fetch import Reason
from news.source import Kind

WELL_KNOWN = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml")
USUAL_SITEMAPS = ("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_news.xml", "/sitemap.xml", "/sitemap_index.xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What an address is, and the address to use for it."""

    url: str
    kind: Kind | None  # None: the page of a single article
    title: str = ""
    how: str = ""  # for the user: "a feed", "named by the page", …


def look(document: Document) -> Sight:
    """Say what a document is; runs in a parsing child. Raises CrawlError for what is of no kind."""
    whole = unpacked(document)
    sights = (kind_named(kind).look(whole) for kind in Kind)
    found = next((sight for sight in sights if sight is not None), None)
    if found is None:
        raise CrawlError(Reason.NOT_A_FEED, "of no kind that we know")
    return found


See = Callable[[str], Awaitable[Sight]]


async def discover(url: str, see: See, sitemaps: Callable[[str], Awaitable[tuple[str, ...]]]) -> Found:
    """Find the source behind an address; `see` fetches a document and looks at it, `sitemaps` asks a site's robots.txt.

    A page that is no article is a site or a section: the feed it names is used, else one at a usual place, else a
    news sitemap, else itself, else any sitemap. Raises CrawlError.
    """
    sight = await see(url)
    if sight.article:
        return Found(url=sight.url, kind=None, title=sight.title, how="the page of one article")
    if sight.kind is not None and sight.kind is not Kind.SECTION:
        return Found(url=sight.url, kind=sight.kind, title=sight.title, how=kind_named(sight.kind).NAME)
    for place, how in _places(sight):
        feed = await _seen(place, see)
        if feed is not None and feed.kind is Kind.FEED and feed.entries:
            return Found(url=feed.url, kind=Kind.FEED, title=feed.title or sight.title, how=how)
    found = await _by_sitemap(sight, see, sitemaps)
    if found is not None and (found.news or sight.kind is not Kind.SECTION):
        return Found(url=found.url, kind=Kind.SITEMAP, title=sight.title, how="the site's sitemap")
    if sight.kind is Kind.SECTION:
        return Found(url=sight.url, kind=Kind.SECTION, title=sight.title, how=f"lists {sight.entries} articles")
    raise CrawlError(Reason.NOT_A_FEED, "neither a feed nor a page that lists articles, and none was found nearby")


async def _by_sitemap(sight: Sight, see: See, sitemaps: Callable[[str], Awaitable[tuple[str, ...]]]) -> Sight | None:
    """Return a site's news sitemap, else its first sitemap; None where it has none, or for a page inside a site."""
    if urlsplit(sight.url).path.strip("/"):
        return None
    named = sorted(await sitemaps(sight.url), key=lambda place: "news" not in place.lower())[:4]
    first: Sight | None = None
    for place in dict.fromkeys((*named, *(urljoin(sight.url, path) for path in USUAL_SITEMAPS))):
        seen = await _seen(place, see)
        if seen is None or seen.kind is not Kind.SITEMAP:
            continue
        if seen.news:
            return seen
        first = first or seen
    return first


def _places(sight: Sight) -> Iterator[tuple[str, str]]:
    for feed in sight.feeds[:4]:
        yield feed, "a feed that the page names"
    if not urlsplit(sight.url).path.strip("/"):
        for path in WELL_KNOWN:
            yield urljoin(sight.url, path), "a feed at a usual place"


async def _seen(url: str, see: See) -> Sight | None:
    try:
        return await see(url)
    except CrawlError:
        return None

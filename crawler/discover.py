"""What an address that somebody typed is: a feed, a sitemap, a page that lists articles, a site, or one article."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from crawler.documents import Document
from news.errors import CrawlError
from news.fetch import Reason
from news.source import Kind

if TYPE_CHECKING:
    from lxml.html import HtmlElement

WELL_KNOWN = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml")
USUAL_SITEMAPS = ("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_news.xml", "/sitemap.xml", "/sitemap_index.xml")
_A_LIST = 3  # links to articles that make a page a list of them
_A_STORY = 500  # characters of running text for each link to an article that make a page an article of its own
_ARTICLE_KINDS = ("article", "newsarticle", "reportagenewsarticle", "blogposting")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What an address is, and the address to use for it."""

    url: str
    kind: Kind | None  # None: the page of a single article
    title: str = ""
    how: str = ""  # for the user: "a feed", "named by the page", …


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What one document turned out to be."""

    url: str
    kind: Kind | None  # None: an article, or a page of no use, as `article` says
    article: bool = False
    title: str = ""
    feeds: tuple[str, ...] = ()  # addresses that the page names, comments last
    entries: int = 0  # articles it lists
    news: bool = False  # a news sitemap, with titles and dates


def look(document: Document) -> Sight:
    """Say what a document is; runs in a parsing child. Raises CrawlError for what is none of these."""
    head = document.body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<urlset" in head or b"<sitemapindex" in head or head.startswith(b"\x1f\x8b"):
        return Sight(url=document.url, kind=Kind.SITEMAP, news=b"schemas/sitemap-news" in document.body)
    try:
        return _look_at_feed(document)
    except CrawlError as error:
        if error.reason != Reason.NOT_A_FEED:
            raise
    return _look_at_page(document)


def _look_at_feed(document: Document) -> Sight:
    from crawler.feeds import read_feed

    reading = read_feed(document)
    return Sight(url=document.url, kind=Kind.FEED, title=reading.title, entries=len(reading.items))


def _look_at_page(document: Document) -> Sight:
    from crawler.facts import read_facts
    from crawler.markup import read_markup
    from crawler.pages import read_section

    markup = read_markup(document)
    facts = read_facts(markup, document.url, document.now)
    section = read_section(document)
    inner = bool(urlsplit(document.url).path.strip("/"))
    said = facts.kind in _ARTICLE_KINDS or facts.kind.endswith("article")
    article = inner and (said or _prose(markup) >= _A_STORY * max(1, len(section.items)))
    ordered = sorted(dict.fromkeys(url for title, url in facts.feeds if url), key=lambda url: "comment" in url.lower())
    return Sight(
        url=document.url,
        kind=Kind.SECTION if not article and len(section.items) >= _A_LIST else None,
        article=article,
        title=facts.title or facts.site,
        feeds=tuple(ordered),
        entries=len(section.items),
    )


def _prose(markup: "HtmlElement") -> int:
    """Return how many characters of running text a page has, links left out."""
    return sum(len(text.strip()) for text in markup.xpath("//p//text()[not(ancestor::a)]"))


See = Callable[[str], Awaitable[Sight]]


async def discover(url: str, see: See, sitemaps: Callable[[str], Awaitable[tuple[str, ...]]]) -> Found:
    """Find the source behind an address; `see` fetches a document and looks at it, `sitemaps` asks a site's robots.txt.

    A page that is no article is a site or a section: the feed it names is used, else one at a usual place, else a
    news sitemap, else itself, else any sitemap. Raises CrawlError.
    """
    sight = await see(url)
    if sight.article:
        return Found(url=sight.url, kind=None, title=sight.title, how="the page of one article")
    if sight.kind in {Kind.FEED, Kind.SITEMAP}:
        return Found(url=sight.url, kind=sight.kind, title=sight.title, how=f"a {sight.kind}")
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

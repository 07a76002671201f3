"""Sitemaps, indexes of them, and news sitemaps."""

from crawler.documents import Document, Reading
from crawler.kinds import Manner, Sight
from crawler.nature import Nature, nature
from news.source import Kind

NAME = "a sitemap"
MANNER = Manner(accept="application/xml, text/xml, text/plain;q=0.8, */*;q=0.5")


def read(document: Document) -> Reading:
    """Read a sitemap, or name an index's lists; raises CrawlError NOT_A_SITEMAP."""
    from crawler.sitemaps import read_sitemap

    return read_sitemap(document)


def look(document: Document) -> Sight | None:
    """See a sitemap by its first element."""
    if nature(document) is not Nature.SITEMAP:
        return None
    return Sight(url=document.url, kind=Kind.SITEMAP, news=b"schemas/sitemap-news" in document.body)

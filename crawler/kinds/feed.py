"""Feeds: RSS, Atom, RDF and JSON Feed."""

from crawler.documents import Document, Reading
from crawler.kinds import Manner, Sight
from crawler.nature import Nature, nature
from news.errors import CrawlError
from news.fetch import Reason
from news.source import Kind

NAME = "a feed"
MANNER = Manner(
    accept="application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5",
    delta=True,
)


def read(document: Document) -> Reading:
    """Read a feed; raises CrawlError NOT_A_FEED."""
    from crawler.feeds import read_feed

    return read_feed(document)


def look(document: Document) -> Sight | None:
    """See a feed, in whatever type it is served."""
    if nature(document) not in {Nature.FEED, Nature.XML, Nature.TEXT}:
        return None
    try:
        reading = read(document)
    except CrawlError as error:
        if error.reason != Reason.NOT_A_FEED:
            raise
        return None
    return Sight(url=document.url, kind=Kind.FEED, title=reading.title, entries=len(reading.items))

"""Contender: fundus, full text, as its documentation adds a publisher: a parser by hand, one publisher for each outlet.

python fundus_pages.py DB FEEDS.txt

Its parsers are written for one site each, so this one knows where the newsroom keeps an article. Skips pages it has; no
conditional requests.
"""

import sqlite3
import sys
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from fundus import Crawler, RSSFeed
from fundus.parser import ArticleBody, BaseParser, ParserProxy, attribute
from fundus.parser.utility import extract_article_body_with_selector, generic_date_parsing
from fundus.publishers.base_objects import Publisher, PublisherGroup
from lxml.cssselect import CSSSelector

SCHEMA = "CREATE TABLE IF NOT EXISTS article (url TEXT PRIMARY KEY, title TEXT, published TEXT, text TEXT)"


class NewsroomParser(ParserProxy):
    """Where the newsroom's pages keep what."""

    class V1(BaseParser):
        """The only version there ever was."""

        _paragraphs = CSSSelector("div.story-body > p")

        @attribute
        def body(self) -> ArticleBody | None:
            """Give the paragraphs."""
            return extract_article_body_with_selector(self.precomputed.doc, paragraph_selector=self._paragraphs)

        @attribute
        def title(self) -> str | None:
            """Give the headline."""
            return self.precomputed.meta.get("og:title")

        @attribute
        def publishing_date(self) -> datetime | None:
            """Give the stated time."""
            return generic_date_parsing(self.precomputed.ld.bf_search("datePublished"))


def publishers(feeds: list[str]) -> PublisherGroup:
    """Make a group with a publisher for each feed."""
    found = {f"Outlet{number}": publisher(f"Outlet {number}", feed) for number, feed in enumerate(feeds)}
    return PublisherGroup("Newsroom", (), {"default_language": "en", **found})


def publisher(name: str, feed: str) -> Publisher:
    """Describe one outlet."""
    site = urlsplit(feed)
    return Publisher(name=name, domain=f"{site.scheme}://{site.netloc}", parser=NewsroomParser, sources=[RSSFeed(feed)])


def main(path: str, feeds: str) -> None:
    """One round over all feeds."""
    database = sqlite3.connect(path)
    database.execute(SCHEMA)
    known = {url for (url,) in database.execute("SELECT url FROM article")}
    crawler = Crawler(publishers(Path(feeds).read_text(encoding="utf-8").split()), delay=0.0)
    for article in crawler.crawl(url_filter=lambda url: url in known):
        row = (article.html.requested_url, article.title, str(article.publishing_date), article.plaintext)
        with database:
            database.execute("INSERT OR IGNORE INTO article VALUES (?, ?, ?, ?)", row)
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])

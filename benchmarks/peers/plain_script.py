"""Contender: the script one would write in an afternoon with Scrapy, feedparser and trafilatura, one table in SQLite.

python plain_script.py DB FEEDS.txt [fast]

It reads every feed whole each time, fetches the pages it has not stored, takes their text with trafilatura's defaults
("fast": with its fast option) and commits each article. It has no conditional requests, copies, search, topics, alerts
or leases, parses in its own process, and knows no limits beyond Scrapy's.
"""

import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import feedparser
import scrapy
import trafilatura
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response, TextResponse

SCHEMA = """
CREATE TABLE IF NOT EXISTS article (url TEXT PRIMARY KEY, feed TEXT, title TEXT, published TEXT, text TEXT);
"""
SETTINGS = {
    "ROBOTSTXT_OBEY": True,
    "CONCURRENT_REQUESTS": 16,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
    "DOWNLOAD_DELAY": 0,
    "LOG_LEVEL": "WARNING",
    "TELNETCONSOLE_ENABLED": False,
}


class News(scrapy.Spider):
    """Feeds, then the pages of the articles we do not have."""

    name = "news"

    def __init__(self, database: sqlite3.Connection, feeds: list[str], fast: bool) -> None:
        super().__init__()
        self.database = database
        self.feeds = feeds
        self.fast = fast

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """Ask for every feed."""
        for url in self.feeds:
            yield scrapy.Request(url, callback=self.parse_feed)

    def parse_feed(self, response: Response) -> Iterator[scrapy.Request]:
        """Follow the links that are not stored yet."""
        for entry in feedparser.parse(response.body).entries:
            if not self.database.execute("SELECT 1 FROM article WHERE url = ?", (entry.link,)).fetchone():
                known = {"feed": response.url, "title": entry.get("title"), "published": entry.get("published")}
                yield scrapy.Request(entry.link, callback=self.parse_page, cb_kwargs={"known": known})

    def parse_page(self, response: TextResponse, known: dict[str, Any]) -> None:
        """Store an article with its text."""
        text = trafilatura.extract(response.text, url=response.url, fast=self.fast)
        with self.database:
            self.database.execute(
                "INSERT OR IGNORE INTO article VALUES (?, ?, ?, ?, ?)",
                (response.url, known["feed"], known["title"], known["published"], text),
            )


def main(path: str, feeds: str, speed: str = "") -> None:
    """One round over all feeds."""
    database = sqlite3.connect(path)
    database.executescript(SCHEMA)
    process = CrawlerProcess(SETTINGS)
    process.crawl(News, database=database, feeds=Path(feeds).read_text(encoding="utf-8").split(), fast=speed == "fast")
    process.start()
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Contender: news-please as a library, full text: feedparser for the feeds, `NewsPlease.from_urls` for the pages.

python newsplease_pages.py DB FEEDS.txt

Its crawler looks for feeds on front pages, which the newsroom has none of. Skips pages it has; no conditional requests.
"""

import io
import sqlite3
import sys
from pathlib import Path

import feedparser
import requests
from newsplease import NewsPlease

SCHEMA = "CREATE TABLE IF NOT EXISTS article (url TEXT PRIMARY KEY, title TEXT, published TEXT, text TEXT)"

ASKED = {"timeout": 30}  # without it every article of several comes back empty


def listed(feed: str) -> list[str]:
    """Give the addresses that a feed lists."""
    answer = requests.get(feed, timeout=20)
    return [entry.link for entry in feedparser.parse(io.BytesIO(answer.content)).entries]


def main(path: str, feeds: str) -> None:
    """One round over all feeds."""
    database = sqlite3.connect(path)
    database.execute(SCHEMA)
    known = {url for (url,) in database.execute("SELECT url FROM article")}
    for feed in Path(feeds).read_text(encoding="utf-8").split():
        fresh = [url for url in listed(feed) if url not in known]
        found = NewsPlease.from_urls(fresh, request_args=ASKED, fetch_images=False) if fresh else {}
        rows = [(url, each.title, str(each.date_publish), each.maintext) for url, each in found.items()]
        with database:
            database.executemany("INSERT OR IGNORE INTO article VALUES (?, ?, ?, ?)", rows)
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])

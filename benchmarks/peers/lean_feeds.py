"""Yardstick: the least that keeps a feed's items: requests, feedparser, sqlite3. No retries, limits or history.

python lean_feeds.py DB FEEDS.txt
"""

import io
import sqlite3
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import feedparser
import requests
from requests.adapters import HTTPAdapter

WORKERS = 10
SCHEMA = """
CREATE TABLE IF NOT EXISTS feed (url TEXT PRIMARY KEY, etag TEXT, modified TEXT);
CREATE TABLE IF NOT EXISTS item (url TEXT PRIMARY KEY, feed TEXT, title TEXT, summary TEXT, published TEXT);
"""


def validators(database: sqlite3.Connection, url: str) -> dict[str, str]:
    """What makes the next request conditional."""
    row = database.execute("SELECT etag, modified FROM feed WHERE url = ?", (url,)).fetchone()
    return {"If-None-Match": row[0], "If-Modified-Since": row[1]} if row else {}


def keep(database: sqlite3.Connection, url: str, answer: requests.Response) -> None:
    """Store a feed's items and validators in one transaction."""
    parsed = feedparser.parse(io.BytesIO(answer.content))
    rows = [(e.get("link"), url, e.get("title"), e.get("summary"), e.get("published")) for e in parsed.entries]
    with database:
        database.executemany("INSERT OR IGNORE INTO item VALUES (?, ?, ?, ?, ?)", rows)
        seen = (url, answer.headers.get("ETag"), answer.headers.get("Last-Modified"))
        database.execute("INSERT OR REPLACE INTO feed VALUES (?, ?, ?)", seen)


def answers(database: sqlite3.Connection, urls: list[str]) -> Iterator[tuple[str, requests.Response]]:
    """Ask for every feed, some at a time."""
    with requests.Session() as session, ThreadPoolExecutor(WORKERS) as pool:
        session.mount("http://", HTTPAdapter(pool_maxsize=WORKERS))
        headers = [validators(database, url) for url in urls]
        replies = pool.map(lambda url, sent: session.get(url, headers=sent, timeout=20), urls, headers)
        yield from zip(urls, replies, strict=True)


def main(path: str, feeds: str) -> None:
    """One round over all feeds."""
    database = sqlite3.connect(path)
    database.executescript(SCHEMA)
    for url, answer in answers(database, Path(feeds).read_text(encoding="utf-8").split()):
        if answer.status_code == 200:
            keep(database, url, answer)
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])

"""A worker that keeps batches until it is killed; says so after each commit."""

import os
import sys
from datetime import UTC, datetime, timedelta
from itertools import count

from news.article import Prepared
from storage.articles import Archive
from storage.database import Database
from storage.sources import Sources
from tests.storage.press import match, prepared, settlement, tell_all

BATCH = 10
SOURCES = 3


def batch(start: int, source: str) -> list[Prepared]:
    """Ten articles that match; every second one is a copy of another source's."""
    made = []
    for number in range(start, start + BATCH):
        address = f"https://{source}.example/news/{number}"
        made.append(prepared(number if number % 2 else number + 1_000_000, url=address, guid=address, source=source))
    return [Prepared(article=each.article, tokens=each.tokens, matches=[match()]) for each in made]


def main(url: str) -> None:
    """Keep for ever."""
    database = Database(url)
    archive, queue = Archive(database), Sources(database)
    start = archive.count()
    for number in count(start):
        now = datetime.now(UTC)
        leases = queue.claim(owner=f"worker {os.getpid()}", now=now, lease=timedelta(0), limit=1, due_only=False)
        for lease in leases:
            articles = batch(number * BATCH, lease.source.name)
            archive.keep(lease, articles, settlement(now, due_at=now), now=now, decide=tell_all)
        sys.stdout.write("kept\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])

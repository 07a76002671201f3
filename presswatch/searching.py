"""Search: the index proposes, the matcher that alerts decides."""

from collections.abc import Iterator

from news.article import Stored
from news.errors import Location
from news.topic import Place
from presswatch.app import App


def search(app: App, query: str, *, limit: int) -> Iterator[tuple[Stored, list[Place]]]:
    """Articles that match a query, newest first, with the places that made them match; raises QueryError."""
    from topics.query import parse_query

    at = Location(file="query", line=1, column=1, source_line=query)
    parsed = parse_query(query, lists=app.lists, at=at)
    found = 0
    for stored in app.archive.search(parsed.prefilter(), limit=None):
        places = parsed.matches(parsed.read(stored.article))
        if places is not None:
            yield stored, list(places)
            found += 1
            if found == limit:
                return

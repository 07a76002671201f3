"""Topics that were put to work: what an alert's topic and version meant at its time."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, text

from news.topic import Topic
from storage.clean import clean_line, clean_text
from storage.database import Database
from storage.tables import Moment, topics

_QUERY_BYTES = 100_000


class Topics:
    """The versions of every topic, kept for as long as alerts may speak of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sync(self, wanted: Sequence[Topic], /, *, now: datetime) -> int:
        """Remember the topics' present versions and titles; returns how many versions are new."""
        with self._database.read() as connection:
            known = {(row.name, row.version): row.title for row in connection.execute(select(topics))}
        fresh = [topic for topic in wanted if known.get((topic.name, topic.version)) != clean_line(topic.title)]
        if fresh:
            with self._database.write() as connection:
                connection.execute(_KEEP, [_row(topic, now) for topic in fresh])
        return sum((topic.name, topic.version) not in known for topic in fresh)


def _row(topic: Topic, now: datetime) -> dict[str, object]:
    return {
        "name": topic.name,
        "version": topic.version,
        "query": clean_text(topic.query, _QUERY_BYTES),
        "title": clean_line(topic.title),
        "seen_at": now,
    }


_KEEP = text(
    "INSERT INTO topics (name, version, query, title, seen_at) VALUES (:name, :version, :query, :title, :seen_at)"
    " ON CONFLICT (name, version) DO UPDATE SET title = excluded.title"
).bindparams(bindparam("seen_at", type_=Moment()))

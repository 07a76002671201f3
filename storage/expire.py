"""Retention: old articles go, what an alert cites stays, and nothing that went comes back as new."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select, text

from storage.database import Database, hold_pen
from storage.known import marks
from storage.search import unindex
from storage.tables import alerts, articles, guids, matches, rereads, revisions, sketches, stories, urls

_BATCH = 500  # articles that go in one transaction
_SLICES = 64  # of the sketches' hashes: each is cleared in a transaction of its own


def expire(database: Database, *, before: datetime) -> int:
    """Delete articles first seen before then, unless an alert cites them; their stories go with the last of them."""
    gone = last = 0
    while ids := _old(database, before, last):
        with database.write() as connection:
            hold_pen(connection)
            _bury(connection, ids)
            _delete(connection, ids)
        gone, last = gone + len(ids), ids[-1]
    if gone:
        _clear_sketches(database)
    return gone


def _old(database: Database, before: datetime, last: int) -> list[int]:
    cited = select(alerts.c.id).where(alerts.c.article_id == articles.c.id).exists()
    old = select(articles.c.id).where(articles.c.first_seen_at < before, articles.c.id > last, ~cited)
    with database.read() as connection:
        return list(connection.execute(old.order_by(articles.c.id).limit(_BATCH)).scalars())


def _bury(connection: Connection, ids: Sequence[int]) -> None:
    """Write tombstones: a number for every address and GUID of the articles."""
    keys = connection.execute(select(urls.c.url_key).where(urls.c.article_id.in_(ids))).scalars()
    names = connection.execute(select(guids.c.source_id, guids.c.guid).where(guids.c.article_id.in_(ids)))
    gone = {mark for key in keys for mark in marks(key, 0, "")}
    gone |= {mark for source_id, guid in names for mark in marks("", source_id, guid)}
    if gone:
        connection.execute(_BURY, [{"mark": mark} for mark in sorted(gone)])


_BURY = text("INSERT INTO tombstones (mark) VALUES (:mark) ON CONFLICT DO NOTHING")


def _delete(connection: Connection, ids: list[int]) -> None:
    told = select(articles.c.story_id).where(articles.c.id.in_(ids)).distinct()
    their_stories = list(connection.execute(told).scalars())
    unindex(connection, ids)
    for table in (matches, urls, guids, revisions, rereads):
        connection.execute(delete(table).where(table.c.article_id.in_(ids)))
    connection.execute(delete(articles).where(articles.c.id.in_(ids)))
    used = select(articles.c.id).where(articles.c.story_id == stories.c.id).exists()
    alerted = select(alerts.c.id).where(alerts.c.story_id == stories.c.id).exists()
    connection.execute(delete(stories).where(stories.c.id.in_(their_stories), ~used, ~alerted))


def _clear_sketches(database: Database) -> None:
    """Delete the sketches of articles that are gone, slice by slice of the key, so that no writer waits for long."""
    step = 2**63 // _SLICES  # hashes have 63 bits
    kept = select(articles.c.id).where(articles.c.id == sketches.c.article_id).exists()
    for start in range(0, 2**63, step):
        slice_ = sketches.c.hash.between(start, start + step - 1)
        with database.write() as connection:
            connection.execute(delete(sketches).where(slice_, ~kept))

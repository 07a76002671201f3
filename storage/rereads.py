"""Which articles' pages are to be read again, and when: rows that go with the last reading."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Exists, Text, bindparam, case, delete, select, update

from news.article import Stored
from news.reread import Reread
from news.source import Lease
from storage.clean import clean_line
from storage.database import Database
from storage.native import Insert, with_times
from storage.rows import article_query, stored_of
from storage.tables import articles, rereads, sources

_LATE = timedelta(days=7)  # a source that was off for so long: what it printed before is old by now


def any_due(now: datetime | ColumnElement[datetime]) -> Exists:
    """Say of a row of `sources` whether an article of it is due: one look into an index."""
    due = select(rereads.c.article_id).where(rereads.c.source_id == sources.c.id, rereads.c.due_at <= now)
    return due.correlate(sources).exists()


def find_due(connection: Connection, lease: Lease, *, now: datetime, limit: int) -> list[Stored]:
    """Give the articles of a source that are to be read again by now, the longest due first."""
    due = (
        article_query(texts=True)
        .join(rereads, rereads.c.article_id == articles.c.id)
        .where(rereads.c.source_id == lease.source_id, rereads.c.due_at <= now)
        .order_by(rereads.c.due_at, rereads.c.article_id)
        .limit(limit)
    )
    return [stored_of(row) for row in connection.execute(due)]


def schedule(connection: Connection, dates: Mapping[int, tuple[int, datetime]]) -> None:
    """Have articles read again: article -> source, time; one that waits already keeps its time."""
    if dates:
        rows = [{"article_id": article, "source_id": source, "due_at": at} for article, (source, at) in dates.items()]
        _SCHEDULE.run(connection, with_times(connection, rows))


_SCHEDULE = Insert("rereads", rereads.c.keys(), also="ON CONFLICT DO NOTHING")


def write_rereads(connection: Connection, done: Iterable[Reread]) -> None:
    """Write when articles are read next, or take them off; add what is to be noted."""
    done = list(done)
    over = [each.article_id for each in done if each.next_at is None]
    later = [{"article": each.article_id, "at": each.next_at} for each in done if each.next_at]
    notes = [{"article": each.article_id, "words": clean_line(each.note)} for each in done if each.note]
    if over:
        connection.execute(delete(rereads).where(rereads.c.article_id.in_(over)))
    if later:
        connection.execute(_LATER, later)
    if notes:
        connection.execute(_NOTE, notes)


_LATER = update(rereads).where(rereads.c.article_id == bindparam("article")).values(due_at=bindparam("at"))
_WORDS = bindparam("words", type_=Text)
_NOTE = (
    update(articles)
    .where(articles.c.id == bindparam("article"))
    .values(note=case((articles.c.note == "", _WORDS), else_=articles.c.note + "; " + _WORDS))
)


def reread_at(database: Database, article: int) -> datetime | None:
    """Say when an article's page is read again at the earliest; None: it is not."""
    with database.read() as connection:
        return connection.execute(select(rereads.c.due_at).where(rereads.c.article_id == article)).scalar()


def trim_rereads(connection: Connection, *, now: datetime) -> int:
    """Take off what should have been read a week ago: its source is switched off, removed or away."""
    return connection.execute(delete(rereads).where(rereads.c.due_at < now - _LATE)).rowcount

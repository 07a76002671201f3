"""An article that its publisher changed: the old text is kept, the new one takes its place; never a second article."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from news.article import Article, TextFrom
from news.topic import Match
from storage.database import Database
from storage.fingerprint import shingles, sketch
from storage.known import Candidate
from storage.neighbours import write_sketches
from storage.rows import places_json
from storage.search import index_again, unindex
from storage.tables import articles, matches, revisions
from storage.worddiff import Change, word_diff

MOST_CHANGES = 24  # of an article that are followed: a list that counts clicks changes with every look


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """An article that says something else now, and the matches that it did not have before."""

    article_id: int
    story_id: int
    candidate: Candidate
    new_matches: Sequence[Match]


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One text of an article; the last is what it says now."""

    number: int
    seen_at: datetime
    title: str
    summary: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What became other from one revision to the next."""

    before: Revision
    after: Revision
    title: Sequence[Change]
    text: Sequence[Change]


def revise(connection: Connection, again: Sequence[tuple[int, Candidate]], *, now: datetime) -> list[Revised]:
    """Write down what changed in articles that were read again, where their own source says so.

    A text with other words makes a revision; other punctuation or markup does not. A page that could not be read this
    time takes nothing away. Writes everything but matches that are new: whoever tells readers writes those.
    """
    last = dict(again)  # the same article twice in a batch: the later reading counts
    stored = {row.id: row for row in _stored(connection, last)} if last else {}
    mine = {number: each for number, each in last.items() if _speaks_for(each, stored.get(number))}
    changed = {number: each for number, each in mine.items() if _says_else(each, stored[number])}
    _note_listed(connection, {number: each for number, each in mine.items() if number not in changed}, stored)
    for number, each in changed.items():
        _write(connection, stored[number], each, now)
    return [
        Revised(
            article_id=number,
            story_id=stored[number].story_id,
            candidate=each,
            new_matches=_match_again(connection, number, each.prepared.matches),
        )
        for number, each in changed.items()
    ]


def _stored(connection: Connection, ids: Iterable[int]) -> Sequence[Row[Any]]:
    columns = [articles.c[name] for name in ("id", "source_id", "story_id", "title", "summary", "text", "tokens")]
    more = [articles.c[name] for name in ("text_from", "listed", "changes", "first_seen_at", "revised_at")]
    return connection.execute(select(*columns, *more).where(articles.c.id.in_(list(ids)))).all()


def _speaks_for(each: Candidate, row: Row[Any] | None) -> bool:
    """Say whether a reading may change an article: its own source's, and of the page where that was read before."""
    if row is None or row.source_id != each.source_id or row.changes >= MOST_CHANGES:
        return False
    return not (each.prepared.article.text_from is TextFrom.SUMMARY and row.text_from != TextFrom.SUMMARY.value)


def _says_else(each: Candidate, row: Row[Any]) -> bool:
    return bool(" ".join(each.prepared.tokens) != row.tokens)


def _note_listed(connection: Connection, same: dict[int, Candidate], stored: dict[int, Row[Any]]) -> None:
    """Remember what the list says now of articles whose text stayed, so that they are not read again for it."""
    rows = [
        {"article": number, "hash": each.prepared.article.listed}
        for number, each in same.items()
        if each.prepared.article.listed not in (0, stored[number].listed)
    ]
    if rows:
        connection.execute(_LISTED, rows)


_LISTED = (
    update(articles)
    .where(articles.c.id == bindparam("article"))
    .values(listed=bindparam("hash"), changes=articles.c.changes + 1)
)


def _write(connection: Connection, row: Row[Any], each: Candidate, now: datetime) -> None:
    number = count_revisions(connection, [row.id]).get(row.id, 0) + 1
    old = {"title": row.title, "summary": row.summary, "text": row.text}
    seen_at = row.revised_at or row.first_seen_at
    connection.execute(insert(revisions).values(article_id=row.id, number=number, seen_at=seen_at, **old))
    unindex(connection, [row.id])
    article, tokens = each.prepared.article, each.prepared.tokens
    values = _now_says(article) | {
        "tokens": " ".join(tokens),
        "body_hash": each.body,
        "listed": article.listed or row.listed,
        "changes": row.changes + 1,
        "revised_at": now,
    }
    connection.execute(update(articles).where(articles.c.id == row.id).values(values))
    index_again(connection, [row.id])
    write_sketches(connection, {row.id: sketch(shingles(tokens))})


def _now_says(article: Article) -> dict[str, Any]:
    return {
        "title": article.title,
        "summary": article.summary,
        "text": article.text,
        "text_from": article.text_from.value,
        "quality": article.quality,
        "paywalled": article.paywalled,
        "note": article.note,
    }


def _match_again(connection: Connection, article: int, found: Sequence[Match]) -> list[Match]:
    """Point the kept matches at the new text, and give those that are new."""
    kept = {
        (row.topic, row.version): row.why
        for row in connection.execute(select(matches).where(matches.c.article_id == article))
    }
    now = {(match.topic, match.version): match for match in found}
    rows = [
        {"a": article, "t": topic, "v": version, **_standing(now.get((topic, version)), why)}
        for (topic, version), why in kept.items()
    ]
    if rows:
        connection.execute(_REMATCH, rows)
    return [match for name, match in now.items() if name not in kept]


def _standing(match: Match | None, why: str) -> dict[str, str]:
    """Give places and reason of a kept match; one that the new text does not meet stays, for it was met once."""
    if match is not None:
        return {"p": places_json(match), "w": match.why}
    return {"p": "[]", "w": why if why.startswith(_ONCE) else f"{_ONCE} {why}"}


_ONCE = "before the article was changed:"
_REMATCH = (
    update(matches)
    .where(
        matches.c.article_id == bindparam("a"),
        matches.c.topic == bindparam("t"),
        matches.c.version == bindparam("v"),
    )
    .values(places=bindparam("p"), why=bindparam("w"))
)


def count_revisions(connection: Connection, ids: Collection[int]) -> dict[int, int]:
    """Give how often each article was changed; those that never were are left out."""
    asked = (
        select(revisions.c.article_id, func.count())
        .where(revisions.c.article_id.in_(list(ids)))
        .group_by(revisions.c.article_id)
    )
    return {article: int(count) for article, count in connection.execute(asked)}


def history(database: Database, article: int) -> list[Revision]:
    """Give every text of an article, the oldest first; none for an article that is not there."""
    with database.read() as connection:
        old = connection.execute(
            select(revisions).where(revisions.c.article_id == article).order_by(revisions.c.number)
        ).all()
        current = connection.execute(_CURRENT.where(articles.c.id == article)).first()
    if current is None:
        return []
    rows = [(row.number, row.seen_at, row) for row in old]
    rows.append((len(old) + 1, current.revised_at or current.first_seen_at, current))
    return [
        Revision(number=number, seen_at=seen_at, title=row.title, summary=row.summary, text=row.text)
        for number, seen_at, row in rows
    ]


_CURRENT = select(
    articles.c.title, articles.c.summary, articles.c.text, articles.c.first_seen_at, articles.c.revised_at
)


def compare_revisions(before: Revision, after: Revision) -> Changed:
    """Give what changed, word by word."""
    return Changed(
        before=before,
        after=after,
        title=word_diff(before.title, after.title),
        text=word_diff(before.text or before.summary, after.text or after.summary),
    )

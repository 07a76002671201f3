"""Alerts read back whole: match, article, story as it stands now, and its copies."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from news.alert import Alert, Decision, Verdict
from news.article import Article
from news.story import Story
from storage.rows import article_of, article_query, chunks, load_stories, match_of
from storage.tables import alerts, articles, matches, topics

_COPIES = 20


def load_alerts(connection: Connection, ids: Iterable[int]) -> dict[int, Alert]:
    """Give alerts by their ids, in a handful of queries however many they are."""
    rows = [
        row
        for part in chunks(sorted(set(ids)), 500)
        for row in connection.execute(_ALERTS.where(alerts.c.id.in_(part)))
    ]
    stories = load_stories(connection, (row.story_id for row in rows))
    raising = _articles(connection, {row.article_id for row in rows})
    copies = _copies(connection, stories)
    return {
        row.id: _alert(row, raising[row.article_id], stories[row.story_id], copies.get(row.story_id, ()))
        for row in rows
    }


_ALERTS = (
    select(alerts, matches.c.places, matches.c.why, topics.c.title)
    .join(
        matches,
        and_(
            matches.c.article_id == alerts.c.article_id,
            matches.c.topic == alerts.c.topic,
            matches.c.version == alerts.c.version,
        ),
    )
    .outerjoin(topics, and_(topics.c.name == alerts.c.topic, topics.c.version == alerts.c.version))
)


def _articles(connection: Connection, ids: Iterable[int]) -> dict[int, Article]:
    found = {}
    for part in chunks(ids):
        for row in connection.execute(article_query(texts=True).where(articles.c.id.in_(part))):
            found[row.id] = article_of(row)
    return found


def _copies(connection: Connection, stories: Iterable[int]) -> dict[int, list[Article]]:
    """Give the first articles of each story, in order of arrival, without their texts."""
    found: dict[int, list[Article]] = {}
    for part in chunks(stories):
        place = func.row_number().over(partition_by=articles.c.story_id, order_by=articles.c.id).label("place")
        first = select(articles.c.id, place).where(articles.c.story_id.in_(part)).subquery()
        asked = article_query(texts=False).join(first, first.c.id == articles.c.id).where(first.c.place <= _COPIES)
        for row in connection.execute(asked.order_by(articles.c.id)):
            found.setdefault(row.story_id, []).append(article_of(row))
    return found


def _alert(row: Row[Any], article: Article, story: Story, copies: Sequence[Article]) -> Alert:
    decision = Decision(verdict=Verdict(row.verdict), reason=row.reason, channels=tuple(json.loads(row.channels)))
    return Alert(
        id=row.id,
        topic=row.topic,
        topic_title=row.title or row.topic,
        match=match_of(row.topic, row.version, row.places, row.why),
        article=article,
        story=story,
        copies=copies,
        decision=decision,
        created_at=row.created_at,
    )

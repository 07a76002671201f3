"""Stories read, explained, and put right by hand."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from news.article import Stored
from news.errors import StorageError
from news.story import Joined, Story
from storage.rows import article_query, load_stories, next_ids, stored_of
from storage.tables import alerts, articles, stories


def find_story(connection: Connection, story: int) -> Story | None:
    """Give a story as it stands now; None: there is none of this number."""
    return load_stories(connection, [story]).get(story)


def latest_stories(connection: Connection, since: datetime, limit: int = 50, *, outlets: int = 1) -> list[Story]:
    """Give the stories that began or grew since a moment and ran in so many outlets, the youngest first."""
    wanted = select(stories.c.id).where(stories.c.last_seen_at >= since, stories.c.articles >= outlets)
    if outlets > 1:
        many = func.count(articles.c.source_id.distinct()) >= outlets
        wanted = wanted.join(articles, articles.c.story_id == stories.c.id).group_by(stories.c.id).having(many)
    wanted = wanted.order_by(stories.c.id.desc()).limit(limit)
    found = load_stories(connection, connection.execute(wanted).scalars())
    return sorted(found.values(), key=lambda story: -story.id)


def explain_story(connection: Connection, story: int, *, texts: bool = False) -> list[tuple[Stored, Joined]]:
    """Give a story's articles in order of arrival, each with why it stands there."""
    asked = article_query(texts=texts).where(articles.c.story_id == story).order_by(articles.c.id)
    return [
        (stored_of(row), Joined(layer=row.joined_layer, figure=row.joined_figure, with_article=row.joined_with))
        for row in connection.execute(asked)
    ]


def split(connection: Connection, story: int, members: Collection[int]) -> int:
    """Move articles out of a story into one of their own; gives its number.

    What was told stays told under the old story. Raises StorageError where the articles are not some, but not all, of
    the story's.
    """
    standing = set(connection.execute(select(articles.c.id).where(articles.c.story_id == story)).scalars())
    leaving = set(members)
    if not leaving or not leaving < standing:
        raise StorageError(
            f"story {story} can be split by naming some of its {len(standing)} articles, not all or others"
        )
    first = connection.execute(select(articles.c.title).where(articles.c.id == min(leaving))).scalar_one()
    number = next_ids(connection, "stories", 1)[0]
    span = _span(connection, leaving)
    connection.execute(insert(stories).values(id=number, title=first, articles=len(leaving), **span))
    _move(connection, leaving, number)
    connection.execute(update(stories).where(stories.c.id == story).values(articles=stories.c.articles - len(leaving)))
    return number


def merge(connection: Connection, story: int, other: int) -> None:
    """Move every article of another story into a story; the other one ends.

    An alert of the other story goes along, unless the story was told for the same topic: then it stays where it is, and
    the emptied story with it. Raises StorageError where one of them is not there, or both are one.
    """
    found = load_stories(connection, [story, other])
    if len(found) < 2:
        raise StorageError(f"stories {story} and {other} cannot be merged: both must be there, and be two")
    moving = connection.execute(select(articles.c.id).where(articles.c.story_id == other)).scalars().all()
    _move(connection, moving, story)
    together = {
        "articles": found[story].articles + found[other].articles,
        "first_seen_at": min(found[story].first_seen_at, found[other].first_seen_at),
        "last_seen_at": max(found[story].last_seen_at, found[other].last_seen_at),
    }
    connection.execute(update(stories).where(stories.c.id == story).values(together))
    told = select(alerts.c.topic).where(alerts.c.story_id == story).scalar_subquery()
    connection.execute(
        update(alerts).where(alerts.c.story_id == other, alerts.c.topic.not_in(told)).values(story_id=story)
    )
    if connection.execute(select(func.count()).where(alerts.c.story_id == other)).scalar_one():
        connection.execute(update(stories).where(stories.c.id == other).values(articles=0))
    else:
        connection.execute(delete(stories).where(stories.c.id == other))


def _span(connection: Connection, members: Collection[int]) -> dict[str, datetime]:
    seen = connection.execute(select(articles.c.first_seen_at).where(articles.c.id.in_(members))).scalars().all()
    return {"first_seen_at": min(seen), "last_seen_at": max(seen)}


def _move(connection: Connection, members: Collection[int], story: int) -> None:
    connection.execute(
        update(articles)
        .where(articles.c.id.in_(members))
        .values(story_id=story, joined_layer="hand", joined_figure=1.0, joined_with=0)
    )

"""Articles, stories and matches: records to rows, and rows to records."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Select, literal, select

from news.article import Article, DateFrom, Prepared, Stored, TextFrom
from news.story import Joined, Story
from news.topic import Match, Place
from storage.native import Native
from storage.tables import articles, sources, stories

T = TypeVar("T")
_CHUNK = 5_000  # parameters of one statement; SQLite takes 32,766, PostgreSQL 65,535


def chunks(values: Iterable[T], size: int = _CHUNK) -> Iterator[list[T]]:
    """Give the values in lists that fit one statement."""
    rest = iter(values)
    while part := list(islice(rest, size)):
        yield part


def next_ids(connection: Connection, table: str, count: int) -> list[int]:
    """Reserve ids that rise with the order of arrival; whoever calls this holds the pen."""
    if connection.dialect.name == "sqlite":
        last = max((seq for (seq,) in _NEXT_IDS.run(connection, {"name": table})), default=0)
        return list(range(last + 1, last + count + 1))
    return [number for (number,) in _NEXT_IDS.run(connection, {"name": table, "count": count})]


_NEXT_IDS = Native(
    sqlite="SELECT seq FROM sqlite_sequence WHERE name = :name",  # the last that was given
    postgresql="SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)",
)


def article_row(prepared: Prepared, *, body_hash: str, tokens: str) -> dict[str, Any]:
    """Give the columns that an article brings along."""
    article = prepared.article
    return {
        "url": article.url,
        "guid": article.guid,
        "title": article.title,
        "authors": json.dumps(article.authors, ensure_ascii=False) if article.authors else "[]",
        "lang": article.lang,
        "section": article.section,
        "group": article.group,
        "published_at": article.published_at,
        "first_seen_at": article.first_seen_at,
        "date_from": article.date_from.value,
        "text_from": article.text_from.value,
        "quality": article.quality,
        "paywalled": article.paywalled,
        "note": article.note,
        "body_hash": body_hash,
        "listed": article.listed,
        "summary": article.summary,
        "text": article.text,
        "tokens": tokens,
    }


def joined_row(story_id: int, joined: Joined) -> dict[str, Any]:
    """Give the columns that say why an article stands in its story."""
    return {
        "story_id": story_id,
        "joined_layer": joined.layer,
        "joined_figure": joined.figure,
        "joined_with": joined.with_article,
    }


_HEAD = [column for column in articles.c if column.name not in ("summary", "text", "tokens", "body_hash")]
_TEXTS = (articles.c.summary, articles.c.text)
_NO_TEXTS = (literal("").label("summary"), literal("").label("text"))


def article_query(*, texts: bool) -> Select[Any]:
    """Ask for articles with the names of their sources; without texts a row is read in a tenth of the time."""
    columns = [*_HEAD, sources.c.name.label("source"), *(_TEXTS if texts else _NO_TEXTS)]
    return select(*columns).join(sources, sources.c.id == articles.c.source_id)


def article_of(row: Row[Any]) -> Article:
    """Give the article of a row of `article_query`; its other addresses are not given back."""
    return Article(
        url=row.url,
        title=row.title,
        text=row.text,
        summary=row.summary,
        source=row.source,
        group=row.group,
        guid=row.guid,
        authors=tuple(json.loads(row.authors)),
        lang=row.lang,
        section=row.section,
        published_at=row.published_at,
        first_seen_at=row.first_seen_at,
        text_from=TextFrom(row.text_from),
        date_from=DateFrom(row.date_from),
        quality=row.quality,
        paywalled=row.paywalled,
        note=row.note,
    )


def stored_of(row: Row[Any]) -> Stored:
    """Give the stored article of a row of `article_query`."""
    joined = Joined(layer=row.joined_layer, figure=row.joined_figure, with_article=row.joined_with)
    return Stored(id=row.id, article=article_of(row), story_id=row.story_id, joined=joined)


def load_stories(connection: Connection, ids: Iterable[int]) -> dict[int, Story]:
    """Give stories as they stand now; outlets and languages are those of the articles still kept."""
    found: dict[int, Story] = {}
    for part in chunks(sorted(set(ids))):
        members: dict[int, list[tuple[str, str]]] = {}
        asked = (
            select(articles.c.story_id, sources.c.name, articles.c.lang)
            .join(sources, sources.c.id == articles.c.source_id)
            .where(articles.c.story_id.in_(part))
            .order_by(articles.c.id)
        )
        for story, outlet, lang in connection.execute(asked):
            members.setdefault(story, []).append((outlet, lang))
        for row in connection.execute(select(stories).where(stories.c.id.in_(part))):
            found[row.id] = _story(row, members.get(row.id, []))
    return found


def _story(row: Row[Any], members: Sequence[tuple[str, str]]) -> Story:
    return Story(
        id=row.id,
        title=row.title,
        articles=row.articles,
        outlets=tuple(dict.fromkeys(outlet for outlet, _ in members)),
        langs=tuple(dict.fromkeys(lang for _, lang in members if lang)),
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
    )


def places_json(match: Match) -> str:
    """Give the places of a match as they are kept."""
    rows = [[place.zone, place.start, place.end, place.clause, place.tier] for place in match.places]
    return json.dumps(rows, ensure_ascii=False)


def match_of(topic: str, version: str, places: str, why: str) -> Match:
    """Give the match that columns describe."""
    found = [
        Place(zone=zone, start=start, end=end, clause=clause, tier=tier)
        for zone, start, end, clause, tier in json.loads(places)
    ]
    return Match(topic=topic, version=version, places=found, why=why)

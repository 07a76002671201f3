"""Articles put into a database as the archive does it, with nothing but what stories need."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, bindparam, func, insert, select, update

from news.article import Article, Prepared
from news.story import Joined
from storage.fingerprint import take_apart
from storage.stories import Arrival, place_many
from storage.tables import articles, sources
from topics.tokens import words

DAY_ONE = datetime(2025, 3, 3, 8, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text to be kept, and when."""

    source: str
    text: str
    title: str = ""
    at: datetime = DAY_ONE
    lang: str = "en"


def arrive_on_site(connection: Connection, texts: Sequence[Text]) -> list[int]:
    """Keep texts in one batch, as pages of sites that are learnt from; gives each one's story."""
    return [story for story, _ in arrive(connection, texts, learn=True)]


def arrive(
    connection: Connection, texts: Sequence[Text], *, now: datetime | None = None, learn: bool = False
) -> list[tuple[int, Joined]]:
    """Keep texts in one batch; gives each one's story and why."""
    arrivals = [_insert(connection, text) for text in texts]
    if learn:
        arrivals = [replace(arrival, source_id=source_id(connection, arrival.source)) for arrival in arrivals]
    last = max(text.at for text in texts)
    placed = place_many(connection, arrivals, now=now or last + timedelta(minutes=1))
    connection.execute(
        _PLACED,
        [
            {
                "article": arrival.article_id,
                "story": story,
                "layer": joined.layer,
                "figure": joined.figure,
                "other": joined.with_article,
            }
            for arrival, (story, joined) in zip(arrivals, placed, strict=True)
        ],
    )
    return placed


def arrive_singly(connection: Connection, texts: Sequence[Text]) -> list[int]:
    """Keep texts one after the other; gives the number of each one's story."""
    return [arrive(connection, [text])[0][0] for text in texts]


def _insert(connection: Connection, text: Text) -> Arrival:
    body = take_apart(words(f"{text.title} {text.text}"))
    count = connection.execute(select(func.count()).select_from(articles)).scalar_one()
    row: dict[str, object] = dict.fromkeys(("guid", "section", "group", "note", "joined_layer", "summary"), "")
    url = f"https://{text.source}.example/{count + 1}"
    values = row | {
        "source_id": source_id(connection, text.source),
        "url": url,
        "title": text.title,
        "authors": "[]",
        "lang": text.lang,
        "first_seen_at": text.at,
        "text_from": "page",
        "body_hash": body.twin,
        "joined_figure": 0.0,
        "joined_with": 0,
        "text": text.text,
        "tokens": body.joined,
    }
    article_id = connection.execute(insert(articles).values(values).returning(articles.c.id)).scalar_one()
    article = Article(
        url=url, title=text.title, text=text.text, source=text.source, lang=text.lang, first_seen_at=text.at
    )
    prepared = Prepared(article=article, tokens=body.tokens)
    return Arrival(article_id=article_id, prepared=prepared, body=body, source=text.source)


def source_id(connection: Connection, name: str) -> int:
    """Give the id of a source, which is made if it is not there."""
    found = connection.execute(select(sources.c.id).where(sources.c.name == name)).scalar()
    if found:
        return int(found)
    texts = dict.fromkeys(
        ("host", "group", "lang", "links", "etag", "last_modified", "body_hash", "moved_to", "owner"), ""
    )
    values = texts | {
        "name": name,
        "url": f"https://{name}.example/feed",
        "kind": "feed",
        "full_text": True,
        "enabled": True,
        "removed": False,
        "interval_seconds": 900.0,
        "due_at": DAY_ONE,
        "failures": 0,
        "attempts": 0,
        "token": 0,
    }
    return int(connection.execute(insert(sources).values(values).returning(sources.c.id)).scalar_one())


_PLACED = (
    update(articles)
    .where(articles.c.id == bindparam("article"))
    .values(
        story_id=bindparam("story"),
        joined_layer=bindparam("layer"),
        joined_figure=bindparam("figure"),
        joined_with=bindparam("other"),
    )
)

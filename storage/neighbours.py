"""What a batch of articles is held against: the window's bodies, sketches and texts, asked for in few statements."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, text

from storage.fingerprint import SKETCH_VERSION
from storage.tables import Moment, articles, sources


def find_floor(connection: Connection, since: datetime) -> int:
    """Give the smallest id that may lie in the window: the one after the youngest article that lies before it.

    Within a batch ids and the moments of reading run in opposite orders, so the id of the window's own oldest article
    would shut out those read just after it; in an archive younger than the window, the whole first batch.
    """
    return (connection.execute(_YOUNGEST_BEFORE, {"since": since}).scalar() or 0) + 1


def find_twins(connection: Connection, hashes: Sequence[str], floor: int) -> dict[str, tuple[int, int]]:
    """Find the first article in the window with each body: hash -> (article, story)."""
    if not hashes:
        return {}
    rows = connection.execute(_TWINS[connection.dialect.name], {"given": _given(connection, hashes), "floor": floor})
    return {row.hash: (row.id, row.story_id) for row in rows}


def find_holders(connection: Connection, hashes: Sequence[int], floor: int) -> dict[int, tuple[int, ...]]:
    """Find the articles in the window whose sketches hold each hash."""
    found: dict[int, tuple[int, ...]] = {}
    if hashes:
        values = {"given": _given(connection, hashes), "floor": floor, "version": SKETCH_VERSION}
        for value, holder in connection.execute(_HOLDERS[connection.dialect.name], values):
            found[value] = (*found.get(value, ()), holder)
    return found


def write_sketches(connection: Connection, kept: Mapping[int, Sequence[int]]) -> None:
    """Keep hashes by article."""
    values: dict[str, object] = {"given": json.dumps(kept), "version": SKETCH_VERSION}
    if connection.dialect.name != "sqlite":
        values["given"] = [value for hashes in kept.values() for value in hashes]
        values["holders"] = [article for article, hashes in kept.items() for _ in hashes]
    connection.execute(_KEEP[connection.dialect.name], values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A stored text that an arriving one is held against."""

    article_id: int
    story_id: int
    source_id: int
    source: str
    title: str
    text: str
    tokens: Sequence[str]


def load_texts(connection: Connection, ids: Iterable[int]) -> list[Loaded]:
    """Give the texts of articles; what expired is left out."""
    return _loaded(connection.execute(_TEXTS, {"ids": list(ids)}))


def load_earliest(connection: Connection, story: int, count: int) -> list[Loaded]:
    """Give the first articles of a story."""
    return _loaded(connection.execute(_EARLIEST, {"story": story, "limit": count}))


def _loaded(rows: Iterable[Row[Any]]) -> list[Loaded]:
    return [
        Loaded(
            article_id=row.id,
            story_id=row.story_id,
            source_id=row.source_id,
            source=row.name,
            title=row.title,
            text=row.text or row.summary,
            tokens=row.tokens.split(" "),
        )
        for row in rows
    ]


def _given(connection: Connection, values: Sequence[int] | Sequence[str]) -> object:
    """Pass many values as one parameter, which both databases read as a table of them."""
    return json.dumps(values) if connection.dialect.name == "sqlite" else list(values)


# Both databases must begin with the given values and look each up in an index, whatever they believe of the numbers: in
# SQLite by CROSS JOIN; in PostgreSQL, which reads whole tables until its statistics are fresh, by LATERAL and LIMIT.
_YOUNGEST_BEFORE = text(
    "SELECT id FROM articles WHERE first_seen_at < :since ORDER BY first_seen_at DESC, id DESC LIMIT 1"
).bindparams(bindparam("since", type_=Moment()))
_HOLDERS = {
    "sqlite": text(
        "SELECT s.hash, s.article_id FROM json_each(:given) AS g CROSS JOIN sketches AS s"
        " WHERE s.hash = g.value AND s.article_id >= :floor AND s.sketch_version = :version"
    ),
    "postgresql": text(
        "SELECT g.value, s.article_id FROM unnest(CAST(:given AS bigint[])) AS g(value) CROSS JOIN LATERAL"
        " (SELECT article_id FROM sketches WHERE hash = g.value AND article_id >= :floor AND sketch_version = :version"
        " ORDER BY article_id LIMIT 100) AS s"
    ),
}
_TWINS = {
    "sqlite": text(  # SQLite promises that a bare column comes from the row of the minimum
        "SELECT g.value AS hash, min(a.id) AS id, a.story_id FROM json_each(:given) AS g CROSS JOIN articles AS a"
        " WHERE a.body_hash = g.value AND a.id >= :floor AND a.story_id IS NOT NULL GROUP BY g.value"
    ),
    "postgresql": text(  # id + 0: or it walks the primary key in order, past every other article
        "SELECT g.value AS hash, a.id, a.story_id FROM unnest(CAST(:given AS text[])) AS g(value) CROSS JOIN LATERAL"
        " (SELECT id, story_id FROM articles WHERE body_hash = g.value AND id + 0 >= :floor AND story_id IS NOT NULL"
        " ORDER BY id + 0 LIMIT 1) AS a"
    ),
}
_KEEP = {  # in the table's order: neighbours are written to one page
    "sqlite": text(
        "INSERT OR IGNORE INTO sketches (hash, article_id, sketch_version)"
        " SELECT h.value, CAST(g.key AS INTEGER), :version"
        " FROM json_each(:given) AS g, json_each(g.value) AS h ORDER BY 1"
    ),
    "postgresql": text(
        "INSERT INTO sketches (hash, article_id, sketch_version) SELECT hash, article_id, :version"
        " FROM unnest(CAST(:given AS bigint[]), CAST(:holders AS bigint[])) AS g(hash, article_id) ORDER BY 1"
        " ON CONFLICT DO NOTHING"
    ),
}
_READINGS = select(
    articles.c.id,
    articles.c.story_id,
    articles.c.source_id,
    sources.c.name,
    articles.c.title,
    articles.c.text,
    articles.c.summary,
    articles.c.tokens,
).join(sources, sources.c.id == articles.c.source_id)
_TEXTS = _READINGS.where(articles.c.id.in_(bindparam("ids", expanding=True)), articles.c.story_id.is_not(None))
_EARLIEST = _READINGS.where(articles.c.story_id == bindparam("story")).order_by(articles.c.id).limit(bindparam("limit"))

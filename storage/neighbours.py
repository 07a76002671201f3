"""What a batch of articles is held against: the window's bodies, sketches and texts, asked for in few statements."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from storage.fingerprint import SKETCH_VERSION
from storage.native import Native, many
from storage.tables import bound

CROWDED = 24  # articles kept and looked at under one hash: a story carried everywhere, or boilerplate
WITNESSES = 3  # first members of a story that an article is held against before it joins


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the window holds of a batch's bodies and sketches."""

    twins: dict[str, tuple[int, int]]  # body hash -> its first article, that one's story
    holders: dict[int, tuple[int, ...]]  # hash of a sketch -> articles


def look_around(connection: Connection, bodies: Collection[str], hashes: Collection[int], since: datetime) -> Seen:
    """Find the first article with each body, and the articles whose sketches hold each hash.

    The window begins with the smallest id that may lie in it: the one after the youngest article that lies before it.
    Within a batch ids and the moments of reading run in opposite orders, so the id of the window's own oldest article
    would shut out those read just after it; in an archive younger than the window, the whole first batch.
    """
    seen = Seen(twins={}, holders={})
    if not bodies and not hashes:
        return seen
    values = {
        "bodies": many(connection, sorted(bodies)),
        "hashes": many(connection, sorted(hashes)),
        "since": bound(since, connection.dialect.name),
        "version": SKETCH_VERSION,
        "crowded": CROWDED,
    }
    for body, value, article, story in _LOOK.run(connection, values):
        if body is None:
            seen.holders[value] = (*seen.holders.get(value, ()), article)
        else:
            seen.twins[body] = (article, story)
    return seen


def write_sketches(connection: Connection, kept: Mapping[int, Sequence[int]]) -> None:
    """Keep hashes by article."""
    values: dict[str, object] = {"version": SKETCH_VERSION}
    if connection.dialect.name == "sqlite":
        values["kept"] = json.dumps(kept)
    else:
        values["hashes"] = many(connection, [value for hashes in kept.values() for value in hashes])
        values["holders"] = many(connection, [article for article, hashes in kept.items() for _ in hashes])
    if any(kept.values()):
        _KEEP.run(connection, values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A stored text that an arriving one is held against."""

    article_id: int
    story_id: int
    source_id: int
    source: str
    title: str
    text: str
    tokens: str  # joined by spaces


def load_near(connection: Connection, ids: Collection[int], stories: Collection[int] = ()) -> list[Loaded]:
    """Give the texts of articles and of the first members of their stories, and of `stories`, in order of arrival.

    What expired is left out.
    """
    values = {"ids": many(connection, list(ids)), "stories": many(connection, list(stories)), "witnesses": WITNESSES}
    return [
        Loaded(
            article_id=article,
            story_id=story,
            source_id=source,
            source=name,
            title=title,
            text=text or summary,
            tokens=tokens,
        )
        for article, story, source, name, title, text, summary, tokens in _NEAR.run(connection, values)
    ]


# Both databases must begin with the given values and look each up in an index, whatever they believe of the numbers: in
# SQLite by CROSS JOIN; in PostgreSQL, which reads whole tables until its statistics are fresh, by LATERAL and LIMIT.
_FLOOR = (
    "WITH f(floor) AS (SELECT coalesce((SELECT id FROM articles WHERE first_seen_at < :since"
    " ORDER BY first_seen_at DESC, id DESC LIMIT 1), 0) + 1) "
)
_LOOK = Native(
    start=_FLOOR,
    sqlite="SELECT t.body, NULL, a.id, a.story_id FROM (SELECT g.value AS body,"
    " (SELECT id FROM articles WHERE body_hash = g.value AND id >= (SELECT floor FROM f) AND story_id IS NOT NULL"
    " ORDER BY id LIMIT 1) AS id FROM json_each(:bodies) AS g) AS t CROSS JOIN articles AS a WHERE a.id = t.id"
    " UNION ALL SELECT NULL, k.hash, k.article_id, 0 FROM json_each(:hashes) AS g CROSS JOIN sketches AS k"
    " WHERE EXISTS (SELECT 1 FROM sketches WHERE hash = g.value)"  # most are new: this is half the price of finding out
    " AND k.hash = g.value AND k.article_id IN (SELECT article_id FROM sketches WHERE hash = g.value"
    " AND article_id >= (SELECT floor FROM f) AND sketch_version = :version ORDER BY article_id LIMIT :crowded)",
    postgresql="SELECT g.value, NULL, a.id, a.story_id FROM unnest(CAST(:bodies AS text[])) AS g(value)"
    " CROSS JOIN LATERAL (SELECT id, story_id FROM articles WHERE body_hash = g.value"
    " AND id >= (SELECT floor FROM f) AND story_id IS NOT NULL ORDER BY id LIMIT 1) AS a"
    " UNION ALL SELECT NULL, g.value, k.article_id, 0 FROM unnest(CAST(:hashes AS bigint[])) AS g(value)"
    " CROSS JOIN LATERAL (SELECT article_id FROM sketches WHERE hash = g.value"
    " AND article_id >= (SELECT floor FROM f) AND sketch_version = :version"
    " ORDER BY article_id LIMIT :crowded) AS k",
)
_KEEP = Native(  # in the table's order: neighbours are written to one page
    sqlite="INSERT OR IGNORE INTO sketches (hash, article_id, sketch_version)"
    " SELECT h.value, CAST(g.key AS INTEGER), :version FROM json_each(:kept) AS g, json_each(g.value) AS h ORDER BY 1",
    postgresql="INSERT INTO sketches (hash, article_id, sketch_version) SELECT hash, article_id, :version"
    " FROM unnest(CAST(:hashes AS bigint[]), CAST(:holders AS bigint[])) AS g(hash, article_id) ORDER BY 1"
    " ON CONFLICT DO NOTHING",
)
_NEAR = Native(
    sqlite="WITH near(id, story) AS (SELECT a.id, a.story_id FROM json_each(:ids) AS g CROSS JOIN articles AS a"
    " WHERE a.id = g.value AND a.story_id IS NOT NULL),"
    " told(story) AS (SELECT story FROM near UNION SELECT value FROM json_each(:stories)),"
    " wanted(id) AS (SELECT id FROM near UNION SELECT a.id FROM told CROSS JOIN articles AS a"
    " WHERE a.id IN (SELECT id FROM articles WHERE story_id = told.story ORDER BY id LIMIT :witnesses))"
    " SELECT a.id, a.story_id, a.source_id, s.name, a.title, a.text, a.summary, a.tokens"
    " FROM wanted CROSS JOIN articles AS a CROSS JOIN sources AS s"
    " WHERE a.id = wanted.id AND s.id = a.source_id ORDER BY a.id",
    postgresql="WITH near(id, story) AS MATERIALIZED (SELECT n.id, n.story_id"
    " FROM unnest(CAST(:ids AS bigint[])) AS g(value) CROSS JOIN LATERAL"
    " (SELECT id, story_id FROM articles WHERE id = g.value AND story_id IS NOT NULL LIMIT 1) AS n),"
    " told(story) AS (SELECT story FROM near UNION SELECT unnest(CAST(:stories AS bigint[]))),"
    " wanted(id) AS (SELECT id FROM near UNION SELECT w.id FROM told CROSS JOIN LATERAL"
    " (SELECT id FROM articles WHERE story_id = told.story ORDER BY id LIMIT :witnesses) AS w)"
    " SELECT a.id, a.story_id, a.source_id, s.name, a.title, a.text, a.summary, a.tokens FROM wanted"
    " CROSS JOIN LATERAL (SELECT * FROM articles WHERE id = wanted.id LIMIT 1) AS a"
    " CROSS JOIN LATERAL (SELECT name FROM sources WHERE id = a.source_id LIMIT 1) AS s ORDER BY a.id",
)

"""What a site puts around its articles, learnt from the articles themselves, and cut before they are compared."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain

from sqlalchemy import Connection, select

from storage.fingerprint import SHINGLE_WORDS, shingles
from storage.lookup import Lookup
from storage.native import Native, many
from storage.tables import articles

MIN_PAGES = 4  # of different stories: what stands on so many pages of a site is the site's
_LEARN_FROM = 24  # the youngest articles of a site
_FIRST_LESSONS, _LESSONS = (4, 8, 16, 32), 64  # numbers of pages at which to learn; then at every so many
_TITLE_WORDS = 4
_LEAST_RUN = 3  # shingles in a row, seven words: five may be a phrase that news is made of
_MOST = 500  # shingles remembered of a site


def cut(tokens: Sequence[str], runs: Sequence[int], known: AbstractSet[int]) -> Sequence[str]:
    """Give the tokens without every run of seven words that is the site's own; the same ones where there is none.

    runs: the tokens' shingles, in order.
    """
    if known.isdisjoint(runs):
        return tokens
    gone: set[int] = set()
    run = 0
    for place, value in enumerate(runs):
        run = run + 1 if value in known else 0
        if run >= _LEAST_RUN:
            gone.update(range(place - run + 1, place + SHINGLE_WORDS))
    return [token for place, token in enumerate(tokens) if place not in gone]


def learn(pages: Iterable[tuple[str, Sequence[str]]]) -> list[int]:
    """Give the shingles that stand on pages of four stories or more; a story counts once, for a site repeats its news.

    pages: story and tokens of each.
    """
    by_story: dict[str, set[int]] = {}
    for story, tokens in pages:
        by_story.setdefault(story, set()).update(shingles(tokens))
    counts = Counter(chain.from_iterable(by_story.values()))
    often = [value for value, count in counts.items() if count >= MIN_PAGES]
    return sorted(often, key=counts.__getitem__, reverse=True)[:_MOST]


def is_due(before: int, after: int) -> bool:
    """Say whether a lesson falls between two numbers of pages."""
    if after >= _LESSONS:
        return before // _LESSONS < after // _LESSONS
    return any(before < number <= after for number in _FIRST_LESSONS)


def find_boilerplate(connection: Connection, sites: Collection[int]) -> dict[int, frozenset[int]]:
    """Give the shingles that are known to be sites' own; sites of which nothing is known are left out."""
    return {site: _read(hashes) for site, _, hashes in _KNOWN.rows(connection, sites)}


def study(connection: Connection, arrived: Mapping[int, Sequence[Sequence[str]]]) -> dict[int, frozenset[int]]:
    """Count the pages that arrive, learn where a lesson is due, and give what is known of their sites.

    arrived: the tokens of each site's new pages. Those that begin with the same words are taken for one story.
    """
    if not arrived:
        return {}
    found: dict[int, frozenset[int]] = {}
    for site, count, hashes in _COUNT.run(connection, _counts(connection, arrived)):
        pages = arrived[site]
        lesson = hashes
        if is_due(count - len(pages), count):
            new = [(" ".join(tokens[:_TITLE_WORDS]), tokens) for tokens in pages[-_LEARN_FROM:]]
            lesson = json.dumps(learn([*new, *_older(connection, site, _LEARN_FROM - len(pages))]))
        if lesson != hashes:
            _TEACH.run(connection, {"site": site, "hashes": lesson})
        found[site] = _read(lesson)
    return found


def _counts(connection: Connection, arrived: Mapping[int, Sequence[object]]) -> dict[str, str]:
    numbers = {site: len(arrived[site]) for site in sorted(arrived)}
    if connection.dialect.name == "sqlite":
        return {"numbers": json.dumps(numbers)}
    return {"sites": many(connection, list(numbers)), "numbers": many(connection, list(numbers.values()))}


def _read(hashes: str) -> frozenset[int]:
    return frozenset(json.loads(hashes)) if hashes != "[]" else frozenset()


_KNOWN = Lookup(
    "SELECT b.source_id, b.pages, b.hashes FROM {given} CROSS JOIN boilerplate AS b WHERE b.source_id = g.value",
    kind="bigint",
)


def _older(connection: Connection, site: int, count: int) -> list[tuple[str, Sequence[str]]]:
    if count <= 0:
        return []
    asked = select(articles.c.story_id, articles.c.tokens).where(articles.c.source_id == site)
    rows = connection.execute(asked.order_by(articles.c.first_seen_at.desc(), articles.c.id.desc()).limit(count)).all()
    return [(str(row.story_id), row.tokens.split(" ")) for row in rows if row.story_id is not None]


_COUNT = Native(
    sqlite="INSERT INTO boilerplate (source_id, pages, hashes)"
    " SELECT CAST(key AS INTEGER), value, '[]' FROM json_each(:numbers) WHERE true"
    " ON CONFLICT (source_id) DO UPDATE SET pages = pages + excluded.pages RETURNING source_id, pages, hashes",
    postgresql="INSERT INTO boilerplate AS b (source_id, pages, hashes)"
    " SELECT site, number, '[]' FROM unnest(CAST(:sites AS bigint[]), CAST(:numbers AS int[])) AS g(site, number)"
    " ON CONFLICT (source_id) DO UPDATE SET pages = b.pages + excluded.pages RETURNING source_id, pages, hashes",
)
_TEACH = Native(
    sqlite="UPDATE boilerplate SET hashes = :hashes WHERE source_id = :site",
    postgresql="UPDATE boilerplate SET hashes = :hashes WHERE source_id = :site",
)

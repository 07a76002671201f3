"""What a site puts around its articles, learnt from the articles themselves, and cut before they are compared."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain

from sqlalchemy import Connection, select, text

from storage.fingerprint import SHINGLE_WORDS, shingles
from storage.lookup import Lookup
from storage.tables import articles

MIN_PAGES = 4  # of different stories: what stands on so many pages of a site is the site's
_LEARN_FROM = 24  # the youngest articles of a site
_FIRST_LESSONS, _LESSONS = (4, 8, 16, 32), 64  # numbers of pages at which to learn; then at every so many
_TITLE_WORDS = 4
_MOST = 500  # shingles remembered of a site


def cut(tokens: Sequence[str], runs: Sequence[int], known: AbstractSet[int]) -> Sequence[str]:
    """Give the tokens without every run of five words that is the site's own; the same ones where there is none.

    runs: the tokens' shingles, in order.
    """
    if known.isdisjoint(runs):
        return tokens
    gone: set[int] = set()
    for place, value in enumerate(runs):
        if value in known:
            gone.update(range(place, place + SHINGLE_WORDS))
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
    known = {site: (pages, hashes) for site, pages, hashes in _KNOWN.rows(connection, arrived.keys())}
    counted: list[dict[str, object]] = []
    taught: list[dict[str, object]] = []
    found: dict[int, frozenset[int]] = {}
    for site, pages in arrived.items():
        before, hashes = known.get(site, (0, "[]"))
        lesson = hashes
        if is_due(before, before + len(pages)):
            new = [(" ".join(tokens[:_TITLE_WORDS]), tokens) for tokens in pages[-_LEARN_FROM:]]
            lesson = json.dumps(learn([*new, *_older(connection, site, _LEARN_FROM - len(pages))]))
        row = {"site": site, "pages": before + len(pages), "hashes": lesson}
        (counted if lesson == hashes and site in known else taught).append(row)
        found[site] = _read(lesson)
    for statement, rows in ((_COUNT, counted), (_TEACH, taught)):
        if rows:
            connection.execute(statement, rows)
    return found


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
    rows = connection.execute(asked.order_by(articles.c.id.desc()).limit(count)).all()
    return [(str(row.story_id), row.tokens.split(" ")) for row in rows if row.story_id is not None]


_COUNT = text("UPDATE boilerplate SET pages = :pages WHERE source_id = :site")
_TEACH = text(
    "INSERT INTO boilerplate (source_id, pages, hashes) VALUES (:site, :pages, :hashes)"
    " ON CONFLICT (source_id) DO UPDATE SET pages = excluded.pages, hashes = excluded.hashes"
)

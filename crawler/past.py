"""A site's past as its sitemaps tell it: which lists of an index to read, and what of a list is of the time. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nlargest
from urllib.parse import urlsplit

from crawler.dates import parse_date
from crawler.documents import Document
from crawler.home import is_of_site
from crawler.nature import unpacked
from crawler.shape import is_shaped
from crawler.sitemaps import Entries, Facts, compiled, is_wanted, item_of, read_entries
from crawler.spans import Span, named_spans, span_of
from news.article import Item

_LISTS = 1000  # of one index: many times what a look into the past may read
_ZONES = timedelta(days=1)  # a list's days are its publisher's, not Greenwich's
_NO_ARTICLES = re.compile(
    r"(?<![a-z])(?:images?|videos?|tags?|categor(?:y|ies)|authors?|pages?|galler(?:y|ies)|podcasts?|users?|topics?|taxonomy"
    r"|sections?|products?|events?|recipes?)(?![a-z])"
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_A_DAY = timedelta(days=1) - timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """An article of the time asked for; `at` is the latest moment it may have been printed, as far as is known."""

    item: Item
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A list that an index names."""

    url: str
    changed: Span | None  # None: the index does not say


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A sitemap to read."""

    url: str
    span: Span | None = None  # what its name says it covers
    by_change: bool = False  # those after it were changed later still


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """What one sitemap said of the time asked for, or the lists it names."""

    found: tuple[Dated, ...] = ()
    surplus: int = 0  # articles of the time over the limit, the oldest
    index: bool = False  # True: it lists no articles but `places`
    places: tuple[Place, ...] = ()  # those of its lists that may hold articles of the time, the most promising first
    unread: int = 0  # more such lists: there were too many
    undated: int = 0  # articles that no date can be found for
    unlike: int = 0  # addresses of the site that do not look like articles', of the time or without a date
    earliest: datetime | None = None  # of all it dates, in the time or not; None: nothing
    news: bool = False  # a news sitemap: every article of its days


def read_past(document: Document, site: str, wanted: Span, limit: int, shapes: frozenset[str] = frozenset()) -> Leaf:
    """Read a sitemap for the newest it lists of a time on one site; raises CrawlError NOT_A_SITEMAP.

    shapes: of addresses that are articles', whatever they look like.

    All that takes time and room is done here, in a parsing child: a document may list a million articles or lists.
    """
    kind, entries = read_entries(unpacked(document))
    if kind is Entries.LISTS:
        children = [Child(url=url, changed=moment(facts.get("lastmod", ""))) for url, facts in entries]
        places = choose(children, wanted, document.now)
        return Leaf(index=True, places=places[:_LISTS], unread=len(places[_LISTS:]))
    pattern = compiled(document.links)
    named = named_spans([document.url], document.now).get(document.url)
    found, undated, unlike, firsts, near = [], 0, 0, [], wanted.wider(_ZONES)
    for url, facts in entries:
        if not is_of_site(url, site):
            continue
        span = printed(url, facts, named)
        if not is_wanted(url, facts, pattern) and (pattern is not None or not shapes or not is_shaped(url, shapes)):
            unlike += pattern is None and (span is None or span.meets(wanted))
            continue
        if span is None or (span.last - span.first > _A_DAY and not span.inside(near)):
            undated += 1
            continue
        firsts.append(span.first)
        if span.meets(wanted):
            found.append(Dated(item=item_of(url, facts, document), at=min(span.last, wanted.last)))
    news = any("publication_date" in facts for _, facts in entries)
    return Leaf(
        found=tuple(nlargest(limit, found, key=lambda one: one.at)),
        surplus=max(0, len(found) - limit),
        undated=undated,
        unlike=unlike,
        earliest=min(firsts, default=None),
        news=news,
    )


def printed(url: str, facts: Facts, named: Span | None) -> Span | None:
    """Return when an article was printed: as it says, as its address, its last change or its list's name says.

    A last change that contradicts the month in the address or in the list's name is no printing.
    """
    stated = moment(facts.get("publication_date", ""))
    own = span_of(url)
    if stated is not None or (own is not None and own.last - own.first <= _A_DAY):
        return _closer(stated or own, moment(facts.get("lastmod", "")) if stated is None else None)
    changed = moment(facts.get("lastmod", ""))
    frame = own or named
    if changed is None or (frame is not None and not changed.meets(frame.wider(_ZONES))):
        return frame
    return changed


def _closer(day: Span | None, changed: Span | None) -> Span | None:
    """Take the hour of a change on the very day."""
    return changed if day is not None and changed is not None and changed.inside(day) else day


def moment(text: str) -> Span | None:
    """Read a sitemap's date: a moment, or the day where it names no hour; None for none."""
    found = parse_date(text)
    if found is None:
        return None
    return Span(found, found + _A_DAY) if _DAY.fullmatch(text.strip()) else Span(found, found)


def choose(children: Sequence[Child], wanted: Span, now: datetime) -> tuple[Place, ...]:
    """Return the lists of an index that may hold articles of a time, the most promising first.

    Those whose names hold the time, newest first; where none does, those that were changed since it began, the one
    changed soonest after it first (a list that was full before holds nothing of it), and those that say nothing.
    """
    useful = [child for child in children if not _NO_ARTICLES.search(_name(child.url))] or list(children)
    spans = named_spans((child.url for child in useful), now)
    near = wanted.wider(_ZONES)
    named = [Place(url=child.url, span=spans[child.url]) for child in useful if child.url in spans]
    if hits := [place for place in named if place.span and place.span.meets(near)]:
        return tuple(sorted(hits, key=lambda place: place.span.last if place.span else now, reverse=True))
    bare = [child for child in useful if child.url not in spans]
    changed = [(child.changed.last, child.url) for child in bare if child.changed]
    later = sorted((at, url) for at, url in changed if at >= wanted.first)
    silent = (Place(url=child.url) for child in bare if child.changed is None)
    return *(Place(url=url, by_change=True) for _, url in later), *silent


def _name(url: str) -> str:
    return urlsplit(url).path.lower().rpartition("/")[2]

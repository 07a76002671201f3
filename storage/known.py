"""Which articles are kept already: GUID within the source, URL key, other addresses, body; each with its reason."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import blake2b

from sqlalchemy import Connection, select

from news.article import Item, Prepared
from news.source import Lease
from storage.clean import clean_key
from storage.fingerprint import body_hash
from storage.identity import url_key
from storage.rows import chunks
from storage.tables import articles, guids, tombstones, urls

_BODY_WINDOW = timedelta(days=30)  # a site that prints the same text later than this prints it again


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An article that asks to be kept, with the keys by which it may be known."""

    prepared: Prepared
    source_id: int
    source: str
    key: str
    aliases: tuple[str, ...]  # keys of its other addresses
    guid: str
    body: str  # hash of its words; "": too few to say anything


@dataclass(slots=True, kw_only=True)
class Known:
    """What the database knows of a batch's keys; grows as the batch is decided."""

    urls: dict[str, tuple[int, str]] = field(default_factory=dict)  # key -> article, reason
    guids: dict[tuple[int, str], int] = field(default_factory=dict)  # source, GUID -> article
    bodies: dict[tuple[int, str], int] = field(default_factory=dict)  # source, hash -> article
    titles: dict[int, str] = field(default_factory=dict)  # of the articles that an alias leads to
    buried: set[int] = field(default_factory=set)


def candidate(lease: Lease, prepared: Prepared) -> Candidate:
    """Work out the keys of an article."""
    article = prepared.article
    key = clean_key(url_key(article.url))
    others = (clean_key(url_key(alias)) for alias in article.aliases)
    return Candidate(
        prepared=prepared,
        source_id=lease.source_id,
        source=lease.source.name,
        key=key,
        aliases=tuple(dict.fromkeys(other for other in others if other != key)),
        guid=clean_key(article.guid),
        body=body_hash(prepared.tokens),
    )


def look_up(connection: Connection, wanted: Sequence[Candidate], *, now: datetime) -> Known:
    """Ask for everything that may know one of the candidates, in a handful of queries."""
    known = Known(
        urls=find_urls(connection, {key for each in wanted for key in (each.key, *each.aliases)}),
        bodies=_bodies(connection, {each.body for each in wanted if each.body}, now - _BODY_WINDOW),
        buried=find_buried(connection, {mark for each in wanted for mark in _marks(each)}),
    )
    names: defaultdict[int, set[str]] = defaultdict(set)
    for each in wanted:
        names[each.source_id].add(each.guid)
    for source, theirs in names.items():
        found = find_guids(connection, source, theirs - {""})
        known.guids.update({(source, guid): article for guid, article in found.items()})
    reached = {known.urls[alias][0] for each in wanted for alias in each.aliases if alias in known.urls}
    for part in chunks(reached):
        asked = select(articles.c.id, articles.c.title).where(articles.c.id.in_(part))
        known.titles.update({row.id: row.title for row in connection.execute(asked)})
    return known


BURIED = 0  # in place of an article's id: it expired, and stays away


def twin(each: Candidate, known: Known) -> tuple[int, str] | None:
    """Say which article a candidate is, and by what; None: it is new."""
    if each.key in known.urls:
        return known.urls[each.key][0], "own"
    if each.guid and (each.source_id, each.guid) in known.guids:
        return known.guids[each.source_id, each.guid], "guid"
    for alias in each.aliases:
        if alias in known.urls and _leads_to_same(each, *known.urls[alias], known):
            return known.urls[alias][0], "alias"
    if each.body and (each.source_id, each.body) in known.bodies:
        return known.bodies[each.source_id, each.body], "body"
    return (BURIED, "expired") if known.buried.intersection(_marks(each)) else None


def _leads_to_same(each: Candidate, article: int, reason: str, known: Known) -> bool:
    """Say whether a shared address joins two articles: it is the other's own, or they have one title.

    An address that is neither's own is often a section's or the site's: a common mistake in rel=canonical.
    """
    return reason == "own" or known.titles.get(article) == each.prepared.article.title


def learn(known: Known, each: Candidate, article: int) -> None:
    """Remember which article a candidate is, for those that follow in its batch."""
    known.urls.setdefault(each.key, (article, "own"))
    for alias in each.aliases:
        known.urls.setdefault(alias, (article, "alias"))
    if each.guid:
        known.guids.setdefault((each.source_id, each.guid), article)
    if each.body:
        known.bodies.setdefault((each.source_id, each.body), article)
    known.titles.setdefault(article, each.prepared.article.title)


def distinct(items: Sequence[Item]) -> list[tuple[str, Item]]:
    """Give items with their URL keys, without doubles; a GUID that a list uses for several addresses is taken away."""
    keyed = [(clean_key(url_key(item.url)), item) for item in items]
    users: defaultdict[str, set[str]] = defaultdict(set)
    for key, item in keyed:
        users[item.guid].add(key)
    first: dict[str, Item] = {}
    for key, item in keyed:
        first.setdefault(key, replace(item, guid="") if len(users[item.guid]) > 1 else item)
    return list(first.items())


def url_mark(key: str) -> int:
    """Give the number under which an expired address is remembered."""
    return _mark("url", key)


def guid_mark(source_id: int, guid: str) -> int:
    """Give the number under which a source's expired GUID is remembered."""
    return _mark(str(source_id), guid)


def _mark(*parts: str) -> int:
    return int.from_bytes(blake2b("\0".join(parts).encode(), digest_size=8).digest(), "big", signed=True)


def _marks(each: Candidate) -> list[int]:
    return [url_mark(each.key), *([guid_mark(each.source_id, each.guid)] if each.guid else [])]


def find_urls(connection: Connection, keys: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Give the articles that addresses lead to."""
    return {
        row.url_key: (row.article_id, row.reason)
        for part in chunks(keys)
        for row in connection.execute(select(urls).where(urls.c.url_key.in_(part)))
    }


def find_guids(connection: Connection, source_id: int, wanted: Iterable[str]) -> dict[str, int]:
    """Give the articles that a source's GUIDs name."""
    ours = select(guids.c.guid, guids.c.article_id).where(guids.c.source_id == source_id)
    return {
        row.guid: row.article_id
        for part in chunks(wanted)
        for row in connection.execute(ours.where(guids.c.guid.in_(part)))
    }


def find_buried(connection: Connection, marks: Iterable[int]) -> set[int]:
    """Give those of the marks whose articles expired."""
    return {
        mark
        for part in chunks(marks)
        for mark in connection.execute(select(tombstones.c.mark).where(tombstones.c.mark.in_(part))).scalars()
    }


def _bodies(connection: Connection, wanted: Iterable[str], since: datetime) -> dict[tuple[int, str], int]:
    # the rest is sorted out here, for SQLite would rather walk all articles of a source than use the hash's index
    asked = select(articles.c.body_hash, articles.c.source_id, articles.c.id, articles.c.first_seen_at)
    found: dict[tuple[int, str], int] = {}
    for part in chunks(wanted):
        for row in connection.execute(asked.where(articles.c.body_hash.in_(part)).order_by(articles.c.id.desc())):
            if row.first_seen_at >= since:
                found[row.source_id, row.body_hash] = row.id
    return found

"""Which articles are kept already: GUID within the source, URL key, other addresses, body; each with its reason."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import cast

from sqlalchemy import Connection

from news.article import Article, Item, Prepared
from news.source import Lease
from news.walls import is_wall
from storage.clean import clean_key
from storage.fingerprint import Body, take_apart
from storage.identity import canonical_ok, is_front, item_key, url_key
from storage.lookup import Lookup
from storage.native import Native
from storage.tables import bound

_BODY_WINDOW = timedelta(days=30)  # a site that prints the same text later than this prints it again


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An article that asks to be kept, with the keys by which it may be known."""

    prepared: Prepared
    source_id: int
    source: str
    key: str
    aliases: dict[str, str]  # keys of its other addresses, and how we know them: redirect, canonical
    guid: str
    text: Body  # its words, taken apart
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
    text = take_apart(prepared.tokens)
    return Candidate(
        prepared=prepared,
        source_id=lease.source_id,
        source=lease.source.name,
        key=clean_key(
            url_key(article.url) if article.own_link else item_key(article.url, article.guid or article.title)
        ),
        aliases=_aliases(article) if article.own_link else {clean_key(url_key(article.url)): SHARED},
        guid=clean_key(article.guid),
        text=text,
        body="" if is_wall(prepared.tokens) else text.twin,  # a wall hides different articles
    )


def _aliases(article: Article) -> dict[str, str]:
    """Give the keys of an article's other addresses; what its page says of itself is believed with care."""
    if not article.aliases and not article.canonical:
        return {}
    found = {clean_key(url_key(alias)): "redirect" for alias in article.aliases}
    if article.canonical and canonical_ok(article.aliases[-1] if article.aliases else article.url, article.canonical):
        found.setdefault(clean_key(url_key(article.canonical)), "canonical")
    found.pop(clean_key(url_key(article.url)), None)
    return found


def look_up(connection: Connection, wanted: Sequence[Candidate], *, now: datetime) -> Known:
    """Ask for everything that may know one of the candidates, in a handful of queries."""
    known = Known(
        urls=find_urls(connection, {key for each in wanted for key in (each.key, *each.aliases)}),
        guids=find_guids(connection, {(each.source_id, each.guid) for each in wanted if each.guid}),
        bodies=_bodies(connection, {each.body for each in wanted if each.body}, now - _BODY_WINDOW),
        buried=find_buried(connection, lambda: {mark for each in wanted for mark in _marks(each)}),
    )
    reached = {known.urls[alias][0] for each in wanted for alias in each.aliases if alias in known.urls}
    known.titles.update(_titles(connection, reached))
    return known


SHARED = "shared"  # in place of a reason: the address is several articles' and tells nothing
BURIED = 0  # in place of an article's id: it expired, and stays away


def twin(each: Candidate, known: Known) -> tuple[int, str] | None:
    """Say which article a candidate is, and by what; None: it is new."""
    if each.key in known.urls and known.urls[each.key][1] != SHARED:
        return known.urls[each.key][0], "own"
    if each.guid and (each.source_id, each.guid) in known.guids:
        return known.guids[each.source_id, each.guid], "guid"
    for alias, reason in each.aliases.items():
        if reason != SHARED and alias in known.urls and _leads_to_same(each, *known.urls[alias], known):
            return known.urls[alias][0], reason
    if each.body and (each.source_id, each.body) in known.bodies:
        return known.bodies[each.source_id, each.body], "body"
    return (BURIED, "expired") if known.buried and known.buried.intersection(_marks(each)) else None


def _leads_to_same(each: Candidate, article: int, reason: str, known: Known) -> bool:
    """Say whether a shared address joins two articles: it is the other's own, or they have one title.

    An address that is neither's own is often a section's or the site's: a common mistake in rel=canonical.
    """
    return reason == "own" or known.titles.get(article) == each.prepared.article.title


def learn(known: Known, each: Candidate, article: int) -> None:
    """Remember which article a candidate is, for those that follow in its batch."""
    known.urls.setdefault(each.key, (article, "own"))
    for alias, reason in each.aliases.items():
        known.urls.setdefault(alias, (article, reason))
    if each.guid:
        known.guids.setdefault((each.source_id, each.guid), article)
    if each.body:
        known.bodies.setdefault((each.source_id, each.body), article)
    known.titles.setdefault(article, each.prepared.article.title)


def distinct(items: Sequence[Item], *, by_title: bool = True) -> list[tuple[str, Item]]:
    """Give items with their keys, without doubles, each with the hash of what is listed.

    A GUID that a list uses for several addresses is taken away. An address that it gives to items of different titles
    and GUIDs, or that is a site's front page, is not theirs (`own_link`): their GUIDs or titles make the key.
    by_title: False for a page, which links one article by many words.
    """
    keyed = [(clean_key(url_key(item.url)), item) for item in items]
    users: defaultdict[str, set[str]] = defaultdict(set)
    named: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for key, item in keyed:
        users[item.guid].add(key)
        named[key].setdefault(" ".join(item.title.casefold().split()), item.guid)
    first: dict[str, tuple[Item, str, bool]] = {}
    for key, item in keyed:
        guid = item.guid if len(users[item.guid]) == 1 else ""
        own = not _is_shared(key, named[key] if by_title else {}, item)
        first.setdefault(key if own else shared_key(item), (item, guid, own))
    return [(key, _said(*each)) for key, each in first.items()]


def _said(item: Item, guid: str, own: bool) -> Item:
    """Give the item with what is held against what is kept; all fields by name, in half the time of `replace`."""
    return Item(
        url=item.url,
        guid=guid,
        title=item.title,
        summary=item.summary,
        text=item.text,
        authors=item.authors,
        lang=item.lang,
        section=item.section,
        published_at=item.published_at,
        own_link=own,
        listed=listed_hash(item),
        tries=item.tries,
    )


def _is_shared(key: str, named: Mapping[str, str], item: Item) -> bool:
    """Say whether a list gives an address to several articles: other titles, and other GUIDs or none at all."""
    guids = list(named.values())
    if len(named) > 1 and (len(set(guids)) == len(guids) or not any(guids)):
        return True
    return is_front(key) and bool(item.guid.strip() or item.title.strip()) and item.guid != item.url


def shared_key(item: Item) -> str:
    """Give the key of an item whose address is other items' too."""
    return clean_key(item_key(item.url, item.guid or item.title))


def listed_hash(item: Item) -> int:
    """Give 63 bits of what a source lists of an article, to see when it lists something else; never 0."""
    said = "\0".join((item.title, item.summary, item.text)).encode("utf-8", "surrogatepass")
    return (int.from_bytes(blake2b(said, digest_size=8).digest(), "big") >> 1) or 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a source's list is held against: an article as it was last listed."""

    source_id: int
    title: str
    listed: int  # 0: not watched for changes
    changes: int


def find_standing(connection: Connection, ids: Collection[int]) -> dict[int, Standing]:
    """Give what was listed of articles."""
    return {
        article: Standing(source_id=source, title=title, listed=listed, changes=changes)
        for article, source, title, listed, changes in _STANDING.rows(connection, ids)
    }


def strangers(one: str, other: str) -> bool:
    """Say whether two titles have no word in common."""
    words, others = ({word for word in title.casefold().split() if len(word) > 1} for title in (one, other))
    return bool(words and others) and words.isdisjoint(others)


def marks(key: str, source_id: int, guid: str) -> list[int]:
    """Give the numbers under which an article is remembered when it is gone: its address's, and its GUID's if any."""
    return [_mark("url", key), *([_mark(str(source_id), guid)] if guid else [])]


def _mark(*parts: str) -> int:
    return int.from_bytes(blake2b("\0".join(parts).encode(), digest_size=8).digest(), "big", signed=True)


def _marks(each: Candidate) -> list[int]:
    return marks(each.key, each.source_id, each.guid)


def find_urls(connection: Connection, keys: Collection[str]) -> dict[str, tuple[int, str]]:
    """Give the articles that addresses lead to."""
    return {key: (article, reason) for key, article, reason in _URLS.rows(connection, keys)}


def find_guids(connection: Connection, names: Collection[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """Give the articles that GUIDs name, each within its source."""
    if not names:
        return {}
    if connection.dialect.name == "sqlite":
        theirs: defaultdict[int, list[str]] = defaultdict(list)
        for source, guid in names:
            theirs[source].append(guid)
        values: dict[str, object] = {"names": json.dumps(theirs)}
    else:
        values = {"sources": [source for source, _ in names], "names": [guid for _, guid in names]}
    return {(source, guid): article for source, guid, article in _GUIDS.run(connection, values)}


def find_names(connection: Connection, ids: Collection[int]) -> set[tuple[int, int]]:
    """Give the sources that have a GUID for each of the articles: (source, article)."""
    return {(source, article) for source, article in _NAMES.rows(connection, ids)}


def find_buried(connection: Connection, marks: Callable[[], Collection[int]]) -> set[int]:
    """Give those of the marks whose articles expired; they are not even worked out while none ever did."""
    if not _ANY_BURIED.run(connection, {}):
        return set()
    return {mark for (mark,) in _BURIED.rows(connection, marks())}


_ANY_BURIED = Native(start="SELECT 1 FROM tombstones LIMIT 1", sqlite="", postgresql="")


def _bodies(connection: Connection, wanted: Collection[str], since: datetime) -> dict[tuple[int, str], int]:
    moment = bound(since, connection.dialect.name)
    return {(source, body): article for source, body, article in _BODIES.rows(connection, wanted, since=moment)}


def _titles(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    return dict(cast("Iterator[tuple[int, str]]", _TITLES.rows(connection, ids)))


_URLS = Lookup("SELECT u.url_key, u.article_id, u.reason FROM {given} CROSS JOIN urls AS u WHERE u.url_key = g.value")
_GUIDS = Native(
    start="SELECT n.source_id, n.guid, n.article_id FROM ",
    sqlite="json_each(:names) AS g CROSS JOIN json_each(g.value) AS h CROSS JOIN guids AS n"
    " WHERE n.source_id = CAST(g.key AS INTEGER) AND n.guid = h.value",
    postgresql="unnest(CAST(:sources AS bigint[]), CAST(:names AS text[])) AS g(source, guid)"
    " CROSS JOIN guids AS n WHERE n.source_id = g.source AND n.guid = g.guid",
)
_NAMES = Lookup(
    "SELECT n.source_id, n.article_id FROM {given} CROSS JOIN guids AS n WHERE n.article_id = g.value", kind="bigint"
)
_BURIED = Lookup("SELECT t.mark FROM {given} CROSS JOIN tombstones AS t WHERE t.mark = g.value", kind="bigint")
_BODIES = Lookup(
    "SELECT a.source_id, a.body_hash, a.id FROM {given} CROSS JOIN articles AS a"
    " WHERE a.body_hash = g.value AND a.first_seen_at >= :since ORDER BY a.id DESC",
)
_STANDING = Lookup(
    "SELECT a.id, a.source_id, a.title, a.listed, a.changes FROM {given} CROSS JOIN articles AS a WHERE a.id = g.value",
    kind="bigint",
)
_TITLES = Lookup("SELECT a.id, a.title FROM {given} CROSS JOIN articles AS a WHERE a.id = g.value", kind="bigint")

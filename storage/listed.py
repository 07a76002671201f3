"""What a source lists, held against what is kept: new, changed, or the same as before."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from news.article import Item, Overlap
from news.source import Kind, Lease
from storage.clean import clean_key, clean_line
from storage.known import (
    SHARED,
    Standing,
    distinct,
    find_buried,
    find_guids,
    find_standing,
    find_urls,
    marks,
    shared_key,
    strangers,
)
from storage.revisions import MOST_CHANGES
from storage.tables import articles, sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A list, sorted out."""

    wanted: list[Item]  # to be read: new, or changed
    named: Mapping[tuple[int, str], int]  # GUIDs not heard before, of articles known by their address
    items: int  # listed, each once
    known: int  # of them, kept or expired


@dataclass(frozen=True, slots=True)
class _Listed:
    """An item with the keys by which it may be known, and the article that it is."""

    key: str
    name: tuple[int, str]  # source, GUID
    item: Item
    article: int = 0  # 0: not kept


def look(connection: Connection, lists: Sequence[tuple[Lease, Sequence[Item]]]) -> list[Look]:
    """Sort the items of sources out, each source's for itself.

    Known are those whose address or GUID is, with two exceptions, for feeds that name things badly: a GUID that
    belonged to another address and to a title without a word in common says nothing, and neither does an address
    that belonged to another GUID of this source and such a title. Known items whose title, summary or text is listed
    otherwise than before are wanted again; a section page's links are not compared, for their words tell the time.
    """
    given = [_given(lease, items) for lease, items in lists]
    by_url = find_urls(connection, [each.key for found in given for each in found])
    shared = {key for key, (_, reason) in by_url.items() if reason == SHARED}
    given = [[_apart(each) if each.key in shared else each for each in found] for found in given]
    if late := [each.key for found in given for each in found if not each.item.own_link and each.key not in by_url]:
        by_url |= find_urls(connection, late)
    by_guid = find_guids(connection, {each.name for found in given for each in found if each.item.guid})
    reached = {by_url[each.key][0] for found in given for each in found if each.key in by_url}
    standing = find_standing(connection, reached | set(by_guid.values()))
    given = [[_known(each, by_url, by_guid, standing) for each in found] for found in given]
    rest = [each for found in given for each in found if not each.article]
    buried = find_buried(connection, lambda: {mark for each in rest for mark in _marks(each)})
    kept = _Kept(by_url=by_url, by_guid=by_guid, standing=standing, buried=buried)
    return [_sorted_out(lease, found, kept) for (lease, _), found in zip(lists, given, strict=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What is kept of what some lists hold."""

    by_url: Mapping[str, tuple[int, str]]
    by_guid: Mapping[tuple[int, str], int]
    standing: Mapping[int, Standing]
    buried: AbstractSet[int]


def _given(lease: Lease, items: Sequence[Item]) -> list[_Listed]:
    source = lease.source_id
    return [_Listed(key, (source, clean_key(item.guid)), item) for key, item in distinct(items, by_title=_says(lease))]


def _says(lease: Lease) -> bool:
    """Say whether a source's words are about its articles; a page's links tell the time."""
    return lease.source.kind is not Kind.SECTION


def _sorted_out(lease: Lease, found: Sequence[_Listed], kept: _Kept) -> Look:
    compared, buried = _says(lease), kept.buried
    rest = [each for each in found if not each.article]
    gone = sum(not buried.isdisjoint(_marks(each)) for each in rest) if buried else 0
    named = [each for each in found if each.item.guid and each.article and each.key in kept.by_url]
    return Look(
        wanted=[
            _watched(each, kept.standing, compared=compared)
            for each in found
            if (
                not buried or buried.isdisjoint(_marks(each))
                if not each.article
                else compared and _changed(each, kept.standing, lease.source_id)
            )
        ],
        named={each.name: each.article for each in named if each.name not in kept.by_guid},
        items=len(found),
        known=len(found) - len(rest) + gone,
    )


def absent(connection: Connection, source: str, items: Sequence[Item]) -> list[Item]:
    """Give those of a source's items that are neither kept nor expired, by address or GUID; each once, in order.

    They are not watched for changes: what an archive says of an article is older than what its publisher says.
    """
    number = connection.execute(select(sources.c.id).where(sources.c.name == source)).scalar() or 0
    found = [_Listed(key, (number, clean_key(item.guid)), item) for key, item in distinct(items, by_title=False)]
    by_url = find_urls(connection, [each.key for each in found])
    by_guid = find_guids(connection, {each.name for each in found if each.item.guid})
    rest = [each for each in found if each.key not in by_url and each.name not in by_guid]
    buried = find_buried(connection, lambda: {mark for each in rest for mark in _marks(each)})
    return [replace(each.item, listed=0) for each in rest if buried.isdisjoint(_marks(each))]


def overlap(connection: Connection, lease: Lease, items: Sequence[Item]) -> Overlap:
    """Say how much of a source's list is known: by address, GUID, or at least by the titles of its latest articles."""
    (listed,) = look(connection, [(lease, items)])
    latest = (
        select(articles.c.title)
        .where(articles.c.source_id == lease.source_id)
        .order_by(articles.c.first_seen_at.desc())
        .limit(2 * len(items))
    )
    kept = {_words(title) for title in connection.execute(latest).scalars()}
    titles = {_words(clean_line(item.title)) for item in items} - {""}
    return Overlap(items=listed.items, known=listed.known, titles=len(titles & kept))


def _words(title: str) -> str:
    return " ".join(title.casefold().split())


def _apart(each: _Listed) -> _Listed:
    """Take the address for what it is: several articles'."""
    item = replace(each.item, own_link=False)
    return _Listed(shared_key(item), each.name, item)


def _known(
    each: _Listed,
    by_url: Mapping[str, tuple[int, str]],
    by_guid: Mapping[tuple[int, str], int],
    standing: Mapping[int, Standing],
) -> _Listed:
    """Say which article an item is, and take away the name that lies."""
    addressed = by_url[each.key][0] if each.key in by_url else 0
    named = by_guid.get(each.name, 0) if each.item.guid else 0
    if not (addressed or named):
        return each
    before = standing.get(addressed or named)
    if before is None or (addressed and named) or not strangers(before.title, each.item.title):
        return replace(each, article=addressed or named)
    if named:
        return _Listed(each.key, (each.name[0], ""), replace(each.item, guid=""))
    if each.item.guid and before.source_id == each.name[0]:
        return _apart(each)
    return replace(each, article=addressed)


def _changed(each: _Listed, standing: Mapping[int, Standing], source: int) -> bool:
    before = standing.get(each.article)
    if before is None or before.source_id != source or before.changes >= MOST_CHANGES:
        return False
    return before.listed not in (0, each.item.listed)


def _watched(each: _Listed, standing: Mapping[int, Standing], *, compared: bool) -> Item:
    """Give the item as the flow needs it: with how often its page was tried in vain, as a negative hash tells."""
    before = standing.get(each.article)
    tries = -before.listed if before and before.listed < 0 else 0
    if not compared:
        return replace(each.item, listed=0)
    return replace(each.item, tries=tries) if tries else each.item


def _marks(each: _Listed) -> list[int]:
    return marks(each.key, *each.name)

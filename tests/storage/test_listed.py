"""Feeds that name their items badly."""

from dataclasses import fields
from datetime import timedelta

from news.article import Item, Overlap
from news.source import Kind
from storage.articles import Archive
from storage.database import Database
from storage.known import distinct
from storage.sources import Sources
from tests.storage.press import NOW, item, lease_of, leased, prepared, settlement, source, tell

ROOT = "https://gazette.example/news"


def _take(database: Database, *listed: tuple[str, str, str]) -> list[str]:
    """Let a feed list (address, GUID, title), keep what is new, and give its titles."""
    lease = lease_of(database, due_only=False)
    archive = Archive(database)
    wanted = archive.unknown(lease, [item(1, url=url, guid=guid, title=title) for url, guid, title in listed])
    found = [
        prepared(
            hash(each.title), url=each.url, guid=each.guid, title=each.title, own_link=each.own_link, listed=each.listed
        )
        for each in wanted
    ]
    kept = archive.keep(lease, found, settlement(), now=NOW, decide=tell)
    assert kept.new == len([each for each in wanted if each.listed]), "what is wanted is kept"
    return [each.title for each in wanted]


def test_feed_whose_items_share_one_link_has_every_item_kept_once(database: Database) -> None:
    shared = f"{ROOT}/bulletin"
    first = [(shared, "g1", "Storm on the coast"), (shared, "g2", "Harvest is late")]
    assert _take(database, *first) == ["Storm on the coast", "Harvest is late"]
    assert _take(database, *first) == []
    assert _take(database, (shared, "g3", "Bridge reopens"), *first) == ["Bridge reopens"]
    assert _take(database, (shared, "g4", "Ferry sold")) == ["Ferry sold"], (
        "alone in the list, the link is still shared"
    )
    assert _take(database, (shared, "g3", "Bridge reopens")) == []


def test_shared_link_without_guids_goes_by_titles(database: Database) -> None:
    shared = f"{ROOT}/bulletin"
    assert _take(database, (shared, "", "Storm"), (shared, "", "Harvest")) == ["Storm", "Harvest"]
    assert _take(database, (shared, "", "Harvest"), (shared, "", "Bridge")) == ["Bridge"]


def test_front_page_is_nobodys_address(database: Database) -> None:
    assert _take(database, ("https://gazette.example/", "g1", "Storm")) == ["Storm"]
    assert _take(database, ("https://gazette.example/", "g2", "Harvest")) == ["Harvest"]
    assert _take(database, ("https://gazette.example/", "g2", "Harvest")) == []


def test_link_that_turns_out_to_be_shared_loses_nothing(database: Database) -> None:
    shared = f"{ROOT}/live"
    assert _take(database, (shared, "g1", "Storm on the coast")) == ["Storm on the coast"]
    assert _take(database, (shared, "g2", "Harvest is late")) == ["Harvest is late"]
    assert _take(database, (shared, "g1", "Storm on the coast"), (shared, "g2", "Harvest is late")) == []


def test_article_listed_twice_under_two_guids_is_one(database: Database) -> None:
    twice = [(f"{ROOT}/1", "g1", "Storm"), (f"{ROOT}/1", "g2", "Storm")]
    assert _take(database, *twice) == ["Storm"]
    assert _take(database, *twice) == []


def test_guids_made_up_at_each_look_announce_nothing_twice(database: Database) -> None:
    assert _take(database, (f"{ROOT}/1", "a1", "Storm on the coast")) == ["Storm on the coast"]
    assert _take(database, (f"{ROOT}/1", "b2", "Storm on the coast")) == []
    assert _take(database, (f"{ROOT}/1", "c3", "Storm on the coast")) == []


def test_guid_that_every_item_has_in_its_turn_hides_none(database: Database) -> None:
    assert _take(database, (f"{ROOT}/1", "0", "Storm")) == ["Storm"]
    assert _take(database, (f"{ROOT}/2", "0", "Harvest")) == ["Harvest"]
    assert _take(database, (f"{ROOT}/2", "0", "Harvest")) == []


def test_article_that_moved_keeps_its_guid_and_is_no_new_one(database: Database) -> None:
    assert _take(database, (f"{ROOT}/storm-nears", "p7", "Storm nears the coast")) == ["Storm nears the coast"]
    lease = lease_of(database, due_only=False)
    (again,) = Archive(database).unknown(
        lease, [item(1, url=f"{ROOT}/storm-hits", guid="p7", title="Storm hits coast")]
    )
    kept = Archive(database).keep(
        lease, [prepared(1, url=again.url, guid="p7", title=again.title, listed=again.listed)], now=NOW, decide=tell
    )
    assert (kept.new, kept.revised) == (0, 1)


def test_items_without_guids_are_known_by_their_addresses(database: Database) -> None:
    assert _take(database, (f"{ROOT}/1", "", "Storm"), (f"{ROOT}/2", "", "Harvest")) == ["Storm", "Harvest"]
    assert _take(database, (f"{ROOT}/1?utm_source=rss", "", "Storm")) == []


def test_an_article_that_a_page_links_by_many_words_is_one(database: Database) -> None:
    queue = Sources(database)
    queue.sync([source(kind=Kind.SECTION)], now=NOW)
    (lease,) = queue.claim(owner="me", now=NOW, lease=timedelta(seconds=60), limit=1)
    teaser, headline = item(1, guid="", title="Read more"), item(1, guid="", title="A dock is opened")
    assert [each.own_link for each in Archive(database).unknown(lease, [teaser, headline])] == [True]


def test_overlap_counts_what_is_known_by_any_name(database: Database) -> None:
    archive = Archive(database)
    gazette, herald = leased(database, "gazette", "herald")
    old = prepared(8, first_seen_at=NOW - timedelta(days=200))
    archive.keep(gazette, [prepared(1), prepared(2), old], now=NOW, decide=tell)
    archive.expire(now=NOW, keep=timedelta(days=180))
    moved = item(2, url=f"{ROOT}/moved")
    listed = [item(1), moved, item(8), item(9), item(9, url=f"{ROOT}/9?utm_source=feed")]
    assert archive.overlap(gazette, listed) == Overlap(items=4, known=3, titles=2)
    assert archive.overlap(herald, [item(1, guid="theirs"), item(5)]) == Overlap(items=2, known=1, titles=0)


def test_overlap_knows_old_titles_under_new_addresses(database: Database) -> None:
    archive = Archive(database)
    lease = lease_of(database)
    archive.keep(lease, [prepared(1), prepared(2)], now=NOW, decide=tell)
    renamed = [item(n, url=f"{ROOT}/new/{n}", guid=f"new-{n}", title=f" ITEM  {n}") for n in (1, 2, 3)]
    assert archive.overlap(lease, renamed) == Overlap(items=3, known=0, titles=2)


def test_what_a_source_says_of_an_item_goes_on_whole() -> None:
    said = Item(
        url="https://a.example/1",
        guid="g",
        title="Harvest",
        summary="It was good.",
        text="It was very good.",
        authors=("Ann",),
        lang="en",
        section="fields",
        published_at=NOW,
        tries=2,
    )
    unlike = [field.name for field in fields(Item) if getattr(said, field.name) in (field.default, "")]
    assert unlike == ["own_link", "listed"]  # what storage says; of every other field this item has a word to lose
    ((_, found),) = distinct([said])
    assert found == said
    assert (found.tries, found.listed != 0) == (2, True)


def test_lists_looked_at_together_are_each_their_sources_own(database: Database) -> None:
    archive = Archive(database)
    gazette, herald = leased(database, "gazette", "herald")
    archive.keep(gazette, [prepared(1), prepared(2)], now=NOW, decide=tell)
    lists = [
        (gazette, [item(1), item(2, url="https://gazette.example/moved"), item(3), item(3)]),
        (herald, [item(1, guid="theirs"), item(2, url="https://herald.example/2"), item(3)]),
    ]
    together = archive.unknown_many(lists)
    assert together == [[item(3)], [item(2, url="https://herald.example/2"), item(3)]]
    assert (
        archive.unknown(herald, [item(1, guid="theirs", url="https://herald.example/elsewhere")]) == []
    )  # the name was learnt
    assert together == [archive.unknown(lease, listed) for lease, listed in lists]

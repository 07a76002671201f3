"""The archive: every article once, and in one commit all that follows from it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from news.article import DateFrom, Item
from news.errors import LeaseLostError
from news.source import Validators
from storage.articles import Archive
from storage.database import Database
from storage.outbox import DeliveryStore
from storage.sources import Sources
from storage.tables import alerts, deliveries, matches, metadata
from tests.storage.press import (
    LEASE,
    NOW,
    article,
    item,
    later,
    lease_of,
    leased,
    oldest,
    prepared,
    settlement,
    tell,
    tell_all,
)


def _rows(database: Database, name: str) -> int:
    with database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(metadata.tables[name])).scalar_one())


def test_kept_article_comes_back_as_it_was(database: Database) -> None:
    archive = Archive(database)
    whole = article(
        1, summary="Short", authors=("A. Writer", "Б. Автор"), lang="tr", section="World", group="wires",
        published_at=later(hours=-2), date_from=DateFrom.META, quality=0.6, paywalled=True, note="odd",
    )  # fmt: skip
    kept = archive.keep(lease_of(database), [replace(prepared(1), article=whole)], now=NOW, decide=tell)
    assert (kept.new, kept.known, kept.copies) == (1, 0, 0)
    stored = archive.get("http://www.gazette.example/news/1?utm_source=x")
    assert stored is not None
    assert stored.article == whole
    assert archive.get(stored.id) == stored
    assert archive.get("https://gazette.example/other") is None


def test_article_is_kept_once_however_often_it_comes(database: Database) -> None:
    archive = Archive(database)
    here, there = leased(database, "gazette", "herald")
    first = archive.keep(here, [prepared(1), prepared(1), prepared(2)], now=NOW, decide=tell)
    again = archive.keep(there, [prepared(2), prepared(1)], now=NOW, decide=tell)
    assert (first.new, first.known) == (2, 1)
    assert (again.new, again.known) == (0, 2)
    assert archive.count() == 2


def test_lost_lease_keeps_nothing(database: Database) -> None:
    archive = Archive(database)
    mine = lease_of(database)
    lease_of(database, owner="other", now=later(minutes=5))
    with pytest.raises(LeaseLostError, match="another worker runs gazette"):
        archive.keep(mine, [prepared(1, topics=["defence"])], settlement(), now=NOW, decide=tell)
    assert {
        name: _rows(database, name) for name in ("articles", "matches", "fetches", "urls", "stories")
    } == dict.fromkeys(("articles", "matches", "fetches", "urls", "stories"), 0)


def test_second_lease_of_the_same_owner_shuts_out_the_first(database: Database) -> None:
    archive, queue = Archive(database), Sources(database)
    slow = lease_of(database)
    quick = lease_of(database, now=later(minutes=5))
    assert queue.settle([(quick, settlement())], now=NOW) == []
    third = lease_of(database, now=later(minutes=30))
    assert (slow.owner, slow.attempts) == (third.owner, third.attempts)
    with pytest.raises(LeaseLostError):
        archive.keep(slow, [prepared(1)], settlement(), now=NOW, decide=tell)
    archive.keep(third, [prepared(1)], settlement(), now=NOW, decide=tell)


def test_commit_with_settlement_ends_the_run(database: Database) -> None:
    archive, queue = Archive(database), Sources(database)
    archive.keep(lease_of(database), [prepared(2)], now=NOW, decide=tell)
    lease = lease_of(database, now=later(minutes=2))
    archive.keep(lease, [prepared(1), prepared(2)], settlement(), now=NOW, decide=tell)
    status = queue.statuses(NOW)[0]
    assert status.last_success_at == NOW
    assert status.due_at == later(minutes=15)
    assert status.articles == 2
    assert status.last_fetch is not None
    assert status.last_fetch.new == 1  # of the two announced, one was known
    again = lease_of(database, now=later(minutes=20))
    assert again.validators == Validators(etag='"1"', body_hash="abc")
    assert (again.first_look, again.attempts) == (False, 1)


def test_story_alerts_once_per_topic_and_each_channel_is_owed_once(database: Database) -> None:
    archive = Archive(database)
    here, there = leased(database, "gazette", "herald")
    copy = prepared(1, topics=["defence", "drones"], url="https://herald.example/9", source="herald")
    first = archive.keep(here, [prepared(1, topics=["defence"])], now=NOW, decide=tell_all)
    second = archive.keep(there, [copy], now=NOW, decide=tell_all)
    assert (first.alerts, second.alerts, second.copies) == (1, 1, 1)
    with database.read() as connection:
        told = connection.execute(select(alerts.c.topic, alerts.c.article_id).order_by(alerts.c.id)).all()
        owed = connection.execute(select(func.count()).select_from(deliveries)).scalar()
        met = connection.execute(select(func.count()).select_from(matches)).scalar()
    assert [tuple(row) for row in told] == [("defence", 1), ("drones", 2)]
    assert (owed, met) == (4, 3)


def test_backlog_is_recorded_and_told_only_when_the_story_lives_on(database: Database) -> None:
    archive, store = Archive(database), DeliveryStore(database)
    here, there = leased(database, "gazette", "herald")
    backlog = archive.keep(here, [prepared(1, topics=["defence"])], settlement(), now=NOW, decide=tell)
    assert (backlog.alerts, backlog.held) == (0, 1)
    assert store.claim("mail", owner="me", now=NOW, lease=LEASE, pick=oldest(9)) == []
    copy = prepared(1, topics=["defence"], url="https://herald.example/9", source="herald")
    fresh = archive.keep(replace(there, first_look=False), [copy], now=later(hours=1), decide=tell)
    assert (fresh.alerts, fresh.held, fresh.copies) == (1, 0, 1)
    (told,) = store.alerts()
    assert told.alert.article.source == "herald"
    assert told.alert.story.outlets == ("gazette", "herald")
    assert told.alert.created_at == later(hours=1)
    assert [delivery.channel for delivery in told.deliveries] == ["hook", "mail"]


def test_redirect_target_known_from_elsewhere_is_the_same_article(database: Database) -> None:
    archive = Archive(database)
    here, there = leased(database, "gazette", "herald")
    archive.keep(here, [prepared(1)], now=NOW, decide=tell)
    again = prepared(7, url="https://short.example/abc", aliases=("https://gazette.example/news/1",))
    assert archive.keep(there, [again], now=NOW, decide=tell).known == 1
    assert archive.unknown(there, [Item(url="https://short.example/abc", guid="guid-7")]) == []


def test_canonical_that_points_at_the_front_page_joins_nothing(database: Database) -> None:
    archive = Archive(database)
    front = ("https://gazette.example/",)
    kept = archive.keep(
        lease_of(database), [prepared(1, aliases=front), prepared(2, aliases=front)], now=NOW, decide=tell
    )
    assert kept.new == 2


def test_copy_that_names_the_wires_address_is_an_article_of_its_own(database: Database) -> None:
    archive = Archive(database)
    here, there = leased(database, "gazette", "herald")
    archive.keep(here, [prepared(1)], now=NOW, decide=tell)
    copy = prepared(1, url="https://herald.example/a-wire-story-1", canonical="https://gazette.example/news/1")
    kept = archive.keep(there, [copy], now=NOW, decide=tell)
    assert (kept.new, kept.copies) == (1, 1)


def test_canonical_within_the_site_joins(database: Database) -> None:
    archive = Archive(database)
    lease = lease_of(database)
    address = "https://gazette.example/news/ministers-sign-a-pact-on-drones-20419"
    archive.keep(lease, [prepared(1, url=address)], now=NOW, decide=tell)
    twin = prepared(7, url="https://gazette.example/live/ministers-sign-a-pact-on-drones-20420", canonical=address)
    assert archive.keep(lease, [twin], now=NOW, decide=tell).known == 1
    assert archive.get(twin.article.url) == archive.get(address)
    again = prepared(8, url="https://gazette.example/live/20420-x", canonical=address, aliases=(twin.article.url,))
    assert archive.keep(lease, [again], now=NOW, decide=tell).known == 1


def test_same_words_under_another_address_of_the_source_are_the_same_article(database: Database) -> None:
    archive = Archive(database)
    lease = lease_of(database)
    archive.keep(lease, [prepared(1)], now=NOW, decide=tell)
    moved = prepared(1, url="https://gazette.example/archive/1", guid="other")
    assert archive.keep(lease, [moved], now=NOW, decide=tell).known == 1
    assert archive.get("https://gazette.example/archive/1") == archive.get(1)


def test_unknown_leaves_out_what_is_kept_and_what_comes_twice(database: Database) -> None:
    archive = Archive(database)
    lease = lease_of(database)
    archive.keep(lease, [prepared(1), prepared(2)], now=NOW, decide=tell)
    moved = item(2, url="https://gazette.example/moved/2")
    fresh = [item(4), item(3)]
    assert archive.unknown(lease, [item(1), moved, *fresh, item(3, guid="again")]) == fresh


def test_guid_that_names_many_addresses_is_not_believed(database: Database) -> None:
    archive = Archive(database)
    lease = lease_of(database)
    listed = [item(number, guid="same") for number in (1, 2)]
    assert [each.guid for each in archive.unknown(lease, listed)] == ["", ""]


def test_article_of_another_source_is_remembered_by_guid(database: Database) -> None:
    archive = Archive(database)
    here, there = leased(database, "gazette", "herald")
    archive.keep(here, [prepared(1)], now=NOW, decide=tell)
    assert archive.unknown(there, [item(1, guid="theirs")]) == []
    assert archive.unknown(there, [item(1, guid="theirs", url="https://herald.example/new-address")]) == []
    assert archive.unknown(there, [item(1, guid="made-up-anew")]) == []
    assert _rows(database, "guids") == 2  # its own, and theirs


def test_two_thousand_items_are_sifted_in_one_go(database: Database) -> None:
    archive = Archive(database)
    lease = lease_of(database)
    archive.keep(lease, [prepared(number) for number in range(1000)], now=NOW, decide=tell)
    assert archive.unknown(lease, [item(number) for number in range(2000)]) == [item(n) for n in range(1000, 2000)]


def test_export_gives_everything_in_order_of_arrival(database: Database) -> None:
    archive = Archive(database)
    lease = lease_of(database)
    old = [prepared(number, first_seen_at=later(days=-9)) for number in range(300)]
    archive.keep(lease, old, now=NOW, decide=tell)
    archive.keep(lease, [prepared(number) for number in range(300, 502)], now=NOW, decide=tell)
    every = [stored.id for stored in archive.export()]
    assert every == sorted(every)
    assert len(set(every)) == 502
    assert len(list(archive.export(since=later(days=-1)))) == 202


def test_newest_of_a_batch_is_the_last_to_arrive(database: Database) -> None:
    archive = Archive(database)
    archive.keep(lease_of(database), [prepared(2), prepared(1)], now=NOW, decide=tell)
    assert [stored.article.title for stored in archive.export()] == ["Item 1", "Item 2"]


def test_expired_articles_stay_away_and_cited_ones_stay(database: Database) -> None:
    archive, queue = Archive(database), Sources(database)
    lease = lease_of(database)
    archive.keep(lease, [prepared(1, topics=["defence"]), prepared(2), prepared(3)], now=NOW, decide=tell_all)
    assert archive.expire(now=later(days=200), keep=timedelta(days=180)) == 2
    assert [stored.article.title for stored in archive.export()] == ["Item 1"]
    assert archive.unknown(lease, [item(2), item(9, guid="guid-3"), item(4)]) == [item(4)]
    assert archive.keep(lease, [prepared(2)], now=NOW, decide=tell).known == 1
    assert {name: _rows(database, name) for name in ("urls", "guids", "stories")} == {
        "urls": 1,
        "guids": 1,
        "stories": 1,
    }
    with database.read() as connection:
        assert connection.execute(text("SELECT count(DISTINCT article_id) FROM sketches")).scalar() == 1
    assert queue.statuses(NOW)[0].articles == 1
    assert len(DeliveryStore(database).alerts()) == 1


def test_names_of_an_article_that_expired_meanwhile_are_not_learnt(database: Database) -> None:
    archive = Archive(database)
    here, there = leased(database, "gazette", "herald")
    archive.keep(here, [prepared(1), prepared(2, first_seen_at=later(days=200))], now=NOW, decide=tell)
    gone, stays = (stored.id for stored in archive.export())
    found = {(there.source_id, "theirs-1"): gone, (there.source_id, "theirs-2"): stays}
    assert archive.expire(now=later(days=200), keep=timedelta(days=180)) == 1
    archive._learn(found)  # as `unknown` does, which found both before the expiry
    assert _rows(database, "guids") == 2  # its own, and theirs


def test_view_gives_the_article_with_its_source(database: Database) -> None:
    Archive(database).keep(lease_of(database), [prepared(1)], now=NOW, decide=tell)
    with database.read() as connection:
        row = connection.execute(text("SELECT url, source, story_id FROM v_article")).one()
    assert tuple(row) == ("https://gazette.example/news/1", "gazette", 1)

"""The outbox: every alert owed once to each channel, under one id, until taken or given up."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alerts.outbox import messages
from alerts.pace import Pace
from news.alert import Delivery, DeliveryState, Picked, Settled, Verdict, Waiting
from news.errors import LeaseLostError
from news.topic import Topic
from storage.articles import Archive
from storage.database import Database
from storage.maintain import Retention, maintain
from storage.outbox import DeliveryStore
from storage.topics import Topics
from tests.storage.press import LEASE, NOW, later, leased, match, oldest, prepared, tell, tell_all

_TAKEN = Settled(state=DeliveryState.DELIVERED, detail="250 OK")


def _claim(store: DeliveryStore, now: datetime = NOW, owner: str = "me", channel: str = "mail") -> list[Delivery]:
    return store.claim(channel, owner=owner, now=now, lease=LEASE, pick=oldest(100))


@pytest.fixture
def store(database: Database) -> DeliveryStore:
    """One story in two outlets, told to two channels."""
    here, there = leased(database, "gazette", "herald")
    archive = Archive(database)
    Topics(database).sync([Topic(name="defence", title="Defence", query="item", version="1")], now=NOW)
    archive.keep(here, [prepared(1, topics=["defence"], lang="en")], now=NOW, decide=tell_all)
    copy = prepared(1, topics=["defence"], url="https://herald.example/1", source="herald", lang="de")
    archive.keep(there, [copy], now=later(minutes=1), decide=tell_all)
    return DeliveryStore(database)


def test_claimed_delivery_brings_everything_a_message_needs(store: DeliveryStore) -> None:
    (delivery,) = _claim(store)
    alert = delivery.alert
    assert (delivery.channel, delivery.owner, delivery.attempt, delivery.due_at) == ("mail", "me", 1, NOW)
    assert (alert.topic, alert.topic_title, alert.match) == ("defence", "Defence", match())
    assert alert.article.text == prepared(1).article.text
    assert (alert.story.articles, alert.story.outlets, alert.story.langs) == (2, ("gazette", "herald"), ("en", "de"))
    assert [(copy.source, copy.text) for copy in alert.copies] == [("gazette", ""), ("herald", "")]
    assert (alert.decision.verdict, alert.decision.channels) == (Verdict.NOW, ("mail", "hook"))


def _states(store: DeliveryStore) -> dict[str, set[DeliveryState]]:
    found: dict[str, set[DeliveryState]] = {}
    for status in store.alerts():
        for each in status.deliveries:
            found.setdefault(each.channel, set()).add(each.state)
    return found


def test_claimed_delivery_is_nobody_elses_until_its_lease_ends(store: DeliveryStore) -> None:
    (mine,) = _claim(store)
    assert _claim(store, owner="other") == []
    (theirs,) = _claim(store, later(minutes=2), owner="other")
    assert (theirs.id, theirs.attempt) == (mine.id, 2)
    with pytest.raises(LeaseLostError):
        store.settle([mine], _TAKEN, now=NOW)
    store.settle([theirs], _TAKEN, now=NOW)
    assert _states(store)["mail"] == {DeliveryState.DELIVERED}


def test_put_off_delivery_comes_again_under_its_id_with_who_has_it(store: DeliveryStore) -> None:
    (first,) = _claim(store)
    put_off = Settled(state=DeliveryState.DUE, detail="451 later", due_at=later(minutes=5), taken_by=("a@x.example",))
    store.settle([first], put_off, now=NOW)
    assert _claim(store, later(minutes=4)) == []
    (second,) = _claim(store, later(minutes=5))
    assert (second.id, second.attempt, second.taken_by) == (first.id, 2, ("a@x.example",))
    (status,) = store.alerts()
    assert status.deliveries[1].last_error == "451 later"


def test_settled_twice_is_refused(store: DeliveryStore) -> None:
    (delivery,) = _claim(store)
    store.settle([delivery], _TAKEN, now=NOW)
    with pytest.raises(LeaseLostError):
        store.settle([delivery], _TAKEN, now=NOW)
    assert _claim(store, later(days=9)) == []


def test_dead_letters_are_sent_again_under_their_id(store: DeliveryStore) -> None:
    (delivery,) = _claim(store)
    store.settle([delivery], Settled(state=DeliveryState.DEAD, detail="550 no such user"), now=NOW)
    assert store.redeliver(["another"], now=later(hours=1)) == 0
    assert store.redeliver([delivery.id], now=later(hours=1)) == 1
    (again,) = _claim(store, later(hours=1))
    assert (again.id, again.attempt) == (delivery.id, 1)


def test_channel_that_is_gone_gets_nothing_until_somebody_asks(store: DeliveryStore, database: Database) -> None:
    (in_flight,) = _claim(store)
    store.disable_channel("mail", "410 Gone", now=NOW)
    store.disable_channel("hook", "410 Gone", now=NOW)
    store.settle([in_flight], Settled(state=DeliveryState.DUE, due_at=later(minutes=5)), now=NOW)
    lease = leased(database, "gazette", now=later(hours=1))[0]
    Archive(database).keep(lease, [prepared(2, topics=["defence"])], now=later(hours=1), decide=tell_all)
    assert _states(store) == {"mail": {DeliveryState.DEAD}, "hook": {DeliveryState.DEAD}}
    assert {each.last_error for status in store.alerts() for each in status.deliveries} == {
        "channel switched off: 410 Gone"
    }
    assert _claim(store, later(hours=1)) == []
    assert store.redeliver(now=later(hours=2)) == 4
    assert len(_claim(store, later(hours=2))) == 2
    assert not store.enable_channel("mail"), "it is on again"


def test_enabled_channel_hears_of_what_comes_next(store: DeliveryStore) -> None:
    store.disable_channel("mail", "410 Gone", now=NOW)
    assert store.enable_channel("mail")
    assert not store.enable_channel("mail")


def test_released_deliveries_are_due_as_before(store: DeliveryStore) -> None:
    (first,) = _claim(store)
    store.release("me")
    (again,) = _claim(store)
    assert (again.id, again.attempt) == (first.id, 1)


def test_lease_of_a_released_delivery_cannot_write(store: DeliveryStore) -> None:
    (first,) = _claim(store)
    store.release("me")
    with pytest.raises(LeaseLostError):
        store.settle([first], _TAKEN, now=NOW)


def test_alerts_are_listed_newest_first_and_by_topic(store: DeliveryStore, database: Database) -> None:
    lease = leased(database, "gazette", now=later(hours=1))[0]
    more = [prepared(number, topics=["drones", "defence"]) for number in (3, 2)]
    Archive(database).keep(lease, more, now=later(hours=1), decide=tell_all)
    assert [status.alert.id for status in store.alerts()] == [5, 4, 3, 2, 1]
    assert [status.alert.id for status in store.alerts(1, topic="defence")] == [5]
    assert [status.alert.id for status in store.alerts(before=3)] == [2, 1]
    status = store.alert(1)
    assert status is not None
    assert [delivery.state for delivery in status.deliveries] == [DeliveryState.DUE, DeliveryState.DUE]
    assert store.alert(99) is None


def test_four_workers_deliver_each_once(database: Database) -> None:
    lease = leased(database, "gazette")[0]
    Archive(database).keep(lease, [prepared(n, topics=["defence"]) for n in range(60)], now=NOW, decide=tell_all)
    store = DeliveryStore(database)

    def work(owner: int) -> list[str]:
        done = []
        while batch := store.claim("mail", owner=str(owner), now=NOW, lease=LEASE, pick=oldest(3)):
            for delivery in batch:
                store.settle([delivery], _TAKEN, now=NOW)
                done.append(delivery.id)
        return done

    with ThreadPoolExecutor(4) as pool:
        ids = [one for mine in pool.map(work, range(4)) for one in mine]
    assert len(ids) == len(set(ids)) == 60


def test_channel_that_left_the_configuration_is_given_up_after_a_week(store: DeliveryStore) -> None:
    """It may be known to another process, by its environment; that one would have tried meanwhile."""
    assert store.give_up_on_strangers(["mail"], now=later(days=6)) == 0
    _claim(store, later(days=6), channel="hook")
    store.release("me")
    assert store.give_up_on_strangers(["mail"], now=later(days=8)) == 0, "somebody tried it two days ago"
    assert store.give_up_on_strangers(["mail", "hook"], now=later(days=14)) == 0
    assert store.give_up_on_strangers(["mail"], now=later(days=14)) == 1
    assert _states(store) == {"mail": {DeliveryState.DUE}, "hook": {DeliveryState.DEAD}}
    (status,) = store.alerts()
    assert "no longer configured" in status.deliveries[0].last_error
    assert store.redeliver(now=later(days=14)) == 1


def test_messages_of_the_last_hour_are_counted(store: DeliveryStore) -> None:
    assert store.begun("mail", now=NOW) == 0
    _claim(store)
    assert store.begun("mail", now=later(minutes=59)) == 1
    assert store.begun("mail", now=later(minutes=61)) == 0


def test_held_alert_is_listed_with_its_reason_and_owes_nothing(database: Database) -> None:
    lease = leased(database, "gazette")[0]
    Archive(database).keep(lease, [prepared(1, topics=["defence"])], now=NOW, decide=tell)
    (status,) = DeliveryStore(database).alerts()
    assert (status.alert.decision.verdict, status.alert.decision.reason) == (Verdict.HELD, "backlog")
    assert status.alert.topic_title == "defence"
    assert status.deliveries == ()
    assert [DeliveryStore(database).waiting(name, now=NOW) for name in ("mail", "hook")] == [0, 0]


def test_settled_deliveries_go_after_their_time(store: DeliveryStore, database: Database) -> None:
    (mail,), (hook,) = _claim(store), _claim(store, channel="hook")
    store.settle([mail], _TAKEN, now=NOW)
    store.settle([hook], Settled(state=DeliveryState.DEAD, detail="no"), now=NOW)
    keep = replace(Retention(), articles=timedelta(days=999))
    assert maintain(database, keep, now=later(days=29)).deliveries == 0
    assert maintain(database, keep, now=later(days=31)).deliveries == 1
    assert maintain(database, keep, now=later(days=91)).deliveries == 1
    assert len(store.alerts()) == 1


def test_a_dead_digest_is_sent_again_whole_under_its_id(database: Database) -> None:
    lease = leased(database, "gazette")[0]
    Archive(database).keep(lease, [prepared(n, topics=["defence"]) for n in range(5)], now=NOW, decide=tell_all)
    store = DeliveryStore(database)

    def together(due: Sequence[Waiting], begun: Mapping[str, datetime], /) -> Picked:
        return Picked(digest=[message.id for message in due])

    digest = store.claim("mail", owner="me", now=NOW, lease=LEASE, pick=together)
    store.settle(digest, Settled(state=DeliveryState.DEAD, detail="550 no such user"), now=NOW)
    assert store.redeliver([digest[2].id], now=later(hours=1)) == 5
    again = _claim(store, later(hours=1))
    assert [(each.id, each.bundle) for each in again] == [(each.id, each.bundle) for each in digest]
    (status, *_) = store.alerts()
    assert {each.bundle for each in status.deliveries} == {"", digest[0].bundle}


def test_four_workers_share_one_limit_and_send_no_digest_twice(database: Database) -> None:
    lease = leased(database, "gazette")[0]
    Archive(database).keep(lease, [prepared(n, topics=["defence"]) for n in range(40)], now=NOW, decide=tell_all)
    store = DeliveryStore(database)
    pace = Pace(now=NOW, at_once=3, per_hour=12, most=10)

    def work(owner: int) -> list[Delivery]:
        done: list[Delivery] = []
        while batch := store.claim("mail", owner=str(owner), now=NOW, lease=LEASE, pick=pace):
            for message in messages(batch):
                store.settle(message, _TAKEN, now=NOW)
            done += batch
        return done

    with ThreadPoolExecutor(4) as pool:
        sent = [one for mine in pool.map(work, range(4)) for one in mine]
    assert len({one.id for one in sent}) == len(sent) == 9 + 10
    assert len({one.message_id for one in sent}) == 9 + 1
    assert store.waiting("mail", now=NOW) == 21

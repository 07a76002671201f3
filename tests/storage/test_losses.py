"""Alerts that were given up, as operators are told of them: each counted once, by who did not get it."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial

from news.alert import DeliveryState, Settled
from news.notice import Event, Loss, Notice
from scheduler.telling import AT_ONCE, tell
from storage.articles import Archive
from storage.database import Database
from storage.operators import NoticeStore
from storage.outbox import DeliveryStore
from tests.storage.press import LEASE, NOW, later, leased, oldest, prepared, settlement, tell_all

DEAD = Settled(state=DeliveryState.DEAD, detail="550 no such mailbox")


def owe(database: Database, *numbers: int, now: datetime = NOW) -> None:
    """Owe an alert of each number to `mail` and to `hook`."""
    (lease,) = leased(database, now=now, due_only=False)
    news = [prepared(number, topics=["defence"]) for number in numbers]
    Archive(database).keep(lease, news, settlement(now), now=now, decide=tell_all)


def send(database: Database, settled: Settled, channel: str = "mail", now: datetime = NOW) -> None:
    """Let everything that a channel is owed come to this end."""
    store = DeliveryStore(database)
    for delivery in store.claim(channel, owner="me", now=now, lease=LEASE, pick=oldest(100)):
        store.settle([delivery], settled, now=now)


def told(database: Database, now: datetime = NOW) -> Sequence[Loss]:
    """What operators are told now."""
    notices: list[Notice] = NoticeStore(database).tell(partial(tell, now=now, patience=AT_ONCE), ["hook"], now=now)
    assert len(notices) <= 1
    return [loss for notice in notices for loss in notice.losses]


def test_a_loss_counts_alerts_and_names_the_last_with_its_reason(database: Database) -> None:
    owe(database, 1, 2, 3)
    send(database, DEAD)
    (loss,) = told(database)
    last = max(status.alert.id for status in DeliveryStore(database).alerts())
    assert (loss.channel, loss.receiver, loss.alerts, loss.reason) == ("mail", "", 3, "550 no such mailbox")
    assert (loss.since, loss.until) == (NOW, NOW)
    assert 0 < loss.alert <= last
    (status,) = NoticeStore(database).notices()
    assert status.notice.losses == (loss,)
    assert told(database, later(days=30)) == []


def test_a_later_loss_waits_six_hours_and_then_counts_all_of_them(database: Database) -> None:
    owe(database, 1)
    send(database, DEAD)
    assert [loss.alerts for loss in told(database)] == [1]
    for number in (2, 3):
        owe(database, number, now=later(hours=number))
        send(database, DEAD, now=later(hours=number))
        assert told(database, later(hours=number)) == []
    assert [(loss.alerts, loss.until) for loss in told(database, later(hours=6))] == [(2, later(hours=3))]


def test_a_receiver_that_refused_is_counted_beside_those_that_took_it(database: Database) -> None:
    owe(database, 1, 2)
    refused = Settled(state=DeliveryState.DELIVERED, taken_by=("boris",), refused={"anna": "550\x00no", "carl": "551"})
    send(database, refused)
    assert [(loss.receiver, loss.alerts, loss.reason) for loss in told(database)] == [
        ("anna", 2, "550 no"),
        ("carl", 2, "551"),
    ]


def test_who_rests_while_another_is_told_of_is_told_of_later(database: Database) -> None:
    def refuse(number: int, *receivers: str, now: datetime) -> None:
        owe(database, number, now=now)
        refused = dict.fromkeys(receivers, "550 no")
        send(database, Settled(state=DeliveryState.DELIVERED, taken_by=("boris",), refused=refused), now=now)

    refuse(1, "anna", now=NOW)
    assert [loss.receiver for loss in told(database)] == ["anna"]
    refuse(2, "anna", "carl", now=later(days=1))
    assert [loss.receiver for loss in told(database, later(days=1))] == ["carl"]
    assert [(loss.receiver, loss.alerts) for loss in told(database, later(days=8))] == [("anna", 1)]
    assert told(database, later(days=30)) == []


def test_what_was_sent_again_and_died_again_is_told_again(database: Database) -> None:
    owe(database, 1)
    send(database, DEAD)
    assert told(database)
    assert DeliveryStore(database).redeliver(now=later(hours=7)) == 1
    assert told(database, later(hours=7)) == []
    send(database, DEAD, now=later(hours=7))
    assert [loss.alerts for loss in told(database, later(hours=7))] == [1]


def test_what_is_sent_again_before_anybody_heard_is_not_told(database: Database) -> None:
    owe(database, 1)
    send(database, DEAD)
    DeliveryStore(database).redeliver(now=NOW)
    assert told(database) == []


def test_a_switched_off_channel_is_told_of_once_and_then_of_what_it_misses(database: Database) -> None:
    owe(database, 1)
    DeliveryStore(database).disable_channel("mail", "HTTP 410", now=NOW)
    assert told(database) == []
    (status,) = NoticeStore(database).notices()
    assert status.notice.event is Event.CHANNEL_OFF
    owe(database, 2, now=later(hours=1))
    assert told(database, later(hours=1)) == []
    (loss,) = told(database, later(hours=6))
    assert (loss.alerts, loss.reason) == (1, "channel switched off: HTTP 410")


def test_what_a_channel_that_nobody_has_any_more_was_owed_is_told(database: Database) -> None:
    owe(database, 1, 2)
    assert DeliveryStore(database).give_up_on_strangers(["hook"], now=later(days=8)) == 2
    (loss,) = told(database, later(days=8))
    assert (loss.channel, loss.alerts) == ("mail", 2)
    assert "no longer configured" in loss.reason


def test_no_notice_tells_of_a_notice(database: Database) -> None:
    owe(database, 1)
    send(database, DEAD)
    assert told(database), "owed to hook, which refuses it together with the alert"
    send(database, DEAD, "hook", now=later(hours=1))
    assert [(loss.channel, loss.alerts) for loss in told(database, later(hours=1))] == [("hook", 1)]
    DeliveryStore(database).disable_channel("hook", "HTTP 410", now=later(hours=2))
    assert told(database, later(days=9)) == []
    (lost, *_) = NoticeStore(database).notices(1)
    assert lost.notice.event is Event.CHANNEL_OFF
    assert told(database, later(days=20)) == []


def test_every_loss_is_counted_once_while_more_come_in(database: Database) -> None:
    owe(database, *range(1, 41))
    store = DeliveryStore(database)
    claimed = store.claim("mail", owner="me", now=NOW, lease=LEASE, pick=oldest(100))

    def die(number: int) -> int:
        store.settle([claimed[number]], DEAD, now=NOW)
        return sum(loss.alerts for loss in told(database, later(days=number)))

    with ThreadPoolExecutor(4) as pool:
        counted = sum(pool.map(die, range(len(claimed))))
    assert counted + sum(loss.alerts for loss in told(database, later(days=99))) == len(claimed) == 40

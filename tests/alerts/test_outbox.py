"""The outbox: nothing lost, nothing under a new id, no channel waiting for another."""

import asyncio
import random
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import pytest

from alerts.outbox import Habits, Outbox
from alerts.schedule import ATTEMPTS, WAITS
from news.alert import Delivery, DeliveryState, Pick, Settled, Taken
from news.errors import DeliveryError, StorageError
from tests.alerts.factories import NOON, delivery
from tests.alerts.fakes import FakeChannel, FakeQueue, HandClock, refusing

T = TypeVar("T")


async def at_once(call: Callable[[], T]) -> T:
    """Run a storage call where it stands: a queue in memory blocks nobody."""
    return call()


class HangingChannel(FakeChannel):
    """Begins and never ends."""

    def __init__(self, name: str = "desk") -> None:
        super().__init__(name=name)
        self.started = asyncio.Event()

    async def send(self, _: Delivery, /) -> Taken:
        self.started.set()
        await asyncio.Event().wait()
        return Taken(said="")


HABITS = Habits(run=at_once, dice=lambda: 0.0)


def outbox(queue: FakeQueue, *channels: FakeChannel, clock: HandClock | None = None, habits: Habits = HABITS) -> Outbox:
    return Outbox(queue, channels, clock=clock or HandClock(), owner="me", habits=habits)


def owing(*names: str, channel: str = "desk") -> FakeQueue:
    queue = FakeQueue()
    queue.owe([delivery(id=name, channel=channel) for name in names])
    return queue


def test_everything_due_is_sent_once_and_settled() -> None:
    queue, channel = owing(*map(str, range(25))), FakeChannel()
    report = asyncio.run(outbox(queue, channel).flush())
    assert report.delivered == 25
    assert sorted(channel.reached) == sorted(queue.rows)
    assert set(queue.states().values()) == {DeliveryState.DELIVERED}


def test_one_batch_is_sent_when_not_asked_to_go_on_until_idle() -> None:
    report = asyncio.run(outbox(owing(*map(str, range(25))), FakeChannel()).flush(until_idle=False))
    assert report.delivered == HABITS.at_once


def test_storage_calls_run_on_another_thread_by_default() -> None:
    threads: list[int] = []

    class Watched(FakeQueue):
        def settle(self, message: Sequence[Delivery], settled: Settled, /, *, now: datetime) -> None:
            threads.append(threading.get_ident())
            super().settle(message, settled, now=now)

    queue = Watched()
    queue.owe([delivery()])
    asyncio.run(outbox(queue, FakeChannel(), habits=Habits()).flush(until_idle=False))
    assert threads
    assert threading.get_ident() not in threads


def test_a_failed_delivery_follows_the_schedule_to_its_end_and_dies_with_the_reason() -> None:
    queue, clock = owing("x"), HandClock()
    box = outbox(queue, FakeChannel(fault=refusing(DeliveryError("HTTP 500"))), clock=clock)
    waits = []
    while queue.rows["x"].state is DeliveryState.DUE:
        asyncio.run(box.flush())
        row = queue.rows["x"]
        waits.append(row.due_at - clock.now())
        clock.at = row.due_at
    assert tuple(waits[:-1]) == WAITS
    assert queue.rows["x"].attempts == ATTEMPTS == 10
    assert queue.rows["x"].state is DeliveryState.DEAD
    assert queue.rows["x"].detail == "given up after 10 attempts: HTTP 500"


def test_a_permanent_refusal_is_dead_at_once() -> None:
    queue = owing("x")
    report = asyncio.run(
        outbox(queue, FakeChannel(fault=refusing(DeliveryError("no such mailbox", permanent=True)))).flush()
    )
    assert report.dead == 1
    assert queue.rows["x"].detail == "no such mailbox"


def test_a_bug_in_a_channel_is_a_retry_and_never_a_loss() -> None:
    queue = owing("x")
    report = asyncio.run(outbox(queue, FakeChannel(fault=lambda _: ZeroDivisionError("boom"))).flush())
    assert report.due == 1
    assert queue.rows["x"].state is DeliveryState.DUE
    assert queue.rows["x"].detail == "unexpected ZeroDivisionError: boom"


def test_a_channel_that_is_gone_is_disabled_and_its_other_deliveries_wait() -> None:
    queue = owing(*map(str, range(12)))
    report = asyncio.run(
        outbox(queue, FakeChannel(fault=refusing(DeliveryError("HTTP 410", permanent=True, gone=True)))).flush()
    )
    assert report.disabled == ["desk"]
    assert queue.disabled == {"desk": "HTTP 410"}
    assert report.dead == HABITS.at_once
    assert sum(state is DeliveryState.DUE for state in queue.states().values()) == 12 - HABITS.at_once


def test_a_hanging_channel_delays_no_other_and_ends_at_its_deadline() -> None:
    async def scene() -> float:
        queue = owing("slow", channel="slow")
        queue.owe([delivery(id=f"{n}", channel="quick") for n in range(40)])
        all_sent = asyncio.Event()
        quick = FakeChannel(name="quick")
        quick.fault = lambda _: all_sent.set() if len(quick.reached) == 39 else None
        habits = Habits(run=at_once, deadline=timedelta(seconds=0.3))
        began = asyncio.get_running_loop().time()
        flushing = asyncio.ensure_future(outbox(queue, HangingChannel(name="slow"), quick, habits=habits).flush())
        await all_sent.wait()
        quick_took = asyncio.get_running_loop().time() - began
        report = await flushing
        assert (report.delivered, report.due) == (40, 1)
        assert queue.rows["slow"].detail == "not done within 0.3 s"
        return quick_took

    assert asyncio.run(scene()) < 0.2


def test_a_queue_that_fails_for_one_channel_is_reported_after_the_others_are_done() -> None:
    class Failing(FakeQueue):
        def claim(
            self, channel: str, /, *, owner: str, now: datetime, lease: timedelta, pick: Pick
        ) -> Sequence[Delivery]:
            if channel == "bad":
                raise StorageError("disk full")
            return super().claim(channel, owner=owner, now=now, lease=lease, pick=pick)

    queue, good = Failing(), FakeChannel(name="good")
    queue.owe([delivery(id=f"{n}", channel="good") for n in range(9)])
    with pytest.raises(StorageError, match="disk full"):
        asyncio.run(outbox(queue, FakeChannel(name="bad"), good).flush())
    assert len(good.reached) == 9


def test_a_delivery_that_another_worker_took_over_is_left_to_it() -> None:
    queue = owing("x")

    def stolen(_: Delivery) -> None:
        queue.rows["x"].owner = "another"

    report = asyncio.run(outbox(queue, FakeChannel(fault=stolen)).flush())
    assert report.delivered == 0
    assert report.attempts[0].is_lost
    assert queue.rows["x"].state is DeliveryState.DUE


def test_cancelling_gives_back_what_was_under_way_and_waits_for_no_lease() -> None:
    async def scene() -> FakeQueue:
        queue, channel = owing(*map(str, range(9))), HangingChannel()
        flushing = asyncio.ensure_future(outbox(queue, channel, habits=Habits(dice=lambda: 0.0)).flush())
        await channel.started.wait()
        flushing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await flushing
        return queue

    queue = asyncio.run(scene())
    assert set(queue.states().values()) == {DeliveryState.DUE}
    assert [row for row in queue.rows.values() if row.owner] == []
    assert sum(row.detail == "interrupted by a stop" for row in queue.rows.values()) == HABITS.at_once


FAULTS = (
    DeliveryError("HTTP 503"),
    DeliveryError("HTTP 429", retry_after=timedelta(minutes=10)),
    DeliveryError("timeout"),
    ConnectionResetError("reset after the body was processed"),
)


def test_ten_thousand_alerts_with_every_fifth_attempt_failing_all_arrive_under_their_own_ids() -> None:
    """A reset comes after the receiver took the delivery: the one fault that makes repeats."""
    queue, clock, chance = FakeQueue(), HandClock(), random.Random(5)
    queue.owe([delivery(id=f"{channel}-{n}", channel=f"{channel}") for channel in range(10) for n in range(1000)])
    arrived: list[str] = []

    def fault(of: Delivery) -> BaseException | None:
        if chance.random() >= 0.2:
            return None
        error = chance.choice(FAULTS)
        if isinstance(error, ConnectionResetError):
            arrived.append(of.id)
        return error

    channels = [FakeChannel(name=str(n), fault=fault) for n in range(10)]
    box = outbox(queue, *channels, clock=clock, habits=Habits(run=at_once, dice=chance.random, at_once=100))
    while due := [row.due_at for row in queue.rows.values() if row.state is DeliveryState.DUE]:
        clock.at = max(clock.at + timedelta(seconds=15), min(due))
        asyncio.run(box.flush())
    arrived += [name for channel in channels for name in channel.reached]
    assert set(arrived) == set(queue.rows)
    assert set(queue.states().values()) == {DeliveryState.DELIVERED}
    assert len(arrived) < 10_000 * 1.1
    assert clock.now() - NOON < timedelta(days=4)

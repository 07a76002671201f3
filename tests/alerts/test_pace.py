"""The pace: never more messages in an hour than allowed, and in a storm everything is told all the same."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.outbox import Habits, Outbox
from alerts.pace import HOUR, Pace, room
from news.alert import Delivery, DeliveryState, Waiting, digest_id
from news.errors import DeliveryError
from tests.alerts.factories import NOON, delivery
from tests.alerts.fakes import FakeChannel, FakeQueue, HandClock
from tests.alerts.test_outbox import at_once

MINUTES = st.integers(0, 240).map(lambda n: NOON + timedelta(minutes=n))


def in_any_hour(times: Sequence[datetime]) -> int:
    """The most that ever lie within one hour."""
    return max((sum(at - HOUR < other <= at for other in times) for at in times), default=0)


def names(times: Sequence[datetime]) -> dict[str, datetime]:
    return {f"d-{n}": at for n, at in enumerate(times)}


@pytest.mark.parametrize(("per_hour", "singly"), [(1, 0), (2, 1), (3, 2), (4, 3), (8, 6), (20, 15), (100, 75)], ids=str)
def test_three_quarters_of_an_hours_messages_go_singly(per_hour: int, singly: int) -> None:
    assert room({}, now=NOON, per_hour=per_hour).singly == singly
    assert room(names([NOON] * singly), now=NOON, per_hour=per_hour).singly == 0


@given(st.integers(1, 40), st.lists(st.tuples(MINUTES, st.integers(1, 60)), max_size=100))
def test_no_hour_sees_more_messages_than_allowed_whatever_is_due_when(
    per_hour: int, asked: list[tuple[datetime, int]]
) -> None:
    begun: dict[str, datetime] = {}
    for now, count in sorted(asked):
        due = [Waiting(id=f"{now}-{len(begun)}-{n}", is_fresh=n % 7 != 6) for n in range(count)]
        recent = {name: at for name, at in begun.items() if at > now - HOUR}
        picked = Pace(now=now, at_once=9, per_hour=per_hour, most=30)(due, recent)
        begun |= dict.fromkeys(picked.messages, now)
        begun |= {digest_id(picked.digest): now} if picked.digest else {}
        assert len(picked.digest) != 1
    assert in_any_hour(list(begun.values())) <= per_hour


@given(st.integers(1, 40), st.lists(MINUTES, max_size=40))
def test_there_is_always_room_again_within_the_hour(per_hour: int, begun: list[datetime]) -> None:
    last = max(begun, default=NOON)
    recent = names([at for at in begun if at > last])
    assert room(recent, now=last + HOUR, per_hour=per_hour).digest


def test_clocks_that_disagree_never_silence_a_channel() -> None:
    ahead = names([NOON + timedelta(minutes=4)] * 16)
    assert room(ahead, now=NOON, per_hour=20).digest
    assert room(ahead, now=NOON + timedelta(minutes=17), per_hour=20).one_more


def test_a_lone_delivery_beyond_the_limit_waits_its_turn_and_then_comes_alone() -> None:
    due, past = [Waiting(id="lone", is_fresh=True)], names([NOON] * 15)
    assert Pace(now=NOON, at_once=4, per_hour=20, most=9)(due, past).messages == []
    assert Pace(now=NOON + HOUR / 6, at_once=4, per_hour=20, most=9)(due, past).messages == ["lone"]


def test_another_attempt_of_a_recent_message_needs_no_room() -> None:
    due = [Waiting(id="old", is_fresh=False), Waiting(id="new", is_fresh=True)]
    pace = Pace(now=NOON, at_once=4, per_hour=1, most=9)
    assert pace(due, {"old": NOON}).messages == ["old"]
    assert pace(due, {}).messages == ["old"]


def test_a_digest_is_known_by_what_it_holds() -> None:
    assert digest_id(["b", "a"]) == digest_id(["a", "b"]) != digest_id(["a", "c"])
    assert digest_id("ab").startswith("digest-")


class Storm:
    """A queue of ten thousand, a channel that notes when each message comes, and a clock that is moved by hand."""

    def __init__(self, count: int = 10_000) -> None:
        self.queue, self.clock, self.channel = FakeQueue(), HandClock(), FakeChannel()
        self.queue.owe([delivery(id=f"d-{n}", due_at=NOON + timedelta(seconds=n * 60 / count)) for n in range(count)])
        self.came: dict[str, list[datetime]] = {}
        self.channel.fault = self.note
        habits = Habits(run=at_once, dice=lambda: 0.0, per_hour=20)
        self.box = Outbox(self.queue, [self.channel], clock=self.clock, owner="me", habits=habits)

    def note(self, of: Delivery) -> BaseException | None:
        self.came.setdefault(of.message_id, []).append(self.clock.now())
        return None

    def pass_by(self) -> None:
        """Flush again and again until nothing is owed."""
        while DeliveryState.DUE in self.queue.states().values():
            asyncio.run(self.box.flush())
            in_first_minute = self.clock.now() < NOON + timedelta(minutes=1)
            self.clock.move(timedelta(seconds=10 if in_first_minute else 90))

    @property
    def attempts(self) -> list[datetime]:
        return sorted(at for times in self.came.values() for at in times)


def test_ten_thousand_matches_in_a_minute_are_all_told_in_at_most_twenty_messages_an_hour() -> None:
    storm = Storm()
    storm.pass_by()
    assert in_any_hour(storm.attempts) == 20
    assert len(storm.channel.reached) == len(set(storm.channel.reached)) == 10_000
    assert set(storm.queue.states().values()) == {DeliveryState.DELIVERED}
    assert len(storm.channel.messages) == len(set(storm.channel.messages)) <= 15 + 101
    waits = [after - before for before, after in pairwise(storm.attempts)]
    assert max(waits) <= timedelta(minutes=15)  # no silence
    assert storm.clock.now() - NOON < timedelta(hours=6)


def test_a_storm_into_a_channel_that_fails_every_third_time_loses_nothing_and_makes_no_new_id() -> None:
    storm = Storm(count=1_000)

    def fails(of: Delivery) -> BaseException | None:
        storm.note(of)
        return DeliveryError("HTTP 503") if len(storm.attempts) % 3 == 0 else None

    storm.channel.fault = fails
    storm.pass_by()
    assert sorted(storm.channel.reached) == sorted(storm.queue.rows)
    assert set(storm.channel.messages) == storm.came.keys()
    begun = {at: {name for name, times in storm.came.items() if any(at - HOUR < one <= at for one in times)}
             for at in storm.attempts}  # fmt: skip
    assert max(map(len, begun.values())) <= 20


def test_what_the_pace_puts_off_is_said_and_a_flush_ends() -> None:
    storm = Storm(count=120)
    storm.clock.move(timedelta(minutes=1))
    report = asyncio.run(storm.box.flush())
    assert (report.delivered, report.digests, report.waiting) == (115, 1, 5)
    report = asyncio.run(storm.box.flush())
    assert (report.delivered, report.digests, report.waiting) == (0, 0, 5)
    storm.clock.move(timedelta(minutes=12))
    report = asyncio.run(storm.box.flush())
    assert (report.delivered, report.digests, report.waiting) == (5, 1, 0)


def test_while_more_may_come_what_is_beyond_the_limit_waits_for_one_digest() -> None:
    storm = Storm(count=40)
    storm.clock.move(timedelta(minutes=1))
    report = asyncio.run(storm.box.flush(digests=False))
    assert (report.delivered, report.digests, report.waiting) == (15, 0, 25)
    report = asyncio.run(storm.box.flush())
    assert (report.delivered, report.digests, report.waiting) == (25, 1, 0)


def test_without_a_limit_everything_goes_singly_and_nothing_waits() -> None:
    storm = Storm(count=120)
    storm.clock.move(timedelta(minutes=1))
    box = Outbox(storm.queue, [storm.channel], clock=storm.clock, owner="me", habits=Habits(run=at_once))
    report = asyncio.run(box.flush())
    assert (report.delivered, report.digests, report.waiting) == (120, 0, 0)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 6), st.lists(st.integers(0, 90), min_size=1, max_size=60))
def test_whatever_comes_when_is_told_once(per_hour: int, arrivals: list[int]) -> None:
    storm = Storm(count=0)
    storm.queue.owe(
        [delivery(id=f"d-{n}", due_at=NOON + timedelta(minutes=at)) for n, at in enumerate(sorted(arrivals))]
    )
    habits = Habits(run=at_once, dice=lambda: 0.0, per_hour=per_hour)
    storm.box = Outbox(storm.queue, [storm.channel], clock=storm.clock, owner="me", habits=habits)
    while DeliveryState.DUE in storm.queue.states().values():
        asyncio.run(storm.box.flush())
        storm.clock.move(timedelta(minutes=1))
    assert sorted(storm.channel.reached) == sorted(storm.queue.rows)
    assert in_any_hour(storm.attempts) <= per_hour

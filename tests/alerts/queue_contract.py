"""What every DeliveryQueue must do; run against the fake here and against storage's own.

Subclass it and give a `desk` fixture: an object with the queue, and a way to owe deliveries.

    class TestStore(QueueContract):
        @pytest.fixture
        def desk(self, ...) -> Desk:
            return Desk(queue=store, owe=lambda channel, count, due_at: [...ids, oldest first...])
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from alerts.outbox import DeliveryQueue
from alerts.pace import HOUR, Pace
from news.alert import Delivery, DeliveryState, Settled, digest_id
from news.errors import LeaseLostError
from tests.alerts.factories import NOON

LEASE = timedelta(seconds=60)
DELIVERED = Settled(state=DeliveryState.DELIVERED, detail="250 ok")
DEAD = Settled(state=DeliveryState.DEAD, detail="550 no such mailbox")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A queue, and how deliveries come into it: `owe(channel, count, due_at)` gives their ids."""

    queue: DeliveryQueue
    owe: Callable[[str, int, datetime], Sequence[str]]

    def claim(
        self,
        *,
        channel: str = "desk",
        owner: str = "a",
        now: datetime = NOON,
        limit: int = 10,
        per_hour: int = 0,
        most: int = 100,
    ) -> list[Delivery]:
        pace = Pace(now=now, at_once=limit, per_hour=per_hour, most=most)
        return list(self.queue.claim(channel, owner=owner, now=now, lease=LEASE, pick=pace))


def later(error: str = "451 later", *, seconds: int = 5, taken_by: tuple[str, ...] = ()) -> Settled:
    due_at = NOON + timedelta(seconds=seconds)
    return Settled(state=DeliveryState.DUE, detail=error, due_at=due_at, taken_by=taken_by)


class QueueContract:
    """The promises of an outbox table."""

    def test_a_due_delivery_is_claimed_with_its_owner_and_counted(self, desk: Desk) -> None:
        (name,) = desk.owe("desk", 1, NOON)
        (delivery,) = desk.claim()
        assert (delivery.id, delivery.channel, delivery.owner, delivery.attempt) == (name, "desk", "a", 1)
        assert delivery.taken_by == ()

    def test_nobody_else_gets_a_delivery_that_is_leased(self, desk: Desk) -> None:
        desk.owe("desk", 1, NOON)
        assert len(desk.claim(owner="a")) == 1
        assert desk.claim(owner="b") == []
        assert desk.claim(owner="a") == []

    def test_a_delivery_whose_owner_died_is_free_after_the_lease_and_the_attempt_counted(self, desk: Desk) -> None:
        (name,) = desk.owe("desk", 1, NOON)
        desk.claim(owner="a")
        (again,) = desk.claim(owner="b", now=NOON + LEASE)
        assert (again.id, again.owner, again.attempt) == (name, "b", 2)

    def test_who_lost_the_lease_cannot_settle(self, desk: Desk) -> None:
        desk.owe("desk", 1, NOON)
        (mine,) = desk.claim(owner="a")
        (theirs,) = desk.claim(owner="b", now=NOON + LEASE)
        with pytest.raises(LeaseLostError):
            desk.queue.settle([mine], DELIVERED, now=NOON + LEASE)
        desk.queue.settle([theirs], DELIVERED, now=NOON + LEASE)

    def test_nothing_is_settled_twice(self, desk: Desk) -> None:
        desk.owe("desk", 1, NOON)
        (delivery,) = desk.claim()
        desk.queue.settle([delivery], DELIVERED, now=NOON)
        with pytest.raises(LeaseLostError):
            desk.queue.settle([delivery], DEAD, now=NOON)

    @pytest.mark.parametrize("settled", [DELIVERED, DEAD], ids=["delivered", "dead"])
    def test_what_is_delivered_or_dead_is_never_claimed_again(self, desk: Desk, settled: Settled) -> None:
        desk.owe("desk", 1, NOON)
        (delivery,) = desk.claim()
        desk.queue.settle([delivery], settled, now=NOON)
        assert desk.claim(now=NOON + timedelta(days=30)) == []

    def test_what_was_put_off_comes_back_when_due_under_the_same_id(self, desk: Desk) -> None:
        (name,) = desk.owe("desk", 1, NOON)
        (delivery,) = desk.claim()
        desk.queue.settle([delivery], later(seconds=300), now=NOON)
        assert desk.claim(now=NOON + timedelta(seconds=299)) == []
        (again,) = desk.claim(now=NOON + timedelta(seconds=300))
        assert (again.id, again.attempt) == (name, 2)

    def test_the_receivers_that_have_it_are_remembered(self, desk: Desk) -> None:
        desk.owe("desk", 1, NOON)
        (delivery,) = desk.claim()
        desk.queue.settle([delivery], later(taken_by=("anna@example.org",)), now=NOON)
        (again,) = desk.claim(now=NOON + timedelta(minutes=1))
        assert again.taken_by == ("anna@example.org",)

    def test_nothing_is_claimed_before_it_is_due(self, desk: Desk) -> None:
        desk.owe("desk", 1, NOON + timedelta(seconds=1))
        assert desk.claim(now=NOON) == []

    def test_the_longest_due_come_first_and_never_more_than_asked_for(self, desk: Desk) -> None:
        late = desk.owe("desk", 2, NOON)
        early = desk.owe("desk", 2, NOON - timedelta(hours=1))
        assert {delivery.id for delivery in desk.claim(limit=2)} == set(early)
        assert {delivery.id for delivery in desk.claim(limit=5)} == set(late)

    def test_a_channel_gets_its_own_deliveries_alone(self, desk: Desk) -> None:
        desk.owe("desk", 1, NOON)
        (hook,) = desk.owe("hook", 1, NOON)
        assert [delivery.id for delivery in desk.claim(channel="hook")] == [hook]

    def test_a_disabled_channel_gives_nothing_and_the_others_go_on(self, desk: Desk) -> None:
        desk.owe("desk", 1, NOON)
        desk.owe("hook", 1, NOON)
        desk.queue.disable_channel("hook", "HTTP 410", now=NOON)
        assert desk.claim(channel="hook", now=NOON + timedelta(days=1)) == []
        assert len(desk.claim(channel="desk")) == 1

    def test_while_there_is_room_deliveries_go_singly(self, desk: Desk) -> None:
        names = desk.owe("desk", 3, NOON)
        claimed = desk.claim(per_hour=4)
        assert [delivery.id for delivery in claimed] == list(names)
        assert {delivery.bundle for delivery in claimed} == {""}

    def test_beyond_that_the_rest_goes_in_one_digest_and_then_nothing_goes(self, desk: Desk) -> None:
        desk.owe("desk", 10, NOON)
        assert len(desk.claim(per_hour=4)) == 3
        assert desk.queue.waiting("desk", now=NOON) == 7
        assert len(desk.claim(per_hour=4)) == 7
        desk.owe("desk", 2, NOON)
        assert desk.claim(per_hour=4, now=NOON + timedelta(seconds=59)) == []
        assert desk.queue.waiting("desk", now=NOON) == 2
        assert desk.queue.waiting("hook", now=NOON) == 0

    def test_no_digest_is_begun_for_who_wants_none(self, desk: Desk) -> None:
        desk.owe("desk", 10, NOON)
        assert len(desk.claim(per_hour=4, most=1)) == 3
        assert desk.claim(per_hour=4, most=1) == []
        assert desk.queue.waiting("desk", now=NOON) == 7

    def storm(self, desk: Desk, *, more: int = 5) -> tuple[list[Delivery], datetime]:
        """The digest of what came after three single ones, half an hour later."""
        desk.owe("desk", 3, NOON)
        for single in desk.claim(per_hour=4):
            desk.queue.settle([single], DELIVERED, now=NOON)
        desk.owe("desk", more, NOON)
        now = NOON + HOUR / 2
        return desk.claim(per_hour=4, now=now), now

    def test_what_waited_goes_together_in_one_digest_under_its_own_id(self, desk: Desk) -> None:
        digest, now = self.storm(desk)
        names = [delivery.id for delivery in digest]
        assert len(set(names)) == 5
        assert {delivery.bundle for delivery in digest} == {digest_id(names)}
        assert {delivery.message_id for delivery in digest} == {digest_id(reversed(names))}
        assert desk.queue.waiting("desk", now=now) == 0

    def test_a_digest_holds_no_more_than_asked_for_and_the_rest_waits(self, desk: Desk) -> None:
        desk.owe("desk", 9, NOON)
        digest = desk.claim(per_hour=1, most=4)
        assert len(digest) == 4
        assert desk.queue.waiting("desk", now=NOON) == 5
        desk.queue.settle(digest, DELIVERED, now=NOON)
        (late,) = {delivery.bundle for delivery in desk.claim(per_hour=1, most=4, now=NOON + HOUR)}
        assert late not in {"", digest[0].bundle}

    def test_one_delivery_alone_is_no_digest(self, desk: Desk) -> None:
        (name,) = desk.owe("desk", 1, NOON)
        (alone,) = desk.claim(per_hour=1)
        assert (alone.id, alone.bundle) == (name, "")

    def test_a_digest_is_settled_for_all_at_once(self, desk: Desk) -> None:
        digest, now = self.storm(desk)
        desk.queue.settle(digest, DELIVERED, now=now)
        assert desk.claim(now=now + timedelta(days=30)) == []
        with pytest.raises(LeaseLostError):
            desk.queue.settle(digest, DEAD, now=now)

    def test_a_digest_whose_owner_died_comes_back_whole_and_joined_by_nothing(self, desk: Desk) -> None:
        digest, now = self.storm(desk)
        desk.owe("desk", 4, NOON)
        again = desk.claim(owner="b", per_hour=4, most=2, now=now + LEASE)  # the same message: it needs no room
        assert [(each.id, each.bundle, each.attempt) for each in again] == [
            (each.id, each.bundle, 2) for each in digest
        ]

    def test_who_lost_a_digest_cannot_settle_any_of_it(self, desk: Desk) -> None:
        mine, now = self.storm(desk)
        theirs = desk.claim(owner="b", per_hour=4, now=now + LEASE)
        with pytest.raises(LeaseLostError):
            desk.queue.settle(mine, DEAD, now=now + LEASE)
        desk.queue.settle(theirs, DELIVERED, now=now + LEASE)

    def test_a_digest_that_was_put_off_comes_back_as_the_same_digest(self, desk: Desk) -> None:
        digest, now = self.storm(desk)
        put_off = Settled(state=DeliveryState.DUE, detail="HTTP 503", due_at=now + timedelta(minutes=5))
        desk.queue.settle(digest, put_off, now=now)
        desk.owe("desk", 2, NOON)
        again = desk.claim(per_hour=4, now=now + timedelta(minutes=5))
        assert {each.bundle for each in again} == {digest[0].bundle}
        assert [each.id for each in again] == [each.id for each in digest]

    def test_what_was_tried_alone_stays_alone(self, desk: Desk) -> None:
        """Its receiver may have it already, and knows it by its own id."""
        tried = desk.owe("desk", 3, NOON)
        for single in desk.claim(per_hour=4):
            desk.queue.settle([single], later(), now=NOON)
        desk.owe("desk", 5, NOON)
        claimed = desk.claim(per_hour=4, now=NOON + HOUR / 2)
        assert [each.id for each in claimed if not each.bundle] == list(tried)
        assert len([each for each in claimed if each.bundle]) == 5

    def test_even_hours_later_no_digest_takes_what_was_tried_alone(self, desk: Desk) -> None:
        (tried,) = desk.owe("desk", 1, NOON)
        desk.queue.settle(desk.claim(), later(), now=NOON)
        fresh = desk.owe("desk", 5, NOON - HOUR)
        digest = desk.claim(per_hour=1, now=NOON + 2 * HOUR)
        assert sorted(each.id for each in digest) == sorted(fresh)
        desk.queue.settle(digest, DELIVERED, now=NOON + 2 * HOUR)
        (alone,) = desk.claim(per_hour=1, now=NOON + 4 * HOUR)
        assert (alone.id, alone.bundle) == (tried, "")

    def test_each_channel_has_a_pace_of_its_own(self, desk: Desk) -> None:
        desk.owe("desk", 5, NOON)
        desk.owe("hook", 3, NOON)
        assert len(desk.claim(per_hour=4)) == 3
        assert len(desk.claim(channel="hook", per_hour=4)) == 3

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
from news.alert import Delivery, DeliveryState, Settled
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
        self, *, channel: str = "desk", owner: str = "a", now: datetime = NOON, limit: int = 10
    ) -> list[Delivery]:
        return list(self.queue.claim(channel, owner=owner, now=now, lease=LEASE, limit=limit))


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
            desk.queue.settle(mine, DELIVERED, now=NOON + LEASE)
        desk.queue.settle(theirs, DELIVERED, now=NOON + LEASE)

    def test_nothing_is_settled_twice(self, desk: Desk) -> None:
        desk.owe("desk", 1, NOON)
        (delivery,) = desk.claim()
        desk.queue.settle(delivery, DELIVERED, now=NOON)
        with pytest.raises(LeaseLostError):
            desk.queue.settle(delivery, DEAD, now=NOON)

    @pytest.mark.parametrize("settled", [DELIVERED, DEAD], ids=["delivered", "dead"])
    def test_what_is_delivered_or_dead_is_never_claimed_again(self, desk: Desk, settled: Settled) -> None:
        desk.owe("desk", 1, NOON)
        (delivery,) = desk.claim()
        desk.queue.settle(delivery, settled, now=NOON)
        assert desk.claim(now=NOON + timedelta(days=30)) == []

    def test_what_was_put_off_comes_back_when_due_under_the_same_id(self, desk: Desk) -> None:
        (name,) = desk.owe("desk", 1, NOON)
        (delivery,) = desk.claim()
        desk.queue.settle(delivery, later(seconds=300), now=NOON)
        assert desk.claim(now=NOON + timedelta(seconds=299)) == []
        (again,) = desk.claim(now=NOON + timedelta(seconds=300))
        assert (again.id, again.attempt) == (name, 2)

    def test_the_receivers_that_have_it_are_remembered(self, desk: Desk) -> None:
        desk.owe("desk", 1, NOON)
        (delivery,) = desk.claim()
        desk.queue.settle(delivery, later(taken_by=("anna@example.org",)), now=NOON)
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

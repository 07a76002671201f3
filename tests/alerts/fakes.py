"""Fakes that behave: a queue in memory, a clock that is moved by hand, channels that fail as told."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from news.alert import Delivery, DeliveryState, Settled
from news.errors import DeliveryError, LeaseLostError
from tests.alerts.factories import NOON


class HandClock:
    """A clock that stands until it is moved; safe to ask from threads."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    def move(self, by: timedelta) -> None:
        self.at += by


class WallClock:
    """The time of day, for receivers that compare it with theirs."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return datetime.now(UTC).timestamp()


@dataclass
class Row:
    """An outbox row."""

    delivery: Delivery
    state: DeliveryState = DeliveryState.DUE
    due_at: datetime = NOON
    attempts: int = 0
    owner: str = ""
    lease_until: datetime | None = None
    detail: str = ""
    taken_by: tuple[str, ...] = ()
    settled_at: datetime | None = None


@dataclass
class FakeQueue:
    """An outbox table in memory, with an index by channel."""

    rows: dict[str, Row] = field(default_factory=dict)
    disabled: dict[str, str] = field(default_factory=dict)
    _open: dict[str, dict[str, Row]] = field(default_factory=dict)  # by channel: what is not settled for good

    def owe(self, deliveries: Iterable[Delivery]) -> None:
        for delivery in deliveries:
            row = self.rows[delivery.id] = Row(delivery, due_at=delivery.due_at)
            self._open.setdefault(delivery.channel, {})[delivery.id] = row

    def claim(self, channel: str, /, *, owner: str, now: datetime, lease: timedelta, limit: int) -> Sequence[Delivery]:
        if channel in self.disabled:
            return []
        due = [row for row in self._open.get(channel, {}).values() if _is_due(row, now)]
        taken = sorted(due, key=lambda row: row.due_at)[:limit]
        for row in taken:
            row.owner, row.lease_until, row.attempts = owner, now + lease, row.attempts + 1
        return [
            replace(row.delivery, owner=owner, attempt=row.attempts, due_at=row.due_at, taken_by=row.taken_by)
            for row in taken
        ]

    def settle(self, delivery: Delivery, settled: Settled, /, *, now: datetime) -> None:
        row = self.rows[delivery.id]
        if row.owner != delivery.owner or row.state is not DeliveryState.DUE:
            raise LeaseLostError(f"delivery {delivery.id} is not ours")
        row.state, row.detail, row.taken_by = settled.state, settled.detail, settled.taken_by
        row.owner, row.lease_until = "", None
        row.due_at, row.settled_at = settled.due_at or row.due_at, now
        if settled.state is not DeliveryState.DUE:
            del self._open[delivery.channel][delivery.id]

    def disable_channel(self, channel: str, reason: str, /, *, now: datetime) -> None:
        self.disabled[channel] = reason

    def states(self) -> dict[str, DeliveryState]:
        return {name: row.state for name, row in self.rows.items()}


def _is_due(row: Row, now: datetime) -> bool:
    is_free = row.lease_until is None or row.lease_until <= now
    return row.state is DeliveryState.DUE and row.due_at <= now and is_free


@dataclass
class FakeChannel:
    """Takes deliveries, unless `fault` gives an exception for one; remembers every id that reached it, in order."""

    name: str = "desk"
    fault: Callable[[Delivery], BaseException | None] = lambda _: None
    reached: list[str] = field(default_factory=list)

    async def send(self, delivery: Delivery, /) -> str:
        error = self.fault(delivery)
        if error is not None:
            raise error
        self.reached.append(delivery.id)
        return "ok"


def refusing(error: DeliveryError) -> Callable[[Delivery], BaseException | None]:
    """A fault that meets every delivery."""
    return lambda _: error

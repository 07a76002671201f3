"""Fakes that behave: a queue in memory, a clock that is moved by hand, channels that fail as told."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from news.alert import Delivery, DeliveryState, Pick, Settled, Taken, Waiting, digest_id
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
    bundle: str = ""
    tried_at: datetime | None = None

    @property
    def message_id(self) -> str:
        return self.bundle or self.delivery.id

    @property
    def is_fresh(self) -> bool:
        return self.attempts == 0 and not self.bundle


@dataclass
class FakeQueue:
    """An outbox table in memory, with an index by channel."""

    rows: dict[str, Row] = field(default_factory=dict)
    disabled: dict[str, str] = field(default_factory=dict)
    _open: dict[str, dict[str, Row]] = field(default_factory=dict)  # by channel: what is not settled for good
    _tried: dict[str, dict[str, datetime]] = field(default_factory=dict)  # by channel: messages, and when last

    def owe(self, deliveries: Iterable[Delivery]) -> None:
        for delivery in deliveries:
            row = self.rows[delivery.id] = Row(delivery, due_at=delivery.due_at)
            self._open.setdefault(delivery.channel, {})[delivery.id] = row

    def claim(self, channel: str, /, *, owner: str, now: datetime, lease: timedelta, pick: Pick) -> Sequence[Delivery]:
        if channel in self.disabled:
            return []
        due = sorted((row for row in self._open.get(channel, {}).values() if _is_due(row, now)), key=_due_at)
        messages = {row.message_id: Waiting(id=row.message_id, is_fresh=row.is_fresh) for row in due[:500]}
        picked = pick(list(messages.values()), self._begun(channel, now))
        for name in picked.digest:
            self.rows[name].bundle = digest_id(picked.digest)
        wanted = {*picked.messages, digest_id(picked.digest)}
        taken = [row for row in due if row.message_id in wanted]
        for row in taken:
            row.owner, row.lease_until, row.attempts, row.tried_at = owner, now + lease, row.attempts + 1, now
            self._tried.setdefault(channel, {})[row.message_id] = now
        return [
            replace(
                row.delivery,
                owner=owner,
                attempt=row.attempts,
                due_at=row.due_at,
                taken_by=row.taken_by,
                bundle=row.bundle,
            )
            for row in taken
        ]

    def _begun(self, channel: str, now: datetime) -> dict[str, datetime]:
        return {name: at for name, at in self._tried.get(channel, {}).items() if at > now - timedelta(hours=1)}

    def settle(self, message: Sequence[Delivery], settled: Settled, /, *, now: datetime) -> None:
        rows = [self.rows[delivery.id] for delivery in message]
        for row, delivery in zip(rows, message, strict=True):
            if (row.owner, row.attempts) != (delivery.owner, delivery.attempt) or row.state is not DeliveryState.DUE:
                raise LeaseLostError(f"message {delivery.message_id} is not ours")
        for row in rows:
            row.state, row.detail, row.taken_by = settled.state, settled.detail, settled.taken_by
            row.owner, row.lease_until = "", None
            row.due_at, row.settled_at = settled.due_at or row.due_at, now
            if settled.state is not DeliveryState.DUE:
                del self._open[row.delivery.channel][row.delivery.id]

    def waiting(self, channel: str, /, *, now: datetime) -> int:
        owed = self._open.get(channel, {}).values() if channel not in self.disabled else ()
        return sum(row.due_at <= now and not row.owner for row in owed)

    def disable_channel(self, channel: str, reason: str, /, *, now: datetime) -> None:
        self.disabled[channel] = reason

    def states(self) -> dict[str, DeliveryState]:
        return {name: row.state for name, row in self.rows.items()}


def _due_at(row: Row) -> datetime:
    return row.due_at


def _is_due(row: Row, now: datetime) -> bool:
    is_free = row.lease_until is None or row.lease_until <= now
    return row.state is DeliveryState.DUE and row.due_at <= now and is_free


@dataclass
class FakeChannel:
    """Takes deliveries, unless `fault` gives an exception for one; remembers every id that reached it, in order."""

    name: str = "desk"
    fault: Callable[[Delivery], BaseException | None] = lambda _: None
    reached: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    most: int = 100

    async def send(self, delivery: Delivery, /) -> Taken:
        return self._take([delivery])

    async def send_digest(self, digest: Sequence[Delivery], /) -> Taken:
        return self._take(digest)

    def _take(self, message: Sequence[Delivery]) -> Taken:
        error = self.fault(message[0])
        if error is not None:
            raise error
        self.messages.append(message[0].message_id)
        self.reached += [delivery.id for delivery in message]
        return Taken(said="ok")


def refusing(error: DeliveryError) -> Callable[[Delivery], BaseException | None]:
    """A fault that meets every delivery."""
    return lambda _: error

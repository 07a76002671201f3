"""The outbox: what is owed goes out, each channel at its own pace, and nothing is lost on the way."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from alerts.schedule import after_failure
from news.alert import Delivery, DeliveryState, Settled
from news.errors import DeliveryError, LeaseLostError, StorageError
from news.time import Clock

T = TypeVar("T")


class DeliveryQueue(Protocol):
    """What the outbox needs from storage."""

    def claim(self, channel: str, /, *, owner: str, now: datetime, lease: timedelta, limit: int) -> Sequence[Delivery]:
        """Take up to `limit` due deliveries of a channel, oldest due first, for `lease`; counts the attempt.

        Nobody else gets them before the lease ends; a channel that is disabled gives none.
        """
        ...

    def settle(self, delivery: Delivery, settled: Settled, /, *, now: datetime) -> None:
        """Write what became of an attempt and give the lease back; raises LeaseLostError when it is not ours."""
        ...

    def disable_channel(self, channel: str, reason: str, /, *, now: datetime) -> None:
        """Claim nothing for a channel any more until an operator enables it again."""
        ...


class Channel(Protocol):
    """A place where alerts go."""

    @property
    def name(self) -> str:
        """The name that topics use."""
        ...

    async def send(self, delivery: Delivery, /) -> str:
        """Send once; returns what the receiver said, or raises DeliveryError."""
        ...


class Run(Protocol):
    """How a storage call, which blocks, is run; `asyncio.to_thread` is one."""

    def __call__(self, call: Callable[[], T], /) -> Awaitable[T]:
        """Run the call elsewhere and wait for it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How an outbox works. The deadline of an attempt ends well before its lease."""

    at_once: int = 4  # deliveries of one channel under way together
    lease: timedelta = timedelta(seconds=60)
    deadline: timedelta = timedelta(seconds=22)  # just above a webhook's own 20 s, below the 25 s of a stop
    run: Run = asyncio.to_thread
    dice: Callable[[], float] = random.random  # in [0, 1), stretches the waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A delivery that was tried, and what became of it."""

    delivery: Delivery
    settled: Settled
    gone: bool = False  # the channel asked us to stop, and was disabled
    is_lost: bool = False  # another worker owned it by then; it settles the delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class FlushReport:
    """What a flush did, attempt by attempt."""

    attempts: Sequence[Attempt] = ()

    def count(self, state: DeliveryState) -> int:
        """How many attempts ended so."""
        return sum(attempt.settled.state is state and not attempt.is_lost for attempt in self.attempts)

    @property
    def delivered(self) -> int:
        """How many deliveries were taken."""
        return self.count(DeliveryState.DELIVERED)

    @property
    def due(self) -> int:
        """How many attempts failed and will be made again."""
        return self.count(DeliveryState.DUE)

    @property
    def dead(self) -> int:
        """How many deliveries were given up."""
        return self.count(DeliveryState.DEAD)

    @property
    def disabled(self) -> Sequence[str]:
        """The channels that were switched off."""
        return list(dict.fromkeys(attempt.delivery.channel for attempt in self.attempts if attempt.gone))


class Outbox:
    """Sends what is owed: claim, send, settle; one task for each channel, so that a dead one delays nothing else."""

    def __init__(
        self,
        queue: DeliveryQueue,
        channels: Sequence[Channel],
        *,
        clock: Clock,
        owner: str,
        habits: Habits = Habits(),
    ) -> None:
        self._queue = queue
        self._channels = tuple(channels)
        self._clock = clock
        self._owner = owner
        self._habits = habits
        self._stopping = False

    def stop(self) -> None:
        """Claim nothing more: a running flush ends with the attempts under way, within one deadline."""
        self._stopping = True

    async def flush(self, *, until_idle: bool = True) -> FlushReport:
        """Send what is due: of every channel until nothing is due, or else one batch.

        Raises StorageError when the queue failed, once every channel has come to its end.
        """
        ends = await _together([self._drain(channel, until_idle) for channel in self._channels])
        for _, error in ends:
            if error is not None:
                raise error
        return FlushReport(attempts=[attempt for attempts, _ in ends for attempt in attempts])

    async def _drain(self, channel: Channel, until_idle: bool) -> tuple[Sequence[Attempt], StorageError | None]:
        """Send one channel's batches; an error of the queue is handed back, so that the other channels go on."""
        attempts: list[Attempt] = []
        try:
            while not self._stopping:
                batch = await self._claim(channel)
                attempts += await _together([self._attempt(channel, delivery) for delivery in batch])
                if not batch or not until_idle or attempts[-1].gone:
                    break
        except StorageError as error:
            return attempts, error
        return attempts, None

    async def _claim(self, channel: Channel) -> Sequence[Delivery]:
        now, lease, limit = self._clock.now(), self._habits.lease, self._habits.at_once
        return await self._habits.run(
            lambda: self._queue.claim(channel.name, owner=self._owner, now=now, lease=lease, limit=limit)
        )

    async def _attempt(self, channel: Channel, delivery: Delivery) -> Attempt:
        """Try one delivery and settle it; when cancelled, it is due again at once."""
        try:
            settled, gone = await self._send(channel, delivery), False
        except DeliveryError as error:
            settled = after_failure(delivery, error, now=self._clock.now(), dice=self._habits.dice())
            gone = error.gone
        except asyncio.CancelledError:
            again = Settled(state=DeliveryState.DUE, detail="interrupted by a stop", due_at=self._clock.now())
            await self._settle(delivery, again)
            raise
        is_lost = not await self._settle(delivery, settled)
        if gone:
            now = self._clock.now()
            await self._habits.run(lambda: self._queue.disable_channel(channel.name, settled.detail, now=now))
        return Attempt(delivery=delivery, settled=settled, gone=gone, is_lost=is_lost)

    async def _send(self, channel: Channel, delivery: Delivery) -> Settled:
        """Send within the deadline; whatever goes wrong in a channel is a DeliveryError."""
        seconds = min(self._habits.deadline, self._habits.lease * 0.8).total_seconds()
        try:
            async with asyncio.timeout(seconds):
                return Settled(state=DeliveryState.DELIVERED, detail=await channel.send(delivery))
        except DeliveryError:
            raise
        except TimeoutError as error:
            raise DeliveryError(f"not done within {seconds:g} s") from error
        except Exception as error:  # the outermost boundary of a channel: a bug there must not lose an alert
            raise DeliveryError(f"unexpected {type(error).__name__}: {error}") from error

    async def _settle(self, delivery: Delivery, settled: Settled) -> bool:
        """Write what became of an attempt, even while being cancelled; False: another worker owned it by then."""
        now = self._clock.now()
        try:
            await asyncio.shield(
                asyncio.ensure_future(self._habits.run(lambda: self._queue.settle(delivery, settled, now=now)))
            )
        except LeaseLostError:
            return False
        return True


async def _together(calls: Sequence[Coroutine[None, None, T]]) -> Sequence[T]:
    """Await calls side by side; whether one fails or all are cancelled, each comes to its own end first."""
    tasks = [asyncio.ensure_future(call) for call in calls]
    if not tasks:
        return []
    try:
        return await asyncio.gather(*tasks)
    finally:
        await asyncio.wait(tasks)

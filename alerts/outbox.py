"""The outbox: what is owed goes out, each channel at its own pace, and nothing is lost on the way."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from alerts.pace import Pace
from alerts.schedule import after_failure
from news.alert import Delivery, DeliveryState, Pick, Settled, Taken
from news.errors import DeliveryError, LeaseLostError, StorageError
from news.time import Clock

T = TypeVar("T")


class DeliveryQueue(Protocol):
    """What the outbox needs from storage."""

    def claim(self, channel: str, /, *, owner: str, now: datetime, lease: timedelta, pick: Pick) -> Sequence[Delivery]:
        """Take the due messages that `pick` chooses for `lease`, the longest due first; counts the attempt.

        A digest is taken whole, and a new one is written down before anybody has it. Nobody else gets what is taken
        before the lease ends; a channel that is disabled gives none.
        """
        ...

    def settle(self, message: Sequence[Delivery], settled: Settled, /, *, now: datetime) -> None:
        """Write what became of a message's attempt, for all or none of its deliveries, and give the lease back.

        Raises LeaseLostError when it is not ours.
        """
        ...

    def waiting(self, channel: str, /, *, now: datetime) -> int:
        """How many deliveries of a channel are due and nobody's; none of a disabled one."""
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

    @property
    def most(self) -> int:
        """How many deliveries one digest holds."""
        ...

    async def send(self, delivery: Delivery, /) -> Taken:
        """Send once; returns what the receiver said, or raises DeliveryError."""
        ...

    async def send_digest(self, digest: Sequence[Delivery], /) -> Taken:
        """Send several deliveries in one message, as `send` sends one."""
        ...


class Run(Protocol):
    """How a storage call, which blocks, is run; `asyncio.to_thread` is one."""

    def __call__(self, call: Callable[[], T], /) -> Awaitable[T]:
        """Run the call elsewhere and wait for it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How an outbox works. The deadline of an attempt ends well before its lease."""

    at_once: int = 4  # messages of one channel under way together
    per_hour: int = 0  # messages to one channel in any hour, see alerts/pace.py; 0: as many as there are
    lease: timedelta = timedelta(seconds=60)
    deadline: timedelta = timedelta(seconds=22)  # just above a webhook's own 20 s, below the 25 s of a stop
    run: Run = asyncio.to_thread
    dice: Callable[[], float] = random.random  # in [0, 1), stretches the waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A message that was tried, and what became of it."""

    message: Sequence[Delivery]  # one delivery, or those of a digest
    settled: Settled
    gone: bool = False  # the channel asked us to stop, and was disabled
    is_lost: bool = False  # another worker owned it by then; it settles the message

    @property
    def id(self) -> str:
        """The message's id."""
        return self.message[0].message_id

    @property
    def channel(self) -> str:
        """Where it went."""
        return self.message[0].channel


@dataclass(frozen=True, slots=True, kw_only=True)
class FlushReport:
    """What a flush did, attempt by attempt."""

    attempts: Sequence[Attempt] = ()
    waiting: int = 0  # deliveries that are due and were put off by the rate limit

    def __add__(self, later: "FlushReport") -> "FlushReport":
        """Both flushes, as one."""
        return FlushReport(attempts=[*self.attempts, *later.attempts], waiting=later.waiting)

    def count(self, state: DeliveryState) -> int:
        """How many deliveries came to this in an attempt."""
        return sum(len(each.message) for each in self.attempts if each.settled.state is state and not each.is_lost)

    @property
    def delivered(self) -> int:
        """How many deliveries were taken."""
        return self.count(DeliveryState.DELIVERED)

    @property
    def digests(self) -> int:
        """How many digests were taken."""
        taken = [each for each in self.attempts if each.settled.state is DeliveryState.DELIVERED and not each.is_lost]
        return sum(len(each.message) > 1 for each in taken)

    @property
    def due(self) -> int:
        """How many deliveries failed and will be tried again."""
        return self.count(DeliveryState.DUE)

    @property
    def dead(self) -> int:
        """How many deliveries were given up."""
        return self.count(DeliveryState.DEAD)

    @property
    def gave_up(self) -> bool:
        """True when something was given up, for a channel or for one of its receivers."""
        return any(attempt.settled.gives_up and not attempt.is_lost for attempt in self.attempts)

    @property
    def refused(self) -> int:
        """How many receivers refused for good what others of their channel took."""
        who = {(each.channel, name) for each in self.attempts for name in each.settled.refused if not each.is_lost}
        return len(who)

    @property
    def disabled(self) -> Sequence[str]:
        """The channels that were switched off."""
        return list(dict.fromkeys(attempt.channel for attempt in self.attempts if attempt.gone))


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

    async def flush(self, *, until_idle: bool = True, digests: bool = True) -> FlushReport:
        """Send what is due: of every channel until nothing is due that the pace lets go, or else one batch.

        Without `digests` none is begun, for more may come soon that belongs into it. Raises StorageError when the
        queue failed, once every channel has come to its end.
        """
        ends = await _together([self._drain(channel, until_idle, digests) for channel in self._channels])
        for end in ends:
            if end.error is not None:
                raise end.error
        attempts = [attempt for end in ends for attempt in end.attempts]
        return FlushReport(attempts=attempts, waiting=sum(end.waiting for end in ends))

    async def _drain(self, channel: Channel, until_idle: bool, digests: bool) -> "_End":
        """Send one channel's batches; an error of the queue is handed back, so that the other channels go on."""
        end = _End()
        try:
            while True:
                batch = messages(await self._claim(channel, channel.most if digests else 1))
                if not batch:
                    end.waiting = await self._waiting(channel)
                    break
                end.attempts += await _together([self._attempt(channel, message) for message in batch])
                if not until_idle or end.attempts[-1].gone:
                    break
        except StorageError as error:
            end.error = error
        return end

    async def _claim(self, channel: Channel, most: int) -> Sequence[Delivery]:
        now, lease, habits = self._clock.now(), self._habits.lease, self._habits
        pace = Pace(now=now, at_once=habits.at_once, per_hour=habits.per_hour, most=most)
        return await habits.run(
            lambda: self._queue.claim(channel.name, owner=self._owner, now=now, lease=lease, pick=pace)
        )

    async def _waiting(self, channel: Channel) -> int:
        """How many deliveries the pace put off; without a limit it puts off none."""
        now = self._clock.now()
        if self._habits.per_hour <= 0:
            return 0
        return await self._habits.run(lambda: self._queue.waiting(channel.name, now=now))

    async def _attempt(self, channel: Channel, message: Sequence[Delivery]) -> Attempt:
        """Try one message and settle it; when cancelled, it is due again at once."""
        try:
            settled, gone = await self._send(channel, message), False
        except DeliveryError as error:
            settled = after_failure(message[0], error, now=self._clock.now(), dice=self._habits.dice())
            gone = error.gone
        except asyncio.CancelledError:
            again = Settled(state=DeliveryState.DUE, detail="interrupted by a stop", due_at=self._clock.now())
            await self._settle(message, again)
            raise
        is_lost = not await self._settle(message, settled)
        if gone:
            now = self._clock.now()
            await self._habits.run(lambda: self._queue.disable_channel(channel.name, settled.detail, now=now))
        return Attempt(message=message, settled=settled, gone=gone, is_lost=is_lost)

    async def _send(self, channel: Channel, message: Sequence[Delivery]) -> Settled:
        """Send within the deadline; whatever goes wrong in a channel is a DeliveryError."""
        seconds = min(self._habits.deadline, self._habits.lease * 0.8).total_seconds()
        try:
            async with asyncio.timeout(seconds):
                taken = await (channel.send_digest(message) if message[0].bundle else channel.send(message[0]))
        except DeliveryError:
            raise
        except TimeoutError as error:
            raise DeliveryError(f"not done within {seconds:g} s") from error
        except Exception as error:  # the outermost boundary of a channel: a bug there must not lose an alert
            raise DeliveryError(f"unexpected {type(error).__name__}: {error}") from error
        return Settled(state=DeliveryState.DELIVERED, detail=taken.said, taken_by=taken.taken_by, refused=taken.refused)

    async def _settle(self, message: Sequence[Delivery], settled: Settled) -> bool:
        """Write what became of an attempt, even while being cancelled; False: another worker owned it by then."""
        now = self._clock.now()
        try:
            await asyncio.shield(
                asyncio.ensure_future(self._habits.run(lambda: self._queue.settle(message, settled, now=now)))
            )
        except LeaseLostError:
            return False
        return True


@dataclass(slots=True, kw_only=True)
class _End:
    """What a channel came to in a flush."""

    attempts: list[Attempt] = field(default_factory=list)
    waiting: int = 0
    error: StorageError | None = None


def messages(claimed: Sequence[Delivery]) -> list[Sequence[Delivery]]:
    """The messages that deliveries go out in, each with its deliveries in order."""
    found: dict[str, list[Delivery]] = {}
    for delivery in claimed:
        found.setdefault(delivery.message_id, []).append(delivery)
    return list(found.values())


async def _together(calls: Sequence[Coroutine[None, None, T]]) -> Sequence[T]:
    """Await calls side by side; whether one fails or all are cancelled, each comes to its own end first."""
    tasks = [asyncio.ensure_future(call) for call in calls]
    if not tasks:
        return []
    try:
        return await asyncio.gather(*tasks)
    finally:
        await asyncio.wait(tasks)

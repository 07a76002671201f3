"""Claims sources and runs them side by side, keeping their leases alive."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from news.errors import LeaseLostError, StorageError
from news.source import Lease
from news.time import Clock
from scheduler.jump import Jumps
from scheduler.pacing import HostStore, Pacing, Turns, exchange
from scheduler.report import Report
from scheduler.writer import Run
from storage.identity import host_of

log = logging.getLogger(__name__)
_TRIES = 5  # runs in a row that never came to an end; the next is not begun


class SourceQueue(Protocol):
    """What the crew needs from storage."""

    def claim(
        self, *, owner: str, now: datetime, lease: timedelta, limit: int, names: Collection[str] | None, due_only: bool
    ) -> Sequence[Lease]:
        """Take sources that are due and free, at most `limit`, in one short transaction."""
        ...

    def renew(self, leases: Sequence[Lease], /, *, until: datetime) -> Sequence[Lease]:
        """Keep leases until later; returns those that were lost."""
        ...

    def release(self, owner: str, /) -> None:
        """Give back every source that `owner` holds, due as before."""
        ...


@dataclass(kw_only=True)
class Crew:
    """The runs of one process."""

    source: Callable[[Lease], Awaitable[Report]]
    quarantine: Callable[[Lease], Awaitable[Report]]
    queue: SourceQueue
    gate: Pacing
    hosts: HostStore
    clock: Clock
    run: Run
    owner: str
    lease: timedelta = timedelta(seconds=60)
    capacity: int = 256  # runs at once; most of them wait for their host's turn, the HTTP limit is the engine's
    on_report: Callable[[Report], None] = lambda _report: None
    _active: dict[asyncio.Task[None], Lease] = field(default_factory=dict, init=False)
    _again: list[str] = field(default_factory=list, init=False)  # sources with items left for their next run
    _problems: list[str] = field(default_factory=list, init=False)
    _claiming: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    _ended: asyncio.Event = field(default_factory=asyncio.Event, init=False)  # some run did
    _stopping: bool = field(default=False, init=False)
    _hosts: Counter[str] = field(default_factory=Counter, init=False)  # of the sources that are being run
    _jumps: Jumps = field(init=False)

    def __post_init__(self) -> None:
        self._jumps = Jumps(self.clock, over=self.lease / 6)
        self.gate.share(
            Turns(
                hosts=self.hosts, run=self.run, clock=self.clock, owner=self.owner, lease=self.lease, ours=self._hosts
            )
        )

    @property
    def busy(self) -> int:
        """How many runs are under way."""
        return len(self._active)

    async def fill(self, *, names: Collection[str] | None = None, due_only: bool = True) -> int:
        """Claim what fits and start it; returns how many were started. Raises StorageError."""
        async with self._claiming:
            free = self.capacity - self.busy
            if free <= 0 or self._stopping:
                return 0
            if self._jumps.seen():  # our own leases look late now: we would take sources from ourselves
                await self._renew()
            leases = await self.run(
                self.queue.claim,
                owner=self.owner,
                now=self.clock.now(),
                lease=self.lease,
                limit=free,
                names=names,
                due_only=due_only,
            )
            self.gate.heed(lease.pace for lease in leases if lease.pace)
            for lease in leases:
                self._start(lease, poison=due_only and lease.attempts > _TRIES)
            return len(leases)

    async def all(self, *, names: Collection[str] | None = None, due_only: bool = True) -> Sequence[str]:
        """Run until nothing of what was asked for is left; returns what the database refused, a sentence for each run.

        Raises StorageError when nothing can be claimed.
        """
        beat = asyncio.create_task(self.keep_alive())
        try:
            await self._until_idle(None if names is None else list(names), due_only=due_only)
        finally:
            beat.cancel()
        return self._problems

    async def _until_idle(self, todo: list[str] | None, *, due_only: bool) -> None:
        while True:
            started, thirsty = 0, self.busy < self.capacity // 2 + 1  # a claim for each run that ends would be dear
            if todo is None and thirsty:
                started = await self.fill(due_only=due_only)
            elif todo and thirsty:
                chunk, todo = todo[: self.capacity - self.busy], todo[self.capacity - self.busy :]
                started = await self.fill(names=chunk, due_only=due_only)
            if self._active:
                await self._ended.wait()  # not for the tasks: each of them would be touched each time one ends
            self._ended.clear()
            if todo is not None:
                todo += self._again  # what is due is claimed anyway; who asked by name asks until nothing is left
            self._again.clear()
            if not self._active and not started and not todo:
                return

    async def keep_alive(self) -> None:
        """Renew the leases of all runs at a third of their length, for ever; a run that lost its lease is cancelled.

        A renewal that fails is logged and made again: the lease has two thirds of its length left. What is known of
        hosts is exchanged with other processes by the same beat, for pages may lie on hosts that are nobody's.
        """
        while True:
            try:
                await self._renew()
                await self._exchange()
            except StorageError as error:
                log.error("renewal_failed", extra={"error": str(error)})  # noqa: TRY400  a known failure needs no traceback
            await asyncio.sleep(self.lease.total_seconds() / 3)

    async def _exchange(self) -> None:
        await exchange(self.gate, self.hosts, self.run, owner=self.owner, now=self.clock.now())

    async def _renew(self) -> None:
        held = dict(self._active)
        if not held:
            return
        lost = await self.run(self.queue.renew, list(held.values()), until=self.clock.now() + self.lease)
        gone = {(lease.source_id, lease.token) for lease in lost}
        for task, lease in held.items():
            if (lease.source_id, lease.token) in gone:
                log.warning("lease_lost", extra={"source": lease.source.name})
                task.cancel()

    async def stop(self, *, within: timedelta) -> int:
        """Let runs end, cancel the late ones, give their sources back; returns how many were cancelled."""
        self._stopping = True
        async with self._claiming:  # a claim under way ends first, or its sources would stay leased
            pass
        if self._active:
            await asyncio.wait(self._active, timeout=within.total_seconds())
        late = list(self._active)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        await self._exchange()  # first, so that whoever is waiting for these sources knows at what pace
        await self.run(self.queue.release, self.owner)
        return len(late)

    def _start(self, lease: Lease, *, poison: bool) -> None:
        task = asyncio.create_task(self._one(lease, poison=poison), name=lease.source.name)
        self._active[task] = lease
        self._hosts[host_of(lease.address)] += 1
        task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[None]) -> None:
        host = host_of(self._active.pop(task).address)
        self._hosts[host] -= 1
        if not self._hosts[host]:
            del self._hosts[host]
        self._ended.set()

    async def _one(self, lease: Lease, *, poison: bool) -> None:
        """Run one source. What the database refuses is said; the source is due again when its lease ends."""
        try:
            report = await (self.quarantine if poison else self.source)(lease)
        except LeaseLostError:
            log.warning("lease_lost", extra={"source": lease.source.name})
        except StorageError as error:
            self._problems.append(f"{lease.source.name}: {error}")
            log.error("storage_failed", extra={"source": lease.source.name, "error": str(error)})  # noqa: TRY400
        else:
            self.on_report(report)
            if report.left and report.kept.new:
                self._again.append(report.source)

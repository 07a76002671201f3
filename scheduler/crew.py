"""Claims sources and runs them side by side, keeping their leases alive."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from news.errors import LeaseLostError, StorageError
from news.source import Lease
from news.time import Clock
from scheduler.report import Report
from scheduler.writer import Run

log = structlog.get_logger()


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
    queue: SourceQueue
    clock: Clock
    run: Run
    owner: str
    lease: timedelta = timedelta(seconds=60)
    capacity: int = 256  # runs at once; most of them wait for their host's turn, the HTTP limit is the engine's
    on_report: Callable[[Report], None] = lambda _report: None
    _active: dict[asyncio.Task[None], Lease] = field(default_factory=dict, init=False)
    _again: list[str] = field(default_factory=list, init=False)  # sources with items left for their next run
    _crashed: BaseException | None = field(default=None, init=False)

    @property
    def busy(self) -> int:
        """How many runs are under way."""
        return len(self._active)

    async def fill(self, *, names: Collection[str] | None = None, due_only: bool = True) -> int:
        """Claim what fits and start it; returns how many were started."""
        free = self.capacity - self.busy
        if free <= 0:
            return 0
        leases = await self.run(
            self.queue.claim,
            owner=self.owner,
            now=self.clock.now(),
            lease=self.lease,
            limit=free,
            names=names,
            due_only=due_only,
        )
        for lease in leases:
            task = asyncio.create_task(self._one(lease), name=lease.source.name)
            self._active[task] = lease
            task.add_done_callback(self._forget)
        return len(leases)

    async def all(self, *, names: Collection[str] | None = None, due_only: bool = True) -> None:
        """Run until nothing of what was asked for is left; raises the first unexpected error after the others ended."""
        async with asyncio.TaskGroup() as group:
            beat = group.create_task(self.keep_alive())
            await self._until_idle(names, due_only=due_only)
            beat.cancel()
        if self._crashed:
            raise self._crashed

    async def _until_idle(self, names: Collection[str] | None, *, due_only: bool) -> None:
        todo = None if names is None else list(names)
        while True:
            started = 0
            if todo is None:
                started = await self.fill(due_only=due_only)
            elif todo and self.busy < self.capacity // 2 + 1:
                chunk, todo = todo[: self.capacity - self.busy], todo[self.capacity - self.busy :]
                started = await self.fill(names=chunk, due_only=due_only)
            if self._active:
                await asyncio.wait(self._active, return_when=asyncio.FIRST_COMPLETED)
            if todo is not None:
                todo += self._again
                self._again.clear()
            if not self._active and not started and not todo:
                return

    async def keep_alive(self) -> None:
        """Renew the leases of all runs at a third of their length, for ever; a run that lost its lease is cancelled."""
        while True:
            await asyncio.sleep(self.lease.total_seconds() / 3)
            if not self._active:
                continue
            held = list(self._active.values())
            lost = await self.run(self.queue.renew, held, until=self.clock.now() + self.lease)
            gone = {lease.source_id for lease in lost}
            for task, lease in list(self._active.items()):
                if lease.source_id in gone:
                    log.warning("lease_lost", source=lease.source.name)
                    task.cancel()

    async def stop(self, *, within: timedelta) -> int:
        """Let runs end, cancel the late ones, give their sources back; returns how many were cancelled."""
        if self._active:
            await asyncio.wait(self._active, timeout=within.total_seconds())
        late = list(self._active)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        await self.run(self.queue.release, self.owner)
        return len(late)

    async def _one(self, lease: Lease) -> None:
        try:
            report = await self.source(lease)
        except LeaseLostError:
            log.warning("lease_lost", source=lease.source.name)
        else:
            self.on_report(report)
            if report.left and report.kept.new:
                self._again.append(report.source)

    def _forget(self, task: asyncio.Task[None]) -> None:
        lease = self._active.pop(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            return
        self._crashed = self._crashed or error
        known = isinstance(error, StorageError)
        log.error(
            "storage_failed" if known else "run_crashed", source=lease.source.name, exc_info=None if known else error
        )

"""Settles runs that brought nothing new, many in one transaction.

Most runs of most days end with "unchanged"; a commit for each would cost more than the request did. While one
transaction is being written the next runs gather, so the batch grows with the load and nobody waits for a timer.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeAlias, TypeVar

import structlog

from news.source import Lease, Settlement
from news.time import Clock

T = TypeVar("T")
_Waiting: TypeAlias = tuple[Lease, Settlement, asyncio.Future[None]]
log = structlog.get_logger()


class Run(Protocol):
    """Runs a blocking call of storage in its own thread."""

    async def __call__(self, function: Callable[..., T], /, *args: object, **kwargs: object) -> T:
        """Call `function` there and return what it returns."""
        ...


class SettlesSources(Protocol):
    """What the settler needs from storage."""

    def settle(self, pairs: Sequence[tuple[Lease, Settlement]], /, *, now: datetime) -> Sequence[Lease]:
        """Write how runs ended and give their leases back, in one transaction; returns the leases that were lost."""
        ...


class Settler:
    """Collects settlements and writes them together."""

    def __init__(self, store: SettlesSources, *, clock: Clock, run: Run) -> None:
        self._store = store
        self._clock = clock
        self._run = run
        self._waiting: list[_Waiting] = []
        self._writer: asyncio.Task[None] | None = None

    async def settle(self, lease: Lease, settlement: Settlement) -> None:
        """Return when the settlement is committed; raises what storage raises."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((lease, settlement, done))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        await done

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            error = await self._write_together(batch)
            for _, _, done in batch:
                if done.done():  # its run was cancelled meanwhile
                    continue
                done.set_result(None) if error is None else done.set_exception(error)

    async def _write_together(self, batch: Sequence[_Waiting]) -> Exception | None:
        pairs = [(lease, settlement) for lease, settlement, _ in batch]
        try:
            lost = await self._run(self._store.settle, pairs, now=self._clock.now())
        except Exception as error:  # each waiting run must hear of it, or it would wait for ever
            return error
        for lease in lost:
            log.warning("lease_lost", source=lease.source.name)
        return None

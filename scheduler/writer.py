"""Writes how runs end, many in one transaction.

A commit waits for the disk, and most runs of most days end with "unchanged": a transaction for each would cost more
than the request did. So a run's end waits a moment for others to join it, and while a transaction is being written the
next ones gather.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from news.alert import Decide
from news.article import Article, Kept, Prepared
from news.errors import LeaseLostError, StorageError
from news.source import Lease, Settlement
from news.time import Clock

T = TypeVar("T")
_MOMENT = 0.05  # seconds; at a thousand unchanged feeds a second, one transaction for fifty
# How many articles share a transaction: as many as this machine and its disk write in the time that others, who want
# to write or read the same file, may be made to wait. A run is never split.
_FIRST, _FEWEST, _MOST = 600, 100, 2_400  # the last for memory's sake, half a MB for a hundred
_LONGEST = 1.0  # seconds


class Run(Protocol):
    """Runs a blocking call of storage in its own thread."""

    async def __call__(self, function: Callable[..., T], /, *args: object, **kwargs: object) -> T:
        """Call `function` there and return what it returns."""
        ...


class Keeper(Protocol):
    """What the writer needs from the archive."""

    def keep_many(
        self, runs: Sequence[tuple[Lease, Sequence[Prepared], Settlement | None]], /, *, now: datetime, decide: Decide
    ) -> Sequence[Kept | None]:
        """Keep articles, stories, matches and what is owed for several runs; None for one whose lease was lost."""
        ...


class SettlesSources(Protocol):
    """What the writer needs from the sources' store."""

    def settle(self, pairs: Sequence[tuple[Lease, Settlement]], /, *, now: datetime) -> Sequence[Lease]:
        """Write how runs without articles ended, and give their leases back; returns the leases that were lost."""
        ...


@dataclass(frozen=True, slots=True)
class _Entry:
    lease: Lease
    articles: Sequence[Article]
    settlement: Settlement | None
    done: "asyncio.Future[Kept]"


@dataclass(kw_only=True)
class Writer:
    """Collects what runs bring and writes it together, in the order it came."""

    keeper: Keeper
    sources: SettlesSources
    prepare: Callable[[Article], Prepared]
    decide: Decide
    clock: Clock
    run: Run

    def __post_init__(self) -> None:
        self._waiting: list[_Entry] = []
        self._writing: asyncio.Task[None] | None = None
        self._together = _FIRST

    async def write(self, lease: Lease, articles: Sequence[Article], settlement: Settlement | None) -> Kept:
        """Return when it is committed. Raises LeaseLostError, and what storage raises."""
        done: asyncio.Future[Kept] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Entry(lease, articles, settlement, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return await done

    async def _write(self) -> None:
        while self._waiting:
            await asyncio.sleep(_MOMENT)
            batch = self._next()
            if not await self._keep(batch) and len(batch) > 1:
                for entry in batch:  # what one run brings must not keep the others from being written
                    await self._keep([entry])

    def _next(self) -> list[_Entry]:
        count = articles = 0
        while count < len(self._waiting) and (count == 0 or articles < self._together):
            articles += len(self._waiting[count].articles)
            count += 1
        batch, self._waiting = self._waiting[:count], self._waiting[count:]
        return batch

    async def _keep(self, batch: Sequence[_Entry]) -> bool:
        """Write a batch in one transaction; False: something in it cannot be written, and nobody heard yet."""
        try:
            results = await self.run(self._commit, batch)
        except StorageError as error:  # the database itself: to try each entry alone would take as long for each
            for entry in batch:
                _end(entry, error)
            return True
        except Exception as error:  # whoever waits must hear of it, or it would wait for ever
            if len(batch) == 1:
                _end(batch[0], error)
            return False
        for entry, kept in zip(batch, results, strict=True):
            lost = LeaseLostError.of_run(entry.lease.source.name)
            _end(entry, lost if kept is None else kept)
        return True

    def _commit(self, batch: Sequence[_Entry]) -> Sequence[Kept | None]:
        now = self.clock.now()
        if not any(entry.articles for entry in batch):
            pairs = [(entry.lease, entry.settlement) for entry in batch if entry.settlement is not None]
            lost = self.sources.settle(pairs, now=now)
            return [None if entry.lease in lost else Kept() for entry in batch]
        runs = [(entry.lease, [self.prepare(each) for each in entry.articles], entry.settlement) for entry in batch]
        started = self.clock.monotonic()
        kept = self.keeper.keep_many(runs, now=now, decide=self.decide)
        articles = sum(len(entry.articles) for entry in batch)
        self._together = bound(self._together, articles, self.clock.monotonic() - started)
        return kept


def bound(before: int, articles: int, seconds: float) -> int:
    """Say how many articles the next transaction may hold, from what the last one took.

    One that held fewer than it might tells nothing where it was short: what takes its time then is not the articles.
    """
    if articles < before and seconds <= _LONGEST:
        return before
    return max(_FEWEST, min(_MOST, int(articles * _LONGEST / max(seconds, _LONGEST / _MOST))))


def _end(entry: _Entry, result: Kept | Exception) -> None:
    if entry.done.done():  # its run was cancelled meanwhile
        return
    if isinstance(result, Kept):
        entry.done.set_result(result)
    else:
        entry.done.set_exception(result)

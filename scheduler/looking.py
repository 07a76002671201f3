"""Asks which items are new, for many lists in one transaction: while one is answered, the next ones gather."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from news.article import Item
from news.errors import StorageError
from news.source import Lease
from scheduler.writer import Run

Listed: TypeAlias = tuple[Lease, Sequence[Item]]
_TOGETHER = 600  # items of one transaction, so that none is long; a list is never split


class Remembering(Protocol):
    """What looking needs from the archive."""

    def unknown_many(self, lists: Sequence[Listed], /) -> Sequence[Sequence[Item]]:
        """Of each source's items, those that are not kept yet, or listed otherwise than before."""
        ...


@dataclass(frozen=True, slots=True)
class _Entry:
    listed: Listed
    done: "asyncio.Future[Sequence[Item]]"


@dataclass(kw_only=True)
class Looker:
    """Holds lists against the archive, those together that come while it is busy."""

    archive: Remembering
    run: Run

    def __post_init__(self) -> None:
        self._waiting: list[_Entry] = []
        self._looking: asyncio.Task[None] | None = None

    async def unknown(self, lease: Lease, items: Sequence[Item]) -> Sequence[Item]:
        """Of a source's items, those to be read. Raises what storage raises."""
        if not items:
            return ()
        done: asyncio.Future[Sequence[Item]] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Entry((lease, items), done))
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        return await done

    async def _look(self) -> None:
        while self._waiting:
            batch = self._next()
            if not await self._together(batch):
                for entry in batch:  # what one list does must not keep the others from being looked at
                    await self._together([entry])

    def _next(self) -> list[_Entry]:
        count = items = 0
        while count < len(self._waiting) and (count == 0 or items < _TOGETHER):
            items += len(self._waiting[count].listed[1])
            count += 1
        batch, self._waiting = self._waiting[:count], self._waiting[count:]
        return batch

    async def _together(self, batch: Sequence[_Entry]) -> bool:
        """Look at lists in one transaction; False: one of several cannot be looked at, and nobody heard yet."""
        try:
            found = await self.run(self.archive.unknown_many, [entry.listed for entry in batch])
        except Exception as error:  # whoever waits must hear of it, or it would wait for ever
            if len(batch) > 1 and not isinstance(error, StorageError):
                return False
            for entry in batch:
                if not entry.done.done():
                    entry.done.set_exception(error)
            return True
        for entry, items in zip(batch, found, strict=True):
            if not entry.done.done():  # or its run was cancelled meanwhile
                entry.done.set_result(items)
        return True

"""How many pages are under way between their request and their reading; the rest wait outside, holding nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Seat:
    """One page's right to be under way: taken when its host's turn has come, kept until it is read."""

    __slots__ = ("_all", "_taken")

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._all = places
        self._taken = False

    async def take(self) -> None:
        """Wait for a place; once is enough."""
        if not self._taken:
            await self._all.acquire()
            self._taken = True

    def leave(self) -> None:
        """Give the place back, while a host is waited for again or when all is done."""
        if self._taken:
            self._taken = False
            self._all.release()


class Seats:
    """Bounds the bodies that wait for the parsers, and the parsers that one source's pages may keep busy."""

    def __init__(self, places: int, children: int) -> None:
        self._places = asyncio.Semaphore(places)
        self._share = max(1, children // 2)
        self._readers: dict[str, tuple[asyncio.Semaphore, int]] = {}  # and how many use it

    @asynccontextmanager
    async def seat(self) -> AsyncIterator[Seat]:
        """Hand out a seat that is not taken yet, and give it back at the end."""
        seat = Seat(self._places)
        try:
            yield seat
        finally:
            seat.leave()

    @asynccontextmanager
    async def reading(self, source: str) -> AsyncIterator[None]:
        """Wait until one of the children is this source's to use: it has half of them at most."""
        share, users = self._readers.get(source) or (asyncio.Semaphore(self._share), 0)
        self._readers[source] = share, users + 1
        try:
            async with share:
                yield
        finally:
            share, users = self._readers.pop(source)
            if users > 1:
                self._readers[source] = share, users - 1

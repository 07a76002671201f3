"""The one thread in which storage is asked."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

T = TypeVar("T")


class StorageThread:
    """Runs storage's blocking calls in one thread: SQLite has one writer, and the loop must not wait for a disk."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="storage")

    async def __call__(self, function: Callable[..., T], /, *args: object, **kwargs: object) -> T:
        """Call `function` in the thread and return what it returns."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(function, *args, **kwargs))

    def close(self) -> None:
        """End the thread when its work is done."""
        self._pool.shutdown()

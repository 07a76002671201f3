"""Parsing in child processes that can be killed: a document may hang, crash or fill a parser, never us.

Children are forked from a server process that has loaded the parsers once (`forkserver`): `fork` of a process with
threads and an event loop is unsafe, and `spawn` would load them anew for every child that is replaced.
"""

import asyncio
import os
import resource
import signal
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from crawler.settings import Limits
from news.errors import CrawlError
from news.fetch import Reason

if TYPE_CHECKING:
    from pebble import ProcessPool

P = ParamSpec("P")
T = TypeVar("T")

_PRELOADED = ["crawler.reading"]


@dataclass(frozen=True, slots=True)
class _Failed:
    """A child's word for what went wrong; exceptions with fields of their own do not travel."""

    reason: str
    detail: str


class Sandbox:
    """A pool of parsing children, started with the first job."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.children = limits.parse_children or max(2, os.cpu_count() or 1)
        self._pool: ProcessPool | None = None

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function in a child.

        Raises the CrawlError it raised, PARSE_ERROR for any other exception, PARSE_TIMEOUT or PARSE_CRASH where the
        child had to be killed or died.
        """
        from pebble import ProcessExpired

        future: Future[T | _Failed] = self._started().schedule(
            _in_child, args=(function, args, kwargs), timeout=self._limits.parse_seconds
        )
        try:
            result = await asyncio.wrap_future(future)
        except TimeoutError as error:
            raise CrawlError(Reason.PARSE_TIMEOUT, f"not read within {self._limits.parse_seconds:g} s") from error
        except ProcessExpired as error:
            raise CrawlError(Reason.PARSE_CRASH, f"the parser died with status {error.exitcode}") from error
        if isinstance(result, _Failed):
            raise CrawlError(result.reason, result.detail)
        return result

    async def close(self) -> None:
        """Stop every child, busy or not."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()  # type: ignore[no-untyped-call]
            await asyncio.to_thread(pool.join)

    def _started(self) -> "ProcessPool":
        if self._pool is None:
            import multiprocessing

            from pebble import ProcessPool

            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload(_PRELOADED)
            self._pool = ProcessPool(
                max_workers=self.children,
                max_tasks=self._limits.parse_tasks,
                initializer=_bound,
                initargs=(self._limits.parse_bytes,),
                context=context,
            )
        return self._pool


def _bound(parse_bytes: int) -> None:
    """Set a child's limits, and let it die at once when told: a handler in Python would wait for C code to return."""
    resource.setrlimit(resource.RLIMIT_AS, (parse_bytes, parse_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _in_child(function: Callable[..., T], args: tuple[object, ...], kwargs: dict[str, object]) -> T | _Failed:
    try:
        return function(*args, **kwargs)
    except CrawlError as error:
        return _Failed(error.reason, error.detail)
    except MemoryError:
        return _Failed(Reason.PARSE_CRASH, "the document needs more memory than a parser may take")
    except Exception as error:  # a third-party parser's
        return _Failed(Reason.PARSE_ERROR, f"{type(error).__name__}: {error}"[:300])

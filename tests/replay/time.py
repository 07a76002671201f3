"""Virtual time: an event loop that jumps to its next timer, and a machine whose clocks may sleep or be set."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import TypeVar

T = TypeVar("T")
MIDNIGHT = datetime(2026, 5, 4, tzinfo=UTC)  # of a Monday


class _Jumping(selectors.SelectSelector):
    """Waits for nothing: where a loop would wait, its time has passed."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Let the time pass that the loop would wait; no file is ever ready here."""
        if timeout is None:
            raise RuntimeError("everybody waits, and for no timer: nothing would ever happen again")
        self.seconds += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Runs timers in their order, at once."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Seconds since the loop was made."""
        return self._jumping.seconds


class Machine:
    """A machine's clocks, and the world's; all of them begin at midnight."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._slept = timedelta(0)
        self._set = timedelta(0)

    def now(self) -> datetime:
        """The time of day, as the machine believes."""
        return self.world() + self._set

    def monotonic(self) -> float:
        """Seconds awake: what a Linux machine's timers count."""
        return self._loop.time()

    def world(self) -> datetime:
        """The time of day, as it is."""
        return MIDNIGHT + timedelta(seconds=self._loop.time()) + self._slept

    def sleep(self, length: timedelta) -> None:
        """Be suspended: the world goes on, no timer does."""
        self._slept += length

    def set(self, by: timedelta) -> None:
        """Have the time of day set, forward or back."""
        self._set += by


def replay(work: Callable[[Machine], Coroutine[None, None, T]]) -> T:
    """Run something in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work(Machine(runner.get_loop())))

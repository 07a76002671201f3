"""Notices that the time of day jumped: the machine slept, or its clock was set."""

from datetime import timedelta

from news.time import Clock


class Jumps:
    """Holds the time of day against the seconds that only count."""

    def __init__(self, clock: Clock, *, over: timedelta) -> None:
        self._clock = clock
        self._over = over.total_seconds()
        self._apart = self._read()

    def seen(self) -> bool:
        """Say whether it jumped, forward or back, since this was asked last."""
        before, self._apart = self._apart, self._read()
        return abs(self._apart - before) > self._over

    def _read(self) -> float:
        return self._clock.now().timestamp() - self._clock.monotonic()

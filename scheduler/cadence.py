"""When a source is asked again: pure arithmetic over what the last run brought.

The share of items that were known already steers the interval: under a third known means that the feed moves faster
than we look, over two thirds means that we look too often.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

_FEW_KNOWN = 0.33
_MANY_KNOWN = 0.67
_FASTER = 0.5
_SLOWER = 1.5
LONG_DEAD = 30  # failures in a row after which a source is asked once a week
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """The bounds of the cadence."""

    start: timedelta = timedelta(minutes=15)
    shortest: timedelta = timedelta(minutes=5)
    longest: timedelta = timedelta(hours=24)
    jitter: float = 0.1  # share of the interval by which a due time may move, so that sources do not bunch
    zone: tzinfo = UTC  # in which cron lines name hours


def adapt(current: timedelta, *, items: int, new: int, rhythm: Rhythm) -> timedelta:
    """The next interval after a good run that listed `items`, `new` of them unknown until then."""
    if items == 0:
        return _within(current * _SLOWER, rhythm)
    known = 1 - new / items
    if known < _FEW_KNOWN:
        return _within(current * _FASTER, rhythm)
    if known > _MANY_KNOWN:
        return _within(current * _SLOWER, rhythm)
    return _within(current, rhythm)


def back_off(interval: timedelta, failures: int, *, rhythm: Rhythm) -> timedelta:
    """How long to wait after the n-th failure in a row: linear up to the longest interval, a week when long dead."""
    if failures >= LONG_DEAD:
        return WEEK
    return min(max(interval, rhythm.shortest) * max(1, failures), rhythm.longest)


def due_after(now: datetime, wait: timedelta, *, chance: float, rhythm: Rhythm) -> datetime:
    """`now` + `wait`, moved by up to the jitter; `chance` is a random number in [0, 1)."""
    return now + wait * (1 + rhythm.jitter * (2 * chance - 1))


def _within(interval: timedelta, rhythm: Rhythm) -> timedelta:
    return min(max(interval, rhythm.shortest), rhythm.longest)

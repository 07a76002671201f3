"""When a source is asked again: pure arithmetic over what the last run brought.

What is new at a look steers the interval, so that a look finds one new item: then news is seen within about half the
time that passes between two items, and no source is asked much oftener than it publishes. Where less than a third of a
list is known it moves faster than we look, whatever its length.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

_FEW_KNOWN = 1 / 3
_MOST_FASTER = 4  # a burst at once says little of the pace
_SLOWER = 1.25
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
    if not new:
        return _within(current * _SLOWER, rhythm)
    faster = min(new, _MOST_FASTER)
    if 1 - new / items < _FEW_KNOWN:
        faster = max(faster, 2)
    return _within(current / faster, rhythm)


def back_off(interval: timedelta, failures: int, *, rhythm: Rhythm) -> timedelta:
    """How long to wait after the n-th failure in a row: linear up to the longest interval, a week when long dead."""
    if failures >= LONG_DEAD:
        return WEEK
    return min(max(interval, rhythm.shortest) * max(1, failures), rhythm.longest)


def due_after(now: datetime, wait: timedelta, *, chance: float, rhythm: Rhythm) -> datetime:
    """`now` + `wait`, moved by up to the jitter, but not below the shortest; `chance` is a random number in [0, 1)."""
    return now + max(wait * (1 + rhythm.jitter * (2 * chance - 1)), min(wait, rhythm.shortest))


def _within(interval: timedelta, rhythm: Rhythm) -> timedelta:
    return min(max(interval, rhythm.shortest), rhythm.longest)

"""The cadence: bounds, direction, back-off."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.cadence import Rhythm, adapt, back_off, due_after

RHYTHM = Rhythm()
intervals = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=30))
counts = st.integers(0, 2000)


@given(current=intervals, items=counts, new=counts)
def test_interval_stays_within_its_bounds(current: timedelta, items: int, new: int) -> None:
    after = adapt(current, items=items, new=min(new, items), rhythm=RHYTHM)
    assert RHYTHM.shortest <= after <= RHYTHM.longest


@pytest.mark.parametrize(
    ("items", "new", "minutes"),
    [(10, 9, 15), (10, 2, 30), (10, 1, 60), (10, 0, 75), (0, 0, 75), (1, 1, 30)],
    ids=[
        "a burst: a quarter",
        "two new: half",
        "one new: as before",
        "nothing new: slower",
        "empty: slower",
        "a list of one that changed: half",
    ],
)
def test_a_look_is_to_find_one_new_item(items: int, new: int, minutes: int) -> None:
    assert adapt(timedelta(minutes=60), items=items, new=new, rhythm=RHYTHM) == timedelta(minutes=minutes)


@given(interval=intervals, failures=st.integers(1, 1000))
def test_a_failing_source_is_never_dropped_and_never_hammered(interval: timedelta, failures: int) -> None:
    wait = back_off(interval, failures, rhythm=RHYTHM)
    assert RHYTHM.shortest <= wait <= timedelta(days=7)
    assert wait <= back_off(interval, failures + 1, rhythm=RHYTHM)


@given(wait=intervals, chance=st.floats(0, 1, exclude_max=True))
def test_jitter_moves_a_due_time_by_a_tenth_at_most(wait: timedelta, chance: float) -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    moved = due_after(now, wait, chance=chance, rhythm=RHYTHM) - now
    assert abs(moved - wait) <= wait * 0.1 + timedelta(microseconds=1)


@given(wait=intervals, chance=st.floats(0, 1, exclude_max=True))
def test_jitter_never_asks_oftener_than_the_shortest_interval(wait: timedelta, chance: float) -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    assert due_after(now, max(wait, RHYTHM.shortest), chance=chance, rhythm=RHYTHM) - now >= RHYTHM.shortest

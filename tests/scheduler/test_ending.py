"""When a source with times of its own is asked again, however its run ended."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.errors import CrawlError
from news.fetch import Reason
from news.source import Lease
from scheduler.cadence import Rhythm
from scheduler.ending import Ending
from scheduler.report import Report
from tests.scheduler.fakes import failure, items, lease, listing

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def timed(line: str = "0 7,12,18 * * *", **facts: object) -> Lease:
    held = lease()
    return replace(held, source=replace(held.source, cron=line), **facts)  # type: ignore[arg-type]


def ending(chance: float = 0.5, now: datetime = NOON) -> Ending:
    return Ending(now=now, chance=chance, rhythm=Rhythm())


def after_good(held: Lease, at: Ending, not_before: timedelta | None = None, left: int = 0) -> datetime:
    listed = replace(listing(items(2)), not_before=not_before)
    return at.good(held, listed, Report(source="s", fetch=listed.fetch, left=left)).due_at


@given(chance=st.floats(0, 1, exclude_max=True), seconds=st.integers(0, 6 * 3600 - 1))
def test_a_source_with_times_is_asked_at_them_to_the_minute(chance: float, seconds: int) -> None:
    now = NOON + timedelta(seconds=seconds)
    assert after_good(timed(), ending(chance, now)) == NOON.replace(hour=18)


@pytest.mark.parametrize(
    ("line", "not_before", "hour"),
    [
        ("0 7,12,18 * * *", timedelta(hours=1), 18),
        ("0 * * * *", timedelta(hours=1), 13),
        ("0 * * * *", timedelta(hours=3), 15),
        ("*/5 * * * *", timedelta(hours=6), 18),
    ],
    ids=["long before its next time", "fresh for an hour, asked hourly", "asks for rest", "asks for long rest"],
)
def test_a_publisher_that_asks_for_rest_puts_times_off(line: str, not_before: timedelta, hour: int) -> None:
    assert after_good(timed(line), ending(), not_before).hour == hour


@given(chance=st.floats(0, 1, exclude_max=True), minutes=st.integers(0, 1440))
def test_chance_asks_nobody_before_he_allows_it(chance: float, minutes: int) -> None:
    floor = timedelta(minutes=minutes)
    assert after_good(lease(), ending(chance), floor) >= NOON + floor


def test_what_is_left_is_read_at_once() -> None:
    assert after_good(timed(), ending(), left=3) == NOON


@pytest.mark.parametrize(
    ("failures", "error", "due"),
    [
        (0, failure(), timedelta(minutes=15)),
        (3, failure(), timedelta(hours=1)),
        (25, failure(), timedelta(hours=6)),
        (29, failure(), timedelta(days=7, hours=6)),
        (0, failure(Reason.GONE), timedelta(days=7, hours=6)),
        (0, failure(Reason.RATE_LIMITED, retry_after=timedelta(hours=7)), timedelta(hours=7)),
    ],
    ids=["once", "again", "often: at its next time", "long dead: its first time in a week", "gone", "Retry-After"],
)
def test_a_failing_source_is_tried_before_its_next_time(failures: int, error: CrawlError, due: timedelta) -> None:
    assert ending().failed(timed(failures=failures), error, 0).due_at == NOON + due

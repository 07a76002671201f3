"""Cron lines: read as crontab reads them, told apart from what only looks like one, right across clock changes."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.cron import mistake, next_time

BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY = datetime(2026, 5, 1, 12, tzinfo=UTC)


def times(line: str, after: datetime = FRIDAY, count: int = 3, zone: tzinfo = UTC) -> list[str]:
    """The next times, in their zone, as people write them."""
    found = []
    for _ in range(count):
        after = next_time(line, after, zone)
        found.append(f"{after.astimezone(zone):%a %d.%m. %H:%M}")
    return found


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("0 7,12,18 * * mon-fri", ["Fri 01.05. 18:00", "Mon 04.05. 07:00", "Mon 04.05. 12:00"]),
        ("0 9 * * 1-5", ["Mon 04.05. 09:00", "Tue 05.05. 09:00", "Wed 06.05. 09:00"]),
        ("0 9 * * 0", ["Sun 03.05. 09:00", "Sun 10.05. 09:00", "Sun 17.05. 09:00"]),
        ("0 9 * * 7", ["Sun 03.05. 09:00", "Sun 10.05. 09:00", "Sun 17.05. 09:00"]),
        ("0 9 * * 5-7", ["Sat 02.05. 09:00", "Sun 03.05. 09:00", "Fri 08.05. 09:00"]),
        ("0 9 * * FRI-SUN", ["Sat 02.05. 09:00", "Sun 03.05. 09:00", "Fri 08.05. 09:00"]),
        ("0 9 * * */2", ["Sat 02.05. 09:00", "Sun 03.05. 09:00", "Tue 05.05. 09:00"]),
        ("*/20 * * * *", ["Fri 01.05. 12:20", "Fri 01.05. 12:40", "Fri 01.05. 13:00"]),
        ("5 8-18/5 * * *", ["Fri 01.05. 13:05", "Fri 01.05. 18:05", "Sat 02.05. 08:05"]),
        ("0 6 1 jan,jul *", ["Wed 01.07. 06:00", "Fri 01.01. 06:00", "Thu 01.07. 06:00"]),
        ("0 6 13 * 5", ["Fri 08.05. 06:00", "Wed 13.05. 06:00", "Fri 15.05. 06:00"]),
        ("0 0 29 2 *", ["Tue 29.02. 00:00", "Sun 29.02. 00:00", "Fri 29.02. 00:00"]),
    ],
)
def test_a_line_means_what_it_means_in_a_crontab(line: str, expected: list[str]) -> None:
    assert mistake(line) is None
    assert times(line) == expected


def test_a_time_is_later_than_now_and_never_now() -> None:
    assert next_time("0 12 * * *", FRIDAY, UTC) == FRIDAY + timedelta(days=1)
    assert next_time("0 12 * * *", FRIDAY - timedelta(microseconds=1), UTC) == FRIDAY


@pytest.mark.parametrize(
    ("after", "line", "expected"),
    [
        (datetime(2026, 3, 28, 12, tzinfo=UTC), "30 2 * * *", ["Sun 29.03. 03:30", "Mon 30.03. 02:30"]),
        (datetime(2026, 3, 29, 0, tzinfo=UTC), "*/30 1-3 * * *", ["Sun 29.03. 01:30", "Sun 29.03. 03:00"]),
        (datetime(2026, 10, 24, 12, tzinfo=UTC), "30 2 * * *", ["Sun 25.10. 02:30", "Sun 25.10. 02:30"]),
        (datetime(2026, 3, 28, 12, tzinfo=UTC), "0 7 * * *", ["Sun 29.03. 07:00", "Mon 30.03. 07:00"]),
        (datetime(2026, 10, 24, 12, tzinfo=UTC), "0 7 * * *", ["Sun 25.10. 07:00", "Mon 26.10. 07:00"]),
    ],
    ids=["a time that is skipped", "every half hour over a skip", "a time that comes twice", "spring", "autumn"],
)
def test_clocks_that_change_lose_no_time(after: datetime, line: str, expected: list[str]) -> None:
    assert times(line, after, 2, BERLIN) == expected


def test_hours_are_those_of_the_zone() -> None:
    assert next_time("0 7 * * *", FRIDAY, BERLIN) == datetime(2026, 5, 2, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "offset", "width", "words"),
    [
        ("", 0, 1, "five fields"),
        ("0 7 * *", 0, 7, "five fields (minute, hour, day of the month, month, day of the week), not 4"),
        ("@daily", 0, 6, "five fields"),
        ("0 0 7 * * *", 0, 11, "not 6"),
        ("75 7 * * *", 0, 2, "'75' is no minute: write 0-59"),
        ("0 7,25 * * *", 4, 2, "'25' is no hour"),
        ("0 7 0 * *", 4, 1, "'0' is no day of the month"),
        ("0 7 * foo *", 6, 3, "'foo' is no month: write 1-12 or jan feb"),
        ("0 7 * * mon-fry", 8, 7, "'fry' is no day of the week"),
        ("0 7 * * 5-1", 8, 3, "'5-1' runs backwards"),
        ("0 7 * * last", 8, 4, "'last' is no day"),
        ("*/0 * * * *", 0, 3, "a step of 0 leads nowhere"),
        ("5/15 * * * *", 0, 4, "a step needs a range: write 5-59/15"),
        ("0, 7 * * *", 2, 1, "'' is no minute"),
        ("*-5 7 * * *", 0, 3, "'*-5' is no minute"),
        ("0 7 30 2 *", 0, 10, "never comes"),
    ],
)
def test_a_line_that_is_none_says_where_and_why(line: str, offset: int, width: int, words: str) -> None:
    wrong = mistake(line)
    assert wrong is not None
    assert (wrong.offset, wrong.width) == (offset, width)
    assert words in wrong.message


_WORDS = [
    "0",
    "1",
    "5",
    "7",
    "31",
    "59",
    "60",
    "*",
    "*/5",
    "1-5",
    "5-1",
    "mon",
    "sun",
    "0-7",
    "jan",
    ",",
    "-",
    "/",
    "x",
]


@given(st.lists(st.sampled_from(_WORDS), max_size=7))
def test_any_line_is_read_or_refused(words: list[str]) -> None:
    line = " ".join(words)
    if mistake(line) is None:
        assert next_time(line, FRIDAY, BERLIN) > FRIDAY

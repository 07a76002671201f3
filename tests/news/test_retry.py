"""Retry-After, read as its RFC says."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.retry import retry_after

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(hours=24)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 120 ", 120),
        ("0", 0),
        ("318000", 86400),  # the 88 hours that were seen
        ("99999999999999999999", 86400),
        ("Sun, 01 Mar 2026 12:10:00 GMT", 600),
        ("Sun, 01 Mar 2026 14:10:00 +0200", 600),
        ("Sunday, 01-Mar-26 12:10:00 GMT", 600),
        ("Sun, 01 Mar 2036 12:10:00 GMT", 86400),
        ("Sun, 01 Mar 2026 11:00:00 GMT", None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("٣", None),
        ("\x00", None),
        ("9" * 5000, 86400),
        ("Sun, 01 Mar 2026 12:10:00 -0000", 600),
        ("Sun, 99 Mar 2026 12:10:00 GMT", None),
    ],
)
def test_retry_after_is_read_in_both_forms_and_capped(value: str, seconds: int | None) -> None:
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert retry_after(value, NOW, DAY) == expected


@given(st.text(max_size=60))
def test_no_retry_after_is_ever_negative_beyond_the_cap_or_an_exception(value: str) -> None:
    wait = retry_after(value, NOW, DAY)
    assert wait is None or timedelta(0) <= wait <= DAY

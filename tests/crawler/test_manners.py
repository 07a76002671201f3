"""Retry-After and robots.txt, read as their RFCs say."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.manners import ALLOW_ALL, DISALLOW_ALL, product, retry_after, rules_without_file
from news.errors import CrawlError
from news.fetch import Reason
from tests.crawler.acts import NOW

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


@pytest.mark.parametrize(
    ("reason", "allowed"),
    [
        (Reason.HTTP_4XX, True),
        (Reason.GONE, True),
        (Reason.REDIRECTS, True),
        (Reason.HTTP_5XX, False),
        (Reason.RATE_LIMITED, False),
        (Reason.TIMEOUT, False),
        (Reason.DNS, False),
        (Reason.TLS, False),
        (Reason.TOO_LARGE, False),
    ],
)
def test_no_robots_file_means_yes_and_a_host_in_trouble_means_no(reason: Reason, allowed: bool) -> None:
    assert rules_without_file(CrawlError(reason, "")) is (ALLOW_ALL if allowed else DISALLOW_ALL)


def test_the_product_name_is_what_robots_files_address() -> None:
    assert product("presswatch/0.1 (press monitoring)") == "presswatch"

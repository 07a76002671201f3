"""Retry-After and robots.txt, read as their RFCs say."""

import pytest

from crawler.manners import ALLOW_ALL, DISALLOW_ALL, product, rules_without_file
from news.errors import CrawlError
from news.fetch import Reason


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

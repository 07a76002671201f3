"""Every Scrapy setting we rely on is pinned, and nothing listens or leaks."""

import subprocess
import sys

import pytest
from scrapy.settings import Settings

from crawler.settings import Limits, pinned

EXPECTED = {
    "TWISTED_REACTOR_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "DOWNLOAD_MAXSIZE": 10 * 1024 * 1024,
    "DOWNLOAD_TIMEOUT": 30.0,
    "DOWNLOAD_VERIFY_CERTIFICATES": True,
    "DOWNLOAD_FAIL_ON_DATALOSS": True,
    "REDIRECT_ENABLED": False,
    "REDIRECT_MAX_TIMES": 5,
    "METAREFRESH_ENABLED": False,
    "COOKIES_ENABLED": False,
    "REFERER_ENABLED": False,
    "HTTPPROXY_ENABLED": False,
    "HTTPCACHE_ENABLED": False,
    "RETRY_ENABLED": False,
    "RETRY_TIMES": 1,
    "DNSCACHE_ENABLED": False,
    "ROBOTSTXT_OBEY": True,
}


@pytest.mark.parametrize("name", EXPECTED)
def test_the_setting_is_pinned(name: str) -> None:
    assert Settings(pinned(Limits()))[name] == EXPECTED[name]


def test_only_http_has_a_handler_and_it_is_ours() -> None:
    handlers = Settings(pinned(Limits())).getwithbase("DOWNLOAD_HANDLERS")
    assert {scheme: handler for scheme, handler in handlers.items() if handler} == {
        "http": "crawler.download.GuardedDownload",
        "https": "crawler.download.GuardedDownload",
    }


def test_certificates_are_verified() -> None:
    import ssl

    from scrapy.utils.ssl import _make_ssl_context

    context = _make_ssl_context(Settings(pinned(Limits())))
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname


LIGHT = """
import sys
import crawler.crawl, crawler.compose, crawler.settings
heavy = {"scrapy", "aiohttp", "twisted", "trafilatura", "feedparser", "pebble", "fasttext"} & set(sys.modules)
assert not heavy, heavy
"""


def test_the_crawler_can_be_imported_without_its_heavy_libraries() -> None:
    subprocess.run([sys.executable, "-c", LIGHT], check=True)

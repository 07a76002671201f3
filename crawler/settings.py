"""The numbers of fetching and parsing, and the Scrapy settings that are pinned."""

from dataclasses import dataclass
from datetime import timedelta

MIB = 1024 * 1024

USER_AGENT = "presswatch/0.1 (press monitoring on behalf of one organisation; no contact configured)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of anything is let in, and how hard a host may be asked; seconds and bytes unless said otherwise."""

    feed_seconds: float = 20.0  # the whole conversation: every hop and retry, by the wall clock
    page_seconds: float = 30.0
    feed_bytes: int = 10 * MIB  # decompressed, and as sent
    page_bytes: int = 5 * MIB
    items: int = 2000  # per document; the newest are kept
    sitemaps: int = 5  # how many documents of a sitemap index are followed, newest first
    redirects: int = 5
    url_length: int = 2048
    title_bytes: int = 1024
    summary_bytes: int = 20 * 1024
    text_bytes: int = 500 * 1024
    parse_seconds: float = 10.0
    parse_bytes: int = 1024 * MIB  # address space of a parsing child
    parse_tasks: int = 1000  # a child is replaced after so many; its memory stands still from the 200th on
    parse_children: int = 0  # 0: as many as processors, at least 2
    concurrency: int = 16
    per_host: int = 1
    delay: float = 5.0  # between two requests to one host; 0: none
    jitter: float = 0.5  # the delay varies by this share either way
    patience: float = 30.0  # how long a request waits for a host that asked for rest; else it is put off
    crawl_delay_cap: float = 120.0  # what robots.txt may ask for
    retry_after_cap: timedelta = timedelta(hours=24)
    robots_bytes: int = 500 * 1024
    robots_hours: float = 24.0
    robots_memory: int = 16 * MIB  # of rules remembered, for about 30,000 origins
    allow_private_networks: bool = False
    user_agent: str = USER_AGENT


def pinned(limits: Limits) -> dict[str, object]:
    """Return the Scrapy settings we rely on, each set by hand so that no default of a later release changes them.

    The two consoles are ports that execute code; everything Scrapy could do behind our back (cookies, referrers,
    retries, redirects, meta refresh, proxies from the environment) is off, for we decide it ourselves.
    """
    handler = "crawler.download.GuardedDownload"
    return {
        "TWISTED_REACTOR_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "DOWNLOAD_HANDLERS": {
            "http": handler,
            "https": handler,
            "file": None,
            "data": None,
            "ftp": None,
            "s3": None,
        },
        "DOWNLOAD_MAXSIZE": limits.feed_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_TIMEOUT": limits.page_seconds,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DOWNLOAD_FAIL_ON_DATALOSS": True,
        "DOWNLOAD_BIND_ADDRESS": None,
        "CONCURRENT_REQUESTS": limits.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": limits.per_host,
        "REDIRECT_ENABLED": False,
        "REDIRECT_MAX_TIMES": limits.redirects,
        "METAREFRESH_ENABLED": False,
        "COOKIES_ENABLED": False,
        "REFERER_ENABLED": False,
        "HTTPPROXY_ENABLED": False,
        "HTTPCACHE_ENABLED": False,
        "RETRY_ENABLED": False,
        "RETRY_TIMES": 1,
        "DNSCACHE_ENABLED": False,
        "ROBOTSTXT_OBEY": True,
        "USER_AGENT": limits.user_agent,
        "URLLENGTH_LIMIT": limits.url_length,
        "LOG_ENABLED": False,
        "STATS_DUMP": False,
    }

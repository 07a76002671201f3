"""How a guest behaves, decided from what the host said: Retry-After and robots.txt. Pure."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from crawler.robotstxt import Rules
from news.errors import CrawlError
from news.fetch import Reason


def retry_after(value: str, now: datetime, cap: timedelta) -> timedelta | None:
    """Read a Retry-After field in either form (RFC 9110 §10.2.3), capped; None: absent, past or unreadable."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=min(int(text[:12]), 10**9)), cap)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    wait = moment - now
    return min(wait, cap) if wait > timedelta(0) else None


ALLOW_ALL = Rules()
DISALLOW_ALL = Rules(otherwise=False, had=False)


def rules_without_file(error: CrawlError) -> Rules:
    """Decide what a robots.txt that could not be had means (RFC 9309 §2.3.1).

    Not there (4xx, too many redirects): everything is allowed. The host in trouble (5xx, 429, no answer): nothing is.
    """
    absent = error.reason in {Reason.HTTP_4XX, Reason.GONE, Reason.REDIRECTS}
    return ALLOW_ALL if absent else DISALLOW_ALL


def product(user_agent: str) -> str:
    """Return the name that robots.txt files address: the user agent's first word, without its version."""
    return user_agent.split("/", 1)[0].split(" ", 1)[0]

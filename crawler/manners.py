"""How a guest behaves, decided from what the host said: Retry-After and robots.txt. Pure."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a host's robots.txt asks of us."""

    parsed: Any = None  # protego's; None: the same answer for every address
    otherwise: bool = True  # that answer
    delay: float = 0.0  # seconds between requests; 0: not said
    sitemaps: tuple[str, ...] = field(default=())

    def allow(self, url: str, agent: str) -> bool:
        """Say whether an address may be fetched by an agent of this name."""
        return self.otherwise if self.parsed is None else bool(self.parsed.can_fetch(url, agent))


ALLOW_ALL = Rules()
DISALLOW_ALL = Rules(otherwise=False)


def read_rules(body: bytes, agent: str, most: int) -> Rules:
    """Read a robots.txt, at most its first `most` bytes (RFC 9309 §2.5)."""
    from protego import Protego

    text = body[:most].decode("utf-8-sig", "ignore")
    if not text.strip():
        return ALLOW_ALL
    parsed = Protego.parse(text)
    return Rules(parsed=parsed, delay=float(parsed.crawl_delay(agent) or 0), sitemaps=tuple(parsed.sitemaps)[:20])


def rules_without_file(error: CrawlError) -> Rules:
    """Decide what a robots.txt that could not be had means (RFC 9309 §2.3.1).

    Not there (4xx, too many redirects): everything is allowed. The host in trouble (5xx, 429, no answer): nothing is.
    """
    absent = error.reason in {Reason.HTTP_4XX, Reason.GONE, Reason.REDIRECTS}
    return ALLOW_ALL if absent else DISALLOW_ALL


def product(user_agent: str) -> str:
    """Return the name that robots.txt files address: the user agent's first word, without its version."""
    return user_agent.split("/", 1)[0].split(" ", 1)[0]

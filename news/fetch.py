"""A fetch: one conversation with a source or page, and how it ended."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """How asking a source ended."""

    READ = "read"  # a body was read, whether or not it held anything new
    UNCHANGED = "unchanged"  # 304, or the same bytes as last time
    FAILED = "failed"


class Reason(StrEnum):
    """Why a document could not be had or read; stable codes, shown to operators and stored."""

    DNS = "dns"
    REFUSED = "refused"
    TLS = "tls"
    TIMEOUT = "timeout"
    CUT_SHORT = "cut_short"
    TOO_LARGE = "too_large"
    BLOCKED_ADDRESS = "blocked_address"
    BAD_URL = "bad_url"
    REDIRECTS = "redirects"
    ROBOTS = "robots"
    HTTP_4XX = "http_4xx"
    HTTP_5XX = "http_5xx"
    RATE_LIMITED = "rate_limited"
    GONE = "gone"
    NETWORK = "network"
    NOT_A_FEED = "not_a_feed"
    NOT_A_SITEMAP = "not_a_sitemap"
    NOT_ADDRESSES = "not_addresses"
    NOT_HTML = "not_html"
    NO_TEXT = "no_text"
    SOFT_404 = "soft_404"
    CONSENT_WALL = "consent_wall"
    LOGIN_WALL = "login_wall"
    ROBOT_CHECK = "robot_check"
    PARSE_ERROR = "parse_error"
    PARSE_TIMEOUT = "parse_timeout"
    PARSE_CRASH = "parse_crash"
    CRASH = "crash"
    QUARANTINE = "quarantine"


PASSING = frozenset(
    {
        Reason.DNS, Reason.REFUSED, Reason.TLS, Reason.TIMEOUT, Reason.CUT_SHORT, Reason.NETWORK, Reason.HTTP_5XX,
        Reason.RATE_LIMITED, Reason.ROBOT_CHECK,
    }
)  # fmt: skip
"""Reasons that another day may lack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """One line of a source's history."""

    url: str  # where the answer came from, after redirects
    at: datetime
    outcome: Outcome
    status: int | None = None  # None: no HTTP answer
    size: int = 0  # bytes of the body, decompressed
    seconds: float = 0.0
    reason: str = ""  # a Reason where it failed
    detail: str = ""  # the same in plain words, with warnings such as "80 items over the limit"
    items: int = 0  # listed
    new: int = 0  # stored for the first time
    gap: bool = False  # True: nothing listed was known; the list moved on faster than it was asked for

"""How long a publisher asks to be left alone: Cache-Control, Expires, and what a feed says of its own pace. Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

CAP = timedelta(hours=6)  # a typing error must not keep us away for a year
LONGEST_SKIP = timedelta(hours=24)  # a feed that skips the weekend is looked at once a day in spite of it
_HEAD = 64 * 1024  # bytes of a feed in which its own elements stand, before its items
_ITEMS = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]")
_TTL = re.compile(rb"<ttl>\s*(\d{1,6})\s*</ttl>", re.IGNORECASE)
_PERIOD = re.compile(rb"<sy:updatePeriod>\s*(hourly|daily|weekly|monthly|yearly)\s*</sy:updatePeriod>")
_FREQUENCY = re.compile(rb"<sy:updateFrequency>\s*(\d{1,4})\s*</sy:updateFrequency>")
_SKIPPED_HOURS = re.compile(rb"<skipHours>(.{0,2000}?)</skipHours>", re.DOTALL)
_SKIPPED_DAYS = re.compile(rb"<skipDays>(.{0,2000}?)</skipDays>", re.DOTALL)
_HOUR = re.compile(rb"<hour>\s*(\d{1,2})\s*</hour>")
_DAYS = (b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday")
_DAY = re.compile(rb"<day>\s*(" + b"|".join(_DAYS) + rb")\s*</day>", re.IGNORECASE)
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_NO_STORE = re.compile(r"(?:^|[\s,])(?:no-cache|no-store)\b", re.IGNORECASE)
_PERIODS = {b"hourly": 1, b"daily": 24, b"weekly": 168, b"monthly": 720, b"yearly": 8760}  # hours


def fresh_for(headers: Mapping[str, str], body: bytes, now: datetime) -> timedelta | None:
    """Return the longest of what an answer's headers (names in lower case) and a feed's own elements ask for, capped.

    None: nothing is asked for. Hours and days that a feed skips count from `now`, which is one of them or not.
    """
    said = (_by_headers(headers, now), *_by_feed(body)) if body else (_by_headers(headers, now),)
    fresh = [min(one, CAP) for one in said if one is not None]
    skipped = _by_skips(body, now) if body else None
    longest = max((*fresh, skipped or timedelta(0)))
    return longest if longest > timedelta(0) else None


def _by_headers(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Read Cache-Control max-age, less the Age that a cache gave it, else Expires (RFC 9111 §4.2.1)."""
    control = headers.get("cache-control", "")
    if _NO_STORE.search(control):
        return None
    stated = _MAX_AGE.search(control)
    if stated:
        age = headers.get("age", "")
        spent = int(age[:9]) if age.isascii() and age.isdigit() else 0
        return timedelta(seconds=max(0, int(stated[1]) - spent))
    if "expires" not in headers:
        return None
    try:
        return parsedate_to_datetime(headers["expires"]) - now
    except (ValueError, OverflowError, IndexError, TypeError):
        return None


def _by_feed(body: bytes) -> tuple[timedelta | None, timedelta | None]:
    head = _head(body)
    ttl, period, frequency = _TTL.search(head), _PERIOD.search(head), _FREQUENCY.search(head)
    minutes = timedelta(minutes=int(ttl[1])) if ttl else None
    times = max(1, int(frequency[1])) if frequency else 1
    return minutes, timedelta(hours=_PERIODS[period[1]]) / times if period else None


def _by_skips(body: bytes, now: datetime) -> timedelta | None:
    """Return how long until an hour, of Greenwich, of a day that a feed does not skip.

    One that skips all hours or all days skips none.
    """
    head = _head(body)
    hours = {int(hour) % 24 for hour in _HOUR.findall(_inside(_SKIPPED_HOURS, head))}
    days = {_DAYS.index(day.lower()) for day in _DAY.findall(_inside(_SKIPPED_DAYS, head))}
    if len(hours) == 24 or len(days) == 7:
        return None
    start = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    ahead = (start + timedelta(hours=number) for number in range(24))
    free = next((hour for hour in ahead if hour.hour not in hours and hour.weekday() not in days), None)
    wait = LONGEST_SKIP if free is None else free - now
    return wait if wait > timedelta(0) else None


def _inside(pattern: re.Pattern[bytes], head: bytes) -> bytes:
    found = pattern.search(head)
    return found[1] if found else b""


def _head(body: bytes) -> bytes:
    head = body[:_HEAD]
    items = _ITEMS.search(head)
    return head[: items.start()] if items else head

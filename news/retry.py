"""Retry-After, as hosts and receivers of webhooks say it; pure."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


def retry_after(value: str, now: datetime, cap: timedelta) -> timedelta | None:
    """Read a Retry-After field in either form (RFC 9110 §10.2.3), capped; None: absent, past or unreadable."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=min(int(text[:12]), 10**9)), cap)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
    if moment.tzinfo is None:  # "-0000" comes without a zone
        moment = moment.replace(tzinfo=UTC)
    wait = moment - now
    return min(wait, cap) if wait > timedelta(0) else None

"""Moments as people type them on a command line."""

from datetime import UTC, datetime

from news.errors import ConfigError
from presswatch.settings import duration


def moment(text: str, now: datetime, *, option: str = "--since") -> datetime:
    """Read a date, a time, or a span back from now ("7d"); one without a zone is UTC. Raises ConfigError."""
    try:
        return now - duration(text)
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)  # before everything
    except ValueError:
        pass
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"{option} {text!r} is neither a date nor a time span", hint="2026-05-01, or 7d") from error
    return when if when.tzinfo else when.replace(tzinfo=UTC)

"""What makes a row ours for a while: the conditions and columns that sources and deliveries share."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Table, or_

SKEW = timedelta(minutes=5)  # clocks of two machines may differ by this much
_FAR = timedelta(days=14)  # far beyond the longest wait of a delivery
_LONG = timedelta(hours=1)  # far beyond a lease as anybody sets it, whatever ours is


def is_free(table: FromClause, now: datetime, lease: timedelta) -> ColumnElement[bool]:
    """Nobody holds the row, or its holder is late; one that ends absurdly late was made by a clock set back since.

    What is absurd is no question of our own lease: another worker may have been given a much longer one.
    """
    until = table.c.lease_until
    return or_(table.c.owner == "", until <= now, until > now + max(_LONG, 10 * lease))


def set_ahead(written: ColumnElement[datetime], now: datetime) -> ColumnElement[bool]:
    """What was written at that time came from a clock that was ahead and has been set back since."""
    return written > now + SKEW


def is_due(table: Table, now: datetime) -> ColumnElement[bool]:
    """The delivery's time has come; a time further away than we ever set one was made by a clock that was wrong."""
    return or_(table.c.due_at <= now, table.c.due_at > now + _FAR)


def taken(table: Table, owner: str, until: datetime) -> dict[str, Any]:
    """The columns of a claim; the attempt is counted here, so that a row that kills its worker is seen."""
    return {"owner": owner, "lease_until": until, "attempts": table.c.attempts + 1}


FREE: dict[str, Any] = {"owner": "", "lease_until": None}

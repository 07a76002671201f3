"""What makes a row ours for a while: the conditions and columns that sources and deliveries share."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, or_

_FAR = timedelta(days=14)  # twice the longest wait we ever set


def is_free(table: Table, now: datetime, lease: timedelta) -> ColumnElement[bool]:
    """Nobody holds the row, or its holder is late; one that ends absurdly late was made by a clock set back since."""
    until = table.c.lease_until
    return or_(table.c.owner == "", until <= now, until > now + 10 * lease)


def is_due(table: Table, now: datetime) -> ColumnElement[bool]:
    """The row's time has come; a time further away than we ever set one was made by a clock that was wrong."""
    return or_(table.c.due_at <= now, table.c.due_at > now + _FAR)


def taken(table: Table, owner: str, until: datetime) -> dict[str, Any]:
    """The columns of a claim; the attempt is counted here, so that a row that kills its worker is seen."""
    return {"owner": owner, "lease_until": until, "attempts": table.c.attempts + 1}


FREE: dict[str, Any] = {"owner": "", "lease_until": None}


def believable(at: datetime, now: datetime) -> datetime:
    """When a row is due, read as `is_due` reads it."""
    return now if at > now + _FAR else at

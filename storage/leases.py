"""What makes a row ours for a while: the conditions and columns that sources and deliveries share."""

from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, FromClause, Table, or_

Time: TypeAlias = datetime | ColumnElement[datetime]  # as it is, or as a parameter of a statement made once

SKEW = timedelta(minutes=5)  # clocks of two machines may differ by this much
_FAR = timedelta(days=14)  # far beyond the longest wait of a delivery
_LONG = timedelta(hours=1)  # far beyond a lease as anybody sets it, whatever ours is


def absurd(now: datetime, lease: timedelta) -> datetime:
    """When no lease ends that was given by now, by a clock that is right.

    It is no question of our own lease: another worker may have been given a much longer one.
    """
    return now + max(_LONG, 10 * lease)


def is_free(table: FromClause, now: Time, never: Time) -> ColumnElement[bool]:
    """Nobody holds the row, or its holder is late; or it ends absurdly late, by a clock that was set back since.

    never: what `absurd` gives.
    """
    until = table.c.lease_until
    return or_(table.c.owner == "", until <= now, until > never)


def set_ahead(written: ColumnElement[datetime], believed: Time) -> ColumnElement[bool]:
    """What was written at that time came from a clock that was ahead and has been set back since.

    believed: now and the SKEW.
    """
    return written > believed


def is_due(table: Table, now: datetime) -> ColumnElement[bool]:
    """The delivery's time has come; a time further away than we ever set one was made by a clock that was wrong."""
    return or_(table.c.due_at <= now, table.c.due_at > now + _FAR)


def taken(table: Table, owner: str | ColumnElement[str], until: Time) -> dict[str, Any]:
    """The columns of a claim; the attempt is counted here, so that a row that kills its worker is seen."""
    return {"owner": owner, "lease_until": until, "attempts": table.c.attempts + 1}


FREE: dict[str, Any] = {"owner": "", "lease_until": None}

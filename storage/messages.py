"""Messages: deliveries as they go out, alone or bundled in a digest, and which of them go now."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Exists, and_, case, func, not_, select, text, update

from news.alert import DeliveryState, Pick, Waiting, digest_id
from storage.leases import absurd, is_due, is_free
from storage.tables import Moment, channels, deliveries

_HOUR = timedelta(hours=1)
_SKEW = timedelta(minutes=5)  # of the clocks of several machines; a later attempt was made by a clock that was wrong
_LOOK = 500  # messages looked at in one claim, of each kind: more than any digest holds

_MESSAGE = case((deliveries.c.bundle == "", deliveries.c.id), else_=deliveries.c.bundle)
_IS_ALERT = deliveries.c.alert_id.is_not(None)  # a notice to operators never goes into a digest
_FRESH = and_(_IS_ALERT, deliveries.c.attempts == 0, deliveries.c.bundle == "", deliveries.c.taken_by == "[]")


def hold_channel(connection: Connection, channel: str) -> None:
    """Make this the only transaction that moves messages of the channel, until it ends; SQLite has one anyhow.

    Two claims that count the same past would both find room in it; a late settlement could take half of a digest.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_HOLD, {"channel": channel})


_HOLD = text("SELECT pg_advisory_xact_lock(7203003, hashtext(:channel))")  # two numbers: none that database.py uses


def switched_off(channel: str) -> Exists:
    """Say whether the channel is switched off."""
    return select(channels.c.name).where(channels.c.name == channel).exists()


def pick_due(connection: Connection, channel: str, now: datetime, lease: timedelta, pick: Pick) -> Sequence[str]:
    """Let `pick` choose among a channel's due messages, write its digest down, and give the deliveries to take."""
    due = _due(connection, channel, now, lease)
    if not due:
        return []
    picked = pick(due, begun(connection, channel, now))
    if picked.digest:
        bundled = update(deliveries).where(deliveries.c.id.in_(picked.digest))
        connection.execute(bundled.values(bundle=digest_id(picked.digest)))
    again = set(picked.messages) - {each.id for each in due if each.is_fresh}
    inside = select(deliveries.c.id).where(*_owed(channel), deliveries.c.bundle.in_(again))
    members = connection.execute(inside).scalars().all() if again else []
    return [*picked.messages, *members, *picked.digest]


def _owed(channel: str) -> tuple[ColumnElement[bool], ...]:
    return deliveries.c.channel == channel, deliveries.c.state == DeliveryState.DUE.value


def _due(connection: Connection, channel: str, now: datetime, lease: timedelta) -> list[Waiting]:
    """The longest due first: fresh deliveries by themselves, whatever was begun as the message it went out in."""
    free = is_free(deliveries, now, absurd(now, lease))
    ready = (*_owed(channel), ~switched_off(channel), is_due(deliveries, now), free)
    fresh = select(deliveries.c.id, deliveries.c.due_at, deliveries.c.alert_id).where(*ready, _FRESH)
    since, number = func.min(deliveries.c.due_at, type_=Moment()), func.coalesce(func.min(deliveries.c.alert_id), 0)
    again = select(_MESSAGE, since, number).where(*ready, not_(_FRESH)).group_by(_MESSAGE)
    found = [
        (at, alert, Waiting(id=name, is_fresh=is_fresh))
        for asked, is_fresh in ((fresh.order_by(deliveries.c.due_at, deliveries.c.alert_id), True),
                                (again.order_by(since, number), False))
        for name, at, alert in connection.execute(asked.limit(_LOOK))
    ]  # fmt: skip
    return [message for _, _, message in sorted(found, key=lambda row: row[:2])]


def begun(connection: Connection, channel: str, now: datetime) -> dict[str, datetime]:
    """Give the last attempt of each message that was tried within the last hour, whatever became of it."""
    recent = (deliveries.c.tried_at > now - _HOUR, deliveries.c.tried_at <= now + _SKEW)
    asked = select(_MESSAGE, func.max(deliveries.c.tried_at, type_=Moment()))
    rows = connection.execute(asked.where(deliveries.c.channel == channel, *recent).group_by(_MESSAGE))
    return {name: at for name, at in rows}  # noqa: C416  rows are no pairs for dict()

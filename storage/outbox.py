"""The outbox: what is owed to each channel, until it is taken or given up."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, case, delete, func, or_, select, text, update

from news.alert import Alert, Delivery, DeliveryState, Pick, Settled
from news.errors import LeaseLostError
from news.notice import Notice
from storage.alerts import load_alerts
from storage.clean import clean_line
from storage.database import Database
from storage.leases import FREE, is_due, taken
from storage.messages import begun, hold_channel, pick_due, switched_off
from storage.notices import load_notices
from storage.rows import chunks
from storage.tables import Moment, alerts, channels, deliveries

_DUE, _DELIVERED, _DEAD = (state.value for state in DeliveryState)
_ABANDONED = timedelta(days=7)  # twice the time that all attempts of a delivery take
_STRANGER = "no process has had this channel for a week: it is no longer configured"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryStatus:
    """A delivery as operators see it."""

    id: str
    channel: str
    state: DeliveryState
    due_at: datetime
    attempts: int
    last_error: str
    settled_at: datetime | None = None  # None: still due
    bundle: str = ""  # the digest that carries it; "": it goes alone
    taken_by: tuple[str, ...] = ()  # the channel's receivers that have it, where it has several
    refused: Mapping[str, str] = field(default_factory=dict)  # receivers that will not have it, and why


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertStatus:
    """An alert with what became of its deliveries."""

    alert: Alert
    deliveries: Sequence[DeliveryStatus] = ()


class DeliveryStore:
    """The deliveries, and what they tell of."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, channel: str, /, *, owner: str, now: datetime, lease: timedelta, pick: Pick) -> list[Delivery]:
        """Take the due messages that `pick` chooses and count the attempt; a disabled channel gives none.

        A new digest is written down here, in the transaction that takes it: whoever tries it again after a crash finds
        the same deliveries under the same id. Claims of one channel wait for one another, so `pick` sees them all.
        """
        with self._database.write() as connection:
            hold_channel(connection, channel)
            ids = pick_due(connection, channel, now, lease, pick)
            took = update(deliveries).where(deliveries.c.id.in_(ids), deliveries.c.state == _DUE)
            took = took.values(**taken(deliveries, owner, now + lease), tried_at=now).returning(deliveries)
            rows = connection.execute(took).all() if ids else []
            told = load_alerts(connection, [row.alert_id for row in rows if row.alert_id is not None])
            notices = load_notices(connection, [row.notice_id for row in rows if row.notice_id is not None])
        rows = sorted(rows, key=lambda row: (row.due_at, row.alert_id or 0))
        return [_delivery(row, notices[row.notice_id] if row.notice_id else told[row.alert_id]) for row in rows]

    def settle(self, message: Sequence[Delivery], settled: Settled, /, *, now: datetime) -> None:
        """Write what became of a message for all its deliveries at once, and give the lease back.

        Raises LeaseLostError when it is not ours; then nothing is written.
        """
        first, final = message[0], settled.state is not DeliveryState.DUE
        ids = [delivery.id for delivery in message]
        ours = (
            deliveries.c.id.in_(ids),
            deliveries.c.owner == first.owner,
            deliveries.c.attempts == first.attempt,
            deliveries.c.state == _DUE,
        )
        written = (
            update(deliveries)
            .where(*ours)
            .values(
                state=settled.state.value,
                last_error="" if settled.state is DeliveryState.DELIVERED else clean_line(settled.detail),
                due_at=settled.due_at or deliveries.c.due_at,
                taken_by=json.dumps(settled.taken_by),
                refused=json.dumps({who: clean_line(why) for who, why in settled.refused.items()}, ensure_ascii=False),
                untold=settled.gives_up and isinstance(first.about, Alert),
                settled_at=now if final else None,
                **FREE,
            )
        )
        with self._database.write() as connection:
            hold_channel(connection, first.channel)
            if connection.execute(written).rowcount < len(ids):
                raise LeaseLostError(f"another worker has the message {first.message_id} now; nothing was written")
            if not final:
                _give_up_on_disabled(connection, first.channel, ids, now)

    def waiting(self, channel: str, /, *, now: datetime) -> int:
        """How many deliveries of a channel are due and nobody's; none of a disabled one."""
        owed = (deliveries.c.channel == channel, deliveries.c.state == _DUE, deliveries.c.owner == "")
        with self._database.read() as connection:
            asked = select(func.count()).where(*owed, is_due(deliveries, now), ~switched_off(channel))
            return int(connection.execute(asked).scalar_one())

    def release(self, owner: str, /) -> None:
        """Give back every delivery that `owner` holds, due as before; a clean stop is no failed attempt."""
        fewer = case((deliveries.c.attempts > 0, deliveries.c.attempts - 1), else_=0)
        with self._database.write() as connection:
            connection.execute(update(deliveries).where(deliveries.c.owner == owner).values(**FREE, attempts=fewer))

    def give_up_on_strangers(self, known: Collection[str], /, *, now: datetime) -> int:
        """Let die what is owed to channels that the configuration no longer has; returns how many.

        Another process may know a channel that we do not, by its environment. It would have tried within a week.
        """
        before = now - _ABANDONED
        left = (
            deliveries.c.state == _DUE,
            deliveries.c.owner == "",
            deliveries.c.channel.not_in(known),
            deliveries.c.due_at < before,
            func.coalesce(deliveries.c.tried_at, deliveries.c.due_at) < before,
        )
        with self._database.read() as connection:
            if connection.execute(select(deliveries.c.id).where(*left).limit(1)).first() is None:
                return 0
        dead = {"state": _DEAD, "settled_at": now, "last_error": _STRANGER, "untold": _IS_ALERT}
        with self._database.write() as connection:
            return connection.execute(update(deliveries).where(*left).values(dead)).rowcount

    def begun(self, channel: str, /, *, now: datetime) -> int:
        """How many messages of a channel were begun within the hour: what the rate limit counts."""
        with self._database.read() as connection:
            return len(begun(connection, channel, now))

    def redeliver(self, ids: Collection[str] | None = None, /, *, now: datetime) -> int:
        """Make deliveries due again that were given up, under their old ids, all of them or those given.

        Returns how many. One that a receiver refused goes to those who do not have it. A digest comes again whole.
        The channels are switched on again, for somebody asks for them.
        """
        chosen = [_GIVEN_UP] + ([] if ids is None else [_in_message_of(ids)])
        anew = {"state": _DUE, "due_at": now, "attempts": 0, "settled_at": None}
        unknown = {"refused": "{}", "untold": False, "heard": None}
        again = update(deliveries).where(*chosen).values(**anew, **unknown, **FREE)
        with self._database.write() as connection:
            owed_to = connection.execute(again.returning(deliveries.c.channel)).scalars().all()
            connection.execute(delete(channels).where(channels.c.name.in_(set(owed_to))))
        return len(owed_to)

    def disable_channel(self, channel: str, reason: str, /, *, now: datetime) -> None:
        """Claim nothing for a channel any more until `enable_channel`; what it is owed is dead and says why."""
        owed = (deliveries.c.channel == channel, deliveries.c.state == _DUE, deliveries.c.owner == "")
        reason = clean_line(reason)
        with self._database.write() as connection:
            hold_channel(connection, channel)
            off = {"name": channel, "disabled_at": now, "reason": reason, "told": False}
            connection.execute(_SWITCH_OFF, off)
            connection.execute(update(deliveries).where(*owed).values(_dead(reason, now)))

    def enable_channel(self, channel: str, /) -> bool:
        """Switch a channel on again; False: it was on. What died meanwhile waits for `redeliver`."""
        with self._database.write() as connection:
            return connection.execute(delete(channels).where(channels.c.name == channel)).rowcount > 0

    def alerts(
        self, limit: int = 50, *, topic: str | None = None, before: int | None = None, given_up: bool = False
    ) -> list[AlertStatus]:
        """Give the latest alerts, newest first.

        before: only those with a smaller id; given_up: only those that a channel or one of its receivers will not have.
        """
        wanted = select(alerts.c.id).order_by(alerts.c.id.desc()).limit(limit)
        if topic is not None:
            wanted = wanted.where(alerts.c.topic == topic)
        if before is not None:
            wanted = wanted.where(alerts.c.id < before)
        if given_up:
            wanted = wanted.where(alerts.c.id.in_(select(deliveries.c.alert_id).where(_GIVEN_UP)))
        with self._database.read() as connection:
            return _statuses(connection, connection.execute(wanted).scalars().all())

    def alert(self, number: int, /) -> AlertStatus | None:
        """Give an alert with its deliveries; None: there is none."""
        with self._database.read() as connection:
            return next(iter(_statuses(connection, [number])), None)


_IS_ALERT = deliveries.c.alert_id.is_not(None)
_GIVEN_UP = or_(deliveries.c.state == _DEAD, deliveries.c.refused != "{}")
_SWITCH_OFF = text(
    "INSERT INTO channels (name, disabled_at, reason, told) VALUES (:name, :disabled_at, :reason, :told)"
    " ON CONFLICT DO NOTHING"
).bindparams(bindparam("disabled_at", type_=Moment()))


def _in_message_of(ids: Collection[str]) -> ColumnElement[bool]:
    """Deliveries with these ids, and those in one digest with them."""
    digests = select(deliveries.c.bundle).where(deliveries.c.id.in_(ids), deliveries.c.bundle != "")
    return or_(deliveries.c.id.in_(ids), deliveries.c.bundle.in_(digests))


def _delivery(row: Row[Any], about: Alert | Notice) -> Delivery:
    return Delivery(
        id=row.id,
        channel=row.channel,
        about=about,
        owner=row.owner,
        attempt=row.attempts,
        due_at=row.due_at,
        taken_by=tuple(json.loads(row.taken_by)),
        bundle=row.bundle,
    )


def _give_up_on_disabled(connection: Connection, channel: str, ids: Sequence[str], now: datetime) -> None:
    """Let deliveries die that came back from a channel which was switched off meanwhile."""
    off = connection.execute(select(channels.c.reason).where(channels.c.name == channel)).scalar()
    if off is not None:
        connection.execute(update(deliveries).where(deliveries.c.id.in_(ids)).values(_dead(off, now)))


def _dead(reason: str, now: datetime) -> dict[str, Any]:
    return {
        "state": _DEAD, "last_error": f"channel switched off: {reason}", "settled_at": now, "untold": _IS_ALERT
    }  # fmt: skip


def _statuses(connection: Connection, ids: Sequence[int]) -> list[AlertStatus]:
    told = load_alerts(connection, ids)
    owed: dict[int, list[DeliveryStatus]] = {}
    for part in chunks(ids):
        asked = select(deliveries).where(deliveries.c.alert_id.in_(part)).order_by(deliveries.c.channel)
        for row in connection.execute(asked):
            owed.setdefault(row.alert_id, []).append(status_of(row))
    return [AlertStatus(alert=told[number], deliveries=owed.get(number, ())) for number in ids if number in told]


def status_of(row: Row[Any]) -> DeliveryStatus:
    """Give a delivery as operators see it."""
    return DeliveryStatus(
        id=row.id,
        channel=row.channel,
        state=DeliveryState(row.state),
        due_at=row.due_at,
        attempts=row.attempts,
        last_error=row.last_error,
        settled_at=row.settled_at,
        bundle=row.bundle,
        taken_by=tuple(json.loads(row.taken_by)),
        refused=json.loads(row.refused),
    )

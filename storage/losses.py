"""Alerts that were given up: those that operators have not heard of, gathered by channel and receiver."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, text, update

from news.alert import DeliveryState
from news.notice import Event, Loss, Lost, Notice
from storage.notices import notice_of
from storage.rows import chunks
from storage.tables import deliveries, notices

_MOST = 10_000  # the latest that are looked at; what is older waits for the next notice
_LATE = timedelta(days=8)  # notices that are asked what they said: a little more than a receiver's trouble rests
_Place = tuple[str, str]  # channel, and receiver or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """A delivery that was given up, or refused by some of its channel's receivers."""

    id: str
    channel: str
    alert: int
    at: datetime
    why: Mapping[str, str]  # receiver -> reason; "": the whole channel
    heard: frozenset[str] = frozenset()  # receivers that operators have heard of already

    @property
    def places(self) -> Iterator[_Place]:
        """Who did not get it, and was not told of yet."""
        return ((self.channel, receiver) for receiver in self.why if receiver not in self.heard)


def given_up(connection: Connection) -> list[GivenUp]:
    """Give what was given up and not told, the latest first."""
    asked = select(deliveries).where(_UNTOLD).order_by(deliveries.c.settled_at.desc()).limit(_MOST)
    return [
        GivenUp(
            id=row.id,
            channel=row.channel,
            alert=row.alert_id,
            at=row.settled_at,
            why={"": row.last_error} if row.state == DeliveryState.DEAD.value else json.loads(row.refused),
            heard=frozenset(json.loads(row.heard or "[]")),
        )
        for row in connection.execute(asked)
    ]


_UNTOLD = text("untold")  # as the index says it: SQLite takes "untold = 1" for something else


def losses(connection: Connection, lost: Sequence[GivenUp], now: datetime) -> list[Lost]:
    """Gather them by who did not get them, with the last notice of each."""
    gathered: dict[_Place, list[GivenUp]] = {}
    for each in lost:
        for place in each.places:
            gathered.setdefault(place, []).append(each)
    told = _told(connection, now)
    return [Lost(loss=_loss(*place, each), told_at=told.get(place)) for place, each in sorted(gathered.items())]


def _loss(channel: str, receiver: str, lost: Sequence[GivenUp]) -> Loss:
    last = lost[0]
    return Loss(
        channel=channel,
        receiver=receiver,
        alerts=len(lost),
        alert=last.alert,
        since=lost[-1].at,
        until=last.at,
        reason=last.why[receiver],
    )


def _told(connection: Connection, now: datetime) -> dict[_Place, datetime]:
    """Give when each place was last told of."""
    events = (Event.UNDELIVERED.value, Event.CHANNEL_OFF.value)
    recent = (notices.c.event.in_(events), notices.c.created_at > now - _LATE)
    rows = connection.execute(select(notices).where(*recent).order_by(notices.c.id)).all()
    return {place: row.created_at for row in rows for place in _named(notice_of(row))}


def _named(notice: Notice) -> set[_Place]:
    named = {(each.channel, each.receiver) for each in notice.losses}
    return named | {(notice.channel, "")} if notice.event is Event.CHANNEL_OFF else named


def mark_told(connection: Connection, lost: Sequence[GivenUp], told: Sequence[Notice]) -> None:
    """Note of which of those that were looked at operators have heard, for each who did not get it."""
    named = {place for notice in told for place in _named(notice)}
    ids = [each.id for each in lost if named.issuperset(each.places)]
    for part in chunks(ids):
        connection.execute(update(deliveries).where(deliveries.c.id.in_(part)).values(untold=False))
    for each in lost:
        heard = {receiver for _, receiver in named.intersection(each.places)}
        if heard and not named.issuperset(each.places):
            row = update(deliveries).where(deliveries.c.id == each.id)
            connection.execute(row.values(heard=json.dumps(sorted(each.heard | heard), ensure_ascii=False)))

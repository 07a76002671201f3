"""Notices to operators: decided, kept and owed to channels in one transaction, so that each is told once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, and_, bindparam, delete, insert, or_, select, text, update

from news.fetch import Outcome
from news.health import State
from news.notice import Asked, Change, Event, Lost, Notice, Pending, Scene, SwitchedOff, Tell
from storage.database import Database, tell_alone
from storage.notices import notice_of, notice_row
from storage.outbox import DeliveryStatus, status_of
from storage.owe import delivery_row
from storage.tables import Moment, channels, deliveries, fetches, notices, sources

if TYPE_CHECKING:
    from storage.losses import GivenUp

_ASKED = 300  # latest runs that are asked whether the network is there
_LONG = 3  # failures after which a source's further ones say nothing of the network
_TROUBLES = [state.value for state in State if state.is_trouble]
_NETWORK = (Event.NETWORK_DOWN.value, Event.NETWORK_BACK.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeStatus:
    """A notice with what became of its deliveries."""

    notice: Notice
    deliveries: Sequence[DeliveryStatus] = ()


class NoticeStore:
    """What operators are told."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def tell(self, tell: Tell, operators: Sequence[str], /, *, now: datetime) -> list[Notice]:
        """Keep what `tell` says and owe it to the operators' channels; of two processes one tells.

        Nothing is written where there is nothing to tell. A channel is not told of itself.
        """
        with self._database.read() as connection:
            scene = _scene(connection, _lost(connection), now)
            if not tell(scene) and not connection.execute(_PAUSED_SINCE.limit(1)).first():
                return []
        with self._database.write() as connection:
            tell_alone(connection)
            connection.execute(_CONCERNED)
            lost = _lost(connection)
            told = [_keep(connection, notice) for notice in tell(_scene(connection, lost, now))]
            _owe(connection, told, operators, now)
            _remember(connection, told, now)
            _mark_told(connection, lost, told)
        return told

    def notices(self, limit: int = 50) -> list[NoticeStatus]:
        """Give the latest notices, newest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(notices).order_by(notices.c.id.desc()).limit(limit)).all()
            found = [notice_of(row) for row in rows]
            owed: dict[int, list[DeliveryStatus]] = {}
            asked = select(deliveries).where(deliveries.c.notice_id.in_([each.id for each in found]))
            for row in connection.execute(asked.order_by(deliveries.c.channel)):
                owed.setdefault(row.notice_id, []).append(status_of(row))
        return [NoticeStatus(notice=each, deliveries=owed.get(each.id, ())) for each in found]


def trim_notices(connection: Connection, before: datetime) -> int:
    """Delete notices older than that whose deliveries are gone; the last of the network says how it is, and stays."""
    owed = select(deliveries.c.id).where(deliveries.c.notice_id == notices.c.id).exists()
    last = select(notices.c.id).where(notices.c.event.in_(_NETWORK)).order_by(notices.c.id.desc()).limit(1)
    old = (notices.c.created_at < before, ~owed, notices.c.id.not_in(last))
    return connection.execute(delete(notices).where(*old)).rowcount


def _lost(connection: Connection) -> "Sequence[GivenUp]":
    """Give what was given up and not told; most days there is none, and what gathers it need not be loaded."""
    if connection.execute(_ANY_UNTOLD).first() is None:
        return ()
    from storage.losses import given_up

    return given_up(connection)


_ANY_UNTOLD = text("SELECT 1 FROM deliveries WHERE untold LIMIT 1")


def _losses(connection: Connection, lost: "Sequence[GivenUp]", now: datetime) -> Sequence[Lost]:
    if not lost:
        return ()
    from storage.losses import losses

    return losses(connection, lost, now)


def _mark_told(connection: Connection, lost: "Sequence[GivenUp]", told: Sequence[Notice]) -> None:
    if lost:
        from storage.losses import mark_told

        mark_told(connection, lost, told)


def _scene(connection: Connection, lost: "Sequence[GivenUp]", now: datetime) -> Scene:
    off = connection.execute(select(channels).where(~channels.c.told)).all()
    last = select(notices).where(notices.c.event.in_(_NETWORK)).order_by(notices.c.id.desc()).limit(1)
    network = connection.execute(last).first()
    return Scene(
        pending=[_pending(row) for row in connection.execute(_PENDING)],
        asked=[_asked(row) for row in connection.execute(_RUNS)],
        network=None if network is None else notice_of(network),
        switched_off=[SwitchedOff(channel=row.name, at=row.disabled_at, detail=row.reason) for row in off],
        lost=_losses(connection, lost, now),
    )


_each = fetches.alias("each_fetch")
_last = select(_each.c.id).where(_each.c.source_id == sources.c.id).order_by(_each.c.id.desc()).limit(1)
_PENDING = (
    select(sources, fetches.c.at, fetches.c.reason, fetches.c.detail)
    .select_from(sources)
    .outerjoin(fetches, fetches.c.id == _last.correlate(sources).scalar_subquery())
    .where(
        ~sources.c.removed,
        sources.c.enabled,
        or_(
            and_(sources.c.health.in_(_TROUBLES), sources.c.health != sources.c.told),
            and_(sources.c.health == State.FINE.value, sources.c.told != State.FINE.value),
        ),
    )
    .order_by(sources.c.id)
)
_PAUSED_SINCE = select(sources.c.id).where(
    or_(sources.c.removed, sources.c.health == State.PAUSED.value), sources.c.told != State.FINE.value
)
_CONCERNED = (  # held in the order in which runs that end hold them: neither waits for the other in a circle
    select(sources.c.id)
    .where(or_(sources.c.health.in_(_TROUBLES), sources.c.told != State.FINE.value))
    .order_by(sources.c.id)
    .with_for_update()
)
_RUNS = (
    select(sources.c.url, fetches.c.at, fetches.c.reason)
    .join(sources, sources.c.id == fetches.c.source_id)
    .where(or_(fetches.c.outcome != Outcome.FAILED.value, sources.c.failures <= _LONG))
    .order_by(fetches.c.id.desc())
    .limit(_ASKED)
)


def _pending(row: Row[Any]) -> Pending:
    failed = row.failures > 0
    change = Change(
        source=row.name,
        url=row.url,
        state=State(row.health),
        before=State(row.told),
        since=row.health_since,
        success_at=row.last_success_at,
        reason=row.reason if failed and row.reason else "",
        detail=row.detail if failed and row.detail else "",
        turns=row.turns,
    )
    return Pending(change=change, changed_at=row.changed_at, asked_at=row.at, told_at=row.told_at)


def _asked(row: Any) -> Asked:
    return Asked(host=urlsplit(row.url).hostname or row.url, at=row.at, reason=row.reason)


def _keep(connection: Connection, notice: Notice) -> Notice:
    number = connection.execute(insert(notices).values(notice_row(notice)).returning(notices.c.id)).scalar_one()
    return replace(notice, id=number)


def _owe(connection: Connection, told: Sequence[Notice], operators: Iterable[str], now: datetime) -> None:
    off = {row.name: row.reason for row in connection.execute(select(channels))}
    rows = [
        delivery_row(channel, off.get(channel), now=now, notice_id=notice.id)
        for notice in told
        for channel in dict.fromkeys(operators)
        if channel != notice.channel
    ]
    if rows:
        connection.execute(insert(deliveries), rows)


def _remember(connection: Connection, told: Sequence[Notice], now: datetime) -> None:
    """Note what operators have heard; a source that was switched off meanwhile begins anew."""
    heard = [
        {"b_name": change.source, "b_health": change.state.value, "b_now": now}
        for notice in told
        for change in notice.changes
    ]
    if heard:
        connection.execute(_HEARD, heard)
    if off := [notice.channel for notice in told if notice.channel]:
        connection.execute(update(channels).where(channels.c.name.in_(off)).values(told=True))
    anew = {"told": State.FINE.value, "told_at": None, "turns": 0}
    connection.execute(update(sources).where(sources.c.id.in_(_PAUSED_SINCE)).values(anew))


_HEARD = (
    update(sources)
    .where(sources.c.name == bindparam("b_name"))
    .values(told=bindparam("b_health"), told_at=bindparam("b_now", type_=Moment()), turns=0)
)

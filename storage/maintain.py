"""Housekeeping: what grows without end is cut back."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select

from news.alert import DeliveryState
from storage.database import Database
from storage.expire import expire
from storage.hosts import trim_paces
from storage.operators import trim_notices
from storage.rereads import trim_rereads
from storage.tables import deliveries, fetches

_FETCHES = 30  # of each source's history


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long things are kept."""

    articles: timedelta = timedelta(days=180)  # those that an alert cites stay
    delivered: timedelta = timedelta(days=30)
    dead: timedelta = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintained:
    """How many rows went."""

    articles: int = 0
    fetches: int = 0
    deliveries: int = 0
    hosts: int = 0


def maintain(database: Database, retention: Retention, *, now: datetime) -> Maintained:
    """Cut back fetches, hosts, settled deliveries and old articles, in short transactions."""
    with database.write() as connection:
        fetched = _trim_fetches(connection)
        paces = trim_paces(connection, now=now)
        trim_rereads(connection, now=now)
    with database.write() as connection:
        delivered = _trim_deliveries(connection, DeliveryState.DELIVERED, now - retention.delivered)
        dead = _trim_deliveries(connection, DeliveryState.DEAD, now - retention.dead)
        trim_notices(connection, now - max(retention.delivered, retention.dead))
    expired = expire(database, before=now - retention.articles)
    return Maintained(articles=expired, fetches=fetched, deliveries=delivered + dead, hosts=paces)


def _trim_fetches(connection: Connection) -> int:
    place = func.row_number().over(partition_by=fetches.c.source_id, order_by=fetches.c.id.desc()).label("place")
    ranked = select(fetches.c.id, place).subquery()
    old = select(ranked.c.id).where(ranked.c.place > _FETCHES)
    return connection.execute(delete(fetches).where(fetches.c.id.in_(old))).rowcount


def _trim_deliveries(connection: Connection, state: DeliveryState, before: datetime) -> int:
    old = (deliveries.c.state == state.value, deliveries.c.settled_at < before)
    return connection.execute(delete(deliveries).where(*old)).rowcount

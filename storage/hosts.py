"""Hosts: the pace at which each may be asked, handed from one process to the next."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, case, delete, or_, select

from news.pace import Pace
from storage.database import Database, take_turns
from storage.leases import SKEW, absurd, is_free, set_ahead
from storage.tables import Moment, hosts, sources


class Hosts:
    """What processes tell one another of hosts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def exchange(self, mine: Sequence[Pace], /, *, owner: str, now: datetime) -> list[Pace]:
        """Write down what this process learnt, and give what others did that still holds."""
        if mine:
            with self._database.write() as connection:
                write_paces(connection, mine, owner=owner, now=now)
        with self._database.read() as connection:
            rows = connection.execute(_OTHERS, {"owner": owner, "now": now, "believed": now + SKEW}).all()
        return [_pace(row) for row in rows]

    def reserve(self, host: str, gap: float, /, *, owner: str, now: datetime, lease: timedelta) -> float:
        """Have a host for one request, the next by any process not before `gap` seconds, and give 0.

        Else say how many seconds to wait: until it may be asked again, or where another process runs a source of the
        host and asks it without a word, a second.
        """
        with self._database.write() as connection:
            take_turns(connection)  # a claim is one too
            theirs = and_(sources.c.host == host, ~sources.c.owner.startswith(owner, autoescape=True))
            running = theirs & (sources.c.owner != "") & ~is_free(sources, now, absurd(now, lease))
            if connection.execute(select(sources.c.id).where(running).limit(1)).first():
                return _BUSY
            said = (hosts.c.host == host, hosts.c.holds_until > now, hosts.c.set_at <= now + SKEW)
            row = connection.execute(select(hosts).where(*said)).first()
            if row and row.owner != owner and row.next_at > now:
                return float((row.next_at - now).total_seconds())
            until = now + timedelta(seconds=gap)
            known = _pace(row) if row else Pace(host=host, next_at=until, rests_until=now, holds_until=until)
            mine = replace(known, next_at=until, holds_until=max(known.holds_until, until))
            write_paces(connection, [mine], owner=owner, now=now)
        return 0.0


_BUSY = 1.0


def paces_of(connection: Connection, names: Collection[str], *, owner: str, now: datetime) -> dict[str, Pace]:
    """Give the paces of some hosts, as others left them."""
    if not names:
        return {}
    values = {"names": list(names), "owner": owner, "now": now, "believed": now + SKEW}
    return {row.host: _pace(row) for row in connection.execute(_PACES, values)}


_OTHERS = select(hosts).where(  # made once: a claim is made many times a second
    hosts.c.owner != bindparam("owner"),
    hosts.c.holds_until > bindparam("now"),
    hosts.c.set_at <= bindparam("believed"),
)
_PACES = _OTHERS.where(hosts.c.host.in_(bindparam("names", expanding=True)))


def write_paces(connection: Connection, paces: Sequence[Pace], *, owner: str, now: datetime) -> None:
    """Write paces down; of two waits that are both to be kept, the longer stays."""
    if paces:  # in one order, or two processes could wait for one another
        rows = [_row(pace, owner, now) for pace in sorted(paces, key=lambda pace: pace.host)]
        connection.execute(_upsert(connection.dialect.name), rows)


def trim_paces(connection: Connection, *, now: datetime) -> int:
    """Delete what says nothing any more, and what a clock wrote that was set back since."""
    idle = or_(hosts.c.holds_until <= now, set_ahead(hosts.c.set_at, now + SKEW))
    return connection.execute(delete(hosts).where(idle)).rowcount


@cache
def _upsert(dialect: str) -> Any:
    """Insert, or replace; a wait that another process wrote and that is longer is kept, unless its clock was wrong."""
    write = import_module(f"sqlalchemy.dialects.{dialect}").insert(hosts)  # the other one is not even loaded
    fresh = write.excluded

    def longer(name: str) -> Any:
        believed = hosts.c.set_at <= bindparam("b_believed", type_=Moment())
        return case((and_(believed, hosts.c[name] > fresh[name]), hosts.c[name]), else_=fresh[name])

    waits = {name: longer(name) for name in ("next_at", "rests_until", "holds_until")}
    plain = {column.name: fresh[column.name] for column in hosts.c if column.name not in waits}
    return write.on_conflict_do_update(index_elements=["host"], set_=plain | waits)


def _row(pace: Pace, owner: str, now: datetime) -> dict[str, Any]:
    return {
        "host": pace.host,
        "next_at": pace.next_at,
        "rests_until": pace.rests_until,
        "delay": pace.delay,
        "factor": pace.factor,
        "latency": pace.latency,
        "holds_until": pace.holds_until,
        "owner": owner,
        "set_at": now,
        "b_believed": now + SKEW,
    }


def _pace(row: Row[Any]) -> Pace:
    return Pace(
        host=row.host,
        next_at=row.next_at,
        rests_until=row.rests_until,
        delay=row.delay,
        factor=row.factor,
        latency=row.latency,
        holds_until=row.holds_until,
    )

"""The configuration's sources brought into their table; what we remember of asking them stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, bindparam, case, insert, select, update

from news.health import State
from news.source import Kind, Source
from storage.database import Database, hold_pen
from storage.identity import host_of
from storage.leases import FREE
from storage.rows import chunks
from storage.tables import sources

_Columns: TypeAlias = dict[str, Any]
_START = timedelta(minutes=15).total_seconds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """What `Sources.sync` did."""

    added: int = 0
    changed: int = 0
    removed: int = 0


def sync(database: Database, wanted: Sequence[Source], *, now: datetime, whole: bool) -> Synced:
    """Bring the rows in line with what is wanted; nothing is written where nothing differs."""
    with database.read() as connection:
        if _says_the_same(connection, wanted, whole=whole):
            return Synced()
    rows = {source.name: _row(source) for source in wanted}
    with database.write() as connection:
        hold_pen(connection)
        known = _known(connection)
        gone = _gone(known, rows) if whole else []
        _hold(connection, [*gone, *(known[name].id for name in _different(known, rows) if name in known)])
        if renamed := _renamed(known, rows) if whole else {}:
            known = _rename(connection, renamed)
            gone = _gone(known, rows)
        _switch_off(connection, gone)
        done = _write(connection, known, rows, now)
        return replace(done, changed=done.changed + len(renamed), removed=len(gone))


def visit(database: Database, wanted: Sequence[Source], *, now: datetime) -> Synced:
    """Add or change rows of sources that the configuration does not have; what it has is left alone."""
    with database.write() as connection:
        hold_pen(connection)
        known = _known(connection)
        strange = [source for source in wanted if source.name not in known or known[source.name].removed]
        rows = {source.name: _row(source) | {"removed": True} for source in strange}
        return _write(connection, known, rows, now)


def source_of(row: Row[Any]) -> Source:
    """Give the source that a row of the table describes."""
    return Source(
        name=row.name,
        url=row.url,
        kind=Kind(row.kind),
        group=row.group,
        lang=row.lang,
        full_text=row.full_text,
        links=row.links,
        interval=None if row.every_seconds is None else timedelta(seconds=row.every_seconds),
        cron=row.cron,
        enabled=row.enabled,
    )


def _says_the_same(connection: Connection, wanted: Sequence[Source], *, whole: bool) -> bool:
    """Say whether what operators write stands in the table as it is wanted; asked at every start, so of these alone."""
    known = {row[0]: tuple(row) for row in connection.execute(_SAID)}
    said = {source.name: _said(source) for source in wanted}
    same = all(known.get(name) == (*line, False) for name, line in said.items())
    return same and not (whole and any(name not in said and not line[-1] for name, line in known.items()))


_WRITTEN = [field.name for field in fields(Source) if field.name != "interval"]
_said_plainly = attrgetter(*_WRITTEN)
_SAID = select(*(sources.c[name] for name in (*_WRITTEN, "every_seconds", "removed")))


def _said(source: Source) -> tuple[Any, ...]:
    return (*_said_plainly(source), source.interval.total_seconds() if source.interval else None)


def _known(connection: Connection) -> dict[str, Row[Any]]:
    return {row.name: row for row in connection.execute(select(sources))}


def _different(known: dict[str, Row[Any]], rows: Mapping[str, _Columns]) -> list[str]:
    """Give the names of rows that are not known, or known with other columns."""
    return [name for name, row in rows.items() if name not in known or _row_of(known[name]) != row]


def _gone(known: dict[str, Row[Any]], rows: Mapping[str, _Columns]) -> list[int]:
    return [row.id for row in known.values() if row.name not in rows and not row.removed]


def _renamed(known: dict[str, Row[Any]], rows: Mapping[str, _Columns]) -> dict[str, str]:
    """Give, for names that are gone, the unknown ones under which their addresses now stand: the same sources still.

    Taken for new ones, what they print just then would be the backlog of a first look, and nobody would hear of it.
    """
    fresh = {row["url"]: name for name, row in rows.items() if name not in known}
    gone = {row.url: row.name for row in known.values() if row.name not in rows and not row.removed}
    return {name: fresh[url] for url, name in gone.items() if url in fresh}


def _rename(connection: Connection, names: Mapping[str, str]) -> dict[str, Row[Any]]:
    changes = [{"b_old": old, "b_new": new} for old, new in names.items()]
    connection.execute(_RENAME, changes)
    return _known(connection)


_RENAME = update(sources).where(sources.c.name == bindparam("b_old")).values(name=bindparam("b_new"))


def _hold(connection: Connection, ids: Sequence[int]) -> None:
    """Hold rows in the order in which runs that end hold them, so that neither waits for the other in a circle."""
    for part in chunks(sorted(ids)):
        connection.execute(select(sources.c.id).where(sources.c.id.in_(part)).order_by(sources.c.id).with_for_update())


def _write(connection: Connection, known: dict[str, Row[Any]], rows: Mapping[str, _Columns], now: datetime) -> Synced:
    names = _different(known, rows)
    added = [rows[name] for name in names if name not in known]
    changed = [(known[name], rows[name]) for name in names if name in known]
    _add(connection, added, now)
    _change(connection, changed, now)
    return Synced(added=len(added), changed=len(changed))


def _row(source: Source) -> _Columns:
    """The columns that the operator writes."""
    return {
        "name": source.name,
        "url": source.url,
        "host": host_of(source.url),
        "kind": source.kind.value,
        "group": source.group,
        "lang": source.lang,
        "full_text": source.full_text,
        "links": source.links,
        "cron": source.cron,
        "every_seconds": source.interval.total_seconds() if source.interval else None,
        "enabled": source.enabled,
        "removed": False,
    }


def _row_of(row: Row[Any]) -> _Columns:
    return _row(source_of(row)) | {"removed": row.removed}


def _add(connection: Connection, added: Sequence[_Columns], now: datetime) -> None:
    fresh = {
        "etag": "",
        "last_modified": "",
        "body_hash": "",
        "due_at": now,
        "due_set_at": now,
        "failures": 0,
        "moved_to": "",
        "owner": "",
        "attempts": 0,
        "token": 0,
    }
    if added:
        connection.execute(
            insert(sources), [row | fresh | {"interval_seconds": _cadence(row, _START)} for row in added]
        )


def _change(connection: Connection, pairs: Sequence[tuple[Row[Any], _Columns]], now: datetime) -> None:
    """Write changed sources: another cadence starts at once, another list of articles from the beginning too."""
    afresh = [row.id for row, new in pairs if _lists_otherwise(row, new)]
    if afresh:
        starting = {**_START_AFRESH, "due_at": now, "due_set_at": now}
        connection.execute(update(sources).where(sources.c.id.in_(afresh)).values(starting))
    if pairs:
        connection.execute(_CHANGE, [_changed(row, new, now) for row, new in pairs])


def _lists_otherwise(row: Row[Any], new: _Columns) -> bool:
    """Say whether the same answer may now hold other articles, or articles without the texts that are now wanted."""
    comes_back = row.removed and not new["removed"]
    wants_texts = new["full_text"] and not row.full_text
    return comes_back or wants_texts or any(getattr(row, name) != new[name] for name in ("url", "kind", "links"))


_START_AFRESH: _Columns = {
    "etag": "",
    "last_modified": "",
    "body_hash": "",
    "moved_to": "",
    "moved_times": 0,
    "whole_at": None,
    "lied_at": None,
    "listed": 0,
    "gap_since": None,
    "failures": 0,
    "attempts": 0,
    "health": State.NEW.value,  # what was said of it goes for the old list; nothing is said before this one was asked
    "health_since": None,
    "judged_token": sources.c.token + 1,
    "token": sources.c.token + 1,  # who runs it as it was has lost it, and saves no validators
    **FREE,
}

_CHANGE = (
    update(sources)
    .where(sources.c.id == bindparam("b_id"))
    .values(
        {sources.c[name]: bindparam(f"b_{name}") for name in _row(Source(name="", url="")) if name != "name"}
        | {
            sources.c.interval_seconds: bindparam("b_interval_seconds"),
            # a shorter interval counts from now, not from when the longer one would have ended; so do other times
            sources.c.due_at: case(
                (sources.c.due_at < bindparam("b_latest"), sources.c.due_at), else_=bindparam("b_latest")
            ),
        }
    )
)


def _changed(row: Row[Any], new: _Columns, now: datetime) -> _Columns:
    cadence = _cadence(new, row.interval_seconds)
    columns = {f"b_{name}": value for name, value in new.items() if name != "name"}
    if row.url == new["url"]:
        columns["b_host"] = row.host  # it may have learnt another
    latest = now + timedelta(seconds=cadence) if new["every_seconds"] and not row.failures else row.due_at
    latest = latest if new["cron"] == row.cron else now
    return columns | {"b_id": row.id, "b_interval_seconds": cadence, "b_latest": latest}


def _cadence(row: _Columns, current: float) -> float:
    return float(row["every_seconds"] or (_START if row["cron"] else current))


def _switch_off(connection: Connection, ids: Sequence[int]) -> None:
    if ids:
        off = {"removed": True, "token": sources.c.token + 1, "attempts": 0, **FREE}
        connection.execute(update(sources).where(sources.c.id.in_(ids)).values(off))

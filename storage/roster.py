"""The configuration's sources brought into their table; what we remember of asking them stays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, insert, select, update

from news.source import Kind, Source
from storage.database import Database, hold_pen
from storage.leases import FREE
from storage.tables import sources

_START = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """What `Sources.sync` did."""

    added: int = 0
    changed: int = 0
    removed: int = 0


def sync(database: Database, wanted: Sequence[Source], *, now: datetime, whole: bool) -> Synced:
    """Bring the rows in line with what is wanted; nothing is written where nothing differs."""
    with database.read() as connection:
        known = _known(connection)
    if not _differences(known, wanted, whole=whole):
        return Synced()
    with database.write() as connection:
        hold_pen(connection)
        known = _known(connection)  # again, for another process may have been faster
        added = [source for source in wanted if source.name not in known]
        changed = [source for source in wanted if source.name in known and _row(source) != _row_of(known[source.name])]
        gone = _gone(known, wanted) if whole else []
        _add(connection, added, now)
        _change(connection, [(known[source.name], source) for source in changed], now)
        _switch_off(connection, gone)
    return Synced(added=len(added), changed=len(changed), removed=len(gone))


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
        enabled=row.enabled,
    )


def _known(connection: Connection) -> dict[str, Row[Any]]:
    return {row.name: row for row in connection.execute(select(sources))}


def _differences(known: dict[str, Row[Any]], wanted: Sequence[Source], *, whole: bool) -> bool:
    written = {name: _row_of(row) for name, row in known.items()}
    if any(written.get(source.name) != _row(source) for source in wanted):
        return True
    return whole and bool(_gone(known, wanted))


def _gone(known: dict[str, Row[Any]], wanted: Iterable[Source]) -> list[int]:
    names = {source.name for source in wanted}
    return [row.id for row in known.values() if row.name not in names and not row.removed]


def _row(source: Source) -> dict[str, Any]:
    """The columns that the operator writes."""
    return {
        "name": source.name,
        "url": source.url,
        "kind": source.kind.value,
        "group": source.group,
        "lang": source.lang,
        "full_text": source.full_text,
        "links": source.links,
        "every_seconds": source.interval.total_seconds() if source.interval else None,
        "enabled": source.enabled,
        "removed": False,
    }


def _row_of(row: Row[Any]) -> dict[str, Any]:
    return _row(source_of(row)) | {"removed": row.removed}


def _add(connection: Connection, added: Sequence[Source], now: datetime) -> None:
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
        rows = [_row(source) | fresh | {"interval_seconds": _cadence(source, _START)} for source in added]
        connection.execute(insert(sources), rows)


def _change(connection: Connection, pairs: Sequence[tuple[Row[Any], Source]], now: datetime) -> None:
    """Write changed sources: another cadence starts at once, another list of articles from the beginning too."""
    afresh = [row.id for row, source in pairs if row.removed or _lists_otherwise(source_of(row), source)]
    if afresh:
        starting = {**_START_AFRESH, "due_at": now, "due_set_at": now}
        connection.execute(update(sources).where(sources.c.id.in_(afresh)).values(starting))
    if pairs:
        connection.execute(_CHANGE, [_changed(row, source, now) for row, source in pairs])


def _lists_otherwise(old: Source, new: Source) -> bool:
    """Say whether the same answer may now hold other articles, or articles without the texts that are now wanted."""
    wants_texts = new.full_text and not old.full_text
    return (old.url, old.kind, old.links) != (new.url, new.kind, new.links) or wants_texts


_START_AFRESH: dict[str, Any] = {
    "etag": "",
    "last_modified": "",
    "body_hash": "",
    "moved_to": "",
    "failures": 0,
    "attempts": 0,
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
            # a shorter interval counts from now, not from when the longer one would have ended
            sources.c.due_at: case(
                (sources.c.due_at < bindparam("b_latest"), sources.c.due_at), else_=bindparam("b_latest")
            ),
        }
    )
)


def _changed(row: Row[Any], source: Source, now: datetime) -> dict[str, Any]:
    cadence = _cadence(source, timedelta(seconds=row.interval_seconds))
    columns = {f"b_{name}": value for name, value in _row(source).items() if name != "name"}
    latest = now + timedelta(seconds=cadence) if source.interval and not row.failures else row.due_at
    return columns | {"b_id": row.id, "b_interval_seconds": cadence, "b_latest": latest}


def _cadence(source: Source, current: timedelta) -> float:
    return (source.interval or current).total_seconds()


def _switch_off(connection: Connection, ids: Sequence[int]) -> None:
    if ids:
        off = {"removed": True, "token": sources.c.token + 1, **FREE}
        connection.execute(update(sources).where(sources.c.id.in_(ids)).values(off))

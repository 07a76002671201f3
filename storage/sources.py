"""Sources: what the operator wrote, when each is due, who runs it now, how its runs ended."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Text, bindparam, func, not_, or_, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from news.errors import StorageError
from news.fetch import Fetch, Outcome
from news.health import State
from news.pace import Pace
from news.source import LEARNED, Gap, Lease, Settlement, Source, SourceStatus, Validators
from storage.clean import clean_line
from storage.database import Database, take_turns
from storage.hosts import paces_of, write_paces
from storage.identity import host_of
from storage.leases import FREE, SKEW, Time, absurd, is_free, set_ahead, taken
from storage.native import Insert, Native, many, with_times
from storage.rereads import any_due, write_rereads
from storage.roster import Synced, source_of, sync, visit
from storage.tables import Moment, articles, fetches, sources

_NOT_MODIFIED = 304
_FIRST_LOOK = timedelta(days=1)  # a page that never comes must not keep its source's news from being told for ever


class Sources:
    """The queue of sources; every method is one short transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sync(self, wanted: Sequence[Source], *, now: datetime, whole: bool = True) -> Synced:
        """Make the rows say what the configuration says; what we remember of a source stays.

        whole: the configuration lists every source, so the others are switched off; their articles stay.
        A source whose address changed, or that was removed, is taken from whoever runs it.
        """
        return sync(self._database, wanted, now=now, whole=whole)

    def visit(self, wanted: Sequence[Source], *, now: datetime) -> Synced:
        """Keep rows for sources that the configuration does not have: they are never due, a claim by name takes them.

        A name that the configuration uses stays what the configuration says.
        """
        return visit(self._database, wanted, now=now)

    def claim(
        self,
        *,
        owner: str,
        now: datetime,
        lease: timedelta,
        limit: int,
        names: Collection[str] | None = None,
        due_only: bool = True,
    ) -> list[Lease]:
        """Take sources that are due and free, the longest due first; nobody else gets them until the lease ends.

        A source whose host another owner holds, by this source or by another, is not free: one process asks a host.
        names: only these, whether or not the configuration has them. due_only: False takes them before their time, too.
        """
        take = _taking(by_name=names is not None, due_only=due_only)
        whose = {"b_names": list(names or ()), "b_owner": owner, "b_limit": limit}
        when = {"b_now": now, "b_until": now + lease, "b_believed": now + SKEW, "b_absurd": absurd(now, lease)}
        with self._database.write() as connection:
            take_turns(connection)
            rows = connection.execute(take, whose | when).all()
            paces = paces_of(connection, {row.host for row in rows}, owner=owner, now=now)
        rows = sorted(rows, key=lambda row: (row.due_at, row.id))
        return [_lease(row, paces.get(row.host), now) for row in rows]

    def hold(self, name: str, /, *, owner: str, now: datetime, lease: timedelta) -> Lease | None:
        """Take one source to write to it, due or not, whoever asks its host meanwhile; None: it is being run.

        Raises StorageError for one that is switched off, and so is never to be had.
        """
        take = (
            update(sources)
            .where(sources.c.name == name, sources.c.enabled, is_free(sources, now, absurd(now, lease)))
            .values(**taken(sources, owner, now + lease), token=sources.c.token + 1)
            .returning(*_LEASED, any_due(now).label("rereads"))
        )
        with self._database.write() as connection:
            row = connection.execute(take).first()
            if row is None and not connection.execute(select(sources.c.enabled).where(sources.c.name == name)).scalar():
                raise StorageError(
                    f"source {name!r} was switched off meanwhile: the last articles were not kept;"
                    " write `enabled: true` and give the same command again"
                )
        return None if row is None else _lease(row, None, now)

    def renew(self, leases: Sequence[Lease], /, *, until: datetime) -> list[Lease]:
        """Keep leases until later; returns those that were lost."""
        with self._database.write() as connection:
            mine = still_held(connection, leases)
            ids = [lease.source_id for lease in mine]
            connection.execute(update(sources).where(sources.c.id.in_(ids)).values(lease_until=until))
        return _without(leases, mine)

    def release(self, owner: str, /) -> None:
        """Give back every source that `owner` holds, due as before; who stops cleanly did not die of them."""
        with self._database.write() as connection:
            connection.execute(update(sources).where(sources.c.owner == owner).values(**FREE, attempts=0))

    def settle(self, pairs: Sequence[tuple[Lease, Settlement]], /, *, now: datetime) -> list[Lease]:
        """Write how runs ended and give their leases back, in one transaction; returns the leases that were lost."""
        with self._database.write() as connection:
            mine = still_held(connection, [lease for lease, _ in pairs])
            held = {id(lease) for lease in mine}
            write_settlements(connection, [pair for pair in pairs if id(pair[0]) in held], now=now)
        return _without([lease for lease, _ in pairs], mine)

    def statuses(self, now: datetime, *, name: str | None = None) -> list[SourceStatus]:
        """Every source of the configuration by name, or one, as an operator wants to see it."""
        wanted = select(sources).where(~sources.c.removed).order_by(sources.c.name)
        latest = select(func.max(fetches.c.id)).group_by(fetches.c.source_id)
        moved_past = select(fetches.c.source_id, func.count()).where(fetches.c.gap).group_by(fetches.c.source_id)
        counts = select(articles.c.source_id, func.count()).group_by(articles.c.source_id)
        if name is not None:
            one = select(sources.c.id).where(sources.c.name == name).scalar_subquery()
            wanted = wanted.where(sources.c.id == one)
            latest, counts = latest.where(fetches.c.source_id == one), counts.where(articles.c.source_id == one)
            moved_past = moved_past.where(fetches.c.source_id == one)
        with self._database.read() as connection:
            rows = connection.execute(wanted).all()
            asked = connection.execute(select(fetches).where(fetches.c.id.in_(latest))).all()
            counted = {row[0]: int(row[1]) for row in connection.execute(counts)}
            gaps = {row[0]: int(row[1]) for row in connection.execute(moved_past)}
        last = {row.source_id: _fetch(row) for row in asked}
        return [
            replace(_status(row, last.get(row.id), now), articles=counted.get(row.id, 0), gaps=gaps.get(row.id, 0))
            for row in rows
        ]

    def due(self, now: datetime, /) -> list[str]:
        """Names of the configuration's sources that are due, whether or not somebody runs them."""
        late = _is_due(now, now + SKEW)
        wanted = select(sources.c.name).where(sources.c.enabled, ~sources.c.removed, late).order_by(sources.c.name)
        with self._database.read() as connection:
            return list(connection.execute(wanted).scalars())

    def history(self, name: str, limit: int = 30) -> list[Fetch]:
        """The last fetches of a source, newest first."""
        asked = (
            select(fetches)
            .join(sources, sources.c.id == fetches.c.source_id)
            .where(sources.c.name == name)
            .order_by(fetches.c.id.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return [_fetch(row) for row in connection.execute(asked)]


_ITS_HEALTH = {"health", "health_since", "judged_token", "judged_at", "changed_at", "told", "told_at", "turns"}
_LEASED = [column for column in sources.c if column.name not in _ITS_HEALTH]  # for a run need not know of it


@cache
def _taking(*, by_name: bool, due_only: bool) -> ReturningUpdate[Any]:
    """Make a claim's statement, once: it takes longer to build than to run, and claims are made all the time."""
    owner = bindparam("b_owner", type_=Text())
    now, until = bindparam("b_now", type_=Moment()), bindparam("b_until", type_=Moment())
    ahead = bindparam("b_absurd", type_=Moment())
    asked_for = sources.c.name.in_(bindparam("b_names", expanding=True)) if by_name else ~sources.c.removed
    held = sources.alias("held")
    busy = select(held.c.host).where(held.c.owner.not_in(("", owner)), not_(is_free(held, now, ahead)))
    wanted = [sources.c.enabled, asked_for, is_free(sources, now, ahead), sources.c.host.not_in(busy)]
    if due_only:
        believed = bindparam("b_believed", type_=Moment())
        wanted.append(_is_due(now, believed))
    picked = (
        select(sources.c.id)
        .where(*wanted)
        .order_by(sources.c.due_at, sources.c.id)
        .limit(bindparam("b_limit"))
        .with_for_update(skip_locked=True)
        .cte("picked")  # PostgreSQL runs a CTE that locks exactly once
    )
    return (
        update(sources)
        .where(sources.c.id.in_(select(picked.c.id)))
        .values(**taken(sources, owner, until), token=sources.c.token + 1)
        .returning(*_LEASED, any_due(now).label("rereads"))
    )


def _is_due(now: Time, believed: Time) -> ColumnElement[bool]:
    return or_(sources.c.due_at <= now, set_ahead(sources.c.due_set_at, believed))


def still_held(connection: Connection, leases: Sequence[Lease]) -> list[Lease]:
    """Which of the leases are ours; their rows stay locked until the transaction ends."""
    rows = _HELD.run(connection, {"ids": many(connection, [lease.source_id for lease in leases])})
    found = {number: (owner, token) for number, owner, token in rows}
    return [lease for lease in leases if found.get(lease.source_id) == (lease.owner, lease.token)]


_HELD = Native(
    start="SELECT s.id, s.owner, s.token FROM ",
    sqlite="json_each(:ids) AS g CROSS JOIN sources AS s WHERE s.id = g.value",
    postgresql="sources AS s WHERE s.id = ANY(CAST(:ids AS bigint[])) ORDER BY s.id FOR UPDATE",
)


def write_settlements(connection: Connection, pairs: Sequence[tuple[Lease, Settlement]], *, now: datetime) -> None:
    """Write how runs ended whose leases are known to be held, and give the leases back."""
    if pairs:
        _KEEP_FETCH.run(connection, with_times(connection, (_fetch_row(*each) for each in pairs)))
        _SETTLE.run(connection, with_times(connection, (_settled(*each, now) for each in pairs)))
        for lease, settlement in pairs:
            if lease.open_gap != settlement.open_gap:
                write_gap(connection, lease, settlement.open_gap)
        paces = {pace.host: pace for _, settlement in pairs for pace in settlement.paces}  # the last word on each host
        write_rereads(connection, [each for _, settlement in pairs for each in settlement.rereads])
        write_paces(connection, list(paces.values()), owner=pairs[0][0].owner, now=now)


def write_gap(connection: Connection, lease: Lease, gap: Gap | None) -> None:
    """Write what a source's list dropped and is still to be had; None: nothing any more."""
    row = {"gap_since": gap.since, "gap_left": gap.left, "gap_tries": gap.tries} if gap else {"gap_since": None}
    connection.execute(update(sources).where(sources.c.id == lease.source_id).values(row))


_KEEP_FETCH = Insert("fetches", [column.name for column in fetches.c if column.name != "id"])
_SETTLE = Native(
    start="UPDATE sources SET etag = :etag, last_modified = :modified, body_hash = :body, interval_seconds = :interval,"
    " due_at = :due, due_set_at = :set, last_success_at = coalesce(:success, last_success_at),"
    " first_read_at = coalesce(first_read_at, :success), read_up_at = coalesce(read_up_at, :read_up),"
    " failures = :failures, host = coalesce(:host, host), moved_to = :moved, moved_times = :moved_times,"
    " whole_at = coalesce(:whole, whole_at), lied_at = :lied, listed = coalesce(:listed, listed),"
    " attempts = 0, owner = '', lease_until = NULL WHERE id = :id",
    sqlite="",
    postgresql="",
)


def _settled(lease: Lease, settlement: Settlement, now: datetime) -> dict[str, Any]:
    validators = settlement.validators or lease.validators
    good = settlement.fetch.outcome is not Outcome.FAILED
    address = settlement.moved_to if settlement.moved_times >= LEARNED else lease.source.url
    return {
        "id": lease.source_id,
        "etag": validators.etag,
        "modified": validators.last_modified,
        "body": validators.body_hash,
        "interval": settlement.interval.total_seconds(),
        "due": settlement.due_at,
        # the run began by the same clock: one put right since then shows here
        "set": max(now, settlement.fetch.at),
        "success": now if good else None,
        "read_up": now if good and settlement.complete else None,
        "failures": settlement.failures,
        "host": None if address == lease.address else host_of(address),
        "moved": settlement.moved_to,
        "moved_times": settlement.moved_times,
        # a list is as old as the answer: what was printed while the run read pages is not in it
        "whole": min(now, settlement.fetch.at) if good and settlement.fetch.status != _NOT_MODIFIED else None,
        "lied": settlement.lied_at,
        "listed": settlement.listed,
    }


def _without(leases: Sequence[Lease], mine: Sequence[Lease]) -> list[Lease]:
    kept = {(lease.source_id, lease.token) for lease in mine}
    return [lease for lease in leases if (lease.source_id, lease.token) not in kept]


def _lease(row: Row[Any], pace: Pace | None, now: datetime) -> Lease:
    return Lease(
        source_id=row.id,
        source=source_of(row),
        owner=row.owner,
        token=row.token,
        until=row.lease_until,
        validators=Validators(etag=row.etag, last_modified=row.last_modified, body_hash=row.body_hash),
        interval=timedelta(seconds=row.interval_seconds),
        failures=row.failures,
        attempts=row.attempts,
        first_look=_is_first_look(row, now),
        due_at=row.due_at if row.due_at <= now else None,
        last_success_at=row.last_success_at,
        listed=row.listed,
        whole_at=row.whole_at,
        lied_at=row.lied_at,
        moved_to=row.moved_to,
        moved_times=row.moved_times,
        rereads=bool(row.rereads),
        open_gap=_gap(row),
        pace=pace,
    )


def _gap(row: Row[Any]) -> Gap | None:
    return Gap(since=row.gap_since, left=row.gap_left, tries=row.gap_tries) if row.gap_since else None


def _is_first_look(row: Row[Any], now: datetime) -> bool:
    """Say whether what a source lists was there before we came; its backlog may take several runs."""
    if row.read_up_at is not None:
        return False
    return row.first_read_at is None or now < row.first_read_at + _FIRST_LOOK


def _status(row: Row[Any], last: Fetch | None, now: datetime) -> SourceStatus:
    return SourceStatus(
        source=source_of(row),
        due_at=_due_at(row, now) if row.enabled else None,
        last_success_at=row.last_success_at,
        last_fetch=last,
        failures=row.failures,
        attempts=row.attempts,
        moved_to=row.moved_to,
        moved_times=row.moved_times,
        lied_at=row.lied_at,
        state=State(row.health),
        state_since=row.health_since,
        open_gap=_gap(row),
    )


def _due_at(row: Row[Any], now: datetime) -> datetime:
    """When a source is due, as a claim reads it."""
    was_set_ahead = row.due_set_at is not None and row.due_set_at > now + SKEW
    return now if was_set_ahead else row.due_at


def _fetch_row(lease: Lease, settlement: Settlement) -> dict[str, Any]:
    fetch = settlement.fetch
    return {
        "source_id": lease.source_id,
        "url": clean_line(fetch.url),
        "at": fetch.at,
        "outcome": fetch.outcome.value,
        "status": fetch.status,
        "size": fetch.size,
        "seconds": fetch.seconds,
        "reason": fetch.reason,
        "detail": clean_line(fetch.detail),
        "items": fetch.items,
        "new": fetch.new,
        "gap": fetch.gap,
    }


def _fetch(row: Row[Any]) -> Fetch:
    return Fetch(
        url=row.url,
        at=row.at,
        outcome=Outcome(row.outcome),
        status=row.status,
        size=row.size,
        seconds=row.seconds,
        reason=row.reason,
        detail=row.detail,
        items=row.items,
        new=row.new,
        gap=row.gap,
    )

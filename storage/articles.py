"""The archive: every article once, found again by id, address or words."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, select, true

from news.alert import Decide
from news.article import Item, Kept, Overlap, Prepared, Stored
from news.errors import LeaseLostError
from news.prefilter import Prefilter
from news.source import Gap, Lease, Settlement
from storage.clean import clean_key
from storage.database import Database, hold_pen
from storage.expire import expire
from storage.identity import url_key
from storage.known import find_names, find_urls
from storage.listed import absent, look, overlap
from storage.lookup import Lookup
from storage.rereads import find_due
from storage.rows import article_query, stored_of
from storage.search import candidates, sought
from storage.sources import still_held, write_gap
from storage.tables import articles

_PAGE = 200  # articles read in one transaction: in SQLite, readers make writers wait
_NEWEST = 2**63 - 1


class Archive:
    """The articles."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def unknown(self, lease: Lease, items: Sequence[Item], /) -> list[Item]:
        """Of a source's items, those to be read: see `unknown_many`."""
        (wanted,) = self.unknown_many([(lease, items)])
        return wanted

    def unknown_many(self, lists: Sequence[tuple[Lease, Sequence[Item]]], /) -> list[list[Item]]:
        """Of each source's items, those to be read: not kept yet, or listed otherwise than before; once, in order.

        What expired is left out. See `storage.listed` for what makes an item new, changed or the same.
        """
        with self._database.read() as connection:
            looks = look(connection, lists)
        self._learn({name: article for each in looks for name, article in each.named.items()})
        return [each.wanted for each in looks]

    def absent(self, source: str, items: Sequence[Item], /) -> list[Item]:
        """Of items from elsewhere that are to be a source's, those that are neither kept nor expired; each once."""
        with self._database.read() as connection:
            return absent(connection, source, items)

    def to_reread(self, lease: Lease, /, *, now: datetime, limit: int) -> list[Stored]:
        """Give the articles of a source whose pages are to be read again by now, the longest due first."""
        with self._database.read() as connection:
            return find_due(connection, lease, now=now, limit=limit)

    def overlap(self, lease: Lease, items: Sequence[Item], /) -> Overlap:
        """Say how much of a source's list is known, whichever source brought it."""
        with self._database.read() as connection:
            return overlap(connection, lease, items)

    def open_gap(self, lease: Lease, gap: Gap, /) -> None:
        """Note what a source's list dropped, before its own items are kept, by which it could not be seen any more.

        Raises LeaseLostError where another worker runs the source now.
        """
        with self._database.write() as connection:
            if not still_held(connection, [lease]):
                raise LeaseLostError.of_run(lease.source.name)
            write_gap(connection, lease, gap)

    def _learn(self, found: Mapping[tuple[int, str], int]) -> None:
        """Remember what this source calls the articles of another; once, for some feeds make up GUIDs at each look."""
        if not found:
            return
        from storage.commit import remember_guids

        with self._database.read() as connection:
            named = find_names(connection, set(found.values()))
        fresh = {name: number for name, number in found.items() if (name[0], number) not in named}
        if fresh:
            with self._database.write() as connection:
                hold_pen(connection)
                standing = _standing(connection, set(fresh.values()))  # some may have expired since they were found
                remember_guids(connection, {name: to for name, to in fresh.items() if to in standing})

    def keep(
        self,
        lease: Lease,
        prepared: Sequence[Prepared],
        settlement: Settlement | None = None,
        /,
        *,
        now: datetime,
        decide: Decide,
    ) -> Kept:
        """Keep a run's articles, newest first as sources list them, with all that follows from them; see `commit`.

        settlement: how the run ended, with its last articles; its `fetch.new` counts all of them as new.
        Raises LeaseLostError, and nothing is written, where another worker runs the source now.
        """
        (kept,) = self.keep_many([(lease, prepared, settlement)], now=now, decide=decide)
        if kept is None:
            raise LeaseLostError.of_run(lease.source.name)
        return kept

    def keep_many(
        self, runs: Sequence[tuple[Lease, Sequence[Prepared], Settlement | None]], /, *, now: datetime, decide: Decide
    ) -> list[Kept | None]:
        """Keep several runs, of different sources, in one transaction; None stands for a run whose lease was lost.

        A commit waits for the disk: two dozen runs together take about as long as one.
        """
        from storage.commit import commit  # most rounds of most days keep nothing, and can do without all it needs

        return commit(self._database, runs, now=now, decide=decide)

    def get(self, which: int | str) -> Stored | None:
        """Give an article by its id or by any address that leads to it; None: there is none."""
        with self._database.read() as connection:
            if isinstance(which, str):
                key = clean_key(url_key(which))
                found = find_urls(connection, [key])
                which = found[key][0] if found else 0
            row = connection.execute(article_query(texts=True).where(articles.c.id == which)).first()
        return stored_of(row) if row else None

    def export(self, since: datetime | None = None) -> Iterator[Stored]:
        """Give every article first seen since then, in order of arrival; holds a page of them at a time."""
        with self._database.read() as connection:
            first = select(func.min(articles.c.id)).where(articles.c.first_seen_at >= since) if since else select(1)
            last = (connection.execute(first).scalar() or _NEWEST) - 1
        # the function keeps SQLite from walking the index of times, which has another order
        recent = func.coalesce(articles.c.first_seen_at, since) >= since if since else true()
        while page := self._page(recent, articles.c.id > last, newest_first=False):
            yield from page
            last = page[-1].id

    def search(self, prefilter: Prefilter, *, limit: int | None = None, before: int | None = None) -> Iterator[Stored]:
        """Give articles that may match, newest first, at most `limit`; the query's own matcher has the last word.

        before: only articles with a smaller id, to go on where an earlier search stopped.
        """
        expression = sought(prefilter, self._database.dialect)
        left = _NEWEST if limit is None else limit
        before = _NEWEST if before is None else before
        while left > 0:
            with self._database.read() as connection:
                ids = candidates(connection, expression, before=before, limit=min(_PAGE, left))
            if not ids:
                return
            yield from self._page(articles.c.id.in_(ids), newest_first=True)
            before, left = ids[-1], left - len(ids)

    def _page(self, *wanted: ColumnElement[bool], newest_first: bool) -> list[Stored]:
        order = articles.c.id.desc() if newest_first else articles.c.id
        with self._database.read() as connection:
            rows = connection.execute(article_query(texts=True).where(*wanted).order_by(order).limit(_PAGE))
            return [stored_of(row) for row in rows]

    def count(self) -> int:
        """How many articles are kept."""
        with self._database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(articles)).scalar_one())

    def expire(self, *, now: datetime, keep: timedelta) -> int:
        """Let go of articles first seen longer ago than `keep`; returns how many. See `storage.expire`."""
        return expire(self._database, before=now - keep)


def _standing(connection: Connection, ids: Collection[int]) -> set[int]:
    return {row[0] for row in _STANDING.rows(connection, ids)}


_STANDING = Lookup("SELECT a.id FROM {given} CROSS JOIN articles AS a WHERE a.id = g.value", kind="bigint")

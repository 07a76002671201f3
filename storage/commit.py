"""The one commit: articles, stories, matches, alerts, what is owed, and how the run ended; all or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert
from sqlalchemy.dialects import postgresql, sqlite

from news.alert import Decide
from news.article import Kept, Prepared
from news.source import Lease, Settlement
from news.story import Joined
from storage.clean import clean_prepared
from storage.database import Database, hold_pen
from storage.known import BURIED, Candidate, Known, candidate, learn, look_up, twin
from storage.owe import Hit, owe
from storage.rows import article_row, joined_row, next_ids
from storage.search import index_new
from storage.sources import hold, write_settlements
from storage.stories import Arrival, place_many
from storage.tables import articles, guids, urls


@dataclass(slots=True, kw_only=True)
class Batch:
    """A run's articles, told apart: the new ones with their ids, and what was learnt of addresses and GUIDs."""

    new: list[tuple[int, Candidate]] = field(default_factory=list)
    url_rows: dict[str, tuple[int, str]] = field(default_factory=dict)
    guid_rows: dict[str, int] = field(default_factory=dict)


def commit(
    database: Database,
    lease: Lease,
    prepared: Sequence[Prepared],
    settlement: Settlement | None,
    *,
    now: datetime,
    decide: Decide,
) -> Kept:
    """Keep a run's articles, newest first as sources list them, and settle the run; raises LeaseLostError."""
    wanted = [candidate(clean_prepared(each, now=now)) for each in reversed(prepared)]
    with database.write() as connection:
        hold_pen(connection)
        hold(connection, lease)
        batch = _sift(connection, lease.source_id, wanted, now)
        stories = _place(connection, lease, batch, now)
        _insert(connection, lease.source_id, batch, stories)
        ledger = owe(connection, _hits(batch, stories), decide, backlog=lease.first_look, now=now)
        kept = Kept(
            new=len(batch.new),
            known=len(wanted) - len(batch.new),
            copies=sum(joined.layer != "first" for _, joined in stories),
            alerts=len(ledger.told),
            held=ledger.held,
        )
        if settlement:
            write_settlements(connection, [(lease, _counted(settlement, kept))], now=now)
    return kept


def _sift(connection: Connection, source_id: int, wanted: Sequence[Candidate], now: datetime) -> Batch:
    batch = Batch()
    if not wanted:
        return batch
    known = look_up(connection, source_id, wanted, now=now)
    ids = iter(next_ids(connection, "articles", len(wanted)))
    for each in wanted:
        found = twin(each, known, source_id)
        if found is None:
            article, reason = next(ids), "own"
            batch.new.append((article, each))
        else:
            article, reason = found
        if article != BURIED:
            _note_keys(batch, known, each, article, reason)
            learn(known, each, article)
    return batch


def _note_keys(batch: Batch, known: Known, each: Candidate, article: int, reason: str) -> None:
    """Note the keys of a candidate that the database does not have yet; the first article keeps a shared one."""
    for key, why in ((each.key, reason), *((alias, "alias") for alias in each.aliases)):
        if key not in known.urls:
            batch.url_rows.setdefault(key, (article, why))
    if each.guid and each.guid not in known.guids:
        batch.guid_rows.setdefault(each.guid, article)


def _place(connection: Connection, lease: Lease, batch: Batch, now: datetime) -> list[tuple[int, Joined]]:
    """Find the stories first, so that an article's row is written once."""
    arrivals = [
        Arrival(article_id=number, prepared=each.prepared, source=lease.source.name) for number, each in batch.new
    ]
    return place_many(connection, arrivals, now=now)


def _insert(connection: Connection, source_id: int, batch: Batch, stories: Sequence[tuple[int, Joined]]) -> None:
    if batch.new:
        rows = [
            {"id": number, "source_id": source_id, **_article(each), **joined_row(*story)}
            for (number, each), story in zip(batch.new, stories, strict=True)
        ]
        connection.execute(insert(articles), rows)
        index_new(connection, batch.new[0][0])
    if batch.url_rows:
        keys = [{"url_key": key, "article_id": to, "reason": why} for key, (to, why) in batch.url_rows.items()]
        connection.execute(insert(urls), keys)
    remember_guids(connection, source_id, batch.guid_rows)


def remember_guids(connection: Connection, source_id: int, found: dict[str, int]) -> None:
    """Keep which articles a source's GUIDs name; the first word on each stands."""
    if found:
        rows = [{"source_id": source_id, "guid": guid, "article_id": to} for guid, to in found.items()]
        connection.execute(_KEEP_GUID[connection.dialect.name], rows)


_KEEP_GUID = {
    "sqlite": sqlite.insert(guids).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(guids).on_conflict_do_nothing(),
}


def _article(each: Candidate) -> dict[str, Any]:
    return article_row(each.prepared, body_hash=each.body, tokens=" ".join(each.prepared.tokens))


def _hits(batch: Batch, stories: Sequence[tuple[int, Joined]]) -> list[Hit]:
    return [
        Hit(article_id=number, article=each.prepared.article, story_id=story, match=match)
        for (number, each), (story, _) in zip(batch.new, stories, strict=True)
        for match in {(match.topic, match.version): match for match in each.prepared.matches}.values()
    ]


def _counted(settlement: Settlement, kept: Kept) -> Settlement:
    """The caller counted this batch's articles as new; those that were known are taken off again."""
    new = max(0, settlement.fetch.new - kept.known)
    return replace(settlement, fetch=replace(settlement.fetch, new=new))

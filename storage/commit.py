"""The one commit: articles, stories, matches, alerts, what is owed, and how the run ended; all or nothing."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection

from news.alert import Decide
from news.article import Kept, Prepared, TextFrom
from news.source import Lease, Settlement
from news.story import Joined
from storage.clean import clean_prepared
from storage.database import Database, hold_pen
from storage.known import BURIED, Candidate, Known, candidate, learn, look_up, twin
from storage.native import Insert
from storage.owe import Hit, Ledger, owe
from storage.rereads import schedule
from storage.revisions import Revised, revise
from storage.rows import article_row, joined_row, next_ids
from storage.search import index_new
from storage.sources import still_held, write_settlements
from storage.stories import Arrival, place_many
from storage.tables import articles, binding

Run: TypeAlias = tuple[Lease, Sequence[Prepared], Settlement | None]


@dataclass(slots=True, kw_only=True)
class Batch:
    """Articles told apart: the new ones with their ids, and what was learnt of addresses and GUIDs."""

    new: list[tuple[int, Candidate]] = field(default_factory=list)
    known: Counter[int] = field(default_factory=Counter)  # source -> how many were kept before
    again: list[tuple[int, Candidate]] = field(default_factory=list)  # of these, those that may have changed
    revised: Counter[int] = field(default_factory=Counter)  # source -> how many had
    url_rows: dict[str, tuple[int, str]] = field(default_factory=dict)
    guid_rows: dict[tuple[int, str], int] = field(default_factory=dict)


def commit(database: Database, runs: Sequence[Run], *, now: datetime, decide: Decide) -> list[Kept | None]:
    """Keep the articles of runs, newest first as sources list them, and settle the runs; None: its lease was lost."""
    wanted = [
        [candidate(lease, clean_prepared(each, now=now)) for each in reversed(prepared)] for lease, prepared, _ in runs
    ]
    with database.write() as connection:
        hold_pen(connection)
        held = {id(lease) for lease in still_held(connection, [lease for lease, _, _ in runs])}
        mine = [(run, found) for run, found in zip(runs, wanted, strict=True) if id(run[0]) in held]
        batch = _sift(connection, [each for _, found in mine for each in found], now)
        stories = _place(connection, batch, now)
        _insert(connection, batch, stories)
        revised = revise(connection, batch.again, now=now)
        batch.revised.update(each.candidate.source_id for each in revised)
        schedule(connection, _dates(batch, revised))
        first_looks = {lease.source_id for (lease, _, _), _ in mine if lease.first_look}
        hits = [*_hits(batch, stories, first_looks), *_new_hits(revised)]
        ledger = owe(connection, hits, decide, now=now)
        kept = _tally(batch, stories, ledger)
        settled = [
            (lease, _counted(settlement, kept[lease.source_id])) for (lease, _, settlement), _ in mine if settlement
        ]
        write_settlements(connection, settled, now=now)
    return [kept[lease.source_id] if id(lease) in held else None for lease, _, _ in runs]


def _sift(connection: Connection, wanted: Sequence[Candidate], now: datetime) -> Batch:
    batch = Batch()
    if not wanted:
        return batch
    known = look_up(connection, wanted, now=now)
    ids = iter(next_ids(connection, "articles", len(wanted)))
    for each in wanted:
        found = twin(each, known)
        if found is None:
            article, reason = next(ids), "own"
            batch.new.append((article, each))
        else:
            article, reason = found
            batch.known[each.source_id] += 1
            if reason in _ITSELF:
                batch.again.append((article, each))
        if article != BURIED:
            _note_keys(batch, known, each, article, reason)
            learn(known, each, article)
    return batch


_ITSELF = frozenset({"own", "guid"})  # how a source names the very article; an alias may be a copy's


def _note_keys(batch: Batch, known: Known, each: Candidate, article: int, reason: str) -> None:
    """Note the keys of a candidate that the database does not have yet; the first article keeps a shared one."""
    for key, why in ((each.key, reason), *each.aliases.items()):
        if key not in known.urls:
            batch.url_rows.setdefault(key, (article, why))
    if each.guid and (each.source_id, each.guid) not in known.guids:
        batch.guid_rows.setdefault((each.source_id, each.guid), article)


def _site(each: Candidate) -> int:
    """The site whose furniture may stand in the text; 0 for what a list itself carried, which has none."""
    return each.source_id if each.prepared.article.text_from is TextFrom.PAGE else 0


def _place(connection: Connection, batch: Batch, now: datetime) -> list[tuple[int, Joined]]:
    """Find the stories first, so that an article's row is written once."""
    arrivals = [
        Arrival(article_id=number, prepared=each.prepared, body=each.text, source=each.source, source_id=_site(each))
        for number, each in batch.new
    ]
    return place_many(connection, arrivals, now=now)


def _insert(connection: Connection, batch: Batch, stories: Sequence[tuple[int, Joined]]) -> None:
    if batch.new:
        bind = binding(connection.dialect.name)
        rows = [_row(*each, *story, bind) for each, story in zip(batch.new, stories, strict=True)]
        _KEEP_ARTICLE.run(connection, rows)
        index_new(connection, batch.new[0][0])
    if batch.url_rows:
        keys = [{"url_key": key, "article_id": to, "reason": why} for key, (to, why) in batch.url_rows.items()]
        _KEEP_URL.run(connection, keys)
    remember_guids(connection, batch.guid_rows)


def remember_guids(connection: Connection, found: Mapping[tuple[int, str], int]) -> None:
    """Keep which articles the GUIDs of sources name; the first word on each stands."""
    if found:
        rows = [{"source_id": source, "guid": guid, "article_id": to} for (source, guid), to in found.items()]
        _KEEP_GUID.run(connection, rows)


_KEEP_ARTICLE = Insert("articles", [column.name for column in articles.c if column.name != "revised_at"])
_KEEP_URL = Insert("urls", ("url_key", "article_id", "reason"))
_KEEP_GUID = Insert("guids", ("source_id", "guid", "article_id"), also="ON CONFLICT DO NOTHING")


def _row(
    number: int, each: Candidate, story: int, joined: Joined, bind: Callable[[datetime], object]
) -> dict[str, Any]:
    row = article_row(each.prepared, body_hash=each.body, tokens=each.text.joined) | joined_row(story, joined)
    row["id"], row["source_id"], row["changes"] = number, each.source_id, 0
    row["published_at"] = bind(row["published_at"]) if row["published_at"] else None
    row["first_seen_at"] = bind(row["first_seen_at"])
    return row


def _hits(batch: Batch, stories: Sequence[tuple[int, Joined]], first_looks: AbstractSet[int]) -> list[Hit]:
    return [
        Hit(
            article_id=number,
            article=each.prepared.article,
            source_id=each.source_id,
            story_id=story,
            match=match,
            backlog=each.source_id in first_looks,
        )
        for (number, each), (story, _) in zip(batch.new, stories, strict=True)
        for match in {(match.topic, match.version): match for match in each.prepared.matches}.values()
    ]


def _new_hits(revised: Sequence[Revised]) -> list[Hit]:
    """Give the topics that articles meet since they were changed; those met before were told before."""
    return [
        Hit(
            article_id=each.article_id,
            article=each.candidate.prepared.article,
            source_id=each.candidate.source_id,
            story_id=each.story_id,
            match=match,
            backlog=False,
        )
        for each in revised
        for match in each.new_matches
    ]


def _dates(batch: Batch, revised: Sequence[Revised]) -> dict[int, tuple[int, datetime]]:
    """Give when pages are to be read again: of new articles, and of those that met a topic since they were changed."""
    met = [(each.article_id, each.candidate) for each in revised if each.new_matches]
    dates = [(number, each.source_id, each.prepared.reread_at) for number, each in [*batch.new, *met]]
    return {number: (source, at) for number, source, at in dates if at}


def _tally(batch: Batch, stories: Sequence[tuple[int, Joined]], ledger: Ledger) -> defaultdict[int, Kept]:
    """Count for each source what became of its articles."""
    new = Counter(each.source_id for _, each in batch.new)
    copies = Counter(
        each.source_id for (_, each), (_, joined) in zip(batch.new, stories, strict=True) if joined.layer != "first"
    )
    found: defaultdict[int, Kept] = defaultdict(Kept)
    for source in new.keys() | batch.known.keys():
        found[source] = Kept(
            new=new[source],
            known=batch.known[source] - batch.revised[source],
            revised=batch.revised[source],
            copies=copies[source],
            alerts=ledger.told[source],
            held=ledger.held[source],
        )
    return found


def _counted(settlement: Settlement, kept: Kept) -> Settlement:
    """The caller counted this batch's articles as new; those that were known are taken off again."""
    new = max(0, settlement.fetch.new - kept.known - kept.revised)
    return replace(settlement, fetch=replace(settlement.fetch, new=new))

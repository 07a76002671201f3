"""The health of sources: the facts that each is judged by, and the verdicts, written down once."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, case, func, or_, select

from news.article import NOT_READ, DateFrom, TextFrom
from news.fetch import Outcome
from news.health import Facts, Gathered, Health, State, Text
from storage.database import Database
from storage.native import Native, with_times
from storage.rows import chunks
from storage.tables import Moment, articles, fetches, sources, urls

Judge: TypeAlias = Callable[[Facts], Health]

_QUIET = timedelta(hours=12)  # a source that brought something this lately is not silent, whatever its rhythm
_RHYTHM = timedelta(days=60)  # how far back arrivals are read
_TEXTS = 60  # newest articles whose pages are looked at
_LATEST = 5  # of them that may have taken the addresses of others
_CROP_MOST = 5000  # articles that figures rest on
_HISTORY = 30  # fetches kept
_BATCH = 200  # sources looked at in one transaction


class HealthStore:
    """Judges the sources that were run since they were last judged."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def judge(self, judge: Judge, /, *, now: datetime) -> int:
        """Judge anew what was run, or switched on or off, since it was judged; returns how many that were.

        A source that is being run now waits for its end. Of two processes that judge at once, one writes.
        """
        judged = 0
        for rows in chunks(self._changed(), _BATCH):
            with self._database.read() as connection:
                verdicts = [(row, judge(facts(connection, row))) for row in rows]
            with self._database.write() as connection:
                said = (_verdict(row, health, now) for row, health in verdicts)
                _JUDGED.run(connection, with_times(connection, said))
            judged += len(verdicts)
        return judged

    def facts(self, name: str) -> Facts:
        """What is known of one source, its texts and its rhythm always among it."""
        with self._database.read() as connection:
            return facts(connection, connection.execute(_ASKED.where(sources.c.name == name)).one(), whole=True)

    def crop(self, name: str, *, since: datetime) -> list[Gathered]:
        """What a source has brought since then, newest first, at most some thousands; texts are left out."""
        source = select(sources.c.id).where(sources.c.name == name).scalar_subquery()
        wanted = (articles.c.source_id == source, articles.c.first_seen_at >= since)
        asked = select(*_CROP).where(*wanted).order_by(articles.c.first_seen_at.desc()).limit(_CROP_MOST)
        with self._database.read() as connection:
            read_up_at = connection.execute(select(sources.c.read_up_at).where(sources.c.name == name)).scalar()
            return [_gathered(row, read_up_at) for row in connection.execute(asked)]

    def _changed(self) -> Sequence[Row[Any]]:
        with self._database.read() as connection:
            return connection.execute(_ASKED.where(_UNJUDGED)).all()


_newest = select(func.max(articles.c.first_seen_at, type_=Moment())).where(articles.c.source_id == sources.c.id)
_each = fetches.alias("each_fetch")
_last = select(func.max(_each.c.id)).where(_each.c.source_id == sources.c.id).correlate(sources)
_ASKED: Select[Any] = (
    select(
        *(sources.c[name] for name in ("id", "enabled", "failures", "last_success_at", "read_up_at", "token")),
        *(sources.c[name] for name in ("health", "health_since", "judged_at", "judged_token")),
        _newest.scalar_subquery().label("newest_at"),
        *(fetches.c[name] for name in ("at", "outcome", "reason", "new")),
    )
    .select_from(sources)
    .outerjoin(fetches, fetches.c.id == _last.scalar_subquery())
    .where(~sources.c.removed)
    .order_by(sources.c.id)
)
_off: ColumnElement[bool] = sources.c.health == State.PAUSED.value
_UNJUDGED = or_(
    and_(sources.c.owner == "", sources.c.token != func.coalesce(sources.c.judged_token, -1)),
    sources.c.enabled == _off,
)
_JUDGED = Native(
    start="UPDATE sources SET health = :health, health_since = :since, judged_token = :token, judged_at = :now,"
    " changed_at = coalesce(:changed, changed_at), turns = turns + :turn"
    " WHERE id = :id AND coalesce(judged_token, -1) = :before AND health = :old",
    sqlite="",
    postgresql="",
)


def _verdict(row: Row[Any], health: Health, now: datetime) -> dict[str, Any]:
    changed = health.state is not State(row.health)
    return {
        "id": row.id,
        "before": -1 if row.judged_token is None else row.judged_token,
        "old": row.health,
        "health": health.state.value,
        "since": health.since,
        "token": row.token,
        "now": now,
        "changed": now if changed else None,
        "turn": int(changed and (health.state.is_trouble or State(row.health).is_trouble)),
    }


def facts(connection: Connection, row: Row[Any], *, whole: bool = False) -> Facts:
    """Gather what a source is judged by; what cannot change the verdict is not read, unless `whole`."""
    broken = row.health == State.BROKEN.value
    was_read = row.outcome == Outcome.READ.value and row.judged_at is not None
    texts = whole or broken or (was_read and row.new > 0)
    return Facts(
        enabled=row.enabled,
        state=State(row.health),
        since=row.health_since,
        failures=row.failures,
        failing_since=_failing_since(connection, row) if row.failures else None,
        asked_at=row.at,
        reason=row.reason or "",
        success_at=row.last_success_at,
        arrivals=_arrivals(connection, row, whole),
        texts=_texts(connection, row.id) if texts else (),
        repeated=_repeated(connection, row.id) if whole or broken or was_read else 0,
    )


_CROP = [
    articles.c[name]
    for name in ("first_seen_at", "published_at", "date_from", "joined_layer", "text_from", "note", "quality")
]


def _gathered(row: Row[Any], read_up_at: datetime | None) -> Gathered:
    return Gathered(
        seen_at=row.first_seen_at,
        published_at=row.published_at if DateFrom(row.date_from).sure else None,
        backlog=read_up_at is None or row.first_seen_at <= read_up_at,
        copy=row.joined_layer != "first",
        page=_page(row.text_from, row.note),
        quality=row.quality if row.text_from == TextFrom.PAGE.value else None,
    )


def _page(text_from: str, note: str) -> bool | None:
    """Whether an article's page was read; None: it was not wanted, or its source's own list had it all."""
    if text_from == TextFrom.PAGE.value:
        return True
    return False if NOT_READ in note else None


def _failing_since(connection: Connection, row: Row[Any]) -> datetime | None:
    """When the failures in a row began, as far as the history reaches."""
    asked = select(fetches.c.at, fetches.c.outcome).where(fetches.c.source_id == row.id).order_by(fetches.c.id.desc())
    first: datetime | None = None
    for at, outcome in connection.execute(asked.limit(min(row.failures, _HISTORY))):
        if outcome != Outcome.FAILED.value:
            break
        first = at
    since: datetime | None = row.health_since
    return min(filter(None, (first, since)), default=None) if row.failures > _HISTORY else first


def _arrivals(connection: Connection, row: Row[Any], whole: bool) -> Sequence[datetime]:
    """When the source brought something new; a first look's backlog came at once."""
    if row.newest_at is None:  # nothing ever, or nothing that has not expired since: silent one day, or silent still
        return () if row.read_up_at is None else (row.read_up_at,)
    if not whole and row.last_success_at is not None and row.last_success_at - row.newest_at < _QUIET:
        return (row.newest_at,)
    asked = select(articles.c.first_seen_at).where(
        articles.c.source_id == row.id, articles.c.first_seen_at >= row.newest_at - _RHYTHM
    )
    found = connection.execute(asked.order_by(articles.c.first_seen_at)).scalars().all()
    backlog = [at for at in found if row.read_up_at is None or at <= row.read_up_at]
    return [*backlog[-1:], *found[len(backlog) :]]


_PAGES = (
    select(articles.c.text_from, articles.c.note, articles.c.body_hash, articles.c.quality)
    .where(articles.c.source_id == bindparam("source"))
    .order_by(articles.c.first_seen_at.desc())
    .limit(_TEXTS)
)


def _texts(connection: Connection, source: int) -> list[Text]:
    """What became of the latest articles' pages; those whose page was not wanted say nothing."""
    rows = connection.execute(_PAGES, {"source": source})
    pages = [(_page(text_from, note), body, quality) for text_from, note, body, quality in rows]
    return [Text(read=read, short=not body, quality=quality) for read, body, quality in pages if read is not None]


def _repeated(connection: Connection, source: int) -> int:
    """How many addresses one of the latest articles has taken because they gave its very text."""
    latest = select(articles.c.id).where(articles.c.source_id == source).order_by(articles.c.first_seen_at.desc())
    same = func.sum(case((urls.c.reason == "body", 1), else_=0)).label("same")
    asked = select(same).where(urls.c.article_id.in_(latest.limit(_LATEST))).group_by(urls.c.article_id)
    return max((int(count) for count in connection.execute(asked).scalars()), default=0)

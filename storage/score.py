"""Stories judged on labelled pages: placed as the archive places them, then counted against the labels."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, insert, select

from news.article import Article, Prepared
from news.source import Source
from news.story import Joined
from storage.clean import clean_prepared
from storage.database import Database
from storage.fingerprint import take_apart
from storage.likeness import Reading, compare, read
from storage.pairs import Pairs
from storage.rows import article_row, joined_row, next_ids
from storage.sources import Sources
from storage.stories import Arrival, place_many
from storage.tables import articles, sources

_BATCH = 50  # pages kept in one go, as a busy hour brings them
_FIRST = datetime(2026, 1, 1, tzinfo=UTC)  # when pages arrive that do not say when
_SHOWN = 1_000  # wrong pairs told with a reason; the rest are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A labelled page; `story` is what a person says it belongs to."""

    id: str
    site: str
    story: str
    kind: str = ""
    first_seen_at: datetime | None = None  # None: a minute after the one before
    prepared: Prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A page and where it was put."""

    page: Page
    article_id: int
    story: int
    joined: Joined


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongPair:
    """Two pages that were joined and should not have been, or the other way round."""

    one: str
    other: str
    joined: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KindScore:
    """How the pages of one kind fared: pages, and pairs of which one is such a page."""

    pages: int
    recall: float  # of the pairs that belong together, the share that was joined; 1 where there are none
    joined_wrongly: float  # share of the pages that stand in a story with a page of another label


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The whole judgement."""

    assignments: Mapping[str, int]
    precision: float | None  # None: nothing was scored
    recall: float | None  # None: nothing was scored
    by_kind: Mapping[str, KindScore]
    wrong_pairs: Sequence[WrongPair]
    wrong_count: int  # `wrong_pairs` shows at most a thousand of them


def score(pages: Sequence[Page], *, step: Callable[[int], None] = lambda _: None) -> Score:
    """Place pages in a database of their own, in order of their times, and count pairs against the labels.

    `step` is told how many pages more were placed.
    """
    if not pages:
        return Score(assignments={}, precision=None, recall=None, by_kind={}, wrong_pairs=(), wrong_count=0)
    placed = place_pages(pages, step=step)
    pairs = Pairs([page.story for page in pages], [each.story for each in placed])
    return Score(
        assignments={each.page.id: each.story for each in placed},
        precision=_share(pairs.right(), pairs.found()),
        recall=_share(pairs.right(), pairs.wanted()),
        by_kind=_by_kind([page.kind for page in pages], pairs),
        wrong_pairs=[_wrong(placed[one], placed[other]) for one, other in islice(pairs.wrong(), _SHOWN)],
        wrong_count=pairs.wrong_count(),
    )


def place_pages(pages: Sequence[Page], *, step: Callable[[int], None] = lambda _: None) -> list[Placed]:
    """Give each page its story, in the order given, as `Archive.keep` would."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'score.db'}")
        database.migrate()
        timed = _timed(pages)
        _add_sites(database, {page.site for page in pages})
        order = sorted(range(len(pages)), key=lambda number: (timed[number].prepared.article.first_seen_at, number))
        placed: dict[int, Placed] = {}
        with database.write() as connection:
            ids = {row.name: row.id for row in connection.execute(select(sources.c.name, sources.c.id))}
            for start in range(0, len(order), _BATCH):
                batch = order[start : start + _BATCH]
                placed.update(zip(batch, _keep(connection, [timed[number] for number in batch], ids), strict=True))
                step(len(batch))
        database.close()
    return [placed[number] for number in range(len(pages))]


def _timed(pages: Sequence[Page]) -> list[Page]:
    """Give the pages their times, and clean them as the archive does."""
    moment, timed = _FIRST, []
    for page in pages:
        moment = page.first_seen_at or moment + timedelta(minutes=1)
        article = replace(page.prepared.article, first_seen_at=moment)
        timed.append(replace(page, prepared=clean_prepared(replace(page.prepared, article=article), now=moment)))
    return timed


def _add_sites(database: Database, names: Iterable[str]) -> None:
    watched = [Source(name=name, url=f"https://site{number}.invalid/") for number, name in enumerate(sorted(names))]
    Sources(database).sync(watched, now=_FIRST)


def _keep(connection: Connection, pages: Sequence[Page], ids: Mapping[str, int]) -> list[Placed]:
    numbers = next_ids(connection, "articles", len(pages))
    arrivals = [
        Arrival(
            article_id=number,
            prepared=page.prepared,
            body=take_apart(page.prepared.tokens),
            source=page.site,
            source_id=ids[page.site],
        )
        for number, page in zip(numbers, pages, strict=True)
    ]
    stories = place_many(connection, arrivals, now=max(_moment(page) for page in pages))
    rows = [
        {
            "id": arrival.article_id,
            "source_id": arrival.source_id,
            **article_row(arrival.prepared, body_hash=arrival.body.twin, tokens=arrival.body.joined),
            **joined_row(*story),
        }
        for arrival, story in zip(arrivals, stories, strict=True)
    ]
    connection.execute(insert(articles), rows)
    return [
        Placed(page=page, article_id=number, story=story, joined=joined)
        for number, page, (story, joined) in zip(numbers, pages, stories, strict=True)
    ]


def _moment(page: Page) -> datetime:
    return page.prepared.article.first_seen_at


def labelled(
    number: str, article: Article, tokens: Sequence[str], *, story: str, kind: str = "", dated: bool = False
) -> Page:
    """Make a page of an article; its source is the site, and its time counts where it is dated."""
    return Page(
        id=number,
        site=article.source,
        story=story,
        kind=kind,
        first_seen_at=article.first_seen_at if dated else None,
        prepared=Prepared(article=article, tokens=tokens),
    )


def _by_kind(kinds: Sequence[str], pairs: Pairs) -> dict[str, KindScore]:
    astray = Counter(kind for kind, lost in zip(kinds, pairs.astray(), strict=True) if lost)
    scores = {}
    for kind, count in sorted(Counter(kind for kind in kinds if kind).items()):
        among = [each == kind for each in kinds]
        recall = _share(pairs.right(among), pairs.wanted(among))
        scores[kind] = KindScore(pages=count, recall=recall, joined_wrongly=_share(astray[kind], count))
    return scores


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 1.0


def _wrong(one: Placed, other: Placed) -> WrongPair:
    joined = one.story == other.story
    likeness = compare(*(_reading(each) for each in (one, other)))
    said = likeness.reason or "copies"
    ways = "; ".join(f"{each.page.id} joined by {_why(each.joined)}" for each in (one, other))
    reason = f"compared: {said} ({likeness.figure:.2f}); {ways}"
    return WrongPair(one=one.page.id, other=other.page.id, joined=joined, reason=reason)


def _why(joined: Joined) -> str:
    return "nothing, it began the story" if joined.layer == "first" else f"{joined.layer} {joined.figure:.2f}"


def _reading(placed: Placed) -> Reading:
    article = placed.page.prepared.article
    return read(
        placed.page.site,
        placed.page.prepared.tokens,
        title=article.title,
        text=article.text or article.summary,
    )

"""A crawler, a store and a clock that behave, for the flow's own tests."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from crawler.history import Past
from news.alert import Decide, Decision, Verdict
from news.article import Article, DateFrom, Item, Kept, Listing, Overlap, Page, Prepared, Stored
from news.errors import CrawlError, StorageError
from news.fetch import Fetch, Outcome, Reason
from news.pace import Pace
from news.source import Gap, Lease, Settlement, Source, Validators
from news.story import Story
from news.topic import Match
from scheduler.writer import Writer

T = TypeVar("T")
POISON = "poison"
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@dataclass
class StillClock:
    """Stands still until moved."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()


async def here(function: Callable[..., T], /, *args: object, **kwargs: object) -> T:
    """Run a storage call in this thread, letting others have a turn first as a real thread would."""
    await asyncio.sleep(0)
    return function(*args, **kwargs)


def source(name: str = "one", *, full_text: bool = True) -> Source:
    return Source(name=name, url=f"https://{name}.example/feed", full_text=full_text)


def lease(number: int = 1, *, first_look: bool = False) -> Lease:
    return Lease(
        source_id=number,
        source=source(f"s{number}"),
        owner="me",
        until=NOW + timedelta(seconds=60),
        first_look=first_look,
    )


def items(count: int, *, summary: str = "A summary.") -> list[Item]:
    return [Item(url=f"https://s.example/{n}", guid=str(n), title=f"Title {n}", summary=summary) for n in range(count)]


def listing(listed: Sequence[Item], *, outcome: Outcome = Outcome.READ) -> Listing:
    fetch = Fetch(url="https://s.example/feed", at=NOW, outcome=outcome, status=200, items=len(listed))
    return Listing(items=listed, validators=Validators(etag='"new"'), fetch=fetch)


def settlement() -> Settlement:
    fetch = Fetch(url="https://s.example/feed", at=NOW, outcome=Outcome.UNCHANGED, status=304)
    return Settlement(fetch=fetch, due_at=NOW + timedelta(minutes=15), interval=timedelta(minutes=15))


@dataclass
class FakeCrawler:
    """Answers from what it was given; an error where it was given one."""

    listed: Listing | CrawlError = field(default_factory=lambda: listing([]))
    pages: dict[str, CrawlError] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    conditions: list[Validators] = field(default_factory=list)  # what each list was asked with
    published: Sequence[Item] | CrawlError = ()  # what the site's sitemaps name
    printed: dict[str, datetime] = field(default_factory=dict)  # what pages say of themselves

    async def listing(self, source: Source, validators: Validators, /, *, address: str) -> Listing:
        self.asked.append(address)
        self.conditions.append(validators)
        await asyncio.sleep(0)
        if isinstance(self.listed, CrawlError):
            raise self.listed
        return self.listed

    async def history(
        self, source: Source, *, since: datetime, until: datetime, limit: int, listed: Iterable[str] = ()
    ) -> Past:
        self.asked.append("history")
        if isinstance(self.published, CrawlError):
            raise self.published
        dated = [each for each in self.published if each.published_at and since < each.published_at <= until]
        named = [each if each.title else replace(each, published_at=None) for each in dated]  # as plain sitemaps do
        return Past(items=tuple(named[:limit]))

    async def page(self, url: str, source: Source, /) -> Page:
        self.asked.append(url)
        await asyncio.sleep(0)
        if url in self.pages:
            raise self.pages[url]
        at = self.printed.get(url)
        return Page(
            url=url,
            title="From the page",
            text="The whole text of the page, longer than any summary.",
            published_at=at,
            date_from=DateFrom.JSON_LD if at else DateFrom.NOWHERE,
        )


@dataclass
class FakeStore:
    """Keeps what it is told, as storage does: by address, and only for who holds the lease."""

    kept: dict[str, Article] = field(default_factory=dict)
    settled: list[tuple[str, Settlement]] = field(default_factory=list)
    looks: list[int] = field(default_factory=list)  # how many lists were looked at together
    batches: list[int] = field(default_factory=list)  # how many runs each transaction wrote
    due: list[Lease] = field(default_factory=list)
    lost: set[int] = field(default_factory=set)
    renewed: list[int] = field(default_factory=list)
    released: list[str] = field(default_factory=list)
    broken: Exception | None = None
    failing_renewals: int = 0
    events: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    others: list[Pace] = field(default_factory=list)
    waiting: list[Stored] = field(default_factory=list)  # to be read again
    backlog: list[str] = field(default_factory=list)  # addresses kept as a first look's
    gaps: list[Gap] = field(default_factory=list)  # noted before anything was kept

    def unknown_many(self, lists: Sequence[tuple[Lease, Sequence[Item]]], /) -> Sequence[Sequence[Item]]:
        if self.broken:
            raise self.broken
        if any(item.title == POISON for _, items in lists for item in items):
            raise ValueError("this one cannot be looked at")
        self.looks.append(len(lists))
        return [[item for item in items if item.url not in self.kept] for _, items in lists]

    def absent(self, source: str, items: Sequence[Item], /) -> Sequence[Item]:
        return [item for item in items if item.url not in self.kept]

    def to_reread(self, lease: Lease, /, *, now: datetime, limit: int) -> Sequence[Stored]:
        return self.waiting[:limit]

    def open_gap(self, lease: Lease, gap: Gap, /) -> None:
        self.gaps.append(gap)
        self.events.append(f"gap noted with {len(self.kept)} kept")

    def overlap(self, lease: Lease, items: Sequence[Item], /) -> Overlap:
        titles = {article.title for article in self.kept.values()}
        return Overlap(
            items=len(items),
            known=sum(item.url in self.kept for item in items),
            titles=sum(item.title in titles for item in items),
        )

    def keep_many(
        self, runs: Sequence[tuple[Lease, Sequence[Prepared], Settlement | None]], /, *, now: datetime, decide: Decide
    ) -> list[Kept | None]:
        if any(each.article.title == POISON for _, prepared, _ in runs for each in prepared):
            raise ValueError("this one cannot be kept")
        self.batches.append(len(runs))
        return [self._keep(*run) for run in runs]

    def _keep(self, lease: Lease, prepared: Sequence[Prepared], settlement: Settlement | None) -> Kept | None:
        if lease.source_id in self.lost:
            return None
        fresh = [each.article for each in prepared if each.article.url not in self.kept]
        self.kept |= {article.url: article for article in fresh}
        self.backlog += [article.url for article in fresh if lease.first_look]
        if settlement is not None:
            self.settled.append((lease.source.name, settlement))
        return Kept(new=len(fresh), known=len(prepared) - len(fresh))

    def settle(self, pairs: Sequence[tuple[Lease, Settlement]], /, *, now: datetime) -> Sequence[Lease]:
        if self.broken:
            raise self.broken
        self.batches.append(len(pairs))
        self.settled += [(lease.source.name, settlement) for lease, settlement in pairs]
        return [lease for lease, _ in pairs if lease.source_id in self.lost]

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
        fits = [each for each in self.due if names is None or each.source.name in names][:limit]
        self.due = [each for each in self.due if each not in fits]
        self.events.append("claimed")
        return fits

    def hold(self, name: str, /, *, owner: str, now: datetime, lease: timedelta) -> Lease | None:
        return next(iter(self.claim(owner=owner, now=now, lease=lease, limit=1, names=[name])), None)

    def renew(self, leases: Sequence[Lease], /, *, until: datetime) -> list[Lease]:
        if self.failing_renewals:
            self.failing_renewals -= 1
            raise StorageError("the database is away")
        self.renewed += [each.source_id for each in leases]
        return [each for each in leases if each.source_id in self.lost]

    def release(self, owner: str, /) -> None:
        self.released.append(owner)
        self.events.append("released")

    def exchange(self, mine: Sequence[Pace], /, *, owner: str, now: datetime) -> list[Pace]:
        self.told += [each.host for each in mine]
        self.events += [f"told {each.host}" for each in mine]
        return self.others

    def reserve(self, host: str, gap: float, /, *, owner: str, now: datetime, lease: timedelta) -> float:
        self.events.append(f"{owner} has {host}")
        return 0.0


@dataclass
class FakeGate:
    """Tells once what it was given, and remembers what it was told."""

    learnt: list[Pace] = field(default_factory=list)
    heeded: list[str] = field(default_factory=list)

    def paces(self) -> list[Pace]:
        learnt, self.learnt = self.learnt, []
        return learnt

    def heed(self, paces: Iterable[Pace], /) -> None:
        self.heeded += [each.host for each in paces]

    def share(self, leave: Callable[[str, float], Awaitable[float]], /) -> None:
        self.leave = leave


def pace(host: str) -> Pace:
    return Pace(host=host, next_at=NOW, rests_until=NOW, holds_until=NOW)


def prepare(article: Article) -> Prepared:
    return Prepared(article=article, tokens=article.title.lower().split())


def decide(match: Match, story: Story, article: Article, *, told: bool, backlog: bool) -> Decision:
    return Decision(verdict=Verdict.NOW, reason="")


def failure(reason: Reason = Reason.TIMEOUT, *, retry_after: timedelta | None = None) -> CrawlError:
    return CrawlError(reason, "in plain words", retry_after=retry_after)


def writer(store: FakeStore) -> Writer:
    return Writer(keeper=store, sources=store, prepare=prepare, decide=decide, clock=StillClock(), run=here)
